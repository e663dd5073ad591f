/* SPDX-License-Identifier: MIT */
#pragma once
/* registry.h — records that every process keeps in memory (accounts, keys of the API): what changed since last time.
 *
 * Keys  "wq:{tag}:NAME:": ids, of:ID (a hash), rev, floor, changes, gone.  The tag is that of the queues' prefix, or
 *       the prefix itself.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "io/redis/redis.h"

enum { WQ_REGISTRY_KEY_MAX_BYTES = WQ_QUEUE_NAME_MAX_BYTES + 32 };

struct wq_registry {
	struct wq_redis *redis; /* borrowed */
	char base[WQ_REGISTRY_KEY_MAX_BYTES], ids[WQ_REGISTRY_KEY_MAX_BYTES];
};

/* `prefix`: of the queues. */
void wq_registry_init(struct wq_registry *g, struct wq_redis *redis, struct wq_str prefix,
                      const char *name);

/* `known`: what the last look told as `rev`; 0: everything is wanted. */
int wq_registry_changes_start(const struct wq_registry *g, struct wq_redis_cmd *cmd, int64_t known,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_registry_changes {
	int64_t rev;
	bool full; /* what was known counts no more: this is the first page of all */
	bool more; /* ask again, with rev */
	size_t n;
};
void wq_registry_changes_answer(const struct wq_redis_cmd *cmd, struct wq_registry_changes *out);
/* The i-th; false: that one is gone. */
bool wq_registry_changes_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                            const struct wq_redis_value **fields);

struct wq_registry_list {
	struct wq_str id;       /* one; empty: a page */
	bool of_one;            /* those of `business` alone */
	struct wq_str business;
	struct wq_str provider, state; /* empty: whatever; of accounts */
	uint64_t first, count;
};
int wq_registry_list_start(const struct wq_registry *g, struct wq_redis_cmd *cmd,
                           const struct wq_registry_list *l,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
size_t wq_registry_list_count(const struct wq_redis_cmd *cmd);
void wq_registry_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                         const struct wq_redis_value **fields);
/* Where the next page begins; 0: there is none. */
uint64_t wq_registry_list_next(const struct wq_redis_cmd *cmd);

/* A field of a hash as HGETALL tells it; p == NULL: none.  _int: 0 if it is no number. */
struct wq_str wq_fields_get(const struct wq_redis_value *fields, const char *name);
int64_t wq_fields_int(const struct wq_redis_value *fields, const char *name);
