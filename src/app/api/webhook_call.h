/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_call.h — one request to /api/webhook-logs…: it lives in the exchange's memory, gives back what it owns before
 * the answer is given, and ends its walk when the caller goes away. */
#include "app/api/api.h"
#include "app/api/webhook_logs.h"
#include "app/api/webhook_view.h"
#include "domain/weblog/replay.h"
#include "store/dead_runs.h"

struct wq_webhook_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_webhook_walk walk;
	struct wq_webhook_page page; /* of one entry */
	struct wq_webhook_stats stats;
	struct wq_webhook_tally tally;
	struct wq_webhook_replay replay;
	struct wq_webhook_target target;
	struct wq_dead_runs_call ask;
	uint64_t limit, n;           /* rows told, at most and so far */
	struct wq_buf body;          /* of the answer */
	struct wq_jsonw w;
};

/* NULL: the exchange is answered. */
struct wq_webhook_call *wq_webhook_call_begin(struct wq_exchange *x, struct wq_api *a);
int wq_webhook_call_walk(struct wq_webhook_call *c,
                         enum wq_webhook_wish (*on_row)(struct wq_webhook_walk *w,
                                                        const struct wq_webhook_row *r),
                         void (*on_end)(struct wq_webhook_walk *w, int rc));
/* What a start returned: below 0 the exchange is answered and the call is over. */
void wq_webhook_call_started(struct wq_webhook_call *c, int rc);
/* Refuses, for a Redis that could not do it. */
void wq_webhook_call_fail(struct wq_webhook_call *c, int rc, const char *error);
/* Refuses, for a webhook, or an endpoint, that is not as it should be. */
void wq_webhook_call_refuse(struct wq_webhook_call *c, enum wq_webhook_replayed code);
/* Answers with what was written to c->w. */
void wq_webhook_call_reply(struct wq_webhook_call *c, int status);
/* The handler answers by itself, right behind this. */
struct wq_exchange *wq_webhook_call_end(struct wq_webhook_call *c);
