/* SPDX-License-Identifier: MIT */
#pragma once
/* cron.h — patterns such as "0 9 * * 1-5" and the moments they name.
 *
 *   struct wq_cron c;
 *   if (wq_cron_parse(&c, WQ_CRON_PARSER_5, wq_str("0 9 * * 1-5"), wq_str(""), &why) == 0 &&
 *       wq_cron_next(&c, zone, now_ms, INT64_MAX, &at_ms) == 0)
 *           …
 *
 * Form      [second] minute hour day-of-month month day-of-week.  Fields that are left out at the front are 0 (second)
 *           or any; "a,b", "a-b", "x/n", "*", "?", names of months and days, "L" (last day; "5L": last Friday),
 *           "5#3" (third Friday), "@daily" and its like.
 * Dialects  BullMQ 4 and 5 read patterns with cron-parser 4, BullMQ 6 with cron-parser 5.  They differ in what they
 *           refuse, in "#" and "*" beside a restricted other day field, around changes of the clock, and version 5 has
 *           "H": a value that a seed decides.  Both are followed to the letter, oddities included, because jobs of one
 *           schedule are made by whichever worker comes first.
 * Bounded   a search takes at most WQ_CRON_STEPS_MAX steps; a date that never comes ends it.
 * Pure      no clock, no allocation.
 */
#include "base/str.h"
#include "base/zone.h"

enum wq_cron_dialect { WQ_CRON_PARSER_4, WQ_CRON_PARSER_5 };

enum wq_cron_unit {
	WQ_CRON_SECOND,
	WQ_CRON_MINUTE,
	WQ_CRON_HOUR,
	WQ_CRON_DAY,
	WQ_CRON_MONTH,
	WQ_CRON_WEEKDAY,
	WQ_CRON_UNITS
};

struct wq_cron {
	enum wq_cron_dialect dialect;
	uint64_t set[WQ_CRON_UNITS];   /* bit n: the value n; Sunday is 0, and 7 as well */
	unsigned count[WQ_CRON_UNITS]; /* values as written, those with an L included */
	bool last_day;                 /* of the month */
	bool has_last_weekday;
	uint8_t last_weekdays;         /* bits of those meant by "5L" */
	bool last_unknown_first;       /* an L whose day nobody can tell, and it is looked at before … */
	bool last_unknown;             /* … or after the others */
	bool any_day, any_weekday;     /* written as "*" or "?" */
	unsigned nth;                  /* of "5#3"; 0: none */
};

/* `seed` decides what "H" stands for; it should be the same each time, as a scheduler's id is.  0; or WQ_EPARSE (not
 * raised), *why says it in a static sentence. */
int wq_cron_parse(struct wq_cron *c, enum wq_cron_dialect dialect, struct wq_str text,
                  struct wq_str seed, const char **why);

/* No such moment up to the end, or within WQ_CRON_STEPS_MAX steps. */
enum { WQ_CRON_NEVER = 1 };
/* The first moment behind after_ms and not behind end_ms (INT64_MAX: no end).  0 or WQ_CRON_NEVER. */
int wq_cron_next(const struct wq_cron *c, const struct wq_zone *zone, int64_t after_ms,
                 int64_t end_ms, int64_t *at_ms);
