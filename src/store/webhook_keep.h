/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_keep.h — keeps the log of webhooks: refusals in, old entries out; and tells how much there is. */
#include "store/webhook_log.h"

struct wq_webhook_refusal {
	uint32_t status;
	struct wq_str code, path, peer; /* code empty: it is counted only */
	uint64_t left_out;              /* not told one by one since the one before of that status */
	uint64_t count;                 /* how many this stands for */
};

struct wq_webhook_keep {
	uint64_t log_max;
	int64_t log_ms;
	uint64_t refused_max;
};

/* At most WQ_WEBHOOK_REFUSALS items; the reply is the number of entries that went.  As wq_redis_start. */
int wq_webhook_keep_start(const struct wq_webhook_log *log, struct wq_redis_cmd *cmd,
                          int64_t now_ms, const struct wq_webhook_keep *k,
                          const struct wq_webhook_refusal *items, size_t n,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));

struct wq_webhook_stats {
	/* out, during the callback, when rc is 0 */
	uint64_t kept, refused_kept; /* entries of the log */
	int64_t oldest_ms, newest_ms; /* of what was taken; 0: none */
	/* private */
	struct wq_redis_cmd cmd;
	void (*cb)(struct wq_webhook_stats *s, int rc);
};
/* As wq_redis_start. */
int wq_webhook_stats_start(const struct wq_webhook_log *log, struct wq_webhook_stats *s,
                           void (*cb)(struct wq_webhook_stats *s, int rc));
/* A count since the beginning by its name, during the callback: posts, updates, known; again_… of replays. */
uint64_t wq_webhook_stats_count(const struct wq_webhook_stats *s, const char *name);
/* The i-th status that webhooks were refused with, during the callback; false behind the last. */
bool wq_webhook_stats_refused(const struct wq_webhook_stats *s, size_t i, uint32_t *status,
                              uint64_t *n);
