/* SPDX-License-Identifier: MIT */
#pragma once
/* calendar.h — days and dates of the Gregorian calendar, extended to all years; pure arithmetic, no time zone.
 *
 * A day is counted from 1970-01-01.  Years are good for +-300,000, which is more than a number of milliseconds in a
 * JavaScript Date can hold.
 */
#include <stdbool.h>
#include <stdint.h>

#define WQ_DAY_MS INT64_C(86400000)
/* The moments that a JavaScript Date can hold, either side of 1970. */
#define WQ_TIME_MAX_MS INT64_C(8640000000000000)

struct wq_date {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

int64_t wq_date_to_days(struct wq_date d);
struct wq_date wq_date_from_days(int64_t days);
/* 0 is Sunday. */
int wq_days_weekday(int64_t days);
bool wq_year_is_leap(int64_t year);
int wq_month_days(int64_t year, int month);

/* Rounds down, also below zero. */
static inline int64_t wq_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
