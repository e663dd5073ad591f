/* SPDX-License-Identifier: MIT */
#pragma once
/* sending.h — a person sends what waited for one: once, however often it is asked for.
 *
 *   show ──► check ──► take ──► submit ──► end
 *              └─ it can't go: `outcome` says why, and nothing has changed
 *
 * Happy path  the entry is looked at and its message made; it is taken in the sender's name, the message is handed in
 *             under a key that is the entry's own, and the entry ends as `sent` with the message's id.
 * Failures    whoever comes second finds it taken (HELD).  A process that dies on the way leaves it taken: who sends it
 *             again gets the same message, and OTHER if it is to be another one by now; after the lease anybody does.
 */
#include "domain/account/account.h"
#include "domain/pending/pending.h"
#include "domain/send/submit.h"

enum wq_pending_outcome {
	WQ_PENDING_SENT,
	WQ_PENDING_UNKNOWN, /* there is none of that id */
	WQ_PENDING_HELD,    /* another one has it: `by` */
	WQ_PENDING_ENDED,   /* it waits no more: `state`, `by` */
	WQ_PENDING_BARRED,  /* `bar` */
	WQ_PENDING_EMPTY,   /* there is no message to be sent */
	WQ_PENDING_INVALID, /* `problem` */
	WQ_PENDING_OTHER,   /* it was sent before with other words, as `message_id` */
};

struct wq_pending_sending {
	/* in; borrowed until the end */
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_producer *producer;
	struct wq_arena *arena;
	struct wq_str queue_base; /* wq_ref_base of the queue of outbound messages */
	int64_t keep_s;
	struct wq_str account;    /* its id */
	enum wq_provider provider;
	struct wq_str id, by;     /* of the entry, without its account; who sends it */
	struct wq_pending_words words;
	void (*cb)(struct wq_pending_sending *s, int rc);
	/* out, in cb, of the arena */
	enum wq_pending_outcome outcome;
	enum wq_pending_bar bar;
	struct wq_str state, holder, message_id;
	int64_t lease_ms, window_ms;
	struct wq_message_problem problem;
	const char *error; /* as struct wq_submit */
	/* private */
	struct wq_flow flow;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_submission item;
	struct wq_submit submit;
	bool stop; /* the outcome is known */
};

/* 0, and cb runs once, from the loop: 0, and the outcome tells; > 0 as redis.h; < 0 as wq_submit_start. */
int wq_pending_sending_start(struct wq_pending_sending *s);
