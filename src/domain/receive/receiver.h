/* SPDX-License-Identifier: MIT */
#pragma once
/* receiver.h — works the jobs of `inbound-messages`, and those of `account-events` that are about people: handlers for
 * workers.  What becomes of each is in the account's part of Redis (store/receive.h), in one step.
 *
 *   message      contact found or made, message kept, window, sequence, counts
 *   echo         written to him by other hands: a manual send, unless it is our own
 *   history      into the history alone
 *   user_id, preference, contact   other names of his, what he wants, how an address book calls him
 *
 * Files    one that a message has is fetched by others: its job is added before the message's own has ended.
 * Twice    the same job twice writes the same, once.
 * Order    of a conversation is its worker's to keep (queue/ordered.h); what comes late changes nothing that is newer.
 * Nobody   a message to a number that is no account fails for good, and says so: it is among the dead letters.
 * Close    the worker first; then what is in flight ends, and it is gone.
 */
#include "base/metrics.h"
#include "domain/account/directory.h"
#include "queue/producer.h"
#include "queue/worker.h"

struct wq_receiver;

struct wq_receiver_opts {
	int64_t keep_s; /* messages are kept for */
	struct wq_producer *media; /* jobs of files (media/order.h) go there; borrowed; NULL: none is fetched */
	struct wq_str media_base;  /* of their queue; borrowed */
	bool own_clock; /* moments are by this process's clock, as on virtual time; otherwise by Redis' */
};

/* All but `o` is borrowed.  0 or a raised error. */
int wq_receiver_create(struct wq_receiver **out, struct wq_loop *l, struct wq_redis *redis,
                       const struct wq_accounts *accounts, const struct wq_receiver_opts *o);
/* Of the queue of messages. */
void wq_receiver_messages(struct wq_receiver *r, struct wq_handler *out);
/* Of the queue of events: what is not for us goes to `others`, which outlives the worker. */
void wq_receiver_events(struct wq_receiver *r, const struct wq_handler *others,
                        struct wq_handler *out);
void wq_receiver_add_metrics(struct wq_receiver *r, struct wq_metrics *m);
/* on_closed (may be NULL) runs from the loop.  NULL is fine and tells nobody. */
void wq_receiver_close(struct wq_receiver *r, void (*on_closed)(void *ctx), void *ctx);
