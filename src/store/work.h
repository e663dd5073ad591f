/* SPDX-License-Identifier: MIT */
#pragma once
/* work.h — one turn of a worker in Redis: jobs that ended are settled, others are claimed, by one script call.
 *
 * Each item has a code of its own; one that is refused changes nothing and spoils no other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/redis/redis.h"
#include "store/job.h"
#include "store/ref.h"

enum wq_work_kind {
	WQ_WORK_COMPLETED,
	WQ_WORK_FAILED,  /* for good */
	WQ_WORK_RETRY,   /* at once */
	WQ_WORK_DELAYED, /* again in delay_ms */
	WQ_WORK_WAIT,    /* back to the front */
	WQ_WORK_CHILDREN /* waits for its children */
};

/* What becomes of one job.  All is borrowed and copied when the call starts. */
struct wq_work_item {
	enum wq_work_kind kind;
	struct wq_str id, token;
	struct wq_str value;     /* completed: the JSON it returned; else the reason of its failure */
	struct wq_str trace;     /* stack traces, a JSON array; empty leaves them */
	struct wq_str dead_data; /* failed: data of the dead letter; empty: none */
	struct wq_str child;     /* children: the one to wait for, a full key; empty: any */
	uint32_t attempts;       /* that the job has in all */
	int64_t delay_ms;
	bool skip_attempt;       /* delayed: no attempt is used up */
	int64_t keep_count, keep_age_s; /* of the finished; count 0: this one neither; -1: no bound */
	int64_t keep_limit;             /* removed by age at most; 0: as many as a call may */
	int64_t place;                  /* among the active; -1: unknown */
	int64_t made;           /* attempts before this one as the job's claim told; -1: unknown */
	struct wq_str dedup_id; /* of the job, unless `made` is unknown */
};

/* What to claim, and how. */
struct wq_work_claim {
	uint32_t n;          /* at most so many; 0: none */
	struct wq_str token; /* unique for this call */
	uint32_t lock_ms;
	struct wq_str worker;          /* name to leave in the job; empty: none */
	uint32_t limit_max, limit_ms;  /* the worker's rate limit; 0: none */
	uint32_t promote_max;          /* delayed jobs that may be moved */
	uint32_t metrics_max;          /* minutes kept; 0: none are counted */
	bool older;                    /* a worker of 4.x shares the queue */
	struct wq_str dead_base;       /* of the queue of dead letters; empty: none */
	uint32_t dead_max, dead_age_s; /* letters that are kept; 0: however old */
};

/* Codes of an item, as BullMQ has them. */
enum wq_work_code {
	WQ_WORK_DONE = 0,
	WQ_WORK_NO_CHILDREN = 1,      /* children: none is pending; the job is still ours */
	WQ_WORK_MISSING = -1,         /* no such job */
	WQ_WORK_UNLOCKED = -2,        /* its lock is gone */
	WQ_WORK_NOT_ACTIVE = -3,
	WQ_WORK_CHILDREN_PENDING = -4, /* completed before its children; still ours */
	WQ_WORK_LOCKED = -6,           /* by somebody else */
	WQ_WORK_CHILDREN_FAILED = -9,  /* still ours */
};

/* Items of one call at most. */
#define WQ_WORK_ITEMS_MAX 1000

/* `item(ctx, i)` is asked for each of n items while the call starts.  0, and cb runs once; < 0 as wq_redis_start, and
 * it never does.  `now_ms` is the caller's clock. */
int wq_work_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                  const struct wq_work_claim *claim, size_t n,
                  void (*item)(void *ctx, size_t i, struct wq_work_item *out), void *ctx,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* The answer, borrowed from the command during its callback. */
struct wq_work_answer {
	const struct wq_redis_value *codes, *jobs, *moved;
	size_t jobs_n, moved_n;
	int64_t limit_ms;    /* until another start is allowed; 0: at once */
	int64_t next_due_ms; /* wall clock; when the next delayed job is due; 0: none, or nobody looked */
	bool more;           /* due jobs are left to be moved */
};
/* WQ_EPROTO (raised) when it is not an answer to n items. */
int wq_work_answer(const struct wq_redis_cmd *cmd, size_t n, struct wq_work_answer *out);
int wq_work_code(const struct wq_work_answer *a, size_t i);
/* A claimed job; the caller frees it.  Its counts are those with this start in them, its place is -1 when unknown. */
int wq_work_job(const struct wq_work_answer *a, size_t i, struct wq_job **out, int64_t *place);
/* A job of ours that stands elsewhere now. */
struct wq_str wq_work_moved(const struct wq_work_answer *a, size_t i, int64_t *place);
