/* SPDX-License-Identifier: MIT */
#pragma once
/* block.h — contacts who seem to have blocked an account, in Redis: messages that should have arrived, and what was
 * found of them (lib/block.lua).
 *
 * Clock  now_ms as in send.h.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* Of some messages: how many the provider told to be `sent`, and how many of those had not arrived when it was time. */
struct wq_block_share {
	int64_t sent, late;
};

/* Reads what is due, WQ_BLOCK_BATCH of each kind at most. */
int wq_block_due_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_block_due {
	int64_t now_ms;
	unsigned reversed; /* verdicts that were proved wrong */
	bool more;
	size_t rows;
	struct wq_block_share usually, now; /* of the account */
};
/* 0; WQ_EPROTO (raised): the answer is not in its form. */
int wq_block_due_answer(const struct wq_redis_cmd *cmd, struct wq_block_due *out);

/* One message; slices live as long as the answer. */
struct wq_block_row {
	struct wq_str id, state, kind, contact; /* kind: "reaction", "group" or ""; contact empty: nobody's */
	bool held;                              /* it was looked at before */
	int64_t sent_ms, lived_ms;              /* when the contact was last seen to get something */
	int64_t before;                         /* in a row, without this one */
	int64_t own;                            /* of the contact, among what is late */
	struct wq_block_share day, near;        /* of the day on which it became `sent`; with the days around */
};
void wq_block_row_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_block_row *out);

enum wq_block_what { WQ_BLOCK_DROP, WQ_BLOCK_WAIT, WQ_BLOCK_LATE, WQ_BLOCK_HOLD, WQ_BLOCK_COUNT, WQ_BLOCK_WHATS };
enum wq_block_state { WQ_BLOCK_WATCHED, WQ_BLOCK_PROBABLE, WQ_BLOCK_CONFIRMED, WQ_BLOCK_STATES };
enum wq_block_health { WQ_BLOCK_NORMAL, WQ_BLOCK_ILL, WQ_BLOCK_UNKNOWN, WQ_BLOCK_HEALTHS };
struct wq_block_settle {
	struct wq_str id, contact;
	enum wq_block_what what;
	int64_t before, row, again_ms; /* COUNT; WAIT, HOLD */
	enum wq_block_state state;     /* COUNT */
};
int wq_block_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          enum wq_block_health health, const struct wq_block_settle *items,
                          size_t n, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: done; 0: it is looked at again, or somebody else did; WQ_EPROTO (raised). */
int wq_block_settled(const struct wq_redis_cmd *cmd, size_t i);
