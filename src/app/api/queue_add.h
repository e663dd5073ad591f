/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_add.h — POST /api/queues/:name/jobs: one job or a list, all of them or none. */
struct wq_exchange;

void wq_queue_add_handle(struct wq_exchange *x, void *api);
