/* SPDX-License-Identifier: MIT */
/* locale.c — tables of words, and the writers that follow them. */
#include "domain/template/locale.h"

#include <math.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"

static const char *const months[WQ_LOCALE_LANGUAGES][12] = {
	[WQ_LOCALE_EN] = { "January", "February", "March", "April", "May", "June", "July", "August",
	                   "September", "October", "November", "December" },
	[WQ_LOCALE_ES] = { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
	                   "septiembre", "octubre", "noviembre", "diciembre" },
	[WQ_LOCALE_DE] = { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
	                   "September", "Oktober", "November", "Dezember" },
};

static const char *const short_months[WQ_LOCALE_LANGUAGES][12] = {
	[WQ_LOCALE_EN] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	                   "Nov", "Dec" },
	[WQ_LOCALE_ES] = { "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct",
	                   "nov", "dic" },
	[WQ_LOCALE_DE] = { "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.",
	                   "Okt.", "Nov.", "Dez." },
};

static const char *const days[WQ_LOCALE_LANGUAGES][7] = {
	[WQ_LOCALE_EN] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	                   "Saturday" },
	[WQ_LOCALE_ES] = { "domingo", "lunes", "martes", "miércoles", "jueves", "viernes",
	                   "sábado" },
	[WQ_LOCALE_DE] = { "Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag",
	                   "Samstag" },
};

static const struct {
	const char *code, *symbol;
} symbols[] = {
	{ "USD", "$" },  { "EUR", "€" },  { "GBP", "£" },  { "MXN", "$" },  { "COP", "$" },
	{ "ARS", "$" },  { "CLP", "$" },  { "PEN", "S/ " }, { "BRL", "R$ " }, { "UYU", "$U " },
	{ "PYG", "₲ " }, { "BOB", "Bs " }, { "CRC", "₡" },  { "GTQ", "Q" },  { "DOP", "RD$" },
	{ "CAD", "CA$" }, { "AUD", "A$" }, { "JPY", "¥" },  { "INR", "₹" },  { "CHF", "CHF " },
};

static char fold(char c, bool up)
{
	if (up)
		return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool country_in(const struct wq_locale *l, const char *list)
{
	return l->country[0] && strstr(list, l->country);
}

static void set_numbers(struct wq_locale *l)
{
	bool english = l->language == WQ_LOCALE_EN ||
	               (l->language == WQ_LOCALE_ES &&
	                country_in(l, "MX GT HN NI SV PA PR DO PE US"));

	l->group = english ? "," : ".";
	l->decimal = english ? "." : ",";
	if (l->language == WQ_LOCALE_DE && country_in(l, "CH LI")) {
		l->group = "’";
		l->decimal = ".";
	}
	l->symbol_last = l->language == WQ_LOCALE_DE ? !country_in(l, "CH LI")
	                                             : country_in(l, "ES");
	l->half_day = l->language == WQ_LOCALE_EN && !country_in(l, "GB IE DE EU ZA");
	l->month_first = l->language == WQ_LOCALE_EN && country_in(l, "US CA PH");
}

struct wq_locale wq_locale_of(struct wq_str s)
{
	struct wq_locale l = { .language = WQ_LOCALE_EN };

	for (size_t i = 0; i < 2 && s.n >= 2; i++)
		l.code[i] = fold(s.p[i], false);
	if (s.n == 5 && (s.p[2] == '_' || s.p[2] == '-'))
		for (size_t i = 0; i < 2; i++)
			l.country[i] = fold(s.p[3 + i], true);
	if (strcmp(l.code, "es") == 0)
		l.language = WQ_LOCALE_ES;
	else if (strcmp(l.code, "de") == 0)
		l.language = WQ_LOCALE_DE;
	set_numbers(&l);
	return l;
}

static const struct {
	const char *name;
	bool needs_time;
} styles[] = {
	{ "short", false },   { "medium", false }, { "long", false },
	{ "day", false },     { "weekday", false }, { "month", false },
	{ "year", false },    { "time", true },    { "datetime", true },
};

bool wq_moment_has_style(struct wq_str style, bool *needs_time)
{
	for (size_t i = 0; i < WQ_COUNT(styles); i++)
		if (wq_str_is(style, styles[i].name)) {
			*needs_time = styles[i].needs_time;
			return true;
		}
	return false;
}

static int add_time(const struct wq_locale *l, const struct wq_local *t, struct wq_buf *out)
{
	int hour = t->hour % 12 == 0 ? 12 : t->hour % 12;

	if (l->half_day)
		return wq_buf_addf(out, "%d:%02d %s", hour, t->minute, t->hour < 12 ? "am" : "pm");
	return wq_buf_addf(out, "%02d:%02d%s", t->hour, t->minute,
	                   l->language == WQ_LOCALE_DE ? " Uhr" : "");
}

/* "21 de noviembre", "November 21", "21. November". */
static int add_day(const struct wq_locale *l, const struct wq_local *t, struct wq_buf *out)
{
	const char *month = months[l->language][t->month - 1];

	if (l->language == WQ_LOCALE_ES)
		return wq_buf_addf(out, "%d de %s", t->day, month);
	if (l->language == WQ_LOCALE_DE)
		return wq_buf_addf(out, "%d. %s", t->day, month);
	if (l->month_first)
		return wq_buf_addf(out, "%s %d", month, t->day);
	return wq_buf_addf(out, "%d %s", t->day, month);
}

static int add_long(const struct wq_locale *l, const struct wq_local *t, struct wq_buf *out)
{
	const char *before_year = l->language == WQ_LOCALE_ES ? " de "
	                          : l->month_first            ? ", "
	                                                      : " ";
	int rc = wq_buf_addf(out, "%s, ", days[l->language][t->weekday]);

	if (rc == 0)
		rc = add_day(l, t, out);
	return rc == 0 ? wq_buf_addf(out, "%s%d", before_year, (int)t->year) : rc;
}

static int add_medium(const struct wq_locale *l, const struct wq_local *t, struct wq_buf *out)
{
	const char *month = short_months[l->language][t->month - 1];

	if (l->month_first)
		return wq_buf_addf(out, "%s %d, %d", month, t->day, (int)t->year);
	return wq_buf_addf(out, "%d%s %s %d", t->day, l->language == WQ_LOCALE_DE ? "." : "", month,
	                   (int)t->year);
}

/* Numbers alone are read in two ways in English: there it is the month's name. */
static int add_short(const struct wq_locale *l, const struct wq_local *t, struct wq_buf *out)
{
	if (l->language == WQ_LOCALE_ES)
		return wq_buf_addf(out, "%02d/%02d/%d", t->day, t->month, (int)t->year);
	if (l->language == WQ_LOCALE_DE)
		return wq_buf_addf(out, "%02d.%02d.%d", t->day, t->month, (int)t->year);
	return add_medium(l, t, out);
}

int wq_locale_date(const struct wq_locale *l, const struct wq_moment *m, struct wq_str style,
                   struct wq_buf *out)
{
	const struct wq_local *t = &m->local;
	int rc;

	if (wq_str_is(style, "short"))
		return add_short(l, t, out);
	if (wq_str_is(style, "medium"))
		return add_medium(l, t, out);
	if (wq_str_is(style, "day"))
		return add_day(l, t, out);
	if (wq_str_is(style, "weekday"))
		return wq_buf_add_text(out, days[l->language][t->weekday]);
	if (wq_str_is(style, "month"))
		return wq_buf_add_text(out, months[l->language][t->month - 1]);
	if (wq_str_is(style, "year"))
		return wq_buf_addf(out, "%d", (int)t->year);
	if (wq_str_is(style, "time"))
		return add_time(l, t, out);
	rc = add_long(l, t, out);
	if (wq_str_is(style, "datetime") && rc == 0) {
		rc = wq_buf_add_text(out, ", ");
		return rc == 0 ? add_time(l, t, out) : rc;
	}
	return rc;
}

int wq_locale_number(const struct wq_locale *l, double v, int decimals, struct wq_buf *out)
{
	bool whole = v == floor(v);
	char text[64];
	int n, digits, rc = 0;

	if (decimals < 0)
		decimals = whole ? 0 : 2;
	n = snprintf(text, sizeof(text), "%.*f", decimals, fabs(v));
	digits = decimals > 0 ? n - decimals - 1 : n;
	if (v < 0)
		rc = wq_buf_add_char(out, '-');
	for (int i = 0; i < digits && rc == 0; i++) {
		if (i > 0 && (digits - i) % 3 == 0 && digits > 3)
			rc = wq_buf_add_text(out, l->group);
		if (rc == 0)
			rc = wq_buf_add_char(out, text[i]);
	}
	if (decimals > 0 && rc == 0)
		rc = wq_buf_addf(out, "%s%s", l->decimal, text + digits + 1);
	return rc;
}

int wq_locale_money(const struct wq_locale *l, double v, struct wq_str currency, int decimals,
                    struct wq_buf *out)
{
	char own[WQ_TEMPLATE_CURRENCY_MAX_BYTES + 2];
	const char *symbol = own;
	struct wq_str bare;
	int rc = 0;

	snprintf(own, sizeof(own), "%.*s ", WQ_STR_ARG(currency));
	for (size_t i = 0; i < WQ_COUNT(symbols); i++)
		if (wq_str_is_nocase(currency, symbols[i].code))
			symbol = symbols[i].symbol;
	if (l->symbol_last || wq_str_is_nocase(currency, "EUR")) {
		bare = wq_str_trim(wq_str(symbol));
		if (l->language != WQ_LOCALE_EN) {
			rc = wq_locale_number(l, v, decimals, out);
			return rc == 0 ? wq_buf_addf(out, "\xc2\xa0%.*s", WQ_STR_ARG(bare)) : rc;
		}
	}
	if (v < 0)
		rc = wq_buf_add_char(out, '-');
	if (rc == 0)
		rc = wq_buf_add_text(out, symbol);
	return rc == 0 ? wq_locale_number(l, fabs(v), decimals, out) : rc;
}

unsigned wq_locale_plural(const struct wq_locale *l, double v)
{
	if (strcmp(l->code, "fr") == 0 || strcmp(l->code, "pt") == 0)
		return fabs(v) < 2 ? 0 : 1;
	return v == 1 || v == -1 ? 0 : 1;
}

bool wq_number_read(struct wq_str s, double *out)
{
	double v = 0, scale = 1;
	bool minus, digits = false, point = false;

	s = wq_str_trim(s);
	minus = s.n > 0 && *s.p == '-';
	if (s.n > WQ_TEMPLATE_NUMBER_MAX_DIGITS)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		if (s.p[i] == '.' && !point && digits) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		digits = true;
		v = v * 10 + (s.p[i] - '0');
		scale = point ? scale * 10 : scale;
	}
	*out = (minus ? -v : v) / scale;
	return digits && s.p[s.n - 1] != '.';
}

bool wq_phone_is(struct wq_str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (!strchr(" +()-./", s.p[i]) || s.p[i] == '\0')
			return false;
	}
	return digits >= WQ_WA_PHONE_MIN_DIGITS && digits <= WQ_WA_PHONE_MAX_DIGITS;
}

/* Digits of a country's code; those of two are few enough to be told. */
static size_t country_digits(const char *d)
{
	static const char two[] =
		"20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 "
		"55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
	const char code[3] = { d[0], d[1], '\0' };

	if (d[0] == '1' || d[0] == '7')
		return 1;
	return strstr(two, code) ? 2 : 3;
}

/* The country's code, groups of two or three, and the last four. */
int wq_locale_phone(struct wq_str s, struct wq_buf *out)
{
	char d[WQ_WA_PHONE_MAX_DIGITS + 1] = "";
	size_t n = 0, at;
	int rc;

	for (size_t i = 0; i < s.n && n < WQ_WA_PHONE_MAX_DIGITS; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			d[n++] = s.p[i];
	at = country_digits(d);
	rc = wq_buf_addf(out, "+%.*s", (int)at, d);
	while (at < n && rc == 0) {
		size_t left = n - at, take = left <= 4 ? left : (left - 4) % 3 == 0 ? 3 : 2;

		rc = wq_buf_addf(out, " %.*s", (int)take, d + at);
		at += take;
	}
	return rc;
}

const char *wq_locale_and(const struct wq_locale *l)
{
	static const char *const words[WQ_LOCALE_LANGUAGES] = { " and ", " y ", " und " };

	return words[l->language];
}

const char *wq_locale_bool(const struct wq_locale *l, bool v)
{
	static const char *const words[WQ_LOCALE_LANGUAGES][2] = { { "no", "yes" },
		                                                   { "no", "sí" },
		                                                   { "nein", "ja" } };

	return words[l->language][v];
}
