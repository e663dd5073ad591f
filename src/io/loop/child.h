/* SPDX-License-Identifier: MIT */
#pragma once
/* child.h — a child process as an event of the loop.
 *
 * The child leads a process group of its own, so that Ctrl-C reaches only us and we stop it in our order, and it gets
 * SIGTERM from the kernel should we die first.  It inherits stdin from /dev/null, stderr from us, and nothing else
 * but its stdout, which goes to `on_line` when that is set.
 *
 * Memory  the owner embeds struct wq_child and keeps it in place until on_exit has run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "base/limits.h"
#include "base/str.h"
#include "io/loop/loop.h"
#include "io/loop/signal.h"

struct wq_child {
	pid_t pid; /* 0: not running */
	/* Optional: each line of its stdout without the line end; longer ones arrive cut. */
	void (*on_line)(struct wq_child *c, struct wq_str line);
	int keep_fd;               /* stays open in the child; 0: none (0 to 2 are dealt with above) */
	/* private */
	void (*on_exit)(struct wq_child *c, int status);
	struct wq_signal reaper;
	struct wq_post first_look;
	uv_poll_t out;
	int out_fd; /* -1: closed */
	int status;
	bool reaped;
	unsigned open; /* handles not yet closed */
	char line[WQ_CHILD_LINE_MAX_BYTES];
	size_t line_n;
};

/* argv[0] is looked up in PATH.  on_exit runs once, from the loop, with the status of waitpid.
 * < 0: nothing runs (WQ_ENOENT: no such program; unraised, the caller tells people). */
int wq_child_start(struct wq_child *c, struct wq_loop *l, const char *const argv[],
                   void (*on_exit)(struct wq_child *c, int status));
/* A child that is gone is fine. */
void wq_child_signal(struct wq_child *c, int signum);
/* "exited with 1", "killed by signal 9". */
void wq_child_status_text(int status, char out[48]);
