/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_list.h — GET /api/queues: steps through the keys until a page is full, then the counts of each queue. */
struct wq_exchange;

void wq_queue_list_handle(struct wq_exchange *x, void *api);
