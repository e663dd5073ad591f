/* SPDX-License-Identifier: MIT */
#pragma once
/* plan.h — what a worker is asked to do, read from the settings and judged before anything is opened. */
#include "app/settings/settings.h"
#include "queue/worker.h"

enum { WQ_PLAN_QUEUES_MAX = 64 };

struct wq_plan {
	struct wq_str queues[WQ_PLAN_QUEUES_MAX]; /* borrowed from the settings */
	unsigned queues_n;
	bool noop;
	const char *push; /* NULL: not asked for */
	struct wq_worker_opts o; /* of each queue; its texts are borrowed, `queue` is not set */
};

/* How the settings want workers to be; without a queue. */
void wq_plan_worker_opts(struct wq_worker_opts *o, const struct wq_settings *s);
/* False: a sentence that says what to change was printed. */
bool wq_plan_read(struct wq_plan *p, const struct wq_settings *s, bool noop);
/* The same: what shall become of the jobs? */
bool wq_plan_has_work(const struct wq_plan *p);
