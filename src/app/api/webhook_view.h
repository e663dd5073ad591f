/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_view.h — webhooks of the log as JSON, the same for the API and for the command line. */
#include "base/json.h"
#include "domain/weblog/walk.h"
#include "store/webhook_keep.h"

enum wq_webhook_detail { WQ_WEBHOOK_ROW, WQ_WEBHOOK_FULL };

/* Full: with the body, as JSON if it is some; null when it was not kept. */
void wq_view_webhook(struct wq_jsonw *w, const struct wq_webhook_row *r,
                     enum wq_webhook_detail detail);
/* The content type of its body; application/json unless it came with another. */
struct wq_str wq_webhook_type(const struct wq_webhook_row *r);
/* Members of an open object: what a walk has counted, and where another goes on. */
void wq_view_webhook_counts(struct wq_jsonw *w, const struct wq_webhook_walk *walk);
void wq_view_webhook_next(struct wq_jsonw *w, const struct wq_webhook_place *next);

/* What a look at the newest webhooks counted. */
struct wq_webhook_tally {
	uint64_t n[WQ_WEBHOOK_OUTCOMES];
	uint64_t updates;
};
void wq_webhook_tally_add(struct wq_webhook_tally *t, const struct wq_webhook_row *r);
/* Members of an open object; the first during the callback of `s`. */
void wq_view_webhook_stats(struct wq_jsonw *w, const struct wq_webhook_stats *s);
void wq_view_webhook_tally(struct wq_jsonw *w, const struct wq_webhook_tally *t,
                           const struct wq_webhook_walk *walk);
