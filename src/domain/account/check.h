/* SPDX-License-Identifier: MIT */
#pragma once
/* check.h — asks a provider whether it knows an account's number and lets us in with its credentials.
 *
 *   cloud      GET /{phone_number_id}?fields=…           also tells quality, tier and throughput
 *   evolution  GET /instance/connectionState/{instance}
 *   twilio     GET /2010-04-01/Accounts/{sid}.json
 */
#include "base/limits.h"
#include "domain/account/account.h"
#include "io/client/client.h"

enum wq_checked {
	WQ_CHECKED_GOOD,
	WQ_CHECKED_REFUSED, /* the provider says that something is wrong: `field` names what */
	WQ_CHECKED_UNKNOWN, /* it could not be asked, or does not know at the moment */
};

struct wq_account_check {
	/* out, in the callback and until fini */
	int rc;             /* of the call: WQ_ECANCELED, … */
	enum wq_checked outcome;
	const char *field;  /* static; of REFUSED */
	char why[200];      /* for people; of GOOD: what is worth knowing, or "" */
	char display[40], name[128], quality[16], tier[24], throughput[24]; /* "": not told */
	/* private */
	struct wq_call call;
	struct wq_arena arena;
	enum wq_provider provider;
	char number[WQ_ACCOUNT_NAME_MAX_BYTES + 1];
	void (*cb)(struct wq_account_check *c);
};

/* `a` is not needed behind the call.  < 0: cb never runs; otherwise once, from the loop. */
int wq_account_check_start(struct wq_account_check *c, struct wq_client *client,
                           const struct wq_account *a, void (*cb)(struct wq_account_check *c));
/* Behind the callback, or a start that failed.  Twice is fine, zeroed is fine. */
void wq_account_check_fini(struct wq_account_check *c);
