/* SPDX-License-Identifier: MIT */
#pragma once
/* signal.h — a signal as an event of the loop.
 *
 * The owner embeds struct wq_signal.  After wq_signal_stop its memory is in use until on_closed has run.
 */
#include <signal.h>
#include <uv.h>

#include "io/loop/loop.h"

struct wq_signal {
	uv_signal_t uv;
	void (*cb)(struct wq_signal *s, int signum);
	void (*on_closed)(struct wq_signal *s);
};

/* 0 or a raised error, after which nothing needs stopping (but the loop may look at the memory once more, in this
 * turn). */
int wq_signal_start(struct wq_signal *s, struct wq_loop *l, int signum,
                    void (*cb)(struct wq_signal *s, int signum));
/* on_closed may be NULL. */
void wq_signal_stop(struct wq_signal *s, void (*on_closed)(struct wq_signal *s));
