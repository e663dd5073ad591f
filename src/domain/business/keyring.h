/* SPDX-License-Identifier: MIT */
#pragma once
/* keyring.h — the keys of the API as a process knows them: read from Redis, kept up to date, looked up in memory.
 *
 * A key that was made is good everywhere within a second, and one that was removed is good nowhere by then, as long as
 * Redis answers.
 */
#include "domain/business/key.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"

struct wq_keyring;

/* 0 or a raised error. */
int wq_keyring_create(struct wq_keyring **out, struct wq_loop *loop, struct wq_redis *redis,
                      const char *prefix);
/* NULL is fine. */
void wq_keyring_destroy(struct wq_keyring *r);
/* What this process has just written is so here at once: a key that was made, one that has another text now, one that
 * was removed.  `sum` in hex.  What there is no memory for comes with the next look. */
void wq_keyring_put(struct wq_keyring *r, struct wq_str id, struct wq_str sum, enum wq_role role,
                    struct wq_str business);
void wq_keyring_rotate(struct wq_keyring *r, struct wq_str id, struct wq_str sum);
void wq_keyring_drop(struct wq_keyring *r, struct wq_str id);
/* By the key's sum.  The caller's texts live until the loop's next turn. */
bool wq_keyring_find(const struct wq_keyring *r, const unsigned char sum[WQ_SHA256_BYTES],
                     struct wq_caller *out);
size_t wq_keyring_count(const struct wq_keyring *r);
