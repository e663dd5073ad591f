/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — one number that messages are sent from, at one provider, of one business.
 *
 * A spec is its JSON as people wrote it; credentials in it are sealed (io/tls/seal.h) as long as they rest, and are in
 * the clear only in a struct wq_account of a process that sends.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "domain/inbound/inbound.h"

enum wq_account_state { WQ_ACCOUNT_ACTIVE, WQ_ACCOUNT_SUSPENDED, WQ_ACCOUNT_PENDING, WQ_ACCOUNT_STATES };
/* "ACTIVE", … */
extern const char *const wq_account_state_names[WQ_ACCOUNT_STATES];
enum wq_account_rank { WQ_ACCOUNT_PRIMARY, WQ_ACCOUNT_DEFAULT, WQ_ACCOUNT_SECONDARY, WQ_ACCOUNT_RANKS };
extern const char *const wq_account_rank_names[WQ_ACCOUNT_RANKS];

/* What one account may send (OUT-6); 0: no bound. */
struct wq_account_limits {
	uint32_t number_per_s_milli; /* messages a second, in thousandths: 72000 is 90 % of 80 a second */
	uint32_t number_burst;       /* messages */
	uint32_t pair_interval_ms;   /* one to a recipient in so long */
	uint32_t pair_burst;         /* that may be owed */
	uint32_t people_per_day;     /* new ones, of the whole portfolio */
	uint32_t per_hour, per_day;  /* caps of pacing profiles (QR-linked numbers) */
	uint32_t jitter_ms;          /* at most so much is added between two */
};

struct wq_account {
	struct wq_str id, name, business;
	enum wq_provider provider;
	/* Cloud: phone number id; Evolution: instance; Twilio: "+" and digits, or a MG… service. */
	struct wq_str number;
	struct wq_str display;   /* the number as people read it; p == NULL: not known */
	/* Whose new people are counted together: WABA or portfolio id, AccountSid; p == NULL: the account alone. */
	struct wq_str portfolio;
	struct wq_str base_url;  /* without a slash at its end: "https://graph.facebook.com/v23.0" */
	struct wq_str user;      /* Twilio: AccountSid or key; p == NULL: none */
	struct wq_str secret;    /* token, apikey, auth token: WQ_SECRET in logs */
	struct wq_str status_url; /* Twilio: where statuses are posted to; p == NULL: none */
	enum wq_account_state state;
	enum wq_account_rank rank;
	struct wq_str quality, tier; /* GREEN, …; TIER_2K, …; p == NULL: not known */
	struct wq_account_limits limits;
};

/* OUT-6's defaults of a provider: 90 % of the official figures. */
void wq_account_limits_default(struct wq_account_limits *l, enum wq_provider p);
