/* SPDX-License-Identifier: MIT */
#pragma once
/* renew.h — keeps the locks of jobs that still run: any number by one script call. */
#include "io/redis/redis.h"
#include "store/ref.h"

/* `lock(ctx, i, …)` is asked for each of n jobs while the call starts.  As wq_work_start. */
int wq_renew_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, uint32_t lock_ms, size_t n,
                   void (*lock)(void *ctx, size_t i, struct wq_str *id, struct wq_str *token),
                   void *ctx, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* During the callback: ids whose lock is gone, or another's. */
size_t wq_renew_lost_n(const struct wq_redis_cmd *cmd);
struct wq_str wq_renew_lost(const struct wq_redis_cmd *cmd, size_t i);
