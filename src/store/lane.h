/* SPDX-License-Identifier: MIT */
#pragma once
/* lane.h — jobs that have to run one after the other: which may run, and who is next.
 *
 * A lane is a list of the ids of its jobs beside the queue, written by whoever adds them (sink.h), under
 * "wq:{tag}:lane:<queue>:<name>".
 */
#include "base/str.h"
#include "io/redis/redis.h"
#include "store/ref.h"

struct wq_lanes {
	const struct wq_ref *ref; /* borrowed */
	char *lanes, *parked;     /* owned */
};

struct wq_lane_item {
	struct wq_str lane, id;
	bool ended; /* of a pass: it never runs again; otherwise it was parked */
};

/* 0 or WQ_ENOMEM (raised). */
int wq_lanes_init(struct wq_lanes *l, const struct wq_ref *ref);
/* Twice is fine, zeroed is fine. */
void wq_lanes_fini(struct wq_lanes *l);
/* What the names of a queue's lanes begin with; the caller frees it.  NULL: out of memory (raised). */
char *wq_lanes_prefix(struct wq_str prefix, struct wq_str queue);

/* `item(ctx, i)` is asked for each of n items while the call starts.  0, and cb runs once; < 0 as wq_redis_start. */
int wq_lane_enter_start(const struct wq_lanes *l, struct wq_redis_cmd *cmd, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_lane_item *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Of the answer to wq_lane_enter_start. */
bool wq_lane_may_run(const struct wq_redis_cmd *cmd, size_t i);
int wq_lane_pass_start(const struct wq_lanes *l, struct wq_redis_cmd *cmd, size_t n,
                       void (*item)(void *ctx, size_t i, struct wq_lane_item *out), void *ctx,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc));
