/* SPDX-License-Identifier: MIT */
#pragma once
/* reader.h — the bytes of one webhook to its updates; one function for each provider.
 *
 *   wq_inbound_reader_init(&r);
 *   rc = wq_cloud_webhook_read(&r, &hook, on_update, user);
 *   wq_inbound_reader_fini(&r);
 *
 * Verify first: nothing here knows whether the bytes are the provider's.
 * Order     on_update runs during the call, once for each update, in the order of the bytes.
 * Strict    first; text that is no strict JSON for its characters alone (lone surrogates, bytes that are not UTF-8, raw
 *           control characters in strings, a byte order mark) is read again with U+FFFD, or an escape, in their places.
 * Tolerant  One change that is not what it should be does not stop the others: it becomes an update of its own, OTHER.
 *           Nothing that was signed is an error: the caller holds the bytes, whatever this says.
 * Memory    A reader is reused: after the first few it allocates no more, and keeps little.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/hmac.h"
#include "base/json_pool.h"
#include "domain/inbound/inbound.h"

/* Conditions: what came is no webhook that can be taken apart.  on_update did not run. */
enum {
	WQ_INBOUND_NOT_JSON = 1, /* or no form; truncated, empty */
	WQ_INBOUND_NOT_OURS,     /* JSON, but not a webhook of that provider's WhatsApp */
	WQ_INBOUND_TOO_DEEP,     /* beyond WQ_WEBHOOK_DEPTH_MAX */
	WQ_INBOUND_TOO_MANY,     /* updates, beyond WQ_WEBHOOK_UPDATES_MAX */
	WQ_INBOUND_TOO_LARGE,    /* beyond WQ_CLOUD_BODY_MAX_BYTES (Evolution: WQ_EVOLUTION_BODY_MAX_BYTES) */
	WQ_INBOUND_CONDITIONS
};
/* "not_json"; 0: "ok"; never NULL. */
const char *wq_inbound_condition_name(int rc);

struct wq_inbound_reader {
	/* private */
	struct wq_json_pool pool;  /* the document's */
	struct wq_arena arena;     /* what an update points to that is not in the document */
	struct wq_buf scratch;     /* of a hash; a body whose characters were mended */
	struct wq_sha256 *sha;     /* owned; made when first needed */
};

/* What came.  Borrowed, and stays put until the next read. */
struct wq_webhook {
	struct wq_str body;
	struct wq_str business;   /* whose it is, by the path it came by; missing: as it says itself */
	struct wq_str instance;   /* Evolution: by the path; missing: as it says itself */
	struct wq_str opaque;     /* Twilio: of the path's query, WQ_WEBHOOK_OPAQUE; missing: there is none */
	int64_t now_ms;
};

/* 0 to go on; anything else ends the read, which returns it. */
typedef int (*wq_on_inbound)(void *user, const struct wq_inbound *u);

void wq_inbound_reader_init(struct wq_inbound_reader *r);
/* Twice is fine, zeroed is fine. */
void wq_inbound_reader_fini(struct wq_inbound_reader *r);

/* 0, a condition, WQ_ENOMEM (raised), or what on_update returned. */
int wq_cloud_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                          wq_on_inbound on_update, void *user);
int wq_evolution_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                              wq_on_inbound on_update, void *user);
/* A form, or the JSON of an Event Streams sink. */
int wq_twilio_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                           wq_on_inbound on_update, void *user);
