/* SPDX-License-Identifier: MIT */
#pragma once
/* lane.h — one subscription at work: its events in their order, what failed again when its time comes.
 *
 *   read ──► page ──► unit (one event, or a batch) ──► delivery ──► verdict (retry.h) ──► settle ──► next
 *    ▲  └──► unit that is due again ──────────────────────┘                               │
 *    └──── nothing there: until it is woken, or the next unit is due ◄────────────────────┘
 *
 * Cursor   moves over units that are settled: taken, or put among what is due again.  All it has comes from Redis, and
 *          a settlement is one atomic step there: after a crash what was under way is delivered once more.
 * Breaker  one of its own.  While it is open the lane reads nothing; a dead endpoint costs one trial at a time.
 * Lease    nothing is posted beyond what it was extended to; who has lost it finds out at the next settlement.
 */
#include "domain/subscription/delivery.h"
#include "domain/subscription/retry.h"
#include "io/loop/timer.h"
#include "queue/breaker.h"
#include "store/sub_lane.h"

struct wq_lane;

struct wq_lane_opts {
	const struct wq_delivery_ways *ways; /* borrowed, as the next three */
	const struct wq_sub_keys *keys;
	const char *token; /* of the lease */
	bool *told_clear;  /* that there are secrets in the clear (reseal.h) */
	/* An attempt has ended; for counters.  May be NULL. */
	void (*on_attempt)(void *ctx, enum wq_retry_kind k);
	/* Its endpoint is left alone from now on, after it had taken posts; or it takes them again (`paused` false).
	 * May be NULL. */
	void (*on_health)(void *ctx, const char *id, bool paused, const char *why);
	/* The lane is gone: lease lost, disabled, or its closing is done.  From the loop. */
	void (*on_closed)(void *ctx, struct wq_lane *l);
	void *ctx;
};

/* WQ_EINVAL: the record cannot be read; or raised. */
int wq_lane_create(struct wq_lane **out, const struct wq_lane_opts *o, const struct wq_sub_held *h);
/* Ends what is under way, starts nothing; then on_closed. */
void wq_lane_close(struct wq_lane *l);
/* The same, with posts cut off. */
void wq_lane_cut(struct wq_lane *l);
/* There are new events. */
void wq_lane_wake(struct wq_lane *l);
/* The lease is good until then; `nudges` as the tick told. */
void wq_lane_extend(struct wq_lane *l, uint64_t until_us, int64_t nudges);
struct wq_sub_known wq_lane_known(const struct wq_lane *l);
