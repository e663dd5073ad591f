/* SPDX-License-Identifier: MIT */
#pragma once
/* rates_core.h — a row of a table of rates, built in or of people's own. */
#include "domain/window/rates.h"

enum { WQ_RATE_EITHER = -1 };

struct wq_rate {
	int64_t from_ms;
	const char *countries; /* " EC BO ", "*" */
	enum wq_rate_category category;
	signed char in_window, free_entry; /* 0, 1, WQ_RATE_EITHER */
	bool as;               /* the price is that of as_category outside of windows */
	enum wq_rate_category as_category;
	int64_t micros;
};

struct wq_rates {
	char currency[4];
	bool builtin;
	size_t n;
	struct wq_rate *rows; /* owned, as their countries */
};

/* The built-in rows: the i-th of them; false: there are no more. */
bool wq_rates_builtin_at(size_t i, struct wq_rate *out);
