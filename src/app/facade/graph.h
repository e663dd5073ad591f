/* SPDX-License-Identifier: MIT */
#pragma once
/* graph.h — Meta's Graph API as a façade: code that talks to graph.facebook.com talks to us, with a key of ours for its
 * token, and its messages go the way of all others.
 *
 * The id in the path is a phone number id of one of the accounts that the key sees (or the account's own id or number).
 * Whatever goes wrong is told as Meta tells it, statuses and codes included.
 */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_graph_facade_routes(struct wq_api *a);
