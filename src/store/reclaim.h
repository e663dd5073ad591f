/* SPDX-License-Identifier: MIT */
#pragma once
/* reclaim.h — finds jobs that a call of ours claimed whose answer never came, by the tokens of such calls. */
#include "io/redis/redis.h"
#include "store/job.h"
#include "store/ref.h"

/* Looks at the active jobs from `from` on (0: the oldest), WQ_WORKER_RECLAIM_MAX of them.  As wq_redis_start. */
int wq_reclaim_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, uint32_t lock_ms,
                     int64_t from, const struct wq_str *tokens, size_t n,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* During the callback, rc 0: how many were found, and where to go on; *next < 0: that was all. */
size_t wq_reclaim_found(const struct wq_redis_cmd *cmd, int64_t *next);
/* The caller frees the job. */
int wq_reclaim_job(const struct wq_redis_cmd *cmd, size_t i, struct wq_job **out, int64_t *place,
                   struct wq_str *token);
