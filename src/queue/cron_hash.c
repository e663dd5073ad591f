/* SPDX-License-Identifier: MIT */
/* cron_hash.c — "H" spreads schedules over time: a seed picks the value, the same seed the same value.
 *
 * The numbers are those of cron-parser 5 with the same hashSeed: FNV-1a over the seed, then Mulberry32.
 */
#include <math.h>
#include <stdio.h>

#include "queue/cron_text.h"

enum { HASH_VALUES_MAX = 256 };

void wq_cron_random_init(struct wq_cron_random *r, struct wq_str seed)
{
	r->state = 2166136261u;
	for (size_t i = 0; i < seed.n; i++)
		r->state = (r->state ^ (uint8_t)seed.p[i]) * 16777619u;
}

double wq_cron_random_next(struct wq_cron_random *r)
{
	uint32_t t = r->state += 0x6d2b79f5u;

	t = (t ^ t >> 15) * (t | 1);
	t ^= t + (t ^ t >> 7) * (t | 61);
	return (double)(t ^ t >> 14) / 4294967296.0;
}

struct hash {
	double random;
	int min, max; /* of the field */
	double left;  /* values that steps may still give */
	struct wq_cron_text *out;
	const char *why;
};

static void put_value(struct hash *h, double value, const char *before)
{
	size_t room = sizeof(h->out->p) - h->out->n;
	int n = snprintf(h->out->p + h->out->n, room, "%s%.0f", before, value);

	if (n > 0 && (size_t)n < room)
		h->out->n += (size_t)n;
	else
		h->why = "the pattern is too long";
}

static void put_one(struct hash *h, double min, double max)
{
	put_value(h, floor(h->random * (max - min + 1)) + min, "");
}

/* Every step-th value, the first of them shifted by the seed; one value if none falls into the range. */
static void put_steps(struct hash *h, double min, double max, double step)
{
	double value = floor(min / step) * step + floor(h->random * step);
	bool any = false;

	if (step <= 0) {
		h->why = "the step behind H is 0";
		return;
	}
	h->left -= ceil((max - min + 1) / step);
	if (h->left < 0) {
		h->why = "a field has too many values";
		return;
	}
	while (value <= max && !h->why) {
		if (value >= min) {
			put_value(h, value, any ? "," : "");
			any = true;
		}
		value += step;
	}
	if (!any)
		put_one(h, min, max);
}

static bool take_number(struct wq_str *s, double *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		*out = *out * 10 + (s->p[n] - '0');
	s->p += n;
	s->n -= n;
	return n > 0;
}

static bool take_sign(struct wq_str *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

/* "(1-5)" */
static bool take_range(struct wq_str *s, double *min, double *max)
{
	struct wq_str t = *s;

	if (!take_sign(&t, '(') || !take_number(&t, min) || !take_sign(&t, '-') ||
	    !take_number(&t, max) || !take_sign(&t, ')'))
		return false;
	*s = t;
	return true;
}

static void put_hash(struct hash *h, struct wq_str *s)
{
	double min = h->min, max = h->max, step;
	struct wq_str t;

	if (take_range(s, &min, &max)) {
		if (min > max)
			h->why = "a range behind H runs backwards";
		min = fmax(min, h->min);
		max = fmin(max, h->max);
		if (min > max)
			h->why = "a range behind H has no value that the field can take";
		if (h->why)
			return;
	}
	t = *s;
	if (take_sign(&t, '/') && take_number(&t, &step)) {
		*s = t;
		put_steps(h, min, max, step);
	} else {
		put_one(h, min, max);
	}
}

bool wq_cron_hashes(enum wq_cron_unit unit, double random, const struct wq_cron_text *in,
                    struct wq_cron_text *out, const char **why)
{
	struct hash h = { random, wq_cron_bounds[unit].min, wq_cron_bounds[unit].max,
		          HASH_VALUES_MAX, out, NULL };
	struct wq_str rest = wq_strn(in->p, in->n);

	out->n = 0;
	while (rest.n > 0 && !h.why) {
		if (take_sign(&rest, 'H')) {
			put_hash(&h, &rest);
			continue;
		}
		if (out->n < sizeof(out->p))
			out->p[out->n++] = *rest.p;
		rest.p++;
		rest.n--;
	}
	*why = h.why;
	return !h.why;
}
