/* SPDX-License-Identifier: MIT */
#pragma once
/* graph_message.h — the route by which Meta's clients send. */
#include "io/server/exchange.h"

/* A handler of a route of the API (ctx is struct wq_api). */
void wq_graph_message_handle(struct wq_exchange *x, void *api);
