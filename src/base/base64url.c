/* SPDX-License-Identifier: MIT */
/* base64url.c — six bits a letter, and none but one text for the same bytes. */
#include "base/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t wq_base64url_letters(size_t n)
{
	return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
}

size_t wq_base64url_bytes(size_t n)
{
	return n / 4 * 3 + n % 4 * 3 / 4;
}

int wq_base64url_encode(const void *p, size_t n, struct wq_buf *out)
{
	const unsigned char *bytes = p;
	int rc = wq_buf_reserve(out, wq_base64url_letters(n));
	uint32_t bits = 0;
	unsigned have = 0;

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | bytes[i]) & 0xffff;
		for (have += 8; have >= 6; have -= 6)
			out->p[out->n++] = alphabet[bits >> (have - 6) & 63];
	}
	if (have)
		out->p[out->n++] = alphabet[bits << (6 - have) & 63];
	return 0;
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

bool wq_base64url_decode(struct wq_str text, void *out)
{
	unsigned char *bytes = out;
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < text.n; i++) {
		int six = sextet(text.p[i]);

		if (six < 0)
			return false;
		bits = (bits << 6 | (uint32_t)six) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*bytes++ = (unsigned char)(bits >> have);
		}
	}
	/* A letter too many, or bits behind the last byte: another text for the same bytes. */
	return have < 6 && (bits & ((1U << have) - 1)) == 0;
}
