/* SPDX-License-Identifier: MIT */
#pragma once
/* minder.h — keeps one child process running.
 *
 * A child that ends by itself is told and started again, each time a little later; one that ends
 * WQ_MINDER_RESTARTS_MAX times within a minute, or with exit code 2 (wrong usage), is given up, and on_given_up runs,
 * once, from the loop.
 *
 * Memory  the owner embeds struct wq_minder; it may go once wq_minder_stop's callback has run, or if
 *         wq_minder_start failed.
 */
#include <stdbool.h>
#include <stdint.h>

#include "io/loop/child.h"
#include "io/loop/timer.h"

#define WQ_MINDER_ARGS_MAX 64
#define WQ_MINDER_RESTARTS_MAX 5

struct wq_minder {
	/* in */
	const char *name;                         /* for people: "redis-server" */
	const char *argv[WQ_MINDER_ARGS_MAX + 1]; /* borrowed; ends with NULL */
	int keep_fd;                              /* left open for the child; -1: none */
	void (*on_line)(struct wq_minder *m, struct wq_str line); /* optional */
	void (*on_given_up)(struct wq_minder *m);
	void *ctx;
	/* private */
	struct wq_child child;
	struct wq_loop *loop;
	struct wq_timer again, kill;
	void (*on_stopped)(struct wq_minder *m);
	uint64_t ends_us[WQ_MINDER_RESTARTS_MAX]; /* when it last ended by itself, oldest first */
	unsigned ends_n;
	bool stopping;
};

/* 0, or the error with which the program could not be started (WQ_ENOENT: there is none of that name). */
int wq_minder_start(struct wq_minder *m, struct wq_loop *l);
/* SIGTERM, and SIGKILL when it takes too long.  on_stopped runs once, from the loop. */
void wq_minder_stop(struct wq_minder *m, void (*on_stopped)(struct wq_minder *m));
