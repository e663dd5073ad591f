/* SPDX-License-Identifier: MIT */
/* zone_rule.c — reads the rule, and lays out the changes of the years around a moment. */
#include "base/zone_rule.h"

#include "base/calendar.h"
#include "base/err.h"

enum { HOUR_S = 3600, DAY_S = 86400, OFFSET_HOURS_MAX = 24, TIME_HOURS_MAX = 167 };

struct reader {
	const char *p, *end;
};

static bool at(const struct reader *r, char c)
{
	return r->p < r->end && *r->p == c;
}

static bool take(struct reader *r, char c)
{
	if (!at(r, c))
		return false;
	r->p++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_number(struct reader *r, int min, int max, int *out)
{
	int n = 0, digits = 0;

	while (r->p < r->end && is_digit(*r->p) && digits < 3) {
		n = n * 10 + (*r->p++ - '0');
		digits++;
	}
	*out = n;
	return digits > 0 && n >= min && n <= max;
}

/* "CET" or "<+0330>"; what it says is of no use to us. */
static bool skip_name(struct reader *r)
{
	const char *start;

	if (take(r, '<')) {
		start = r->p;
		while (r->p < r->end && *r->p != '>')
			r->p++;
		return r->p > start && take(r, '>');
	}
	start = r->p;
	while (r->p < r->end && ((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z')))
		r->p++;
	return r->p - start >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool read_time(struct reader *r, int hours_max, int32_t *out)
{
	bool minus = take(r, '-');
	int hours, minutes = 0, seconds = 0;

	if (!minus)
		take(r, '+');
	if (!read_number(r, 0, hours_max, &hours))
		return false;
	if (take(r, ':')) {
		if (!read_number(r, 0, 59, &minutes))
			return false;
		if (take(r, ':') && !read_number(r, 0, 59, &seconds))
			return false;
	}
	*out = (hours * 60 + minutes) * 60 + seconds;
	if (minus)
		*out = -*out;
	return true;
}

static bool read_change(struct reader *r, struct wq_zone_change *c)
{
	bool ok;

	if (!take(r, ','))
		return false;
	if (take(r, 'M')) {
		c->kind = WQ_ZONE_DAY_WEEKDAY;
		ok = read_number(r, 1, 12, &c->month) && take(r, '.') &&
		     read_number(r, 1, 5, &c->week) && take(r, '.') &&
		     read_number(r, 0, 6, &c->day);
	} else if (take(r, 'J')) {
		c->kind = WQ_ZONE_DAY_NO_LEAP;
		ok = read_number(r, 1, 365, &c->day);
	} else {
		c->kind = WQ_ZONE_DAY_COUNTED;
		ok = read_number(r, 0, 365, &c->day);
	}
	c->time_s = 2 * HOUR_S;
	return ok && (!take(r, '/') || read_time(r, TIME_HOURS_MAX, &c->time_s));
}

static bool read_rule(struct reader *r, struct wq_zone_rule *out)
{
	if (!skip_name(r) || !read_time(r, OFFSET_HOURS_MAX, &out->std_s))
		return false;
	out->std_s = -out->std_s; /* the text counts west of Greenwich */
	if (r->p == r->end)
		return true;
	out->has_dst = true;
	out->dst_s = out->std_s + HOUR_S;
	if (!skip_name(r))
		return false;
	if (!at(r, ',')) {
		if (!read_time(r, OFFSET_HOURS_MAX, &out->dst_s))
			return false;
		out->dst_s = -out->dst_s;
	}
	return read_change(r, &out->start) && read_change(r, &out->end) && r->p == r->end;
}

int wq_zone_rule_parse(struct wq_zone_rule *r, struct wq_str text)
{
	struct reader in = { text.p, text.p + text.n };

	*r = (struct wq_zone_rule){ 0 };
	return text.n > 0 && read_rule(&in, r) ? 0 : WQ_EPARSE;
}

static int64_t change_day(const struct wq_zone_change *c, int64_t year)
{
	int64_t first = wq_date_to_days((struct wq_date){ year, 1, 1 });
	int day, length;

	if (c->kind == WQ_ZONE_DAY_COUNTED)
		return first + c->day;
	if (c->kind == WQ_ZONE_DAY_NO_LEAP)
		return first + c->day - 1 + (c->day >= 60 && wq_year_is_leap(year));
	first = wq_date_to_days((struct wq_date){ year, c->month, 1 });
	length = wq_month_days(year, c->month);
	day = (c->day - wq_days_weekday(first) + 7) % 7 + (c->week - 1) * 7;
	return first + (day < length ? day : day - 7);
}

struct change {
	int64_t at_s;
	int32_t offset_s; /* from then on */
};

/* Sorted in: where two fall together, the later one of the list wins. */
static void add_change(struct change *list, size_t *n, struct change c)
{
	size_t i = (*n)++;

	for (; i > 0 && list[i - 1].at_s > c.at_s; i--)
		list[i] = list[i - 1];
	list[i] = c;
}

struct wq_zone_stretch wq_zone_rule_at(const struct wq_zone_rule *r, int64_t utc_s)
{
	struct wq_zone_stretch s = { INT64_MIN, INT64_MAX, r->std_s };
	struct change list[6];
	size_t n = 0;
	int64_t year, y;

	if (!r->has_dst)
		return s;
	year = wq_date_from_days(wq_floor_div(utc_s + r->std_s, DAY_S)).year;
	for (y = year - 1; y <= year + 1; y++) {
		/* The end goes first: a start at the same moment means daylight saving time all year. */
		add_change(list, &n,
		           (struct change){ change_day(&r->end, y) * DAY_S + r->end.time_s -
		                                    r->dst_s,
		                            r->std_s });
		add_change(list, &n,
		           (struct change){ change_day(&r->start, y) * DAY_S + r->start.time_s -
		                                    r->std_s,
		                            r->dst_s });
	}
	for (size_t i = 0; i < n; i++) {
		if (list[i].at_s > utc_s) {
			s.until_s = list[i].at_s;
			break;
		}
		s.from_s = list[i].at_s;
		s.offset_s = list[i].offset_s;
	}
	return s;
}
