/* SPDX-License-Identifier: MIT */
/* rates.c — the choice among rows, and their reader. */
#include "domain/window/rates.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "domain/window/rates_core.h"
#include "queue/when.h"

const char *const wq_rate_category_names[WQ_RATE_CATEGORIES] = { "marketing", "utility",
	                                                         "authentication", "service" };

bool wq_rate_category_from(struct wq_str name, enum wq_rate_category *out)
{
	for (int i = 0; i < WQ_RATE_CATEGORIES; i++) {
		if (!wq_str_is_nocase(name, wq_rate_category_names[i]))
			continue;
		*out = (enum wq_rate_category)i;
		return true;
	}
	return false;
}

/* 0: not of this row; 1: of all; 2: of this one. */
static int names_country(const char *countries, const char *country)
{
	char word[WQ_RATE_COUNTRY_BYTES];

	if (strcmp(countries, "*") == 0)
		return 1;
	if (strlen(country) != 2)
		return 0;
	snprintf(word, sizeof(word), " %s ", country);
	return strstr(countries, word) ? 2 : 0;
}

static bool suits(signed char wants, bool is)
{
	return wants == WQ_RATE_EITHER || wants == (signed char)is;
}

/* How well a row fits; 0: it does not.  Moments are compared apart. */
static int fit(const struct wq_rate *r, const struct wq_rate_ask *a, bool own)
{
	int country = names_country(r->countries, a->country);
	int narrow = (r->in_window != WQ_RATE_EITHER) + (r->free_entry != WQ_RATE_EITHER);

	if (!country || r->category != a->category || r->from_ms > a->now_ms ||
	    !suits(r->in_window, a->in_window) || !suits(r->free_entry, a->free_entry))
		return 0;
	return narrow * 8 + country * 2 + own;
}

struct choice {
	struct wq_rate row;
	int fit;
};

static void weigh(struct choice *best, const struct wq_rate *r, int how)
{
	if (how == 0 || how < best->fit || (how == best->fit && r->from_ms < best->row.from_ms))
		return;
	best->fit = how;
	best->row = *r;
}

static struct choice choose(const struct wq_rates *r, const struct wq_rate_ask *a)
{
	struct choice best = { .fit = 0 };
	struct wq_rate row;

	for (size_t i = 0; r && i < r->n; i++)
		weigh(&best, &r->rows[i], fit(&r->rows[i], a, true));
	for (size_t i = 0; (!r || r->builtin) && wq_rates_builtin_at(i, &row); i++)
		weigh(&best, &row, fit(&row, a, false));
	return best;
}

struct wq_price wq_rates_price(const struct wq_rates *r, const struct wq_rate_ask *ask)
{
	struct choice c = choose(r, ask);
	struct wq_rate_ask other = *ask;

	if (c.fit && c.row.as) {
		other.category = c.row.as_category;
		other.in_window = other.free_entry = false;
		c = choose(r, &other);
	}
	if (!c.fit || c.row.as)
		return (struct wq_price){ .known = false };
	return (struct wq_price){ .known = true, .micros = c.row.micros, .from_ms = c.row.from_ms };
}

const char *wq_rates_currency(const struct wq_rates *r)
{
	return r ? r->currency : "USD";
}

struct reader {
	char *why;
	size_t row;
};

static int wrong(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int wrong(struct reader *r, const char *fmt, ...)
{
	int n = snprintf(r->why, WQ_RATES_WHY_BYTES, "rates[%zu].", r->row);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why + n, (size_t)(WQ_RATES_WHY_BYTES - n), fmt, ap);
	va_end(ap);
	return WQ_EPARSE;
}

static bool is_country(struct wq_str s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static int read_countries(struct reader *r, struct wq_rate *out, yyjson_val *row)
{
	yyjson_val *list = wq_json_get(row, "countries");
	struct wq_str one = wq_json_get_str(row, "country");
	size_t n = list ? yyjson_arr_size(list) : 1;
	char *text;

	if (!list == !one.p)
		return wrong(r, "country: give it, or \"countries\": two letters each, \"*\": all");
	if (wq_str_is(one, "*")) {
		out->countries = wq_strdup("*");
		return out->countries ? 0 : WQ_RAISE(WQ_ENOMEM);
	}
	if (n < 1 || n > WQ_RATE_COUNTRIES_MAX)
		return wrong(r, "countries: 1 to %d of them", WQ_RATE_COUNTRIES_MAX);
	text = wq_zalloc(3 * n + 2);
	if (!text)
		return WQ_RAISE(WQ_ENOMEM);
	out->countries = text;
	text[0] = ' ';
	for (size_t i = 0; i < n; i++) {
		struct wq_str s = list ? wq_json_str(yyjson_arr_get(list, i)) : one;

		if (!is_country(s))
			return wrong(r, "country: must be two capital letters, as EC, or *");
		memcpy(text + 1 + 3 * i, s.p, 2);
		text[3 + 3 * i] = ' ';
	}
	return 0;
}

static int read_flag(struct reader *r, yyjson_val *row, const char *name, signed char *out)
{
	yyjson_val *v = wq_json_get(row, name);

	*out = WQ_RATE_EITHER;
	if (v && !yyjson_is_bool(v))
		return wrong(r, "%s: must be true or false", name);
	if (v)
		*out = (signed char)yyjson_get_bool(v);
	return 0;
}

static int read_price(struct reader *r, struct wq_rate *out, yyjson_val *row)
{
	yyjson_val *price = wq_json_get(row, "price"), *as = wq_json_get(row, "as");

	out->as = as != NULL;
	if (!price == !as)
		return wrong(r, "price: give it, or \"as\" with another category");
	if (as && !wq_rate_category_from(wq_json_str(as), &out->as_category))
		return wrong(r, "as: must be marketing, utility, authentication or service");
	if (price && (!yyjson_is_num(price) || yyjson_get_num(price) < 0 ||
	              yyjson_get_num(price) > WQ_RATE_PRICE_MAX))
		return wrong(r, "price: must be a number from 0 to %d", WQ_RATE_PRICE_MAX);
	if (price)
		out->micros = (int64_t)(yyjson_get_num(price) * 1e6 + 0.5);
	return 0;
}

static int check_members(struct reader *r, yyjson_val *row)
{
	static const char known[] =
		" from country countries category price as in_window free_entry ";
	yyjson_obj_iter iter = yyjson_obj_iter_with(row);
	yyjson_val *key;
	char word[40];

	while ((key = yyjson_obj_iter_next(&iter))) {
		struct wq_str name = wq_json_str(key);

		if (name.n > 30)
			name.n = 30;
		snprintf(word, sizeof(word), " %.*s ", WQ_STR_ARG(name));
		if (!strstr(known, word))
			return wrong(r, "%.*s: there is no such member", WQ_STR_ARG(name));
	}
	return 0;
}

static int read_row(struct reader *r, struct wq_rate *out, yyjson_val *row)
{
	struct wq_str from = wq_json_get_str(row, "from");
	char moment[32];
	int rc;

	if (!yyjson_is_obj(row))
		return wrong(r, " must be an object");
	rc = check_members(r, row);
	if (rc < 0)
		return rc;
	snprintf(moment, sizeof(moment), "%.*sT00:00:00Z", from.n < 10 ? (int)from.n : 10,
	         from.n ? from.p : "");
	if (from.n != 10 || !wq_when_parse(wq_str(moment), NULL, &out->from_ms))
		return wrong(r, "from: must be a day, as 2026-01-31");
	if (!wq_rate_category_from(wq_json_get_str(row, "category"), &out->category))
		return wrong(r, "category: must be marketing, utility, authentication or service");
	rc = read_flag(r, row, "in_window", &out->in_window);
	if (rc == 0)
		rc = read_flag(r, row, "free_entry", &out->free_entry);
	if (rc == 0)
		rc = read_price(r, out, row);
	return rc == 0 ? read_countries(r, out, row) : rc;
}

static int read_rows(struct wq_rates *out, yyjson_val *list, char *why)
{
	struct reader r = { .why = why };
	size_t n = yyjson_arr_size(list);
	int rc = 0;

	if (!yyjson_is_arr(list) || n > WQ_RATES_MAX) {
		snprintf(why, WQ_RATES_WHY_BYTES, "rates: must be a list of at most %d rows",
		         WQ_RATES_MAX);
		return WQ_EPARSE;
	}
	out->rows = wq_zalloc((n ? n : 1) * sizeof(*out->rows));
	if (!out->rows)
		return WQ_RAISE(WQ_ENOMEM);
	for (; r.row < n && rc == 0; r.row++) {
		out->n = r.row + 1;
		rc = read_row(&r, &out->rows[r.row], yyjson_arr_get(list, r.row));
		if (rc < 0)
			break;
	}
	return rc;
}

static int read_root(struct wq_rates *out, yyjson_val *root, char *why)
{
	struct wq_str currency = wq_json_get_str(root, "currency");
	yyjson_val *builtin = wq_json_get(root, "builtin");

	if (!yyjson_is_obj(root) || currency.n != 3) {
		snprintf(why, WQ_RATES_WHY_BYTES, "currency: must be three letters, as USD");
		return WQ_EPARSE;
	}
	snprintf(out->currency, sizeof(out->currency), "%.*s", WQ_STR_ARG(currency));
	out->builtin = builtin ? yyjson_is_true(builtin) : wq_str_is(currency, "USD");
	if (out->builtin && !wq_str_is(currency, "USD")) {
		snprintf(why, WQ_RATES_WHY_BYTES,
		         "builtin: the built-in prices are in USD, and these are not");
		return WQ_EPARSE;
	}
	return read_rows(out, wq_json_get(root, "rates"), why);
}

int wq_rates_read(struct wq_rates **out, struct wq_str json, char why[static WQ_RATES_WHY_BYTES])
{
	enum { DEPTH = 8 };
	struct wq_rates *r = wq_zalloc(sizeof(*r));
	yyjson_doc *doc = NULL;
	int rc;

	*out = NULL;
	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_json_parse(&doc, json, DEPTH);
	if (rc == WQ_EPARSE)
		snprintf(why, WQ_RATES_WHY_BYTES, "this is no JSON");
	if (rc == 0)
		rc = read_root(r, yyjson_doc_get_root(doc), why);
	wq_json_free(doc);
	if (rc < 0) {
		wq_rates_destroy(r);
		return rc;
	}
	*out = r;
	return 0;
}

void wq_rates_destroy(struct wq_rates *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		wq_free((char *)(uintptr_t)r->rows[i].countries);
	wq_free(r->rows);
	wq_free(r);
}
