/* SPDX-License-Identifier: MIT */
#pragma once
/* tosend.h — messages whose records scripts made, until their jobs are in the queue (lib/tosend.lua).
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* Those whose jobs did not come in time. */
int wq_tosend_take_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
bool wq_tosend_more(const struct wq_redis_cmd *cmd);
bool wq_tosend_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id, struct wq_str *data);
/* The jobs of these are in; at most WQ_TOSEND_MAX. */
int wq_tosend_done_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_str *ids, size_t n,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
