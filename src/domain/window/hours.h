/* SPDX-License-Identifier: MIT */
#pragma once
/* hours.h — when an account writes to people: hours of each day of the week, and holidays.
 *
 *   {"zone": "America/Guayaquil", "people": true,
 *    "week": {"mon": ["09:00-13:00", "15:00-19:00"], "tue": "09:00-18:00", …},
 *    "holidays": ["12-25", "2026-11-02", {"date": "12-24", "open": "09:00-12:00"}]}
 *
 * Days      that "week" does not name are closed, and so is a holiday, but for its own hours; one without a year comes
 *           every year.
 * Clocks    hours are those that a clock in the zone shows; "people": in the person's own zone, where it is known.
 *           When clocks change, what is skipped comes that much later, and an hour that comes twice counts twice.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/zone.h"

struct wq_hours_span {
	short from_min, until_min; /* of the day; until_min may be 24:00 */
};
struct wq_hours_day {
	unsigned char n;
	struct wq_hours_span spans[WQ_HOURS_SPANS_MAX];
};
struct wq_holiday {
	short year; /* 0: every */
	unsigned char month, day;
	struct wq_hours_day open;
};
struct wq_hours {
	bool any;        /* false: always open */
	bool people;     /* in their own zones */
	struct wq_hours_day week[7]; /* 0 is Sunday */
	unsigned holidays_n;
	struct wq_holiday holidays[WQ_HOLIDAYS_MAX];
	struct wq_str zone; /* borrowed from the document */
};

enum { WQ_HOURS_INVALID = 1 };
struct wq_hours_problem {
	char field[48]; /* "hours.week.mon" */
	char what[96];  /* "must be …" */
};
/* NULL: always open.  0 or WQ_HOURS_INVALID; whether there is such a zone is another question. */
int wq_hours_read(struct wq_hours *out, yyjson_val *v, struct wq_hours_problem *p);
/* The first moment from `now_ms` on that lies in the hours, `now_ms` itself when it does; INT64_MAX: there is none
 * within WQ_HOURS_AHEAD_DAYS. */
int64_t wq_hours_next_ms(const struct wq_hours *h, const struct wq_zone *zone, int64_t now_ms);
