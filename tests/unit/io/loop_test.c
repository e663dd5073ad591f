/* SPDX-License-Identifier: MIT */
/* loop_test.c — posts, timers, flows and joins on virtual time. */
#include "base/clock.h"
#include "base/random.h"
#include "io/loop/flow.h"
#include "io/loop/join.h"
#include "io/loop/loop.h"
#include "io/loop/timer.h"
#include "support/test.h"

enum { TURNS_MAX = 20000 };

struct world {
	struct wq_clock_virtual clock;
	struct wq_loop *loop;
	char log[512];
	size_t n;
};
static struct world w;

static void begin(void)
{
	w = (struct world){ .n = 0 };
	wq_clock_virtual_init(&w.clock, 1700000000000);
	WQ_CHECK_INT("create", wq_loop_create(&w.loop, &w.clock), 0);
}

static void note(const char *text)
{
	w.n += (size_t)snprintf(w.log + w.n, sizeof(w.log) - w.n, "[%llu]%s ",
	                        (unsigned long long)(wq_loop_now_us(w.loop) / 1000), text);
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void run_and_end(const char *want)
{
	wq_loop_run_until(w.loop, never, NULL, 200);
	WQ_CHECK_STR("what happened", w.log, want);
	wq_loop_destroy(w.loop);
}

static struct wq_timer ta, tb;
static void on_a(struct wq_timer *t)
{
	note("a");
	(void)t;
}
static void on_b(struct wq_timer *t)
{
	note("b");
	if (w.n < 40)
		wq_timer_start(t, 500);
}

WQ_TEST(timers_run_in_order_and_move)
{
	begin();
	wq_timer_init(&ta, w.loop, on_a);
	wq_timer_init(&tb, w.loop, on_b);
	wq_timer_start(&ta, 1000);
	wq_timer_start(&tb, 2000);
	wq_timer_start(&ta, 3000); /* later */
	wq_timer_start(&tb, 100);  /* earlier */
	run_and_end("[100]b [600]b [1100]b [1600]b [2100]b [2600]b [3000]a ");
}

WQ_TEST(a_stopped_timer_stays_silent)
{
	begin();
	wq_timer_init(&ta, w.loop, on_a);
	wq_timer_start(&ta, 1000);
	wq_timer_start(&ta, 2000);
	wq_timer_stop(&ta);
	WQ_CHECK("inactive", !wq_timer_active(&ta));
	run_and_end("");
}

static struct wq_post pa, pb, pe;
static void on_pa(struct wq_post *p)
{
	note("post");
	wq_post_at_end(&pe);
	wq_post_send(&pb);
	wq_post_send(&pb);
	(void)p;
}
static void on_pb(struct wq_post *p)
{
	note("next");
	(void)p;
}
static void on_pe(struct wq_post *p)
{
	note("end");
	(void)p;
}

WQ_TEST(posts_of_a_turn_wait_for_the_next)
{
	begin();
	wq_post_init(&pa, w.loop, on_pa);
	wq_post_init(&pb, w.loop, on_pb);
	wq_post_init(&pe, w.loop, on_pe);
	wq_post_send(&pa);
	run_and_end("[0]post [0]end [0]next ");
}

/* A flow of two waits and a branch, with a timer as its operation. */
enum { ASK, WAIT, TELL };
struct walk {
	struct wq_flow flow;
	struct wq_timer timer;
	bool cannot_start;
};
static struct walk walk;

static void on_walk_timer(struct wq_timer *t)
{
	wq_flow_resume(&WQ_OWNER(t, struct walk, timer)->flow, 0);
}
static enum wq_flow_next walk_ask(struct wq_flow *f)
{
	struct walk *k = WQ_OWNER(f, struct walk, flow);

	note("ask");
	if (k->cannot_start)
		return wq_flow_after(f, WAIT, -5);
	wq_timer_start(&k->timer, 1000);
	return wq_flow_after(f, WAIT, 0);
}
static void walk_cancel(struct wq_flow *f)
{
	struct walk *k = WQ_OWNER(f, struct walk, flow);

	note("cancel");
	wq_timer_start(&k->timer, 0);
}
static enum wq_flow_next walk_wait(struct wq_flow *f)
{
	note(f->cancelled ? "cancelled" : f->last < 0 ? "failed" : "done");
	return f->last < 0 ? wq_flow_end(f, f->last) : wq_flow_go(f, TELL);
}
static enum wq_flow_next walk_tell(struct wq_flow *f)
{
	note("tell");
	return wq_flow_end(f, 7);
}
static void walk_end(struct wq_flow *f, int rc)
{
	(void)f;
	note(rc == 7 ? "end7" : "end");
}
static const struct wq_flow_step steps[] = {
	[ASK] = { "ask", walk_ask, walk_cancel, WQ_BIT(WAIT) },
	[WAIT] = { "wait", walk_wait, NULL, WQ_BIT(TELL) },
	[TELL] = { "tell", walk_tell, NULL, 0 },
};

static void walk_start(bool cannot_start)
{
	begin();
	walk.cannot_start = cannot_start;
	wq_timer_init(&walk.timer, w.loop, on_walk_timer);
	wq_flow_init(&walk.flow, w.loop, steps, walk_end);
	wq_flow_start(&walk.flow);
	WQ_CHECK_STR("nothing runs inside the call", w.log, "");
}

WQ_TEST(a_flow_walks_its_steps)
{
	walk_start(false);
	run_and_end("[0]ask [1000]done [1000]tell [1000]end7 ");
}

WQ_TEST(a_flow_sees_what_could_not_start)
{
	walk_start(true);
	run_and_end("[0]ask [0]failed [0]end ");
}

static void on_cancel_timer(struct wq_timer *t)
{
	(void)t;
	wq_flow_cancel(&walk.flow);
}

WQ_TEST(a_cancelled_flow_completes_once)
{
	walk_start(false);
	wq_timer_init(&ta, w.loop, on_cancel_timer);
	wq_timer_start(&ta, 300);
	run_and_end("[0]ask [300]cancel [300]cancelled [300]tell [300]end7 ");
}

static struct wq_join join;
static void on_joined(struct wq_join *j, int rc)
{
	(void)j;
	note(rc == -9 ? "joined-9" : "joined");
}

WQ_TEST(a_join_waits_for_all_and_keeps_the_first_error)
{
	begin();
	wq_join_begin(&join, w.loop, on_joined);
	wq_join_add(&join, 0);
	wq_join_add(&join, -9);
	wq_join_add(&join, 0);
	wq_join_done(&join, -3);
	WQ_CHECK_INT("wait", wq_join_wait(&join), 0);
	wq_loop_run_until(w.loop, never, NULL, 20);
	WQ_CHECK_STR("one is missing", w.log, "");
	wq_join_done(&join, 0);
	run_and_end("[0]joined-9 ");
}

/* Many timers, moved at random, against the times they were last set to. */
enum { CROWD = 500 };
static struct wq_timer crowd[CROWD];
static uint64_t due[CROWD];
static unsigned fired;

static void on_crowd(struct wq_timer *t)
{
	WQ_CHECK("to the ms", due[t - crowd] == wq_loop_now_us(w.loop));
	fired++;
}

static bool all_fired(void *ctx)
{
	(void)ctx;
	return fired == CROWD;
}

WQ_TEST(a_crowd_of_timers_is_on_time)
{
	struct wq_rng rng;

	begin();
	wq_rng_init(&rng, 3);
	fired = 0;
	for (size_t i = 0; i < CROWD; i++)
		wq_timer_init(&crowd[i], w.loop, on_crowd);
	for (int round = 0; round < 5000; round++) {
		size_t i = wq_rng_below(&rng, CROWD);

		due[i] = 1000 * (1 + wq_rng_below(&rng, 1000));
		wq_timer_start_at(&crowd[i], due[i]);
	}
	for (size_t i = 0; i < CROWD; i++)
		if (!wq_timer_active(&crowd[i]))
			wq_timer_start_at(&crowd[i], due[i] = 5000);
	WQ_CHECK("all", wq_loop_run_until(w.loop, all_fired, NULL, TURNS_MAX));
	wq_loop_destroy(w.loop);
}

WQ_TEST_MAIN(WQ_CASE(timers_run_in_order_and_move), WQ_CASE(a_stopped_timer_stays_silent),
             WQ_CASE(posts_of_a_turn_wait_for_the_next), WQ_CASE(a_flow_walks_its_steps),
             WQ_CASE(a_flow_sees_what_could_not_start), WQ_CASE(a_cancelled_flow_completes_once),
             WQ_CASE(a_join_waits_for_all_and_keeps_the_first_error),
             WQ_CASE(a_crowd_of_timers_is_on_time))
