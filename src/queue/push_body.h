/* SPDX-License-Identifier: MIT */
#pragma once
/* push_body.h — a job as an endpoint sees it.  Pure.
 *
 *   {"queue":…,"id":…,"name":…,"data":…,"opts":{…},"timestamp":…,"attemptsMade":…,"attemptsStarted":…,"token":…,
 *    "parent":{…}}
 *
 * data is byte for byte what the producer wrote (text that is no JSON is sent as a string), opts has the names that
 * producers use, parent is there only for a child.  attemptsMade does not count this attempt, attemptsStarted does.
 */
#include "base/buf.h"
#include "store/job.h"

/* Appends it; 0 or the failure of an append. */
int wq_push_body_add(struct wq_buf *out, struct wq_str queue, const struct wq_job *j,
                     struct wq_str token);
/* Appends text as a header can hold it: bytes that are not printable ASCII, space and '%' as %XX. */
int wq_push_header_add(struct wq_buf *out, struct wq_str text);
