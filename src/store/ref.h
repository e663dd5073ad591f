/* SPDX-License-Identifier: MIT */
#pragma once
/* ref.h — a queue in Redis: what its keys begin with, and the connection that reaches it.
 *
 * The keys are BullMQ's: "<prefix>:<queue>:" and a suffix.  Only store/ knows them.  A name may be any bytes but ':'
 * (with Redis Cluster the prefix or the name carries a hash tag).
 */
#include <stdbool.h>

#include "base/str.h"
#include "io/redis/redis.h"

struct wq_ref {
	struct wq_redis *redis; /* borrowed */
	char *base;             /* owned, terminated: "<prefix>:<queue>:" */
	char *meta;             /* owned, terminated: the key by which scripts are routed */
	struct wq_str prefix, queue; /* parts of base */
};

/* NULL, or a static sentence: why no queue may be called that. */
const char *wq_ref_problem(struct wq_str prefix, struct wq_str queue);
/* True when a job of this id would lie on a key that belongs to the queue itself. */
bool wq_ref_is_own_key(struct wq_str id);
/* WQ_EINVAL, with *why (may be NULL) for people: empty, longer than WQ_QUEUE_NAME_MAX_BYTES, or with a colon in the
 * queue's name; WQ_ENOMEM raised. */
int wq_ref_init(struct wq_ref *r, struct wq_redis *redis, struct wq_str prefix, struct wq_str queue,
                const char **why);
void wq_ref_fini(struct wq_ref *r);
struct wq_str wq_ref_base(const struct wq_ref *r);
struct wq_str wq_ref_meta(const struct wq_ref *r);
/* A key of the queue in the caller's buffer, terminated: base and suffix, as "events" or a job's id; its length, or
 * WQ_ETOOBIG (not raised). */
int wq_ref_key(const struct wq_ref *r, struct wq_str suffix, char *out, size_t max);
