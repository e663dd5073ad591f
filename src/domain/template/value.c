/* SPDX-License-Identifier: MIT */
/* value.c — what a value is, and how it is shown when nothing else is asked for. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "domain/template/format.h"

bool wq_shaping_fail(struct wq_shaping *s, int rc, const char *fmt, ...)
{
	char what[sizeof(s->p->what)];
	va_list ap;

	if (s->rc != 0)
		return false;
	s->rc = rc;
	if (rc < 0)
		return false;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	wq_template_tell(s->p, s->t->source, s->at, s->name, "%s", what);
	return false;
}

bool wq_shaping_keep(struct wq_shaping *s, struct wq_buf *b, int rc, struct wq_str *out)
{
	char *text = rc == 0 ? wq_arena_copy(s->arena, wq_str_is(wq_buf_str(b), "") ? wq_str("")
	                                                                            : wq_buf_str(b))
	                     : NULL;

	*out = wq_strn(text, b->n);
	wq_buf_fini(b);
	if (rc == WQ_ETOOBIG)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is longer than %d bytes",
		                       WQ_TEMPLATE_VALUE_MAX_BYTES);
	return text ? true : wq_shaping_fail(s, WQ_ENOMEM, " ");
}

struct wq_value wq_value_json(yyjson_val *v)
{
	if (yyjson_is_str(v))
		return (struct wq_value){ .kind = WQ_VALUE_TEXT, .text = wq_json_str(v) };
	if (yyjson_is_num(v))
		return (struct wq_value){ .kind = WQ_VALUE_NUMBER, .number = yyjson_get_num(v) };
	if (yyjson_is_bool(v))
		return (struct wq_value){ .kind = WQ_VALUE_BOOL, .flag = yyjson_get_bool(v) };
	if (yyjson_is_arr(v))
		return (struct wq_value){ .kind = WQ_VALUE_LIST, .json = v };
	if (yyjson_is_obj(v))
		return (struct wq_value){ .kind = WQ_VALUE_OBJECT, .json = v };
	return (struct wq_value){ .kind = WQ_VALUE_NONE };
}

bool wq_value_number(const struct wq_value *v, double *out)
{
	*out = v->number;
	if (v->kind == WQ_VALUE_NUMBER)
		return isfinite(v->number) && fabs(v->number) < 1e15;
	return v->kind == WQ_VALUE_TEXT && wq_number_read(v->text, out);
}

bool wq_value_moment(const struct wq_shaping *s, const struct wq_value *v, struct wq_moment *out)
{
	double ms;

	if (v->kind == WQ_VALUE_TEXT)
		return wq_moment_read(v->text, s->ask->zone, out);
	return v->kind == WQ_VALUE_NUMBER && wq_value_number(v, &ms) &&
	       wq_moment_of_ms((int64_t)ms, s->ask->zone, out);
}

bool wq_template_fits(enum wq_template_type t, struct wq_str text)
{
	struct wq_moment m;
	double n;

	switch (t) {
	case WQ_TEMPLATE_NUMBER:
	case WQ_TEMPLATE_MONEY:
		return wq_number_read(text, &n);
	case WQ_TEMPLATE_DATE:
		return wq_moment_read(text, NULL, &m);
	case WQ_TEMPLATE_PHONE:
		return wq_phone_is(text);
	case WQ_TEMPLATE_BOOL:
		return wq_str_is(text, "true") || wq_str_is(text, "false");
	case WQ_TEMPLATE_LIST:
		return text.n > 0 && *text.p == '[';
	default:
		return true;
	}
}

bool wq_value_true(const struct wq_value *v)
{
	double n;

	switch (v->kind) {
	case WQ_VALUE_TEXT:
		if (v->declared && v->declared->type == WQ_TEMPLATE_BOOL)
			return wq_str_is(v->text, "true");
		if (v->declared &&
		    (v->declared->type == WQ_TEMPLATE_NUMBER ||
		     v->declared->type == WQ_TEMPLATE_MONEY) &&
		    wq_number_read(v->text, &n))
			return n != 0;
		return wq_str_trim(v->text).n > 0;
	case WQ_VALUE_NUMBER:
		return v->number != 0;
	case WQ_VALUE_BOOL:
		return v->flag;
	case WQ_VALUE_LIST:
		return yyjson_arr_size(v->json) > 0;
	case WQ_VALUE_OBJECT:
		return yyjson_obj_size(v->json) > 0;
	default:
		return false;
	}
}

static bool is_declared(const struct wq_value *v, enum wq_template_type t)
{
	return v->declared && v->declared->type == t;
}

bool wq_value_join(struct wq_shaping *s, const struct wq_value *v, struct wq_str comma,
                   struct wq_str last, struct wq_str *out)
{
	size_t n = yyjson_arr_size(v->json);
	struct wq_buf b;
	int rc = 0;

	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	for (size_t i = 0; i < n && i < WQ_TEMPLATE_ITEMS_MAX && rc == 0; i++) {
		struct wq_value item = wq_value_json(yyjson_arr_get(v->json, i));
		struct wq_str text;

		if (item.kind == WQ_VALUE_LIST || item.kind == WQ_VALUE_OBJECT ||
		    !wq_value_text(s, &item, &text)) {
			wq_buf_fini(&b);
			return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
			                       "is a list of lists or objects: go through it with "
			                       "#each");
		}
		if (i > 0)
			rc = wq_buf_add_str(&b, i + 1 == n ? last : comma);
		if (rc == 0)
			rc = wq_buf_add_str(&b, text);
	}
	return wq_shaping_keep(s, &b, rc, out);
}

static bool number_text(struct wq_shaping *s, const struct wq_value *v, struct wq_str *out)
{
	struct wq_buf b;
	double n = 0;
	bool is = wq_value_number(v, &n);
	int rc;

	if (!is)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no number");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	if (is_declared(v, WQ_TEMPLATE_MONEY))
		rc = wq_locale_money(&s->locale, n,
		                     s->ask->currency.n ? s->ask->currency : wq_str("USD"), -1, &b);
	else if (is_declared(v, WQ_TEMPLATE_NUMBER))
		rc = wq_locale_number(&s->locale, n, -1, &b);
	else /* of nobody's type: its digits as they are */
		rc = n == floor(n) ? wq_buf_addf(&b, "%.0f", n) : wq_buf_addf(&b, "%.15g", n);
	return wq_shaping_keep(s, &b, rc, out);
}

static bool date_text(struct wq_shaping *s, const struct wq_value *v, struct wq_str *out)
{
	struct wq_moment m;
	struct wq_buf b;

	if (!wq_value_moment(s, v, &m))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "is no date: write it as 2026-11-21 or 2026-11-21T16:30");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return wq_shaping_keep(s, &b, wq_locale_date(&s->locale, &m, wq_str("short"), &b), out);
}

static bool phone_text(struct wq_shaping *s, struct wq_str text, struct wq_str *out)
{
	struct wq_buf b;

	if (!wq_phone_is(text))
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is no phone number");
	wq_buf_init(&b, WQ_TEMPLATE_VALUE_MAX_BYTES);
	return wq_shaping_keep(s, &b, wq_locale_phone(text, &b), out);
}

static bool text_text(struct wq_shaping *s, const struct wq_value *v, struct wq_str *out)
{
	if (is_declared(v, WQ_TEMPLATE_PHONE))
		return phone_text(s, v->text, out);
	if (is_declared(v, WQ_TEMPLATE_BOOL)) {
		*out = wq_str(wq_locale_bool(&s->locale, wq_value_true(v)));
		return true;
	}
	if (v->text.n > WQ_TEMPLATE_VALUE_MAX_BYTES)
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED, "is longer than %d bytes",
		                       WQ_TEMPLATE_VALUE_MAX_BYTES);
	*out = v->text;
	return true;
}

bool wq_value_text(struct wq_shaping *s, const struct wq_value *v, struct wq_str *out)
{
	struct wq_str comma = wq_str(", ");

	if (is_declared(v, WQ_TEMPLATE_DATE) && v->kind != WQ_VALUE_NONE)
		return date_text(s, v, out);
	if (v->kind == WQ_VALUE_NUMBER || is_declared(v, WQ_TEMPLATE_NUMBER) ||
	    is_declared(v, WQ_TEMPLATE_MONEY))
		return number_text(s, v, out);
	switch (v->kind) {
	case WQ_VALUE_TEXT:
		return text_text(s, v, out);
	case WQ_VALUE_BOOL:
		*out = wq_str(wq_locale_bool(&s->locale, v->flag));
		return true;
	case WQ_VALUE_LIST:
		return wq_value_join(s, v, comma, wq_str(wq_locale_and(&s->locale)), out);
	case WQ_VALUE_OBJECT:
		return wq_shaping_fail(s, WQ_TEMPLATE_REFUSED,
		                       "is an object: name the member that shall be shown");
	default:
		return wq_shaping_fail(s, WQ_TEMPLATE_MISSING, "is missing");
	}
}
