/* SPDX-License-Identifier: MIT */
#pragma once
/* window.h — windows of an account's contacts in Redis: those that close, and have closed, are told (lib/window.lua).
 *
 * Clock  now_ms as in send.h.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* WQ_WINDOW_BATCH of them at most. */
int wq_window_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_window_ticked {
	unsigned closing, closed; /* told */
	bool more;                /* others are due as well */
};
void wq_window_ticked(const struct wq_redis_cmd *cmd, struct wq_window_ticked *out);
