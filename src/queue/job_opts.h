/* SPDX-License-Identifier: MIT */
#pragma once
/* job_opts.h — a job's options as producers write them, checked, and in the form that is stored.
 *
 * Public   {"delay": 500, "attempts": 3, "failParentOnFailure": true, "deduplication": {"id": "x"}, …}
 * Stored   {"attempts": 3, "delay": 500, "fpof": true, "de": {"id": "x"}, …}
 *
 * BullMQ's rules for producers, and a few about types that it leaves to TypeScript.  What we do not know is stored as
 * it is.  A value of null counts as missing where null would mean nothing.
 */
#include "base/arena.h"
#include "base/json.h"
#include "store/add.h"

/* The parent of a job that is added as its child. */
struct wq_job_parent {
	struct wq_str id;
	struct wq_str queue; /* with its prefix: "bull:letters" */
};

/* Fills item's id, opts, timestamp, delay, priority, flags, parent and deduplication.  item->data is set before
 * (sizeLimit looks at it); base, name and data stay as they are.
 * `opts` may be NULL or null.  `parent` NULL: the one that opts names, if any.
 * What item then borrows lives in `arena` and in opts' document.
 * 0; WQ_EINVAL or WQ_ETOOBIG (not raised), *why a sentence that names the field, static or in `arena`; WQ_ENOMEM
 * (raised), *why static. */
int wq_job_opts_read(struct wq_add_item *item, yyjson_val *opts, const struct wq_job_parent *parent,
                     struct wq_arena *arena, const char **why);
