/* SPDX-License-Identifier: MIT */
#pragma once
/* due.h — what is due in an account: one sorted set of moments (ms) for each kind, and the look for the first of each.
 *
 * Clock  now_ms as in send.h: 0: Redis' own, which all processes share.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* To add one: a row here and its key in due.c. */
enum wq_due_set {
	WQ_DUE_WINDOWS,   /* something has to be told of a window */
	WQ_DUE_SEQUENCES, /* the next step of somebody who is in one */
	WQ_DUE_BLOCKS,    /* a message has been `sent` for too long */
	WQ_DUE_DOUBTS,    /* … or may have arrived after all; whether a contact gets anything */
	WQ_DUE_PENDING,   /* an entry that nobody took expires */
	WQ_DUE_SEQ_RUNS,  /* a change of many contacts in sequences goes on */
	WQ_DUE_JOBS,      /* a message has its record, and its job is not in the queue yet */
	WQ_DUE_SETS
};

/* Asks for these sets, n of them. */
int wq_due_look_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                      const enum wq_due_set *sets, size_t n,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The moment of the look; 0: the answer is not in its form (raised). */
int64_t wq_due_now(const struct wq_redis_cmd *cmd);
/* The first of the i-th set; -1: nothing waits there. */
int64_t wq_due_first(const struct wq_redis_cmd *cmd, size_t i);
