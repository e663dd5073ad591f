/* SPDX-License-Identifier: MIT */
/* cron_next5.c — the search as cron-parser 5 makes it: it jumps to a field's next value where clocks run evenly. */
#include "base/limits.h"
#include "queue/cron_walk.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, NO_HOUR = -1, EVERY_HOUR = 24, HOURS = 24 };
enum step { AGAIN, FOUND };

struct search {
	const struct wq_cron *c;
	struct wq_cron_walk *w;
	int skipped, landing; /* the first hour that was skipped and the one behind; NO_HOUR */
	int back;             /* the hour that comes a second time, or NO_HOUR */
	int64_t judged_day;   /* whose clock was found … */
	bool uneven;          /* … to be put forward or back */
};

enum move { MOVE_SECOND, MOVE_MINUTE, MOVE_HOUR };

/* Moves on, and takes note of a clock that was put forward or back meanwhile. */
static void next_time(struct search *s, enum move move)
{
	struct wq_cron_walk *w = s->w;
	int64_t offset = w->offset_ms;
	int before = w->hour, hours;

	wq_cron_walk_add(w, move == MOVE_SECOND   ? SECOND_MS
	                    : move == MOVE_MINUTE ? MINUTE_MS
	                                          : HOUR_MS);
	if (move != MOVE_SECOND)
		wq_cron_walk_start(w,
		                   move == MOVE_HOUR ? WQ_CRON_START_HOUR : WQ_CRON_START_MINUTE);
	hours = (w->hour - before + HOURS) % HOURS;
	if (s->c->count[WQ_CRON_HOUR] == EVERY_HOUR)
		return;
	if (w->offset_ms > offset && hours >= 2) {
		s->skipped = (before + 1) % HOURS;
		s->landing = w->hour;
	} else if (hours == 0 && w->minute == 0 && w->second == 0) {
		s->back = w->hour;
	}
}

static int lowest(uint64_t set)
{
	return set ? __builtin_ctzll(set) : 0;
}

/* The next value of the set behind that one, or -1. */
static int behind(uint64_t set, int value)
{
	if (value >= 0)
		set &= ~((UINT64_C(2) << value) - 1);
	return set ? lowest(set) : -1;
}

static void set_minute(struct search *s, int minute)
{
	wq_cron_walk_set(s->w, s->w->hour, minute, s->w->second, s->w->ms);
}

static void set_second(struct search *s, int second)
{
	wq_cron_walk_set(s->w, s->w->hour, s->w->minute, second, s->w->ms);
}

static bool match_day(const struct search *s)
{
	const struct wq_cron *c = s->c;
	const struct wq_cron_walk *w = s->w;
	int length = wq_month_days(w->date.year, w->date.month);
	bool day = wq_cron_has(c, WQ_CRON_DAY, w->date.day) ||
	           (c->last_day && w->date.day == length);
	bool nth = c->nth == 0 || (unsigned)(w->date.day + 6) / 7 == c->nth;
	bool weekday = (wq_cron_has(c, WQ_CRON_WEEKDAY, w->weekday) && nth) ||
	               (c->has_last_weekday && w->date.day > length - 7 &&
	                wq_cron_has_last(c, w->weekday));

	if (!c->any_day && !c->any_weekday)
		return day || weekday;
	return c->any_weekday ? day : weekday;
}

static bool uneven_day(struct search *s)
{
	struct wq_cron_walk morning = *s->w;

	if (s->judged_day != s->w->day) {
		s->judged_day = s->w->day;
		wq_cron_walk_start(&morning, WQ_CRON_START_DAY);
		s->uneven = morning.offset_ms != wq_cron_walk_evening_offset(s->w);
	}
	return s->uneven;
}

/* One of the skipped hours was wanted, and this is the hour behind them. */
static bool makes_up(const struct search *s)
{
	if (s->skipped == NO_HOUR || s->landing != s->w->hour)
		return false;
	for (int h = s->skipped; h != s->landing; h = (h + 1) % HOURS) {
		if (wq_cron_has(s->c, WQ_CRON_HOUR, h))
			return true;
	}
	return false;
}

static void to_hour(struct search *s, int hour)
{
	int steps = hour - s->w->hour;

	if (!uneven_day(s)) {
		wq_cron_walk_set(s->w, hour, s->w->minute, s->w->second, s->w->ms);
		return;
	}
	for (int i = 0; i < steps; i++) {
		next_time(s, MOVE_HOUR);
		if (s->w->hour >= hour)
			break;
	}
}

static enum step match_hour(struct search *s)
{
	int hour = s->w->hour, next;

	if (makes_up(s))
		return FOUND;
	if (s->back == hour) {
		s->back = NO_HOUR;
		next_time(s, MOVE_HOUR);
		return AGAIN;
	}
	if (wq_cron_has(s->c, WQ_CRON_HOUR, hour))
		return FOUND;
	s->skipped = s->landing = NO_HOUR;
	next = behind(s->c->set[WQ_CRON_HOUR], hour);
	if (next < 0) {
		wq_cron_walk_days(s->w, 1);
		return AGAIN;
	}
	to_hour(s, next);
	set_minute(s, lowest(s->c->set[WQ_CRON_MINUTE]));
	set_second(s, lowest(s->c->set[WQ_CRON_SECOND]));
	return AGAIN;
}

static void next_minute(struct search *s)
{
	int next = behind(s->c->set[WQ_CRON_MINUTE], s->w->minute);

	if (next < 0) {
		next_time(s, MOVE_HOUR);
		next = lowest(s->c->set[WQ_CRON_MINUTE]);
	}
	set_minute(s, next);
	set_second(s, lowest(s->c->set[WQ_CRON_SECOND]));
}

static void next_second(struct search *s)
{
	int next = behind(s->c->set[WQ_CRON_SECOND], s->w->second);

	if (next < 0) {
		next_time(s, MOVE_MINUTE);
		next = lowest(s->c->set[WQ_CRON_SECOND]);
	}
	set_second(s, next);
}

static enum step match(struct search *s)
{
	if (!wq_cron_has(s->c, WQ_CRON_MONTH, s->w->date.month)) {
		wq_cron_walk_month(s->w);
		return AGAIN;
	}
	if (!match_day(s)) {
		wq_cron_walk_days(s->w, 1);
		return AGAIN;
	}
	if (match_hour(s) == AGAIN)
		return AGAIN;
	if (!wq_cron_has(s->c, WQ_CRON_MINUTE, s->w->minute)) {
		next_minute(s);
		return AGAIN;
	}
	if (!wq_cron_has(s->c, WQ_CRON_SECOND, s->w->second)) {
		next_second(s);
		return AGAIN;
	}
	return FOUND;
}

int wq_cron_search_5(const struct wq_cron *c, struct wq_cron_walk *w, int64_t end_ms)
{
	struct search s = { c, w, NO_HOUR, NO_HOUR, NO_HOUR, INT64_MIN, false };
	int64_t start = w->utc_ms;

	if (w->ms > 0) {
		wq_cron_walk_set(w, w->hour, w->minute, w->second, 0);
		next_time(&s, MOVE_SECOND);
	}
	for (int i = 1; i < WQ_CRON_STEPS_MAX; i++) {
		if (w->utc_ms > end_ms)
			return WQ_CRON_NEVER;
		if (match(&s) == AGAIN)
			continue;
		if (w->utc_ms != start)
			return 0;
		next_time(&s, MOVE_SECOND);
	}
	return WQ_CRON_NEVER;
}
