/* SPDX-License-Identifier: MIT */
#pragma once
/* message_ask.h — one request that asks for messages, whatever its shape: all of them checked, then handed in at once.
 *
 *   begin (the body) ──► room ──► read and take, one by one ──► (templates) ──► submit ──► done
 *
 * Whatever goes wrong on the way is answered on the spot: false means that the exchange is gone, with the wq_ask, which
 * lives in its memory.
 */
#include "app/api/message_call.h"
#include "app/api/message_templates.h"
#include "domain/message/read.h"

struct wq_ask {
	/* in */
	struct wq_exchange *x;
	struct wq_api *api;
	/* Answers for a message that cannot be sent; wq_ask_leave comes before the answer. */
	void (*refuse)(struct wq_ask *a, size_t i, const struct wq_message_problem *p);
	/* All are in: answers, likewise. */
	void (*done)(struct wq_ask *a);
	/* out */
	yyjson_doc *doc; /* the body; NULL: it is empty */
	struct wq_arena arena;
	struct wq_submit submit;
	/* private */
	struct wq_ref ref;
	struct wq_template_checks checks;
};

/* Reads the body. */
bool wq_ask_begin(struct wq_ask *a);
/* Makes room for n messages. */
bool wq_ask_room(struct wq_ask *a, size_t n);
/* The i-th has been read into its place, with `rc`: whose it is, which account carries it, and whether that can. */
bool wq_ask_take(struct wq_ask *a, size_t i, int rc, struct wq_message_problem *p);
/* Honours the Idempotency-Key and hands all in; `done` follows, or an answer. */
void wq_ask_submit(struct wq_ask *a);
/* Gives back all but the exchange, which is still to be answered. */
struct wq_exchange *wq_ask_leave(struct wq_ask *a);
