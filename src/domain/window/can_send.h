/* SPDX-License-Identifier: MIT */
#pragma once
/* can_send.h — may this be written to that person now, why, and what does it cost: a pure function over facts.
 *
 *   forced               in any case; priced
 *   opted_out, blocked   the person wants nothing more, or is taken to have blocked us
 *   no_window            the provider knows no windows: nothing is asked, nothing is charged
 *   free_entry_point     an advertisement opened 72 hours in which everything is free of charge
 *   no_marketing         the provider takes no marketing for this person for now
 *   template             an approved template may go at any time; priced, utility inside a window is free
 *   window_24h_active    the customer wrote within 24 hours: anything may go
 *   window_closed        only a template may go; its price is told
 */
#include "domain/window/country.h"
#include "domain/window/rates.h"

enum wq_can_reason {
	WQ_CAN_FORCED,
	WQ_CAN_OPTED_OUT,
	WQ_CAN_BLOCKED,
	WQ_CAN_NO_WINDOW,
	WQ_CAN_FREE_ENTRY,
	WQ_CAN_NO_MARKETING,
	WQ_CAN_TEMPLATE,
	WQ_CAN_WINDOW_ACTIVE,
	WQ_CAN_WINDOW_CLOSED,
	WQ_CAN_REASONS
};
/* "free_entry_point" … */
extern const char *const wq_can_reason_names[WQ_CAN_REASONS];

/* What is known of the person; moments in ms, 0: none. */
struct wq_can_facts {
	int64_t window_ms;       /* the window is open until then */
	int64_t free_ms;         /* all is free of charge until then */
	int64_t optout_ms, blocked_ms; /* since */
	int64_t no_marketing_ms; /* until */
	bool windowless;         /* the account's provider knows no windows */
	char country[WQ_COUNTRY_BYTES];
};

struct wq_can_wish {
	int64_t now_ms;
	bool template; /* it is one; otherwise free text, a picture … */
	bool forced;
	enum wq_rate_category category; /* of the template, or of the one that would stand for a text */
};

struct wq_can_send {
	bool can;
	enum wq_can_reason reason;
	enum wq_rate_category category; /* of the price */
	struct wq_price price; /* not can: of a template of that category, which might go instead */
};
/* `rates` NULL: the built-in ones. */
struct wq_can_send wq_can_send(const struct wq_can_facts *f, const struct wq_can_wish *w,
                               const struct wq_rates *rates);
