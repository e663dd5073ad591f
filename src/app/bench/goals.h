/* SPDX-License-Identifier: MIT */
#pragma once
/* goals.h — what a result has to reach, for scripts and CI: --fail-over 'p99=5ms,errors=0.1%,rate=3000'. */
#include "app/bench/options.h"

/* `text` NULL: none.  False: a sentence was printed. */
bool wq_bench_goals_read(struct wq_bench_common *c, const char *text);
/* What the result has where the goal looks. */
double wq_bench_goal_found(const struct wq_bench_goal *g, const struct wq_bench_result *r);
bool wq_bench_goal_met(const struct wq_bench_goal *g, const struct wq_bench_result *r);
/* "p99 8.123 ms, at most 5 ms wanted" */
void wq_bench_goal_text(const struct wq_bench_goal *g, const struct wq_bench_result *r, char *out,
                        size_t max);

/* Of all that ended or should have, in percent. */
double wq_bench_error_percent(const struct wq_bench_result *r);
/* What ended well, a second. */
double wq_bench_rate(const struct wq_bench_result *r);
