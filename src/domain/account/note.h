/* SPDX-License-Identifier: MIT */
#pragma once
/* note.h — what webhooks tell of accounts, into their records, and into what holds for their sending: quality, tier,
 * throughput, whether they may send, and which of their templates; and what became of a template.
 *
 * An update may be about one number, or about all of a WhatsApp Business account.  An account of the environment has no
 * record: what it may not do is a hold on its sending instead.
 * Lifted   only what webhooks brought about: an account that people suspended stays so.
 */
#include "domain/account/directory.h"
#include "store/account.h"
#include "store/provider_template.h"
#include "store/send.h"

/* What an update says; NULL: nothing of that. */
struct wq_account_facts {
	const char *quality, *tier, *throughput; /* static words */
	const char *state, *why;                 /* static */
	bool portfolio;                          /* of all accounts of u->business */
	bool affects;                            /* sending: */
	enum wq_send_effect effect;
	int64_t until_ms;                        /* of the effect; -1: until somebody says so */
};
/* False: nothing of an account.  Pure. */
bool wq_account_facts_of(struct wq_account_facts *f, const struct wq_inbound *u);
/* It is a reason for SUSPENDED that an update gave. */
bool wq_account_told_why(struct wq_str why);

enum {
	WQ_ACCOUNT_NOTES_MAX = 32,         /* accounts that one update is written to */
	WQ_ACCOUNT_NOTE_TEXT_MAX_BYTES = 600, /* "name|language" of a template, or a reason */
};

struct wq_account_note {
	/* out */
	int rc;           /* 0, or the first failure */
	unsigned written; /* accounts */
	/* private */
	const struct wq_account_keys *keys;
	struct wq_loop *loop;
	struct wq_account_facts facts;
	struct wq_send_keys send;
	struct wq_redis_cmd cmd;
	struct wq_post post;
	unsigned n, at;
	bool put; /* the record of the present one is written */
	bool affected; /* its sending is, as well */
	bool template; /* it is about one: what is known of it is written too */
	struct wq_provider_template told; /* of the next three */
	char template_id[24], template_word[40], template_reason[64];
	bool held; /* it has none: its sending is held instead */
	struct {
		char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];
		bool stays; /* its state was other hands' */
	} of[WQ_ACCOUNT_NOTES_MAX];
	char subject[WQ_ACCOUNT_NOTE_TEXT_MAX_BYTES], why[WQ_ACCOUNT_NOTE_TEXT_MAX_BYTES];
	void (*cb)(struct wq_account_note *n);
};
/* `u` and `accounts` are not needed behind the call.  cb runs once, from the loop, also when there was nothing to do.
 */
void wq_account_note_event(struct wq_account_note *n, const struct wq_accounts *accounts,
                           const struct wq_account_keys *keys, struct wq_loop *loop,
                           const struct wq_inbound *u, void (*cb)(struct wq_account_note *n));
