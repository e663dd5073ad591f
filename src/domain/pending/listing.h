/* SPDX-License-Identifier: MIT */
#pragma once
/* listing.h — a page of what waits for people in any number of accounts, the most urgent first.
 *
 *   ask (one account after the other, each so much a call) ──► … ──► end
 *
 * A page looks at some WQ_PENDING_LIST_LOOKS entries of an account at most: with a filter that fits little it may be
 * short, even empty, and there is more behind it all the same.
 */
#include "base/arena.h"
#include "io/loop/flow.h"
#include "store/pending.h"

enum { WQ_PENDING_SCORE_BYTES = 24 };

struct wq_pending_row {
	int64_t score;
	struct wq_str account;
	struct wq_pending p;
};

struct wq_pending_listing {
	/* in; borrowed until the end */
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_arena *arena;
	const struct wq_str *accounts; /* their ids, of the arena */
	size_t accounts_n;
	struct wq_pending_wish wish;   /* score and after are not read */
	void (*cb)(struct wq_pending_listing *l, int rc);
	/* out, in cb, of the arena */
	struct wq_pending_row *rows;
	size_t n;
	bool more;
	int64_t next_score;            /* more: where the next page begins */
	struct wq_str next_id;
	const char *error;
	/* private */
	struct wq_flow flow;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	size_t at;
	bool again;            /* that account once more, behind on_score and on_id */
	uint64_t looked, told; /* of that account */
	char on_score[WQ_PENDING_SCORE_BYTES], on_id[WQ_PENDING_ID_BYTES + 1];
	int64_t from_score; /* what lies behind that one */
	struct wq_str from_id;
};

/* "SCORE-ID", as a page ended with; empty: from the beginning.  False: it is no cursor. */
bool wq_pending_listing_from(struct wq_pending_listing *l, struct wq_str cursor);
/* 0, and cb runs once, from the loop; WQ_ENOMEM (raised). */
int wq_pending_listing_start(struct wq_pending_listing *l);
