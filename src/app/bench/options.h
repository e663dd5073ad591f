/* SPDX-License-Identifier: MIT */
#pragma once
/* options.h — the options that all kinds of bench share, read and judged.
 *
 * Every reader prints a sentence about what it refuses and gives false; the command then exits with WQ_EXIT_USAGE.
 */
#include "app/bench/run.h"
#include "app/cli/command.h"

enum { WQ_BENCH_GOALS_MAX = 16 };

/* --fail-over: "p99=5ms", "errors=0.1%", "rate=3000" (of what ended well; fails below it). */
struct wq_bench_goal {
	enum wq_bench_goal_kind { WQ_BENCH_GOAL_LATENCY, WQ_BENCH_GOAL_ERRORS, WQ_BENCH_GOAL_RATE } kind;
	double percentile; /* of latency; 100: the maximum; < 0: the mean */
	double value;      /* us, percent, a second */
	char name[16];
};

struct wq_bench_common {
	struct wq_bench_plan plan;
	uint64_t warm_up_us, interval_us, drain_us;
	uint32_t at_once;         /* --connections, --at-once */
	bool at_once_given, duration_given;
	const char *json, *csv;   /* paths; "-": stdout; NULL: none */
	const char *title;        /* NULL: none */
	bool plot, quiet;
	struct wq_bench_goal goals[WQ_BENCH_GOALS_MAX];
	unsigned goals_n;
};

extern const struct wq_option wq_bench_options[];

/* `at_once`: how many unless told. */
bool wq_bench_common_read(struct wq_bench_common *c, const struct wq_args *args, uint32_t at_once);
/* What a bench is created with. */
struct wq_bench_opts wq_bench_common_opts(const struct wq_bench_common *c, struct wq_loop *loop,
                                          const char *unit);

/* Single options; *value keeps what it was when the option was not given. */
bool wq_bench_read_count(const struct wq_args *args, const char *option, uint64_t min, uint64_t max,
                         uint64_t *value);
bool wq_bench_read_us(const struct wq_args *args, const char *option, uint64_t max_us,
                      uint64_t *value);
bool wq_bench_read_percent(const struct wq_args *args, const char *option, double *value);
/* Index of the word in `words`, which ends with NULL. */
bool wq_bench_read_word(const struct wq_args *args, const char *option, const char *const *words,
                        unsigned *value);
