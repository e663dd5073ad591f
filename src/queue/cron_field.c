/* SPDX-License-Identifier: MIT */
/* cron_field.c — lists of values, ranges and steps.
 *
 * The two versions go the same way: text is replaced in place first ("5*" in minutes is "50-59"), then cut at commas,
 * at the slash, at the dash.  They part in what they make of a piece that is not a plain number.
 */
#include "queue/cron_field.h"

#include "base/err.h"

static const char odd_character[] = "a field has a character that does not belong there";
static const char odd_value[] = "a value is no number, or not one that its field can take";
static const char odd_range[] =
	"a range is incomplete, runs backwards, or leaves what its field can take";
static const char odd_step[] = "a step is no number above 0";
static const char odd_list[] = "a list has an empty place";

enum { NUMBER_MAX = 1000000000, VALUES_MAX = 256 };

struct reading {
	struct wq_cron_field *f;
	enum wq_cron_dialect dialect;
	enum wq_cron_unit unit;
	int min, max;
	const char *why;
};

static bool fail(struct reading *r, const char *why)
{
	r->why = why;
	return false;
}

/* The digits at the front; beyond NUMBER_MAX it stays there. */
static size_t leading_number(struct wq_str s, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++) {
		*out = *out * 10 + (s.p[n] - '0');
		if (*out > NUMBER_MAX)
			*out = NUMBER_MAX;
	}
	return n;
}

/* All of it digits, at least one. */
static bool is_number(struct wq_str s, int64_t *out)
{
	return s.n > 0 && leading_number(s, out) == s.n;
}

static void add_number(struct reading *r, int64_t value)
{
	struct wq_cron_field *f = r->f;

	f->set |= UINT64_C(1) << value;
	f->of[value]++;
	f->count++;
}

static bool add_value(struct reading *r, int64_t value)
{
	if (value < r->min || value > r->max)
		return fail(r, odd_value);
	add_number(r, r->unit == WQ_CRON_WEEKDAY ? value % 7 : value);
	return true;
}

/* Which of the forms "L", "5L", "05L" it is; -1: another. */
static int last_form(struct wq_str s)
{
	int64_t n;
	size_t digits = leading_number(s, &n);

	if (digits > 2 || digits + 1 != s.n)
		return -1;
	return digits == 0 ? 0 : digits == 1 ? 1 + (int)n : 11 + (int)n;
}

static bool add_last(struct reading *r, struct wq_str s)
{
	struct wq_cron_field *f = r->f;
	int form = last_form(s);

	f->count++;
	if (s.n == 1)
		f->last_alone++;
	else
		f->last_others++;
	if (form < 0)
		f->last_bad = true;
	else if (f->last_of[form]++)
		f->last_twice = true;
	if (*s.p >= '0' && *s.p <= '9')
		f->last_weekdays |= (uint8_t)(1 << (*s.p - '0') % 7);
	else if (*s.p == 'L')
		f->last_unknown = true;
	else
		f->last_unknown_first = true;
	return true;
}

static bool takes_last(const struct reading *r)
{
	return r->unit == WQ_CRON_DAY || r->unit == WQ_CRON_WEEKDAY;
}

/* A piece without dash and step. */
static bool add_single(struct reading *r, struct wq_str s)
{
	int64_t value;

	if (is_number(s, &value))
		return add_value(r, value);
	if (takes_last(r) && wq_str_find(s, 'L') < s.n)
		return add_last(r, s);
	return fail(r, odd_value);
}

/* Version 4 counts its way from value to value, and a Sunday that came first as 0 throws it off its step. */
static void add_range_4(struct reading *r, int64_t min, int64_t max, int64_t step)
{
	bool sunday = r->unit == WQ_CRON_WEEKDAY && max % 7 == 0;
	int64_t turn = step;

	if (sunday)
		add_number(r, 0);
	for (int64_t v = min; v <= max; v++) {
		if (!(sunday && v == 0) && turn % step == 0) {
			turn = 1;
			add_number(r, v);
		} else {
			turn++;
		}
	}
}

static void add_range_5(struct reading *r, int64_t min, int64_t max, int64_t step)
{
	bool sunday = r->unit == WQ_CRON_WEEKDAY && max % 7 == 0 && (max - min) % step == 0;

	if (sunday)
		add_number(r, 0);
	for (int64_t v = min; v <= max; v += step) {
		if (!(sunday && v == 0))
			add_number(r, v);
	}
}

static bool add_range(struct reading *r, int64_t min, int64_t max, int64_t step)
{
	if (min < r->min || max > r->max || min > max)
		return fail(r, odd_range);
	if (step <= 0)
		return fail(r, odd_step);
	if (r->dialect == WQ_CRON_PARSER_4)
		add_range_4(r, min, max, step);
	else
		add_range_5(r, min, max, step);
	return true;
}

/* Cuts "1-5-9" into "1" and "5"; the rest is of no interest to either version. */
static bool cut_range(struct wq_str s, struct wq_str *low, struct wq_str *high)
{
	return wq_str_next(&s, '-', low) && wq_str_next(&s, '-', high);
}

static bool read_range_4(struct reading *r, struct wq_str s, struct wq_str step_text)
{
	int64_t min, max = 0, step = 0;
	struct wq_str low, high;

	if (!cut_range(s, &low, &high))
		return add_single(r, s);
	if (low.n == 0) { /* a number below 0: never good, but for "-0" */
		if (is_number(wq_strn(s.p + 1, s.n - 1), &min) && min == 0)
			return add_value(r, 0);
		return fail(r, odd_range);
	}
	if (!is_number(low, &min) || (high.n > 0 && !is_number(high, &max)))
		return fail(r, odd_range);
	if (!is_number(step_text, &step))
		step = 0;
	return add_range(r, min, max, step);
}

static bool read_piece_4(struct reading *r, struct wq_str s)
{
	struct wq_str low, step_text, more;
	int64_t min, step;

	wq_str_next(&s, '/', &low);
	if (!wq_str_next(&s, '/', &step_text))
		return read_range_4(r, low, wq_str("1"));
	if (wq_str_next(&s, '/', &more))
		return fail(r, odd_step);
	if (low.n == 0 || (low.p[0] == '-' && is_number(wq_strn(low.p + 1, low.n - 1), &min)))
		return fail(r, odd_range);
	if (!is_number(low, &min))
		return read_range_4(r, low, step_text);
	return add_range(r, min, r->max, is_number(step_text, &step) ? step : 0);
}

static bool read_range_5(struct reading *r, struct wq_str s, int64_t step)
{
	struct wq_str low, high;
	int64_t min, max;

	if (!cut_range(s, &low, &high))
		return add_single(r, s);
	if (leading_number(low, &min) == 0 || leading_number(high, &max) == 0)
		return fail(r, odd_range);
	return add_range(r, min, max, step);
}

static bool read_piece_5(struct reading *r, struct wq_str s)
{
	struct wq_str low, step_text, more;
	int64_t min, step;

	wq_str_next(&s, '/', &low);
	if (!wq_str_next(&s, '/', &step_text))
		return read_range_5(r, low, 1);
	if (wq_str_next(&s, '/', &more))
		return fail(r, odd_step);
	if (leading_number(step_text, &step) == 0)
		step = 0;
	if (wq_str_find(low, '-') < low.n)
		return read_range_5(r, low, step);
	if (leading_number(low, &min) == 0)
		return fail(r, odd_range);
	return add_range(r, min, r->max, step);
}

static bool read_list(struct reading *r, struct wq_str rest)
{
	struct wq_str piece;
	bool ok = true;

	while (ok && wq_str_next(&rest, ',', &piece)) {
		if (piece.n == 0)
			return fail(r, odd_list);
		if (r->dialect == WQ_CRON_PARSER_5 && r->f->count > VALUES_MAX)
			return fail(r, "a field has too many values");
		ok = r->dialect == WQ_CRON_PARSER_4 ? read_piece_4(r, piece)
		                                    : read_piece_5(r, piece);
	}
	return ok;
}

static bool only_of(const struct wq_cron_text *t, const char *more, bool last)
{
	for (size_t i = 0; i < t->n; i++) {
		char c = t->p[i];

		if (!(c >= '0' && c <= '9') && !(c == 'L' && last) &&
		    (c == '\0' || !strchr(more, c)))
			return false;
	}
	return t->n > 0;
}

static bool expand_4(struct reading *r, struct wq_str text, struct wq_cron_text *out)
{
	struct wq_cron_text named;
	bool last = takes_last(r);

	if (!wq_cron_names(r->dialect, r->unit, text, &named))
		return fail(r, "a name is none of a month or a day");
	if (!only_of(&named, last ? "?,*/-" : ",*/-", last))
		return fail(r, odd_character);
	wq_cron_wildcards(r->unit, memchr(named.p, '*', named.n) ? "*" : "?", &named, out);
	return true;
}

static bool expand_5(struct reading *r, struct wq_str text, double random, struct wq_cron_text *out)
{
	struct wq_cron_text named, wide;

	if (!wq_cron_names(r->dialect, r->unit, text, &named))
		return fail(r, "a name is none of a month or a day");
	wq_cron_wildcards(r->unit, "*?", &named, &wide);
	if (!wq_cron_hashes(r->unit, random, &wide, out, &r->why))
		return false;
	return only_of(out, ",/-", takes_last(r)) || fail(r, odd_character);
}

int wq_cron_field_parse(struct wq_cron_field *f, enum wq_cron_dialect d, enum wq_cron_unit unit,
                        struct wq_str text, double random, const char **why)
{
	struct reading r = { f, d, unit, wq_cron_bounds[unit].min, wq_cron_bounds[unit].max, NULL };
	struct wq_cron_text expanded;
	bool ok;

	*f = (struct wq_cron_field){ 0 };
	if (d == WQ_CRON_PARSER_4)
		ok = expand_4(&r, text, &expanded);
	else
		ok = expand_5(&r, text, random, &expanded);
	ok = ok && read_list(&r, wq_strn(expanded.p, expanded.n));
	*why = r.why;
	return ok ? 0 : WQ_EPARSE;
}
