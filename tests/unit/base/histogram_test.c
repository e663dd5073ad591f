/* SPDX-License-Identifier: MIT */
/* histogram_test.c — percentiles against those of the sorted values themselves. */
#include "base/histogram.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/random.h"
#include "support/test.h"

enum { VALUES = 20000 };

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* What the histogram says may be higher by a thousandth, and never lower. */
static void check_percentiles(const char *what, const struct wq_histogram *h,
                              const uint64_t *sorted, size_t n)
{
	static const double percents[] = { 0, 1, 25, 50, 75, 90, 99, 99.9, 99.99, 100 };

	for (size_t i = 0; i < WQ_COUNT(percents); i++) {
		size_t rank = (size_t)ceil(percents[i] / 100 * (double)n - 1e-9);
		uint64_t want = sorted[rank ? rank - 1 : 0],
			 got = wq_histogram_percentile(h, percents[i]);

		WQ_CHECK(what, got >= want && (double)got <= (double)want * 1.001 + 1e-9);
	}
}

static void check_stream(const char *what, unsigned bits)
{
	uint64_t *v = wq_calloc(VALUES, sizeof(*v));
	struct wq_histogram h;
	struct wq_rng rng;
	double sum = 0, squares = 0, mean;

	wq_rng_init(&rng, bits);
	WQ_CHECK_INT("init", wq_histogram_init(&h), 0);
	for (size_t i = 0; i < VALUES; i++) { /* as many of each size */
		v[i] = wq_rng_next(&rng) >> (64 - 1 - wq_rng_below(&rng, bits));
		wq_histogram_record(&h, v[i]);
		sum += (double)v[i];
	}
	mean = sum / VALUES;
	for (size_t i = 0; i < VALUES; i++)
		squares += ((double)v[i] - mean) * ((double)v[i] - mean);
	qsort(v, VALUES, sizeof(*v), by_size);
	check_percentiles(what, &h, v, VALUES);
	WQ_CHECK(what, fabs(wq_histogram_mean(&h) - mean) < 1e-6 * (mean + 1));
	WQ_CHECK(what, fabs(wq_histogram_stddev(&h) - sqrt(squares / VALUES)) <
	                       1e-3 * sqrt(squares / VALUES) + 1);
	WQ_CHECK_INT(what, h.min_us, v[0]);
	WQ_CHECK_INT(what, h.max_us, v[VALUES - 1]);
	wq_histogram_fini(&h);
	wq_histogram_fini(&h);
	wq_free(v);
}

WQ_TEST(percentiles_are_those_of_the_values)
{
	check_stream("microseconds", 8);
	check_stream("milliseconds", 14);
	check_stream("seconds", 24);
	check_stream("up to an hour", 31);
}

WQ_TEST(each_value_lies_in_its_bucket)
{
	struct wq_histogram h;
	struct wq_histogram_bucket b;

	WQ_CHECK_INT("init", wq_histogram_init(&h), 0);
	for (uint64_t us = 0; us < UINT64_C(4200000000); us += us / 500 + 1) {
		size_t at = 0;

		wq_histogram_clear(&h);
		wq_histogram_record_n(&h, us, 3);
		WQ_CHECK("one", wq_histogram_next(&h, &at, &b));
		WQ_CHECK("within", b.low_us <= us && us <= b.high_us && b.n == 3);
		WQ_CHECK("narrow", b.high_us - b.low_us <= us / 1000);
		WQ_CHECK("no other", !wq_histogram_next(&h, &at, &b));
	}
	wq_histogram_fini(&h);
}

WQ_TEST(the_ends)
{
	struct wq_histogram h, other;
	struct wq_histogram_bucket b;
	size_t at = 0;

	WQ_CHECK_INT("init", wq_histogram_init(&h), 0);
	WQ_CHECK_INT("init", wq_histogram_init(&other), 0);
	WQ_CHECK_INT("empty", wq_histogram_percentile(&h, 99), 0);
	WQ_CHECK("empty", !wq_histogram_next(&h, &at, &b));
	wq_histogram_record(&h, UINT64_MAX);
	WQ_CHECK("beyond the top", h.max_us == UINT64_MAX && h.total == 1);
	wq_histogram_record(&other, 10);
	wq_histogram_record_n(&other, 20, 8);
	wq_histogram_clear(&h);
	wq_histogram_merge(&h, &other);
	wq_histogram_merge(&h, &other);
	WQ_CHECK_INT("merged", h.total, 18);
	WQ_CHECK_INT("least", h.min_us, 10);
	WQ_CHECK_INT("most", h.max_us, 20);
	WQ_CHECK_INT("p11", wq_histogram_percentile(&h, 11), 10);
	WQ_CHECK_INT("p12", wq_histogram_percentile(&h, 12), 20);
	WQ_CHECK("below", fabs(wq_histogram_below(&h, 10) - 100.0 / 9) < 1e-9);
	wq_histogram_fini(&h);
	wq_histogram_fini(&other);
}

WQ_TEST_MAIN(WQ_CASE(percentiles_are_those_of_the_values), WQ_CASE(each_value_lies_in_its_bucket),
             WQ_CASE(the_ends))
