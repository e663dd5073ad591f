/* SPDX-License-Identifier: MIT */
#pragma once
/* send.h — one send, whichever provider's form it has.
 *
 *   judge ──► limits ──► orders ──► note ──► (wait) ──► finish
 *
 * judge   the provider's own: credentials, shape
 * limits  buckets.h says whether the number, the pair or the account may send now
 * orders  faults.h decides what happens to a good message
 * note    the referee writes it down; what counts as sent gets its id, and its webhooks are planned
 * wait    for the latency; one that hangs waits until its peer goes
 * finish  an answer, an error, a reset, or nothing; hang_then_accept is accepted only here
 *
 * Memory  a provider's handler calls wq_send_take, which makes its struct (`size` bytes, struct wq_send first) and
 *         frees it behind the answer.
 */
#include "app/sandbox/core.h"
#include "io/loop/timer.h"

struct wq_send;

struct wq_send_ops {
	enum wq_provider provider;
	size_t size;
	int accepted_status; /* HTTP's */
	/* Fills entry.to, .type, .opaque, .text, .account; WQ_OUTCOME_ACCEPTED, RECEIPT, or a refusal with s->error. */
	enum wq_outcome (*judge)(struct wq_send *s);
	/* s->id of one that counts as sent. */
	void (*name)(struct wq_send *s);
	/* s->error of a code on order or of a limit; code 0: the usual one; status 0: the code's. */
	void (*set_error)(struct wq_send *s, int code, int status);
	/* Answers; the exchange ends. */
	void (*accept)(struct wq_send *s);
	void (*refuse)(struct wq_send *s);
	void (*take_receipt)(struct wq_send *s);
	/* Plans the webhook of a status, or of the recipient's answer; NULL: it has none. */
	void (*tell)(struct wq_send *s, enum wq_status status, uint64_t delay_ms);
	void (*reply)(struct wq_send *s, uint64_t delay_ms);
	/* Something that is told before all statuses. */
	void (*announce)(struct wq_send *s, uint64_t delay_ms);
	/* What the struct owns beyond wq_send. */
	void (*fini)(struct wq_send *s);
};

struct wq_send {
	const struct wq_send_ops *ops;
	struct wq_list link; /* in sb->held while it waits */
	struct wq_timer timer;
	struct wq_sandbox *sb;
	struct wq_exchange *x;
	struct wq_fault fault;
	struct wq_graph_error error; /* of an answer that is one, whoever's */
	struct wq_bucket_verdict limit;
	struct wq_record_entry entry;
	uint32_t hold_ms; /* the answer waits that much longer */
	bool writes_back; /* the recipient could answer it */
	bool only_sent;   /* of its statuses there is only `sent` */
	char id[WQ_WAMID_MAX_BYTES];
	char wa_id[WQ_WA_ID_MAX_BYTES]; /* "": addressed otherwise */
};

/* The whole way of one request; `number` is the sender's, borrowed from the exchange. */
void wq_send_take(struct wq_sandbox *sb, struct wq_exchange *x, const struct wq_send_ops *ops,
                  struct wq_str number);
/* Posts what a writer that ended with `rc` wrote into *body, and frees it: a status, which may get lost, or a message.
 * h->kind (of a status), delay_ms, url and secret are the caller's; a message's id too. */
void wq_send_post_status(struct wq_send *s, struct wq_webhook *h, struct wq_buf *body, int rc);
void wq_send_post_message(struct wq_send *s, struct wq_webhook *h, struct wq_buf *body, int rc);
/* Seconds since 1970 at which something happens that is due in delay_ms. */
int64_t wq_send_at_s(const struct wq_send *s, uint64_t delay_ms);
