/* SPDX-License-Identifier: MIT */
/* run.c — the moments of a plan become operations of a driver.
 *
 *   RUNNING ──► all that was due is begun, or the drain is over ──► DRAINING ──► CLOSING ──► OVER
 *
 * Open loop    a fine timer fires when the next operation is due.  While the driver has nothing free, the next end asks
 *              again; what became due meanwhile is begun then, and counts from when it was due.
 * Closed loop  every end asks again.
 */
#include "app/bench/run.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/bench/tally.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/loop/fine.h"
#include "io/loop/signal.h"
#include "io/loop/timer.h"

enum { BEGINS_PER_TURN = 256 };

enum phase { RUNNING, DRAINING, CLOSING, OVER };

struct wq_bench {
	struct wq_bench_opts o;
	const struct wq_bench_driver *driver;
	struct wq_fine *fine;
	struct wq_post pump;
	struct wq_timer tick;     /* a row of the time line is over */
	struct wq_timer deadline; /* of the plan, then of the drain */
	struct wq_signal on_int, on_term;
	unsigned signals;         /* that are watched, or close */
	enum phase phase;
	bool stopping;            /* ended early */

	struct wq_bench_plan warm;
	struct wq_bench_plan_at at;
	bool warming;
	uint64_t n, first_n;      /* of the next operation; of the first that counts */
	uint64_t next_us;         /* when it is due; UINT64_MAX: there is none */
	uint64_t began_us, start_us, end_us; /* all; the plan */
	uint64_t planned_end_us;             /* earlier, if it is the count that ends it */
	uint64_t give_up_us;
	uint64_t cpu_us;
	bool blocked;             /* the driver had nothing free … */
	uint64_t blocked_us;      /* … when it was last asked */

	uint64_t in_flight, counted_in_flight;
	uint64_t last_end_us;
	struct wq_histogram row_latency;
	struct wq_bench_row row;
	struct wq_bench_result r;
};

uint64_t wq_bench_now_us(void)
{
	const struct wq_clock *c = wq_clock_system();

	return c->mono_us(c);
}

static bool is_closed_loop(const struct wq_bench *b)
{
	return wq_bench_plan_is_closed(&b->o.plan);
}

bool wq_bench_measures(const struct wq_bench *b, const struct wq_bench_op *op)
{
	return op->n >= b->first_n;
}

const struct wq_bench_result *wq_bench_result(const struct wq_bench *b)
{
	return &b->r;
}

uint64_t wq_bench_begun_in_all(const struct wq_bench *b)
{
	return b->n;
}

/* ending */

static void on_signal_closed(struct wq_bench *b)
{
	if (--b->signals == 0)
		wq_loop_stop(b->o.loop);
}

static void on_int_closed(struct wq_signal *s)
{
	on_signal_closed(WQ_OWNER(s, struct wq_bench, on_int));
}

static void on_term_closed(struct wq_signal *s)
{
	on_signal_closed(WQ_OWNER(s, struct wq_bench, on_term));
}

static void end_row(struct wq_bench *b)
{
	struct wq_bench_result *r = &b->r;

	if (r->rows_n < WQ_BENCH_ROWS_MAX) {
		b->row.in_flight = (uint32_t)b->counted_in_flight;
		b->row.p50_us = wq_histogram_percentile(&b->row_latency, 50);
		b->row.p99_us = wq_histogram_percentile(&b->row_latency, 99);
		b->row.max_us = b->row_latency.max_us;
		r->rows[r->rows_n++] = b->row;
	}
	b->row = (struct wq_bench_row){ 0 };
	wq_histogram_clear(&b->row_latency);
}

void wq_bench_closed(struct wq_bench *b)
{
	WQ_REQUIRE(b->phase == CLOSING);
	b->phase = OVER;
	b->r.unanswered = b->counted_in_flight;
	if (b->row.begun || b->row.ended)
		end_row(b);
	if (!b->signals) {
		wq_loop_stop(b->o.loop);
		return;
	}
	if (b->signals > 1)
		wq_signal_stop(&b->on_term, on_term_closed);
	wq_signal_stop(&b->on_int, on_int_closed);
}

/* The plan is over, or was ended early: from here on the peer only answers what was asked. */
static void end_window(struct wq_bench *b, uint64_t now)
{
	struct wq_bench_result *r = &b->r;

	if (r->span_us || b->warming)
		return;
	r->span_us = now > b->start_us ? now - b->start_us : 1;
	r->cpu = (double)(wq_bench_tally_cpu_us() - b->cpu_us) / (double)r->span_us;
}

static void close_driver(struct wq_bench *b)
{
	uint64_t now = wq_bench_now_us();

	b->r.drained = b->in_flight == 0 && b->r.never_begun == 0;
	b->r.interrupted = b->stopping;
	end_window(b, b->planned_end_us > b->last_end_us ? b->planned_end_us : b->last_end_us);
	b->r.drain_us = now > b->start_us + b->r.span_us ? now - b->start_us - b->r.span_us : 0;
	b->phase = CLOSING;
	wq_timer_stop(&b->deadline);
	wq_timer_stop(&b->tick);
	wq_fine_stop(b->fine);
	if (b->o.progress)
		fprintf(stderr, "\r%-78s\r", "");
	b->driver->close(b->driver->ctx);
}

static void drain(struct wq_bench *b)
{
	uint64_t until = wq_bench_now_us() + b->o.drain_us;

	b->phase = DRAINING;
	if (!b->in_flight) {
		close_driver(b);
		return;
	}
	if (b->planned_end_us < b->end_us && until < b->give_up_us) {
		b->give_up_us = until;
		wq_timer_start_at(&b->deadline, until);
	}
}

/* What was due and never begun has waited this long at least. */
static void give_up(struct wq_bench *b, uint64_t now)
{
	uint64_t until = b->stopping || now < b->end_us ? now : b->end_us;

	while (!b->warming && b->next_us < until) {
		b->r.due++;
		b->r.starved++;
		b->r.never_begun++;
		wq_histogram_record(&b->r.latency, now - b->next_us);
		b->next_us = wq_bench_plan_next(&b->at);
		if (b->next_us != UINT64_MAX)
			b->next_us += b->start_us;
	}
	b->next_us = UINT64_MAX;
}

/* beginning */

static void begin_measuring(struct wq_bench *b)
{
	b->warming = false;
	b->first_n = b->n;
	b->cpu_us = wq_bench_tally_cpu_us();
	b->r.began_ms = wq_loop_wall_ms(b->o.loop);
	wq_bench_plan_begin(&b->at, &b->o.plan);
}

/* When the one behind the last of its count would be due. */
static void find_planned_end(struct wq_bench *b)
{
	struct wq_bench_plan endless = b->o.plan;
	struct wq_bench_plan_at at = b->at;
	uint64_t us;

	endless.count = 0;
	at.plan = &endless;
	us = wq_bench_plan_next(&at);
	b->planned_end_us = us == UINT64_MAX ? b->end_us : b->start_us + us;
}

/* Finds out when the next one is due. */
static void advance(struct wq_bench *b)
{
	uint64_t us = wq_bench_plan_next(&b->at), base = b->warming ? b->began_us : b->start_us;

	if (us == UINT64_MAX && b->warming) {
		begin_measuring(b);
		us = wq_bench_plan_next(&b->at);
		base = b->start_us;
	}
	b->next_us = us == UINT64_MAX ? UINT64_MAX : base + us;
	if (us == UINT64_MAX)
		find_planned_end(b);
}

/* Begins one; false: the driver has nothing free. */
static bool begin(struct wq_bench *b, uint64_t due_us, uint64_t now)
{
	struct wq_bench_op op = { .n = b->n, .due_us = due_us, .begun_us = now };
	bool counts = wq_bench_measures(b, &op) && !b->warming;

	b->in_flight++;
	b->counted_in_flight += counts;
	if (!b->driver->begin(b->driver->ctx, op)) {
		b->in_flight--;
		b->counted_in_flight -= counts;
		b->blocked = true;
		b->blocked_us = now;
		return false;
	}
	b->blocked = false;
	b->n++;
	if (!counts)
		return true;
	b->row.begun++;
	b->r.begun++;
	b->r.due++;
	if (is_closed_loop(b))
		return true;
	if (due_us <= b->blocked_us)
		b->r.starved++;
	else
		wq_histogram_record(&b->r.ours, now - due_us);
	return true;
}

static void pump_open(struct wq_bench *b)
{
	uint64_t now = wq_bench_now_us();

	for (unsigned i = 0; b->next_us <= now; i++) {
		if (i == BEGINS_PER_TURN) {
			wq_post_send(&b->pump);
			return;
		}
		if (!begin(b, b->next_us, now))
			return;
		advance(b);
		now = wq_bench_now_us();
	}
	if (b->next_us == UINT64_MAX)
		drain(b);
	else
		wq_fine_at(b->fine, b->next_us);
}

static bool closed_loop_is_over(const struct wq_bench *b, uint64_t now)
{
	return now >= b->end_us || (b->o.plan.count && b->r.begun >= b->o.plan.count);
}

static void pump_closed(struct wq_bench *b)
{
	for (unsigned i = 0; i < BEGINS_PER_TURN; i++) {
		uint64_t now = wq_bench_now_us();

		if (b->warming && now >= b->start_us) {
			begin_measuring(b);
			b->start_us = now;
			b->end_us = now + b->o.plan.duration_us;
			b->give_up_us = b->end_us + b->o.drain_us;
		}
		if (closed_loop_is_over(b, now)) {
			b->planned_end_us = now < b->end_us ? now : b->end_us;
			drain(b);
			return;
		}
		if (!begin(b, now, now))
			return;
	}
	wq_post_send(&b->pump);
}

static void pump(struct wq_bench *b)
{
	if (b->phase != RUNNING || b->stopping)
		return;
	if (is_closed_loop(b))
		pump_closed(b);
	else
		pump_open(b);
}

static void on_pump(struct wq_post *p)
{
	struct wq_bench *b = WQ_OWNER(p, struct wq_bench, pump);

	if (b->phase == DRAINING && !b->in_flight)
		close_driver(b);
	else
		pump(b);
}

static void on_fine(void *ctx)
{
	pump(ctx);
}

/* from the driver */

void wq_bench_free(struct wq_bench *b)
{
	if (b->phase == RUNNING && (b->blocked || is_closed_loop(b)))
		wq_post_send(&b->pump);
}

void wq_bench_ended(struct wq_bench *b, const struct wq_bench_op *op, enum wq_bench_outcome o,
                    int status)
{
	uint64_t now = wq_bench_now_us();

	WQ_REQUIRE(b->in_flight > 0);
	b->in_flight--;
	if (o == WQ_BENCH_OK && !b->warming && now >= b->start_us && now <= b->end_us)
		b->r.in_window++;
	if (wq_bench_measures(b, op) && !b->warming) {
		b->counted_in_flight--;
		b->last_end_us = now;
		wq_bench_tally_end(&b->r, &b->row, op, o, status, now);
		if (o == WQ_BENCH_OK || o == WQ_BENCH_LATE)
			wq_histogram_record(&b->row_latency,
			                    now > op->due_us ? now - op->due_us : 0);
	}
	if (b->phase == DRAINING && !b->in_flight)
		wq_post_send(&b->pump); /* never from inside an end */
	wq_bench_free(b);
}

void wq_bench_stop(struct wq_bench *b)
{
	uint64_t now = wq_bench_now_us();

	if (b->phase != RUNNING || b->stopping)
		return;
	b->stopping = true;
	end_window(b, now);
	give_up(b, now);
	b->give_up_us = now + b->o.drain_us;
	wq_timer_start_at(&b->deadline, b->give_up_us);
	b->phase = DRAINING;
	wq_post_send(&b->pump);
}

/* time */

static void on_signal(struct wq_bench *b)
{
	if (!b->stopping)
		wq_bench_stop(b);
	else if (b->phase == DRAINING)
		close_driver(b);
}

static void on_int(struct wq_signal *s, int signum)
{
	(void)signum;
	on_signal(WQ_OWNER(s, struct wq_bench, on_int));
}

static void on_term(struct wq_signal *s, int signum)
{
	(void)signum;
	on_signal(WQ_OWNER(s, struct wq_bench, on_term));
}

static void show_progress(const struct wq_bench *b, const struct wq_bench_row *row)
{
	uint64_t now = wq_bench_now_us();
	char line[128];

	if (now < b->start_us)
		snprintf(line, sizeof(line), "warming up");
	else
		snprintf(line, sizeof(line),
		         "%4" PRIu64 " s  %10.0f %s/s  p50 %.3f ms  p99 %.3f ms  errors %" PRIu64,
		         (now - b->start_us) / 1000000, row->ended * 1e6 / (double)b->o.interval_us,
		         b->o.unit, (double)row->p50_us / 1000, (double)row->p99_us / 1000,
		         b->r.ended - b->r.outcomes[WQ_BENCH_OK]);
	fprintf(stderr, "\r%-78.78s", line);
	fflush(stderr);
}

static void on_tick(struct wq_timer *t)
{
	struct wq_bench *b = WQ_OWNER(t, struct wq_bench, tick);
	static const struct wq_bench_row none;
	uint64_t now = wq_bench_now_us(), next;

	if (now >= b->start_us && !b->warming)
		end_row(b);
	if (b->o.progress)
		show_progress(b, b->r.rows_n ? &b->r.rows[b->r.rows_n - 1] : &none);
	if (now < b->start_us)
		next = b->start_us + b->o.interval_us;
	else
		next = b->start_us +
		       ((now - b->start_us) / b->o.interval_us + 1) * b->o.interval_us;
	wq_timer_start_at(t, next);
}

static void on_deadline(struct wq_timer *t)
{
	struct wq_bench *b = WQ_OWNER(t, struct wq_bench, deadline);
	uint64_t now = wq_bench_now_us();

	if (now < b->end_us && b->phase == RUNNING) { /* a closed loop's measuring began a little later */
		wq_timer_start_at(t, b->end_us);
	} else if (now < b->give_up_us) {
		if (now >= b->end_us)
			end_window(b, b->end_us);
		wq_timer_start_at(t, b->give_up_us);
		pump(b);
	} else {
		give_up(b, now);
		close_driver(b);
	}
}

/* life */

int wq_bench_create(struct wq_bench **out, const struct wq_bench_opts *o,
                    const struct wq_bench_driver *d)
{
	struct wq_bench *b = wq_zalloc(sizeof(*b));
	int rc;

	if (!b)
		return WQ_RAISE(WQ_ENOMEM);
	WQ_REQUIRE(o->plan.duration_us && o->interval_us && d->begin && d->close);
	b->o = *o;
	b->driver = d;
	if (!b->o.drain_us)
		b->o.drain_us = WQ_BENCH_DRAIN_MS * 1000;
	rc = wq_bench_tally_init(&b->r, o);
	if (rc == 0)
		rc = wq_histogram_init(&b->row_latency);
	if (rc == 0)
		rc = wq_fine_create(&b->fine, o->loop, on_fine, b);
	if (rc < 0) {
		wq_bench_destroy(b);
		return rc;
	}
	wq_post_init(&b->pump, o->loop, on_pump);
	wq_timer_init(&b->tick, o->loop, on_tick);
	wq_timer_init(&b->deadline, o->loop, on_deadline);
	*out = b;
	return 0;
}

static void watch_signals(struct wq_bench *b)
{
	if (wq_signal_start(&b->on_int, b->o.loop, SIGINT, on_int) < 0)
		return;
	b->signals = 1;
	if (wq_signal_start(&b->on_term, b->o.loop, SIGTERM, on_term) == 0)
		b->signals = 2;
}

static void warm_up(struct wq_bench *b)
{
	b->warm = b->o.plan;
	b->warm.duration_us = b->o.warm_up_us;
	b->warm.count = 0;
	if (b->warm.shape != WQ_BENCH_BURST)
		b->warm.shape = WQ_BENCH_FLAT;
	b->warming = true;
	b->first_n = UINT64_MAX;
	if (!b->o.warm_up_us && !is_closed_loop(b))
		begin_measuring(b);
	else
		wq_bench_plan_begin(&b->at, &b->warm);
}

void wq_bench_run(struct wq_bench *b)
{
	watch_signals(b);
	b->began_us = wq_bench_now_us();
	b->start_us = b->began_us + b->o.warm_up_us;
	b->end_us = b->planned_end_us = b->start_us + b->o.plan.duration_us;
	b->give_up_us = b->end_us + b->o.drain_us;
	warm_up(b);
	if (!is_closed_loop(b))
		advance(b);
	wq_timer_start_at(&b->tick,
	                  b->warming ? b->began_us + 1000 : b->start_us + b->o.interval_us);
	wq_timer_start_at(&b->deadline, b->end_us);
	wq_post_send(&b->pump);
	wq_loop_run(b->o.loop);
}

void wq_bench_destroy(struct wq_bench *b)
{
	if (!b)
		return;
	wq_fine_destroy(b->fine);
	wq_histogram_fini(&b->row_latency);
	wq_bench_tally_fini(&b->r);
	wq_free(b);
}
