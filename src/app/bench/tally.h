/* SPDX-License-Identifier: MIT */
#pragma once
/* tally.h — what a run adds to its result; nothing here knows the loop. */
#include "app/bench/run.h"

/* 0 or WQ_ENOMEM (raised), after which fini is due all the same. */
int wq_bench_tally_init(struct wq_bench_result *r, const struct wq_bench_opts *o);
/* Twice is fine, zeroed is fine. */
void wq_bench_tally_fini(struct wq_bench_result *r);
/* An end at `now_us`; `row` is the part of the time line that it belongs to. */
void wq_bench_tally_end(struct wq_bench_result *r, struct wq_bench_row *row,
                        const struct wq_bench_op *op, enum wq_bench_outcome o, int status,
                        uint64_t now_us);
/* User and system time of this process so far, in us. */
uint64_t wq_bench_tally_cpu_us(void);
