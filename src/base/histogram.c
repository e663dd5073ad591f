/* SPDX-License-Identifier: MIT */
/* histogram.c — log-linear buckets. */
#include "base/histogram.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

/* Values below 2 * HALF have a slot each; of every doubling above, HALF slots share it. */
enum { HALF = WQ_HISTOGRAM_HALF, LINEAR_BITS = 11 };
static const uint64_t top_us = ((uint64_t)HALF << WQ_HISTOGRAM_DOUBLINGS) - 1;

/* How often the value is halved until it lies in the linear part. */
static unsigned shift_of(uint64_t us)
{
	unsigned bits = us ? 64 - (unsigned)__builtin_clzll(us) : 0;

	return bits > LINEAR_BITS ? bits - LINEAR_BITS : 0;
}

static size_t slot_of(uint64_t us)
{
	uint64_t v = us < top_us ? us : top_us;
	unsigned shift = shift_of(v);

	return (size_t)shift * HALF + (size_t)(v >> shift);
}

static uint64_t low_of(size_t slot)
{
	unsigned shift = slot < 2 * HALF ? 0 : (unsigned)(slot / HALF) - 1;

	return (uint64_t)(slot - (size_t)shift * HALF) << shift;
}

static uint64_t high_of(size_t slot)
{
	return low_of(slot + 1) - 1;
}

int wq_histogram_init(struct wq_histogram *h)
{
	*h = (struct wq_histogram){ .counts = wq_calloc(WQ_HISTOGRAM_SLOTS, sizeof(*h->counts)) };
	if (!h->counts)
		return WQ_RAISE(WQ_ENOMEM);
	wq_histogram_clear(h);
	return 0;
}

void wq_histogram_fini(struct wq_histogram *h)
{
	wq_free(h->counts);
	*h = (struct wq_histogram){ 0 };
}

void wq_histogram_clear(struct wq_histogram *h)
{
	if (h->total)
		memset(h->counts, 0, WQ_HISTOGRAM_BYTES);
	*h = (struct wq_histogram){ .counts = h->counts, .min_us = UINT64_MAX };
}

void wq_histogram_record(struct wq_histogram *h, uint64_t us)
{
	wq_histogram_record_n(h, us, 1);
}

void wq_histogram_record_n(struct wq_histogram *h, uint64_t us, uint64_t n)
{
	if (!n)
		return;
	h->counts[slot_of(us)] += n;
	h->total += n;
	h->sum_us += (double)us * (double)n;
	h->min_us = us < h->min_us ? us : h->min_us;
	h->max_us = us > h->max_us ? us : h->max_us;
}

void wq_histogram_merge(struct wq_histogram *h, const struct wq_histogram *from)
{
	if (!from->total)
		return;
	for (size_t i = 0; i < WQ_HISTOGRAM_SLOTS; i++)
		h->counts[i] += from->counts[i];
	h->total += from->total;
	h->sum_us += from->sum_us;
	h->min_us = from->min_us < h->min_us ? from->min_us : h->min_us;
	h->max_us = from->max_us > h->max_us ? from->max_us : h->max_us;
}

uint64_t wq_histogram_percentile(const struct wq_histogram *h, double percent)
{
	double want = ceil(percent / 100 * (double)h->total - 1e-9);
	uint64_t rank = want < 1 ? 1 : (uint64_t)want, seen = 0;

	if (!h->total)
		return 0;
	for (size_t i = 0; i < WQ_HISTOGRAM_SLOTS; i++) {
		seen += h->counts[i];
		if (seen >= rank)
			return high_of(i) < h->max_us ? high_of(i) : h->max_us;
	}
	return h->max_us;
}

double wq_histogram_below(const struct wq_histogram *h, uint64_t us)
{
	uint64_t seen = 0;

	if (!h->total)
		return 0;
	for (size_t i = 0, last = slot_of(us); i <= last; i++)
		seen += h->counts[i];
	return 100.0 * (double)seen / (double)h->total;
}

double wq_histogram_mean(const struct wq_histogram *h)
{
	return h->total ? h->sum_us / (double)h->total : 0;
}

double wq_histogram_stddev(const struct wq_histogram *h)
{
	double mean = wq_histogram_mean(h), sum = 0;
	struct wq_histogram_bucket b;

	for (size_t at = 0; wq_histogram_next(h, &at, &b);) {
		double d = ((double)b.low_us + (double)b.high_us) / 2 - mean;

		sum += d * d * (double)b.n;
	}
	return h->total ? sqrt(sum / (double)h->total) : 0;
}

bool wq_histogram_next(const struct wq_histogram *h, size_t *at, struct wq_histogram_bucket *b)
{
	while (h->total && *at < WQ_HISTOGRAM_SLOTS) {
		size_t slot = (*at)++;

		if (!h->counts[slot])
			continue;
		*b = (struct wq_histogram_bucket){ low_of(slot), high_of(slot), h->counts[slot] };
		return true;
	}
	return false;
}
