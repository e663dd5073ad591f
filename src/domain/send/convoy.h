/* SPDX-License-Identifier: MIT */
#pragma once
/* convoy.h — what one turn of the loop wants of the same script travels in one call.
 *
 *   join ──► waiting ──► a call (at most WQ_SEND_CALLS in flight, WQ_SEND_BATCH_MAX riders each) ──► told, once
 *
 * Riders are embedded in whatever they belong to and stay put until they are told.
 */
#include "base/limits.h"
#include "base/list.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"

struct wq_convoy;

struct wq_rider {
	/* rc as the command's; `at`: its place in the answer */
	void (*told)(struct wq_rider *r, int rc, const struct wq_redis_cmd *cmd, size_t at);
	struct wq_list link; /* private */
};

struct wq_convoy_call {
	struct wq_redis_cmd cmd;
	struct wq_convoy *convoy;
	struct wq_list riders;
	const struct wq_list *at;
	bool open;
};

/* Starts call->cmd for n riders, which wq_convoy_rider gives one after the other; < 0: they are told that. */
typedef int (*wq_convoy_start)(struct wq_convoy *c, struct wq_convoy_call *call, size_t n,
                               void (*cb)(struct wq_redis_cmd *cmd, int rc));

struct wq_convoy {
	/* private */
	wq_convoy_start start;
	struct wq_list waiting;
	struct wq_convoy_call calls[WQ_SEND_CALLS];
	struct wq_post turn;
};

void wq_convoy_init(struct wq_convoy *c, struct wq_loop *l, wq_convoy_start start);
/* Nobody rides any more. */
void wq_convoy_fini(struct wq_convoy *c);
void wq_convoy_join(struct wq_convoy *c, struct wq_rider *r);
/* The i-th rider of a call that starts; asked for from 0 on. */
struct wq_rider *wq_convoy_rider(struct wq_convoy_call *call, size_t i);
