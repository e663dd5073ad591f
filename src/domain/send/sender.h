/* SPDX-License-Identifier: MIT */
#pragma once
/* sender.h — works the jobs of outbound messages, and of what providers tell of them: handlers for workers.
 *
 * A message's own id is the `id` of its data, or, where a producer gave none, made of the job's id and moment: a job
 * that comes again is the same message.
 * Close   the worker first; then what is in flight ends as it can, and the sender is gone.
 */
#include "base/metrics.h"
#include "domain/account/directory.h"
#include "io/client/client.h"
#include "queue/worker.h"
#include "store/send.h"

struct wq_sender;

struct wq_sender_opts {
	int64_t keep_s;          /* records of messages are kept for */
	int64_t grace_ms;        /* before what nobody knows of is given up */
	int64_t unconfirmed_ms;  /* taken by the provider, and no status for so long: told */
	int64_t age_max_ms;      /* not sent later than that after it was asked for, unless it says itself */
	uint32_t request_ms;     /* the whole of one request */
	uint32_t attempts;       /* of a job that says none */
	enum wq_links links;     /* of accounts that say nothing of it */
	bool private_too;        /* files may be fetched from addresses that are not public */
	bool own_clock;          /* moments are by this process's clock, as on virtual time; otherwise by Redis' */
	/* Who is told what becomes of messages: subscribers of this prefix; NULL: nobody, by this process. */
	const char *prefix;
	int64_t events_max, events_ms; /* kept for them */
	const struct wq_verdicts *verdicts; /* people's own; borrowed; NULL: none */
};
void wq_sender_opts_init(struct wq_sender_opts *o);

/* All but `o` is borrowed.  0 or a raised error. */
int wq_sender_create(struct wq_sender **out, struct wq_loop *l, struct wq_client *client,
                     struct wq_redis *redis, const struct wq_accounts *accounts,
                     const struct wq_sender_opts *o);
void wq_sender_handler(struct wq_sender *s, struct wq_handler *out);
/* The handler of the queue of statuses, which the sink fills: into the records of the messages they are about. */
void wq_sender_receipts(struct wq_sender *s, struct wq_handler *out);
/* What its worker should do with a job that says nothing of attempts: OUT-5. */
void wq_sender_worker_opts(const struct wq_sender *s, struct wq_worker_opts *o);
void wq_sender_add_metrics(struct wq_sender *s, struct wq_metrics *m);
/* Redis is there, perhaps again: what it may have lost of the ledger is written once more. */
void wq_sender_redis_is_back(struct wq_sender *s);
/* on_closed (may be NULL) runs from the loop.  NULL is fine and tells nobody. */
void wq_sender_close(struct wq_sender *s, void (*on_closed)(void *ctx), void *ctx);
