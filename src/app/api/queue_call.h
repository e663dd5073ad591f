/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_call.h — one request to /api/queues/:name…: its queue, and what it does there.
 *
 * Lives in the exchange's memory, which goes with the answer: a call ends (giving back what it owns) before the answer
 * is given, and every body is judged before there is a call.
 */
#include "app/api/api.h"
#include "queue/inspector.h"
#include "queue/queue_check.h"

struct wq_queue_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_ref ref;
	struct wq_str id; /* of the job; p == NULL: the route has none */
	struct wq_look look;
	struct wq_inspect inspect;
	struct wq_queue_check check;
	void *wanted; /* by the handler; in the exchange's memory */
	struct wq_buf body; /* of the answer */
	struct wq_jsonw w;
	yyjson_doc *doc; /* of the request; freed by the end */
	/* results of looks; freed by the end */
	struct wq_queue_counts counts;
	struct wq_job_page page;
	struct wq_job_seen seen;
	struct wq_log_page logs;
	struct wq_queue_metrics metrics[2];
	struct wq_workers_seen workers;
	struct wq_children_page children;
	enum wq_children kind;
};

/* NULL: the exchange is answered.  on_look and on_inspect run when what the handler starts is done. */
struct wq_queue_call *wq_queue_call_begin(struct wq_exchange *x, void *api,
                                          void (*on_look)(struct wq_look *l, int rc),
                                          void (*on_inspect)(struct wq_inspect *i, int rc));
static inline struct wq_queue_call *wq_queue_call_of_look(struct wq_look *l)
{
	return WQ_OWNER(l, struct wq_queue_call, look);
}
static inline struct wq_queue_call *wq_queue_call_of_inspect(struct wq_inspect *i)
{
	return WQ_OWNER(i, struct wq_queue_call, inspect);
}
/* What a start returned: below 0 the exchange is answered and the call is over. */
void wq_queue_call_started(struct wq_queue_call *c, int rc);
/* Refuses, for a Redis that could not do it. */
void wq_queue_call_fail(struct wq_queue_call *c, int rc, const char *error);
/* Answers with what was written to c->w. */
void wq_queue_call_reply(struct wq_queue_call *c, int status);
/* The handler answers by itself, right behind this. */
void wq_queue_call_end(struct wq_queue_call *c);
