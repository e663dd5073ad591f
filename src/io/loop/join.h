/* SPDX-License-Identifier: MIT */
#pragma once
/* join.h — several operations that a flow waits for as one.
 *
 *   wq_join_begin(&d->join, loop, on_joined);
 *   for (...) wq_join_add(&d->join, submit(...));   a negative code counts as done at once
 *   return wq_flow_after(f, NEXT, wq_join_wait(&d->join));
 * and in each operation's callback: wq_join_done(&d->join, rc).
 *
 * on_joined runs once, from the loop, when all are done: with 0, or with the first negative code.
 */
#include "io/loop/loop.h"

struct wq_join {
	struct wq_post post;
	void (*cb)(struct wq_join *j, int rc);
	unsigned open; /* started and not done, plus one until wq_join_wait */
	int rc;
};

void wq_join_begin(struct wq_join *j, struct wq_loop *l, void (*cb)(struct wq_join *j, int rc));
/* `started` is what a submit call returned. */
void wq_join_add(struct wq_join *j, int started);
/* An operation that was added has completed. */
void wq_join_done(struct wq_join *j, int rc);
/* No more will be added.  Always 0. */
int wq_join_wait(struct wq_join *j);
