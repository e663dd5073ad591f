/* SPDX-License-Identifier: MIT */
#pragma once
/* enrol.h — contacts in sequences: how they begin, change and leave, and the steps that are due (lib/enrol.lua).
 *
 * Take    gives what is due, leased; settle writes what was decided of it, unless something happened meanwhile.
 * Clock   now_ms as in send.h: 0: Redis' own.
 * Items   `item(ctx, i, out)` is asked for each while the call starts; up to WQ_SEQ_BATCH_MAX a call.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

enum { WQ_ENROL_REPLACE = 1, WQ_ENROL_AGAIN = 2 };
struct wq_enrol {
	struct wq_str seq, by;
	int64_t now_ms, first_ms; /* first_ms 0: after the first step's delay */
	unsigned flags;
};
struct wq_enrol_who {
	struct wq_str who;   /* "c…", or the digest of a name behind "p" */
	struct wq_str id, phone, words; /* of the contact that is made where there is none; id empty: none is */
};
enum wq_enrol_outcome {
	WQ_ENROL_DONE = 1,
	WQ_ENROL_ALREADY = 0,
	WQ_ENROL_UNKNOWN = -1,
	WQ_ENROL_IN_ANOTHER = -2,
	WQ_ENROL_OPTED_OUT = -3,
	WQ_ENROL_BLOCKED = -4,
	WQ_ENROL_BEFORE = -5,
};
int wq_enrol_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, const struct wq_enrol *e,
                   size_t n, void (*item)(void *ctx, size_t i, struct wq_enrol_who *out), void *ctx,
                   void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The sequence's version; 0: there is none, -1: it is archived. */
int64_t wq_enrol_version(const struct wq_redis_cmd *cmd);
enum wq_enrol_outcome wq_enrol_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *contact);

struct wq_enrol_change {
	int64_t now_ms;
	const char *what;   /* pause, resume, stop, skip, move */
	struct wq_str seq;  /* empty: whichever */
	struct wq_str by, why;
};
int wq_enrol_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_enrol_change *c, size_t n,
                          void (*item)(void *ctx, size_t i, struct wq_str *con), void *ctx,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: changed; 0: it is so, or has ended; -1: it is in none. */
int wq_enrol_changed(const struct wq_redis_cmd *cmd, size_t i);

struct wq_enrol_list {
	struct wq_str seq, con, state; /* con: one, in whichever; state empty: all */
	uint64_t first, count;
};
int wq_enrol_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_enrol_list *l,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The i-th, its hash with "c:name" and "c:phone" of the contact; false: there are no more. */
bool wq_enrol_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *con,
                      const struct wq_redis_value **fields);
/* Where the next page begins; -1: there is none. */
int64_t wq_enrol_list_next(const struct wq_redis_cmd *cmd);

/* What is due. */
struct wq_enrol_due {
	struct wq_str con, seq, version, at, rev, step, head;
	const struct wq_redis_value *contact; /* its hash */
};
int wq_enrol_take_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The moment; *more: there may be more.  0: the answer is not in its form (raised). */
int64_t wq_enrol_taken(const struct wq_redis_cmd *cmd, bool *more);
bool wq_enrol_taken_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_enrol_due *out);

enum wq_enrol_what {
	WQ_STEP_SEND,
	WQ_STEP_PENDING,
	WQ_STEP_SKIP,
	WQ_STEP_WAIT,
	WQ_STEP_PAUSE,
	WQ_STEP_STOP,
	WQ_STEP_WHATS
};
struct wq_enrol_settle {
	struct wq_str con, rev;
	enum wq_enrol_what what;
	int64_t until_ms;
	struct wq_str id, to, data, reference, why, text;
};
int wq_enrol_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          int64_t keep_s, size_t n,
                          void (*item)(void *ctx, size_t i, struct wq_enrol_settle *out), void *ctx,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Whether it holds; false: something happened meanwhile. */
bool wq_enrol_settled(const struct wq_redis_cmd *cmd, size_t i);
