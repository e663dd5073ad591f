/* SPDX-License-Identifier: MIT */
#pragma once
/* tosend.h — messages whose records a script made and whose jobs did not come: whoever finds them adds them, as a kind
 * of the due clock.
 *
 *   take ──► add ──► clear ──► end
 *
 * A job that is there already stays as it is, and one that is added for a message that was sent ends at once.
 */
#include "base/metrics.h"
#include "domain/due/due.h"
#include "queue/producer.h"

struct wq_tosend {
	/* in; borrowed */
	struct wq_loop *loop;
	struct wq_producer *producer;
	struct wq_str queue_base;
	/* private */
	struct wq_metric found;
};
/* The first members are the caller's to set; `t` outlives the clock. */
void wq_tosend_add(struct wq_tosend *t, struct wq_due *due);
void wq_tosend_add_metrics(struct wq_tosend *t, struct wq_metrics *m);
