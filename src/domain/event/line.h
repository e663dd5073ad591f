/* SPDX-License-Identifier: MIT */
#pragma once
/* line.h — the system's own events, told from anywhere into the stream that subscribers are fed from.
 *
 *   wq_event_tell(node->events, &(struct wq_event_fact){ .type = WQ_EVENT_SINK_FULL, .data = wq_str("{…}") });
 *
 * Line    facts are copied, wait in a bounded line, and are written one by one, in order, however often Redis is away:
 *         telling never blocks and never fails what it tells of.  One too many is counted and lost.
 * Once    each is written once, whatever becomes of an answer; a fact with `once` also tells nobody anew what was told
 *         under that name within a day, by whatever process.
 * Cheap   while nobody has subscribed and nobody listens, nothing is written.
 * NULL    a line that is not there takes everything and tells nobody: callers need not look.
 */
#include "base/list.h"
#include "base/metrics.h"
#include "io/loop/timer.h"
#include "store/subscription.h"

/* To add one: a row here, its name in line.c, and a line of docs/subscriptions.md. */
enum wq_event_type {
	WQ_EVENT_SERVER_STARTED,
	WQ_EVENT_SERVER_STOPPING,
	WQ_EVENT_SUBSCRIPTION_PAUSED,    /* its endpoint is left alone for a while */
	WQ_EVENT_SUBSCRIPTION_RECOVERED, /* it takes posts again */
	WQ_EVENT_SUBSCRIPTION_DISABLED,  /* written by the settlement itself (sub_settle.lua) */
	WQ_EVENT_DEAD_LETTER_ADDED,
	WQ_EVENT_SINK_FULL,              /* webhooks are answered 503 */
	WQ_EVENT_QUEUE_BACKLOG,          /* more waits in a queue than may */
	WQ_EVENT_ACCOUNT_CHANGED,
	WQ_EVENT_TYPES
};
/* "server.started" */
const char *wq_event_type_name(enum wq_event_type t);

struct wq_event_fact {
	enum wq_event_type type;
	struct wq_str account; /* the number or business it is of; empty: none */
	struct wq_str data;    /* a JSON object, of up to WQ_EVENT_DATA_MAX_BYTES; empty: {} */
	struct wq_str once;    /* see above; empty: told each time */
};

struct wq_event_line {
	struct wq_loop *loop; /* borrowed, as the next */
	const struct wq_sub_keys *keys;
	int64_t events_max, events_ms; /* kept in the stream, and for how long */
	/* private */
	struct wq_list waiting;
	unsigned waiting_n;
	bool asking;
	struct wq_redis_cmd cmd;
	struct wq_timer again, deadline;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric told, lost;
};

/* The first members are the caller's to set. */
void wq_event_line_init(struct wq_event_line *l);
void wq_event_line_add_metrics(struct wq_event_line *l, struct wq_metrics *m);
/* Gives what waits so long to be written; then on_closed(ctx), from the loop.  What is left is lost. */
void wq_event_line_close(struct wq_event_line *l, uint64_t ms, void (*on_closed)(void *ctx),
                         void *ctx);

/* 0; WQ_EFULL (not raised), WQ_ETOOBIG (not raised): the data; WQ_ENOMEM (raised): it is lost.  Callers may ignore it:
 * losses are counted. */
int wq_event_tell(struct wq_event_line *l, const struct wq_event_fact *f);
