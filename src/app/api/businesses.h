/* SPDX-License-Identifier: MIT */
#pragma once
/* businesses.h — /api/businesses and /api/keys: who there is, and with which keys they call.
 *
 * A key is shown once: by the answer that made it.  An admin of one business makes and removes that business's keys;
 * all else takes an admin of all.
 */
#include "app/api/api.h"

struct wq_redis_value;

/* A record as people see it. */
void wq_view_business(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields);
void wq_view_key(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields);
/* The routes; `a->keyring` is there.  0 or a raised error. */
int wq_api_businesses_routes(struct wq_api *a);
