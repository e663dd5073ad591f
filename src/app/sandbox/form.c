/* SPDX-License-Identifier: MIT */
/* form.c — %XX and + resolved, and made. */
#include "app/sandbox/form.h"

#include "base/err.h"
#include "base/hmac.h"
#include "base/limits.h"

/* False: a broken escape. */
static bool decode(struct wq_str s, char *out, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			if (s.n - i < 3 || !wq_hex_decode(wq_strn(s.p + i + 1, 2), &c, 1))
				return false;
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		out[(*n)++] = c;
	}
	return true;
}

static int take(struct wq_arena *a, struct wq_str s, struct wq_str *out)
{
	char *p = wq_arena_alloc(a, s.n + 1);
	size_t n;

	if (!p)
		return WQ_ENOMEM;
	if (!decode(s, p, &n))
		return WQ_EPARSE;
	*out = wq_strn(p, n);
	return wq_str_is_utf8(*out) ? 0 : WQ_EPARSE;
}

int wq_form_read(struct wq_arena *a, struct wq_str text, struct wq_form *out)
{
	struct wq_str pair, name;
	int rc = 0;

	*out = (struct wq_form){ .n = 0 };
	if (!text.n)
		return 0;
	out->params = wq_arena_alloc(a, WQ_SANDBOX_PARAMS_MAX * sizeof(*out->params));
	if (!out->params)
		return WQ_ENOMEM;
	while (rc == 0 && wq_str_next(&text, '&', &pair)) {
		struct wq_form_param *p = &out->params[out->n];

		if (!pair.n)
			continue;
		if (out->n >= WQ_SANDBOX_PARAMS_MAX)
			return WQ_ETOOBIG;
		(void)wq_str_next(&pair, '=', &name);
		rc = take(a, name, &p->name);
		if (rc == 0)
			rc = take(a, pair, &p->value);
		out->n += rc == 0;
	}
	return rc;
}

struct wq_str wq_form_get(const struct wq_form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (wq_str_is(f->params[i].name, name))
			return f->params[i].value;
	return wq_strn(NULL, 0);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '*';
}

static int add_escaped(struct wq_buf *out, struct wq_str s)
{
	static const char digits[] = "0123456789ABCDEF";
	int rc = wq_buf_reserve(out, 3 * s.n);

	for (size_t i = 0; i < s.n && rc == 0; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char escape[] = { '%', digits[c >> 4], digits[c & 15] };

		if (is_plain(s.p[i]))
			rc = wq_buf_add(out, s.p + i, 1);
		else if (c == ' ')
			rc = wq_buf_add(out, "+", 1);
		else
			rc = wq_buf_add(out, escape, sizeof(escape));
	}
	return rc;
}

int wq_form_add(struct wq_buf *out, const char *name, struct wq_str value)
{
	int rc = out->n ? wq_buf_add(out, "&", 1) : 0;

	if (rc == 0)
		rc = add_escaped(out, wq_str(name));
	if (rc == 0)
		rc = wq_buf_add(out, "=", 1);
	return rc < 0 ? rc : add_escaped(out, value);
}
