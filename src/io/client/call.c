/* SPDX-License-Identifier: MIT */
/* call.c — one request from start to callback; state.h draws the way. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/client/retry.h"
#include "io/client/state.h"

static struct wq_call_state *of_link(struct wq_list *link)
{
	return WQ_OWNER(link, struct wq_call_state, link);
}

static void arm(struct wq_call_state *st)
{
	uint64_t due = st->phase_due_us < st->total_due_us ? st->phase_due_us : st->total_due_us;

	if (due == UINT64_MAX)
		wq_timer_stop(&st->timer);
	else
		wq_timer_start_at(&st->timer, due);
}

static uint64_t later(const struct wq_call_state *st, uint64_t us)
{
	return us == UINT64_MAX ? us : wq_loop_now_us(st->client->loop) + us;
}

void wq_call_touch(struct wq_call_state *st)
{
	if (st->phase != WQ_CALL_RUNNING)
		return;
	st->phase_due_us = later(st, st->stall_us);
	arm(st);
}

/* curl got it: until it opens a socket it may wait for a connection to come free, which is no fault of the peer. */
static void hold_connect_clock(struct wq_call_state *st)
{
	uint64_t now = wq_loop_now_us(st->client->loop);

	if (st->phase_due_us == UINT64_MAX)
		return;
	st->connect_left_us = st->phase_due_us > now ? st->phase_due_us - now : 0;
	st->phase_due_us = UINT64_MAX;
	arm(st);
}

void wq_call_connecting(struct wq_call_state *st)
{
	if (st->phase_due_us != UINT64_MAX)
		return; /* the second address of a name, say */
	st->phase_due_us = later(st, st->connect_left_us);
	arm(st);
}

void wq_call_sending(struct wq_call_state *st)
{
	st->call->sent = true;
	wq_call_touch(st);
}

/* Bytes that leave are no event of ours: only now we look whether some did. */
static bool uploads(struct wq_call_state *st)
{
	curl_off_t now = 0;

	if (st->phase != WQ_CALL_RUNNING || !st->call->sent ||
	    st->call->body.n <= WQ_CLIENT_ONE_WRITE_BYTES ||
	    curl_easy_getinfo(st->handle->easy, CURLINFO_SIZE_UPLOAD_T, &now) != CURLE_OK ||
	    now == st->uploaded)
		return false;
	st->uploaded = now;
	return true;
}

static void on_timer(struct wq_timer *t)
{
	struct wq_call_state *st = WQ_OWNER(t, struct wq_call_state, timer);

	if (wq_loop_now_us(st->client->loop) < st->total_due_us && uploads(st))
		wq_call_touch(st);
	else
		wq_call_finish(st, WQ_ETIMEDOUT);
}

void wq_call_finish(struct wq_call_state *st, int rc)
{
	if (st->phase >= WQ_CALL_ENDING)
		return;
	st->phase = WQ_CALL_ENDING;
	st->rc = rc;
	wq_timer_stop(&st->timer);
	wq_list_remove(&st->link);
	wq_list_push(&st->client->ending, &st->link);
	wq_post_send(&st->client->tell);
}

static void count_connection(struct wq_call_state *st)
{
	long opened = 0;

	if (!st->handle || !st->call->sent)
		return;
	if (curl_easy_getinfo(st->handle->easy, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK)
		st->call->reused = opened == 0;
	wq_metric_count(st->call->reused ? &st->client->reused : &st->client->opened, 1);
}

/* Everything but the head of the answer, which stays until wq_call_fini. */
static void release(struct wq_call_state *st)
{
	count_connection(st);
	if (st->handle) {
		if (st->rc < 0)
			(void)snprintf(st->why, sizeof(st->why), "%.*s", (int)sizeof(st->why) - 1,
			               st->handle->why);
		wq_handle_give(st->handle);
		st->handle = NULL;
	}
	wq_hosts_free_gone(st->gone, st->host);
	st->gone = NULL;
	wq_host_unpin(st->host);
	st->host = NULL;
	curl_free(st->url);
	st->url = NULL;
	wq_list_remove(&st->all);
}

static void end(struct wq_call_state *st)
{
	struct wq_client *c = st->client;
	struct wq_call *call = st->call;
	struct wq_str retry_after;

	release(st);
	st->phase = WQ_CALL_ENDED;
	c->in_flight--;
	call->took_us = wq_loop_now_us(c->loop) - st->began_us;
	retry_after = wq_call_header_in(call, "Retry-After");
	if (retry_after.p)
		call->retry_after_ms = wq_retry_after_ms(retry_after, wq_loop_wall_ms(c->loop));
	wq_client_count(c, st, st->rc);
	st->cb(call, st->rc); /* call and st may be gone */
}

void wq_call_on_tell(struct wq_post *p)
{
	struct wq_client *c = WQ_OWNER(p, struct wq_client, tell);
	struct wq_list batch, *l;

	wq_list_init(&batch);
	wq_list_move(&batch, &c->ending);
	while ((l = wq_list_pop(&batch)))
		end(of_link(l));
	if (c->closing && c->in_flight == 0)
		wq_client_drained(c);
}

static void queue(struct wq_call_state *st)
{
	st->phase = WQ_CALL_QUEUED;
	wq_pool_add(st->pool, &st->link);
}

void wq_call_on_host(struct wq_host *h, int rc)
{
	struct wq_list batch, *l;

	wq_list_init(&batch);
	wq_list_move(&batch, &h->waiting);
	while ((l = wq_list_pop(&batch))) {
		struct wq_call_state *st = of_link(l);

		if (rc < 0)
			wq_call_finish(st, rc);
		else
			queue(st);
	}
}

void wq_call_on_start(struct wq_list *link)
{
	struct wq_call_state *st = of_link(link);
	int rc = WQ_ENOMEM;

	st->refusals = wq_alloc_refusals();
	st->handle = wq_handle_take(st->pool);
	if (st->handle) {
		st->handle->st = st;
		rc = wq_request_set(st);
	}
	if (rc == 0) {
		st->phase = WQ_CALL_RUNNING;
		hold_connect_clock(st);
		rc = wq_handle_add(st->handle);
	}
	if (rc < 0) {
		if (st->handle)
			st->handle->spoiled = true;
		wq_call_finish(st, rc);
	}
}

void wq_call_on_done(struct wq_handle *h, CURLcode code)
{
	struct wq_call_state *st = h->st;

	h->spoiled |= code == CURLE_OUT_OF_MEMORY;
	if (st->phase == WQ_CALL_RUNNING)
		wq_call_finish(st, wq_answer_judge(st, code));
}

void wq_call_on_broken(struct wq_pool *p)
{
	struct wq_client *c = wq_client_of_pool(p);

	for (struct wq_list *l = c->calls.next; l != &c->calls; l = l->next) {
		struct wq_call_state *st = WQ_OWNER(l, struct wq_call_state, all);

		if (st->pool == p && st->phase == WQ_CALL_RUNNING)
			wq_call_finish(st, WQ_ENOMEM);
	}
}

static uint64_t pick_us(uint32_t own_ms, uint32_t common_ms)
{
	uint32_t ms = own_ms ? own_ms : common_ms;

	return ms ? (uint64_t)ms * 1000 : UINT64_MAX;
}

static void begin_clocks(struct wq_call_state *st)
{
	const struct wq_client_opts *o = &st->client->o;
	const struct wq_call *call = st->call;

	st->began_us = wq_loop_now_us(st->client->loop);
	st->connect_left_us = pick_us(call->connect_timeout_ms, o->connect_timeout_ms);
	st->phase_due_us = later(st, st->connect_left_us);
	st->total_due_us = later(st, pick_us(call->timeout_ms, o->timeout_ms));
	st->stall_us = pick_us(call->stall_timeout_ms, o->stall_timeout_ms);
	wq_timer_init(&st->timer, st->client->loop, on_timer);
	arm(st);
}

static void begin_answer(struct wq_call_state *st)
{
	struct wq_call *call = st->call;

	st->body_max = call->response_max_bytes ? call->response_max_bytes
	                                        : st->client->o.response_max_bytes;
	wq_buf_init(&st->head, WQ_CLIENT_HEAD_MAX_BYTES);
	wq_buf_init(&call->body_in, st->body_max);
	call->status = 0;
	call->sent = call->reused = false;
	call->retry_after_ms = -1;
	call->took_us = 0;
}

static int depart(struct wq_call_state *st)
{
	int rc;

	if (!st->host || wq_host_known(st->host)) {
		queue(st);
		return 0;
	}
	rc = wq_host_ask(st->host);
	if (rc == 0)
		wq_list_push(&st->host->waiting, &st->link);
	return rc;
}

static void undo(struct wq_call_state *st)
{
	wq_timer_stop(&st->timer);
	wq_host_unpin(st->host);
	curl_free(st->url);
	wq_free(st);
}

int wq_call_start(struct wq_client *c, struct wq_call *call,
                  void (*cb)(struct wq_call *call, int rc))
{
	struct wq_call_state *st;
	int rc;

	WQ_REQUIRE(!c->closing && cb);
	if (c->in_flight >= c->o.calls_max)
		return WQ_EFULL;
	wq_call_fini(call); /* of the time before */
	st = wq_request_state(call, &rc);
	if (!st)
		return rc;
	st->call = call;
	st->client = c;
	st->pool = call->guarded ? &c->guarded : &c->open;
	st->cb = cb;
	wq_list_init(&st->link);
	rc = wq_call_aim(st);
	if (rc == 0) {
		begin_clocks(st);
		begin_answer(st);
		rc = depart(st);
	}
	if (rc < 0) {
		undo(st);
		return rc;
	}
	call->state = st;
	wq_list_push(&c->calls, &st->all);
	c->in_flight++;
	return 0;
}

void wq_call_cancel(struct wq_call *call)
{
	if (call->state)
		wq_call_finish(call->state, WQ_ECANCELED);
}

void wq_call_fini(struct wq_call *call)
{
	struct wq_call_state *st = call->state;

	wq_buf_fini(&call->body_in);
	if (!st)
		return;
	WQ_REQUIRE(st->phase == WQ_CALL_ENDED);
	wq_buf_fini(&st->head);
	wq_free(st);
	call->state = NULL;
}
