/* SPDX-License-Identifier: MIT */
#pragma once
/* change.h — specs of subscriptions made and changed: what people ask for, on top of what there is, as it is kept.
 *
 *   merge or rotate ──► judge ──► what is stored
 *
 * What is asked for may hold a new secret, in the clear; what is kept has it sealed, while the ring has a key.
 */
#include "domain/subscription/subscription.h"

/* A new id, terminated.  0 or a raised error. */
int wq_subscription_make_id(char out[WQ_SUB_ID_MAX_BYTES + 1]);
/* Whether a new subscription of this body has to get a secret: its posts are ours to sign, and it brings none. */
bool wq_subscription_lacks_secret(yyjson_val *body);
/* Appends `old` (NULL: none) with the members of `body` in place of its own; one that is null goes.  `secret`, if it is
 * not empty, is the new one. */
int wq_subscription_merge(struct wq_buf *out, yyjson_val *old, yyjson_val *body,
                          struct wq_str secret);
/* Appends `old` with `secret` as its newest, the one before it good until then. */
int wq_subscription_rotate(struct wq_buf *out, const struct wq_subscription *old,
                           struct wq_str secret, int64_t until_ms);
/* Appends what was asked for as it is kept.  WQ_EINVAL, with *why (static) for people: it cannot be; or raised. */
int wq_subscription_judge(struct wq_buf *out, struct wq_str id, struct wq_str asked,
                          const struct wq_seal_ring *ring, const char **why);
/* Appends a subscription as it is kept: its secrets sealed, under the newest key. */
int wq_subscription_keep(struct wq_buf *out, const struct wq_subscription *s,
                         const struct wq_seal_ring *ring);
