/* SPDX-License-Identifier: MIT */
/* queue.c — a command's life: it waits for a connection, flies on one, and completes once.
 *
 *   start ──► flies ──► answer ──► complete
 *     │         ▲  └─ NOSCRIPT: flies again, at last with the script's body
 *     └─► waits ┘
 *
 * Whatever completes a command was called by the loop; nothing here is called back from inside wq_redis_start.  A
 * callback may start, forget and close whatever it likes: a command has left its place before it is called back.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "io/redis/client.h"

enum { FIRST_SLOTS = 64, FULL_TOLD_US = 5000000, LATE_FACTOR = 3, LATE_LOOK_MS = 10 };

static void on_oldest(struct wq_timer *t);
static void on_patience(struct wq_timer *t);

void wq_redis_queue_init(struct wq_redis *r)
{
	wq_list_init(&r->waiting);
	wq_timer_init(&r->oldest, r->loop, on_oldest);
	wq_timer_init(&r->patience, r->loop, on_patience);
}

void wq_redis_queue_fini(struct wq_redis *r)
{
	wq_timer_stop(&r->oldest);
	wq_timer_stop(&r->patience);
	wq_free(r->flight.slots);
	r->flight.slots = NULL;
}

static struct wq_redis_slot *slot_at(struct wq_redis *r, uint64_t at)
{
	return &r->flight.slots[at & (r->flight.cap - 1)];
}

static int reserve_slot(struct wq_redis *r)
{
	struct wq_redis_flight *f = &r->flight;
	size_t n = (size_t)(f->next - f->first), cap = f->cap ? f->cap * 2 : FIRST_SLOTS;
	struct wq_redis_slot *slots;

	if (n < f->cap)
		return 0;
	slots = wq_calloc(cap, sizeof(*slots));
	if (!slots)
		return WQ_RAISE(WQ_ENOMEM);
	for (uint64_t at = f->first; at < f->next; at++)
		slots[at & (cap - 1)] = *slot_at(r, at);
	wq_free(f->slots);
	f->slots = slots;
	f->cap = cap;
	return 0;
}

size_t wq_redis_queue_bytes(const struct wq_redis *r)
{
	return r->held_bytes + (r->conn ? wq_redis_conn_waiting(r->conn) : 0);
}

static int hold(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv)
{
	cmd->wire = wq_alloc(cmd->bytes + 1);
	if (!cmd->wire)
		return WQ_RAISE(WQ_ENOMEM);
	wq_redis_args_write(cmd->wire, argv, cmd->argc);
	r->held_bytes += cmd->bytes + WQ_REDIS_HEAD_MAX_BYTES;
	return 0;
}

static void unhold(struct wq_redis *r, struct wq_redis_cmd *cmd)
{
	if (!cmd->wire)
		return;
	wq_free(cmd->wire);
	cmd->wire = NULL;
	r->held_bytes -= cmd->bytes + WQ_REDIS_HEAD_MAX_BYTES;
}

static void wait(struct wq_redis *r, struct wq_redis_cmd *cmd)
{
	cmd->at = WQ_REDIS_WAITS;
	cmd->until_us = wq_loop_now_us(r->loop) + (uint64_t)r->o.wait_ms * 1000;
	wq_list_push(&r->waiting, &cmd->link);
	r->waiting_n++;
	if (!wq_timer_active(&r->patience))
		wq_timer_start_at(&r->patience, cmd->until_us);
}

/* Puts it on the connection. */
static int fly(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv)
{
	struct wq_redis_slot *slot;
	int rc = reserve_slot(r);

	if (rc == 0)
		rc = wq_redis_encode(wq_redis_conn_out(r->conn), cmd, argv);
	if (rc < 0)
		return rc;
	cmd->at = WQ_REDIS_FLIES;
	cmd->slot = r->flight.next++;
	slot = slot_at(r, cmd->slot);
	slot->cmd = cmd;
	slot->end = wq_redis_conn_end(r->conn);
	slot->sent_us = wq_loop_now_us(r->loop);
	if (!cmd->script)
		unhold(r, cmd);
	wq_redis_conn_queued(r->conn);
	if (r->o.command_timeout_ms && !wq_timer_active(&r->oldest))
		wq_timer_start(&r->oldest, r->o.command_timeout_ms);
	return 0;
}

/* Counted, and told at most once in five seconds: a caller in a loop would fill the log. */
static int full(struct wq_redis *r)
{
	uint64_t now = wq_loop_now_us(r->loop);

	wq_metric_count(&r->m.full, 1);
	if (r->full_told_us == 0 || now - r->full_told_us > FULL_TOLD_US) {
		r->full_told_us = now;
		wq_warn("redis_queue_full", WQ_S("url", r->where), WQ_S("role", r->o.role),
		        WQ_U("commands", r->waiting_n + (r->flight.next - r->flight.first)),
		        WQ_U("bytes", wq_redis_queue_bytes(r)));
	}
	return WQ_EFULL;
}

static int admit(struct wq_redis *r, size_t argc, size_t bytes)
{
	size_t queued = wq_redis_queue_bytes(r), max = r->o.queue_max_bytes;

	WQ_REQUIRE(argc > 0);
	if (r->closing)
		return WQ_EAWAY;
	if (argc > WQ_REDIS_ARGS_MAX || bytes > max)
		return WQ_ETOOBIG;
	if (queued > max || bytes > max - queued ||
	    r->waiting_n + (r->flight.next - r->flight.first) >= r->o.queue_max)
		return full(r);
	return 0;
}

int wq_redis_queue_start(struct wq_redis *r, struct wq_redis_cmd *cmd,
                         const struct wq_script *script, const struct wq_str *argv, size_t argc,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t bytes = wq_redis_args_size(argv, argc);
	int rc = admit(r, script ? argc + 3 : argc, bytes + WQ_REDIS_HEAD_MAX_BYTES);

	if (rc < 0)
		return rc;
	cmd->reply = NULL;
	cmd->error[0] = '\0';
	wq_list_init(&cmd->link);
	cmd->redis = r;
	cmd->cb = cb;
	cmd->script = script;
	cmd->started_us = wq_loop_now_us(r->loop);
	cmd->wire = NULL;
	cmd->bytes = bytes;
	cmd->argc = (uint32_t)argc;
	cmd->at = WQ_REDIS_IDLE;
	cmd->eval = WQ_REDIS_EVAL_SHA;
	if (script || r->state != WQ_REDIS_READY) {
		rc = hold(r, cmd, argv);
		if (rc < 0)
			return rc;
	}
	if (r->state != WQ_REDIS_READY) {
		wait(r, cmd);
		return 0;
	}
	rc = fly(r, cmd, cmd->wire ? NULL : argv);
	if (rc < 0)
		unhold(r, cmd);
	return rc;
}

int wq_redis_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv,
                   size_t argc, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	return wq_redis_queue_start(r, cmd, NULL, argv, argc, cb);
}

int wq_redis_queue_send(struct wq_redis *r, const struct wq_str *argv, size_t argc)
{
	struct wq_redis_cmd cmd = { .argc = (uint32_t)argc,
		                    .bytes = wq_redis_args_size(argv, argc) };
	int rc = wq_redis_encode(wq_redis_conn_out(r->conn), &cmd, argv);

	if (rc == 0)
		wq_redis_conn_queued(r->conn);
	return rc;
}

static enum wq_redis_outcome outcome(int rc)
{
	switch (rc) {
	case 0:
		return WQ_REDIS_DONE;
	case WQ_EAWAY:
		return WQ_REDIS_AWAY;
	case WQ_ELOST:
		return WQ_REDIS_LOST;
	case WQ_ETIMEDOUT:
		return WQ_REDIS_LATE;
	default:
		return WQ_REDIS_REFUSED;
	}
}

/* It is in no list and no slot any more.  The callback is the last use of it. */
static void complete(struct wq_redis *r, struct wq_redis_cmd *cmd, int rc,
                     const struct wq_redis_value *reply)
{
	wq_metric_count(&r->m.commands[outcome(rc)], 1);
	wq_metric_observe_us(&r->m.latency, wq_loop_now_us(r->loop) - cmd->started_us);
	unhold(r, cmd);
	cmd->at = WQ_REDIS_IDLE;
	cmd->reply = reply;
	cmd->cb(cmd, rc);
}

static void fail(struct wq_redis *r, struct wq_redis_cmd *cmd, int rc)
{
	size_t n = strnlen(r->why, sizeof(cmd->error) - 1);

	memcpy(cmd->error, r->why, n);
	cmd->error[n] = '\0';
	complete(r, cmd, rc, NULL);
}

static bool being_loaded(const struct wq_redis *r, const struct wq_script *s)
{
	for (size_t i = 0; i < WQ_REDIS_LOADS; i++)
		if (r->loads[i].script == s && r->loads[i].at >= r->flight.first &&
		    r->loads[i].at < r->flight.next)
			return true;
	return false;
}

/* The server does not know the script.  If its body is on the way, ahead of us, the short form will do. */
static void fly_again(struct wq_redis *r, struct wq_redis_cmd *cmd)
{
	int rc;

	if (r->state != WQ_REDIS_READY) {
		cmd->eval = WQ_REDIS_EVAL_SHA;
		wait(r, cmd);
		return;
	}
	cmd->eval = cmd->eval == WQ_REDIS_EVAL_SHA && being_loaded(r, cmd->script)
	                    ? WQ_REDIS_EVAL_SHA_AGAIN
	                    : WQ_REDIS_EVAL_BODY;
	rc = fly(r, cmd, NULL);
	if (rc < 0) {
		fail(r, cmd, WQ_EAWAY); /* it was never carried out */
		return;
	}
	if (cmd->eval != WQ_REDIS_EVAL_BODY)
		return;
	r->loads[r->load_next].script = cmd->script;
	r->loads[r->load_next].at = cmd->slot;
	r->load_next = (r->load_next + 1) % WQ_REDIS_LOADS;
}

/* Redis repeats arguments in some errors; they are none of the log's business. */
static int raise_reply(const struct wq_redis_cmd *cmd, struct wq_str text)
{
	const char *args = memmem(text.p, text.n, "with args", 9);

	if (args)
		text.n = (size_t)(args - text.p);
	if (text.n > WQ_REDIS_REPLY_ERROR_MAX_BYTES)
		text.n = WQ_REDIS_REPLY_ERROR_MAX_BYTES;
	return WQ_RAISE_MSG(WQ_EREPLY, "%s%s%.*s", cmd->script ? cmd->script->name : "redis", ": ",
	                    WQ_STR_ARG(text));
}

static void refuse(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_redis_value *v)
{
	struct wq_str text = v->s;
	int rc = wq_redis_condition_of(text);

	if (rc == WQ_REDIS_NOSCRIPT && cmd->script && cmd->eval != WQ_REDIS_EVAL_BODY) {
		fly_again(r, cmd);
		return;
	}
	if (rc == WQ_EREPLY)
		raise_reply(cmd, text);
	if (text.n >= sizeof(cmd->error))
		text.n = sizeof(cmd->error) - 1;
	memcpy(cmd->error, text.p, text.n);
	cmd->error[text.n] = '\0';
	if (rc == WQ_REDIS_READONLY || rc == WQ_REDIS_LOADING)
		wq_redis_drain(r, cmd->error);
	complete(r, cmd, rc, v);
}

bool wq_redis_queue_answer(struct wq_redis *r, const struct wq_redis_value *v)
{
	struct wq_redis_cmd *cmd;

	if (wq_redis_queue_idle(r))
		return false;
	cmd = slot_at(r, r->flight.first++)->cmd;
	if (!cmd)
		return true;
	if (v->type == WQ_REDIS_ERROR)
		refuse(r, cmd, v);
	else
		complete(r, cmd, 0, v);
	return true;
}

void wq_redis_queue_release(struct wq_redis *r)
{
	struct wq_list *link, all;

	wq_list_init(&all);
	wq_list_move(&all, &r->waiting);
	while ((link = wq_list_pop(&all))) {
		struct wq_redis_cmd *cmd = WQ_OWNER(link, struct wq_redis_cmd, link);

		r->waiting_n--;
		if (fly(r, cmd, NULL) < 0)
			fail(r, cmd, WQ_EAWAY);
	}
}

static bool late(const struct wq_redis *r, const struct wq_redis_slot *s, uint64_t now)
{
	return r->o.command_timeout_ms &&
	       s->sent_us + (uint64_t)r->o.command_timeout_ms * 1000 <= now;
}

void wq_redis_queue_lost(struct wq_redis *r, const struct wq_redis_conn *gone, int rc)
{
	uint64_t sent = wq_redis_conn_sent(gone), now = wq_loop_now_us(r->loop);

	wq_timer_stop(&r->oldest);
	memset(r->loads, 0, sizeof(r->loads));
	while (!wq_redis_queue_idle(r)) { /* what callbacks start now waits: it joins no flight */
		struct wq_redis_slot s = *slot_at(r, r->flight.first++);

		if (!s.cmd)
			continue;
		if (s.end > sent)
			fail(r, s.cmd, WQ_EAWAY);
		else
			fail(r, s.cmd,
			     rc == WQ_ETIMEDOUT && late(r, &s, now) ? WQ_ETIMEDOUT : WQ_ELOST);
	}
}

static void complete_waiting(struct wq_redis *r, uint64_t until_us)
{
	struct wq_list *link, batch;

	wq_list_init(&batch); /* what callbacks start again is not part of it */
	while (!wq_list_empty(&r->waiting) &&
	       WQ_OWNER(r->waiting.next, struct wq_redis_cmd, link)->until_us <= until_us)
		wq_list_push(&batch, wq_list_pop(&r->waiting));
	while ((link = wq_list_pop(&batch))) {
		r->waiting_n--;
		fail(r, WQ_OWNER(link, struct wq_redis_cmd, link), WQ_EAWAY);
	}
}

void wq_redis_queue_abandon(struct wq_redis *r)
{
	complete_waiting(r, UINT64_MAX);
}

static void on_patience(struct wq_timer *t)
{
	struct wq_redis *r = WQ_OWNER(t, struct wq_redis, patience);

	complete_waiting(r, wq_loop_now_us(r->loop));
	if (!wq_list_empty(&r->waiting))
		wq_timer_start_at(&r->patience,
		                  WQ_OWNER(r->waiting.next, struct wq_redis_cmd, link)->until_us);
}

/* The timer is not moved with every answer; it looks when it fires.  While bytes come, it may be we who slept, or
 * an answer that is long: the verdict waits, but not for ever. */
static void on_oldest(struct wq_timer *t)
{
	struct wq_redis *r = WQ_OWNER(t, struct wq_redis, oldest);
	uint64_t now = wq_loop_now_us(r->loop), timeout = (uint64_t)r->o.command_timeout_ms * 1000;
	uint64_t due;
	bool moving;

	if (!wq_redis_queue_idle(r) && late(r, slot_at(r, r->flight.first), now))
		(void)wq_redis_conn_read(r->conn);
	if (wq_redis_queue_idle(r) || !r->conn)
		return;
	moving = now - wq_redis_conn_heard_us(r->conn) < timeout / 4;
	due = slot_at(r, r->flight.first)->sent_us + timeout;
	if (due > now)
		wq_timer_start_at(&r->oldest, due);
	else if (moving && due + LATE_FACTOR * timeout > now)
		wq_timer_start(&r->oldest, LATE_LOOK_MS);
	else
		wq_redis_lost(r, WQ_ETIMEDOUT, "no answer in time");
}

void wq_redis_forget(struct wq_redis_cmd *cmd)
{
	struct wq_redis *r = cmd->redis;

	if (!r || cmd->at == WQ_REDIS_IDLE)
		return;
	if (cmd->at == WQ_REDIS_WAITS) {
		wq_list_remove(&cmd->link);
		r->waiting_n--;
	} else {
		slot_at(r, cmd->slot)->cmd = NULL;
	}
	unhold(r, cmd);
	cmd->at = WQ_REDIS_IDLE;
	wq_metric_count(&r->m.commands[WQ_REDIS_FORGOTTEN], 1);
}
