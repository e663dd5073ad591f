/* SPDX-License-Identifier: MIT */
/* emoji.c — one emoji: a picture, or pictures joined into one, a flag, a keycap.  Ranges, not a list: a new one that
 * Unicode adds to a block of pictures is none of our business. */
#include "base/assert.h"
#include "domain/message/rule.h"

enum { JOINER = 0x200d, TEXT_STYLE = 0xfe0e, PICTURE_STYLE = 0xfe0f, KEYCAP = 0x20e3, TAG_END = 0xe007f };

/* The code point at the front, taken off; 0: there is none left.  The text is UTF-8. */
static uint32_t take(struct wq_str *s)
{
	unsigned char c = s->n ? (unsigned char)s->p[0] : 0;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t point = n == 1 ? c : c & (0x7fu >> n);

	if (n > s->n)
		n = s->n;
	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)s->p[i] & 0x3f);
	*s = wq_strn(s->p + n, s->n - n);
	return point;
}

static uint32_t next(struct wq_str s)
{
	return take(&s);
}

static bool within(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

static bool is_picture(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 0xa9, 0xa9 },       { 0xae, 0xae },       { 0x203c, 0x203c }, { 0x2049, 0x2049 },
		{ 0x2122, 0x2122 },   { 0x2139, 0x2139 },   { 0x2194, 0x21aa }, { 0x231a, 0x23ff },
		{ 0x24c2, 0x24c2 },   { 0x25aa, 0x25fe },   { 0x2600, 0x27bf }, { 0x2934, 0x2935 },
		{ 0x2b05, 0x2b55 },   { 0x3030, 0x3030 },   { 0x303d, 0x303d }, { 0x3297, 0x3299 },
		{ 0x1f000, 0x1f1e5 }, { 0x1f200, 0x1faff },
	};

	for (size_t i = 0; i < WQ_COUNT(ranges); i++)
		if (within(c, ranges[i].from, ranges[i].to))
			return true;
	return false;
}

/* A picture with its style, its skin or its tags. */
static bool take_picture(struct wq_str *s)
{
	if (!is_picture(take(s)))
		return false;
	if (next(*s) == PICTURE_STYLE || next(*s) == TEXT_STYLE)
		(void)take(s);
	if (within(next(*s), 0x1f3fb, 0x1f3ff))
		(void)take(s);
	if (!within(next(*s), 0xe0020, 0xe007e))
		return true;
	while (within(next(*s), 0xe0020, 0xe007e))
		(void)take(s);
	return take(s) == TAG_END;
}

static bool is_flag(struct wq_str s)
{
	uint32_t first = take(&s), second = take(&s);

	return within(first, 0x1f1e6, 0x1f1ff) && within(second, 0x1f1e6, 0x1f1ff) && s.n == 0;
}

static bool is_keycap(struct wq_str s)
{
	uint32_t key = take(&s);

	if (next(s) == PICTURE_STYLE)
		(void)take(&s);
	return (within(key, '0', '9') || key == '#' || key == '*') && take(&s) == KEYCAP &&
	       s.n == 0;
}

bool wq_is_emoji(struct wq_str s)
{
	struct wq_str rest = s;

	if (s.n == 0)
		return false;
	if (is_flag(s) || is_keycap(s))
		return true;
	while (take_picture(&rest)) {
		if (rest.n == 0)
			return true;
		if (take(&rest) != JOINER)
			return false;
	}
	return false;
}
