/* SPDX-License-Identifier: MIT */
#pragma once
/* loop.h — one turn after the other; everything in the process happens inside one.
 *
 * A turn:  poll (uv) → callbacks → timers that are due → posts → turn-end hooks → poll …
 *   post       struct wq_post: run from the loop, never from inside the call that asks for it
 *   turn end   the same struct by wq_post_at_end: what all of this turn gathered leaves together (one write per
 *              connection, one script call)
 *   timer      struct wq_timer
 *
 * Time stands still during a turn: wq_loop_now_us is read once per turn.
 * Thread  the one there is.  libuv's pool is never started: no uv_fs, no uv_getaddrinfo, no uv_queue_work.
 * Memory  a libuv handle is ours again only in its close callback.  wq_loop_destroy aborts when a handle is alive,
 *         for that is a leak.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/metrics.h"

struct wq_loop;
struct uv_loop_s;

struct wq_post {
	struct wq_list link;
	void (*cb)(struct wq_post *p);
	struct wq_loop *loop;
};

/* clock NULL: the system's.  A virtual clock makes time jump to the next timer after some turns without a post or
 * a timer. */
int wq_loop_create(struct wq_loop **out, struct wq_clock_virtual *virtual_clock);
/* Closes what belongs to the loop itself.  NULL is fine. */
void wq_loop_destroy(struct wq_loop *l);

/* Turns until wq_loop_stop. */
void wq_loop_run(struct wq_loop *l);
void wq_loop_stop(struct wq_loop *l);
/* Tests: turns until done(ctx), at most `turns`; false if that was not enough. */
bool wq_loop_run_until(struct wq_loop *l, bool (*done)(void *ctx), void *ctx, unsigned turns);

uint64_t wq_loop_now_us(struct wq_loop *l);
int64_t wq_loop_wall_ms(const struct wq_loop *l);
/* Only io/ may look behind it. */
struct uv_loop_s *wq_loop_uv(struct wq_loop *l);
/* Turn lengths, stalls and the lag of timers. */
void wq_loop_add_metrics(struct wq_loop *l, struct wq_metrics *m);

void wq_post_init(struct wq_post *p, struct wq_loop *l, void (*cb)(struct wq_post *));
/* Runs cb soon, once; asking again before that changes nothing. */
void wq_post_send(struct wq_post *p);
/* The same, behind all plain posts of this turn. */
void wq_post_at_end(struct wq_post *p);
bool wq_post_pending(const struct wq_post *p);
void wq_post_cancel(struct wq_post *p);
