/* SPDX-License-Identifier: MIT */
#pragma once
/* standard_webhook.h — requests signed, and checked, by the Standard Webhooks convention.
 *
 *   webhook-id         names the message; a repetition carries the same
 *   webhook-timestamp  seconds since 1970 UTC
 *   webhook-signature  v1,BASE64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY")), one for each secret, with spaces
 *
 * A secret is base64, of 24 to 64 bytes (any length is taken), with or without "whsec_" in front.  Several are given
 * while they are changed: the first is the new one.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/hmac.h"
#include "base/str.h"

enum { WQ_STANDARD_WEBHOOK_SECRETS_MAX = 4, WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES = 256 };

struct wq_standard_webhook {
	struct wq_hmac_key *keys[WQ_STANDARD_WEBHOOK_SECRETS_MAX]; /* owned */
	unsigned keys_n;
	struct wq_buf text; /* ID.TIMESTAMP.BODY */
};

/* `secrets`: with commas or spaces between them.  WQ_EINVAL, with *why (static) for people; WQ_ETOOBIG: too many;
 * WQ_ENOMEM raised. */
int wq_standard_webhook_init(struct wq_standard_webhook *s, struct wq_str secrets,
                             size_t body_max_bytes, const char **why);
/* Twice is fine, zeroed is fine. */
void wq_standard_webhook_fini(struct wq_standard_webhook *s);
/* The signature's header, terminated.  0, WQ_ETOOBIG (not raised): the body, or raised. */
int wq_standard_webhook_sign(struct wq_standard_webhook *s, struct wq_str id, int64_t seconds,
                             struct wq_str body, char out[WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES]);

enum wq_standard_webhook_check {
	WQ_STANDARD_WEBHOOK_GOOD = 0,
	WQ_STANDARD_WEBHOOK_FORGED = 1,
	WQ_STANDARD_WEBHOOK_STALE = 2, /* further from `now_s` than `tolerance_s`, either way */
};
/* Headers as they came.  The time taken does not tell how much of a signature was right.  < 0: as sign. */
int wq_standard_webhook_verify(struct wq_standard_webhook *s, struct wq_str id,
                               struct wq_str timestamp, struct wq_str signatures,
                               struct wq_str body, int64_t now_s, int64_t tolerance_s);

enum { WQ_STANDARD_WEBHOOK_SECRET_BYTES = 64 };
/* A new secret of 32 bytes, terminated.  0 or a raised error. */
int wq_standard_webhook_make_secret(char out[WQ_STANDARD_WEBHOOK_SECRET_BYTES]);
