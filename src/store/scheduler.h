/* SPDX-License-Identifier: MIT */
#pragma once
/* scheduler.h — the records of job schedulers, one script call each; what their times are is queue/scheduler.h's.
 *
 * A record tells from what template jobs are made and when; at any time the next job of each scheduler is there,
 * waiting or delayed, and the one behind it is made when a worker has taken it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/redis/redis.h"
#include "store/ref.h"

/* What is written down.  Strings empty and numbers 0: not given. */
struct wq_scheduler_record {
	struct wq_str id;
	struct wq_str name;          /* of its jobs */
	struct wq_str data, opts;    /* template, JSON; opts by their stored names */
	struct wq_str pattern, tz;
	int64_t every_ms, offset_ms;
	int64_t limit;               /* jobs in all */
	int64_t count;               /* upsert: the how-manieth its next job is */
	int64_t start_ms, end_ms;
};

/* Negative codes are BullMQ's. */
enum wq_scheduler_code {
	WQ_SCHEDULER_MADE = 0,
	WQ_SCHEDULER_OVER = 1,        /* beyond its limit or its end, or no such moment comes: nothing was written */
	WQ_SCHEDULER_COLLISION = -10, /* its next job is there already, and cannot be replaced */
	WQ_SCHEDULER_BUSY = -11,      /* so are those of the slots behind it */
};

/* `next_ms`: of a pattern, 0 with `every_ms`; `now` at once.  cb as in wq_redis_start. */
int wq_scheduler_upsert_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                              const struct wq_scheduler_record *r, int64_t next_ms,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* In cb: the code; 0 fills *job_id (borrowed from the reply) and *delay_ms. */
int wq_scheduler_upsert_code(const struct wq_redis_cmd *cmd, struct wq_str *job_id,
                             int64_t *delay_ms);

/* In cb: 1 it is gone with its next job, 0 there was none. */
int wq_scheduler_remove_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, struct wq_str id,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* One by its id, or a page by the time of the next job: `first` from 0, at most WQ_SCHEDULERS_PAGE_MAX. */
struct wq_scheduler_query {
	struct wq_str id; /* empty: a page */
	uint64_t first, count;
	bool ascending;
};
struct wq_scheduler_seen {
	struct wq_scheduler_record record; /* borrowed from the reply */
	int64_t next_ms;
	int64_t made;  /* jobs so far; 0: unknown, as of what came before schedulers */
	bool legacy;   /* a repeat of 4.x, known by the name it goes by alone */
};
int wq_scheduler_read_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd,
                            const struct wq_scheduler_query *q,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* In cb: how many there are in all, and on this page. */
uint64_t wq_scheduler_read_total(const struct wq_redis_cmd *cmd);
size_t wq_scheduler_read_count(const struct wq_redis_cmd *cmd);
/* False: the answer is not ours. */
bool wq_scheduler_read_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_scheduler_seen *out);

/* A job that was taken and whose successor is to be made. */
struct wq_scheduler_follow {
	struct wq_str job_id;
	int64_t next_ms; /* 0: by the interval of its scheduler */
};
/* In cb the reply holds one integer each: 1 made, 0 not: the scheduler is gone or has gone on. */
int wq_scheduler_follow_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                              const struct wq_scheduler_follow *items, size_t n,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc));
