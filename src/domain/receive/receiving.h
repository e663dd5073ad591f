/* SPDX-License-Identifier: MIT */
#pragma once
/* receiving.h — the inside of a receiver: its accounts, and one job at work; for src/domain/receive alone. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "domain/contact/names.h"
#include "domain/inbound/job_read.h"
#include "domain/receive/keyword.h"
#include "domain/receive/receiver.h"
#include "domain/send/convoy.h"
#include "io/loop/flow.h"
#include "store/receive.h"

/* What it holds of one account. */
struct wq_reception {
	struct wq_map_node node;
	struct wq_receiver *receiver;
	struct wq_send_keys keys;
	struct wq_convoy messages;
	char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];
};

enum wq_receiving_end {
	WQ_RECEIVING_RECEIVED,
	WQ_RECEIVING_TOLD,
	WQ_RECEIVING_KNOWN,
	WQ_RECEIVING_PASSED, /* of nobody, or nothing that we know */
	WQ_RECEIVING_LATER,
	WQ_RECEIVING_FAILED,
	WQ_RECEIVING_ENDS
};

struct wq_receiver {
	struct wq_loop *loop;
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	struct wq_receiver_opts o;
	struct wq_handler others;
	struct wq_inbound_reader reader;
	struct wq_map receptions;
	struct wq_list at_work;
	bool closing;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric ends[WQ_RECEIVING_ENDS], merged;
};

/* One update, as the store wants it; all of it in the arena. */
struct wq_receiving_item {
	struct wq_receive_item it;
	struct wq_add_item order; /* of its file; base.n == 0: none */
	char id[WQ_CONTACT_ID_BYTES + 1];
	char ref[WQ_PERSON_HEX_BYTES + 1], target[WQ_PERSON_HEX_BYTES + 1];
};

struct wq_receiving {
	struct wq_list link; /* of the receiver */
	struct wq_flow flow;
	struct wq_receiver *receiver;
	struct wq_task *task;
	struct wq_reception *at; /* NULL: not known yet */
	struct wq_arena arena;   /* owns the items */
	struct wq_receiving_item *items;
	size_t n, max, done;     /* present ones, and room; updates of the job that were worked before them */
	size_t seen;             /* of this read */
	bool told, partial;      /* not received; there are more behind them */
	bool doubtful;           /* it may be a message of ours, whose send is under way */
	unsigned merges;
	struct wq_rider rider;   /* of a message */
	struct wq_redis_cmd cmd; /* of all else */
	struct wq_add add;       /* of its file's job */
	char one[WQ_CONTACT_ID_BYTES + 1], other[WQ_CONTACT_ID_BYTES + 1]; /* who are one person */
	enum wq_receiving_end end;
	const char *why;         /* FAILED: for people */
	bool for_good;
	char said[256];
};

/* Ends the task, once, whatever comes of it. */
void wq_receiving_start(struct wq_receiver *r, struct wq_task *task);
/* The account's, made when first needed; NULL: out of memory, or an id that no key can have (raised). */
struct wq_reception *wq_receiver_reception(struct wq_receiver *r, const struct wq_account *a);
/* Something that was at work is gone. */
void wq_receiver_one_gone(struct wq_receiver *r);

/* item.c: u as an item, in the arena.  0; 1: it is of nobody, or nothing; WQ_ETOOBIG (the arena is full; not raised);
 * raised. */
int wq_receiving_item(struct wq_receiving_item *out, const struct wq_inbound *u,
                      const struct wq_keywords *own, struct wq_arena *a);
