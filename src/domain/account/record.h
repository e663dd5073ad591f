/* SPDX-License-Identifier: MIT */
#pragma once
/* record.h — from an account's record in Redis to a struct wq_account, credentials opened; and back to be kept. */
#include "domain/account/account.h"
#include "io/tls/seal.h"
#include "store/account.h"

/* What the seal of an account's credentials is bound to: in `a`; p == NULL: no memory. */
struct wq_str wq_account_place(struct wq_str id, struct wq_arena *a);

struct wq_account_record {
	struct wq_account account;
	yyjson_doc *spec, *credentials; /* owned */
	struct wq_arena arena;
	struct wq_buf clear;            /* credentials; wiped by fini */
};

/* All of it is copied.  What cannot be used (a spec that is none, credentials that do not open) makes an account that
 * is SUSPENDED and says why.  `ways` need not outlive the record but for its texts.  0 or a raised error; fini comes
 * in any case. */
int wq_account_record_init(struct wq_account_record *r, const struct wq_account_seen *seen,
                           const struct wq_account_ways *ways);
/* Twice is fine, zeroed is fine. */
void wq_account_record_fini(struct wq_account_record *r);
