/* SPDX-License-Identifier: MIT */
/* hours.c — their reader, and the day after day until one is open. */
#include "domain/window/hours.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

enum { DAY_MIN = 24 * 60, SPAN_CHARS = 11 };

static const char *const days[7] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static int wrong(struct wq_hours_problem *p, const char *field, const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_HOURS_INVALID;
}

/* "HH:MM" to minutes, "24:00" too; -1: it is not. */
static int minutes(struct wq_str s)
{
	uint64_t h;
	uint64_t m;

	if (s.n != 5 || s.p[2] != ':' || !wq_str_to_u64(wq_strn(s.p, 2), 24, &h) ||
	    !wq_str_to_u64(wq_strn(s.p + 3, 2), 59, &m) || h * 60 + m > DAY_MIN)
		return -1;
	return (int)(h * 60 + m);
}

static int read_span(struct wq_hours_day *d, struct wq_str s, const char *field,
                     struct wq_hours_problem *p)
{
	int from = s.n == SPAN_CHARS && s.p[5] == '-' ? minutes(wq_strn(s.p, 5)) : -1;
	int until = from >= 0 ? minutes(wq_strn(s.p + 6, 5)) : -1;

	if (until < 0)
		return wrong(p, field, "must be hours of the day, as \"09:00-18:00\"");
	if (until <= from)
		return wrong(
			p, field,
			"must end after they begin: a night is \"22:00-24:00\" and the next day's "
			"\"00:00-06:00\"");
	if (d->n && from < d->spans[d->n - 1].until_min)
		return wrong(p, field, "must be in their order, and not overlap");
	if (d->n == WQ_HOURS_SPANS_MAX)
		return wrong(p, field, "has more than 4 spans");
	d->spans[d->n++] = (struct wq_hours_span){ (short)from, (short)until };
	return 0;
}

/* "09:00-18:00", or several of them. */
static int read_day(struct wq_hours_day *d, yyjson_val *v, const char *field,
                    struct wq_hours_problem *p)
{
	int rc = 0;

	d->n = 0;
	if (!v || yyjson_is_null(v))
		return 0;
	if (!yyjson_is_arr(v))
		return read_span(d, wq_json_str(v), field, p);
	for (size_t i = 0; i < yyjson_arr_size(v) && rc == 0; i++)
		rc = read_span(d, wq_json_str(yyjson_arr_get(v, i)), field, p);
	return rc;
}

static int read_week(struct wq_hours *h, yyjson_val *week, struct wq_hours_problem *p)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(week);
	struct wq_str name;
	yyjson_val *key;
	char field[48];
	int rc = 0;

	if (!yyjson_is_obj(week))
		return wrong(p, "hours.week", "must be an object with mon, tue, … and their hours");
	while (rc == 0 && (key = yyjson_obj_iter_next(&iter))) {
		size_t d = 0;

		name = wq_json_str(key);
		snprintf(field, sizeof(field), "hours.week.%.*s", name.n < 20 ? (int)name.n : 20,
		         name.p ? name.p : "");
		while (d < WQ_COUNT(days) && !wq_str_is(name, days[d]))
			d++;
		if (d == WQ_COUNT(days))
			return wrong(p, field, "is no day: sun, mon, tue, wed, thu, fri, sat");
		rc = read_day(&h->week[d], yyjson_obj_iter_get_val(key), field, p);
	}
	return rc;
}

/* "2026-11-02", "11-02" */
static bool read_date(struct wq_holiday *out, struct wq_str s)
{
	static const unsigned char most[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t year = 0;
	uint64_t month;
	uint64_t day;

	if (s.n == 10) {
		if (!wq_str_to_u64(wq_strn(s.p, 4), 9999, &year) || !year || s.p[4] != '-')
			return false;
		s = wq_strn(s.p + 5, 5);
	}
	if (s.n != 5 || s.p[2] != '-' || !wq_str_to_u64(wq_strn(s.p, 2), 12, &month) || !month ||
	    !wq_str_to_u64(wq_strn(s.p + 3, 2), most[month - 1], &day) || !day)
		return false;
	out->year = (short)year;
	out->month = (unsigned char)month;
	out->day = (unsigned char)day;
	return true;
}

static int read_holidays(struct wq_hours *h, yyjson_val *list, struct wq_hours_problem *p)
{
	char field[48];
	int rc = 0;

	if (!list)
		return 0;
	if (!yyjson_is_arr(list) || yyjson_arr_size(list) > WQ_HOLIDAYS_MAX)
		return wrong(p, "hours.holidays", "must be a list of at most 100 days");
	for (size_t i = 0; i < yyjson_arr_size(list) && rc == 0; i++) {
		yyjson_val *v = yyjson_arr_get(list, i);
		struct wq_holiday *day = &h->holidays[i];

		snprintf(field, sizeof(field), "hours.holidays[%zu]", i);
		if (!read_date(day, yyjson_is_obj(v) ? wq_json_get_str(v, "date") : wq_json_str(v)))
			return wrong(p, field,
			             "must be a day, as 2026-11-02, or 12-25 of every year");
		rc = read_day(&day->open, wq_json_get(v, "open"), field, p);
		h->holidays_n = (unsigned)i + 1;
	}
	return rc;
}

int wq_hours_read(struct wq_hours *out, yyjson_val *v, struct wq_hours_problem *p)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if (!v || yyjson_is_null(v))
		return 0;
	if (!yyjson_is_obj(v))
		return wrong(p, "hours", "must be an object with zone and week");
	out->zone = wq_json_get_str(v, "zone");
	if (!out->zone.n || out->zone.n > WQ_ZONE_NAME_MAX_BYTES)
		return wrong(p, "hours.zone", "must be the name of a time zone: America/Guayaquil");
	if (wq_json_get(v, "people") && !yyjson_is_bool(wq_json_get(v, "people")))
		return wrong(p, "hours.people", "must be true or false");
	out->people = yyjson_is_true(wq_json_get(v, "people"));
	rc = read_week(out, wq_json_get(v, "week"), p);
	if (rc == 0)
		rc = read_holidays(out, wq_json_get(v, "holidays"), p);
	out->any = rc == 0;
	return rc;
}

/* A holiday of this very year says more than one of every year. */
static const struct wq_hours_day *hours_of(const struct wq_hours *h, const struct wq_local *day)
{
	const struct wq_holiday *found = NULL;

	for (unsigned i = 0; i < h->holidays_n; i++) {
		const struct wq_holiday *d = &h->holidays[i];

		if (d->month == day->month && d->day == day->day &&
		    (d->year == day->year || (d->year == 0 && !found)))
			found = d;
	}
	return found ? &found->open : &h->week[day->weekday];
}

/* When a clock on that day shows this, `last`: for the last time. */
static int64_t moment(const struct wq_zone *zone, const struct wq_local *day, int min, bool last)
{
	struct wq_local l = *day;
	int64_t utc[2];
	enum wq_zone_fit fit;

	l.hour = min / 60;
	l.minute = min % 60;
	l.second = l.ms = 0;
	fit = wq_zone_utc(zone, &l, utc);
	return fit == WQ_ZONE_NEVER || last ? utc[1] : utc[0];
}

/* Noon is there on each day, whatever clocks do. */
static void go_to_day(const struct wq_zone *zone, const struct wq_local *today, int ahead,
                      struct wq_local *out)
{
	struct wq_local noon = *today;
	int64_t utc[2];

	noon.day += ahead;
	noon.hour = 12;
	noon.minute = noon.second = noon.ms = 0;
	(void)wq_zone_utc(zone, &noon, utc);
	wq_zone_local(zone, utc[0], out);
}

int64_t wq_hours_next_ms(const struct wq_hours *h, const struct wq_zone *zone, int64_t now_ms)
{
	struct wq_local today, day;

	if (!h->any)
		return now_ms;
	wq_zone_local(zone, now_ms, &today);
	for (int ahead = 0; ahead <= WQ_HOURS_AHEAD_DAYS; ahead++) {
		const struct wq_hours_day *open;

		go_to_day(zone, &today, ahead, &day);
		open = hours_of(h, &day);
		for (unsigned i = 0; i < open->n; i++) {
			int64_t from = moment(zone, &day, open->spans[i].from_min, false);

			if (now_ms < moment(zone, &day, open->spans[i].until_min, true))
				return from > now_ms ? from : now_ms;
		}
	}
	return INT64_MAX;
}
