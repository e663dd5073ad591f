/* SPDX-License-Identifier: MIT */
#pragma once
/* tracker.h — keeps what a process knows of a registry up to date: asks what changed, every WQ_ACCOUNTS_REFRESH_MS.
 *
 * The owner embeds it and sets the callbacks; all of them run from the loop, and none may stop it.  Between two answers
 * what is known stays good, also while Redis is away.
 */
#include "io/loop/timer.h"
#include "store/registry.h"

struct wq_tracker {
	struct wq_registry registry;
	const char *what; /* for the log: "accounts" */
	/* One record as it is now; fields NULL: it is gone.  0, or raised: it comes again with the next look. */
	int (*take)(struct wq_tracker *f, struct wq_str id, const struct wq_redis_value *fields);
	/* A look at everything: what is not taken between the two is gone. */
	void (*begin_all)(struct wq_tracker *f);
	void (*end_all)(struct wq_tracker *f);
	/* Something changed. */
	void (*changed)(struct wq_tracker *f);
	bool loaded; /* all of it was read at least once */
	/* private */
	struct wq_redis_cmd cmd;
	struct wq_timer timer;
	int64_t rev;
	bool asking, poked, sweeping, news, away;
};

/* The members above `loaded` are set.  Asks as soon as the loop turns. */
void wq_tracker_start(struct wq_tracker *f, struct wq_loop *loop);
/* No callback runs any more.  Twice is fine. */
void wq_tracker_stop(struct wq_tracker *f);
/* Asks at once instead of when its time has come. */
void wq_tracker_poke(struct wq_tracker *f);
