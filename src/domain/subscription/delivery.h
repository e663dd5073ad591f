/* SPDX-License-Identifier: MIT */
#pragma once
/* delivery.h — one post of one subscription: what is posted, made of events, and how it went.
 *
 *   init ──► add (an event, or several of a batch) ──► start ──► told, once, from the loop ──► fini
 *
 * What   one event: the event.  A batch: {"events": […]}.  A raw request: its body, with the headers it had.
 * Id     of the events it holds: a repetition carries the same.  Signed with all secrets that are good at that moment.
 * Where  a URL by POST; a queue as a job of that id; a stream as an entry with `id` and `data`.
 * Copies all that it needs: the subscription and the events may go once it has started.
 */
#include "domain/subscription/subscription.h"
#include "io/client/client.h"
#include "queue/producer.h"
#include "store/ref.h"

/* What deliveries go through; borrowed. */
struct wq_delivery_ways {
	struct wq_loop *loop;
	struct wq_client *client;
	struct wq_redis *redis;
	struct wq_producer *producer;
	const char *prefix;
	const struct wq_seal_ring *ring; /* opens the secrets that posts are signed with */
	bool private_too; /* addresses that are not public may be reached */
};

enum { WQ_DELIVERY_ID_BYTES = 128, WQ_DELIVERY_WHY_BYTES = 160 };

struct wq_delivery {
	unsigned events_n;
	struct wq_buf ids; /* of the events, with commas between */
	/* out, in the callback */
	int rc;     /* as client.h tells; of queues and streams: as redis.h does, > 0 as WQ_EREPLY */
	int status; /* of a URL's answer; of the others 200 when it was taken */
	int64_t retry_after_ms;
	uint64_t took_us;
	char why[WQ_DELIVERY_WHY_BYTES]; /* of a failure, for people; "" */
	/* private */
	void (*cb)(struct wq_delivery *d);
	const struct wq_delivery_ways *ways;
	enum wq_sub_target target;
	bool raw, calling, flies;
	struct wq_buf body, to, heads;
	char id[WQ_DELIVERY_ID_BYTES], timestamp[24], attempt[12];
	char signature[WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES];
	struct wq_call call;
	struct wq_redis_cmd cmd;
	struct wq_ref ref;
	struct wq_add add;
};

void wq_delivery_init(struct wq_delivery *d, const struct wq_delivery_ways *ways);
/* 0; WQ_ENOMEM; WQ_ETOOBIG: it does not fit beside what is there. */
int wq_delivery_add(struct wq_delivery *d, const struct wq_subscription *s,
                    const struct wq_event *e);
/* `attempts` with this one.  < 0: cb never runs; nothing was posted; d->why tells.  WQ_EACCES: the secret that it is
 * signed with does not open. */
int wq_delivery_start(struct wq_delivery *d, const struct wq_subscription *s, unsigned attempts,
                      void (*cb)(struct wq_delivery *d));
/* The same with an event of type subscription.test, which nobody keeps.  d is initialised, and empty. */
int wq_delivery_start_test(struct wq_delivery *d, const struct wq_subscription *s,
                           void (*cb)(struct wq_delivery *d));
/* In the callback, or behind it. */
bool wq_delivery_is_taken(const struct wq_delivery *d);
/* Cuts a post off: it is told with WQ_ECANCELED. */
void wq_delivery_cancel(struct wq_delivery *d);
/* Also of one that flies, of which nobody is told then.  Twice is fine. */
void wq_delivery_fini(struct wq_delivery *d);
