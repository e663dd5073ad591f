/* SPDX-License-Identifier: MIT */
#pragma once
/* reseal.h — the secrets of a subscription that somebody works are sealed, if they are not yet, or under an older key:
 * so a key that is given for the first time, or changed, reaches them all.
 *
 * Owner  embeds the struct, zeroed, and calls fini before its memory goes.  Nobody is told: what became of it is
 *        logged, and the next who works the subscription looks again.
 */
#include "domain/subscription/subscription.h"
#include "store/subscription.h"

struct wq_reseal {
	struct wq_redis_cmd cmd;
	bool asking;
};

/* What lies in the clear and cannot be sealed, for lack of a key, is said once: *told. */
void wq_reseal_start(struct wq_reseal *r, const struct wq_sub_keys *keys,
                     const struct wq_subscription *s, int64_t rev, const struct wq_seal_ring *ring,
                     int64_t now_ms, bool *told);
/* Twice is fine, zeroed is fine. */
void wq_reseal_fini(struct wq_reseal *r);
