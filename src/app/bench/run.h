/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — begins operations when they are due, and measures how they end.
 *
 *   warm-up ──► measured ──► what was due is begun and ends, at most `drain_us` ──► the driver closes
 *                  └─ SIGINT, SIGTERM: ends early with what was measured; a second one ends at once
 *
 * Latency   from the moment an operation was *due* (or, in a closed loop, begun) to its end.  So a peer that stands
 *           still for a second is seen by everything that should have begun within it, not by one operation alone.
 * Service   from the moment it was really begun.
 * Never begun   what is still due when the drain is over counts with the time it had waited until then, as a lower
 *           bound; so does what timed out.  What was refused or lost is counted and is in no latency.
 * Ours      how late an operation was begun though the driver was free: the harness's own fault, reported as such.
 */
#include "app/bench/plan.h"
#include "base/histogram.h"
#include "io/loop/loop.h"

struct wq_bench;

struct wq_bench_op {
	uint64_t n; /* grows by one, warm-up included */
	uint64_t due_us, begun_us; /* wq_bench_now_us */
};

enum wq_bench_outcome {
	WQ_BENCH_OK,
	WQ_BENCH_REFUSED, /* answered, but wrongly: `status` says how */
	WQ_BENCH_LOST,    /* no answer: connection gone, none to be had */
	WQ_BENCH_LATE,    /* no answer in time */
	WQ_BENCH_OUTCOMES
};

struct wq_bench_driver {
	/* Begins an operation; false: nothing is free now.  The same one is offered again after the next wq_bench_ended
	 * or wq_bench_free.  Its end may be told at once or later. */
	bool (*begin)(void *ctx, struct wq_bench_op op);
	/* Nothing more will be begun.  The driver ends what is still in flight (as WQ_BENCH_LATE, if it had its time),
	 * then calls wq_bench_closed, at once or later. */
	void (*close)(void *ctx);
	void *ctx;
};

struct wq_bench_opts {
	struct wq_loop *loop; /* borrowed; wq_bench_run turns it */
	struct wq_bench_plan plan;
	uint64_t warm_up_us;  /* before the plan, at its first rate; thrown away */
	uint64_t interval_us; /* of a row of the time line */
	uint64_t drain_us;    /* 0: WQ_BENCH_DRAIN_MS */
	bool progress;        /* a line on stderr that is written over */
	const char *unit;     /* "jobs"; of the progress; static */
};

struct wq_bench_row {
	uint32_t begun, ended, errors;
	uint32_t in_flight; /* at its end */
	uint64_t p50_us, p99_us, max_us; /* of latency */
};

enum { WQ_BENCH_STATUSES_MAX = 32, WQ_BENCH_ROWS_MAX = 3600 };

/* What was measured; the warm-up is in none of it. */
struct wq_bench_result {
	struct wq_bench_plan plan; /* as it was asked for */
	struct wq_histogram latency, service;
	struct wq_histogram ours; /* begun late by us */
	uint64_t due, begun, ended; /* ended: all outcomes */
	uint64_t outcomes[WQ_BENCH_OUTCOMES];
	uint64_t starved;     /* due while nothing was free */
	uint64_t never_begun; /* of them, when the drain was over */
	uint64_t unanswered;  /* begun, and its end was never told */
	uint64_t in_window;   /* that ended well within the plan's time, whenever begun: of them is the rate */
	uint64_t span_us;     /* of the plan; or until it was ended early, or its count had ended */
	uint64_t drain_us;    /* that it took afterwards */
	double cpu;           /* of one core, that this process used meanwhile: 0.5 is half */
	bool interrupted, drained;
	int64_t began_ms;     /* wall clock */
	uint64_t interval_us;
	struct wq_bench_row *rows; /* owned */
	unsigned rows_n;
	struct {
		int status;
		uint64_t n;
	} statuses[WQ_BENCH_STATUSES_MAX]; /* of refused operations; the last stands for all others too */
	unsigned statuses_n;
};

/* 0 or a raised error.  The driver stays put. */
int wq_bench_create(struct wq_bench **out, const struct wq_bench_opts *o,
                    const struct wq_bench_driver *d);
/* Turns the loop until all is over; once.  What else is on the loop lives on. */
void wq_bench_run(struct wq_bench *b);
/* The driver, from the loop: an operation has ended.  `status` counts for WQ_BENCH_REFUSED: what the peer said (an HTTP
 * status, a code of its own).  A driver that measures from another moment changes `due_us` and `begun_us` before. */
void wq_bench_ended(struct wq_bench *b, const struct wq_bench_op *op, enum wq_bench_outcome o,
                    int status);
/* The driver: something became free without an end. */
void wq_bench_free(struct wq_bench *b);
/* The driver: it is closed. */
void wq_bench_closed(struct wq_bench *b);
/* The driver: nothing more shall be begun; the run ends as by SIGINT. */
void wq_bench_stop(struct wq_bench *b);
/* True once what is begun from now on counts. */
bool wq_bench_measures(const struct wq_bench *b, const struct wq_bench_op *op);
const struct wq_bench_result *wq_bench_result(const struct wq_bench *b);
/* Operations begun, those of the warm-up included. */
uint64_t wq_bench_begun_in_all(const struct wq_bench *b);
/* NULL is fine.  Not while it runs. */
void wq_bench_destroy(struct wq_bench *b);

/* The system's monotonic clock as it is now: the loop's stands still within a turn. */
uint64_t wq_bench_now_us(void);
