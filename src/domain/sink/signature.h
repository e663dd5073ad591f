/* SPDX-License-Identifier: MIT */
#pragma once
/* signature.h — whether a body was signed by somebody who knows one of our secrets.
 *
 * Secrets    several at once: of several apps, and the old one beside the new while one is being changed.
 * Strict     "sha256=" and 64 lower-case hex digits, once; everything else is no signature.
 * Time       all secrets are tried, and compared in constant time: it tells nothing of them.
 * Pieces     a long body is summed while it arrives, a short one when it is there: cheaper by the copies of contexts.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/hmac.h"
#include "domain/sink/secrets.h"

struct wq_signers {
	struct wq_hmac_key *keys[WQ_WEBHOOK_SECRETS_MAX]; /* owned */
	unsigned n;
};

/* Those that are good for the path's name, perhaps none.  0 or WQ_ENOMEM (raised). */
int wq_signers_init(struct wq_signers *s, const struct wq_secrets *secrets, struct wq_str name);
/* Twice is fine, zeroed is fine. */
void wq_signers_fini(struct wq_signers *s);

struct wq_signature {
	const struct wq_signers *signers; /* borrowed */
	unsigned char want[WQ_SHA256_BYTES];
	struct wq_hmac_sum *sums[WQ_WEBHOOK_SECRETS_MAX]; /* owned; none: the body is short */
	bool failed; /* out of memory on the way */
};

/* False: the header's value is no signature.  `body_bytes` as announced, -1: unknown. */
bool wq_signature_begin(struct wq_signature *g, const struct wq_signers *s, struct wq_str value,
                        int64_t body_bytes);
void wq_signature_add(struct wq_signature *g, struct wq_str piece);
/* 1: signed by one of us; 0: not; < 0: nobody knows (out of memory, raised).  Fini comes all the same. */
int wq_signature_end(struct wq_signature *g, struct wq_str body);
/* Twice is fine, zeroed is fine. */
void wq_signature_fini(struct wq_signature *g);
