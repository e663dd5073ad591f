/* SPDX-License-Identifier: MIT */
#pragma once
/* subscription.h — who wants which events, where, and how: read from its JSON, and changed.
 *
 * Members
 *   url | queue | stream   where to: an endpoint, a BullMQ queue (a job each), a Redis stream (an entry each)
 *   description            for people
 *   events, kinds, fields, providers, accounts   filters (filter.h)
 *   raw                    requests as they came, instead of events
 *   order                  "strict": what was not taken holds up what comes later, and is never given up; "loose"
 *   batch_size, batch_delay_ms   so many events travel together, or what came within that time
 *   in_flight              posts at once; above 1 nothing is in order
 *   rate                   posts a second at most; 0: no bound
 *   secret                 of the signature (Standard Webhooks), whsec_…; kept (change.h) as `secrets`, sealed, the
 *                          newest first, and
 *   secrets_until          when those behind the first end
 *   trusted                the operator's own address, which need not be public; people cannot set it
 */
#include "base/limits.h"
#include "base/standard_webhook.h"
#include "domain/subscription/filter.h"
#include "io/tls/seal.h"

enum wq_sub_target { WQ_SUB_URL, WQ_SUB_QUEUE, WQ_SUB_STREAM, WQ_SUB_TARGETS };
extern const char *const wq_sub_target_names[WQ_SUB_TARGETS];
/* Names of what may be set by people; ends with NULL. */
extern const char *const wq_subscription_members[];

struct wq_subscription {
	yyjson_doc *doc; /* owned; the rest points into it */
	enum wq_sub_target target;
	struct wq_str to, description;
	struct wq_filter filter;
	bool strict, trusted;
	unsigned batch_size, in_flight, rate;
	uint32_t batch_delay_ms;
	struct wq_str id;     /* borrowed */
	struct wq_str secret; /* asked for, and not among the others yet */
	yyjson_val *secrets;
	int64_t secrets_until_ms;
};

/* WQ_EINVAL, with *why (static) for people; WQ_ENOMEM (raised).  fini comes in any case.  `id` is borrowed as long as
 * the subscription is used: its secrets are bound to it. */
int wq_subscription_init(struct wq_subscription *s, struct wq_str id, struct wq_str spec,
                         const char **why);
/* Twice is fine, zeroed is fine. */
void wq_subscription_fini(struct wq_subscription *s);

enum { WQ_SUB_PLACE_MAX_BYTES = WQ_SUB_ID_MAX_BYTES + 24 };
/* Where the secrets of a subscription are sealed for (io/tls/seal.h). */
void wq_subscription_place(struct wq_str id, char out[WQ_SUB_PLACE_MAX_BYTES]);
/* The secrets that are good now, opened, with spaces between; empty: it is not signed.  0; a condition of seal.h: the
 * newest does not open; as wq_buf_add.  What was appended is the caller's to wipe. */
int wq_subscription_secrets(const struct wq_subscription *s, const struct wq_seal_ring *ring,
                            int64_t now_ms, struct wq_buf *out);

enum wq_sub_secrecy {
	WQ_SECRECY_KEPT,  /* nothing is secret, or all is sealed under the newest key */
	WQ_SECRECY_OLD,   /* under another key */
	WQ_SECRECY_CLEAR, /* in the clear */
};
enum wq_sub_secrecy wq_subscription_secrecy(const struct wq_subscription *s,
                                            const struct wq_seal_ring *ring);
