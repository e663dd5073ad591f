/* SPDX-License-Identifier: MIT */
#pragma once
/* timer.h — run a callback once, not before a given time.
 *
 * The owner embeds struct wq_timer, which needs no fini: stop it before its memory goes.  Moving a timer to a later
 * time costs nothing (it is put back when its old time comes), so a deadline may be moved with every byte that arrives.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"

struct wq_loop;

struct wq_timer {
	struct wq_heap_node node; /* key: when the heap wakes it, in us; at or before `due_us` */
	struct wq_loop *loop;
	void (*cb)(struct wq_timer *t);
	uint64_t due_us; /* UINT64_MAX: stopped */
	bool queued;
};

void wq_timer_init(struct wq_timer *t, struct wq_loop *l, void (*cb)(struct wq_timer *t));
/* Starts it, or moves it, to `delay_ms` from now. */
void wq_timer_start(struct wq_timer *t, uint64_t delay_ms);
/* The same by the loop's clock. */
void wq_timer_start_at(struct wq_timer *t, uint64_t due_us);
/* Stopped timers are fine. */
void wq_timer_stop(struct wq_timer *t);
bool wq_timer_active(const struct wq_timer *t);
