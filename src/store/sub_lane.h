/* SPDX-License-Identifier: MIT */
#pragma once
/* sub_lane.h — what a process that works subscriptions asks of Redis: which are its, what comes next, what became of
 * it.
 *
 * A lease is a key that Redis lets expire.  Who has lost it is told so by the settlement, which then does nothing.
 */
#include "store/subscription.h"

/* What a process knows of one that it works. */
struct wq_sub_known {
	struct wq_str id;
	int64_t rev;
	struct wq_str cursor; /* as far as there was nothing to deliver; empty: it need not be told */
};
/* `known(ctx, i)` is asked for each of n. */
int wq_sub_tick_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str token,
                      size_t n, struct wq_sub_known (*known)(void *ctx, size_t i), void *ctx,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_sub_held {
	struct wq_str id, spec, cursor; /* spec empty: as it was */
	int64_t rev, nudges; /* nudges: another number than before: there may be more that is due */
};
size_t wq_sub_tick_count(const struct wq_redis_cmd *cmd);
void wq_sub_tick_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_sub_held *out);
/* Gives back all that is the token's. */
int wq_sub_release_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str token,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* `due`: a unit may be taken; `count` 0: no new events. */
int wq_sub_read_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      int64_t now_ms, struct wq_str cursor, unsigned count, bool due,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_sub_read {
	struct wq_str unit; /* empty: none waits */
	int64_t due_ms;
	const struct wq_redis_value *again, *fresh; /* entries (wq_stream_at) */
};
void wq_sub_read_answer(const struct wq_redis_cmd *cmd, struct wq_sub_read *out);

enum { WQ_SUB_ROW_FIELDS_MAX = 10 };
struct wq_sub_settle {
	struct wq_str id, token;
	int64_t now_ms;
	struct wq_str cursor;      /* empty: stays */
	struct wq_str done, again; /* units; empty: none */
	int64_t due_ms;
	bool good, neither; /* it was taken; it never came to the endpoint */
	unsigned events;
	struct wq_str off; /* why it is to be disabled; empty */
	int64_t failing_max_ms;
	struct {
		struct wq_str field, value;
	} row[WQ_SUB_ROW_FIELDS_MAX];
	unsigned row_n;
};
int wq_sub_settle_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_sub_settle *s,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
enum wq_sub_settled {
	WQ_SUB_LOST = 0, /* the subscription is another's by now, and nothing was done */
	WQ_SUB_SETTLED = 1,
	WQ_SUB_OFF = 2, /* settled, and the subscription is disabled now */
};
enum wq_sub_settled wq_sub_settle_answer(const struct wq_redis_cmd *cmd);
