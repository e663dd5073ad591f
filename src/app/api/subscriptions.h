/* SPDX-License-Identifier: MIT */
#pragma once
/* subscriptions.h — /api/subscriptions: who gets which events, and what became of them.
 *
 * A secret is shown once: by the answer that made it.
 */
#include "app/api/api.h"

/* The routes; `a->subs` is there.  0 or a raised error. */
int wq_api_subscriptions_routes(struct wq_api *a);
