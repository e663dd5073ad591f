/* SPDX-License-Identifier: MIT */
#pragma once
/* worker.h — takes the jobs of one queue and hands each to a handler.
 *
 *   wait ──► claim a batch ──► handler runs each in its slot ──► settle a batch and claim the next, in one call ──► …
 *
 * Slots     at most `concurrency` jobs are held; no job is claimed before there is a slot for it.
 * Batches   what ends in one turn of the loop is settled by one script call, which also claims for the slots that
 *           became free.  At most two such calls are in flight; what ends meanwhile goes with the next.
 * Locks     each held job is locked for `lock_ms` and renewed, all due renewals in one call.  A lease is kept by the
 *           monotonic clock: a job whose lock may have run out (we were stopped, Redis was away) is cancelled, and what
 *           its handler answers is refused by Redis.
 * Redis     away: held jobs go on and are settled when it is back, as long as their lock lives; nothing is claimed.
 * Deferred  a job with a deferred failure is failed without the handler; a job of a scheduler has its successor made
 *           before it runs.
 * Attempts  failures are retried by the job's own attempts and backoff; for good: to the failed set and, if wanted, to
 *           the dead letters in the same step.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"
#include "queue/outcome.h"
#include "store/job.h"

struct wq_worker;

/* One job in its slot.  Given to the handler; the handler ends it by exactly one of the wq_task_* endings below, at
 * once or later.  From that call on the task and its job belong to the worker again. */
struct wq_task {
	const struct wq_job *job;
	struct wq_str token;      /* of its lock */
	struct wq_worker *worker; /* NULL: it was closed meanwhile */
	void *user;               /* the handler's own */
	bool cancelled;           /* asked to stop; its outcome may be refused */
};

enum wq_cancel_reason { WQ_CANCEL_TIMEOUT, WQ_CANCEL_LOCK_LOST, WQ_CANCEL_SHUTDOWN, WQ_CANCEL_REQUESTED };

struct wq_handler {
	void *ctx;
	/* Runs from the loop.  Must not block. */
	void (*run)(void *ctx, struct wq_task *task);
	/* Optional: stop early if you can; the task still ends by one of the endings, at once or later. */
	void (*cancel)(void *ctx, struct wq_task *task, enum wq_cancel_reason reason);
	/* Optional: a task that `run` was given is about to go, its outcome being in Redis, or refused.  `ended`: its
	 * job was finished for good, and never runs again.  Not told of tasks whose worker was closed. */
	void (*gone)(void *ctx, struct wq_task *task, bool ended);
	/* Optional: the queue is another library's, and is left alone; why is a sentence for people. */
	void (*refused)(void *ctx, const char *why);
};

/* The endings.  Strings are copied.  A task whose worker was closed is freed, and that is all.  `json` that
 * is no JSON is stored as a JSON string, empty as null. */
void wq_task_complete(struct wq_task *t, struct wq_str json);
void wq_task_fail(struct wq_task *t, const struct wq_failure *f);
/* Due again in `delay_ms`; no attempt is used up. */
void wq_task_delay(struct wq_task *t, int64_t delay_ms);
/* Back to the front of the queue; no attempt is used up. */
void wq_task_release(struct wq_task *t);
/* As release, and nothing of the queue starts for `delay_ms` anywhere. */
void wq_task_rate_limit(struct wq_task *t, int64_t delay_ms);
/* Waits for the children that were added meanwhile; with none pending it is run again at once. */
void wq_task_await_children(struct wq_task *t);

/* False: its lock may have run out, or is gone; whatever it was about to do to others it should not do. */
bool wq_task_is_ours(const struct wq_task *t);
/* Meanwhile.  0 or a raised error, WQ_ECANCELED (not raised) once the worker closes; nobody is told of the outcome. */
int wq_task_progress(struct wq_task *t, struct wq_str json);
int wq_task_log(struct wq_task *t, struct wq_str row);
int wq_task_update_data(struct wq_task *t, struct wq_str json);

struct wq_worker_opts {
	const char *prefix, *queue; /* copied */
	const char *name;           /* shown to other clients; NULL: unnamed; copied */
	const char *timezone;       /* of patterns without one of their own; NULL: the system's */
	uint32_t concurrency;
	uint32_t lock_ms, stalled_interval_ms, max_stalled_count;
	uint32_t drain_delay_ms;    /* an idle worker looks at least that often; 0: WQ_WORKER_POLL_MS */
	uint32_t job_timeout_ms;    /* 0: none */
	uint32_t limit_max, limit_ms; /* this worker's rate limit; 0: none */
	uint32_t max_started_attempts; /* 0: no bound */
	uint32_t attempts;             /* of a job whose adder said none; 0: one, as BullMQ */
	struct wq_backoff backoff;     /* of a job whose adder said none */
	struct wq_keep keep_completed, keep_failed; /* a job's own removeOnComplete and removeOnFail win */
	uint32_t metrics_minutes;   /* 0: none kept */
	bool dead_letters;          /* to "<queue>-dlq"; never from a queue of that name */
	uint32_t dead_letters_max, dead_letters_age_s; /* kept there; 0: however old */
	uint32_t batch_max;         /* jobs settled, or claimed, by one call */
	/* Optional: a job has failed for good and lies among the dead letters. */
	void (*on_dead)(void *ctx, struct wq_str queue, struct wq_str job, struct wq_str reason);
	void *on_dead_ctx;
};
/* BullMQ's defaults: concurrency 1, lock 30 s, stalled check 30 s, 1 stall, all kept. */
void wq_worker_opts_init(struct wq_worker_opts *o);

/* `redis` runs the scripts and is borrowed; `conn` (its address, ca_file, …) is used to open the connection that waits.
 * Begins to work once Redis is there.  WQ_EINVAL with a sentence raised: a name, or a bound. */
int wq_worker_create(struct wq_worker **out, struct wq_loop *l, struct wq_resolver *r,
                     struct wq_redis *redis, const struct wq_redis_opts *conn,
                     const struct wq_worker_opts *o, const struct wq_handler *h);
/* Claims nothing more and waits until every held job has ended and is settled, then calls done from the loop.  After
 * `grace_ms` the handlers are asked to cancel, with WQ_CANCEL_SHUTDOWN; jobs that never started go back at once. */
void wq_worker_drain(struct wq_worker *w, uint32_t grace_ms, void (*done)(void *ctx), void *ctx);
/* Asks what still runs to cancel, with WQ_CANCEL_SHUTDOWN, and frees it; on_closed (may be NULL) runs from the loop
 * soon, whatever handlers do: jobs that are held then are left to the stalled check.  A handler that has not ended its
 * task keeps that, without a worker, and still has to end it: what it needs for that outlives the worker. */
void wq_worker_close(struct wq_worker *w, void (*on_closed)(void *ctx), void *ctx);
/* Asks the handler of one held job to stop; false: not held here. */
bool wq_worker_cancel(struct wq_worker *w, struct wq_str id);
/* Claims nothing for so long; what is held runs on.  For a handler that could not work jobs now. */
void wq_worker_hold(struct wq_worker *w, uint32_t ms);
uint32_t wq_worker_held(const struct wq_worker *w);
void wq_worker_add_metrics(struct wq_worker *w, struct wq_metrics *m);
