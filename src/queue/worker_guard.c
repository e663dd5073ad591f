/* SPDX-License-Identifier: MIT */
/* worker_guard.c — before the first claim, and every minute: is the queue one that we may work, and who else does? */
#include "base/assert.h"
#include "base/log.h"
#include "queue/worker_core.h"

enum { EVERY_MS = 60000, AGAIN_MS = 500 };

static void refuse(struct wq_worker *w)
{
	wq_error("queue_refused", WQ_SL("queue", w->ref.queue), WQ_S("why", w->check.why));
	if (!w->refused && w->handler.refused)
		w->handler.refused(w->handler.ctx, w->check.why);
	w->refused = true;
}

static void accept_queue(struct wq_worker *w)
{
	w->refused = false;
	w->older = w->check.seen.workers_v4 > 0;
	wq_schedules_set_major(&w->schedules, w->check.seen.major);
	if (w->check.warning[0] && !w->warned)
		wq_warn("queue_mixed", WQ_SL("queue", w->ref.queue), WQ_S("why", w->check.warning));
	w->warned = w->check.warning[0] != '\0';
	if (!w->checked)
		wq_worker_stalled_init(w);
	w->checked = true;
	wq_worker_look(w);
}

static void on_checked(struct wq_queue_check *c, int rc)
{
	struct wq_worker *w = WQ_OWNER(c, struct wq_worker, check);

	w->guarding = false;
	wq_timer_start(&w->guard, rc == 0 ? EVERY_MS : AGAIN_MS);
	if (rc != 0 || w->draining)
		return;
	if (c->refused)
		refuse(w);
	else
		accept_queue(w);
}

static void on_guard(struct wq_timer *t)
{
	struct wq_worker *w = WQ_OWNER(t, struct wq_worker, guard);

	w->guarding = wq_queue_check_start(&w->check, &w->ref, on_checked) == 0;
	if (!w->guarding)
		wq_timer_start(&w->guard, AGAIN_MS);
}

void wq_worker_guard_init(struct wq_worker *w)
{
	wq_timer_init(&w->guard, w->loop, on_guard);
	wq_timer_start(&w->guard, 0);
}

void wq_worker_guard_stop(struct wq_worker *w)
{
	if (w->guarding)
		wq_queue_check_forget(&w->check);
	w->guarding = false;
	wq_timer_stop(&w->guard);
}
