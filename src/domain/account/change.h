/* SPDX-License-Identifier: MIT */
#pragma once
/* change.h — what somebody wants of an account, new or old: merged with what is there, judged, sealed, ready to put.
 *
 *   rc = wq_account_change_init(&c, id, old, body, ways);
 *   0: wq_account_put_start(…, &c.put, …) with the rev, business, rank and time set by the caller
 *
 * A member that is null goes; credentials that are not named stay.  c.account is the account as it would be,
 * credentials in the clear, for a look at its provider.
 */
#include "domain/account/record.h"

enum { WQ_ACCOUNT_NO_KEY = 2, WQ_ACCOUNT_HINT_BYTES = 5 };

struct wq_account_change {
	struct wq_account_put put; /* its slices point into what follows */
	struct wq_account account;
	struct wq_account_problem problem; /* of WQ_ACCOUNT_INVALID */
	bool moved;        /* number, address or credentials are others than they were: what a check told is void */
	/* private */
	struct wq_arena arena;
	struct wq_buf spec, clear, sealed;
	yyjson_doc *spec_doc, *clear_doc;
	char hint[WQ_ACCOUNT_HINT_BYTES];
};

/* `old` NULL: it is new.  `body` and `old` are borrowed until fini.  0; WQ_ACCOUNT_INVALID; WQ_ACCOUNT_NO_KEY: there
 * are credentials to be kept and no key to seal them with; or raised.  fini comes in any case. */
int wq_account_change_init(struct wq_account_change *c, struct wq_str id,
                           const struct wq_account_record *old, yyjson_val *body,
                           const struct wq_account_ways *ways);
/* Twice is fine, zeroed is fine. */
void wq_account_change_fini(struct wq_account_change *c);
