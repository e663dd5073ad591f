/* SPDX-License-Identifier: MIT */
#pragma once
/* deliverer.h — the subscriptions that this process works: it takes those that nobody works, and keeps its own.
 *
 *   tick (every WQ_SUB_TICK_MS) ──► which are mine? ──► lanes are made, changed, closed
 *
 * A process that dies loses its leases after WQ_SUB_LEASE_MS, and the others take over.
 */
#include "base/metrics.h"
#include "domain/event/line.h"
#include "domain/subscription/feed.h"
#include "domain/subscription/lane.h"

struct wq_deliverer;

struct wq_deliverer_opts {
	const struct wq_delivery_ways *ways; /* borrowed, as the next two */
	const struct wq_sub_keys *keys;
	struct wq_feed *feed;
	struct wq_event_line *events; /* is told how endpoints fare; NULL: nobody */
};

/* 0 or a raised error. */
int wq_deliverer_create(struct wq_deliverer **out, const struct wq_deliverer_opts *o);
/* A subscription has changed: it looks at once. */
void wq_deliverer_poke(struct wq_deliverer *d);
/* All its lanes look for what is due. */
void wq_deliverer_wake(struct wq_deliverer *d);
/* What is under way has `ms` to end; then all is given back, and on_closed runs, from the loop.  NULL is fine and tells
 * nobody. */
void wq_deliverer_close(struct wq_deliverer *d, uint64_t ms, void (*on_closed)(void *ctx),
                        void *ctx);
void wq_deliverer_add_metrics(struct wq_deliverer *d, struct wq_metrics *m);
