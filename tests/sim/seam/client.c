/* SPDX-License-Identifier: MIT */
/* client.c — in the place of io/client: its promises kept, with the simulated provider behind them. */
#include "io/client/client.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/loop/timer.h"
#include "sim/provider.h"

struct wq_client {
	struct wq_loop *loop;
	struct wq_client_opts o;
};

struct wq_call_state {
	struct wq_call *call;
	struct wq_client *client;
	struct sim_post *post; /* NULL: not written, or answered */
	struct wq_timer timer;
	struct sim_event connected;
	struct wq_post told;
	void (*cb)(struct wq_call *call, int rc);
	uint64_t began_us;
	int rc;
	bool ended;
};

static void finish(struct wq_call_state *st, int rc)
{
	if (st->ended)
		return;
	st->ended = true;
	st->rc = rc;
	wq_timer_stop(&st->timer);
	sim_event_cancel(&st->connected);
	if (st->post)
		sim_post_orphan(st->post);
	st->post = NULL;
	wq_post_send(&st->told);
}

static void on_told(struct wq_post *p)
{
	struct wq_call_state *st = WQ_OWNER(p, struct wq_call_state, told);

	st->call->took_us = sim.now_us - st->began_us;
	st->cb(st->call, st->rc);
}

static void on_timer(struct wq_timer *t)
{
	finish(WQ_OWNER(t, struct wq_call_state, timer), WQ_ETIMEDOUT);
}

static void on_connected(struct sim_event *e)
{
	struct wq_call_state *st = WQ_OWNER(e, struct wq_call_state, connected);
	struct wq_call *call = st->call;
	int rc = sim_provider_connect();

	if (st->ended)
		return;
	if (rc == 0 && call->may_send && !call->may_send(call)) {
		sim_tell("%s: may not send any more", sim.in->name);
		rc = WQ_ECANCELED;
	}
	if (rc < 0) {
		finish(st, rc);
		return;
	}
	call->sent = true;
	st->post = sim_post_send(st, call->body);
}

void sim_call_told(struct wq_call_state *st, int status, const char *reply)
{
	st->post = NULL;
	st->call->status = status;
	if (status == 429)
		st->call->retry_after_ms = sim_one_in(2) ? 2000 : -1;
	(void)wq_buf_add_text(&st->call->body_in, reply);
	finish(st, status ? 0 : WQ_ELOST);
}

void wq_client_opts_init(struct wq_client_opts *o)
{
	*o = (struct wq_client_opts){ .connect_timeout_ms = 5000,
		                      .timeout_ms = 30000,
		                      .stall_timeout_ms = 15000,
		                      .response_max_bytes = 1 << 20 };
}

int wq_client_create(struct wq_client **out, struct wq_loop *l, struct wq_resolver *r,
                     const struct wq_client_opts *o)
{
	struct wq_client *c = wq_zalloc(sizeof(*c));

	(void)r;
	c->loop = l;
	c->o = *o;
	*out = c;
	return 0;
}

static uint32_t pick(uint32_t own, uint32_t common)
{
	return own ? own : common;
}

int wq_call_start(struct wq_client *c, struct wq_call *call,
                  void (*cb)(struct wq_call *call, int rc))
{
	struct wq_call_state *st = wq_zalloc(sizeof(*st));
	uint32_t ms = pick(call->timeout_ms, c->o.timeout_ms),
		 stall = pick(call->stall_timeout_ms, c->o.stall_timeout_ms);

	wq_call_fini(call);
	st->call = call;
	st->client = c;
	st->cb = cb;
	st->began_us = sim.now_us;
	wq_timer_init(&st->timer, c->loop, on_timer);
	wq_post_init(&st->told, c->loop, on_told);
	sim_event_init(&st->connected, sim.in, on_connected);
	wq_buf_init(&call->body_in,
	            pick((uint32_t)call->response_max_bytes, (uint32_t)c->o.response_max_bytes));
	call->status = 0;
	call->sent = call->reused = false;
	call->retry_after_ms = -1;
	call->state = st;
	wq_timer_start(&st->timer, stall && stall < ms ? stall : ms);
	sim_event_at(&st->connected, sim.now_us + sim_between(50, sim_one_in(20) ? 300000 : 3000));
	if (sim.in->stop_sending_us) /* between the claim and the request */
		sim_proc_stop(sim.in, sim.in->stop_sending_us);
	sim.in->stop_sending_us = 0;
	return 0;
}

void wq_call_cancel(struct wq_call *call)
{
	if (call->state)
		finish(call->state, WQ_ECANCELED);
}

void wq_call_fini(struct wq_call *call)
{
	struct wq_call_state *st = call->state;

	wq_buf_fini(&call->body_in);
	if (!st)
		return;
	WQ_REQUIRE(st->ended && !wq_post_pending(&st->told));
	wq_free(st);
	call->state = NULL;
}

const char *wq_call_why(const struct wq_call *call)
{
	return call->state && call->state->rc < 0 ? wq_err_text(call->state->rc) : "";
}

struct wq_str wq_call_header_in(const struct wq_call *call, const char *name)
{
	(void)call;
	(void)name;
	return wq_strn(NULL, 0);
}
