/* SPDX-License-Identifier: MIT */
/* run_test.c — the runner against a peer in the process that answers at once, stands still, or never answers.
 *
 * Time is real, so bounds are on the side that a busy machine cannot break: nothing ends earlier than it did.
 */
#include "app/bench/run.h"

#include "base/alloc.h"
#include "base/err.h"
#include "io/loop/timer.h"
#include "support/test.h"

enum { SLOTS = 1000 };

/* Takes one operation at a time (or `most`), and ends it in the next turn, but for the time from `still_us` on. */
static struct {
	struct wq_loop *loop;
	struct wq_bench *run;
	struct wq_timer later;
	struct wq_bench_op held[SLOTS];
	unsigned n, most;
	uint64_t still_us, still_for_us; /* since the first operation */
	uint64_t first_us, begun, refuse_every, stop_at;
	bool deaf; /* never answers */
	bool closed;
} peer;

static bool stands_still(void)
{
	uint64_t at = wq_bench_now_us() - peer.first_us;

	return peer.deaf || (at >= peer.still_us && at < peer.still_us + peer.still_for_us);
}

static void on_later(struct wq_timer *t)
{
	unsigned n = peer.n;

	if (stands_still()) {
		wq_timer_start(t, 1);
		return;
	}
	peer.n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct wq_bench_op op = peer.held[i];
		bool refuse = peer.refuse_every && op.n % peer.refuse_every == 0;

		wq_bench_ended(peer.run, &op, refuse ? WQ_BENCH_REFUSED : WQ_BENCH_OK, 503);
	}
}

static bool begin(void *ctx, struct wq_bench_op op)
{
	(void)ctx;
	if (peer.n == peer.most)
		return false;
	if (!peer.first_us)
		peer.first_us = wq_bench_now_us();
	WQ_CHECK_INT("one after the other", op.n, peer.begun);
	peer.begun++;
	peer.held[peer.n++] = op;
	if (!wq_timer_active(&peer.later))
		wq_timer_start(&peer.later, 0);
	if (peer.stop_at && peer.begun == peer.stop_at)
		wq_bench_stop(peer.run);
	return true;
}

static void on_close(void *ctx)
{
	(void)ctx;
	peer.closed = true;
	for (unsigned i = 0; i < peer.n; i++)
		wq_bench_ended(peer.run, &peer.held[i], WQ_BENCH_LATE, 0);
	peer.n = 0;
	wq_timer_stop(&peer.later);
	wq_bench_closed(peer.run);
}

/* The result lives until end(). */
static const struct wq_bench_result *run(struct wq_bench_plan plan, uint64_t warm_up_us,
                                         uint64_t drain_us)
{
	static const struct wq_bench_driver driver = { .begin = begin, .close = on_close };
	struct wq_bench_opts o = { .plan = plan,
		                   .warm_up_us = warm_up_us,
		                   .interval_us = 100000,
		                   .drain_us = drain_us,
		                   .unit = "ops" };

	WQ_CHECK_INT("loop", wq_loop_create(&peer.loop, NULL), 0);
	o.loop = peer.loop;
	wq_timer_init(&peer.later, peer.loop, on_later);
	WQ_CHECK_INT("create", wq_bench_create(&peer.run, &o, &driver), 0);
	wq_bench_run(peer.run);
	WQ_CHECK("closed", peer.closed);
	return wq_bench_result(peer.run);
}

static void end(void)
{
	wq_bench_destroy(peer.run);
	wq_loop_destroy(peer.loop);
	memset(&peer, 0, sizeof(peer));
}

WQ_TEST(what_is_due_is_begun)
{
	const struct wq_bench_result *r;

	peer.most = SLOTS;
	r = run((struct wq_bench_plan){ .from_per_s = 1000, .duration_us = 400000 }, 100000,
	        5000000);
	WQ_CHECK_INT("due", r->due, 400);
	WQ_CHECK_INT("begun", r->begun, 400);
	WQ_CHECK_INT("ok", r->outcomes[WQ_BENCH_OK], 400);
	WQ_CHECK_INT("warm-up", peer.begun, 500);
	WQ_CHECK_INT("latencies", r->latency.total, 400);
	WQ_CHECK_INT("our own", r->ours.total, 400);
	WQ_CHECK_INT("span", r->span_us, 400000);
	WQ_CHECK("drained", r->drained && !r->interrupted && !r->unanswered && !r->never_begun);
	WQ_CHECK("a time line", r->rows_n >= 3);
	end();
}

WQ_TEST(a_stall_is_seen_by_all_that_was_due_in_it)
{
	const struct wq_bench_result *r;

	/* One at a time, 200 ms of 1 s: a fifth is due in the stall, and waits up to 200 ms; only one was begun. */
	peer.most = 1;
	peer.still_us = 300000;
	peer.still_for_us = 200000;
	r = run((struct wq_bench_plan){ .from_per_s = 200, .duration_us = 1000000 }, 0, 5000000);
	WQ_CHECK_INT("all", r->outcomes[WQ_BENCH_OK], 200);
	WQ_CHECK("the longest", r->latency.max_us >= 190000);
	WQ_CHECK("a tenth waited half of it", wq_histogram_percentile(&r->latency, 90.5) >= 95000);
	WQ_CHECK("service does not see it", wq_histogram_percentile(&r->service, 90) < 50000);
	WQ_CHECK("nothing was free", r->starved >= 35);
	end();
}

WQ_TEST(a_closed_loop_ends_by_its_count)
{
	const struct wq_bench_result *r;

	peer.most = 10;
	r = run((struct wq_bench_plan){ .duration_us = 20000000, .count = 100 }, 50000, 5000000);
	WQ_CHECK_INT("begun", r->begun, 100);
	WQ_CHECK_INT("ok", r->outcomes[WQ_BENCH_OK], 100);
	WQ_CHECK("before its time", r->span_us < 15000000);
	WQ_CHECK_INT("nothing is late in it", r->ours.total, 0);
	end();
}

WQ_TEST(an_open_loop_ends_by_its_count)
{
	const struct wq_bench_result *r;

	peer.most = SLOTS;
	r = run((struct wq_bench_plan){ .from_per_s = 100, .duration_us = 20000000, .count = 20 },
	        0, 5000000);
	WQ_CHECK_INT("begun", r->begun, 20);
	WQ_CHECK("the gap behind the last belongs to it",
	         r->span_us >= 200000 && r->span_us < 10000000);
	end();
}

WQ_TEST(what_never_ends_has_had_its_time)
{
	const struct wq_bench_result *r;

	peer.most = 5;
	peer.deaf = true;
	r = run((struct wq_bench_plan){ .from_per_s = 100, .duration_us = 300000 }, 0, 200000);
	WQ_CHECK_INT("due", r->due, 30);
	WQ_CHECK_INT("begun", r->begun, 5);
	WQ_CHECK_INT("late", r->outcomes[WQ_BENCH_LATE], 5);
	WQ_CHECK_INT("never begun", r->never_begun, 25);
	WQ_CHECK_INT("all are in the latency", r->latency.total, 30);
	WQ_CHECK("as long as they waited",
	         r->latency.min_us >= 200000 && r->latency.max_us >= 490000);
	WQ_CHECK_INT("nothing ended well", r->in_window, 0);
	WQ_CHECK("not drained", !r->drained);
	end();
}

WQ_TEST(refusals_are_counted_and_in_no_latency)
{
	const struct wq_bench_result *r;

	peer.most = SLOTS;
	peer.refuse_every = 4;
	r = run((struct wq_bench_plan){ .from_per_s = 1000, .duration_us = 100000 }, 0, 5000000);
	WQ_CHECK_INT("refused", r->outcomes[WQ_BENCH_REFUSED], 25);
	WQ_CHECK_INT("status", r->statuses[0].status, 503);
	WQ_CHECK_INT("status", r->statuses[0].n, 25);
	WQ_CHECK_INT("statuses", r->statuses_n, 1);
	WQ_CHECK_INT("latencies", r->latency.total, 75);
	end();
}

WQ_TEST(ended_early_it_tells_what_it_has)
{
	const struct wq_bench_result *r;

	peer.most = SLOTS;
	peer.stop_at = 50;
	r = run((struct wq_bench_plan){ .from_per_s = 500, .duration_us = 60000000 }, 0, 5000000);
	WQ_CHECK("interrupted", r->interrupted);
	WQ_CHECK_INT("begun", r->begun, 50);
	WQ_CHECK_INT("ok", r->outcomes[WQ_BENCH_OK], 50);
	WQ_CHECK("its time", r->span_us >= 98000 && r->span_us < 30000000);
	end();
	peer.most = SLOTS;
	peer.stop_at = 5;
	r = run((struct wq_bench_plan){ .from_per_s = 500, .duration_us = 60000000 }, 30000000,
	        5000000);
	WQ_CHECK_INT("of the warm-up there is nothing to tell", r->begun, 0);
	end();
}

WQ_TEST(without_memory_it_is_not_created)
{
	static const struct wq_bench_driver driver = { .begin = begin, .close = on_close };
	struct wq_bench_opts o = { .plan = { .from_per_s = 1, .duration_us = 1000000 },
		                   .interval_us = 1000000 };
	unsigned failed = 0;
	bool armed = true;

	WQ_CHECK_INT("loop", wq_loop_create(&o.loop, NULL), 0);
	for (uint64_t n = 0; armed; n++) {
		struct wq_bench *b = NULL;
		uint64_t live = wq_alloc_live();
		int rc;

		wq_alloc_fail_after(n);
		rc = wq_bench_create(&b, &o, &driver);
		armed = wq_alloc_failed();
		wq_alloc_fail_after(UINT64_MAX);
		WQ_CHECK("told", (rc == WQ_ENOMEM) == armed);
		failed += armed;
		if (rc == 0)
			wq_bench_destroy(b);
		else
			WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
	}
	WQ_CHECK("each allocation failed once", failed >= 6);
	wq_loop_destroy(o.loop);
}

WQ_TEST_MAIN(WQ_CASE(what_is_due_is_begun), WQ_CASE(a_stall_is_seen_by_all_that_was_due_in_it),
             WQ_CASE(a_closed_loop_ends_by_its_count), WQ_CASE(an_open_loop_ends_by_its_count),
             WQ_CASE(what_never_ends_has_had_its_time),
             WQ_CASE(refusals_are_counted_and_in_no_latency),
             WQ_CASE(ended_early_it_tells_what_it_has), WQ_CASE(without_memory_it_is_not_created))
