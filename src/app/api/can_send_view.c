/* SPDX-License-Identifier: MIT */
/* can_send_view.c — facts to an answer. */
#include "app/api/can_send_view.h"

#include <stdio.h>

#include "base/limits.h"

#define MICROS 1000000.0

static void put_price(struct wq_jsonw *w, const char *key, const struct wq_price *p)
{
	wq_jsonw_key(w, key);
	if (p->known)
		wq_jsonw_float(w, (double)p->micros / MICROS);
	else
		wq_jsonw_null(w);
}

static void put_contact(struct wq_jsonw *w, struct wq_str contact, struct wq_str account)
{
	char id[2 * WQ_ACCOUNT_ID_MAX_BYTES + 32] = "";

	if (contact.n)
		snprintf(id, sizeof(id), "%.*s.%.*s", WQ_STR_ARG(contact), WQ_STR_ARG(account));
	wq_jsonw_put_str_or_null(w, "contact", wq_str(id));
}

/* Of each category, should one go instead. */
static void put_templates(struct wq_jsonw *w, const struct wq_can_facts *f,
                          const struct wq_can_ask *ask, int64_t now_ms)
{
	wq_jsonw_key(w, "templates");
	wq_jsonw_object(w);
	for (int i = 0; i <= WQ_RATE_AUTHENTICATION; i++) {
		const struct wq_can_wish wish = { .now_ms = now_ms,
			                          .template = true,
			                          .forced = true,
			                          .category = (enum wq_rate_category)i };
		struct wq_can_send c = wq_can_send(f, &wish, ask->rates);

		put_price(w, wq_rate_category_names[i], &c.price);
	}
	wq_jsonw_object_end(w);
}

void wq_view_can_send(struct wq_jsonw *w, const struct wq_can_ask *ask,
                      const struct wq_window_facts *seen)
{
	struct wq_can_wish wish = ask->wish;
	struct wq_can_facts f = { .window_ms = seen->window_ms,
		                  .free_ms = seen->free_ms,
		                  .optout_ms = seen->optout_ms,
		                  .blocked_ms = seen->blocked_ms,
		                  .no_marketing_ms = seen->no_marketing_ms,
		                  .windowless = ask->windowless };
	struct wq_can_send c;

	wish.now_ms = seen->now_ms;
	wq_country_of(seen->phone.n     ? seen->phone
	              : seen->user_id.n ? seen->user_id
	                                : ask->to,
	              f.country);
	c = wq_can_send(&f, &wish, ask->rates);
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "canSend", c.can);
	wq_jsonw_put_str_or_null(w, "reason", wq_str(wq_can_reason_names[c.reason]));
	put_price(w, "cost", &c.price);
	wq_jsonw_put_str_or_null(w, "currency", wq_str(wq_rates_currency(ask->rates)));
	wq_jsonw_put_str_or_null(w, "category", wq_str(wq_rate_category_names[c.category]));
	wq_jsonw_put_str_or_null(w, "country", wq_str(f.country));
	wq_jsonw_put_moment(w, "priceSince", c.price.from_ms);
	wq_jsonw_put_moment(w, "windowUntil", f.window_ms);
	wq_jsonw_put_moment(w, "freeUntil", f.free_ms);
	wq_jsonw_put_moment(w, "optedOutSince", f.optout_ms);
	put_contact(w, seen->contact, ask->account);
	wq_jsonw_put_str_or_null(w, "account", ask->account);
	if (c.reason == WQ_CAN_WINDOW_CLOSED)
		put_templates(w, &f, ask, seen->now_ms);
	wq_jsonw_object_end(w);
}
