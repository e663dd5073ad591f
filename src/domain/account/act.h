/* SPDX-License-Identifier: MIT */
#pragma once
/* act.h — what people do to an account, as one operation each: the same for the API and the command line.
 *
 *   create   judge ──► check ──► put
 *   update   read ──► judge ──► check (if number, address or credentials changed) ──► put
 *   verify   read ──► check ──► put
 *   remove   read ──► use ──► remove
 *
 * The caller embeds it, fills the "in" part (zero: default), and keeps it until cb has run, once, from the loop; then
 * fini.  What the provider says of an account is kept with it: display number, quality, tier, throughput.  A provider
 * that cannot be asked leaves a new account PENDING.
 */
#include "domain/account/change.h"
#include "domain/account/check.h"
#include "io/loop/flow.h"

enum wq_account_doing { WQ_ACCOUNT_CREATE, WQ_ACCOUNT_UPDATE, WQ_ACCOUNT_VERIFY, WQ_ACCOUNT_REMOVE };

/* How it ends; all but the first changed nothing. */
enum wq_account_did {
	WQ_DID_IT,
	WQ_DID_INVALID,      /* field, what */
	WQ_DID_NO_KEY,       /* there is no key to seal credentials with */
	WQ_DID_NOT_FOUND,    /* or it is another business's */
	WQ_DID_TOO_MANY,
	WQ_DID_CHANGED,      /* somebody else changed it meanwhile */
	WQ_DID_NUMBER_TAKEN,
	WQ_DID_NAME_TAKEN,
	WQ_DID_LAST_RANK,    /* another has to be made primary, or default, first */
	WQ_DID_REFUSED,      /* the provider refuses it: field, what */
	WQ_DID_UNREACHABLE,  /* verify: the provider could not be asked: what */
	WQ_DID_IN_USE,       /* remove: `use` tells of what */
	WQ_DID_FAILED,       /* Redis or memory: rc, error */
	WQ_DIDS
};

struct wq_account_act {
	/* in; borrowed until cb */
	enum wq_account_doing doing;
	const struct wq_account_ways *ways;
	const struct wq_account_keys *keys;
	struct wq_client *client;  /* NULL: nothing is checked */
	struct wq_str business;    /* whose: of a new one; otherwise the only one whose account it may be, empty: any */
	bool trusted;              /* the operator's own hand: its addresses need not be public */
	yyjson_val *body;          /* an object; NULL: nothing */
	bool unchecked, forced;
	struct wq_str id;          /* not of a new one */
	void (*cb)(struct wq_account_act *a);

	/* out */
	enum wq_account_did did;
	char new_id[24];           /* of a new one */
	struct wq_account_problem problem;
	struct wq_account_use use;
	int rc;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];

	/* private */
	struct wq_flow flow;
	struct wq_loop *loop;
	struct wq_redis_cmd cmd;
	struct wq_account_record old;
	struct wq_account_change change;
	struct wq_account_check check;
	int64_t old_rev;
	bool read, checked, was_pending;
	char now[24];
};

/* Members of a body beside wq_account_members and wq_account_credentials; ends with NULL. */
extern const char *const wq_account_wishes[];

void wq_account_act_start(struct wq_account_act *a, struct wq_loop *loop);
/* Asks to stop; cb runs. */
void wq_account_act_cancel(struct wq_account_act *a);
/* Behind cb.  Twice is fine, zeroed is fine. */
void wq_account_act_fini(struct wq_account_act *a);
/* A sentence of how it ended, for people; `out` is terminated. */
void wq_account_act_tell(const struct wq_account_act *a, char *out, size_t max);
