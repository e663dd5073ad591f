/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_view.h — queues and jobs as JSON, the same for the API and for the command line.
 *
 * Each writes one value.  What a job holds as JSON stands there as it is; what is broken stands there as a string.
 */
#include "base/json.h"
#include "store/look.h"

/* `name` with all its counts; an object that the caller may go on with: it is left open. */
void wq_view_queue_open(struct wq_jsonw *w, struct wq_str name, const struct wq_queue_counts *c);
void wq_view_job(struct wq_jsonw *w, const struct wq_job *j, bool whole);
void wq_view_job_seen(struct wq_jsonw *w, const struct wq_job_seen *s);
/* {"data": [jobs], "total": n, "next_cursor": "…"} */
void wq_view_page(struct wq_jsonw *w, const struct wq_job_page *p);
void wq_view_logs(struct wq_jsonw *w, const struct wq_log_page *p);
void wq_view_children(struct wq_jsonw *w, const struct wq_children_page *p, enum wq_children kind);
void wq_view_metrics(struct wq_jsonw *w, const struct wq_queue_metrics *m);
/* null when nobody knows them. */
void wq_view_workers(struct wq_jsonw *w, const struct wq_workers_seen *workers);
/* What a list ends with: a cursor that is a number; 0: null. */
void wq_view_next(struct wq_jsonw *w, uint64_t next);
