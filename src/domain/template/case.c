/* SPDX-License-Identifier: MIT */
/* case.c — capitals and small letters, for the scripts that people write these texts in. */
#include "domain/template/locale.h"

/* One code point of text that is UTF-8; how many bytes it has. */
static size_t take(struct wq_str s, size_t i, uint32_t *out)
{
	const unsigned char *p = (const unsigned char *)s.p + i;

	if (p[0] < 0x80 || i + 1 >= s.n) {
		*out = p[0];
		return 1;
	}
	if (p[0] >= 0xC2 && p[0] < 0xE0) {
		*out = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
		return 2;
	}
	*out = 0; /* of three bytes or more: nothing here has a capital */
	return p[0] < 0xC0 ? 1 : p[0] < 0xF0 ? 3 : 4;
}

static uint32_t upper(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	if (c == 0xFF)
		return 0x178;
	if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) ||
	    (c >= 0x430 && c <= 0x44F))
		return c - 32;
	if (c >= 0x450 && c <= 0x45F)
		return c - 80;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
		return c % 2 == 0 ? c - 1 : c;
	if (c >= 0x100 && c <= 0x177 && c != 0x131 && c != 0x138)
		return c % 2 == 1 ? c - 1 : c;
	return c;
}

static uint32_t lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c == 0x178)
		return 0xFF;
	if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
	    (c >= 0x410 && c <= 0x42F))
		return c + 32;
	if (c >= 0x400 && c <= 0x40F)
		return c + 80;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
		return c % 2 == 1 ? c + 1 : c;
	if (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x138)
		return c % 2 == 0 ? c + 1 : c;
	return c;
}

static int put(struct wq_buf *out, struct wq_str s, size_t i, size_t n, uint32_t c)
{
	char two[2] = { (char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F)) };

	if (c == 0 || i + n > s.n)
		return wq_buf_add(out, s.p + i, i + n > s.n ? s.n - i : n);
	return c < 0x80 ? wq_buf_add_char(out, (char)c) : wq_buf_add(out, two, 2);
}

int wq_text_upper(struct wq_str s, struct wq_buf *out)
{
	int rc = 0;

	for (size_t i = 0, n; i < s.n && rc == 0; i += n) {
		uint32_t c;

		n = take(s, i, &c);
		rc = c == 0xDF ? wq_buf_add_text(out, "SS") : put(out, s, i, n, upper(c));
	}
	return rc;
}

int wq_text_lower(struct wq_str s, struct wq_buf *out)
{
	int rc = 0;

	for (size_t i = 0, n; i < s.n && rc == 0; i += n) {
		uint32_t c;

		n = take(s, i, &c);
		rc = put(out, s, i, n, lower(c));
	}
	return rc;
}

int wq_text_capital(struct wq_str s, bool words, struct wq_buf *out)
{
	bool begins = true;
	int rc = 0;

	for (size_t i = 0, n; i < s.n && rc == 0; i += n) {
		uint32_t c;

		n = take(s, i, &c);
		rc = put(out, s, i, n, begins ? upper(c) : c);
		begins = words && (c == ' ' || c == '-' || c == '\n');
	}
	return rc;
}
