/* SPDX-License-Identifier: MIT */
/* value.c — parsing and showing, a function per type. */
#include "app/settings/value.h"

#include <inttypes.h>
#include <strings.h>

#include "base/assert.h"
#include "base/limits.h"
#include "base/url.h"

enum { QUOTE_MAX_BYTES = 120, PERCENT_ONE = 10000, PERCENT_DIGITS = 4 };

struct unit {
	const char *suffix;
	int64_t times;
};

static const struct unit byte_units[] = {
	{ "g", 1 << 30 },   { "m", 1 << 20 },   { "k", 1 << 10 },   { "b", 1 },
	{ "gb", 1 << 30 },  { "mb", 1 << 20 },  { "kb", 1 << 10 },
	{ "gib", 1 << 30 }, { "mib", 1 << 20 }, { "kib", 1 << 10 },
};
static const struct unit time_units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

static bool printable(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Digits and one of the suffixes, or none, which counts `bare`. */
static bool parse_scaled(struct wq_str text, const struct unit *units, size_t n, int64_t bare,
                         int64_t *out)
{
	size_t digits = 0;
	int64_t times = 0;
	uint64_t count;
	struct wq_str suffix;

	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	suffix = wq_strn(text.p + digits, text.n - digits);
	if (suffix.n == 0)
		times = bare;
	for (size_t i = 0; i < n; i++)
		if (wq_str_is_nocase(suffix, units[i].suffix))
			times = units[i].times;
	if (times == 0 ||
	    !wq_str_to_u64(wq_strn(text.p, digits), (uint64_t)(INT64_MAX / times), &count))
		return false;
	*out = (int64_t)count * times;
	return true;
}

static bool parse_bool(struct wq_str text, int64_t *out)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };

	for (size_t i = 0; i < WQ_COUNT(words); i++) {
		if (wq_str_is_nocase(text, words[i])) {
			*out = (int64_t)(i % 2);
			return true;
		}
	}
	return false;
}

/* "12", "0.5", "12.5%" in 1/10000 %. */
static bool parse_percent(struct wq_str text, int64_t *out)
{
	struct wq_str fraction = wq_str("");
	size_t dot;
	uint64_t whole, part = 0;

	if (wq_str_ends(text, "%"))
		text.n--;
	dot = wq_str_find(text, '.');
	if (dot < text.n) {
		fraction = wq_strn(text.p + dot + 1, text.n - dot - 1);
		if (fraction.n > PERCENT_DIGITS || !wq_str_to_u64(fraction, PERCENT_ONE, &part))
			return false;
	}
	if (!wq_str_to_u64(wq_strn(text.p, dot), 100, &whole))
		return false;
	for (size_t i = fraction.n; i < PERCENT_DIGITS; i++)
		part *= 10;
	*out = (int64_t)(whole * PERCENT_ONE + part);
	return true;
}

static bool parse_choice(const char *choices, struct wq_str text, int64_t *out)
{
	struct wq_str rest = wq_str(choices), word;

	for (int64_t i = 0; wq_str_next(&rest, ' ', &word); i++) {
		if (word.n == text.n && strncasecmp(word.p, text.p, word.n) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool parse_url(const struct wq_setting_def *d, struct wq_str text, const char **why)
{
	char with_scheme[WQ_CLIENT_URL_MAX_BYTES];
	static const char scheme[] = "http://";
	struct wq_url url;
	int64_t which;

	if (text.n >= sizeof(with_scheme) - sizeof(scheme)) {
		*why = "it is too long";
		return false;
	}
	if (d->bare_host && !memmem(text.p, text.n, "://", 3)) {
		memcpy(with_scheme, scheme, sizeof(scheme) - 1);
		memcpy(with_scheme + sizeof(scheme) - 1, text.p, text.n);
		text = wq_strn(with_scheme, sizeof(scheme) - 1 + text.n);
	}
	if (!wq_url_parse(text, &url, why))
		return false;
	return !d->choices || parse_choice(d->choices, url.scheme, &which);
}

static bool parse_type(const struct wq_setting_def *d, struct wq_str text, int64_t *number,
                       const char **why)
{
	uint64_t count;

	switch (d->type) {
	case WQ_SETTING_TEXT:
	case WQ_SETTING_PATH:
		return printable(text);
	case WQ_SETTING_SECRET:
		return true;
	case WQ_SETTING_URL:
		return parse_url(d, text, why);
	case WQ_SETTING_BOOL:
		return parse_bool(text, number);
	case WQ_SETTING_CHOICE:
		return parse_choice(d->choices, text, number);
	case WQ_SETTING_PERCENT:
		return parse_percent(text, number);
	case WQ_SETTING_BYTES:
		return parse_scaled(text, byte_units, WQ_COUNT(byte_units), 1, number);
	case WQ_SETTING_MS:
		return parse_scaled(text, time_units, WQ_COUNT(time_units), d->unit_ms, number);
	case WQ_SETTING_COUNT:
	case WQ_SETTING_PORT:
		if (!wq_str_to_u64(text, INT64_MAX, &count))
			return false;
		*number = (int64_t)count;
		return true;
	}
	return false;
}

/* Both by the order of enum wq_setting_type. */
static bool is_text(const struct wq_setting_def *d)
{
	return d->type <= WQ_SETTING_URL;
}

static bool is_ranged(const struct wq_setting_def *d)
{
	return d->type >= WQ_SETTING_COUNT && d->type <= WQ_SETTING_PERCENT;
}

bool wq_value_parse(const struct wq_setting_def *d, struct wq_str text, int64_t *number,
                    const char **why)
{
	*number = 0;
	*why = NULL;
	if (text.n == 0) {
		bool optional = is_text(d) && (!d->preset || *d->preset == '\0');

		*why = optional ? NULL : "it must not be empty";
		return optional;
	}
	if (text.n > WQ_SETTING_MAX_BYTES) {
		*why = "it is too long";
		return false;
	}
	if (memchr(text.p, '\0', text.n) || !parse_type(d, text, number, why))
		return false;
	return !is_ranged(d) || (*number >= d->min && *number <= d->max);
}

/* In the largest unit that leaves no rest. */
static int add_scaled(const struct unit *units, size_t n, int64_t v, struct wq_buf *out)
{
	for (size_t i = 0; i < n && v != 0; i++)
		if (v % units[i].times == 0 && units[i].times > 1)
			return wq_buf_addf(out, "%" PRId64 "%s", v / units[i].times,
			                   units[i].suffix);
	return wq_buf_addf(out, "%" PRId64 "%s", v, units == time_units && v != 0 ? "ms" : "");
}

static int add_number(const struct wq_setting_def *d, int64_t v, struct wq_buf *out)
{
	switch (d->type) {
	case WQ_SETTING_BYTES:
		return add_scaled(byte_units, WQ_COUNT(byte_units), v, out);
	case WQ_SETTING_MS:
		return add_scaled(time_units, WQ_COUNT(time_units), v, out);
	case WQ_SETTING_PERCENT:
		return wq_buf_addf(out, "%g", (double)v / PERCENT_ONE);
	default:
		return wq_buf_addf(out, "%" PRId64, v);
	}
}

/* "redis://, rediss:// or unix://" */
static int add_list(const char *words, const char *behind, struct wq_buf *out)
{
	struct wq_str rest = wq_str(words), word;
	int rc = 0;

	for (bool first = true; rc == 0 && wq_str_next(&rest, ' ', &word); first = false)
		rc = wq_buf_addf(out, "%s%.*s%s",
		                 first    ? ""
		                 : rest.p ? ", "
		                          : " or ",
		                 WQ_STR_ARG(word), behind);
	return rc;
}

static int add_range(const struct wq_setting_def *d, const char *what, const char *remark,
                     struct wq_buf *out)
{
	int rc = wq_buf_addf(out, "%s from ", what);

	if (rc == 0)
		rc = add_number(d, d->min, out);
	if (rc == 0)
		rc = wq_buf_add_text(out, " to ");
	if (rc == 0)
		rc = add_number(d, d->max, out);
	return rc == 0 ? wq_buf_add_text(out, remark) : rc;
}

int wq_value_accepts(const struct wq_setting_def *d, struct wq_buf *out)
{
	int rc;

	switch (d->type) {
	case WQ_SETTING_BOOL:
		return wq_buf_add_text(out, "true or false");
	case WQ_SETTING_COUNT:
		return add_range(d, "a whole number", "", out);
	case WQ_SETTING_PORT:
		return add_range(d, "a port", "", out);
	case WQ_SETTING_BYTES:
		return add_range(d, "a size", " (bytes, or with k, m, g)", out);
	case WQ_SETTING_MS:
		return add_range(d, "a time",
		                 d->unit_ms == 1 ? " (milliseconds, or with ms, s, m, h, d)"
		                                 : " (seconds, or with ms, s, m, h, d)",
		                 out);
	case WQ_SETTING_PERCENT:
		return add_range(d, "a percentage", "", out);
	case WQ_SETTING_CHOICE:
		return add_list(d->choices, "", out);
	case WQ_SETTING_URL:
		rc = wq_buf_add_text(out, d->choices ? "a URL that starts with " : "a URL");
		return rc == 0 && d->choices ? add_list(d->choices, "://", out) : rc;
	case WQ_SETTING_PATH:
		return wq_buf_add_text(out, "a path without control characters");
	default:
		return wq_buf_add_text(out, d->form ? d->form : "text without control characters");
	}
}

/* Between the scheme and the last @ all may be secret, whatever a parser makes of it. */
int wq_value_add_url(struct wq_str url, struct wq_buf *out)
{
	struct wq_str scheme = wq_strn(url.p, 0), rest = url;
	size_t at = url.n, question;
	const char *slashes;
	int rc;

	while (at > 0 && url.p[at - 1] != '@')
		at--;
	if (at > 0) {
		slashes = memmem(url.p, at, "://", 3);
		if (slashes)
			scheme.n = (size_t)(slashes + 3 - url.p);
		rest = wq_strn(url.p + at, url.n - at);
	}
	question = wq_str_find(rest, '?');
	rc = wq_buf_add_str(out, scheme);
	if (rc == 0 && at > 0)
		rc = wq_buf_add_text(out, "***@");
	if (rc == 0)
		rc = wq_buf_add(out, rest.p, question);
	if (rc == 0 && question < rest.n)
		rc = wq_buf_add_text(out, "?***");
	return rc;
}

int wq_value_show(const struct wq_setting_def *d, const struct wq_setting_value *v,
                  struct wq_buf *out)
{
	struct wq_str text = wq_str(v->text);

	switch (d->type) {
	case WQ_SETTING_SECRET:
		return wq_buf_add_text(out, text.n ? "***" : "");
	case WQ_SETTING_URL:
		return wq_value_add_url(text, out);
	case WQ_SETTING_BOOL:
		return wq_buf_add_text(out, v->number ? "true" : "false");
	case WQ_SETTING_TEXT:
	case WQ_SETTING_PATH:
	case WQ_SETTING_CHOICE:
		return wq_buf_add_str(out, text);
	default:
		return add_number(d, v->number, out);
	}
}

int wq_value_quote_text(struct wq_str text, struct wq_buf *out)
{
	size_t n = text.n < QUOTE_MAX_BYTES ? text.n : QUOTE_MAX_BYTES;
	bool utf8 = wq_str_is_utf8(text);
	int rc = wq_buf_add_char(out, '"');

	while (utf8 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
			rc = wq_buf_addf(out, "\\x%02x", c);
		else
			rc = wq_buf_add_char(out, (char)c);
	}
	return rc < 0 ? rc : wq_buf_add_text(out, n < text.n ? "…\"" : "\"");
}

int wq_value_quote(const struct wq_setting_def *d, struct wq_str text, struct wq_buf *out)
{
	struct wq_buf url;
	int rc;

	if (d->type == WQ_SETTING_SECRET)
		return wq_buf_add_text(out, "the value");
	if (d->type != WQ_SETTING_URL)
		return wq_value_quote_text(text, out);
	wq_buf_init(&url, WQ_SETTING_MAX_BYTES * 2);
	rc = wq_value_add_url(wq_strn(text.p, text.n < WQ_SETTING_MAX_BYTES ? text.n : 0), &url);
	if (rc == 0)
		rc = wq_value_quote_text(wq_buf_str(&url), out);
	wq_buf_fini(&url);
	return rc;
}
