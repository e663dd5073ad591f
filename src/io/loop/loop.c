/* SPDX-License-Identifier: MIT */
/* loop.c — the turn, its posts and its timers, on top of uv_loop_t.
 *
 * uv_prepare runs just before the poll: the end of our turn.  Posts sent while posts run wait for the next turn, so
 * that a pair that keeps posting cannot starve the sockets; an idle handle then keeps the poll from blocking.
 */
#include "io/loop/loop.h"

#include <stdio.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "io/loop/timer.h"

struct wq_loop {
	uv_loop_t uv;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
	uv_timer_t wake;
	const struct wq_clock *clock;
	struct wq_clock_virtual *virtual_clock; /* NULL: real time */
	struct wq_list posts, ends;
	struct wq_heap timers;
	uint64_t now_us;
	uint64_t armed_us; /* what `wake` was started for; UINT64_MAX: it is not running */
	bool stale;        /* now_us is from before the poll */
	bool stopping;
	bool (*until)(void *ctx); /* tests: asked before each poll, which could block past the fact */
	void *until_ctx;
	unsigned quiet; /* turns in which nothing of ours ran; virtual time only */
	struct wq_metric turns, stalls, turn_time, lag;
};

/* Turns without a post or a timer before virtual time moves: bytes between sockets of this process arrive sooner. */
enum { QUIET_TURNS = 8 };

static void refresh(struct wq_loop *l)
{
	l->now_us = l->clock->mono_us(l->clock);
	l->stale = false;
}

static void run_posts(struct wq_loop *l, struct wq_list *queue)
{
	struct wq_list batch, *link;

	wq_list_init(&batch);
	wq_list_move(&batch, queue);
	while ((link = wq_list_pop(&batch))) {
		struct wq_post *p = WQ_OWNER(link, struct wq_post, link);

		l->quiet = 0;
		p->cb(p);
	}
}

static void run_timers(struct wq_loop *l)
{
	while (l->timers.root && l->timers.root->key <= l->now_us) {
		struct wq_timer *t = WQ_OWNER(l->timers.root, struct wq_timer, node);

		wq_heap_remove(&l->timers, &t->node);
		t->queued = false;
		if (t->due_us > l->now_us) { /* moved to later while it waited */
			if (t->due_us != UINT64_MAX) {
				t->queued = true;
				wq_heap_insert(&l->timers, &t->node, t->due_us);
			}
			continue;
		}
		wq_metric_observe_us(&l->lag, l->now_us - t->due_us);
		t->due_us = UINT64_MAX;
		l->quiet = 0;
		t->cb(t);
	}
}

static void on_idle(uv_idle_t *h)
{
	(void)h; /* its being active is what keeps the poll from blocking */
}

static void on_wake(uv_timer_t *h)
{
	struct wq_loop *l = h->data;

	l->armed_us = UINT64_MAX; /* the turn that it began runs the timers */
}

/* How long the coming poll may block. */
static void arm(struct wq_loop *l)
{
	uint64_t due;

	if (!wq_list_empty(&l->posts) || !wq_list_empty(&l->ends) || l->virtual_clock) {
		uv_idle_start(&l->idle, on_idle);
		return;
	}
	uv_idle_stop(&l->idle);
	due = l->timers.root ? l->timers.root->key : UINT64_MAX;
	if (due == l->armed_us)
		return;
	l->armed_us = due;
	if (due == UINT64_MAX) {
		uv_timer_stop(&l->wake);
		return;
	}
	uv_update_time(&l->uv);
	uv_timer_start(&l->wake, on_wake, due > l->now_us ? (due - l->now_us + 999) / 1000 : 0, 0);
}

static void jump(struct wq_loop *l)
{
	if (++l->quiet <= QUIET_TURNS || !l->timers.root)
		return;
	l->quiet = 0;
	if (l->timers.root->key > l->virtual_clock->us)
		l->virtual_clock->us = l->timers.root->key;
}

static void on_prepare(uv_prepare_t *h)
{
	struct wq_loop *l = h->data;
	uint64_t end;

	if (l->virtual_clock)
		jump(l);
	if (l->virtual_clock || l->stale)
		refresh(l);
	run_timers(l);
	run_posts(l, &l->posts);
	run_posts(l, &l->ends);
	end = l->clock->mono_us(l->clock);
	wq_metric_count(&l->turns, 1);
	wq_metric_observe_us(&l->turn_time, end - l->now_us);
	if (end - l->now_us > WQ_LOOP_SLOW_TURN_US)
		wq_metric_count(&l->stalls, 1);
	l->now_us = end;
	l->stale = true;
	if (l->stopping || (l->until && l->until(l->until_ctx)))
		uv_stop(&l->uv);
	arm(l);
}

static void on_check(uv_check_t *h)
{
	struct wq_loop *l = h->data;

	if (l->stale) /* no callback asked for the time */
		refresh(l);
}

static void init_metrics(struct wq_loop *l)
{
	l->turns = (struct wq_metric){ .name = "willaq_loop_turns_total",
		                       .help = "Turns of the event loop." };
	l->stalls = (struct wq_metric){ .name = "willaq_loop_stalls_total",
		                        .help = "Turns of the event loop that took over 50 ms." };
	l->turn_time =
		(struct wq_metric){ .name = "willaq_loop_turn_seconds",
		                    .help = "Time from the end of a poll to the start of the next.",
		                    .type = WQ_HISTOGRAM };
	l->lag = (struct wq_metric){ .name = "willaq_loop_lag_seconds",
		                     .help = "How much later than asked for timers ran.",
		                     .type = WQ_HISTOGRAM };
}

int wq_loop_create(struct wq_loop **out, struct wq_clock_virtual *virtual_clock)
{
	struct wq_loop *l = wq_zalloc(sizeof(*l));
	int rc;

	if (!l)
		return WQ_RAISE(WQ_ENOMEM);
	rc = uv_loop_init(&l->uv);
	if (rc < 0) {
		wq_free(l);
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_loop_init: %s", uv_strerror(rc));
	}
	l->uv.data = l;
	l->virtual_clock = virtual_clock;
	l->clock = virtual_clock ? &virtual_clock->clock : wq_clock_system();
	wq_list_init(&l->posts);
	wq_list_init(&l->ends);
	uv_prepare_init(&l->uv, &l->prepare);
	uv_check_init(&l->uv, &l->check);
	uv_idle_init(&l->uv, &l->idle);
	uv_timer_init(&l->uv, &l->wake);
	l->prepare.data = l->check.data = l->wake.data = l;
	l->armed_us = UINT64_MAX;
	uv_prepare_start(&l->prepare, on_prepare);
	uv_check_start(&l->check, on_check);
	init_metrics(l);
	refresh(l);
	*out = l;
	return 0;
}

static void tell_alive(uv_handle_t *h, void *ctx)
{
	(void)ctx;
	wq_error("handle_alive", WQ_S("type", uv_handle_type_name(h->type)),
	         WQ_B("closing", uv_is_closing(h)));
}

void wq_loop_destroy(struct wq_loop *l)
{
	if (!l)
		return;
	uv_close((uv_handle_t *)&l->prepare, NULL);
	uv_close((uv_handle_t *)&l->check, NULL);
	uv_close((uv_handle_t *)&l->idle, NULL);
	uv_close((uv_handle_t *)&l->wake, NULL);
	for (int turns = 0; turns < 16 && uv_run(&l->uv, UV_RUN_NOWAIT) > 0; turns++)
		; /* close callbacks, ours and those of handles just closed */
	if (uv_loop_close(&l->uv) < 0) {
		uv_walk(&l->uv, tell_alive, NULL);
		WQ_REQUIRE(!"a handle outlived its loop");
	}
	wq_free(l);
}

void wq_loop_run(struct wq_loop *l)
{
	l->stopping = false;
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void wq_loop_stop(struct wq_loop *l)
{
	l->stopping = true;
	uv_stop(&l->uv);
}

bool wq_loop_run_until(struct wq_loop *l, bool (*done)(void *ctx), void *ctx, unsigned turns)
{
	l->stopping = false;
	l->until = done;
	l->until_ctx = ctx;
	for (; turns > 0 && !done(ctx); turns--)
		uv_run(&l->uv, UV_RUN_ONCE);
	l->until = NULL;
	return done(ctx);
}

uint64_t wq_loop_now_us(struct wq_loop *l)
{
	if (l->stale)
		refresh(l);
	return l->now_us;
}

int64_t wq_loop_wall_ms(const struct wq_loop *l)
{
	return l->clock->wall_ms(l->clock);
}

struct uv_loop_s *wq_loop_uv(struct wq_loop *l)
{
	l->quiet = 0; /* whoever asks is about to start something */
	return &l->uv;
}

void wq_loop_add_metrics(struct wq_loop *l, struct wq_metrics *m)
{
	wq_metrics_add(m, &l->turns);
	wq_metrics_add(m, &l->stalls);
	wq_metrics_add(m, &l->turn_time);
	wq_metrics_add(m, &l->lag);
}

void wq_post_init(struct wq_post *p, struct wq_loop *l, void (*cb)(struct wq_post *))
{
	*p = (struct wq_post){ .cb = cb, .loop = l };
	wq_list_init(&p->link);
}

void wq_post_send(struct wq_post *p)
{
	if (wq_list_empty(&p->link))
		wq_list_push(&p->loop->posts, &p->link);
}

void wq_post_at_end(struct wq_post *p)
{
	if (wq_list_empty(&p->link))
		wq_list_push(&p->loop->ends, &p->link);
}

bool wq_post_pending(const struct wq_post *p)
{
	return !wq_list_empty(&p->link);
}

void wq_post_cancel(struct wq_post *p)
{
	wq_list_remove(&p->link);
}

void wq_timer_init(struct wq_timer *t, struct wq_loop *l, void (*cb)(struct wq_timer *t))
{
	*t = (struct wq_timer){ .loop = l, .cb = cb, .due_us = UINT64_MAX };
}

void wq_timer_start(struct wq_timer *t, uint64_t delay_ms)
{
	wq_timer_start_at(t, wq_loop_now_us(t->loop) + delay_ms * 1000);
}

void wq_timer_start_at(struct wq_timer *t, uint64_t due_us)
{
	WQ_REQUIRE(due_us != UINT64_MAX);
	t->due_us = due_us;
	if (t->queued && t->node.key <= due_us)
		return; /* it will be put back when its old time comes */
	if (t->queued)
		wq_heap_remove(&t->loop->timers, &t->node);
	t->queued = true;
	wq_heap_insert(&t->loop->timers, &t->node, due_us);
}

void wq_timer_stop(struct wq_timer *t)
{
	t->due_us = UINT64_MAX;
	if (!t->queued)
		return;
	t->queued = false;
	wq_heap_remove(&t->loop->timers, &t->node);
}

bool wq_timer_active(const struct wq_timer *t)
{
	return t->due_us != UINT64_MAX;
}
