/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_out.h — posts webhooks: each when it is due, in its provider's manner (webhook_manner.h), again and again
 * until somebody takes it.
 *
 *   waiting ──► ready ──► posting ─┬─► delivered       taken
 *      ▲   └► held ──┘             ├─► waiting         anything else: later again, ever later
 *      └───────────────────────────┴─► given up        tried often enough
 *
 * lost: asked never to be posted, it is kept only to be asked about.
 * held: asked to be overtaken, it waits until a later webhook has been posted, WQ_SANDBOX_REORDER_WAIT_MS at most.
 * Bounded: waiting ones by count and bytes (the newest is refused, and counted), finished ones by count (the oldest is
 * forgotten).
 */
#include <stdbool.h>
#include <stdint.h>

#include "app/sandbox/faults.h"
#include "base/json.h"
#include "domain/inbound/inbound.h"
#include "io/client/client.h"
#include "io/loop/loop.h"

struct wq_webhooks;

struct wq_webhook {
	enum wq_provider provider;
	const char *kind;          /* static: "sent", "read", "message", … */
	struct wq_str id;          /* the message it tells of; copied */
	struct wq_str body;        /* JSON or a form, as it goes out; copied */
	struct wq_str url, secret; /* its own, copied; n == 0: the provider's, as they are when it is posted */
	uint64_t delay_ms;
	struct wq_webhook_fault fault;
};

struct wq_webhooks_counts {
	uint64_t created, delivered, given_up, lost, refused, posts, overtaken, doubled;
	uint64_t waiting, in_flight; /* now */
};

int wq_webhooks_create(struct wq_webhooks **out, struct wq_loop *l, struct wq_client *c);
/* Whatever waits is dropped, what is being posted is cancelled; on_closed (may be NULL) runs from the loop and all is
 * gone. */
void wq_webhooks_close(struct wq_webhooks *w, void (*on_closed)(void *ctx), void *ctx);

/* Where a provider's go, and with which secret; copied.  NULL: it stays as it is; url "": nowhere, those without a
 * URL of their own are not even made; secret "": unsigned.  0, WQ_EINVAL (not an http or https URL; not raised) or
 * WQ_ENOMEM, after which nothing has changed. */
int wq_webhooks_aim(struct wq_webhooks *w, enum wq_provider provider, const char *url,
                    const char *secret);
bool wq_webhooks_aimed(const struct wq_webhooks *w, enum wq_provider provider);
/* "": nowhere. */
const char *wq_webhooks_url(const struct wq_webhooks *w, enum wq_provider provider);

/* Its number (from 1; a double has one of its own behind it), 0 (nobody to send it to), WQ_EFULL (not raised) or
 * WQ_ENOMEM. */
int64_t wq_webhooks_add(struct wq_webhooks *w, const struct wq_webhook *h);
/* Drops what waits and forgets what is done; what is being posted ends unseen. */
void wq_webhooks_reset(struct wq_webhooks *w);
const struct wq_webhooks_counts *wq_webhooks_counts(const struct wq_webhooks *w);
/* The members of those numbered above `after`, at most `limit` of them, as array elements; the last number written. */
uint64_t wq_webhooks_write(const struct wq_webhooks *w, uint64_t after, unsigned limit,
                           struct wq_jsonw *out);
/* Whether there are any above that number. */
bool wq_webhooks_more(const struct wq_webhooks *w, uint64_t after);
