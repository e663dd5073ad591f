/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_list.h — GET /api/dlq: the queues of dead letters, page by page. */
#include "io/server/exchange.h"

void wq_dead_list_handle(struct wq_exchange *x, void *api);
