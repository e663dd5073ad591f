/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_data.h — the data of a dead letter: the dead job's own, and its history as a member "dlq".
 *
 *   {"to":"+1","dlq":{"queue":…,"id":…,"failedReason":…,"attemptsMade":…,"stacktrace":[…],"failedAt":…,"opts":{…}}}
 *
 * Data that is no object becomes the member "value", and "dlq" says "wrapped":true.  dead_letter.h reads it back.
 */
#include "base/buf.h"
#include "store/job.h"

struct wq_dead {
	struct wq_str queue;      /* it died in */
	const struct wq_job *job; /* as it was claimed */
	struct wq_str reason, stacktrace; /* of the failure that ended it; stacktrace: JSON with it in */
	int64_t failed_at_ms;
};

/* Appends it to `out`; 0 or the failure of an append. */
int wq_dead_data_add(struct wq_buf *out, const struct wq_dead *d);
