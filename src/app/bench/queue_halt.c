/* SPDX-License-Identifier: MIT */
/* queue_halt.c — Ctrl-C and SIGTERM while jobs are put there or removed; during the load run.c listens for itself. */
#include "app/bench/queue.h"
#include "base/assert.h"

static void on_int(struct wq_signal *s, int signum)
{
	(void)signum;
	WQ_OWNER(s, struct wq_bench_queue, on_int)->halts++;
}

static void on_term(struct wq_signal *s, int signum)
{
	(void)signum;
	WQ_OWNER(s, struct wq_bench_queue, on_term)->halts++;
}

void wq_bench_queue_watch(struct wq_bench_queue *q)
{
	if (wq_signal_start(&q->on_int, q->session.loop, SIGINT, on_int) < 0)
		return;
	q->signals = 1;
	if (wq_signal_start(&q->on_term, q->session.loop, SIGTERM, on_term) == 0)
		q->signals = 2;
}

static void closed(struct wq_bench_queue *q)
{
	if (--q->signals == 0)
		wq_session_done(&q->session, 0);
}

static void on_int_closed(struct wq_signal *s)
{
	closed(WQ_OWNER(s, struct wq_bench_queue, on_int));
}

static void on_term_closed(struct wq_signal *s)
{
	closed(WQ_OWNER(s, struct wq_bench_queue, on_term));
}

void wq_bench_queue_unwatch(struct wq_bench_queue *q)
{
	if (!q->signals)
		return;
	if (q->signals > 1)
		wq_signal_stop(&q->on_term, on_term_closed);
	wq_signal_stop(&q->on_int, on_int_closed);
	(void)wq_session_run(&q->session, 0);
}
