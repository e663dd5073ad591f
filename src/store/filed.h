/* SPDX-License-Identifier: MIT */
#pragma once
/* filed.h — the ids that a provider has given to files of one account, by what they are ids of.
 *
 * What      WQ_FILED_CONTENT: the SHA-256 of the bytes; WQ_FILED_ADDRESS: that of an address which stands for them.
 * Key       "wq:{account}:file:" what and hash; the value is the id, when it was given, and whether it replaced one
 *           that the provider refused: such a one is not replaced again for WQ_FILED_RENEWED_MS.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

enum wq_filed_by { WQ_FILED_CONTENT, WQ_FILED_ADDRESS };
enum { WQ_FILED_HASH_BYTES = 64 }; /* hex */

struct wq_filed {
	struct wq_str id; /* p == NULL: none */
	int64_t at_ms, refused_ms; /* when it was given; when the one before was refused, 0: never */
	bool renewed;     /* the one before was refused less than WQ_FILED_RENEWED_MS ago */
};
int wq_filed_ask_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, enum wq_filed_by by,
                       const char hash[static WQ_FILED_HASH_BYTES],
                       void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Borrowed from the answer. */
void wq_filed_answer(const struct wq_redis_cmd *cmd, int64_t now_ms, struct wq_filed *out);
int wq_filed_keep_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, enum wq_filed_by by,
                        const char hash[static WQ_FILED_HASH_BYTES], const struct wq_filed *f,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The provider does not know the id any more: who asks next finds none, and that one was refused. */
int wq_filed_refused_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                           enum wq_filed_by by, const char hash[static WQ_FILED_HASH_BYTES],
                           int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc));
