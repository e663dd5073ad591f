/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — subscriptions as a part of a node: their keys, the feed of news, the deliverer, and the line by which the
 * node tells events of its own (n->events). */
#include "app/node.h"
#include "domain/subscription/deliverer.h"

struct wq_subs_part {
	struct wq_sub_keys keys;
	struct wq_delivery_ways ways;
	struct wq_feed feed;
	struct wq_event_line events; /* the node's */
	struct wq_deliverer *deliverer; /* owned; NULL: other processes deliver */
	/* private */
	struct wq_producer *own; /* owned; NULL: the caller's is used */
	uint64_t drain_ms;
	struct wq_node *node;
	bool built;
	void (*done)(void *ctx);
	void *ctx;
};

/* The node has Redis and a client.  `producer` NULL: it gets one of its own.  0 or a raised error. */
int wq_subs_part_build(struct wq_subs_part *p, struct wq_node *n, struct wq_producer *producer);
/* done(ctx) runs later, from the loop; false: there is nothing to close. */
bool wq_subs_part_close(struct wq_subs_part *p, void (*done)(void *ctx), void *ctx);
