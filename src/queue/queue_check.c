/* SPDX-License-Identifier: MIT */
/* queue_check.c — what was seen of a queue, judged. */
#include "queue/queue_check.h"

#include <stdio.h>

#include "base/assert.h"

enum { SIX = 6 };

static void refuse(struct wq_queue_check *c, const struct wq_ref *ref)
{
	const struct wq_queue_seen *seen = &c->seen;

	c->refused = true;
	if (seen->bull3)
		snprintf(c->why, sizeof(c->why),
		         "the queue %.*s is one of Bull 3, whose jobs are kept in another way: "
		         "use a queue of another name or prefix",
		         WQ_STR_ARG(ref->queue));
	else
		snprintf(
			c->why, sizeof(c->why),
			"the queue %.*s was made by %s, which is not BullMQ: use a queue of another name "
			"or prefix",
			WQ_STR_ARG(ref->queue), seen->version);
}

static void warn(struct wq_queue_check *c)
{
	const struct wq_queue_seen *seen = &c->seen;

	if (seen->workers_v4 && seen->major >= SIX)
		snprintf(
			c->warning, sizeof(c->warning),
			"%u worker(s) of BullMQ 4 serve a queue that %s opened: they go on while it is "
			"paused, and jobs that they start are retried without end by newer workers",
			seen->workers_v4, seen->version);
	else if (seen->workers_v4 && seen->workers_v5)
		snprintf(
			c->warning, sizeof(c->warning),
			"%u worker(s) of BullMQ 4 and %u newer ones serve one queue: a job that both have "
			"tried is retried without end by newer versions of BullMQ",
			seen->workers_v4, seen->workers_v5);
}

void wq_queue_check_judge(struct wq_queue_check *c, const struct wq_ref *ref)
{
	c->refused = false;
	c->why[0] = c->warning[0] = '\0';
	if (c->seen.bull3 || c->seen.other_library)
		refuse(c, ref);
	else
		warn(c);
}

static void on_seen(struct wq_guard *g, int rc)
{
	struct wq_queue_check *c = WQ_OWNER(g, struct wq_queue_check, guard);

	c->seen = g->seen;
	if (rc == 0)
		wq_queue_check_judge(c, g->ref);
	c->cb(c, rc);
}

int wq_queue_check_start(struct wq_queue_check *c, const struct wq_ref *ref,
                         void (*cb)(struct wq_queue_check *c, int rc))
{
	*c = (struct wq_queue_check){ .cb = cb };
	return wq_guard_start(&c->guard, ref, on_seen);
}

void wq_queue_check_forget(struct wq_queue_check *c)
{
	wq_guard_forget(&c->guard);
}
