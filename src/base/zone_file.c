/* SPDX-License-Identifier: MIT */
/* zone_file.c — header, a block for 32-bit readers that is skipped, header, our block, the rule between line feeds. */
#include "base/zone_file.h"

#include "base/alloc.h"
#include "base/err.h"

enum { HEADER_BYTES = 44, KIND_BYTES = 6, OFFSET_MAX_S = 26 * 3600 };

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t get_u32(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t get_i64(const char *p)
{
	return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

static bool take_header(struct wq_str *in, struct counts *c)
{
	const char *p = in->p;

	if (in->n < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
		return false;
	*c = (struct counts){ .isut = get_u32(p + 20),
		              .isstd = get_u32(p + 24),
		              .leap = get_u32(p + 28),
		              .time = get_u32(p + 32),
		              .type = get_u32(p + 36),
		              .chars = get_u32(p + 40) };
	in->p += HEADER_BYTES;
	in->n -= HEADER_BYTES;
	return true;
}

/* The block's length with times of that size; no sum of six 32-bit counts overflows. */
static size_t block_bytes(const struct counts *c, size_t time_bytes)
{
	return c->time * (time_bytes + 1) + c->type * KIND_BYTES + c->chars +
	       c->leap * (time_bytes + 4) + c->isstd + c->isut;
}

static bool skip(struct wq_str *in, size_t n)
{
	if (n > in->n)
		return false;
	in->p += n;
	in->n -= n;
	return true;
}

static bool read_offsets(struct wq_zone *z, const char *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int32_t s = (int32_t)get_u32(kinds + i * KIND_BYTES);

		if (s < -OFFSET_MAX_S || s > OFFSET_MAX_S)
			return false;
		z->offsets_s[i] = s;
	}
	z->kinds_n = n;
	return true;
}

static bool read_changes(struct wq_zone *z, const char *times, size_t n)
{
	const char *kinds = times + n * 8;

	for (size_t i = 0; i < n; i++) {
		z->at_s[i] = get_i64(times + i * 8);
		z->kinds[i] = (uint8_t)kinds[i];
		if (z->kinds[i] >= z->kinds_n || (i > 0 && z->at_s[i] <= z->at_s[i - 1]))
			return false;
	}
	z->changes = n;
	return true;
}

/* "\n" rule "\n"; an empty rule says nothing about the future. */
static bool read_footer(struct wq_zone *z, struct wq_str in)
{
	struct wq_str rule;

	if (in.n < 2 || in.p[0] != '\n')
		return false;
	rule = wq_strn(in.p + 1, in.n - 1);
	rule.n = wq_str_find(rule, '\n');
	if (rule.n == in.n - 1)
		return false;
	z->has_rule = rule.n > 0;
	return !z->has_rule || wq_zone_rule_parse(&z->rule, rule) == 0;
}

static int read_block(struct wq_zone *z, const struct counts *c, struct wq_str in)
{
	const char *block = in.p;

	if (c->leap != 0 || c->type == 0 || c->type > WQ_ZONE_KINDS_MAX ||
	    c->time > WQ_ZONE_CHANGES_MAX || !skip(&in, block_bytes(c, 8)))
		return WQ_EPARSE;
	if (!read_offsets(z, block + c->time * 9, c->type) || !read_footer(z, in))
		return WQ_EPARSE;
	if (c->time == 0)
		return 0;
	z->at_s = wq_calloc(c->time, sizeof(*z->at_s));
	z->kinds = wq_calloc(c->time, sizeof(*z->kinds));
	if (!z->at_s || !z->kinds)
		return WQ_RAISE(WQ_ENOMEM);
	return read_changes(z, block, c->time) ? 0 : WQ_EPARSE;
}

int wq_zone_file_parse(struct wq_zone *z, struct wq_str bytes)
{
	struct counts c;
	int rc = WQ_EPARSE;
	char version;

	if (!take_header(&bytes, &c))
		return WQ_ENOENT;
	version = bytes.p[4 - HEADER_BYTES];
	if (version >= '2' && version <= '4' && skip(&bytes, block_bytes(&c, 4)) &&
	    take_header(&bytes, &c))
		rc = read_block(z, &c, bytes);
	if (rc < 0)
		wq_zone_file_fini(z);
	return rc;
}

void wq_zone_file_fini(struct wq_zone *z)
{
	wq_free(z->at_s);
	wq_free(z->kinds);
	z->at_s = NULL;
	z->kinds = NULL;
	z->changes = 0;
}
