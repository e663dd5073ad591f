/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_call.h — one request to /api/dlq/:name…: its queue of dead letters, and what it does there.
 *
 * As queue_call.h: it lives in the exchange's memory, gives back what it owns before the answer is given, and every
 * body is judged before there is a call.  A caller who goes away ends a walk behind the letter in flight.
 */
#include "app/api/api.h"
#include "app/api/dead_view.h"
#include "queue/dead_groups.h"
#include "queue/dead_letters.h"
#include "queue/dead_one.h"
#include "queue/queue_check.h"

struct wq_dead_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_ref ref;         /* of the dead letters */
	struct wq_str id;          /* of the letter; p == NULL: the route has none */
	struct wq_dead_filter filter;
	struct wq_dead_walk walk;
	struct wq_dead_one one;
	struct wq_dead_growth growth;
	struct wq_change change;
	struct wq_queue_check check;
	int (*start)(struct wq_dead_call *c); /* behind the check */
	struct wq_str data;        /* that takes the place of the letter's; p NULL: none */
	uint64_t limit, n;         /* letters told, at most and so far */
	struct wq_dead_groups *groups; /* in the exchange's memory */
	void *user;                /* of the handler; in the exchange's memory */
	struct wq_buf text;        /* of data */
	struct wq_buf body;        /* of the answer */
	struct wq_jsonw w;
	yyjson_doc *doc;           /* of the request; freed by the end */
};

/* NULL: the exchange is answered, and `doc` freed. */
struct wq_dead_call *wq_dead_call_begin(struct wq_exchange *x, void *api, yyjson_doc *doc);
/* Looks first whose queue it is; then `start`, as wq_dead_call_started. */
void wq_dead_call_change(struct wq_dead_call *c, int (*start)(struct wq_dead_call *c));
int wq_dead_call_walk(struct wq_dead_call *c,
                      enum wq_dead_wish (*on_letter)(struct wq_dead_walk *w,
                                                     const struct wq_dead_letter *l),
                      void (*on_end)(struct wq_dead_walk *w, int rc));
/* What a start returned: below 0 the exchange is answered and the call is over. */
void wq_dead_call_started(struct wq_dead_call *c, int rc);
/* Refuses, for a Redis that could not do it. */
void wq_dead_call_fail(struct wq_dead_call *c, int rc, const char *error);
/* Refuses, for a letter that is not as it should be: wq_dead_code_text. */
void wq_dead_call_refuse(struct wq_dead_call *c, int code);
/* Answers with what was written to c->w. */
void wq_dead_call_reply(struct wq_dead_call *c, int status);
/* The handler answers by itself, right behind this. */
void wq_dead_call_end(struct wq_dead_call *c);
