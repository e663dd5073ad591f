/* SPDX-License-Identifier: MIT */
/* plan.c — rates that change linearly from one moment to the next, and the moment at which a count is reached. */
#include "app/bench/plan.h"

#include <math.h>
#include <stddef.h>

#include "base/assert.h"

/* Of the average, at each hour of a day that begins at midnight; the last is the first again.  Their mean is 1. */
static const double day[] = { 0.22, 0.13, 0.09, 0.07, 0.08, 0.17, 0.46, 0.92, 1.34, 1.66, 1.72, 1.55, 1.22,
	                      1.13, 1.29, 1.38, 1.43, 1.50, 1.66, 1.84, 1.76, 1.31, 0.73, 0.34, 0.22 };

const char *wq_bench_shape_name(enum wq_bench_shape s)
{
	static const char *const names[] = { "flat", "ramp", "burst", "day" };

	return (size_t)s < WQ_COUNT(names) ? names[s] : "";
}

static unsigned segments(const struct wq_bench_plan *p)
{
	return p->shape == WQ_BENCH_DAY ? (unsigned)WQ_COUNT(day) - 1 : 1;
}

static double segment_s(const struct wq_bench_plan *p)
{
	return (double)p->duration_us / 1e6 / segments(p);
}

/* Rates at the two ends of a segment. */
static void ends(const struct wq_bench_plan *p, unsigned i, double *from, double *to)
{
	if (p->shape == WQ_BENCH_DAY) {
		*from = p->from_per_s * day[i];
		*to = p->from_per_s * day[i + 1];
	} else {
		*from = p->from_per_s;
		*to = p->shape == WQ_BENCH_RAMP ? p->to_per_s : p->from_per_s;
	}
}

/* Seconds from the start of a segment until `n` are due in it: n = from * t + (to - from) / (2 * span) * t². */
static double reach(double from, double to, double span, double n)
{
	double slope = (to - from) / span, root;

	if (n <= 0)
		return 0;
	if (fabs(slope) < 1e-12)
		return n / from;
	root = from * from + 2 * slope * n;
	/* 2n / (from + sqrt) instead of (sqrt - from) / slope: exact also where the slope is next to nothing. */
	return 2 * n / (from + sqrt(root > 0 ? root : 0));
}

void wq_bench_plan_begin(struct wq_bench_plan_at *at, const struct wq_bench_plan *plan)
{
	*at = (struct wq_bench_plan_at){ .plan = plan };
	wq_rng_init(&at->rng, plan->seed);
}

static uint64_t next_burst(struct wq_bench_plan_at *at)
{
	uint64_t us = at->n / at->plan->burst_n * at->plan->burst_us;

	if (us >= at->plan->duration_us)
		return UINT64_MAX;
	at->n++;
	return us;
}

static void step(struct wq_bench_plan_at *at)
{
	double u;

	at->n++;
	if (!at->plan->random) {
		at->want = (double)at->n;
		return;
	}
	u = ((double)(wq_rng_next(&at->rng) >> 11) + 1) / 9007199254740993.0; /* above 0, at most 1 */
	at->want -= log(u);
}

uint64_t wq_bench_plan_next(struct wq_bench_plan_at *at)
{
	const struct wq_bench_plan *p = at->plan;
	double span = segment_s(p), from, to, within;
	uint64_t us;

	if (wq_bench_plan_is_closed(p) || (p->count && at->n >= p->count))
		return UINT64_MAX;
	if (p->shape == WQ_BENCH_BURST)
		return next_burst(at);
	for (; at->segment < segments(p); at->segment++) {
		ends(p, at->segment, &from, &to);
		within = (from + to) / 2 * span;
		if (at->want < at->before + within) {
			us = (uint64_t)((at->segment * span +
			                 reach(from, to, span, at->want - at->before)) *
			                1e6);
			if (us >= p->duration_us)
				return UINT64_MAX;
			step(at);
			return us;
		}
		at->before += within;
	}
	return UINT64_MAX;
}

double wq_bench_plan_rate(const struct wq_bench_plan *p, uint64_t at_us)
{
	double span = segment_s(p), t = (double)at_us / 1e6, from, to;
	unsigned i;

	if (at_us >= p->duration_us)
		return 0;
	if (p->shape == WQ_BENCH_BURST)
		return wq_bench_plan_mean(p);
	i = (unsigned)(t / span);
	if (i >= segments(p))
		i = segments(p) - 1;
	ends(p, i, &from, &to);
	return from + (to - from) * (t - i * span) / span;
}

double wq_bench_plan_mean(const struct wq_bench_plan *p)
{
	double from, to, sum = 0;

	if (p->shape == WQ_BENCH_BURST)
		return p->burst_us ? p->burst_n * 1e6 / (double)p->burst_us : 0;
	for (unsigned i = 0; i < segments(p); i++) {
		ends(p, i, &from, &to);
		sum += (from + to) / 2;
	}
	return sum / segments(p);
}
