/* SPDX-License-Identifier: MIT */
/* cron_text.c — aliases, white space, names, wildcards. */
#include "queue/cron_text.h"

#include <stdio.h>

const struct wq_cron_bounds wq_cron_bounds[WQ_CRON_UNITS] = {
	[WQ_CRON_SECOND] = { 0, 59 }, [WQ_CRON_MINUTE] = { 0, 59 }, [WQ_CRON_HOUR] = { 0, 23 },
	[WQ_CRON_DAY] = { 1, 31 },    [WQ_CRON_MONTH] = { 1, 12 },  [WQ_CRON_WEEKDAY] = { 0, 7 },
};

int wq_cron_month_days(int month)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1];
}

struct wq_str wq_cron_alias(enum wq_cron_dialect d, struct wq_str text)
{
	static const struct {
		const char *name, *pattern;
		bool in_4;
	} aliases[] = {
		{ "@yearly", "0 0 0 1 1 *", true },      { "@annually", "0 0 0 1 1 *", false },
		{ "@monthly", "0 0 0 1 * *", true },     { "@weekly", "0 0 0 * * 0", true },
		{ "@daily", "0 0 0 * * *", true },       { "@hourly", "0 0 * * * *", true },
		{ "@minutely", "0 * * * * *", false },   { "@secondly", "* * * * * *", false },
		{ "@weekdays", "0 0 0 * * 1-5", false }, { "@weekends", "0 0 0 * * 0,6", false },
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if ((d == WQ_CRON_PARSER_5 || aliases[i].in_4) && wq_str_is(text, aliases[i].name))
			return wq_str(aliases[i].pattern);
	}
	return text;
}

/* How many bytes of white space stand there, or 0. */
static size_t space_at(const char *p, size_t n)
{
	static const char *const wide[] = {
		"\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", "\xef\xbb\xbf",
	};

	if (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (wq_str_starts(wq_strn(p, n), wide[i]))
			return strlen(wide[i]);
	}
	/* U+2000 to U+200A */
	if (n >= 3 && memcmp(p, "\xe2\x80", 2) == 0 && (uint8_t)p[2] >= 0x80 &&
	    (uint8_t)p[2] <= 0x8a)
		return 3;
	return 0;
}

bool wq_cron_split(struct wq_str text, struct wq_str atoms[static WQ_CRON_UNITS], unsigned *n)
{
	bool inside = false;
	size_t space;

	*n = 0;
	for (size_t i = 0; i < text.n; i += space ? space : 1) {
		space = space_at(text.p + i, text.n - i);
		if (space == 0 && !inside) {
			if (*n == WQ_CRON_UNITS)
				return false;
			atoms[(*n)++] = wq_strn(text.p + i, 0);
		}
		inside = space == 0;
		if (inside)
			atoms[*n - 1].n++;
	}
	return true;
}

static void put(struct wq_cron_text *t, const char *p, size_t n)
{
	if (n > sizeof(t->p) - t->n)
		n = sizeof(t->p) - t->n; /* cannot be: see WQ_CRON_TEXT_MAX_BYTES */
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int index_of(const char *names, struct wq_str name)
{
	for (int i = 0; names[i * 3]; i++) {
		if (wq_str_is_nocase(name, (char[]){ names[i * 3], names[i * 3 + 1],
		                                     names[i * 3 + 2], 0 }))
			return i;
	}
	return -1;
}

/* Version 5 takes the name of a month for a day as well, and the reverse. */
static int number_of(enum wq_cron_dialect d, enum wq_cron_unit unit, struct wq_str name)
{
	int month = index_of("janfebmaraprmayjunjulaugsepoctnovdec", name) + 1;
	int day = index_of("sunmontuewedthufrisat", name);

	if (d == WQ_CRON_PARSER_5)
		return month > 0 ? month : day;
	if (unit == WQ_CRON_MONTH)
		return month > 0 ? month : -1;
	return day;
}

bool wq_cron_names(enum wq_cron_dialect d, enum wq_cron_unit unit, struct wq_str in,
                   struct wq_cron_text *out)
{
	bool named = unit == WQ_CRON_MONTH || unit == WQ_CRON_WEEKDAY;
	char number[16];

	out->n = 0;
	for (size_t i = 0; i < in.n;) {
		const char *p = in.p + i;
		int value;

		if (!named || in.n - i < 3 || !is_letter(p[0]) || !is_letter(p[1]) ||
		    !is_letter(p[2])) {
			put(out, p, 1);
			i++;
			continue;
		}
		value = number_of(d, unit, wq_strn(p, 3));
		if (value < 0)
			return false;
		put(out, number, (size_t)snprintf(number, sizeof(number), "%d", value));
		i += 3;
	}
	return true;
}

void wq_cron_wildcards(enum wq_cron_unit unit, const char *signs, const struct wq_cron_text *in,
                       struct wq_cron_text *out)
{
	char range[32];
	int n = snprintf(range, sizeof(range), "%d-%d", wq_cron_bounds[unit].min,
	                 wq_cron_bounds[unit].max);

	out->n = 0;
	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] && strchr(signs, in->p[i]))
			put(out, range, (size_t)n);
		else
			put(out, in->p + i, 1);
	}
}
