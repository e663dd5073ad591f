/* SPDX-License-Identifier: MIT */
#pragma once
/* eviction.h — whether Redis may throw away what it was given to keep.
 *
 * One with a bound on its memory and another policy than noeviction drops jobs, and what tells duplicates apart,
 * without a word.  It is asked once, over the first connection; when it cannot say (INFO is not for everybody) it is
 * trusted.
 */
#include "io/redis/redis.h"

struct wq_eviction {
	/* in: what to do about it, once, from the loop; `policy` during the call */
	void (*on_evicts)(void *ctx, struct wq_str policy);
	void *ctx;
	/* private */
	struct wq_redis_cmd cmd;
	bool asked;
};

/* The connection is there; nothing happens the second time. */
void wq_eviction_look(struct wq_eviction *e, struct wq_redis *redis);
/* Of the text of INFO: true, and which policy. */
bool wq_eviction_told(struct wq_str info, struct wq_str *policy);
