/* SPDX-License-Identifier: MIT */
#pragma once
/* block_list.h — contacts of whom it is in doubt whether they get anything, as people look at them; a verdict taken
 * back by hand; and how good verdicts were.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/block.h"

/* Where a page begins: behind that one; zeroed: at the beginning. */
struct wq_block_place {
	struct wq_str ms, id;
};
/* `state` empty: all; otherwise watched, probable or confirmed alone. */
int wq_block_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str state,
                        struct wq_block_place from, uint64_t most,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_block_issue {
	struct wq_str id, state, messages; /* messages: ids with a space between, as far as they are kept */
	struct wq_str phone, wa_id, user_id, name, assigned; /* empty: it has none */
	int64_t undelivered, at_ms, blocked_ms;
};
size_t wq_block_list_count(const struct wq_redis_cmd *cmd);
void wq_block_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_block_issue *out);
/* False: there is no further page. */
bool wq_block_list_next(const struct wq_redis_cmd *cmd, struct wq_block_place *out);

/* A person says so. */
int wq_block_undo_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        struct wq_str contact, struct wq_str why,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1; 0: there was no doubt; -1: there is no such contact; WQ_EPROTO (raised). */
int wq_block_undo_answer(const struct wq_redis_cmd *cmd);

struct wq_block_rates {
	struct wq_block_share usually, lately;
	bool ill;           /* as the last sweep found it … */
	int64_t since_ms;   /* … since then; 0: it never changed */
	int64_t waiting;    /* messages that are `sent` */
	int64_t doubts, verdicts; /* contacts, now */
	/* Ever, by enum wq_block_state: passed; proved wrong by what arrived; taken back by a person. */
	int64_t passed[WQ_BLOCK_STATES], wrong[WQ_BLOCK_STATES], undone[WQ_BLOCK_STATES];
};
int wq_block_rates_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
void wq_block_rates_answer(const struct wq_redis_cmd *cmd, struct wq_block_rates *out);
