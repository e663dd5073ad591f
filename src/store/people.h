/* SPDX-License-Identifier: MIT */
#pragma once
/* people.h — whom a business portfolio wrote to first within the last day, in Redis: shared by all its numbers.
 *
 * Keys    "wq:{people:PROVIDER:PORTFOLIO}:…", of an account without a portfolio "wq:{account}:…".
 * Memory  one row of about 130 bytes for a person, and no more rows than persons a day that may be written to.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "io/redis/redis.h"

enum { WQ_PEOPLE_KEY_MAX_BYTES = 2 * WQ_ACCOUNT_ID_MAX_BYTES + 32 };

struct wq_people_keys {
	struct wq_redis *redis; /* borrowed */
	char people[WQ_PEOPLE_KEY_MAX_BYTES], turn[WQ_PEOPLE_KEY_MAX_BYTES];
};
/* WQ_EINVAL (not raised): an id that cannot be a part of a key.  portfolio.n == 0: of this account alone. */
int wq_people_keys_init(struct wq_people_keys *k, struct wq_redis *redis, struct wq_str provider,
                        struct wq_str portfolio, struct wq_str account);

/* Room for one person, of `limit` a day; `now_ms` as in send.h. */
int wq_people_ask_start(const struct wq_people_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        int64_t limit, struct wq_str person,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_people_answer {
	bool granted;
	bool first;        /* he was not among them before */
	int64_t at;        /* granted: when, by Redis; otherwise it is worth asking again in so many ms */
};
void wq_people_answer(const struct wq_redis_cmd *cmd, struct wq_people_answer *out);
/* What was granted at `at` was not used. */
int wq_people_return_start(const struct wq_people_keys *k, struct wq_redis_cmd *cmd,
                           struct wq_str person, int64_t at,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
