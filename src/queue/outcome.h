/* SPDX-License-Identifier: MIT */
#pragma once
/* outcome.h — what becomes of a job that ended: decided from its options and counts, without Redis and without a clock.
 *
 *   complete   → completed
 *   fail       → again at once, again later, or failed for good (with a dead letter if there shall be one)
 *   the others   as they are called
 */
#include "queue/job_policy.h"
#include "store/job.h"
#include "store/work.h"

struct wq_failure {
	struct wq_str reason;   /* plain text, at most WQ_JOB_REASON_MAX_BYTES are kept */
	struct wq_str stack;    /* one stack trace, plain text; empty: the reason stands for it */
	bool unrecoverable;     /* for good, whatever attempts are left */
	int64_t wait_ms;        /* at least, before the next attempt; 0: the backoff alone decides */
};

/* What holds for every job of a worker. */
struct wq_outcome_rules {
	struct wq_keep keep_completed, keep_failed; /* unless the job has its own */
	uint32_t max_started_attempts;              /* 0: no bound */
	uint32_t attempts;                          /* of a job whose options say none; 0 as 1 */
	struct wq_backoff backoff;                  /* of a job whose options say none */
	bool dead_letters;
	struct wq_str queue;
};

struct wq_outcome {
	enum wq_work_kind kind;
	struct wq_str value, trace, dead_data; /* in `text`, or static */
	char *text;                            /* owned */
	uint32_t attempts;
	int64_t delay_ms;
	bool skip_attempt;
	struct wq_keep keep;
	bool broken_opts; /* the job's options were no JSON */
};

/* `json` that is no JSON is kept as a JSON string, empty as null.  Out of memory (raised): null, for the
 * job is done. */
void wq_outcome_complete(struct wq_outcome *o, const struct wq_job *j,
                         const struct wq_outcome_rules *r, struct wq_str json);
/* `random` is from 0 to below 1.  Out of memory (raised): the reason says so, and what cannot be known is
 * decided for the job's good: if not how many attempts it has, it has another; if its dead letter could not be written,
 * it stays in the failed set. */
void wq_outcome_fail(struct wq_outcome *o, const struct wq_job *j, const struct wq_outcome_rules *r,
                     const struct wq_failure *f, double random, int64_t now_ms);
/* Due again in delay_ms (0 and more). */
void wq_outcome_delay(struct wq_outcome *o, int64_t delay_ms);
/* WQ_WORK_WAIT or WQ_WORK_CHILDREN. */
void wq_outcome_plain(struct wq_outcome *o, enum wq_work_kind kind);
/* Twice is fine, zeroed is fine. */
void wq_outcome_fini(struct wq_outcome *o);
