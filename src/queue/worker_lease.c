/* SPDX-License-Identifier: MIT */
/* worker_lease.c — a lease is what we believe of a lock: it ends lock_ms after we asked for it, by a clock that never
 * jumps, and so never after the lock itself.
 *
 * Half of it gone, it is renewed, all that are due by one call.  A lease that ran out, or whose lock Redis says is
 * gone, is lost: the handler is asked to stop, and the job is settled by nobody here.
 */
#include "base/assert.h"
#include "base/log.h"
#include "queue/worker_core.h"
#include "store/renew.h"

enum { RENEW_RETRY_DIVISOR = 20, TIMER_MIN_MS = 5 };

static void on_renewed(struct wq_redis_cmd *cmd, int rc);

static struct wq_slot *leased(struct wq_list *l)
{
	return WQ_OWNER(l, struct wq_slot, lease);
}

static uint64_t lock_us(const struct wq_worker *w)
{
	return (uint64_t)w->o.lock_ms * 1000;
}

/* When the lease at the head wants something. */
static void set_timer(struct wq_worker *w)
{
	struct wq_list *head = &w->slots.leases;
	uint64_t due;

	if (wq_list_empty(head) || w->closing) {
		wq_timer_stop(&w->lease);
		return;
	}
	due = leased(head->next)->lease_until_us - lock_us(w) / 2;
	if (leased(head->next)->renewing || due < w->renew_after_us)
		due = w->renew_after_us > due ? w->renew_after_us
		                              : leased(head->next)->lease_until_us;
	if (due > leased(head->next)->lease_until_us)
		due = leased(head->next)->lease_until_us;
	if (due < wq_loop_now_us(w->loop) + TIMER_MIN_MS * 1000)
		due = wq_loop_now_us(w->loop) + TIMER_MIN_MS * 1000;
	wq_timer_start_at(&w->lease, due);
}

void wq_worker_lease(struct wq_worker *w, struct wq_slot *slot, uint64_t since_us)
{
	slot->lease_until_us = since_us + lock_us(w);
	wq_list_remove(&slot->lease);
	wq_list_push(&w->slots.leases, &slot->lease);
	if (!wq_timer_active(&w->lease))
		set_timer(w);
}

/* A call that renews it forgets it. */
void wq_worker_lease_end(struct wq_worker *w, struct wq_slot *slot)
{
	wq_list_remove(&slot->lease);
	for (size_t i = 0; slot->renewing && i < WQ_COUNT(w->renewals); i++)
		for (uint32_t k = 0; w->renewals[i].open && k < w->renewals[i].n; k++)
			if (w->renewals[i].slots[k].slot == slot) {
				w->renewals[i].slots[k].slot = NULL;
				slot->renewing = false;
			}
}

void wq_worker_lose(struct wq_worker *w, struct wq_slot *slot)
{
	if (slot->lost)
		return;
	slot->lost = true;
	wq_worker_lease_end(w, slot);
	wq_warn("job_lock_lost", WQ_SL("queue", w->ref.queue), WQ_SL("job", slot->job->id));
	wq_worker_cancel_slot(w, slot, WQ_CANCEL_LOCK_LOST);
	if (slot->at == WQ_SLOT_ENDED)
		wq_post_at_end(&w->turn);
	else if (slot->at == WQ_SLOT_CLAIMED)
		wq_post_send(&w->begin);
}

static void expire(struct wq_worker *w)
{
	while (!wq_list_empty(&w->slots.leases)) {
		struct wq_slot *slot = leased(w->slots.leases.next);

		if (slot->lease_until_us > wq_loop_now_us(w->loop))
			return;
		wq_worker_lose(w, slot);
	}
}

static struct wq_renew_call *free_call(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->renewals); i++)
		if (!w->renewals[i].open)
			return &w->renewals[i];
	return NULL;
}

static void write_lock(void *ctx, size_t i, struct wq_str *id, struct wq_str *token)
{
	const struct wq_renew_call *c = ctx;

	*id = c->slots[i].slot->job->id;
	*token = c->slots[i].slot->task.token;
}

static void end_call(struct wq_renew_call *c)
{
	c->open = false;
	for (uint32_t i = 0; i < c->n; i++)
		if (c->slots[i].slot)
			c->slots[i].slot->renewing = false;
}

/* Those that are due, and those that soon will be. */
static void gather(struct wq_worker *w, struct wq_renew_call *c)
{
	uint64_t until = wq_loop_now_us(w->loop) + lock_us(w) / 2 + lock_us(w) / 8;

	c->n = 0;
	for (struct wq_list *l = w->slots.leases.next;
	     l != &w->slots.leases && c->n < WQ_WORKER_RENEW_MAX; l = l->next) {
		struct wq_slot *slot = leased(l);

		if (slot->lease_until_us > until)
			return;
		if (slot->renewing)
			continue;
		slot->renewing = true;
		c->slots[c->n++].slot = slot;
	}
}

/* False: none is due, or as many calls as may be are on their way. */
static bool renew(struct wq_worker *w)
{
	struct wq_renew_call *c = free_call(w);
	uint64_t now = wq_loop_now_us(w->loop);

	if (!c || now < w->renew_after_us)
		return false;
	gather(w, c);
	if (!c->n)
		return false;
	c->sent_us = now;
	c->open = true;
	if (wq_renew_start(&w->ref, &c->cmd, w->o.lock_ms, c->n, write_lock, c, on_renewed) == 0)
		return true;
	end_call(c);
	w->renew_after_us = now + lock_us(w) / RENEW_RETRY_DIVISOR;
	return false;
}

static void on_lease(struct wq_timer *t)
{
	struct wq_worker *w = WQ_OWNER(t, struct wq_worker, lease);

	expire(w);
	while (renew(w))
		;
	set_timer(w);
}

static struct wq_slot *lost_one(const struct wq_renew_call *c, struct wq_str id)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->slots[i].slot && wq_str_eq(c->slots[i].slot->job->id, id))
			return c->slots[i].slot;
	return NULL;
}

static void on_renewed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_renew_call *c = WQ_OWNER(cmd, struct wq_renew_call, cmd);
	struct wq_worker *w = c->worker;

	end_call(c);
	if (rc != 0) {
		w->renew_after_us = wq_loop_now_us(w->loop) + lock_us(w) / RENEW_RETRY_DIVISOR;
		set_timer(w);
		return;
	}
	for (size_t i = 0; i < wq_renew_lost_n(cmd); i++) {
		struct wq_slot *slot = lost_one(c, wq_renew_lost(cmd, i));

		if (slot)
			wq_worker_lose(w, slot);
	}
	for (uint32_t i = 0; i < c->n; i++)
		if (c->slots[i].slot && !c->slots[i].slot->lost)
			wq_worker_lease(w, c->slots[i].slot, c->sent_us);
	wq_timer_stop(&w->lease);
	set_timer(w);
}

void wq_worker_lease_init(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->renewals); i++)
		w->renewals[i].worker = w;
	wq_timer_init(&w->lease, w->loop, on_lease);
}

void wq_worker_lease_stop(struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->renewals); i++) {
		if (w->renewals[i].open)
			wq_redis_forget(&w->renewals[i].cmd);
		end_call(&w->renewals[i]);
		w->renewals[i].n = 0;
	}
	wq_timer_stop(&w->lease);
}
