/* SPDX-License-Identifier: MIT */
/* form.c — application/x-www-form-urlencoded. */
#include "domain/inbound/form.h"

#include "base/limits.h"

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t decode(struct wq_str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && i + 2 < s.n) {
			high = nibble(s.p[i + 1]);
			low = nibble(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return n;
}

static struct wq_str mended(struct wq_inbound_run *run, struct wq_str s)
{
	char *out = wq_inbound_room(run, 3 * s.n + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < s.n;) {
		size_t step = 1;

		while (step <= 4 && i + step <= s.n && !wq_str_is_utf8(wq_strn(s.p + i, step)))
			step++;
		if (step > 4 || i + step > s.n) {
			memcpy(out + n, "\xef\xbf\xbd", 3);
			n += 3;
			i++;
		} else {
			memcpy(out + n, s.p + i, step);
			n += step;
			i += step;
		}
	}
	return wq_strn(out, out ? n : 0);
}

static struct wq_str text_of(struct wq_inbound_run *run, struct wq_str s)
{
	char *out = wq_inbound_room(run, s.n + 1);
	struct wq_str text = wq_strn(out, out ? decode(s, out) : 0);

	return wq_str_is_utf8(text) ? text : mended(run, text);
}

int wq_inbound_form_read(struct wq_inbound_run *run, struct wq_str text, struct wq_inbound_form *f)
{
	struct wq_str rest = text, pair;
	size_t max = 1;

	for (size_t i = 0; i < text.n; i++)
		max += text.p[i] == '&';
	if (!text.n || wq_str_find(text, '=') == text.n)
		return run->rc = WQ_INBOUND_NOT_JSON;
	if (max > WQ_FORM_PARAMETERS_MAX)
		return run->rc = WQ_INBOUND_TOO_MANY;
	*f = (struct wq_inbound_form){ .params = wq_inbound_room(run, max * sizeof(*f->params)) };
	while (f->params && wq_str_next(&rest, '&', &pair)) {
		size_t at = wq_str_find(pair, '=');
		struct wq_str value = wq_str("");

		if (!pair.n)
			continue;
		if (at < pair.n)
			value = wq_strn(pair.p + at + 1, pair.n - at - 1);
		f->params[f->n].name = text_of(run, wq_strn(pair.p, at));
		f->params[f->n].value = text_of(run, value);
		f->n++;
	}
	return run->rc;
}

struct wq_str wq_inbound_form_get(const struct wq_inbound_form *f, const char *name)
{
	for (size_t i = f->n; i > 0; i--)
		if (wq_str_is(f->params[i - 1].name, name))
			return f->params[i - 1].value;
	return wq_strn(NULL, 0);
}

struct wq_str wq_inbound_form_said(const struct wq_inbound_form *f, const char *name)
{
	struct wq_str s = wq_inbound_form_get(f, name);

	return s.n ? s : wq_strn(NULL, 0);
}
