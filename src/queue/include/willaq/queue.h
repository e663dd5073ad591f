/* SPDX-License-Identifier: MIT */
#pragma once
/* queue.h — BullMQ's queues from C: add jobs, work them, look at them.  Jobs are the ones that BullMQ's own
 * producers, workers and dashboards read and write, of 4.17, 5.x and 6.x at once.
 *
 *   struct willaq *w;
 *   struct willaq_queue *q;
 *   willaq_open(&w, "redis://127.0.0.1:6379");
 *   willaq_queue_open(&q, w, "bull", "letters");
 *   willaq_add(q, "hello", "{\"to\":\"Ada\"}", "{\"attempts\":3}", on_added, NULL);
 *   willaq_run(w);                                         until somebody calls willaq_stop
 *
 * Thread    one: everything of one struct willaq is called from the thread that opened it.  Nothing starts another.
 * Loop      callbacks run from willaq_run, willaq_poll and willaq_close, never from inside the call that asks for
 *           something; each runs once.  None may call those three.
 * Memory    handles are opaque, ours, and freed by their close.  What a call is given is copied before it returns.
 *           What a callback is given is valid until it returns, but for a job, which is yours until you end it.
 * Text      UTF-8, terminated.  JSON is passed as text.
 * Outcome   0 is success, below 0 one of enum willaq_error, and `error` a sentence for people, never NULL.  A call that
 *           returns below 0 has started nothing and its callback never runs; willaq_why tells the sentence.
 * Log       lines on standard error, warnings and errors only, unless willaq_log says otherwise.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum willaq_error {
	WILLAQ_NO_MEMORY = -1,
	WILLAQ_INVALID = -2,   /* a value that cannot be used; nothing was sent */
	WILLAQ_TOO_BIG = -3,   /* a bound would be passed; nothing was sent */
	WILLAQ_FULL = -4,      /* too much is under way; later there is room */
	WILLAQ_CANCELED = -5,  /* closed before it was sent */
	WILLAQ_AWAY = -6,      /* Redis could not be reached; nothing was sent */
	WILLAQ_UNKNOWN = -7,   /* sent, but no answer came: it may have happened */
	WILLAQ_REFUSED = -8,   /* Redis refused: out of memory, a replica, no rights …; nothing happened */
	WILLAQ_FOREIGN = -9,   /* the queue belongs to Bull 3 or to another library */
	WILLAQ_NO_PARENT = -10, /* the parent that the options name does not exist, or the job has another */
	WILLAQ_NO_JOB = -11,   /* no such job, or not in a state in which that is possible */
	WILLAQ_OVER = -12,     /* a scheduler that would make no job: its limit is reached, or no such time comes */
	WILLAQ_BUSY = -13,     /* the next job of the scheduler runs, or is of another: it cannot be changed now */
};
/* A few words for people; static. */
const char *willaq_error_text(int code);

/* A connection and its loop. */
struct willaq;
/* `redis_url`: redis://[user:password@]host[:port][/db], rediss:// for TLS, unix:///path.  A server that is away is no
 * error: what is asked meanwhile waits a few seconds. */
int willaq_open(struct willaq **out, const char *redis_url);
/* Ends all that is under way, closes what is still open of it, and frees it.  Jobs that a worker still holds go back to
 * their queue.  NULL is fine. */
void willaq_close(struct willaq *w);
/* Until willaq_stop. */
void willaq_run(struct willaq *w);
void willaq_stop(struct willaq *w);
/* What there is to do, waiting for more up to `ms`; true once willaq_stop was called. */
bool willaq_poll(struct willaq *w, uint32_t ms);
/* Why the last call that returned below 0 did so; valid until the next. */
const char *willaq_why(const struct willaq *w);
/* "error", "warn", "info" or "debug"; for the whole process. */
int willaq_log(const char *level);

/* A queue.  `prefix` NULL: "bull". */
struct willaq_queue;
int willaq_queue_open(struct willaq_queue **out, struct willaq *w, const char *prefix,
                      const char *name);
/* What is under way goes on.  Its worker is stopped before.  NULL is fine. */
void willaq_queue_close(struct willaq_queue *q);

/* `id` is that of the job that is there now: a new one, or the one that stands for it (an id that was taken, a
 * deduplication).  NULL unless code is 0. */
typedef void (*willaq_added_cb)(void *ctx, int code, const char *id, const char *error);
/* `data` and `opts` JSON, or NULL.  Options have BullMQ's public names: attempts, backoff, delay, priority, jobId,
 * removeOnComplete, deduplication, parent … */
int willaq_add(struct willaq_queue *q, const char *name, const char *data, const char *opts,
               willaq_added_cb cb, void *ctx);

struct willaq_job_spec {
	const char *name, *data, *opts; /* as for willaq_add */
};
/* ids[i] is NULL where job i was refused on its own, `code` then tells the first such refusal. */
typedef void (*willaq_added_all_cb)(void *ctx, int code, const char *const *ids, size_t n,
                                    const char *error);
/* All or none reach Redis, in one step. */
int willaq_add_bulk(struct willaq_queue *q, const struct willaq_job_spec *jobs, size_t n,
                    willaq_added_all_cb cb, void *ctx);
/* A tree of jobs, as JSON: {"name", "queueName", "data", "opts", "children": […]}; ids are those of its jobs, parents
 * before children.  All or none. */
int willaq_add_flow(struct willaq *w, const char *prefix, const char *tree, willaq_added_all_cb cb,
                    void *ctx);

/* A job that a worker holds.  It is ended by exactly one of the five endings, in the callback or later, from the same
 * thread; it is gone with that call. */
struct willaq_job;
const char *willaq_job_id(const struct willaq_job *j);
const char *willaq_job_name(const struct willaq_job *j);
const char *willaq_job_data(const struct willaq_job *j); /* JSON */
const char *willaq_job_opts(const struct willaq_job *j); /* JSON, by its stored names */
uint32_t willaq_job_attempts_made(const struct willaq_job *j);
/* True once its lock is gone, its time is up, or the worker stops: end it soon, what it says may be refused. */
bool willaq_job_cancelled(const struct willaq_job *j);

void willaq_job_complete(struct willaq_job *j, const char *json); /* NULL: null */
/* Retried by its own attempts and backoff; `for_good`: not retried. */
void willaq_job_fail(struct willaq_job *j, const char *reason, bool for_good);
void willaq_job_delay(struct willaq_job *j, int64_t ms);  /* again later; no attempt is used up */
void willaq_job_release(struct willaq_job *j);            /* back to the front of the queue */
void willaq_job_await_children(struct willaq_job *j);     /* run again when those that were added are done */
/* Meanwhile; nobody is told of the outcome. */
int willaq_job_progress(struct willaq_job *j, const char *json);
int willaq_job_log(struct willaq_job *j, const char *row);

struct willaq_worker_opts {
	uint32_t concurrency;   /* jobs held at once; 0: 1 */
	uint32_t lock_ms;       /* 0: 30 s */
	uint32_t timeout_ms;    /* of a job; 0: none */
	int64_t keep_completed; /* how many stay, 0: all, -1: none; a job's own option wins */
	int64_t keep_failed;
	const char *name;       /* shown to other clients; NULL: unnamed */
};
struct willaq_worker;
/* `run` gets each job.  `opts` NULL: all zero.  Works from the next turn of the loop on. */
int willaq_worker_start(struct willaq_worker **out, struct willaq_queue *q,
                        const struct willaq_worker_opts *opts,
                        void (*run)(void *ctx, struct willaq_job *j), void *ctx);
/* Takes no more jobs; `stopped` (may be NULL) runs when those that it holds have ended, and the worker is gone.  After
 * `grace_ms` they count as cancelled. */
void willaq_worker_stop(struct willaq_worker *k, uint32_t grace_ms, void (*stopped)(void *ctx),
                        void *ctx);

struct willaq_counts {
	uint64_t waiting, active, delayed, prioritized, waiting_children, completed, failed;
	bool paused;
};
int willaq_counts(struct willaq_queue *q,
                  void (*cb)(void *ctx, int code, const struct willaq_counts *counts,
                             const char *error),
                  void *ctx);
/* `n`: jobs that changed. */
typedef void (*willaq_changed_cb)(void *ctx, int code, uint64_t n, const char *error);
int willaq_pause(struct willaq_queue *q, willaq_changed_cb cb, void *ctx);
int willaq_resume(struct willaq_queue *q, willaq_changed_cb cb, void *ctx);
int willaq_retry(struct willaq_queue *q, const char *id, willaq_changed_cb cb, void *ctx); /* a failed job */
int willaq_remove(struct willaq_queue *q, const char *id, willaq_changed_cb cb, void *ctx);
/* All that waits; with `delayed` also what is delayed. */
int willaq_drain(struct willaq_queue *q, bool delayed, willaq_changed_cb cb, void *ctx);

/* What makes jobs that come again, every so often or at the times of a pattern.  Its next job is always there, delayed
 * or waiting; whoever takes that, a worker of ours or of BullMQ's, makes the one behind it: without a worker none
 * comes.  Jobs that were missed are left out.  Zero and NULL: not given. */
struct willaq_scheduler {
	const char *id;        /* it is known by */
	const char *cron;      /* 5 fields, or 6 with seconds in front; as BullMQ of the queue's version reads them */
	const char *zone;      /* of cron, as "Europe/Berlin"; NULL: that of the machine that makes the next job */
	int64_t every_ms;      /* instead of cron */
	int64_t offset_ms;     /* of every_ms, within the interval */
	int64_t limit;         /* jobs in all */
	int64_t start_ms;      /* not before; since 1970 UTC */
	int64_t end_ms;        /* not after */
	bool immediately;      /* with cron and without start_ms: its first job at once */
	const char *name;      /* of its jobs; NULL: the id */
	const char *data, *opts; /* of its jobs, JSON as for willaq_add; jobId, delay, timestamp and parent cannot be */
};
/* `job_id` is that of its next job, due in `delay_ms`; NULL unless code is 0. */
typedef void (*willaq_scheduled_cb)(void *ctx, int code, const char *job_id, int64_t delay_ms,
                                    const char *error);
/* Makes the scheduler of that id, or changes it, and its next job with it.  What cannot be is told to the callback, as
 * WILLAQ_INVALID, or WILLAQ_FOREIGN, and nothing is written then. */
int willaq_scheduler_put(struct willaq_queue *q, const struct willaq_scheduler *s,
                         willaq_scheduled_cb cb, void *ctx);

struct willaq_scheduler_seen {
	struct willaq_scheduler is; /* opts by their stored names; name and data may be NULL */
	int64_t next_ms;            /* when its next job is due */
	int64_t made;               /* jobs so far; 0: unknown */
};
/* `total`: schedulers of the queue. */
typedef void (*willaq_schedulers_cb)(void *ctx, int code, const struct willaq_scheduler_seen *list,
                                     size_t n, uint64_t total, const char *error);
/* Those due first come first: up to `n` (at most 1000) from `first` on. */
int willaq_schedulers(struct willaq_queue *q, uint64_t first, uint64_t n, willaq_schedulers_cb cb,
                      void *ctx);
/* One of them; a list of none if there is no such. */
int willaq_scheduler_get(struct willaq_queue *q, const char *id, willaq_schedulers_cb cb,
                         void *ctx);
/* With its next job if that is delayed; one that waits or runs ends.  n is 1; WILLAQ_NO_JOB: there was none. */
int willaq_scheduler_remove(struct willaq_queue *q, const char *id, willaq_changed_cb cb,
                            void *ctx);

#ifdef __cplusplus
}
#endif
