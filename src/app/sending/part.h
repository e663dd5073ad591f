/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — sending as a part of a node: a sender, what follows providers' news of accounts, and in a serving node the
 * workers that feed both. */
#include "app/conversation/part.h"
#include "app/sending/media.h"
#include "app/worker/crew.h"
#include "domain/account/news.h"
#include "domain/receive/receiver.h"
#include "domain/send/sender.h"
#include "queue/ordered.h"

struct wq_node;

struct wq_sending_part {
	struct wq_sender *sender; /* owned; NULL: not built */
	struct wq_account_news *news; /* owned, with the sender */
	struct wq_receiver *receiver; /* the same */
	struct wq_media_part media; /* the same */
	struct wq_handler other_events; /* the news' */
	struct wq_ref inbound_ref; /* of ordered */
	struct wq_ordered *ordered; /* NULL: messages are worked as they come */
	struct wq_conversation_part conversation; /* with the sender */
	struct wq_verdicts *verdicts; /* owned; NULL: none of people's own */
	struct wq_crew crew;
	/* private */
	struct wq_node *node;
	void (*done)(void *ctx);
	void *ctx;
};

/* The queues that our own handlers work. */
extern const char wq_outbound_queue[], wq_inbound_queue[], wq_statuses_queue[],
	wq_account_events_queue[], wq_media_queue[];

bool wq_sending_works(struct wq_str queue);
/* Whether a process that takes messages and works them keeps those of a conversation in order: what the settings say,
 * and if they do not, yes. */
bool wq_sending_in_order(const struct wq_settings *s);

/* Sender and news alone.  0 or a raised error. */
int wq_sending_part_build(struct wq_sending_part *p, struct wq_node *n,
                          const struct wq_accounts *accounts);
/* Its own workers besides. */
int wq_sending_part_work(struct wq_sending_part *p);
/* The handler of a queue that we work. */
void wq_sending_part_handler(struct wq_sending_part *p, struct wq_str queue,
                             struct wq_handler *out);
/* done(ctx) runs later, from the loop; false: nothing was built. */
bool wq_sending_part_close(struct wq_sending_part *p, void (*done)(void *ctx), void *ctx);
