/* SPDX-License-Identifier: MIT */
/* worker_run.c — from a claimed job to its outcome.
 *
 *   claimed ──► its successor is made ──► handler ──► ending ──► outcome (outcome.c)
 *      └─ deferred failure, too many starts ──────────────────────▲
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "queue/worker_core.h"

#include <stdio.h>

enum { FOLLOW_AGAIN_MS = 200 };

static struct wq_slot *slot_of(const struct wq_task *t)
{
	return WQ_OWNER(t, struct wq_slot, task);
}

void wq_worker_end_slot(struct wq_worker *w, struct wq_slot *slot)
{
	wq_slots_move(&w->slots, slot, WQ_SLOT_ENDED, NULL);
	if (slot->outcome.broken_opts)
		wq_warn("job_options_broken", WQ_SL("queue", w->ref.queue),
		        WQ_SL("job", slot->job->id),
		        WQ_S("why", "they are no JSON object and count as {}"));
	wq_post_at_end(&w->turn);
}

/* From 0 to below 1. */
static double random_part(struct wq_worker *w)
{
	return (double)wq_rng_below(&w->rng, 1u << 30) / (double)(1u << 30);
}

static void fail(struct wq_worker *w, struct wq_slot *slot, const struct wq_failure *f)
{
	struct wq_outcome o;

	wq_outcome_fail(&o, slot->job, &w->rules, f, random_part(w), wq_loop_wall_ms(w->loop));
	wq_outcome_fini(&slot->outcome);
	slot->outcome = o;
	wq_worker_end_slot(w, slot);
}

void wq_worker_fail_slot(struct wq_worker *w, struct wq_slot *slot, const char *reason,
                         bool for_good)
{
	fail(w, slot, &(struct wq_failure){ .reason = wq_str(reason), .unrecoverable = for_good });
}

void wq_worker_cancel_slot(struct wq_worker *w, struct wq_slot *slot, enum wq_cancel_reason reason)
{
	if (slot->at != WQ_SLOT_RUNS || slot->task.cancelled)
		return;
	slot->task.cancelled = true;
	if (w->handler.cancel)
		w->handler.cancel(w->handler.ctx, &slot->task, reason);
}

static void on_timeout(struct wq_timer *t)
{
	struct wq_slot *slot = WQ_OWNER(t, struct wq_slot, timeout);

	wq_worker_cancel_slot(slot->task.worker, slot, WQ_CANCEL_TIMEOUT);
}

static void run(struct wq_worker *w, struct wq_slot *slot)
{
	wq_slots_move(&w->slots, slot, WQ_SLOT_RUNS, NULL);
	slot->started_us = wq_loop_now_us(w->loop);
	if (w->o.job_timeout_ms) {
		wq_timer_init(&slot->timeout, w->loop, on_timeout);
		wq_timer_start(&slot->timeout, w->o.job_timeout_ms);
	}
	w->handler.run(w->handler.ctx, &slot->task);
}

/* A slot whose successor is being made. */
struct following {
	struct wq_follow follow;
	struct wq_slot *slot;
};

/* Until its successor can be made: without one its scheduler would stop for good. */
static void put_back(struct wq_worker *w, struct wq_slot *slot)
{
	wq_outcome_plain(&slot->outcome, WQ_WORK_WAIT);
	wq_worker_end_slot(w, slot);
	wq_worker_hold(w, FOLLOW_AGAIN_MS);
}

static void on_followed(struct wq_follow *f, int rc)
{
	struct following *g = WQ_OWNER(f, struct following, follow);
	struct wq_worker *w = g->slot->task.worker;

	wq_slots_move(&w->slots, g->slot, WQ_SLOT_CLAIMED, NULL);
	if (rc != 0 && !w->closing) {
		wq_warn("successor_not_made", WQ_SL("queue", w->ref.queue),
		        WQ_SL("job", g->slot->job->id),
		        WQ_S("why", rc > 0 ? "Redis refused" : wq_err_text(rc)));
		if (wq_follow_may_yet(rc))
			put_back(w, g->slot);
	}
	wq_free(g);
	wq_post_send(&w->begin);
}

/* True: the job has to wait for it. */
static bool follow(struct wq_worker *w, struct wq_slot *slot)
{
	struct following *g;

	if (slot->followed || !wq_follow_wanted(slot->job))
		return false;
	slot->followed = true;
	g = wq_zalloc(sizeof(*g));
	if (!g) {
		WQ_RAISE(WQ_ENOMEM);
		put_back(w, slot);
		return true;
	}
	g->slot = slot;
	wq_follow_start(w->followers, &g->follow, slot->job, on_followed);
	wq_slots_move(&w->slots, slot, WQ_SLOT_FOLLOWS, NULL);
	return true;
}

static void begin(struct wq_worker *w, struct wq_slot *slot)
{
	const struct wq_job *j = slot->job;

	/* The answer to its claim came too late, or we stood still: somebody else may have it by now. */
	if (wq_loop_now_us(w->loop) >= slot->lease_until_us)
		wq_worker_lose(w, slot);
	if (slot->lost) {
		wq_worker_count(w, WQ_COUNT_LOST, 1);
		wq_worker_drop(w, slot);
	} else if (w->draining) {
		wq_outcome_plain(&slot->outcome, WQ_WORK_WAIT);
		wq_worker_end_slot(w, slot);
	} else if (follow(w, slot)) {
		return;
	} else if (j->deferred_failure.p) {
		fail(w, slot,
		     &(struct wq_failure){ .reason = j->deferred_failure, .unrecoverable = true });
	} else if (w->o.max_started_attempts && w->o.max_started_attempts < j->attempts_started) {
		wq_worker_fail_slot(w, slot, "job started more than allowable limit", true);
	} else {
		run(w, slot);
	}
}

/* What goes back goes to the front, so the last goes first and all are in their order again. */
static struct wq_slot *next_claimed(struct wq_worker *w)
{
	struct wq_list *head = &w->slots.claimed;

	return WQ_OWNER(w->draining ? head->prev : head->next, struct wq_slot, link);
}

static void on_begin(struct wq_post *p)
{
	struct wq_worker *w = WQ_OWNER(p, struct wq_worker, begin);

	while (!w->closing && !wq_list_empty(&w->slots.claimed) &&
	       (w->draining || w->slots.running < w->o.concurrency))
		begin(w, next_claimed(w));
}

/* NULL: its worker has left it, and with that it is gone. */
static struct wq_slot *ends(struct wq_task *t)
{
	struct wq_slot *slot = slot_of(t);
	struct wq_worker *w = t->worker;

	WQ_REQUIRE(slot->at == WQ_SLOT_RUNS); /* ended twice, or before it was given to the handler */
	if (!w) {
		wq_slot_free(slot);
		return NULL;
	}
	wq_timer_stop(&slot->timeout);
	wq_metric_observe_us(&w->run_time, wq_loop_now_us(w->loop) - slot->started_us);
	if (!wq_list_empty(&w->slots.claimed))
		wq_post_send(&w->begin);
	return slot;
}

void wq_task_complete(struct wq_task *t, struct wq_str json)
{
	struct wq_slot *slot = ends(t);

	if (!slot)
		return;
	wq_outcome_complete(&slot->outcome, slot->job, &t->worker->rules, json);
	wq_worker_end_slot(t->worker, slot);
}

void wq_task_fail(struct wq_task *t, const struct wq_failure *f)
{
	struct wq_slot *slot = ends(t);

	if (slot)
		fail(t->worker, slot, f);
}

void wq_task_delay(struct wq_task *t, int64_t delay_ms)
{
	struct wq_slot *slot = ends(t);

	if (!slot)
		return;
	wq_outcome_delay(&slot->outcome, delay_ms);
	wq_worker_end_slot(t->worker, slot);
}

static void end_plainly(struct wq_task *t, enum wq_work_kind kind)
{
	struct wq_slot *slot = ends(t);

	if (!slot)
		return;
	wq_outcome_plain(&slot->outcome, kind);
	wq_worker_end_slot(t->worker, slot);
}

void wq_task_release(struct wq_task *t)
{
	end_plainly(t, WQ_WORK_WAIT);
}

void wq_task_await_children(struct wq_task *t)
{
	end_plainly(t, WQ_WORK_CHILDREN);
}

bool wq_task_is_ours(const struct wq_task *t)
{
	const struct wq_slot *slot = slot_of(t);

	return t->worker && !slot->lost && wq_loop_now_us(t->worker->loop) < slot->lease_until_us;
}

void wq_worker_run_init(struct wq_worker *w)
{
	wq_post_init(&w->begin, w->loop, on_begin);
}
