/* SPDX-License-Identifier: MIT */
#pragma once
/* change.h — a contact is made or changed as a wish says.
 *
 *   begin ──► read (what its words and names follow from) ──► put ──► judge ──► end
 *     └────────────────────► put                                └─ changed meanwhile, or there already ─► read
 */
#include "domain/contact/wish.h"
#include "io/loop/flow.h"

struct wq_contact_change {
	/* in; borrowed until the end */
	struct wq_loop *loop;
	const struct wq_send_keys *keys;
	struct wq_contact_wish *wish;
	struct wq_str id;  /* of one that there is; empty: it is new */
	bool upsert;       /* new ones: or the one that has the names */
	bool dry;          /* only judged: the answer is the same, and nothing is written */
	int64_t rev;       /* the one that is being changed; 0: whatever it is */
	int64_t now_ms;    /* 0: Redis' clock */
	void (*cb)(struct wq_contact_change *c, int rc);
	/* out, in cb */
	enum wq_contact_put_answer answer;
	char of[WQ_CONTACT_ID_BYTES + 1]; /* whose it is, or what there are too many of */
	const char *error;
	/* private */
	struct wq_flow flow;
	struct wq_redis_cmd cmd;
	char made[WQ_CONTACT_ID_BYTES + 1];
	int64_t read_rev;
	unsigned tries;
	size_t asked; /* items of the wish itself */
	bool found;
};

/* cb runs once, from the loop: 0, and `answer` tells; > 0 as redis.h; < 0. */
void wq_contact_change_start(struct wq_contact_change *c);
