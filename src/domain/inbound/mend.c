/* SPDX-License-Identifier: MIT */
/* mend.c — JSON whose only fault are single characters: JavaScript writes lone surrogates, and reads them. */
#include <stdio.h>

#include "domain/inbound/core.h"

struct mender {
	struct wq_buf *out;
	struct wq_str text;
	size_t at, copied; /* all before is in out */
	int rc;
	bool changed;
};

/* `text` instead of the n bytes at the current place. */
static void replace(struct mender *m, size_t n, const char *text)
{
	if (m->rc == 0)
		m->rc = wq_buf_add(m->out, m->text.p + m->copied, m->at - m->copied);
	if (m->rc == 0)
		m->rc = wq_buf_add_text(m->out, text);
	m->at += n;
	m->copied = m->at;
	m->changed = true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The unit of "\uXXXX" at `at`; -1: there is none. */
static int unit(const struct mender *m, size_t at)
{
	int v = 0;

	if (at + 6 > m->text.n || m->text.p[at] != '\\' || m->text.p[at + 1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex(m->text.p[at + i]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

static void mend_escape(struct mender *m)
{
	int u = unit(m, m->at), next;

	if (u < 0xd800 || u > 0xdfff) {
		m->at += m->at + 2 <= m->text.n ? 2 : 1;
		return;
	}
	next = unit(m, m->at + 6);
	if (u < 0xdc00 && next >= 0xdc00 && next <= 0xdfff)
		m->at += 12;
	else
		replace(m, 6, "\\ufffd");
}

static void mend_byte(struct mender *m)
{
	unsigned char c = (unsigned char)m->text.p[m->at];

	if (c < 0x20) {
		char escape[8];

		(void)snprintf(escape, sizeof(escape), "\\u%04x", c);
		replace(m, 1, escape);
		return;
	}
	if (c < 0x80) {
		m->at++;
		return;
	}
	for (size_t n = 2; n <= 4 && m->at + n <= m->text.n; n++) {
		if (wq_str_is_utf8(wq_strn(m->text.p + m->at, n))) {
			m->at += n;
			return;
		}
	}
	replace(m, 1, "\xef\xbf\xbd");
}

int wq_inbound_mend(struct wq_buf *out, struct wq_str text)
{
	struct mender m = { .out = out, .text = text };
	bool quoted = false;

	wq_buf_clear(out);
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		replace(&m, 3, "");
	while (m.at < text.n && m.rc == 0) {
		char c = text.p[m.at];

		if (c == '"') {
			quoted = !quoted;
			m.at++;
		} else if (!quoted) {
			m.at++;
		} else if (c == '\\') {
			mend_escape(&m);
		} else {
			mend_byte(&m);
		}
	}
	if (m.rc == 0 && m.changed)
		m.rc = wq_buf_add(out, text.p + m.copied, text.n - m.copied);
	return m.rc < 0 ? m.rc : !m.changed;
}
