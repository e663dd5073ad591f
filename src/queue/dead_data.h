/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_data.h — the data of a dead letter: the dead job's own, and its history as a member "dlq".
 *
 *   {"to":"+1","dlq":{"queue":…,"id":…,"failedReason":…,"attemptsMade":…,"stacktrace":[…],"failedAt":…,"opts":{…}}}
 *
 * The child of a flow has "parentKey" and "parent" in it too, as they are stored.  Data that is no object becomes the
 * member "value", and "dlq" says "wrapped":true; data that is no JSON becomes a string there, and "dlq" says
 * "wrapped":"text".  dead_letter.h reads it back.
 */
#include "base/buf.h"
#include "base/json.h"
#include "store/job.h"

struct wq_dead {
	struct wq_str queue;      /* it died in */
	const struct wq_job *job; /* as it was claimed */
	struct wq_str reason, stacktrace; /* of the failure that ended it; stacktrace: JSON with it in */
	int64_t failed_at_ms;
};

/* Appends it to `out`; 0 or the failure of an append, WQ_ENOMEM. */
int wq_dead_data_add(struct wq_buf *out, const struct wq_dead *d);

/* The part that an edit shares: `doc` is `data` read, NULL if it is no JSON.  All members but "dlq", as they were
 * written, or "value". */
void wq_dead_data_write(struct wq_jsonw *w, yyjson_doc *doc, struct wq_str data);
/* The mark of what `data` are, if they are no object. */
void wq_dead_mark_write(struct wq_jsonw *w, yyjson_doc *doc);
