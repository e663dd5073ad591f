/* SPDX-License-Identifier: MIT */
/* when.c — "2026-03-29", "2026-03-29T02:30", "2026-03-29T02:30:00.123Z", "…+02:00" */
#include "queue/when.h"

#include <math.h>

#include "base/calendar.h"

enum { MINUTE_MS = 60000 };

struct cursor {
	const char *p, *end;
};

static bool take(struct cursor *c, const char *signs)
{
	if (c->p == c->end || !*c->p || !strchr(signs, *c->p))
		return false;
	c->p++;
	return true;
}

static bool take_number(struct cursor *c, int digits, int max, int *out)
{
	*out = 0;
	for (int i = 0; i < digits; i++, c->p++) {
		if (c->p == c->end || *c->p < '0' || *c->p > '9')
			return false;
		*out = *out * 10 + (*c->p - '0');
	}
	return *out <= max;
}

/* Beyond the milliseconds digits are dropped. */
static bool take_fraction(struct cursor *c, int *ms)
{
	const char *start = c->p;
	int scale = 100;

	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, scale /= 10)
		*ms += (*c->p - '0') * scale;
	return c->p > start;
}

static bool take_time(struct cursor *c, struct wq_local *l)
{
	if (!take_number(c, 2, 24, &l->hour) || !take(c, ":") || !take_number(c, 2, 59, &l->minute))
		return false;
	if (!take(c, ":"))
		return true;
	return take_number(c, 2, 59, &l->second) && (!take(c, ".,") || take_fraction(c, &l->ms));
}

static bool take_offset(struct cursor *c, int64_t *offset_ms)
{
	bool minus = *c->p == '-';
	int hours, minutes;

	if (!take(c, "+-") || !take_number(c, 2, 23, &hours))
		return false;
	take(c, ":");
	if (!take_number(c, 2, 59, &minutes))
		return false;
	*offset_ms = (hours * 60 + minutes) * (int64_t)MINUTE_MS;
	if (minus)
		*offset_ms = -*offset_ms;
	return true;
}

static bool take_date(struct cursor *c, struct wq_local *l)
{
	int year;

	if (!take_number(c, 4, 9999, &year) || !take(c, "-") || !take_number(c, 2, 12, &l->month) ||
	    !take(c, "-") || !take_number(c, 2, 31, &l->day))
		return false;
	l->year = year;
	return l->month >= 1 && l->day >= 1;
}

static int64_t utc_of(const struct wq_local *l)
{
	struct wq_date date = { l->year, l->month, l->day };

	return wq_date_to_days(date) * WQ_DAY_MS +
	       (((int64_t)l->hour * 60 + l->minute) * 60 + l->second) * 1000 + l->ms;
}

bool wq_when_parse(struct wq_str text, const struct wq_zone *zone, int64_t *ms)
{
	struct cursor c = { text.p, text.p + text.n };
	struct wq_local l = { .day = 0 };
	int64_t offset = 0, found[2];

	if (text.n == 0 || !take_date(&c, &l))
		return false;
	*ms = utc_of(&l);
	if (c.p == c.end)
		return true;
	if (!take(&c, "Tt ") || !take_time(&c, &l))
		return false;
	*ms = utc_of(&l);
	if (c.p == c.end) {
		/* The first of two, and behind a gap as much later as it is wide. */
		*ms = wq_zone_utc(zone, &l, found) == WQ_ZONE_NEVER ? found[1] : found[0];
		return true;
	}
	if (!take(&c, "Zz") && !take_offset(&c, &offset))
		return false;
	*ms -= offset;
	return c.p == c.end;
}

bool wq_when_read(yyjson_val *v, const struct wq_zone *zone, int64_t *ms)
{
	double number;

	if (!yyjson_is_num(v))
		return yyjson_is_str(v) && wq_when_parse(wq_json_str(v), zone, ms);
	number = yyjson_get_num(v);
	if (!(fabs(number) <= (double)WQ_TIME_MAX_MS))
		return false;
	*ms = (int64_t)number;
	return true;
}
