/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_manner.h — how each provider posts a webhook, what it takes for an answer, and how often it tries.
 *
 *   cloud      signed by HMAC-SHA256 of the body; 200 alone will do; for minutes
 *   evolution  a key in a header, if one is set (the body has the instance's); any 2xx; ten times, but not after
 *              400, 401, 403, 404, 422
 *   twilio     signed by HMAC-SHA1 of URL and parameters; any answer ends it; once more if there was no connection
 */
#include "app/sandbox/webhook_body.h"
#include "domain/inbound/inbound.h"
#include "io/client/client.h"

enum { WQ_MANNER_TEXT_BYTES = WQ_SIGNATURE_BYTES + 1 };

struct wq_manner_post {
	enum wq_provider provider;
	const char *url;
	struct wq_str secret; /* n == 0: none */
	struct wq_str body;
	struct wq_hmac_key *key; /* of the secret, cloud's only */
};
/* Adds the headers; a signature is written into `text`, which outlives the call.  0 or a raised error. */
int wq_manner_headers(const struct wq_manner_post *p, char text[WQ_MANNER_TEXT_BYTES],
                      struct wq_call *call);
bool wq_manner_is_taken(enum wq_provider provider, int rc, int status);
/* Nothing more is tried; `attempts` of them have been made. */
bool wq_manner_is_over(enum wq_provider provider, int rc, int status, unsigned attempts);
