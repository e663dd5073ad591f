/* SPDX-License-Identifier: MIT */
/* str.c — slices: compare, cut, count. */
#include "base/str.h"

enum { DISTANCE_MAX_BYTES = 64 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool wq_str_eq(struct wq_str a, struct wq_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool wq_str_is(struct wq_str a, const char *text)
{
	return wq_str_eq(a, wq_str(text));
}

bool wq_str_is_nocase(struct wq_str a, const char *text)
{
	if (a.n != strlen(text))
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(text[i]))
			return false;
	return true;
}

bool wq_str_starts(struct wq_str a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

bool wq_str_ends(struct wq_str a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

struct wq_str wq_str_trim(struct wq_str a)
{
	while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
		a = wq_strn(a.p + 1, a.n - 1);
	while (a.n > 0 && (a.p[a.n - 1] == ' ' || a.p[a.n - 1] == '\t'))
		a.n--;
	return a;
}

size_t wq_str_find(struct wq_str a, char c)
{
	const char *hit = a.n > 0 ? memchr(a.p, c, a.n) : NULL;

	return hit ? (size_t)(hit - a.p) : a.n;
}

bool wq_str_next(struct wq_str *rest, char sep, struct wq_str *part)
{
	size_t at;

	if (!rest->p)
		return false;
	at = wq_str_find(*rest, sep);
	*part = wq_strn(rest->p, at);
	if (at < rest->n)
		*rest = wq_strn(rest->p + at + 1, rest->n - at - 1);
	else
		*rest = wq_strn(NULL, 0);
	return true;
}

bool wq_str_to_u64(struct wq_str a, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (a.n == 0)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		uint64_t digit = (uint64_t)(unsigned char)a.p[i] - '0';

		if (digit > 9 || digit > max || v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

/* How many continuation bytes follow `c`, and the smallest code point that needs them; -1: none starts so. */
static int utf8_lead(unsigned char c, uint32_t *bits, uint32_t *least)
{
	if (c < 0x80)
		return *bits = c, *least = 0, 0;
	if ((c & 0xe0) == 0xc0)
		return *bits = c & 0x1f, *least = 0x80, 1;
	if ((c & 0xf0) == 0xe0)
		return *bits = c & 0x0f, *least = 0x800, 2;
	if ((c & 0xf8) == 0xf0)
		return *bits = c & 0x07, *least = 0x10000, 3;
	return -1;
}

bool wq_str_is_utf8(struct wq_str a)
{
	for (size_t i = 0; i < a.n;) {
		uint32_t point, least;
		int more = utf8_lead((unsigned char)a.p[i++], &point, &least);

		if (more < 0 || a.n - i < (size_t)more)
			return false;
		for (; more > 0; more--) {
			unsigned char c = (unsigned char)a.p[i++];

			if ((c & 0xc0) != 0x80)
				return false;
			point = point << 6 | (c & 0x3f);
		}
		if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
			return false;
	}
	return true;
}

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned wq_str_distance(struct wq_str a, struct wq_str b)
{
	unsigned rows[3][DISTANCE_MAX_BYTES + 1]; /* the row before the last is for swaps */

	if (a.n > DISTANCE_MAX_BYTES || b.n > DISTANCE_MAX_BYTES)
		return DISTANCE_MAX_BYTES;
	for (unsigned j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *row = rows[i % 3], *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);

			row[j] = least_of(up[j] + 1, row[j - 1] + 1, up[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && lower(a.p[i - 2]) == y &&
			    up2[j - 2] + 1 < row[j])
				row[j] = up2[j - 2] + 1;
		}
	}
	return rows[a.n % 3][b.n];
}

bool wq_str_is_control(struct wq_str a, size_t i)
{
	unsigned char c = (unsigned char)a.p[i], before = i ? (unsigned char)a.p[i - 1] : 0;
	unsigned char after = i + 1 < a.n ? (unsigned char)a.p[i + 1] : 0xff;

	if (c >= 0x80 && c < 0xa0)
		return before < 0x80 || before == 0xc2;
	return c < 0x20 || c == 0x7f || (c == 0xc2 && after >= 0x80 && after < 0xa0);
}
