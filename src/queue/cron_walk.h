/* SPDX-License-Identifier: MIT */
#pragma once
/* cron_walk.h — a moment that moves along the clock and the calendar of a zone.
 *
 * Where a local time does not exist or exists twice, a move lands where luxon's would, on which both versions of
 * cron-parser stand: twice: with the offset that holds before the move, if it can; never: as much later as the clock
 * was put forward.
 */
#include "base/calendar.h"
#include "queue/cron.h"

struct wq_cron_walk {
	const struct wq_zone *zone; /* borrowed */
	struct wq_zone_span span;   /* around utc_ms, or one looked at lately */
	int64_t utc_ms, offset_ms;
	int64_t day;                /* local, since 1970-01-01 */
	struct wq_date date;
	int weekday, hour, minute, second, ms;
	bool ended;                 /* it left what a date can hold, and stays behind */
};

enum wq_cron_start { WQ_CRON_START_MINUTE, WQ_CRON_START_HOUR, WQ_CRON_START_DAY };

void wq_cron_walk_to(struct wq_cron_walk *w, int64_t utc_ms);
/* So many milliseconds later, whatever the clock says. */
void wq_cron_walk_add(struct wq_cron_walk *w, int64_t ms);
/* Back to the start of the unit in which it is. */
void wq_cron_walk_start(struct wq_cron_walk *w, enum wq_cron_start unit);
/* The clock put to that time of the same day. */
void wq_cron_walk_set(struct wq_cron_walk *w, int hour, int minute, int second, int ms);
/* The start of the day so many days later. */
void wq_cron_walk_days(struct wq_cron_walk *w, int days);
/* The start of the next month. */
void wq_cron_walk_month(struct wq_cron_walk *w);
/* The offset at the end of the day (23:59:59.999). */
int64_t wq_cron_walk_evening_offset(const struct wq_cron_walk *w);

/* The two searches; as wq_cron_next, with a walk that stands at the moment behind which they look. */
int wq_cron_search_4(const struct wq_cron *c, struct wq_cron_walk *w, int64_t end_ms);
int wq_cron_search_5(const struct wq_cron *c, struct wq_cron_walk *w, int64_t end_ms);

static inline bool wq_cron_has(const struct wq_cron *c, enum wq_cron_unit unit, int value)
{
	return value >= 0 && (c->set[unit] >> value & 1);
}

/* Is its last one of a month among those meant by "5L"? */
static inline bool wq_cron_has_last(const struct wq_cron *c, int weekday)
{
	return weekday >= 0 && (c->last_weekdays >> weekday & 1);
}
