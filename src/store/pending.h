/* SPDX-License-Identifier: MIT */
#pragma once
/* pending.h — what waits for a person to do it by hand, in Redis: the pend_ scripts.
 *
 * Keys are those of send.h and lib/pending.lua.  Ids are without their account.  Every start answers as wq_redis_start;
 * the callback is the command's; what an answer tells lives as long as that.
 */
#include "store/send.h"

/* One, and what is to know of its contact; empty: not known, 0: never. */
struct wq_pending {
	struct wq_str id, contact, why, state, by, text, data, sequence, message, note;
	int64_t priority, made_ms, ends_ms, at_ms, lease_ms;
	int64_t step; /* of the sequence; -1: none */
	struct wq_str phone, wa_id, user_id, lid, name, assigned;
	int64_t window_ms, free_ms; /* until when text may be sent, and is free */
	bool opted_out, blocked;
};

enum wq_pending_answer { WQ_PENDING_DONE = 1, WQ_PENDING_NOT = 0, WQ_PENDING_MISSING = -1 };
/* Of an add, a show, a change: one of these; *out is filled unless MISSING, or NOT of an add.  WQ_EPROTO (raised): the
 * answer is not in its form. */
int wq_pending_answer(const struct wq_redis_cmd *cmd, struct wq_pending *out);

struct wq_pending_new {
	struct wq_str id, contact, why, text, data, note; /* the last three may be empty */
	int64_t priority;
};
/* NOT: the id is taken; MISSING: there is no such contact. */
int wq_pending_add_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         const struct wq_pending_new *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
int wq_pending_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));

struct wq_pending_change {
	struct wq_str id, by;
	const char *act; /* "take", "release", "skipped", "done", "sent" */
	int64_t lease_ms; /* take: for how long it is his */
	bool any;         /* another may have it */
	struct wq_str message, note; /* may be empty */
};
/* NOT: it is another's, has ended, or (release) is nobody's. */
int wq_pending_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                            const struct wq_pending_change *p,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* A page of those that wait; empty texts: whatever. */
struct wq_pending_wish {
	struct wq_str score, after; /* behind this one; empty: from the beginning */
	struct wq_str contact, why, sequence, by, assigned, state;
	uint64_t count;
};
int wq_pending_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_pending_wish *l,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
size_t wq_pending_list_count(const struct wq_redis_cmd *cmd);
/* WQ_EPROTO (raised), or 0; *score: its place among all. */
int wq_pending_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_pending *out,
                       struct wq_str *score);
/* How far it was looked; *score empty: to the end. */
void wq_pending_list_end(const struct wq_redis_cmd *cmd, struct wq_str *score,
                         struct wq_str *after);

struct wq_pending_counts {
	int64_t total, taken, oldest_ms; /* oldest_ms 0: none */
	int64_t of_priority[WQ_PENDING_PRIORITY_MAX];
};
int wq_pending_counts_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc));
void wq_pending_counts_answer(const struct wq_redis_cmd *cmd, struct wq_pending_counts *out);
/* The i-th reason, and how many wait for it; false: there are no more. */
bool wq_pending_counts_why(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *why,
                           int64_t *n);

/* What has run out of time. */
int wq_pending_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* When the next is due; 0: none. */
int64_t wq_pending_tick_next(const struct wq_redis_cmd *cmd);
