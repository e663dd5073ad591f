/* SPDX-License-Identifier: MIT */
#pragma once
/* pending_view.h — what waits for a person, as JSON: the same for the API and for the command line. */
#include "base/json.h"
#include "store/pending.h"

void wq_view_pending(struct wq_jsonw *w, const struct wq_pending *p, struct wq_str account,
                     int64_t now_ms);
/* Of how many accounts the sums are is not told. */
void wq_view_pending_counts(struct wq_jsonw *w, const struct wq_redis_cmd *cmd);
