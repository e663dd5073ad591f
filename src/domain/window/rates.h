/* SPDX-License-Identifier: MIT */
#pragma once
/* rates.h — what a message costs: a table by day, country, category, and whether a window is open or an advertisement
 * made it free.
 *
 *   {"currency": "USD", "builtin": true,
 *    "rates": [{"from": "2026-10-01", "country": "EC", "category": "marketing", "price": 0.074},
 *              {"from": "2026-10-01", "country": "*", "category": "service", "in_window": true, "as": "utility"}]}
 *
 * A row    holds from midnight UTC of `from` on, for one country, several ("countries"), or all ("*"); `in_window` and
 *          `free_entry` narrow it down.  `as` is the price of another category outside of windows.
 * Choice   of the rows that fit: the one that is narrowed down most, then one for the country before one for all, then
 *          one of people's own before a built-in one, then the latest.
 * Built in are Meta's published prices in US dollars without volume tiers, as they were on wq_rates_builtin_date; own
 *          rows stand above them, or with "builtin": false (as with any other currency) in their place.
 *
 * Prices are what the provider's list says, for deciding; what was charged is told by statuses.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum wq_rate_category {
	WQ_RATE_MARKETING,
	WQ_RATE_UTILITY,
	WQ_RATE_AUTHENTICATION,
	WQ_RATE_SERVICE, /* anything that is no template */
	WQ_RATE_CATEGORIES
};
/* "marketing" … */
extern const char *const wq_rate_category_names[WQ_RATE_CATEGORIES];
/* Of any case; false: there is none of that name. */
bool wq_rate_category_from(struct wq_str name, enum wq_rate_category *out);

struct wq_rate_ask {
	int64_t now_ms;
	const char *country; /* "EC"; "": nobody knows */
	enum wq_rate_category category;
	bool in_window, free_entry;
};
struct wq_price {
	bool known;
	int64_t micros;  /* of the currency: 11300 is 0.0113 */
	int64_t from_ms; /* since when this price holds */
};

struct wq_rates;
/* NULL rates: the built-in ones. */
struct wq_price wq_rates_price(const struct wq_rates *r, const struct wq_rate_ask *ask);
/* "USD" */
const char *wq_rates_currency(const struct wq_rates *r);
/* "2026-01-01" */
extern const char wq_rates_builtin_date[];

enum { WQ_RATES_WHY_BYTES = 256 };
/* 0; WQ_EPARSE (not raised): `why` says what is wrong, and where; WQ_ENOMEM (raised). */
int wq_rates_read(struct wq_rates **out, struct wq_str json, char why[static WQ_RATES_WHY_BYTES]);
/* NULL is fine. */
void wq_rates_destroy(struct wq_rates *r);
