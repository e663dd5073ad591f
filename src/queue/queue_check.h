/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_check.h — is a queue one that we may touch, and which generations of BullMQ use it?
 *
 * Reads the version that last opened the queue, what only other libraries leave behind, and the clients that wait for
 * its jobs.  Ask before the first use and, for the hints, every minute or so.  Writes nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "store/guard.h"

struct wq_queue_check {
	/* out */
	bool refused;
	char why[448]; /* a sentence: why it was refused; "" */
	char warning[256]; /* a sentence about a mix of generations that harms the queue; "" */
	struct wq_queue_seen seen;
	/* private */
	struct wq_guard guard;
	void (*cb)(struct wq_queue_check *c, int rc);
};

/* cb runs once, from the loop: 0 (look at `refused`), a wq_redis_condition, or as wq_redis_start tells.  < 0: it never
 * runs.  `ref` stays put until then. */
int wq_queue_check_start(struct wq_queue_check *c, const struct wq_ref *ref,
                         void (*cb)(struct wq_queue_check *c, int rc));
void wq_queue_check_forget(struct wq_queue_check *c);
/* The judgement alone: fills refused, why and warning. */
void wq_queue_check_judge(struct wq_queue_check *c, const struct wq_ref *ref);
