/* SPDX-License-Identifier: MIT */
/* cron_parse.c — six fields to one pattern, and what the fields forbid each other. */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "queue/cron_field.h"

enum { NTH_MAX = 5, NTH_NEVER = 6, NUMBER_MAX_BYTES = 32 };

struct parsing {
	struct wq_cron *c;
	struct wq_str atoms[WQ_CRON_UNITS];
	struct wq_cron_field fields[WQ_CRON_UNITS];
	struct wq_cron_random random;
	const char *why;
};

static bool fail(struct parsing *p, const char *why)
{
	p->why = why;
	return false;
}

/* What JavaScript's Number() makes of digits with a dot and an exponent, or of 0x, 0o and 0b. */
static bool js_number(struct wq_str s, double *out)
{
	static const struct {
		const char *prefix, *digits;
		int base;
	} bases[] = { { "0x", "0123456789abcdefABCDEF", 16 },
		      { "0o", "01234567", 8 },
		      { "0b", "01", 2 } };
	char text[NUMBER_MAX_BYTES + 1], *end;

	if (s.n == 0 || s.n > NUMBER_MAX_BYTES)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (strlen(text) != s.n)
		return false;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		if (s.n > 2 && wq_str_is_nocase(wq_strn(s.p, 2), bases[i].prefix) &&
		    strspn(text + 2, bases[i].digits) == s.n - 2) {
			*out = (double)strtoull(text + 2, NULL, bases[i].base);
			return true;
		}
	}
	if (strspn(text, "0123456789.eE+") != s.n)
		return false;
	*out = strtod(text, &end);
	return *end == '\0';
}

/* "5#3": cuts the field at the sign. */
static bool take_nth(struct parsing *p, struct wq_str *field)
{
	struct wq_str whole = *field, nth, more;
	double n;

	if (wq_str_find(whole, '#') == whole.n)
		return true;
	for (size_t i = 0; i < field->n; i++) {
		if (strchr(",-/", field->p[i]) && field->p[i])
			return fail(p, "# does not go with a list, a range or a step");
	}
	wq_str_next(&whole, '#', field);
	wq_str_next(&whole, '#', &nth);
	if (wq_str_next(&whole, '#', &more) || !js_number(nth, &n) || n < 1 || n > NTH_MAX)
		return fail(p, "behind # goes a number from 1 to 5");
	p->c->nth = floor(n) < n ? NTH_NEVER : (unsigned)n;
	return true;
}

static bool parse_field(struct parsing *p, enum wq_cron_unit unit, struct wq_str text)
{
	double random = wq_cron_random_next(&p->random);

	return wq_cron_field_parse(&p->fields[unit], p->c->dialect, unit, text, random, &p->why) ==
	       0;
}

/* Fields that are left out at the front. */
static bool spread(struct parsing *p, struct wq_str text)
{
	static const char *const presets[] = { "0", "*", "*", "*", "*", "*" };
	unsigned n, missing;

	if (!wq_cron_split(text, p->atoms, &n))
		return fail(p, "there are more than six fields");
	if (n == 0) {
		if (p->c->dialect == WQ_CRON_PARSER_5 && text.n > 0)
			return fail(p, "there is nothing but white space");
		p->atoms[n++] = wq_str("*");
	}
	missing = WQ_CRON_UNITS - n;
	memmove(p->atoms + missing, p->atoms, n * sizeof(p->atoms[0]));
	for (unsigned i = 0; i < missing; i++)
		p->atoms[i] = wq_str(presets[i]);
	return true;
}

static bool parse_fields(struct parsing *p)
{
	/* The order matters to the random numbers of "H". */
	static const enum wq_cron_unit order[] = { WQ_CRON_SECOND, WQ_CRON_MINUTE, WQ_CRON_HOUR,
		                                   WQ_CRON_MONTH, WQ_CRON_DAY };
	struct wq_str weekday = p->atoms[WQ_CRON_WEEKDAY];

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!parse_field(p, order[i], p->atoms[order[i]]))
			return false;
	}
	return take_nth(p, &weekday) && parse_field(p, WQ_CRON_WEEKDAY, weekday);
}

static uint64_t up_to(int value)
{
	return (UINT64_C(2) << value) - 1;
}

static unsigned single_month(const struct parsing *p)
{
	const struct wq_cron_field *month = &p->fields[WQ_CRON_MONTH];

	return month->count == 1 ? (unsigned)__builtin_ctzll(month->set) : 0;
}

/* Days that the only month does not have are left out. */
static void cut_days(struct wq_cron_field *day, uint64_t kept)
{
	for (int v = 0; v < 64; v++) {
		if (!(kept >> v & 1)) {
			day->count -= day->of[v];
			day->of[v] = 0;
			day->set &= ~(UINT64_C(1) << v);
		}
	}
}

static bool join_4(struct parsing *p)
{
	struct wq_cron_field *day = &p->fields[WQ_CRON_DAY];
	unsigned month = single_month(p);
	uint64_t kept;

	if (month == 0)
		return true;
	kept = up_to(wq_cron_month_days((int)month));
	if (day->set && !(day->set & kept))
		return fail(p, "the month never has that day");
	cut_days(day, kept);
	day->count -= day->last_others; /* of "5L" nothing stays either */
	day->last_others = 0;
	return true;
}

static bool refused_by_5(struct parsing *p, const struct wq_cron_field *f)
{
	if (f->last_bad)
		return !fail(p, "an L is not in the form 5L");
	if (f->last_twice)
		return !fail(p, "a value is there twice");
	for (int v = 0; v < 64; v++) {
		if (f->of[v] > 1)
			return !fail(p, "a value is there twice");
	}
	return false;
}

static bool join_5(struct parsing *p)
{
	struct wq_cron_field *day = &p->fields[WQ_CRON_DAY], *weekday = &p->fields[WQ_CRON_WEEKDAY];
	unsigned month = single_month(p);
	uint64_t kept = month ? up_to(wq_cron_month_days((int)month)) : UINT64_MAX;
	bool never = !(day->set & kept);

	if (!never || day->last_alone + day->last_others > 0)
		cut_days(day, kept);
	for (int unit = 0; unit < WQ_CRON_UNITS; unit++) {
		if (refused_by_5(p, &p->fields[unit]))
			return false;
	}
	if (weekday->last_alone)
		return fail(p, "an L for a day of the week needs the day: 5L");
	if (month && never && !p->c->last_day && p->c->any_weekday)
		return fail(p, "the month never has that day");
	return true;
}

static bool is_wildcard(struct wq_str s)
{
	return wq_str_is(s, "*") || wq_str_is(s, "?");
}

static void fold_sunday(struct wq_cron *c)
{
	c->last_weekdays |= (uint8_t)(c->set[WQ_CRON_WEEKDAY] & 0x7f);
	c->last_weekdays |= (uint8_t)(c->set[WQ_CRON_WEEKDAY] >> 7 & 1);
}

/* The numbers of entries matter to version 4 alone: it takes fields for restricted by how many values they have. */
static void fill(struct parsing *p)
{
	const struct wq_cron_field *day = &p->fields[WQ_CRON_DAY],
				   *weekday = &p->fields[WQ_CRON_WEEKDAY];
	struct wq_cron *c = p->c;

	for (int unit = 0; unit < WQ_CRON_UNITS; unit++) {
		c->set[unit] = p->fields[unit].set;
		c->count[unit] = p->fields[unit].count;
	}
	c->last_weekdays = weekday->last_weekdays;
	if (c->dialect == WQ_CRON_PARSER_5) {
		fold_sunday(c);
		return;
	}
	c->last_day = day->last_alone + day->last_others > 0;
	c->has_last_weekday = weekday->last_alone + weekday->last_others > 0;
	c->last_unknown_first = weekday->last_unknown_first;
	c->last_unknown = weekday->last_unknown;
}

int wq_cron_parse(struct wq_cron *c, enum wq_cron_dialect dialect, struct wq_str text,
                  struct wq_str seed, const char **why)
{
	struct parsing p = { .c = c };
	bool ok;

	*c = (struct wq_cron){ .dialect = dialect };
	wq_cron_random_init(&p.random, seed);
	if (text.n > WQ_CRON_MAX_BYTES) {
		*why = "the pattern is too long";
		return WQ_EPARSE;
	}
	ok = spread(&p, wq_cron_alias(dialect, text)) && parse_fields(&p);
	if (ok && dialect == WQ_CRON_PARSER_5) {
		struct wq_str day = p.atoms[WQ_CRON_DAY], weekday = p.atoms[WQ_CRON_WEEKDAY];

		c->any_day = is_wildcard(day);
		c->any_weekday = is_wildcard(weekday);
		c->last_day = wq_str_find(day, 'L') < day.n;
		c->has_last_weekday = wq_str_find(weekday, 'L') < weekday.n;
	}
	ok = ok && (dialect == WQ_CRON_PARSER_4 ? join_4(&p) : join_5(&p));
	if (ok)
		fill(&p);
	*why = p.why;
	return ok ? 0 : WQ_EPARSE;
}
