/* SPDX-License-Identifier: MIT */
/* loop.c — in the place of io/loop/loop.c: the loop of one process, whose turns the run gives it. */
#include "io/loop/loop.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "io/loop/timer.h"
#include "sim/sim.h"

enum { TURN_US = 30, LAG_US = 300 };

struct wq_loop {
	struct wq_list posts, ends;
	struct wq_heap timers;
	struct sim_proc *proc;
	struct sim_event turn;
};

static void run_posts(struct wq_list *queue)
{
	struct wq_list batch, *link;

	wq_list_init(&batch);
	wq_list_move(&batch, queue);
	while ((link = wq_list_pop(&batch))) {
		struct wq_post *p = WQ_OWNER(link, struct wq_post, link);

		p->cb(p);
	}
}

static void run_timers(struct wq_loop *l)
{
	while (l->timers.root && l->timers.root->key <= sim.now_us) {
		struct wq_timer *t = WQ_OWNER(l->timers.root, struct wq_timer, node);

		wq_heap_remove(&l->timers, &t->node);
		t->queued = false;
		if (t->due_us > sim.now_us) {
			if (t->due_us != UINT64_MAX) {
				t->queued = true;
				wq_heap_insert(&l->timers, &t->node, t->due_us);
			}
			continue;
		}
		t->due_us = UINT64_MAX;
		t->cb(t);
	}
}

void sim_loop_turn(struct wq_loop *l)
{
	run_timers(l);
	run_posts(&l->posts);
	run_posts(&l->ends);
}

void sim_loop_arm(struct wq_loop *l)
{
	uint64_t due = l->timers.root ? l->timers.root->key : UINT64_MAX;

	if (!wq_list_empty(&l->posts) || !wq_list_empty(&l->ends))
		due = sim.now_us + 1 + sim_below(TURN_US);
	else if (due != UINT64_MAX)
		due = (due > sim.now_us ? due : sim.now_us) + sim_below(LAG_US);
	if (due == UINT64_MAX)
		sim_event_cancel(&l->turn);
	else if (!l->turn.queued || l->turn.node.key > due || l->turn.node.key + LAG_US < due)
		sim_event_at(&l->turn, due);
}

static void on_turn(struct sim_event *e)
{
	(void)e; /* what follows every event of a process is its turn */
}

int wq_loop_create(struct wq_loop **out, struct wq_clock_virtual *virtual_clock)
{
	struct wq_loop *l = wq_zalloc(sizeof(*l));

	(void)virtual_clock;
	wq_list_init(&l->posts);
	wq_list_init(&l->ends);
	l->proc = sim.in;
	sim_event_init(&l->turn, l->proc, on_turn);
	*out = l;
	return 0;
}

void wq_loop_destroy(struct wq_loop *l)
{
	(void)l;
}

/* Whoever would turn it himself is in the wrong world. */
void wq_loop_run(struct wq_loop *l)
{
	(void)l;
	WQ_REQUIRE(!"a loop that runs");
}

void wq_loop_stop(struct wq_loop *l)
{
	(void)l;
	WQ_REQUIRE(!"a loop that runs");
}

struct uv_loop_s *wq_loop_uv(struct wq_loop *l)
{
	(void)l;
	WQ_REQUIRE(!"a loop with descriptors");
	return NULL;
}

uint64_t wq_loop_now_us(struct wq_loop *l)
{
	(void)l;
	return sim.now_us;
}

int64_t wq_loop_wall_ms(const struct wq_loop *l)
{
	return sim_wall_ms() + l->proc->wall_off_ms;
}

void wq_loop_add_metrics(struct wq_loop *l, struct wq_metrics *m)
{
	(void)l;
	(void)m;
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
	wq_timer_start_at(t, sim.now_us + delay_ms * 1000);
}

void wq_timer_start_at(struct wq_timer *t, uint64_t due_us)
{
	WQ_REQUIRE(due_us != UINT64_MAX);
	t->due_us = due_us;
	if (t->queued && t->node.key <= due_us)
		return;
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
