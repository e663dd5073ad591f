/* SPDX-License-Identifier: MIT */
#pragma once
/* cron_text.h — what is done to a pattern as text, before a field is read: split, names, wildcards, hashes. */
#include "queue/cron.h"

/* Wide enough for any pattern of WQ_CRON_MAX_BYTES: "*" becomes "0-59", hashed steps at most 256 values. */
#define WQ_CRON_TEXT_MAX_BYTES 8192

struct wq_cron_text {
	char p[WQ_CRON_TEXT_MAX_BYTES];
	size_t n;
};

struct wq_cron_bounds {
	int min, max;
};
extern const struct wq_cron_bounds wq_cron_bounds[WQ_CRON_UNITS];

/* Days of a month, 29 for February. */
int wq_cron_month_days(int month);

/* "@daily" in its dialect's full form; anything else as it is. */
struct wq_str wq_cron_alias(enum wq_cron_dialect d, struct wq_str text);
/* Splits at what JavaScript takes for white space; false: more than six. */
bool wq_cron_split(struct wq_str text, struct wq_str atoms[static WQ_CRON_UNITS], unsigned *n);
/* Three letters become the number of a month or a day; false: not a name of this unit. */
bool wq_cron_names(enum wq_cron_dialect d, enum wq_cron_unit unit, struct wq_str in,
                   struct wq_cron_text *out);
/* `signs` become "min-max". */
void wq_cron_wildcards(enum wq_cron_unit unit, const char *signs, const struct wq_cron_text *in,
                       struct wq_cron_text *out);

/* Random numbers of a seed, one for each field. */
struct wq_cron_random {
	uint32_t state;
};
void wq_cron_random_init(struct wq_cron_random *r, struct wq_str seed);
double wq_cron_random_next(struct wq_cron_random *r);
/* "H", "H(1-5)", "H/2", "H(1-5)/2" become values that `random`, in [0, 1), decides.  False with *why. */
bool wq_cron_hashes(enum wq_cron_unit unit, double random, const struct wq_cron_text *in,
                    struct wq_cron_text *out, const char **why);
