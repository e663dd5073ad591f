/* SPDX-License-Identifier: MIT */
/* plan_test.c — the moments of each shape. */
#include "app/bench/plan.h"

#include <math.h>

#include "support/test.h"

static const struct {
	const char *what;
	struct wq_bench_plan plan;
	uint64_t n;        /* in all */
	uint64_t first[4]; /* moments in us */
} cases[] = {
	{ "flat", { .from_per_s = 1000, .duration_us = 10000000 }, 10000, { 0, 1000, 2000, 3000 } },
	{ "slow", { .from_per_s = 0.5, .duration_us = 10000000 }, 5, { 0, 2000000, 4000000, 6000000 } },
	{ "an odd rate", { .from_per_s = 3, .duration_us = 1000000 }, 3, { 0, 333333, 666666, UINT64_MAX } },
	{ "a count", { .from_per_s = 1000, .duration_us = 10000000, .count = 3 }, 3, { 0, 1000, 2000, UINT64_MAX } },
	{ "closed", { .duration_us = 10000000 }, 0, { UINT64_MAX } },
	/* n = 50 t²: the n-th at sqrt(n / 50) */
	{ "up from nothing",
	  { .shape = WQ_BENCH_RAMP, .to_per_s = 1000, .duration_us = 10000000 },
	  5000,
	  { 0, 141421, 200000, 244948 } },
	{ "down to nothing",
	  { .shape = WQ_BENCH_RAMP, .from_per_s = 1000, .duration_us = 10000000 },
	  5000,
	  { 0, 1000, 2000, 3000 } },
	{ "a ramp that is none",
	  { .shape = WQ_BENCH_RAMP, .from_per_s = 500, .to_per_s = 500, .duration_us = 2000000 },
	  1000,
	  { 0, 2000, 4000, 6000 } },
	{ "bursts",
	  { .shape = WQ_BENCH_BURST, .burst_n = 2, .burst_us = 500000, .duration_us = 2000000 },
	  8,
	  { 0, 0, 500000, 500000 } },
	{ "a day",
	  { .shape = WQ_BENCH_DAY, .from_per_s = 100, .duration_us = 24000000 },
	  2400,
	  { 0, 45890, 92660, 140440 } },
};

WQ_TEST(moments)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_bench_plan_at at;
		uint64_t n = 0, before = 0, us;

		wq_bench_plan_begin(&at, &cases[i].plan);
		while ((us = wq_bench_plan_next(&at)) != UINT64_MAX) {
			if (n < 4) /* to a hundredth: the curve of a day is no round number */
				WQ_CHECK(cases[i].what,
				         fabs((double)us - (double)cases[i].first[n]) <=
				                 (double)us / 100 + 1);
			WQ_CHECK(cases[i].what, us >= before && us < cases[i].plan.duration_us);
			before = us;
			n++;
		}
		WQ_CHECK(cases[i].what, n >= 4 || cases[i].first[n] == UINT64_MAX);
		WQ_CHECK(cases[i].what, n + 1 >= cases[i].n && n <= cases[i].n + 1);
		WQ_CHECK("it stays at its end", wq_bench_plan_next(&at) == UINT64_MAX);
	}
}

/* In every part of the time as many as the rate asks for. */
static void check_rate(const char *what, const struct wq_bench_plan *p, double slack)
{
	enum { PARTS = 48 };
	double want[PARTS] = { 0 }, got[PARTS] = { 0 };
	uint64_t part = p->duration_us / PARTS, us;
	struct wq_bench_plan_at at;

	for (uint64_t t = 500; t < p->duration_us; t += 1000)
		want[t / part < PARTS ? t / part : PARTS - 1] += wq_bench_plan_rate(p, t) / 1000;
	wq_bench_plan_begin(&at, p);
	while ((us = wq_bench_plan_next(&at)) != UINT64_MAX)
		got[us / part < PARTS ? us / part : PARTS - 1]++;
	for (unsigned i = 0; i < PARTS; i++)
		WQ_CHECK(what, fabs(got[i] - want[i]) <= slack * sqrt(want[i]) + 2);
}

WQ_TEST(as_many_as_the_rate_asks_for)
{
	struct wq_bench_plan p = { .shape = WQ_BENCH_DAY,
		                   .from_per_s = 5000,
		                   .duration_us = 9600000 };

	check_rate("a day", &p, 0);
	WQ_CHECK("its average", fabs(wq_bench_plan_mean(&p) - 5000) < 1e-6);
	p = (struct wq_bench_plan){
		.shape = WQ_BENCH_RAMP, .from_per_s = 9000, .to_per_s = 100, .duration_us = 9600000
	};
	check_rate("a ramp", &p, 0);
	WQ_CHECK("its average", fabs(wq_bench_plan_mean(&p) - 4550) < 1e-6);
	p = (struct wq_bench_plan){
		.from_per_s = 5000, .duration_us = 9600000, .random = true, .seed = 7
	};
	check_rate("at random", &p, 5);
}

WQ_TEST(chance_is_that_of_the_seed)
{
	struct wq_bench_plan p = { .from_per_s = 1000,
		                   .duration_us = 1000000,
		                   .random = true,
		                   .seed = 7 },
			     q = p;
	struct wq_bench_plan_at a, b;
	unsigned same = 0, n = 0;
	double squares = 0;
	uint64_t us, before = 0;

	wq_bench_plan_begin(&a, &p);
	wq_bench_plan_begin(&b, &p);
	while ((us = wq_bench_plan_next(&a)) != UINT64_MAX) {
		WQ_CHECK("the same seed", us == wq_bench_plan_next(&b));
		squares += pow((double)(us - before) - 1000, 2);
		before = us;
		n++;
	}
	/* Exponential gaps vary as much as they are long. */
	WQ_CHECK("gaps vary", fabs(sqrt(squares / n) - 1000) < 150);
	q.seed = 8;
	wq_bench_plan_begin(&a, &p);
	wq_bench_plan_begin(&b, &q);
	for (unsigned i = 0; i < 500; i++)
		same += wq_bench_plan_next(&a) == wq_bench_plan_next(&b);
	WQ_CHECK("another seed", same < 20);
}

WQ_TEST_MAIN(WQ_CASE(moments), WQ_CASE(as_many_as_the_rate_asks_for),
             WQ_CASE(chance_is_that_of_the_seed))
