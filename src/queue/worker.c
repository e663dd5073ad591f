/* SPDX-License-Identifier: MIT */
/* worker.c — the life of a worker.
 *
 *   create ──► works ──► drain: claims no more, its jobs end ──► drained ──► close ──► closed
 *
 * Everything that can fail comes first; the connection that waits for the marker is the last thing to be made, because
 * it goes asynchronously.
 */
#include "queue/worker.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "queue/worker_core.h"

#include <stdio.h>

#define DEAD_SUFFIX "-dlq"

void wq_worker_opts_init(struct wq_worker_opts *o)
{
	*o = (struct wq_worker_opts){
		.prefix = "bull",
		.concurrency = 1,
		.lock_ms = 30000,
		.stalled_interval_ms = 30000,
		.max_stalled_count = 1,
		.keep_completed = { .count = -1, .age_s = -1 },
		.keep_failed = { .count = -1, .age_s = -1 },
		.dead_letters_max = 10000,
		.batch_max = 50,
	};
}

static const char *problem(const struct wq_worker_opts *o)
{
	if (!o->prefix || !o->queue)
		return "a worker needs a queue and a prefix";
	if (!o->concurrency || o->concurrency > WQ_WORKER_CONCURRENCY_MAX)
		return "the concurrency of a worker is from 1 to 100000";
	if (o->lock_ms < 100 || !o->stalled_interval_ms)
		return "a lock lasts at least 100 ms, and the stalled check has an interval";
	if (!o->batch_max || o->batch_max > WQ_WORK_ITEMS_MAX)
		return "a batch is of 1 to 1000 jobs";
	if (o->limit_max && !o->limit_ms)
		return "a rate limit has a duration";
	return o->name && strlen(o->name) > WQ_WORKER_NAME_MAX_BYTES
	               ? "the name of the worker is too long"
	               : NULL;
}

/* A queue of dead letters has none of its own. */
static int init_dead(struct wq_worker *w)
{
	char name[WQ_QUEUE_NAME_MAX_BYTES + sizeof(DEAD_SUFFIX)];

	if (!w->o.dead_letters || wq_str_ends(w->ref.queue, DEAD_SUFFIX))
		return 0;
	snprintf(name, sizeof(name), "%.*s" DEAD_SUFFIX, WQ_STR_ARG(w->ref.queue));
	w->rules.dead_letters = true;
	return wq_ref_init(&w->dead, w->redis, w->ref.prefix, wq_str(name), NULL);
}

static int init_names(struct wq_worker *w, const struct wq_worker_opts *o)
{
	const char *why = problem(o);
	int rc = why ? WQ_EINVAL
	             : wq_ref_init(&w->ref, w->redis, wq_str(o->prefix), wq_str(o->queue), &why);
	unsigned char id[8];

	if (rc < 0)
		return why ? WQ_RAISE_MSG(rc, "%s", why) : rc;
	w->o = *o;
	w->o.prefix = w->o.queue = w->o.name = w->o.timezone = NULL;
	if (!w->o.drain_delay_ms)
		w->o.drain_delay_ms = WQ_WORKER_POLL_MS;
	snprintf(w->name, sizeof(w->name), "%s", o->name ? o->name : "");
	rc = wq_random_bytes(id, sizeof(id));
	for (size_t i = 0; i < sizeof(id); i++)
		snprintf(w->token + 2 * i, 3, "%02x", id[i]);
	wq_rng_init(&w->rng, wq_loop_now_us(w->loop) ^ ((uint64_t)id[0] << 32 | id[1]));
	w->rules = (struct wq_outcome_rules){ .keep_completed = o->keep_completed,
		                              .keep_failed = o->keep_failed,
		                              .max_started_attempts = o->max_started_attempts,
		                              .attempts = o->attempts,
		                              .backoff = o->backoff,
		                              .queue = w->ref.queue };
	return rc == 0 ? init_dead(w) : rc;
}

static void free_worker(struct wq_worker *w)
{
	wq_slots_fini(&w->slots);
	wq_ref_fini(&w->ref);
	wq_ref_fini(&w->dead);
	wq_schedules_fini(&w->schedules);
	wq_free(w->labels);
	wq_free(w);
}

static void on_grace(struct wq_timer *t)
{
	struct wq_worker *w = WQ_OWNER(t, struct wq_worker, grace);
	struct wq_list *l = w->slots.runs.next;

	while (l != &w->slots.runs) {
		struct wq_slot *slot = WQ_OWNER(l, struct wq_slot, link);

		l = l->next; /* a handler may end it at once */
		wq_worker_cancel_slot(w, slot, WQ_CANCEL_SHUTDOWN);
	}
}

static void on_mark(void *ctx, const struct wq_mark *m)
{
	struct wq_worker *w = ctx;
	int64_t in_ms = m->due_ms - wq_loop_wall_ms(w->loop);

	if (w->draining || w->closing || !wq_worker_room(w) ||
	    w->limited_until_us > wq_loop_now_us(w->loop)) {
		wq_wake_want(&w->wake, false);
		wq_wake_put_back(&w->wake, m);
	} else if (in_ms <= 0) {
		wq_wake_want(&w->wake, false); /* until it is seen what there is */
		wq_worker_look(w);
	} else if (!w->next_due_ms || m->due_ms < w->next_due_ms) {
		w->next_due_ms = m->due_ms;
		wq_timer_stop(&w->look);
		wq_post_at_end(&w->turn);
	}
}

/* Handlers that did not stop keep what they hold until they end it. */
static void leave_handlers(struct wq_worker *w)
{
	while (!wq_list_empty(&w->slots.runs)) {
		struct wq_slot *slot = WQ_OWNER(w->slots.runs.next, struct wq_slot, link);

		wq_warn("job_left", WQ_SL("queue", w->ref.queue), WQ_SL("job", slot->job->id),
		        WQ_S("why", "its handler did not stop: the stalled check puts it back"));
		wq_worker_count(w, WQ_COUNT_LOST, 1);
		wq_slots_leave(&w->slots, slot);
	}
}

static void on_ending(struct wq_post *p)
{
	struct wq_worker *w = WQ_OWNER(p, struct wq_worker, ending);
	void (*on_closed)(void *ctx) = w->on_closed;
	void *ctx = w->closed_ctx;

	if (w->closing) {
		wq_post_cancel(&w->begin);
		wq_post_cancel(&w->turn);
		leave_handlers(w);
		free_worker(w);
		if (on_closed)
			on_closed(ctx);
	} else {
		w->on_drained(w->drained_ctx);
	}
}

int wq_worker_create(struct wq_worker **out, struct wq_loop *l, struct wq_resolver *r,
                     struct wq_redis *redis, const struct wq_redis_opts *conn,
                     const struct wq_worker_opts *o, const struct wq_handler *h)
{
	struct wq_worker *w = wq_zalloc(sizeof(*w));
	int rc;

	*out = NULL;
	if (!w)
		return WQ_RAISE(WQ_ENOMEM);
	w->loop = l;
	w->redis = redis;
	w->handler = *h;
	wq_schedules_init(&w->schedules, o->timezone);
	rc = init_names(w, o);
	if (rc == 0)
		rc = wq_worker_counts_init(w);
	if (rc == 0)
		rc = wq_slots_init(&w->slots);
	if (rc == 0)
		rc = wq_followers_create(&w->followers, l, &w->ref, &w->schedules);
	if (rc == 0)
		rc = wq_wake_init(&w->wake, l, r, &w->ref, conn, o->name, on_mark, w);
	if (rc < 0) {
		wq_followers_close(w->followers, NULL, NULL);
		free_worker(w);
		return rc;
	}
	wq_worker_turn_init(w);
	wq_worker_run_init(w);
	wq_worker_lease_init(w);
	wq_worker_guard_init(w);
	wq_worker_notes_init(w);
	wq_timer_init(&w->grace, l, on_grace);
	wq_post_init(&w->ending, l, on_ending);
	*out = w;
	return 0;
}

static bool calls_open(const struct wq_worker *w)
{
	for (size_t i = 0; i < WQ_COUNT(w->calls); i++)
		if (w->calls[i].open)
			return true;
	return false;
}

void wq_worker_check_ended(struct wq_worker *w)
{
	if (w->closing) {
		if (!w->parts_open)
			wq_post_send(&w->ending);
		return;
	}
	if (!w->draining || w->told || wq_slots_held(&w->slots) || calls_open(w))
		return;
	w->told = true;
	wq_timer_stop(&w->grace);
	wq_post_send(&w->ending);
}

void wq_worker_drain(struct wq_worker *w, uint32_t grace_ms, void (*done)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!w->draining && !w->closing);
	w->draining = true;
	w->on_drained = done;
	w->drained_ctx = ctx;
	wq_wake_want(&w->wake, false);
	wq_timer_start(&w->grace, grace_ms);
	wq_post_send(&w->begin);
	wq_post_at_end(&w->turn);
}

static void on_part_closed(void *ctx)
{
	struct wq_worker *w = ctx;

	w->parts_open--;
	wq_worker_check_ended(w);
}

void wq_worker_close(struct wq_worker *w, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!w->closing);
	w->closing = true;
	w->on_closed = on_closed;
	w->closed_ctx = ctx;
	wq_post_cancel(&w->ending);
	wq_post_cancel(&w->begin);
	wq_worker_turn_stop(w);
	wq_worker_lease_stop(w);
	wq_worker_guard_stop(w);
	wq_worker_reclaim_stop(w);
	if (w->checked)
		wq_worker_stalled_stop(w);
	wq_worker_notes_stop(w);
	wq_timer_stop(&w->grace);
	on_grace(&w->grace);
	w->parts_open = 2;
	wq_followers_close(w->followers, on_part_closed, w);
	if (!wq_wake_close(&w->wake, on_part_closed, w))
		on_part_closed(w);
}

bool wq_worker_cancel(struct wq_worker *w, struct wq_str id)
{
	struct wq_slot *slot = wq_slots_find(&w->slots, id);

	if (!slot || slot->at != WQ_SLOT_RUNS)
		return false;
	wq_worker_cancel_slot(w, slot, WQ_CANCEL_REQUESTED);
	return true;
}

void wq_worker_hold(struct wq_worker *w, uint32_t ms)
{
	uint64_t until = wq_loop_now_us(w->loop) + (uint64_t)ms * 1000;

	if (until > w->limited_until_us)
		w->limited_until_us = until;
	w->want = true; /* then */
	wq_timer_stop(&w->look);
	if (!w->closing)
		wq_post_at_end(&w->turn);
}

uint32_t wq_worker_held(const struct wq_worker *w)
{
	return wq_slots_held(&w->slots);
}
