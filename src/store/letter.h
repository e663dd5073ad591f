/* SPDX-License-Identifier: MIT */
#pragma once
/* letter.h — the records of outbound messages: made, shown, taken back, and what providers tell of them.
 *
 * Keys are those of send.h.  Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

struct wq_letter_new {
	struct wq_str id, to, data;
	struct wq_str reference; /* empty: none */
	int64_t due_ms; /* 0: at once */
	struct wq_str once, print; /* digests of an idempotency key, empty: none; and of what was asked for */
};
enum wq_letter_made { WQ_LETTER_NEW = 1, WQ_LETTER_BEFORE = 0, WQ_LETTER_OTHER = -1 };
int wq_letter_new_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        int64_t keep_s, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_letter_new *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* One of them.  BEFORE: the key made *id; OTHER: it did so for another body.  WQ_EPROTO (raised): the answer is not in
 * its form. */
int wq_letter_new_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id);

/* All fields of one record; none: there is no such message. */
int wq_letter_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
bool wq_letter_there(const struct wq_redis_cmd *cmd);
/* p == NULL: it has none. */
struct wq_str wq_letter_field(const struct wq_redis_cmd *cmd, const char *name);
int64_t wq_letter_number(const struct wq_redis_cmd *cmd, const char *name);

/* due_ms 0: it is cancelled; else its new moment. */
int wq_letter_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                           int64_t now_ms, int64_t due_ms,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: done; 0: too late, *state says how far it is; -1: there is none; WQ_EPROTO (raised): not in its form. */
int wq_letter_change_answer(const struct wq_redis_cmd *cmd, struct wq_str *state);

struct wq_letter_status {
	struct wq_str provider_id, id; /* `id`: as the send gave it along and a signature proved, empty: not told */
	struct wq_str state, why, price; /* "delivered"; of a failure; JSON */
	int64_t at_ms, code;
};
int wq_letter_status_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                           size_t n,
                           void (*item)(void *ctx, size_t i, struct wq_letter_status *out),
                           void *ctx, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: it came further; 0: known, or late; -1: of no message of ours so far; WQ_EPROTO (raised): not in its form.
 * *id: of the message. */
int wq_letter_status_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id);
