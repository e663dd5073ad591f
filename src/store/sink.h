/* SPDX-License-Identifier: MIT */
#pragma once
/* sink.h — webhooks to jobs, all that arrived in one turn of the loop by one script call.
 *
 * Own keys  "wq:{tag}:sink:", where the tag is that of the queues' prefix, or the prefix itself: in Redis Cluster they
 *           lie beside queues whose prefix is a tag.
 * Seen      what came within the last WQ_SINK_SEEN_MS or longer is known, across processes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "io/redis/redis.h"

enum wq_sink_queue { WQ_SINK_NONE, WQ_SINK_MESSAGES, WQ_SINK_STATUSES, WQ_SINK_EVENTS, WQ_SINK_QUEUES };

/* One update out of a webhook.  All is borrowed until the call has started. */
struct wq_sink_update {
	enum wq_sink_queue queue;
	struct wq_str digest; /* by which a second one is known; empty: always new */
	struct wq_str name, data; /* of the job */
	struct wq_str lane;   /* messages: jobs of one run in order (lane.h), if lanes are written; empty: none */
};

struct wq_sink_post {
	struct wq_str provider, kinds, account, ids, peer; /* for the log */
	struct wq_str business, type;                      /* of its path; of its body, empty: application/json */
	struct wq_str body;                                /* as it came */
	struct wq_str raw; /* the request as subscriptions pass it on; empty: they do not */
	const struct wq_sink_update *updates;
	size_t updates_n;
};

/* What the jobs of a queue are like. */
struct wq_sink_jobs {
	struct wq_str queue; /* empty: updates of this kind are logged and counted only */
	struct wq_str opts;  /* JSON, as BullMQ stores it */
	uint32_t priority;
};

struct wq_sink_opts {
	struct wq_str prefix;
	struct wq_sink_jobs jobs[WQ_SINK_QUEUES]; /* that of WQ_SINK_NONE is not looked at */
	uint64_t log_max;     /* posts kept; 0: there is no log */
	int64_t log_ms;       /* for how long: webhook_keep.h sees to it */
	bool log_body;
	bool lanes;           /* write those of messages, for workers that know of them */
	bool again;           /* counted apart: what came before, once more */
	uint64_t events_max;  /* kept for subscriptions, when there is one */
	int64_t events_ms;    /* for how long */
	uint64_t backlog_max; /* waiting jobs of a queue beyond which nothing is taken; 0: no bound */
};

/* What the keys of ours begin with, terminated. */
void wq_sink_own(struct wq_str prefix, char *out, size_t max);

struct wq_sink_keys; /* owns a copy of the options */

/* WQ_EINVAL with *why for people, or WQ_ENOMEM (raised). */
int wq_sink_keys_create(struct wq_sink_keys **out, struct wq_redis *redis,
                        const struct wq_sink_opts *o, const char **why);
void wq_sink_keys_destroy(struct wq_sink_keys *k);

/* `post(ctx, i)` is asked for each of n posts while the call starts.  0, and cb runs once; < 0 as wq_redis_start. */
int wq_sink_start(const struct wq_sink_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms, size_t n,
                  const struct wq_sink_post *(*post)(void *ctx, size_t i), void *ctx,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 0; WQ_SINK_FULL: too much waits, and nothing was taken; WQ_EPROTO (raised): not the answer to n posts. */
enum { WQ_SINK_FULL = 1 };
int wq_sink_answer(const struct wq_redis_cmd *cmd, size_t n);
/* Updates of a post that were new, and those that had come before. */
void wq_sink_counts(const struct wq_redis_cmd *cmd, size_t i, uint64_t *fresh, uint64_t *known);
/* Bytes that a post adds to a call, roughly. */
size_t wq_sink_post_bytes(const struct wq_sink_post *p);
