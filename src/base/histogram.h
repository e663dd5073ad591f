/* SPDX-License-Identifier: MIT */
#pragma once
/* histogram.h — how often each duration was seen, to three significant digits from 1 us to over an hour.
 *
 * Buckets are linear up to 2 ms (1 us wide) and double in width with every doubling of the value from there, so what is
 * read back is never further from what was recorded than a thousandth of it.  Memory is fixed (WQ_HISTOGRAM_BYTES);
 * recording allocates nothing and cannot fail.  A value beyond the top counts as the top, and `max` tells the truth.
 *
 * The owner embeds the struct: init, fini (twice is fine, zeroed is fine).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WQ_HISTOGRAM_HALF = 1024, /* buckets of one doubling */
	WQ_HISTOGRAM_DOUBLINGS = 22,
	WQ_HISTOGRAM_SLOTS = (WQ_HISTOGRAM_DOUBLINGS + 1) * WQ_HISTOGRAM_HALF,
	WQ_HISTOGRAM_BYTES = WQ_HISTOGRAM_SLOTS * 8,
};

struct wq_histogram {
	uint64_t *counts; /* owned */
	uint64_t total, min_us, max_us;
	double sum_us;
};

/* 0 or WQ_ENOMEM (raised). */
int wq_histogram_init(struct wq_histogram *h);
void wq_histogram_fini(struct wq_histogram *h);
void wq_histogram_clear(struct wq_histogram *h);
void wq_histogram_record(struct wq_histogram *h, uint64_t us);
void wq_histogram_record_n(struct wq_histogram *h, uint64_t us, uint64_t n);
/* Adds all of `from`. */
void wq_histogram_merge(struct wq_histogram *h, const struct wq_histogram *from);

/* The value that `percent` of all do not pass, at the upper end of its bucket and never beyond the maximum; 0: it is
 * empty. */
uint64_t wq_histogram_percentile(const struct wq_histogram *h, double percent);
/* The share of all, in percent, that do not pass `us`. */
double wq_histogram_below(const struct wq_histogram *h, uint64_t us);
double wq_histogram_mean(const struct wq_histogram *h);
double wq_histogram_stddev(const struct wq_histogram *h);

struct wq_histogram_bucket {
	uint64_t low_us, high_us; /* both belong to it */
	uint64_t n;               /* never 0 */
};
/* Buckets in order, the empty ones left out: starts with *at == 0, false behind the last. */
bool wq_histogram_next(const struct wq_histogram *h, size_t *at, struct wq_histogram_bucket *b);
