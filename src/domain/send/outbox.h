/* SPDX-License-Identifier: MIT */
#pragma once
/* outbox.h — the timer of a sending process that looks after accounts: what stayed unconfirmed is told, and what waits
 * in their outboxes (store/outbox.h) is passed on to subscribers.
 *
 *   tick: those that sent or heard something since the last one, and WQ_OUTBOX_LOOKS of all others, in turn
 *         sweep ──► read, pass on ──► drop ──► read … ──► the next account
 *
 * Redis away: the round ends, and the next tick begins anew.  One command in flight.
 */
#include "base/metrics.h"
#include "domain/account/directory.h"
#include "io/loop/flow.h"
#include "io/loop/timer.h"
#include "store/outbox.h"

enum { WQ_OUTBOX_STOPS = 2 * WQ_OUTBOX_LOOKS };

struct wq_outbox {
	/* in; borrowed */
	struct wq_loop *loop;
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	const char *prefix; /* of queues */
	int64_t events_max, events_ms; /* kept for subscribers */
	void (*on_idle)(void *ctx); /* optional: it was asked to stop, and has */
	void *ctx;
	/* private */
	struct wq_sub_keys subs;
	struct wq_timer timer;
	struct wq_flow flow;
	struct wq_redis_cmd cmd, pass;
	struct wq_outbox_ids ids;
	struct wq_send_keys keys;
	char stops[WQ_OUTBOX_STOPS][WQ_ACCOUNT_ID_MAX_BYTES + 1]; /* of this round */
	size_t stops_n, at;
	size_t turn; /* accounts of all that rounds have seen */
	bool more, running, stopped;
	struct wq_metric unconfirmed, passed;
};

/* The first members are the caller's to set. */
void wq_outbox_start(struct wq_outbox *o);
/* The next tick looks at this one. */
void wq_outbox_mark(struct wq_outbox *o, struct wq_str account);
void wq_outbox_add_metrics(struct wq_outbox *o, struct wq_metrics *m);
/* No tick begins any more.  True: nothing is in flight; false: on_idle runs once that is so. */
bool wq_outbox_stop(struct wq_outbox *o);
