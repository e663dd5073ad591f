/* SPDX-License-Identifier: MIT */
/* moment.c — dates as people and programs write them. */
#include "base/calendar.h"
#include "base/limits.h"
#include "domain/template/locale.h"

enum { SECONDS_MAX_DIGITS = 10, DIGITS_MAX = 16 };

struct reader {
	struct wq_str s;
	size_t i;
};

static bool take_digits(struct reader *r, size_t n, int max, int *out)
{
	uint64_t v;

	if (r->i + n > r->s.n || !wq_str_to_u64(wq_strn(r->s.p + r->i, n), (uint64_t)max, &v))
		return false;
	r->i += n;
	*out = (int)v;
	return true;
}

static bool take_sign(struct reader *r, char c)
{
	if (r->i >= r->s.n || r->s.p[r->i] != c)
		return false;
	r->i++;
	return true;
}

static bool take_date(struct reader *r, struct wq_local *l)
{
	int year;

	if (!take_digits(r, 4, 9999, &year) || !take_sign(r, '-') ||
	    !take_digits(r, 2, 12, &l->month) || !take_sign(r, '-') ||
	    !take_digits(r, 2, 31, &l->day))
		return false;
	l->year = year;
	return l->month >= 1 && l->day >= 1 && l->day <= wq_month_days(year, l->month);
}

static bool take_time(struct reader *r, struct wq_local *l)
{
	if (!take_digits(r, 2, 23, &l->hour) || !take_sign(r, ':') ||
	    !take_digits(r, 2, 59, &l->minute))
		return false;
	if (!take_sign(r, ':'))
		return true;
	if (!take_digits(r, 2, 59, &l->second))
		return false;
	if (take_sign(r, '.'))
		while (r->i < r->s.n && r->s.p[r->i] >= '0' && r->s.p[r->i] <= '9')
			r->i++;
	return true;
}

/* Minutes from UTC; *is: there was one. */
static bool take_offset(struct reader *r, int *minutes, bool *is)
{
	bool west = false;
	int h = 0, m = 0;

	*is = r->i < r->s.n;
	if (!*is || take_sign(r, 'Z') || take_sign(r, 'z')) {
		*minutes = 0;
		return r->i == r->s.n;
	}
	west = take_sign(r, '-');
	if (!west && !take_sign(r, '+'))
		return false;
	if (!take_digits(r, 2, 14, &h))
		return false;
	(void)take_sign(r, ':');
	if (!take_digits(r, 2, 59, &m) || r->i != r->s.n)
		return false;
	*minutes = (h * 60 + m) * (west ? -1 : 1);
	return true;
}

static void set_weekday(struct wq_local *l)
{
	l->weekday = wq_days_weekday(
		wq_date_to_days((struct wq_date){ l->year, l->month, l->day }));
}

static int64_t utc_of(const struct wq_local *l, int minutes)
{
	return wq_date_to_days((struct wq_date){ l->year, l->month, l->day }) * WQ_DAY_MS +
	       ((int64_t)l->hour * 60 + l->minute - minutes) * 60000 + (int64_t)l->second * 1000;
}

bool wq_moment_of_ms(int64_t ms, const struct wq_zone *zone, struct wq_moment *out)
{
	int64_t days = wq_floor_div(ms, WQ_DAY_MS), rest = ms - days * WQ_DAY_MS;
	struct wq_date d;

	if (ms < -WQ_TIME_MAX_MS || ms > WQ_TIME_MAX_MS)
		return false;
	*out = (struct wq_moment){ .has_time = true };
	if (zone) {
		wq_zone_local(zone, ms, &out->local);
		return true;
	}
	d = wq_date_from_days(days);
	out->local = (struct wq_local){ .year = d.year,
		                        .month = d.month,
		                        .day = d.day,
		                        .hour = (int)(rest / 3600000),
		                        .minute = (int)(rest / 60000 % 60),
		                        .second = (int)(rest / 1000 % 60) };
	set_weekday(&out->local);
	return true;
}

bool wq_moment_read(struct wq_str text, const struct wq_zone *zone, struct wq_moment *out)
{
	struct reader r = { wq_str_trim(text), 0 };
	uint64_t ms;
	int minutes;
	bool offset;

	*out = (struct wq_moment){ .has_time = false };
	if (r.s.n >= SECONDS_MAX_DIGITS && r.s.n <= DIGITS_MAX &&
	    wq_str_to_u64(r.s, (uint64_t)WQ_TIME_MAX_MS, &ms))
		return wq_moment_of_ms(r.s.n == SECONDS_MAX_DIGITS ? (int64_t)ms * 1000
		                                                   : (int64_t)ms,
		                       zone, out);
	if (!take_date(&r, &out->local))
		return false;
	set_weekday(&out->local);
	if (r.i == r.s.n)
		return true;
	out->has_time = true;
	if ((!take_sign(&r, 'T') && !take_sign(&r, ' ') && !take_sign(&r, 't')) ||
	    !take_time(&r, &out->local) || !take_offset(&r, &minutes, &offset))
		return false;
	if (offset && zone)
		wq_zone_local(zone, utc_of(&out->local, minutes), &out->local);
	return true;
}
