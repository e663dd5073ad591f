/* SPDX-License-Identifier: MIT */
/* cron_next.c — the search as cron-parser 4 makes it: compare with each field, move one unit on, look again. */
#include "base/limits.h"
#include "queue/cron_text.h"
#include "queue/cron_walk.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, NO_HOUR = -1, EVERY_HOUR = 24, EVERY_WEEKDAY = 8 };
enum step { AGAIN, FOUND, FAILED };

struct search {
	const struct wq_cron *c;
	struct wq_cron_walk *w;
	int forward; /* the hour on which we landed as the clock was put forward, or NO_HOUR */
	int back;    /* the hour that comes a second time, or NO_HOUR */
};

static bool leaves_month(const struct wq_cron_walk *w, int days)
{
	struct wq_cron_walk later = *w;

	wq_cron_walk_days(&later, days);
	return later.date.month != w->date.month;
}

/* FOUND, AGAIN for no, FAILED where version 4 throws. */
static enum step is_last_weekday(const struct search *s)
{
	const struct wq_cron *c = s->c;

	if (c->last_unknown_first)
		return FAILED;
	if (wq_cron_has_last(c, s->w->weekday) && leaves_month(s->w, 7))
		return FOUND;
	return c->last_unknown ? FAILED : AGAIN;
}

static enum step match_day(const struct search *s)
{
	const struct wq_cron *c = s->c;
	const struct wq_cron_walk *w = s->w;
	bool any_day = c->count[WQ_CRON_DAY] >= (unsigned)wq_cron_month_days(w->date.month);
	bool any_weekday = c->count[WQ_CRON_WEEKDAY] == EVERY_WEEKDAY;
	bool day = wq_cron_has(c, WQ_CRON_DAY, w->date.day) || (c->last_day && leaves_month(w, 1));
	bool weekday = wq_cron_has(c, WQ_CRON_WEEKDAY, w->weekday);

	if (!weekday && c->has_last_weekday) {
		enum step last = is_last_weekday(s);

		if (last == FAILED)
			return FAILED;
		weekday = last == FOUND;
	}
	if (!day && (!weekday || any_weekday))
		return AGAIN;
	if (any_day && !any_weekday && !weekday)
		return AGAIN;
	if (c->nth > 0 && (unsigned)(w->date.day + 6) / 7 != c->nth)
		return AGAIN;
	return FOUND;
}

static void next_hour(struct wq_cron_walk *w)
{
	int64_t before = w->utc_ms;

	wq_cron_walk_add(w, HOUR_MS);
	wq_cron_walk_start(w, WQ_CRON_START_HOUR);
	if (w->utc_ms <= before)
		wq_cron_walk_add(w, HOUR_MS);
}

/* Where the day does not begin at 0:00 a move can end where it began. */
static void next_date(struct wq_cron_walk *w, bool month)
{
	int64_t before = w->utc_ms;

	if (month)
		wq_cron_walk_month(w);
	else
		wq_cron_walk_days(w, 1);
	if (w->utc_ms == before && w->minute == 0 && w->second == 0)
		next_hour(w);
}

static void next_minute(struct wq_cron_walk *w)
{
	int64_t before = w->utc_ms;

	wq_cron_walk_add(w, MINUTE_MS);
	wq_cron_walk_start(w, WQ_CRON_START_MINUTE);
	if (w->utc_ms < before)
		wq_cron_walk_add(w, HOUR_MS);
}

static void next_second(struct wq_cron_walk *w)
{
	int64_t before = w->utc_ms;

	wq_cron_walk_add(w, SECOND_MS);
	wq_cron_walk_set(w, w->hour, w->minute, w->second, 0);
	if (w->utc_ms < before)
		wq_cron_walk_add(w, HOUR_MS);
}

/* Moves on, and takes note of a clock that was put forward or back meanwhile. */
static void next_time(struct search *s, void (*move)(struct wq_cron_walk *w))
{
	int before = s->w->hour, hours;

	move(s->w);
	if (s->c->count[WQ_CRON_HOUR] == EVERY_HOUR)
		return;
	hours = s->w->hour - before;
	if (hours == 2)
		s->forward = s->w->hour;
	else if (hours == 0 && s->w->minute == 0 && s->w->second == 0)
		s->back = s->w->hour;
}

/* An hour that was skipped is made up for in the one behind it; one that comes twice counts once. */
static enum step match_hour(struct search *s)
{
	int hour = s->w->hour;

	if (wq_cron_has(s->c, WQ_CRON_HOUR, hour)) {
		if (s->back != hour)
			return FOUND;
		s->back = NO_HOUR;
		next_time(s, next_hour);
		return AGAIN;
	}
	if (s->forward != hour) {
		s->forward = NO_HOUR;
		next_time(s, next_hour);
		return AGAIN;
	}
	if (wq_cron_has(s->c, WQ_CRON_HOUR, hour - 1))
		return FOUND;
	next_hour(s->w);
	return AGAIN;
}

static enum step match(struct search *s)
{
	enum step day = match_day(s);

	if (day == FAILED)
		return FAILED;
	if (day == AGAIN) {
		next_date(s->w, false);
		return AGAIN;
	}
	if (!wq_cron_has(s->c, WQ_CRON_MONTH, s->w->date.month)) {
		next_date(s->w, true);
		return AGAIN;
	}
	if (match_hour(s) == AGAIN)
		return AGAIN;
	if (!wq_cron_has(s->c, WQ_CRON_MINUTE, s->w->minute)) {
		next_time(s, next_minute);
		return AGAIN;
	}
	if (!wq_cron_has(s->c, WQ_CRON_SECOND, s->w->second)) {
		next_time(s, next_second);
		return AGAIN;
	}
	return FOUND;
}

int wq_cron_search_4(const struct wq_cron *c, struct wq_cron_walk *w, int64_t end_ms)
{
	struct search s = { c, w, NO_HOUR, NO_HOUR };
	int64_t start = w->utc_ms;

	for (int i = 1; i < WQ_CRON_STEPS_MAX; i++) {
		enum step step;

		if (w->utc_ms > end_ms)
			return WQ_CRON_NEVER;
		step = match(&s);
		if (step == FAILED)
			return WQ_CRON_NEVER;
		if (step == AGAIN)
			continue;
		if (w->utc_ms != start)
			return 0;
		next_time(&s, next_second);
	}
	return WQ_CRON_NEVER;
}

int wq_cron_next(const struct wq_cron *c, const struct wq_zone *zone, int64_t after_ms,
                 int64_t end_ms, int64_t *at_ms)
{
	struct wq_cron_walk w = { .zone = zone, .span = wq_zone_span_at(zone, after_ms) };
	int rc;

	if (after_ms > WQ_TIME_MAX_MS || after_ms < -WQ_TIME_MAX_MS)
		return WQ_CRON_NEVER;
	wq_cron_walk_to(&w, after_ms);
	rc = c->dialect == WQ_CRON_PARSER_4 ? wq_cron_search_4(c, &w, end_ms)
	                                    : wq_cron_search_5(c, &w, end_ms);
	*at_ms = w.utc_ms;
	return w.ended ? WQ_CRON_NEVER : rc;
}
