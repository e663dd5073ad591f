/* SPDX-License-Identifier: MIT */
#pragma once
/* job.h — a job as Redis holds it: BullMQ's hash, decoded.
 *
 * One allocation holds the struct and every byte it points to; wq_job_free frees it.  Strings are terminated, p == NULL
 * where the field is missing.  Fields that we do not know stay in Redis untouched.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/redis/redis.h"

struct wq_job {
	struct wq_str id, name;
	struct wq_str data, opts;      /* JSON as it was written; `opts` "{}" when missing */
	struct wq_str returnvalue, progress, stacktrace; /* JSON */
	struct wq_str failed_reason;   /* plain text */
	struct wq_str deferred_failure; /* `defa`: fail it with this reason instead of running it */
	struct wq_str scheduler;       /* `rjk` */
	struct wq_str dedup_id;        /* `deid` */
	struct wq_str parent_key, parent; /* full key; JSON with queueKey, id and flags */
	struct wq_str worker;          /* `pb`: who took it last */
	int64_t timestamp_ms, delay_ms, processed_on_ms, finished_on_ms; /* 0: missing */
	uint32_t priority;
	uint32_t attempts_made;        /* of both generations: attemptsMade + atm */
	uint32_t attempts_older;       /* of them, those in attemptsMade */
	uint32_t attempts_started;     /* `ats` */
	uint32_t stalls;               /* of both generations: stalledCounter + stc */
};

/* `hash`: an array whose first hash_n elements are names and values in turn, as HGETALL answers.  WQ_ENOENT (not
 * raised) when there are none, WQ_ENOMEM raised. */
int wq_job_decode(struct wq_job **out, struct wq_str id, const struct wq_redis_value *hash,
                  size_t hash_n);
void wq_job_free(struct wq_job *j);
