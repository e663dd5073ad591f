/* SPDX-License-Identifier: MIT */
/* can_send.c — reasons in their order, and the price that follows. */
#include "domain/window/can_send.h"

const char *const wq_can_reason_names[WQ_CAN_REASONS] = {
	"forced",       "opted_out", "blocked",           "no_window",     "free_entry_point",
	"no_marketing", "template",  "window_24h_active", "window_closed",
};

static bool is_open(const struct wq_can_facts *f, int64_t now_ms)
{
	return f->window_ms > now_ms;
}

static bool is_free(const struct wq_can_facts *f, int64_t now_ms)
{
	return f->free_ms > now_ms;
}

static enum wq_can_reason reason_of(const struct wq_can_facts *f, const struct wq_can_wish *w)
{
	if (w->forced)
		return WQ_CAN_FORCED;
	if (f->optout_ms)
		return WQ_CAN_OPTED_OUT;
	if (f->blocked_ms)
		return WQ_CAN_BLOCKED;
	if (f->windowless)
		return WQ_CAN_NO_WINDOW;
	if (w->template && w->category == WQ_RATE_MARKETING && f->no_marketing_ms > w->now_ms)
		return WQ_CAN_NO_MARKETING;
	if (is_free(f, w->now_ms) && (w->template || is_open(f, w->now_ms)))
		return WQ_CAN_FREE_ENTRY;
	if (w->template)
		return WQ_CAN_TEMPLATE;
	return is_open(f, w->now_ms) ? WQ_CAN_WINDOW_ACTIVE : WQ_CAN_WINDOW_CLOSED;
}

struct wq_can_send wq_can_send(const struct wq_can_facts *f, const struct wq_can_wish *w,
                               const struct wq_rates *rates)
{
	bool open = is_open(f, w->now_ms);
	struct wq_can_send c = { .reason = reason_of(f, w),
		                 .category = w->template || !open ? w->category
		                                                  : WQ_RATE_SERVICE };
	const struct wq_rate_ask ask = { .now_ms = w->now_ms,
		                         .country = f->country,
		                         .category = c.category,
		                         .in_window = open,
		                         .free_entry = is_free(f, w->now_ms) };

	c.can = c.reason != WQ_CAN_OPTED_OUT && c.reason != WQ_CAN_BLOCKED &&
	        c.reason != WQ_CAN_NO_MARKETING && c.reason != WQ_CAN_WINDOW_CLOSED;
	if (f->windowless)
		c.price.known = true; /* nothing */
	else
		c.price = wq_rates_price(rates, &ask);
	return c;
}
