/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — the sink as a part of a node: by itself (run.c), and of `serve` and `dev`. */
#include "app/node.h"
#include "app/sink/hooks.h"

struct wq_sink_part {
	struct wq_sink *sink; /* owned */
	struct wq_hooks hooks;
};

/* True: the settings ask for webhooks. */
bool wq_sink_part_wanted(const struct wq_settings *s);
/* Gives n->server its routes.  0, WQ_EINVAL (a sentence was printed) or a raised error. */
int wq_sink_part_build(struct wq_sink_part *p, struct wq_node *n);
/* done(ctx) runs later, from the loop; false: there is nothing to close. */
bool wq_sink_part_close(struct wq_sink_part *p, void (*done)(void *ctx), void *ctx);
void wq_sink_part_fini(struct wq_sink_part *p);
