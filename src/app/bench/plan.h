/* SPDX-License-Identifier: MIT */
#pragma once
/* plan.h — when each operation of a load is due.  Pure: no clock, no allocation.
 *
 *   flat    evenly, `from_per_s` a second
 *   ramp    from `from_per_s` to `to_per_s`, rising or falling all the time
 *   burst   `burst_n` at once, every `burst_us`
 *   day     a day's traffic within `duration_us`, `from_per_s` on average: quiet at night, a peak in the morning, less
 *           at lunch, the highest in the evening
 *
 * from_per_s 0 with a flat plan is a closed loop: there are no due moments, the next operation begins when one ended.
 * Arrivals at random (`random`) have the same rates, with exponential gaps: as many people act who know nothing of each
 * other.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

enum wq_bench_shape { WQ_BENCH_FLAT, WQ_BENCH_RAMP, WQ_BENCH_BURST, WQ_BENCH_DAY };

struct wq_bench_plan {
	enum wq_bench_shape shape;
	double from_per_s, to_per_s;
	uint64_t duration_us; /* nothing is due at or behind it */
	uint64_t count;       /* at most so many; 0: any number */
	uint32_t burst_n;
	uint64_t burst_us;
	bool random;
	uint64_t seed;
};

static inline bool wq_bench_plan_is_closed(const struct wq_bench_plan *p)
{
	return p->shape == WQ_BENCH_FLAT && p->from_per_s <= 0;
}

/* A walk through it. */
struct wq_bench_plan_at {
	const struct wq_bench_plan *plan; /* borrowed */
	uint64_t n;      /* operations told so far */
	double want;     /* how many are due by the moment of the next */
	double before;   /* how many are due before `segment` */
	unsigned segment;
	struct wq_rng rng;
};
void wq_bench_plan_begin(struct wq_bench_plan_at *at, const struct wq_bench_plan *plan);
/* The moment of the next one in us from the start, never before that of the one before; UINT64_MAX: none is left. */
uint64_t wq_bench_plan_next(struct wq_bench_plan_at *at);
/* How many a second at a moment, as asked for: for progress and reports. */
double wq_bench_plan_rate(const struct wq_bench_plan *plan, uint64_t at_us);
/* All of the plan on average, as asked for. */
double wq_bench_plan_mean(const struct wq_bench_plan *plan);
/* "flat" */
const char *wq_bench_shape_name(enum wq_bench_shape s);
