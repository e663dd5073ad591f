/* SPDX-License-Identifier: MIT */
/* push_world.c — the worker's side of a handler, as a record. */
#include "push_world.h"

#include "base/alloc.h"
#include "support/test.h"

enum { TURNS_MAX = 200000 };

struct push_world pw;
static uint64_t live; /* blocks before it began */

static struct errand *errand_of(struct wq_task *t)
{
	return WQ_OWNER(t, struct errand, task);
}

static struct errand *end(struct wq_task *t, enum ending how)
{
	struct errand *e = errand_of(t);

	WQ_CHECK("ended once", e->ending == OPEN);
	e->ending = how;
	return e;
}

static void keep(char out[static ENDING_TEXT_BYTES], struct wq_str s)
{
	size_t n = s.n < ENDING_TEXT_BYTES ? s.n : ENDING_TEXT_BYTES - 1;

	if (n)
		memcpy(out, s.p, n);
	out[n] = '\0';
}

void wq_task_complete(struct wq_task *t, struct wq_str json)
{
	struct errand *e = end(t, COMPLETED);

	keep(e->text, json);
	e->value_bytes = json.n;
}

void wq_task_fail(struct wq_task *t, const struct wq_failure *f)
{
	struct errand *e = end(t, f->unrecoverable ? FAILED_FOR_GOOD : FAILED);

	keep(e->text, f->reason);
	keep(e->stack, f->stack);
}

void wq_task_delay(struct wq_task *t, int64_t delay_ms)
{
	end(t, DELAYED)->delay_ms = delay_ms;
}

void wq_task_release(struct wq_task *t)
{
	(void)end(t, RELEASED);
}

void wq_worker_hold(struct wq_worker *w, uint32_t ms)
{
	(void)w;
	pw.holds++;
	pw.hold_ms = ms;
}

const char *ending_name(enum ending e)
{
	static const char *const names[] = { "open",            "completed", "failed",
		                             "failed for good", "delayed",   "released" };

	return names[e];
}

void push_world_begin(const struct wq_peer_step *steps, unsigned steps_n, const char *secrets)
{
	const char *why = NULL;

	live = wq_alloc_live();
	memset(&pw, 0, sizeof(pw));
	wq_calls_prepare(&pw.calls, true);
	wq_calls_open(&pw.calls, steps, steps_n, NULL, 0);
	snprintf(pw.url, sizeof(pw.url), "http://127.0.0.1:%u/work?x=1", pw.calls.peer.port);
	WQ_CHECK_INT("push",
	             wq_push_create(&pw.push, pw.calls.loop, pw.calls.client,
	                            &(struct wq_push_opts){ .url = pw.url,
	                                                    .secrets = secrets,
	                                                    .timeout_ms = 30000,
	                                                    .answer_max_bytes = 65536 },
	                            &why),
	             0);
	WQ_CHECK_INT("serve", wq_push_serve(pw.push, wq_str("letters"), &pw.handler), 0);
}

void push_world_end(void)
{
	wq_push_destroy(pw.push);
	wq_calls_end(&pw.calls);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
}

void push_world_peer(const struct wq_peer_step *steps, unsigned steps_n)
{
	pw.calls.peer.steps = steps;
	pw.calls.peer.steps_n = steps_n;
	pw.calls.peer.at = 0;
}

void errand_init(struct errand *e, const char *id)
{
	memset(e, 0, sizeof(*e));
	e->job = (struct wq_job){ .id = wq_str(id),
		                  .name = wq_str("letter"),
		                  .data = wq_str("{}"),
		                  .opts = wq_str("{}"),
		                  .timestamp_ms = 1699999999000,
		                  .attempts_started = 1 };
	e->task = (struct wq_task){ .job = &e->job, .token = wq_str("0123456789abcdef") };
}

void errand_run(struct errand *e)
{
	pw.handler.run(pw.handler.ctx, &e->task);
}

void errand_cancel(struct errand *e, enum wq_cancel_reason reason)
{
	e->task.cancelled = true;
	pw.handler.cancel(pw.handler.ctx, &e->task, reason);
}

static bool has_ended(void *ctx)
{
	return ((struct errand *)ctx)->ending != OPEN;
}

void errand_await(struct errand *e)
{
	WQ_CHECK("it ends",
	         wq_loop_run_until(pw.calls.loop, has_ended, e, TURNS_MAX) || has_ended(e));
}

void errand_do(struct errand *e, const char *id)
{
	errand_init(e, id);
	errand_run(e);
	errand_await(e);
}

static void on_passed(struct wq_timer *t)
{
	wq_loop_stop(t->loop);
}

void push_world_pass(uint64_t ms)
{
	struct wq_timer t;

	wq_timer_init(&t, pw.calls.loop, on_passed);
	wq_timer_start(&t, ms);
	wq_loop_run(pw.calls.loop);
}

static bool has_been_posted(void *ctx)
{
	return pw.calls.peer.requests_n >= *(unsigned *)ctx;
}

void push_world_until_posted(unsigned n)
{
	WQ_CHECK("posted", wq_loop_run_until(pw.calls.loop, has_been_posted, &n, TURNS_MAX) ||
	                           has_been_posted(&n));
}
