/* SPDX-License-Identifier: MIT */
#pragma once
/* queue.h — `willaq bench queue` from the inside, for the files that make it up.
 *
 *   queue.c        options; the order of things: look, load, tell, sweep
 *   queue_look.c   may this queue be loaded?
 *   queue_add.c    add and bulk: what is added, and its ids
 *   queue_work.c   work, start and delayed: each job is found again when it runs
 *   queue_aside.c  the backlog beside delayed jobs
 *   queue_sweep.c  what was added goes again
 *   queue_halt.c   Ctrl-C before and after the load
 *
 * Whose jobs  every job of a run carries its mark, in its data and, where it is found again, in its id.  A job without
 *             it is never run, changed or removed; one that our worker is given goes back, and the run ends.
 */
#include "app/bench/report.h"
#include "app/cli/session.h"
#include "io/loop/signal.h"
#include "io/redis/subscribe.h"
#include "queue/producer.h"
#include "queue/queue_check.h"
#include "queue/worker.h"
#include "store/look.h"
#include "store/ref.h"

enum wq_bench_do { WQ_BENCH_ADD, WQ_BENCH_BULK, WQ_BENCH_WORK, WQ_BENCH_DELAYED, WQ_BENCH_START };

enum { WQ_BENCH_MARK_BYTES = 12, WQ_BENCH_JOB_ID_BYTES = 64 };

struct wq_bench_queue;

/* A job under way. */
struct wq_bench_job {
	struct wq_add add;
	struct wq_bench_op op;
	struct wq_bench_queue *q;
	struct wq_bench_job *next; /* spare */
	uint64_t sent_us;
	bool adding;  /* the producer has it */
	bool waiting; /* its end was not told yet */
	bool added;   /* it may be in Redis still */
	char id[WQ_BENCH_JOB_ID_BYTES];
};

struct wq_bench_bulk {
	struct wq_add_all all;
	struct wq_bench_op op;
	struct wq_bench_queue *q;
	struct wq_bench_bulk *next;
	bool waiting;
};

struct wq_bench_queue {
	struct wq_session session;
	struct wq_bench_common c;
	const struct wq_args *args;
	/* options */
	unsigned what; /* wq_bench_do */
	const char *name;
	uint64_t batch, body, backlog, delay_us, concurrency;
	unsigned theirs;
	bool keep, in_use, progress;

	char mark[WQ_BENCH_MARK_BYTES + 1];
	struct wq_buf data, opts; /* of every job */
	struct wq_ref ref;
	struct wq_look look;
	struct wq_queue_check check;
	struct wq_queue_counts before;
	struct wq_workers_seen workers;
	struct wq_producer *producer;
	struct wq_bench *run;
	struct wq_bench_subject subject;

	struct wq_bench_job *jobs, *spare; /* jobs: owned; at_once of them */
	struct wq_bench_bulk *bulks, *spare_bulks;
	struct wq_add_item *items; /* of a bulk; all the same */
	uint64_t *ids;             /* numbers of jobs that were added; owned */
	size_t ids_n, ids_cap;
	bool ids_full;
	uint64_t put_aside;        /* jobs of the backlog that may be there */

	struct wq_redis *work_redis; /* of our worker */
	struct wq_worker *worker;
	struct wq_redis_tail *tail;
	struct wq_signal on_int, on_term;
	unsigned signals; /* that are watched, or close */
	unsigned halts;   /* how often we were asked to end */
	bool foreign; /* a job came that is not of this run */
	struct wq_histogram added, started;
	double redis_cpu_us; /* before the load */
};

/* queue_look.c.  False: a sentence was printed. */
bool wq_bench_queue_may(struct wq_bench_queue *q);
/* CPU that the server has used so far in us; < 0: it does not tell. */
double wq_bench_queue_redis_cpu(struct wq_bench_queue *q);

/* What a run needs beside the producer; memory is freed by queue.c. */
struct wq_bench_queue_kind {
	const char *name, *unit, *latency;
	bool (*open)(struct wq_bench_queue *q); /* false: a sentence was printed */
	void (*close)(struct wq_bench_queue *q); /* NULL: nothing is open */
	bool (*begin)(void *queue, struct wq_bench_op op);
	void (*stop)(void *queue); /* wq_bench_driver.close */
	/* The id of the `n`-th job that is to be removed, "" for none in this place; false: there are no more. */
	bool (*left)(struct wq_bench_queue *q, uint64_t n, char id[static WQ_BENCH_JOB_ID_BYTES]);
	uint32_t at_once;
};
extern const struct wq_bench_queue_kind wq_bench_queue_add, wq_bench_queue_bulk,
	wq_bench_queue_work, wq_bench_queue_delayed, wq_bench_queue_start;

/* A job's item; its id is that of the job, or Redis' choice. */
struct wq_add_item wq_bench_queue_item(struct wq_bench_queue *q, const char *id);
/* What the end of an add means; *status says more of a refusal. */
enum wq_bench_outcome wq_bench_queue_judge(int rc, int code, int *status);
/* Remembers what is to be removed; false: no more can be remembered, and the run ends. */
bool wq_bench_queue_remember(struct wq_bench_queue *q, struct wq_str id);
/* Counts what asks us to end, from here … to here, as long as the session is open. */
void wq_bench_queue_watch(struct wq_bench_queue *q);
void wq_bench_queue_unwatch(struct wq_bench_queue *q);
/* Adds the backlog; false: a sentence was printed. */
bool wq_bench_queue_put_aside(struct wq_bench_queue *q);
void wq_bench_queue_aside_id(const struct wq_bench_queue *q, uint64_t n,
                             char id[static WQ_BENCH_JOB_ID_BYTES]);
/* False: a sentence was printed; jobs may be left. */
bool wq_bench_queue_sweep(struct wq_bench_queue *q, const struct wq_bench_queue_kind *k);
