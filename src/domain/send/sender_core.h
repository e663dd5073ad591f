/* SPDX-License-Identifier: MIT */
#pragma once
/* sender_core.h — the inside of a sender, shared by what it sends. */
#include "base/random.h"
#include "domain/send/outbox.h"
#include "domain/send/sending.h"

enum wq_send_outcome {
	WQ_TRIED_SENT,
	WQ_TRIED_REJECTED, /* it never will be */
	WQ_TRIED_AGAIN,    /* it will be tried again */
	WQ_TRIED_UNKNOWN,
	WQ_TRIED_WAITED,   /* not tried: a limit, a lane, a hold */
	WQ_TRIED_BARRED,   /* not tried: gate, or it has ended */
	WQ_TRIED
};

struct wq_sender {
	struct wq_loop *loop;
	struct wq_client *client;
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	struct wq_sender_opts o;
	struct wq_shelf shelf;
	struct wq_map desks;
	struct wq_list sendings, receipts;
	struct wq_rng rng;
	struct wq_zones zones; /* of persons */
	struct wq_outbox outbox; /* with o.prefix */
	bool closing;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric outcomes[WQ_TRIED], took, lost;
};

/* The account's desk, its limits as they are now; NULL: out of memory (raised). */
struct wq_desk *wq_sender_desk(struct wq_sender *s, const struct wq_account *a);
/* Something that was at work is gone. */
void wq_sender_one_gone(struct wq_sender *s);
