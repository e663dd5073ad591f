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
 *   secret                 of the signature (Standard Webhooks), whsec_…; kept as `secrets`, the newest first, and
 *   secrets_until          when those behind the first end
 *   trusted                the operator's own address, which need not be public; people cannot set it
 */
#include "base/standard_webhook.h"
#include "domain/subscription/filter.h"

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
	yyjson_val *secrets;
	int64_t secrets_until_ms;
};

/* WQ_EINVAL, with *why (static) for people; WQ_ENOMEM (raised).  fini comes in any case. */
int wq_subscription_init(struct wq_subscription *s, struct wq_str spec, const char **why);
/* Twice is fine, zeroed is fine. */
void wq_subscription_fini(struct wq_subscription *s);

/* Appends a spec: `old` (NULL: none) with the members of `body` in place of its own; one that is null goes. */
int wq_subscription_merge(struct wq_buf *out, yyjson_val *old, yyjson_val *body);
/* Appends `old` with `secret` as its newest, the one before it good until then. */
int wq_subscription_rotate(struct wq_buf *out, const struct wq_subscription *old,
                           struct wq_str secret, int64_t until_ms);
/* The secrets that are good now, with spaces between; empty: it is not signed. */
int wq_subscription_secrets(const struct wq_subscription *s, int64_t now_ms, struct wq_buf *out);
