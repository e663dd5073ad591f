/* SPDX-License-Identifier: MIT */
#pragma once
/* marker.h — BullMQ's bell for idle workers: "0" says that work may be there, "1" when the next delayed job is due.
 *
 * Whoever waits takes the mark off; one that does not act on it puts it back.
 */
#include "io/redis/redis.h"
#include "store/ref.h"

struct wq_mark {
	int64_t due_ms; /* wall clock; 0: now */
	bool first;     /* it was "0" */
};

/* On `blocking`, a client of its own: waits for a mark, at most so long.  As wq_redis_start. */
int wq_marker_wait(const struct wq_ref *ref, struct wq_redis *blocking, struct wq_redis_cmd *cmd,
                   uint32_t seconds, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* During the callback, rc 0: false when none came. */
bool wq_marker_taken(const struct wq_redis_cmd *cmd, struct wq_mark *out);
/* On the queue's ordinary client. */
int wq_marker_put(const struct wq_ref *ref, struct wq_redis_cmd *cmd, const struct wq_mark *mark,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* By what a client that waits is known to others: "<prefix>:<queue in base64>", with ":w:<name>" if it has a name.
 * Cut at `max`, terminated. */
void wq_marker_client_name(const struct wq_ref *ref, const char *name, char *out, size_t max);
