/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_schedulers.h — GET and DELETE of /api/queues/:name/schedulers. */
#include "base/json.h"
#include "store/scheduler.h"

struct wq_exchange;

void wq_queue_schedulers_handle(struct wq_exchange *x, void *api);
void wq_queue_scheduler_remove_handle(struct wq_exchange *x, void *api);

/* Of an answer to wq_scheduler_read_start, as {"data": […], "total": n, "next_cursor": …}. */
void wq_view_schedulers(struct wq_jsonw *w, const struct wq_redis_cmd *cmd, uint64_t first);
