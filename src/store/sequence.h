/* SPDX-License-Identifier: MIT */
#pragma once
/* sequence.h — sequences of an account in Redis: their definitions, versions, history and state (lib/enrol.lua).
 *
 * Clock  now_ms as in send.h: 0: Redis' own.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

enum { WQ_SEQ_KEY_MAX_BYTES = WQ_SEND_OWN_MAX_BYTES + WQ_SEQ_ID_MAX_BYTES + 16 };

struct wq_seq_put_step {
	int64_t delay_ms;
	struct wq_str step;
};
struct wq_seq_put {
	struct wq_str id;
	int64_t rev; /* 0: it is new; -1: any version; -2: new, or any; else the version that is being changed */
	int64_t now_ms;
	struct wq_str by, what;   /* of its history: "created", "changed", "restored", "imported" */
	struct wq_str spec, head; /* JSON */
	struct wq_str name, print;
	const char *on_answer;
	bool again;
	const struct wq_seq_put_step *steps;
	size_t n;
};
enum { WQ_SEQ_CHANGED = 0, WQ_SEQ_TOO_MANY = -1, WQ_SEQ_EXISTS = -2, WQ_SEQ_MISSING = -3 };
int wq_seq_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_seq_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Its version now, or one of the codes above. */
int64_t wq_seq_put_answer(const struct wq_redis_cmd *cmd);

/* A page, or the one of that id (p == NULL: a page). */
int wq_seq_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t first, uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc));
uint64_t wq_seq_list_total(const struct wq_redis_cmd *cmd);
/* The i-th, its hash as HGETALL tells it (registry.h); false: there are no more. */
bool wq_seq_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                    const struct wq_redis_value **fields);

/* Version 0: the current one; -1: rows of `count`, the newest first, without their specs. */
int wq_seq_read_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      int64_t version, uint64_t first, uint64_t count,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* NULL: there is no such sequence. */
const struct wq_redis_value *wq_seq_read_fields(const struct wq_redis_cmd *cmd);
/* The i-th version; false: there are no more.  Its fields are empty if it is kept no more. */
bool wq_seq_read_at(const struct wq_redis_cmd *cmd, size_t i, int64_t *version,
                    const struct wq_redis_value **fields);

/* Rows of its history, JSON each, the newest first: an array of strings. */
int wq_seq_changes_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                         uint64_t first, uint64_t count,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* "active", "paused", "archived". */
int wq_seq_state_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                       int64_t now_ms, const char *state, struct wq_str by,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1, 0 (it was so) or WQ_SEQ_MISSING; *held above 0: it is to be called again. */
int64_t wq_seq_state_answer(const struct wq_redis_cmd *cmd, int64_t *held);

int wq_seq_remove_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: gone; WQ_SEQ_MISSING; 0: *inside contacts are in it. */
int64_t wq_seq_remove_answer(const struct wq_redis_cmd *cmd, int64_t *inside);
