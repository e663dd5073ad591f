/* SPDX-License-Identifier: MIT */
#pragma once
/* subscription.h — subscriptions in Redis: their records, the events they are fed from, and what became of attempts.
 *
 * Keys    "wq:{tag}:sub:": ids, of:ID, due:ID (what has to be tried again), log:ID (rows of attempts), lease:ID, events
 *         (a stream of all), live (somebody listens).  The tag is that of the queues' prefix, or the prefix itself.
 * Events  are written by whoever takes in a fact, in the same step, and only while there is a subscription or `live`.
 * Spec    is a text of the domain's; nothing here reads it.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "io/redis/redis.h"
#include "store/ref.h"

enum { WQ_SUB_KEY_MAX_BYTES = WQ_QUEUE_NAME_MAX_BYTES + 32 + WQ_SUB_ID_MAX_BYTES };

struct wq_sub_keys {
	struct wq_redis *redis; /* borrowed */
	char base[WQ_SUB_KEY_MAX_BYTES], ids[WQ_SUB_KEY_MAX_BYTES], events[WQ_SUB_KEY_MAX_BYTES];
};

void wq_sub_keys_init(struct wq_sub_keys *k, struct wq_redis *redis, struct wq_str prefix);

struct wq_sub_put {
	struct wq_str id;
	int64_t rev;             /* 0: it is new; -1: any; else the one that is being changed */
	struct wq_str spec;      /* empty: stays */
	struct wq_str state, why; /* empty state: stays */
	int64_t now_ms;
};
enum { WQ_SUB_CHANGED = 0, WQ_SUB_TOO_MANY = -1, WQ_SUB_EXISTS = -2, WQ_SUB_MISSING = -3 };
int wq_sub_put_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_sub_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Its revision now, or one of the codes above. */
int64_t wq_sub_put_answer(const struct wq_redis_cmd *cmd);
/* The answer's integer is 1: gone; 0: it was not there. */
int wq_sub_remove_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
int64_t wq_sub_remove_answer(const struct wq_redis_cmd *cmd);

struct wq_sub_seen {
	struct wq_str id, spec, state, why, cursor;
	int64_t rev, created_ms, changed_ms, failing_ms, ok_at_ms, due_ms;
	uint64_t waiting, ok, bad; /* units that will be tried again; events delivered; attempts that failed */
	bool owned;                /* a process works it */
};
/* One (id), or a page of all (id empty). */
int wq_sub_list_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t first, uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc));
uint64_t wq_sub_list_total(const struct wq_redis_cmd *cmd);
size_t wq_sub_list_count(const struct wq_redis_cmd *cmd);
void wq_sub_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_sub_seen *out);

/* Rows of attempts, the newest first; wq_stream_at reads them. */
int wq_sub_rows_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc));

struct wq_sub_replay {
	struct wq_str id, from, to; /* ids of events, or '(ID' */
	uint64_t count;
	int64_t due_ms, step_us;
};
int wq_sub_replay_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_sub_replay *r,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Events that were put on the way, or WQ_SUB_TOO_MANY, WQ_SUB_MISSING; *next: where it goes on, empty: that was all. */
int64_t wq_sub_replay_answer(const struct wq_redis_cmd *cmd, struct wq_str *next);

/* Somebody listens: events are kept for WQ_SUB_LIVE_MS. */
int wq_sub_live_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Events behind the id `after`, as far as they are kept. */
int wq_sub_events_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str after,
                        uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* The newest event alone. */
int wq_sub_last_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* An event of the system's own, for whoever is fed. */
struct wq_sub_tell {
	int64_t now_ms, events_max, events_ms;
	struct wq_str type, account, data, once;
	int64_t once_ms;
};
int wq_sub_tell_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      const struct wq_sub_tell *t, void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* The i-th entry of a stream's answer: its id and its fields; false: there is none. */
bool wq_stream_at(const struct wq_redis_value *entries, size_t i, struct wq_str *id,
                  const struct wq_redis_value **fields);
/* A field's value; p == NULL: none. */
struct wq_str wq_stream_field(const struct wq_redis_value *fields, const char *name);
