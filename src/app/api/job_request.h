/* SPDX-License-Identifier: MIT */
#pragma once
/* job_request.h — jobs as callers write them, {"name": "…", "data": …, "opts": {…}}, one or a list, to items that
 * can be added. */
#include "base/arena.h"
#include "base/json.h"
#include "store/add.h"

struct wq_job_request {
	struct wq_add_item *items; /* in the arena */
	size_t n;
	bool list; /* false: it was one, not a list of one */
	/* private */
	struct wq_buf data; /* of all */
};

/* `base` of the queue.  What items borrow lives in `arena`, in `v`'s document, and in r until its fini.
 * 0; WQ_EINVAL or WQ_ETOOBIG (not raised) with a sentence in *why, which lives as long as the arena; WQ_ENOMEM. */
int wq_job_request_read(struct wq_job_request *r, yyjson_val *v, struct wq_str base,
                        struct wq_arena *arena, const char **why);
void wq_job_request_fini(struct wq_job_request *r);

/* {"id": "…", "status": "added|duplicate|deduplicated"}, or {"code": n, "error": "…"}. */
void wq_job_request_view(struct wq_jsonw *w, const struct wq_add_outcome *o);
