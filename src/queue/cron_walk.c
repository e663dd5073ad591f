/* SPDX-License-Identifier: MIT */
/* cron_walk.c — every move computes a local time and finds the moment at which the zone's clock shows it. */
#include "queue/cron_walk.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000 };

static int64_t offset_at(struct wq_cron_walk *w, int64_t utc_ms)
{
	if (utc_ms < w->span.from_ms || utc_ms >= w->span.until_ms)
		w->span = wq_zone_span_at(w->zone, utc_ms);
	return w->span.offset_ms;
}

void wq_cron_walk_to(struct wq_cron_walk *w, int64_t utc_ms)
{
	int64_t local, rest, day;

	if (utc_ms > WQ_TIME_MAX_MS || utc_ms < -WQ_TIME_MAX_MS) {
		utc_ms = utc_ms < 0 ? -WQ_TIME_MAX_MS : WQ_TIME_MAX_MS;
		w->ended = true;
	}
	w->utc_ms = utc_ms;
	w->offset_ms = offset_at(w, utc_ms);
	local = utc_ms + w->offset_ms;
	day = wq_floor_div(local, WQ_DAY_MS);
	rest = local - day * WQ_DAY_MS;
	w->day = day;
	w->date = wq_date_from_days(day);
	w->weekday = wq_days_weekday(day);
	w->hour = (int)(rest / HOUR_MS);
	w->minute = (int)(rest / MINUTE_MS % 60);
	w->second = (int)(rest / SECOND_MS % 60);
	w->ms = (int)(rest % SECOND_MS);
}

/* The offset is guessed to be the one from which we come; if it is another there, that one is tried; if that does not
 * hold there either, the clock never shows the time. */
static int64_t find(struct wq_cron_walk *w, int64_t local_ms)
{
	int64_t utc = local_ms - w->offset_ms, there = offset_at(w, utc), again;

	if (there == w->offset_ms)
		return utc;
	again = offset_at(w, local_ms - there);
	if (again == there)
		return local_ms - there;
	return local_ms - (there < again ? there : again);
}

static int64_t of_day(int hour, int minute, int second, int ms)
{
	return ((int64_t)hour * 60 + minute) * MINUTE_MS + (int64_t)second * SECOND_MS + ms;
}

void wq_cron_walk_set(struct wq_cron_walk *w, int hour, int minute, int second, int ms)
{
	wq_cron_walk_to(w, find(w, w->day * WQ_DAY_MS + of_day(hour, minute, second, ms)));
}

void wq_cron_walk_add(struct wq_cron_walk *w, int64_t ms)
{
	wq_cron_walk_to(w, w->utc_ms + ms);
}

void wq_cron_walk_start(struct wq_cron_walk *w, enum wq_cron_start unit)
{
	int hour = unit == WQ_CRON_START_DAY ? 0 : w->hour;
	int minute = unit == WQ_CRON_START_MINUTE ? w->minute : 0;

	wq_cron_walk_set(w, hour, minute, 0, 0);
}

/* First the same time of another day, then that day's start: the way decides which offset is guessed. */
static void to_day(struct wq_cron_walk *w, int64_t day)
{
	int64_t time = of_day(w->hour, w->minute, w->second, w->ms);

	wq_cron_walk_to(w, find(w, day * WQ_DAY_MS + time));
}

void wq_cron_walk_days(struct wq_cron_walk *w, int days)
{
	to_day(w, w->day + days);
	wq_cron_walk_start(w, WQ_CRON_START_DAY);
}

void wq_cron_walk_month(struct wq_cron_walk *w)
{
	struct wq_date d = w->date;
	int length;

	d.month++;
	if (d.month > 12) {
		d.month = 1;
		d.year++;
	}
	length = wq_month_days(d.year, d.month);
	if (d.day > length)
		d.day = length;
	to_day(w, wq_date_to_days(d));
	w->day -= w->date.day - 1;
	wq_cron_walk_start(w, WQ_CRON_START_DAY);
}

int64_t wq_cron_walk_evening_offset(const struct wq_cron_walk *w)
{
	struct wq_cron_walk e = *w;

	wq_cron_walk_days(&e, 1);
	wq_cron_walk_add(&e, -1);
	return e.offset_ms;
}
