/* SPDX-License-Identifier: MIT */
/* calendar.c — years are counted from March, so that the leap day is the last of its year. */
#include "base/calendar.h"

#include "base/assert.h"

enum { DAYS_400_YEARS = 146097, DAYS_BEFORE_1970 = 719468 }; /* since 0000-03-01 */

int64_t wq_date_to_days(struct wq_date d)
{
	int64_t year = d.month > 2 ? d.year : d.year - 1, era = wq_floor_div(year, 400);
	int64_t of_era = year - era * 400, month = (d.month + 9) % 12;
	int64_t of_year = (153 * month + 2) / 5 + d.day - 1;

	return era * DAYS_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       DAYS_BEFORE_1970;
}

struct wq_date wq_date_from_days(int64_t days)
{
	int64_t since = days + DAYS_BEFORE_1970, era = wq_floor_div(since, DAYS_400_YEARS);
	int64_t of_era = since - era * DAYS_400_YEARS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	struct wq_date d = { .month = (int)(month < 10 ? month + 3 : month - 9),
		             .day = (int)(of_year - (153 * month + 2) / 5 + 1) };

	d.year = year + era * 400 + (d.month <= 2);
	return d;
}

int wq_days_weekday(int64_t days)
{
	int64_t n = (days + 4) % 7; /* 1970-01-01 was a Thursday */

	return (int)(n < 0 ? n + 7 : n);
}

bool wq_year_is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int wq_month_days(int64_t year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	WQ_REQUIRE(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && wq_year_is_leap(year));
}
