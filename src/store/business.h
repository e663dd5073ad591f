/* SPDX-License-Identifier: MIT */
#pragma once
/* business.h — businesses, and keys of the API, in Redis.
 *
 * Keys  those of the registries "biz" and "key" (registry.h), and in:BUSINESS, the keys of one business.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/registry.h"

#define WQ_BUSINESSES_REGISTRY "biz"
#define WQ_API_KEYS_REGISTRY   "key"

struct wq_business_keys {
	struct wq_registry biz, key, acc;
};
void wq_business_keys_init(struct wq_business_keys *k, struct wq_redis *redis,
                           struct wq_str prefix);

/* What the scripts below answer with. */
enum wq_business_answer {
	WQ_BUSINESS_DONE = 1,
	WQ_BUSINESS_TOO_MANY = -1,
	WQ_BUSINESS_EXISTS = -2,
	WQ_BUSINESS_MISSING = -3,
	WQ_BUSINESS_IN_USE = -4, /* it has accounts or keys */
};
int64_t wq_business_answer(const struct wq_redis_cmd *cmd);
/* Of WQ_BUSINESS_IN_USE: how many of each. */
void wq_business_in_use(const struct wq_redis_cmd *cmd, int64_t *accounts, int64_t *keys);

/* `fresh`: it must not be there; otherwise it must be, and gets another name. */
int wq_business_put_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                          struct wq_str id, struct wq_str name, bool fresh, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
int wq_business_remove_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                             struct wq_str id, void (*cb)(struct wq_redis_cmd *cmd, int rc));

struct wq_key_put {
	struct wq_str id, business, role, name, sum; /* business empty: of all */
	int64_t now_ms;
};
/* MISSING: there is no such business. */
int wq_key_put_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_key_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* `of_one`: only if it is of `business`. */
int wq_key_remove_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                        struct wq_str id, bool of_one, struct wq_str business, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The key is another one from now on. */
int wq_key_rotate_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                        struct wq_str id, struct wq_str sum, bool of_one, struct wq_str business,
                        int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc));
