/* SPDX-License-Identifier: MIT */
#pragma once
/* datadir.h — the directory in which `willaq dev` keeps its Redis, owned by one process at a time.
 *
 * The lock is a file lock on DIR/lock whose descriptor is left open across exec for the Redis child: the directory
 * counts as taken for as long as either of the two lives.
 */
#include <stdbool.h>
#include <stddef.h>

struct wq_datadir {
	char *path;     /* absolute; owned */
	int lock_fd;    /* -1: not locked */
};

/* Makes the directory (0700, parents too) and takes the lock, waiting a moment for a process that is just ending.
 * False: a sentence was printed. */
bool wq_datadir_open(struct wq_datadir *d, const char *path);
void wq_datadir_close(struct wq_datadir *d);
