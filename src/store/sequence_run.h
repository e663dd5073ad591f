/* SPDX-License-Identifier: MIT */
#pragma once
/* sequence_run.h — changes of many contacts in sequences, and of many definitions: each keeps what was before, and can
 * be undone (seq_run_begin.lua).
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

struct wq_seq_run {
	struct wq_str id;
	int64_t now_ms;
	const char *what;             /* enrol, pause, resume, stop, move, import, undo */
	struct wq_str seq, tag;       /* enrol: of these contacts; otherwise empty: all that are in it */
	struct wq_str by, why, before, undoes;
	unsigned flags;               /* of enrol.h */
};
int wq_seq_run_begin_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                           const struct wq_seq_run *r,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: it is under way; 0: too many are; -3: there is no such sequence, or run. */
int64_t wq_seq_run_begun(const struct wq_redis_cmd *cmd);
/* The next contacts of the run that has waited longest. */
int wq_seq_run_step_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
bool wq_seq_run_more(const struct wq_redis_cmd *cmd);
/* As wq_seq_list_start of sequence.h, and read the same way. */
int wq_seq_run_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          uint64_t first, uint64_t count,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
