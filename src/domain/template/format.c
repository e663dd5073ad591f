/* SPDX-License-Identifier: MIT */
/* format.c — the formats, as a table. */
#include "domain/template/format.h"

#include "base/assert.h"
#include "base/err.h"

static bool become(struct wq_value *v, struct wq_str text)
{
	*v = (struct wq_value){ .kind = WQ_VALUE_TEXT, .text = text };
	return true;
}

/* What a writer made, in v's place. */
static bool become_written(struct wq_shaping *s, struct wq_value *v, struct wq_buf *b, int rc)
{
	struct wq_str text;

	return wq_shaping_keep(s, b, rc, &text) && become(v, text);
}

static struct wq_str text_of(const struct wq_value *v)
{
	return v->kind == WQ_VALUE_TEXT ? v->text : wq_str("");
}

static bool recase(struct wq_shaping *s, struct wq_value *v,
                   int (*write)(struct wq_str text, struct wq_buf *out))
{
	struct wq_str text;
	struct wq_buf b;

	if (!wq_value_text(s, v, &text))
		return false;
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return become_written(s, v, &b, write(text, &b));
}

static bool run_upper(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	(void)args;
	(void)n;
	return recase(s, v, wq_text_upper);
}

static bool run_lower(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	(void)args;
	(void)n;
	return recase(s, v, wq_text_lower);
}

static int write_capital(struct wq_str text, struct wq_buf *out)
{
	return wq_text_capital(text, false, out);
}

static int write_words(struct wq_str text, struct wq_buf *out)
{
	return wq_text_capital(text, true, out);
}

static bool run_capital(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                        unsigned n)
{
	(void)args;
	(void)n;
	return recase(s, v, write_capital);
}

static bool run_words(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	(void)args;
	(void)n;
	return recase(s, v, write_words);
}

static bool run_trim(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                     unsigned n)
{
	struct wq_str text;

	(void)args;
	(void)n;
	return wq_value_text(s, v, &text) && become(v, wq_str_trim(text));
}

/* Up to so many characters, the last an ellipsis if there were more. */
static bool run_truncate(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                         unsigned n)
{
	struct wq_str text;
	struct wq_buf b;
	size_t chars = 0, cut = 0;
	double most;
	int rc;

	(void)n;
	if (!wq_value_number(&args[0], &most) || most < 1 || most > WQ_TEMPLATE_VALUE_MAX_BYTES)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "is cut to a number of characters: truncate 80");
	if (!wq_value_text(s, v, &text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] & 0xC0) != 0x80 && ++chars == (size_t)most)
			cut = i;
	if (chars <= (size_t)most)
		return become(v, text);
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	rc = wq_buf_add_str(&b, wq_str_trim(wq_strn(text.p, cut)));
	return become_written(s, v, &b, rc == 0 ? wq_buf_add_text(&b, "…") : rc);
}

static bool run_default(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                        unsigned n)
{
	(void)s;
	(void)n;
	if (v->kind == WQ_VALUE_NONE || (v->kind == WQ_VALUE_TEXT && wq_str_trim(v->text).n == 0))
		*v = args[0];
	return true;
}

static bool format_date(struct wq_shaping *s, struct wq_value *v, struct wq_str style)
{
	struct wq_moment m;
	struct wq_buf b;
	bool needs_time;

	if (!wq_moment_has_style(style, &needs_time))
		return wq_shaping_fail(
			s, WQ_TEMPLATE_REFUSED,
			"is shown as short, medium, long, day, weekday, month, year, "
			"time or datetime");
	if (!wq_value_moment(s, v, &m))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "is no date: write it as 2026-11-21 or 2026-11-21T16:30");
	if (needs_time && !m.has_time)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "has no time of day: write it as 2026-11-21T16:30");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return become_written(s, v, &b, wq_locale_date(&s->locale, &m, style, &b));
}

static bool run_date(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                     unsigned n)
{
	return format_date(s, v, n > 0 ? text_of(&args[0]) : wq_str("short"));
}

static bool run_time(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                     unsigned n)
{
	(void)args;
	(void)n;
	return format_date(s, v, wq_str("time"));
}

static bool decimals_of(struct wq_shaping *s, const struct wq_value *args, unsigned n, unsigned i,
                        int *out)
{
	double d;

	*out = -1;
	if (i >= n)
		return true;
	if (!wq_value_number(&args[i], &d) || d < 0 || d > 6)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "has 0 to 6 decimals");
	*out = (int)d;
	return true;
}

static bool run_number(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                       unsigned n)
{
	struct wq_buf b;
	double d;
	int decimals;

	if (!decimals_of(s, args, n, 0, &decimals))
		return false;
	if (!wq_value_number(v, &d))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no number");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return become_written(s, v, &b, wq_locale_number(&s->locale, d, decimals, &b));
}

static bool run_money(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	struct wq_str currency = n > 0 ? text_of(&args[0]) : s->ask->currency;
	struct wq_buf b;
	double d;
	int decimals;

	if (!decimals_of(s, args, n, 1, &decimals))
		return false;
	if (!wq_value_number(v, &d))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "is no amount: write it as 125000 or 125000.50");
	if (currency.n > WQ_TEMPLATE_CURRENCY_MAX_BYTES)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "needs a currency of three letters: money \"USD\"");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return become_written(s, v, &b,
	                      wq_locale_money(&s->locale, d, currency.n ? currency : wq_str("USD"),
	                                      decimals, &b));
}

static bool run_phone(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	struct wq_str text;
	struct wq_buf b;

	(void)args;
	(void)n;
	if (v->kind == WQ_VALUE_NUMBER)
		v->declared = NULL;
	if (!wq_value_text(s, v, &text))
		return false;
	if (!wq_phone_is(text))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no phone number");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return become_written(s, v, &b, wq_locale_phone(text, &b));
}

/* plural "one" "other" ["none"]: # stands for the number. */
static bool run_plural(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                       unsigned n)
{
	struct wq_str form, part;
	struct wq_buf b;
	double d;
	int rc = 0;

	if (v->kind == WQ_VALUE_LIST)
		d = (double)yyjson_arr_size(v->json);
	else if (!wq_value_number(v, &d))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no number");
	form = text_of(&args[n > 2 && d == 0 ? 2 : wq_locale_plural(&s->locale, d)]);
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	for (bool first = true; rc == 0 && wq_str_next(&form, '#', &part); first = false) {
		if (!first)
			rc = wq_locale_number(&s->locale, d, -1, &b);
		if (rc == 0)
			rc = wq_buf_add_str(&b, part);
	}
	return become_written(s, v, &b, rc);
}

static bool run_yesno(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	(void)s;
	(void)n;
	*v = args[wq_value_true(v) ? 0 : 1];
	return true;
}

static bool run_join(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                     unsigned n)
{
	struct wq_str comma = n > 0 ? text_of(&args[0]) : wq_str(", "),
		      last = n > 1 ? text_of(&args[1]) : comma, text;

	if (v->kind != WQ_VALUE_LIST)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no list");
	return wq_value_join(s, v, comma, last, &text) && become(v, text);
}

static bool run_count(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
                      unsigned n)
{
	(void)args;
	(void)n;
	if (v->kind != WQ_VALUE_LIST)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no list");
	*v = (struct wq_value){ .kind = WQ_VALUE_NUMBER,
		                .number = (double)yyjson_arr_size(v->json) };
	return true;
}

/* clang-format off: read by column */
static const struct wq_format formats[] = {
	{ "upper",      0, 0, false, run_upper },
	{ "lower",      0, 0, false, run_lower },
	{ "capitalize", 0, 0, false, run_capital },
	{ "title",      0, 0, false, run_words },
	{ "trim",       0, 0, false, run_trim },
	{ "truncate",   1, 1, false, run_truncate },
	{ "default",    1, 1, true,  run_default },
	{ "date",       0, 1, false, run_date },
	{ "time",       0, 0, false, run_time },
	{ "number",     0, 1, false, run_number },
	{ "money",      0, 2, false, run_money },
	{ "phone",      0, 0, false, run_phone },
	{ "plural",     2, 3, false, run_plural },
	{ "yesno",      2, 2, true,  run_yesno },
	{ "join",       0, 2, false, run_join },
	{ "count",      0, 0, false, run_count },
};
/* clang-format on */

const struct wq_format *wq_format_find(struct wq_str name)
{
	for (size_t i = 0; i < WQ_COUNT(formats); i++)
		if (wq_str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

const char *wq_format_names(void)
{
	return "there are upper, lower, capitalize, title, trim, truncate, default, date, time, "
	       "number, money, phone, plural, yesno, join, count";
}

bool wq_format_check(struct wq_template_parser *r, const struct wq_template_call *c, size_t at)
{
	const struct wq_format *f = c->format;
	bool needs_time;

	if (r->rc != 0)
		return false;
	if (c->args_n < f->min || c->args_n > f->max)
		return f->min == f->max
		               ? wq_template_fail(r, at, wq_str(""), "%s takes %u values behind it",
		                                  f->name, f->min)
		               : wq_template_fail(r, at, wq_str(""),
		                                  "%s takes %u to %u values behind it", f->name,
		                                  f->min, f->max);
	if (f->run == run_date && c->args_n == 1 && !c->args[0].name.p &&
	    !wq_moment_has_style(c->args[0].text, &needs_time))
		return wq_template_fail(r, at, wq_str(""),
		                        "a date is shown as short, medium, long, day, weekday, "
		                        "month, year, time or datetime");
	return true;
}
