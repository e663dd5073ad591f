/* SPDX-License-Identifier: MIT */
#pragma once
/* refusals.h — webhooks that were refused, on their way into the log; and the log is kept within its bounds.
 *
 * Bounded  a flood of forgeries is told by some of them and by a number: WQ_WEBHOOK_REFUSALS at once, then one for each
 *          WQ_WEBHOOK_REFUSAL_MS; the others cost an addition.  They lie in a stream of their own.
 * Batched  one call a second at most.
 * Keeping  each minute, or each second while there is much to take away, old entries go, whether webhooks come or not.
 * Redis    being away loses no count: what was not told is told later.
 */
#include "io/loop/loop.h"
#include "io/loop/timer.h"
#include "store/webhook_keep.h"

enum { WQ_REFUSAL_TEXT_MAX_BYTES = 128, WQ_REFUSAL_STATUSES = 16 };

struct wq_refusal_row {
	uint32_t status;
	uint64_t left_out;
	const char *code; /* static */
	char path[WQ_REFUSAL_TEXT_MAX_BYTES], peer[WQ_REFUSAL_TEXT_MAX_BYTES];
};

struct wq_refusals {
	struct wq_loop *loop;
	struct wq_webhook_log log;
	struct wq_webhook_keep keep;
	struct wq_refusal_row rows[WQ_WEBHOOK_REFUSALS / 2];
	size_t rows_n, flying_n; /* of rows; of them in the call */
	struct {
		uint32_t status;
		uint64_t count, flying, left_out;
	} counts[WQ_REFUSAL_STATUSES]; /* count: not told yet */
	size_t counts_n;
	uint64_t tokens_at_us; /* when all of them were there */
	struct wq_timer timer;
	struct wq_redis_cmd cmd;
	bool open, flies;
};

/* WQ_EINVAL: the prefix.  `redis` is borrowed. */
int wq_refusals_start(struct wq_refusals *r, struct wq_loop *l, struct wq_redis *redis,
                      struct wq_str prefix, const struct wq_webhook_keep *keep);
/* `code` is static. */
void wq_refusals_note(struct wq_refusals *r, uint32_t status, const char *code, struct wq_str path,
                      struct wq_str peer);
/* What was not told is told, if Redis is there; nothing runs any more.  Zeroed is fine, twice is fine. */
void wq_refusals_stop(struct wq_refusals *r);
