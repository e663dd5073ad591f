/* SPDX-License-Identifier: MIT */
#pragma once
/* sweep.h — files of received messages that are older than they are kept for, and pieces that a killed process left,
 * are removed: some entries of the directory at a time, from its beginning to its end, and then again after a while.
 *
 * Only names that fetchers give are touched.  A file that is fetched again is as young as the last time.
 */
#include <dirent.h>
#include <stdint.h>

#include "base/metrics.h"
#include "io/loop/loop.h"
#include "io/loop/timer.h"

struct wq_media_sweep {
	/* in; borrowed */
	struct wq_loop *loop;
	int dir_fd;
	int64_t keep_ms; /* 0: for ever; pieces go all the same */
	/* private */
	struct wq_timer timer;
	DIR *dir; /* NULL: between two walks */
	struct wq_metric removed;
};

/* The first members are the caller's to set. */
void wq_media_sweep_start(struct wq_media_sweep *s);
/* Twice is fine. */
void wq_media_sweep_stop(struct wq_media_sweep *s);
