/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_send.h — a dead letter that was read goes back to the queue that it died in. */
#include "base/buf.h"
#include "io/loop/loop.h"
#include "queue/dead_letter.h"
#include "store/dead.h"

struct wq_dead_send {
	struct wq_dead_retry retry; /* out, during the callback */
	/* private */
	struct wq_ref target;
	struct wq_buf text;
	void (*cb)(struct wq_dead_send *s, int rc);
};

/* The queue that the letter says it died in, else the one whose letters `dead` holds. */
struct wq_str wq_dead_home(const struct wq_dead_letter *l, const struct wq_ref *dead);

/* `data`: JSON that the job gets instead of its own; p NULL: its own.  0, and cb runs once, from the loop, as
 * wq_dead_retry_start says; WQ_EINVAL (not raised): the letter names no queue that there can be; < 0 as wq_redis_start.
 */
int wq_dead_send_start(struct wq_dead_send *s, struct wq_loop *loop, const struct wq_ref *dead,
                       const struct wq_dead_letter *l, struct wq_str data,
                       void (*cb)(struct wq_dead_send *s, int rc));
/* The callback runs no more; twice is fine, zeroed is fine. */
void wq_dead_send_fini(struct wq_dead_send *s);
