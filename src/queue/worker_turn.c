/* SPDX-License-Identifier: MIT */
/* worker_turn.c — at the end of a turn of the loop one call takes what ended to Redis and brings jobs for the slots.
 *
 *   turn ──► call ──► answer: codes, jobs, when to look again ──► begin (worker_run.c), turn
 *              └─ not carried out, or nobody knows: the same slots again, after a pause
 *
 * A slot whose call was lost may be settled already: sent again, its refusal then means just that.  A call that Redis
 * refuses because of one of its jobs is taken apart: its jobs go one by one until the guilty one is found.
 */
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "queue/worker_core.h"

#include <stdio.h>

enum { TRIES_MAX = 3 };

static void on_answer(struct wq_redis_cmd *cmd, int rc);

void wq_worker_look(struct wq_worker *w)
{
	w->want = true;
	wq_post_at_end(&w->turn);
}

static bool is_final(const struct wq_slot *slot)
{
	return slot->settled &&
	       (slot->outcome.kind == WQ_WORK_COMPLETED || slot->outcome.kind == WQ_WORK_FAILED);
}

void wq_worker_drop(struct wq_worker *w, struct wq_slot *slot)
{
	if (w->handler.gone)
		w->handler.gone(w->handler.ctx, &slot->task, is_final(slot));
	wq_worker_lease_end(w, slot);
	wq_slots_release(&w->slots, slot);
	wq_worker_check_ended(w);
}

static struct wq_work_call *free_call(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->calls); i++)
		if (!w->calls[i].open)
			return &w->calls[i];
	return NULL;
}

/* Items that a call may settle, or claim.  While due jobs are left every call moves some too, which takes its time. */
static uint32_t batch_max(const struct wq_worker *w)
{
	return w->promoting && w->o.batch_max > WQ_WORKER_PROMOTING_BATCH_MAX
	               ? WQ_WORKER_PROMOTING_BATCH_MAX
	               : w->o.batch_max;
}

/* Ended jobs for one call; those whose lock has run out go nowhere. */
static uint32_t gather(struct wq_worker *w, struct wq_work_call *c)
{
	uint32_t most = w->singly ? 1 : batch_max(w), n = 0;

	while (n < most && !wq_list_empty(&w->slots.ended)) {
		struct wq_slot *slot = WQ_OWNER(w->slots.ended.next, struct wq_slot, link);

		if (slot->lost) {
			wq_worker_count(w, WQ_COUNT_LOST, 1);
			wq_worker_drop(w, slot);
			continue;
		}
		wq_slots_move(&w->slots, slot, WQ_SLOT_SETTLES, &c->slots);
		n++;
	}
	return n;
}

static uint32_t claimable(struct wq_worker *w, uint32_t settles)
{
	uint32_t room = wq_worker_room(w), most = batch_max(w);
	uint32_t n = room < most ? room : most, slots;

	if (w->draining || w->closing || !w->checked || w->refused ||
	    wq_loop_now_us(w->loop) < w->limited_until_us)
		return 0;
	if (settles ? w->singly || (w->asked && !w->hungry) : !w->want && !w->hungry)
		return 0;
	slots = n ? wq_slots_reserve(&w->slots, w->asked + n) : 0;
	if (slots < w->asked + n)
		n = slots > w->asked ? slots - w->asked : 0;
	return n;
}

/* What 4.x counted may have moved to the other field when the job was claimed. */
static int64_t attempts_before(const struct wq_job *job)
{
	return job->attempts_older ? -1 : (int64_t)job->attempts_made;
}

static void write_item(void *ctx, size_t i, struct wq_work_item *out)
{
	struct wq_work_call *c = ctx;
	struct wq_slot *slot = WQ_OWNER(c->at, struct wq_slot, link);
	const struct wq_outcome *o = &slot->outcome;

	(void)i;
	*out = (struct wq_work_item){ .kind = o->kind,
		                      .id = slot->job->id,
		                      .token = slot->task.token,
		                      .value = o->value,
		                      .trace = o->trace,
		                      .dead_data = o->dead_data,
		                      .attempts = o->attempts,
		                      .delay_ms = o->delay_ms,
		                      .skip_attempt = o->skip_attempt,
		                      .keep_count = o->keep.count,
		                      .keep_age_s = o->keep.age_s,
		                      .keep_limit = o->keep.limit,
		                      .place = slot->place,
		                      .made = attempts_before(slot->job),
		                      .dedup_id = slot->job->dedup_id };
	c->at = c->at->next;
}

/* Its token is in c->token. */
static struct wq_work_claim claim_of(struct wq_worker *w, const struct wq_work_call *c)
{
	return (struct wq_work_claim){ .n = c->claims,
		                       .token = wq_str(c->token),
		                       .lock_ms = w->o.lock_ms,
		                       .worker = wq_str(w->name),
		                       .limit_max = w->o.limit_max,
		                       .limit_ms = w->o.limit_ms,
		                       .promote_max = WQ_WORKER_PROMOTE_MAX,
		                       .metrics_max = w->o.metrics_minutes,
		                       .older = w->older,
		                       .dead_base = w->rules.dead_letters ? wq_ref_base(&w->dead)
		                                                          : wq_str(""),
		                       .dead_max = w->o.dead_letters_max,
		                       .dead_age_s = w->o.dead_letters_age_s };
}

static int leave(struct wq_worker *w, struct wq_work_call *c)
{
	struct wq_work_claim claim;

	snprintf(c->token, sizeof(c->token), "%s:%llu", w->token, (unsigned long long)++w->tokens);
	claim = claim_of(w, c);
	c->sent_us = wq_loop_now_us(w->loop);
	c->at = c->slots.next;
	return wq_work_start(&w->ref, &c->cmd, wq_loop_wall_ms(w->loop), &claim, c->n, write_item,
	                     c, on_answer);
}

/* The slots of a call that was not carried out end once more; the first of them stay the first. */
static void take_back(struct wq_worker *w, struct wq_work_call *c, bool uncertain)
{
	while (!wq_list_empty(&c->slots)) {
		struct wq_slot *slot = WQ_OWNER(c->slots.prev, struct wq_slot, link);

		wq_slots_move(&w->slots, slot, WQ_SLOT_ENDED, NULL);
		wq_list_remove(&slot->link);
		wq_list_push_front(&w->slots.ended, &slot->link);
		slot->resent = slot->resent || uncertain;
	}
}

static void pause_calls(struct wq_worker *w)
{
	uint32_t ms = w->retry_ms ? w->retry_ms * 2 : WQ_WORKER_RETRY_MIN_MS;

	w->retry_ms = ms < WQ_WORKER_RETRY_MAX_MS ? ms : WQ_WORKER_RETRY_MAX_MS;
	wq_timer_start(&w->retry, w->retry_ms);
}

/* False: there is nothing to do, or nothing can be done now. */
static bool start_call(struct wq_worker *w)
{
	struct wq_work_call *c = free_call(w);

	if (!c || w->closing || wq_timer_active(&w->retry))
		return false;
	wq_list_init(&c->slots);
	c->n = gather(w, c);
	c->claims = claimable(w, c->n);
	if (!c->n && !c->claims)
		return false;
	if (leave(w, c) < 0) {
		take_back(w, c, false);
		pause_calls(w);
		return false;
	}
	if (c->claims)
		w->want = false;
	c->open = true;
	w->asked += c->claims;
	if (w->singly && c->n)
		w->singly--;
	wq_worker_count(w, WQ_COUNT_CALLS, 1);
	return true;
}

/* How long until an idle worker looks by itself. */
static uint64_t look_delay_ms(struct wq_worker *w)
{
	uint64_t now = wq_loop_now_us(w->loop), ms = w->o.drain_delay_ms;
	int64_t due = w->next_due_ms ? w->next_due_ms - wq_loop_wall_ms(w->loop) : INT64_MAX;

	if (w->limited_until_us > now)
		return (w->limited_until_us - now + 999) / 1000;
	if (due < (int64_t)ms)
		ms = due > 0 ? (uint64_t)due : 1;
	return ms;
}

static void settle_down(struct wq_worker *w)
{
	bool limited = wq_loop_now_us(w->loop) < w->limited_until_us;
	bool idle = !w->draining && !w->closing && w->checked && !w->refused && !w->asked &&
	            !wq_timer_active(&w->retry) && wq_worker_room(w);

	wq_wake_want(&w->wake, idle && !limited);
	if (idle && !wq_timer_active(&w->look))
		wq_timer_start(&w->look, look_delay_ms(w));
}

static void on_turn(struct wq_post *p)
{
	struct wq_worker *w = WQ_OWNER(p, struct wq_worker, turn);

	while (start_call(w))
		;
	settle_down(w);
	wq_worker_check_ended(w);
}

static void on_look(struct wq_timer *t)
{
	wq_worker_look(WQ_OWNER(t, struct wq_worker, look));
}

static void on_retry(struct wq_timer *t)
{
	wq_worker_look(WQ_OWNER(t, struct wq_worker, retry));
}

static enum wq_worker_count count_of(enum wq_work_kind kind)
{
	static const enum wq_worker_count counts[] = {
		[WQ_WORK_COMPLETED] = WQ_COUNT_COMPLETED, [WQ_WORK_FAILED] = WQ_COUNT_FAILED,
		[WQ_WORK_RETRY] = WQ_COUNT_RETRIED,       [WQ_WORK_DELAYED] = WQ_COUNT_DELAYED,
		[WQ_WORK_WAIT] = WQ_COUNT_RELEASED,       [WQ_WORK_CHILDREN] = WQ_COUNT_PARKED,
	};

	return counts[kind];
}

/* Redis would not take the outcome. */
static void on_refused(struct wq_worker *w, struct wq_slot *slot, int code)
{
	wq_worker_count(w, WQ_COUNT_REFUSED, 1);
	if (!slot->resent) /* else an earlier call, whose answer was lost, has done it */
		wq_warn("job_not_settled", WQ_SL("queue", w->ref.queue),
		        WQ_SL("job", slot->job->id),
		        WQ_S("why", code == WQ_WORK_MISSING ? "it was removed"
		                    : code == WQ_WORK_NOT_ACTIVE
		                            ? "it is not active any more"
		                            : "its lock is gone: somebody else may run it"));
}

static void tell_dead(struct wq_worker *w, const struct wq_slot *slot)
{
	if (!slot->outcome.dead_data.n)
		return;
	wq_worker_count(w, WQ_COUNT_DEAD, 1);
	if (w->o.on_dead)
		w->o.on_dead(w->o.on_dead_ctx, w->ref.queue, slot->job->id, slot->outcome.value);
}

static void on_code(struct wq_worker *w, struct wq_slot *slot, int code)
{
	char reason[128];

	switch (code) {
	case WQ_WORK_DONE:
		slot->settled = true;
		wq_worker_count(w, count_of(slot->outcome.kind), 1);
		tell_dead(w, slot);
		break;
	case WQ_WORK_NO_CHILDREN:
		wq_outcome_fini(&slot->outcome);
		slot->task.cancelled = false;
		wq_slots_move(&w->slots, slot, WQ_SLOT_CLAIMED, NULL);
		return;
	case WQ_WORK_CHILDREN_PENDING:
		snprintf(reason, sizeof(reason), "Job %.64s has pending dependencies",
		         slot->job->id.p);
		wq_worker_fail_slot(w, slot, reason, false);
		return;
	case WQ_WORK_CHILDREN_FAILED:
		snprintf(reason, sizeof(reason),
		         "Cannot complete job %.64s because it has at least one failed child",
		         slot->job->id.p);
		wq_worker_fail_slot(w, slot, reason, true);
		return;
	default:
		on_refused(w, slot, code);
	}
	wq_worker_drop(w, slot);
}

struct wq_slot *wq_worker_keep(struct wq_worker *w, struct wq_job *job, int64_t place,
                               struct wq_str token, uint64_t since_us)
{
	struct wq_slot *before = wq_slots_find(&w->slots, job->id), *slot;

	if (before)
		wq_worker_lose(
			w,
			before); /* ours came back by a stalled check: what still runs lost its lock */
	slot = wq_slots_take(&w->slots, job);
	WQ_REQUIRE(slot && token.n < sizeof(slot->token));
	slot->place = place;
	memcpy(slot->token, token.p, token.n);
	slot->token[token.n] = '\0';
	slot->task.token = wq_strn(slot->token, token.n);
	slot->task.worker = w;
	wq_worker_lease(w, slot, since_us);
	wq_worker_count(w, WQ_COUNT_CLAIMED, 1);
	return slot;
}

static void take_job(struct wq_worker *w, const struct wq_work_call *c,
                     const struct wq_work_answer *a, size_t i)
{
	struct wq_job *job;
	int64_t place;

	if (wq_work_job(a, i, &job, &place) < 0)
		return; /* told; its lock runs out, and somebody finds it stalled */
	wq_worker_keep(w, job, place, wq_str(c->token), c->sent_us);
}

void wq_worker_limit(struct wq_worker *w, int64_t ms)
{
	uint64_t until = wq_loop_now_us(w->loop);

	until += (uint64_t)(ms < WQ_WORKER_LIMITED_MAX_MS ? ms : WQ_WORKER_LIMITED_MAX_MS) * 1000;
	w->hungry = false;
	if (until > w->limited_until_us)
		w->limited_until_us = until;
	wq_timer_stop(&w->look);
}

/* What the claim tells of the queue. */
static void learn(struct wq_worker *w, const struct wq_work_call *c, const struct wq_work_answer *a)
{
	if (!c->claims)
		return;
	w->hungry = a->jobs_n == c->claims;
	w->promoting = a->more;
	w->next_due_ms = a->next_due_ms;
	wq_timer_stop(&w->look);
	if (a->limit_ms > 0)
		wq_worker_limit(w, a->limit_ms);
	if (a->more)
		w->want = true;
}

static void read_answer(struct wq_worker *w, struct wq_work_call *c, const struct wq_work_answer *a)
{
	for (size_t i = 0; i < a->moved_n; i++) {
		int64_t place;
		struct wq_slot *slot = wq_slots_find(&w->slots, wq_work_moved(a, i, &place));

		if (slot)
			slot->place = place;
	}
	for (size_t i = 0; i < c->n; i++)
		on_code(w, WQ_OWNER(c->slots.next, struct wq_slot, link), wq_work_code(a, i));
	for (size_t i = 0; i < a->jobs_n; i++)
		take_job(w, c, a, i);
	learn(w, c, a);
}

/* Its script could not cope with one of the jobs, or with the queue. */
static void suspect(struct wq_worker *w, struct wq_work_call *c)
{
	struct wq_slot *slot;

	if (c->n > 1) {
		w->singly = c->n + w->slots.ended_n;
		return;
	}
	if (!c->n)
		return;
	slot = WQ_OWNER(c->slots.next, struct wq_slot, link);
	if (++slot->tries < TRIES_MAX)
		return;
	wq_error("job_not_settled", WQ_SL("queue", w->ref.queue), WQ_SL("job", slot->job->id),
	         WQ_S("why", c->cmd.error));
	wq_worker_count(w, WQ_COUNT_LOST, 1);
	wq_worker_drop(w, slot);
}

static void on_failed_call(struct wq_worker *w, struct wq_work_call *c, int rc)
{
	bool uncertain = rc == WQ_ELOST || rc == WQ_ETIMEDOUT || rc == WQ_EREPLY ||
	                 rc == WQ_EPROTO || rc == WQ_REDIS_WRONGTYPE;

	wq_worker_count(w, WQ_COUNT_CALLS_FAILED, 1);
	if (!w->retry_ms)
		wq_warn("worker_waits", WQ_SL("queue", w->ref.queue),
		        WQ_S("why", rc > 0 || rc == WQ_EREPLY ? c->cmd.error : wq_err_text(rc)));
	if (rc == WQ_EREPLY || rc == WQ_REDIS_WRONGTYPE)
		suspect(w, c);
	if (uncertain)
		wq_worker_lost_call(w, c);
	take_back(w, c, uncertain);
	pause_calls(w);
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_work_call *c = WQ_OWNER(cmd, struct wq_work_call, cmd);
	struct wq_worker *w = c->worker;
	struct wq_work_answer a;

	c->open = false;
	w->asked -= c->claims;
	if (rc == 0)
		rc = wq_work_answer(cmd, c->n, &a);
	if (rc == 0) {
		if (w->retry_ms)
			wq_info("worker_goes_on", WQ_SL("queue", w->ref.queue));
		w->retry_ms = 0;
		wq_metric_set(&w->batch, c->n > a.jobs_n ? c->n : (double)a.jobs_n);
		read_answer(w, c, &a);
		wq_worker_reclaim(w);
	} else {
		on_failed_call(w, c, rc);
	}
	wq_post_send(&w->begin);
	wq_post_at_end(&w->turn);
}

void wq_worker_turn_init(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->calls); i++) {
		w->calls[i].worker = w;
		wq_list_init(&w->calls[i].slots);
	}
	wq_post_init(&w->turn, w->loop, on_turn);
	wq_timer_init(&w->look, w->loop, on_look);
	wq_timer_init(&w->retry, w->loop, on_retry);
}

void wq_worker_turn_stop(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->calls); i++) {
		if (w->calls[i].open)
			wq_redis_forget(&w->calls[i].cmd);
		w->calls[i].open = false;
		take_back(w, &w->calls[i], true);
	}
	wq_post_cancel(&w->turn);
	wq_timer_stop(&w->look);
	wq_timer_stop(&w->retry);
}
