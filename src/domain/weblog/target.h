/* SPDX-License-Identifier: MIT */
#pragma once
/* target.h — where webhooks of the log are replayed to: the queues, or a URL, and signed there as their provider does.
 *
 *   cloud      X-Hub-Signature-256
 *   twilio     X-Twilio-Signature, over the URL that is posted to; of what is no form its bodySHA256 is added
 *   evolution  apikey
 */
#include "domain/sink/secrets.h"
#include "domain/sink/sink.h"
#include "io/client/client.h"
#include "store/webhook_log.h"

struct wq_webhook_target {
	struct wq_sink *sink;     /* borrowed; NULL: posted */
	struct wq_client *client; /* borrowed */
	const char *url;          /* borrowed */
	bool guarded;
	const struct wq_secrets *secrets; /* borrowed, of each provider: the first for a webhook's path signs */
	char *secret;                     /* owned; NULL: one of these */
};

/* That secret for all, instead of `secrets`.  0 or WQ_ENOMEM (raised). */
int wq_webhook_target_sign(struct wq_webhook_target *t, struct wq_str secret);
/* Twice is fine, zeroed is fine. */
void wq_webhook_target_fini(struct wq_webhook_target *t);
/* The URL, body and headers with which a row is posted; what they point to lives in the row, the target, or the arena.
 * Without a secret it goes unsigned.  0, WQ_ENOMEM (raised) or WQ_ETOOBIG. */
int wq_webhook_target_aim(const struct wq_webhook_target *t, const struct wq_webhook_row *row,
                          struct wq_arena *arena, struct wq_call *call);
