/* SPDX-License-Identifier: MIT */
#pragma once
/* fine.h — a timer of microseconds, where struct wq_timer has milliseconds: a timerfd that the loop watches.
 *
 * Costs a system call each time it is set and one each time it fires; for load that has to begin when it is due.  Times
 * are those of the system's monotonic clock, whatever clock the loop has.
 */
#include <stdint.h>

#include "io/loop/loop.h"

struct wq_fine;

/* 0 or a raised error. */
int wq_fine_create(struct wq_fine **out, struct wq_loop *l, void (*cb)(void *ctx), void *ctx);
/* cb runs once, from the loop, not before `due_us`; a time that is past is due at once.  Moves an earlier setting. */
void wq_fine_at(struct wq_fine *f, uint64_t due_us);
/* Not set is fine. */
void wq_fine_stop(struct wq_fine *f);
/* cb runs no more; frees it.  NULL is fine. */
void wq_fine_destroy(struct wq_fine *f);
