/* SPDX-License-Identifier: MIT */
/* worker_stalled.c — now and then, and once at the start: jobs whose worker is gone go back.  All workers of a queue
 * share the check, of every version; a check goes in parts, one call after the other. */
#include "base/assert.h"
#include "base/log.h"
#include "queue/worker_core.h"

enum { AGAIN_MS = 1000 };

static void on_step(struct wq_redis_cmd *cmd, int rc);

static void go_on(struct wq_worker *w)
{
	const struct wq_stalled_rule rule = { .every_ms = w->o.stalled_interval_ms,
		.max = w->o.max_stalled_count,
		.most = w->stalled_step.phase == WQ_STALLED_MARK ? WQ_WORKER_MARK_MAX : WQ_WORKER_STALLED_MAX };

	w->checking = wq_stalled_start(&w->ref, &w->stalled_cmd, wq_loop_wall_ms(w->loop), &rule,
	                               &w->stalled_step, on_step) == 0;
	if (!w->checking)
		wq_timer_start(&w->stalled, AGAIN_MS);
}

static void on_step(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_worker *w = WQ_OWNER(cmd, struct wq_worker, stalled_cmd);
	size_t put_back;

	w->checking = false;
	if (rc != 0) {
		wq_timer_start(&w->stalled, AGAIN_MS);
		return;
	}
	put_back = wq_stalled_answer(cmd, &w->stalled_step);
	if (put_back) {
		wq_warn("jobs_stalled", WQ_SL("queue", w->ref.queue), WQ_U("jobs", put_back));
		wq_worker_count(w, WQ_COUNT_STALLED, (uint32_t)put_back);
		wq_worker_look(w);
	}
	if (w->stalled_step.phase != WQ_STALLED_DONE)
		go_on(w);
	else
		wq_timer_start(&w->stalled, w->o.stalled_interval_ms);
}

static void on_due(struct wq_timer *t)
{
	struct wq_worker *w = WQ_OWNER(t, struct wq_worker, stalled);

	w->stalled_step = (struct wq_stalled_step){ .phase = WQ_STALLED_FIRST };
	if (!w->draining && !w->closing)
		go_on(w);
}

void wq_worker_stalled_init(struct wq_worker *w)
{
	wq_timer_init(&w->stalled, w->loop, on_due);
	wq_timer_start(&w->stalled, 0);
}

void wq_worker_stalled_stop(struct wq_worker *w)
{
	if (w->checking)
		wq_redis_forget(&w->stalled_cmd);
	w->checking = false;
	wq_timer_stop(&w->stalled);
}
