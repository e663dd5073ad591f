/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — conversations as a part of a node that sends: the due clock, and all that it has done in time. */
#include "domain/block/sweep.h"
#include "domain/due/due.h"
#include "domain/send/tosend.h"
#include "domain/sequence/stepper.h"
#include "domain/window/rates.h"
#include "domain/window/tick.h"
#include "store/ref.h"

struct wq_node;

struct wq_conversation_part {
	struct wq_due *due; /* owned; NULL: not built */
	struct wq_window_ticker windows;
	struct wq_rates *rates; /* owned; NULL: the built-in ones */
	struct wq_block_sweeper blocks;
	struct wq_producer *producer; /* owned: of messages that fall due */
	struct wq_stepper stepper;
	struct wq_tosend tosend;
	/* private */
	struct wq_ref ref; /* of the queue of outbound messages */
	void (*done)(void *ctx);
	void *ctx;
};

/* 0 or a raised error. */
int wq_conversation_part_build(struct wq_conversation_part *p, struct wq_node *n,
                               const struct wq_accounts *accounts);
/* done(ctx) runs later, from the loop; false: nothing was built. */
bool wq_conversation_part_close(struct wq_conversation_part *p, void (*done)(void *ctx), void *ctx);
