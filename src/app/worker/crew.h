/* SPDX-License-Identifier: MIT */
#pragma once
/* crew.h — the workers of a process, which stop together: they drain; what has not ended shortly before the drain's
 * time is up is cancelled, and at last left to the stalled check. */
#include "app/worker/plan.h"
#include "io/loop/timer.h"

struct wq_node;

struct wq_crew {
	struct wq_worker *workers[WQ_PLAN_QUEUES_MAX];
	unsigned n;
	unsigned draining, open; /* workers that are; that are not closed */
	struct wq_timer deadline;
	void (*done)(void *ctx);
	void *ctx;
};

/* One more worker; `o` without its queue.  0 or a raised error. */
int wq_crew_add(struct wq_crew *c, struct wq_node *n, const struct wq_worker_opts *o,
                struct wq_str queue, const struct wq_handler *handler);
/* done(ctx) runs later, from the loop; false: there is nobody. */
bool wq_crew_close(struct wq_crew *c, struct wq_node *n, void (*done)(void *ctx), void *ctx);
