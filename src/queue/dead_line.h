/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_line.h — a line of an export becomes a dead letter again.  Pure.
 *
 *   {"queue":…,"job_id":…,"name":…,"reason":…,"attempts_made":…,"failed_at":ms,"data":…,"stacktrace":[…],"opts":{…}}
 *
 * The members of a letter as the API shows them; only `data` has to be there, and what is not known is passed over.
 */
#include "base/buf.h"
#include "base/json.h"

struct wq_dead_line {
	struct wq_str name; /* of the job, "" when it is missing; valid until the fini */
	const char *why;    /* WQ_EPARSE: what is wrong with the line; static */
	/* private */
	yyjson_doc *doc;
};

/* Appends the data of the letter to `out`.  0, WQ_EPARSE (not raised), or the failure of an append. */
int wq_dead_line_read(struct wq_dead_line *d, struct wq_str line, struct wq_buf *out);
/* Twice is fine, zeroed is fine. */
void wq_dead_line_fini(struct wq_dead_line *d);
