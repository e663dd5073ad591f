/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — the sink as a part of a node: by itself (run.c), and of `serve` and `dev`. */
#include "app/node.h"
#include "app/sink/hooks.h"
#include "app/sink/secrets.h"

struct wq_sink_part {
	bool proxy;           /* in: requests are passed on, and no jobs made unless a queue is named */
	/* in: this process works the messages as well: in order, unless the settings say otherwise */
	bool worked;
	struct wq_sink *sink; /* owned */
	struct wq_sink_secrets secrets;
	struct wq_hooks hooks;
	struct wq_refusals refusals;
};

/* How the settings want the sink, its texts borrowed from them. */
void wq_sink_part_opts(const struct wq_settings *s, struct wq_sink_opts *o);
/* Gives n->server its routes; those of a provider without any secret are closed.  `secret` (Meta's) and `token` NULL:
 * the settings'.  0, WQ_EINVAL (a sentence was printed) or a raised error. */
int wq_sink_part_build(struct wq_sink_part *p, struct wq_node *n, const char *secret,
                       const char *token);
/* done(ctx) runs later, from the loop; false: there is nothing to close. */
bool wq_sink_part_close(struct wq_sink_part *p, void (*done)(void *ctx), void *ctx);
void wq_sink_part_fini(struct wq_sink_part *p);
