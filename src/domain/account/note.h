/* SPDX-License-Identifier: MIT */
#pragma once
/* note.h — what webhooks tell of accounts, into their records: quality, tier, throughput, and whether they may send.
 *
 * An update may be about one number, or about all of a WhatsApp Business account; an account that is of the environment
 * has no record, and stays as it is.
 */
#include "domain/account/directory.h"
#include "store/account.h"

/* What an update says; NULL: nothing of that. */
struct wq_account_facts {
	const char *quality, *tier, *throughput; /* static words */
	const char *state, *why;                 /* static */
	bool portfolio;                          /* of all accounts of u->business */
};
/* False: nothing of an account.  Pure. */
bool wq_account_facts_of(struct wq_account_facts *f, const struct wq_inbound *u);

enum { WQ_ACCOUNT_NOTES_MAX = 32 }; /* accounts that one update is written to */

struct wq_account_note {
	/* out */
	int rc;           /* 0, or the first failure */
	unsigned written; /* accounts */
	/* private */
	const struct wq_account_keys *keys;
	struct wq_loop *loop;
	struct wq_account_facts facts;
	struct wq_redis_cmd cmd;
	struct wq_post post;
	unsigned n, at;
	char ids[WQ_ACCOUNT_NOTES_MAX][WQ_ACCOUNT_ID_MAX_BYTES + 1];
	void (*cb)(struct wq_account_note *n);
};
/* `u` and `accounts` are not needed behind the call.  cb runs once, from the loop, also when there was nothing to do.
 */
void wq_account_note_event(struct wq_account_note *n, const struct wq_accounts *accounts,
                           const struct wq_account_keys *keys, struct wq_loop *loop,
                           const struct wq_inbound *u, void (*cb)(struct wq_account_note *n));
