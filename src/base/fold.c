/* SPDX-License-Identifier: MIT */
/* fold.c — a table for Latin letters, shifts for Greek and Cyrillic; every other script stays as it is. */
#include "base/fold.h"

#include <string.h>

#include "base/assert.h"

enum { LATIN_FIRST = 0xC0, LATIN_END = 0x180, SEPARATOR = ' ', TWO = '*' };

/* From U+00C0 on; '*': two letters, below. */
static const char latin[] = "aaaaaa*ceeeeiiiidnooooo ouuuuy**"
			    "aaaaaa*ceeeeiiiidnooooo ouuuuy*y"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkk"
			    "llllllllllnnnnnnnnnoooooo**rrrrrrsssssssstttttt"
			    "uuuuuuuuuuuuwwyyyzzzzzzs";

static const char *two_of(uint32_t c)
{
	switch (c) {
	case 0xC6:
	case 0xE6:
		return "ae";
	case 0xDE:
	case 0xFE:
		return "th";
	case 0xDF:
		return "ss";
	case 0x132:
	case 0x133:
		return "ij";
	default:
		return "oe";
	}
}

/* The character at the front, and how many bytes it takes; 0: it is none. */
static size_t decode(struct wq_str s, uint32_t *c)
{
	unsigned char first = (unsigned char)s.p[0];
	size_t n = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;

	if (n == 0 || n > s.n || !wq_str_is_utf8(wq_strn(s.p, n)))
		return 0;
	*c = n == 1 ? first : first & (0xFFU >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*c = *c << 6 | ((unsigned char)s.p[i] & 0x3F);
	return n;
}

static bool is_mark(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x200D ||
	       c == 0xAD;
}

/* Punctuation, symbols, spaces and pictures beyond ASCII. */
static bool separates(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x80, 0xBF },     { 0x2000, 0x206F }, { 0x20A0, 0x20CF },   { 0x2190, 0x2BFF },
		{ 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0xE000, 0xF8FF },   { 0xFF01, 0xFF0F },
		{ 0xFF1A, 0xFF20 }, { 0xFFF0, 0xFFFF }, { 0x1F000, 0x1FAFF }, { 0xE0000, 0x10FFFF },
	};

	for (size_t i = 0; i < WQ_COUNT(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static uint32_t lower(uint32_t c)
{
	if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
		return c + 0x20;
	return c >= 0x400 && c <= 0x40F ? c + 0x50 : c;
}

static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static size_t fold_ascii(char c, char out[4])
{
	bool upper = c >= 'A' && c <= 'Z';

	out[0] = (char)(upper ? c + 0x20 : c);
	return upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* One character as it is looked for; 0: it separates words. */
static size_t fold_one(uint32_t c, char out[4])
{
	const char *two;

	if (c < 0x80)
		return fold_ascii((char)c, out);
	if (c < LATIN_FIRST || c >= LATIN_END)
		return separates(c) ? 0 : encode(lower(c), out);
	out[0] = latin[c - LATIN_FIRST];
	if (out[0] == SEPARATOR)
		return 0;
	if (out[0] != TWO)
		return 1;
	two = two_of(c);
	out[0] = two[0];
	out[1] = two[1];
	return 2;
}

size_t wq_fold(struct wq_str text, char *out, size_t max)
{
	size_t n = 0;
	bool between = false;

	while (text.n > 0) {
		char piece[4];
		uint32_t c = 0;
		size_t took = decode(text, &c), len = took ? fold_one(c, piece) : 0;
		bool mark = took && is_mark(c), gap = between && n > 0;

		text = wq_strn(text.p + (took ? took : 1), text.n - (took ? took : 1));
		if (mark)
			continue;
		if (len == 0) {
			between = true;
			continue;
		}
		if (n + gap + len > max)
			break;
		if (gap)
			out[n++] = ' ';
		memcpy(out + n, piece, len);
		n += len;
		between = false;
	}
	return n;
}
