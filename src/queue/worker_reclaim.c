/* SPDX-License-Identifier: MIT */
/* worker_reclaim.c — an answer was lost: did its call claim jobs?
 *
 * They are active and locked by a token that is ours, and nobody works them.  As soon as Redis answers again they are
 * looked for, part by part; the stalled check would need a minute.
 */
#include "base/assert.h"
#include "base/log.h"
#include "queue/worker_core.h"
#include "store/reclaim.h"

#include <stdio.h>

static void on_part(struct wq_redis_cmd *cmd, int rc);

void wq_worker_lost_call(struct wq_worker *w, const struct wq_work_call *c)
{
	struct wq_lost_call *lost;

	if (!c->claims)
		return;
	if (w->lost_n == WQ_WORKER_LOST_CALLS_MAX) { /* the oldest is left to the stalled check */
		memmove(w->lost, w->lost + 1, (WQ_WORKER_LOST_CALLS_MAX - 1) * sizeof(w->lost[0]));
		w->lost_n--;
	}
	lost = &w->lost[w->lost_n++];
	memcpy(lost->token, c->token, sizeof(lost->token));
	lost->since_us = wq_loop_now_us(w->loop);
	w->lost_again = true;
}

static bool start_part(struct wq_worker *w)
{
	struct wq_str tokens[WQ_WORKER_LOST_CALLS_MAX];

	for (uint32_t i = 0; i < w->lost_n; i++)
		tokens[i] = wq_str(w->lost[i].token);
	w->reclaim_us = wq_loop_now_us(w->loop);
	w->reclaiming = wq_reclaim_start(&w->ref, &w->reclaim_cmd, w->o.lock_ms, w->reclaim_from,
	                                 tokens, w->lost_n, on_part) == 0;
	return w->reclaiming;
}

static bool is_held(const struct wq_worker *w, struct wq_str id, struct wq_str token)
{
	const struct wq_slot *slot = wq_slots_find(&w->slots, id);

	return slot && wq_str_eq(slot->task.token, token);
}

static void take(struct wq_worker *w, size_t i)
{
	struct wq_slot *slot;
	struct wq_str token;
	struct wq_job *job;
	int64_t place;

	if (wq_reclaim_job(&w->reclaim_cmd, i, &job, &place, &token) < 0)
		return;
	if (is_held(w, job->id, token) || token.n >= WQ_TOKEN_MAX_BYTES ||
	    wq_slots_reserve(&w->slots, w->asked + 1) < w->asked + 1) {
		wq_job_free(job);
		return;
	}
	slot = wq_worker_keep(w, job, place, token, w->reclaim_us);
	wq_info("job_reclaimed", WQ_SL("queue", w->ref.queue), WQ_SL("job", slot->job->id));
}

static void on_part(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_worker *w = WQ_OWNER(cmd, struct wq_worker, reclaim_cmd);
	size_t n;

	w->reclaiming = false;
	if (rc != 0)
		return; /* begun again with the next answer */
	n = wq_reclaim_found(cmd, &w->reclaim_from);
	for (size_t i = 0; i < n; i++)
		take(w, i);
	if (n)
		wq_post_send(&w->begin);
	if (w->reclaim_from >= 0) {
		start_part(w);
		return;
	}
	w->reclaim_from = 0;
	if (!w->lost_again)
		w->lost_n = 0;
}

/* Tokens whose locks have run out are of no use. */
static void forget_old(struct wq_worker *w)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < w->lost_n; i++)
		if (w->lost[i].since_us + (uint64_t)w->o.lock_ms * 1000 > wq_loop_now_us(w->loop))
			w->lost[kept++] = w->lost[i];
	w->lost_n = kept;
}

void wq_worker_reclaim(struct wq_worker *w)
{
	if (!w->lost_n || w->reclaiming || w->draining || w->closing)
		return;
	forget_old(w);
	w->lost_again = false;
	w->reclaim_from = 0;
	if (w->lost_n)
		start_part(w);
}

void wq_worker_reclaim_stop(struct wq_worker *w)
{
	if (w->reclaiming)
		wq_redis_forget(&w->reclaim_cmd);
	w->reclaiming = false;
}
