/* SPDX-License-Identifier: MIT */
#pragma once
/* flow_tree.h — a tree of jobs as one list to add: each job waits for those below it.
 *
 *   {"name": "send", "queueName": "mails", "data": …, "opts": {…}, "prefix": "bull",
 *    "children": [{"name": "render", "queueName": "pages"}, …]}
 *
 * A job without an id of its own gets a random UUID, so that its children can name it.  Parents come before their
 * children, which is the order in which wq_producer_add_all adds them.
 */
#include "queue/job_opts.h"

struct wq_flow_tree {
	struct wq_add_item *items; /* in the arena; items[0] is the root; never NULL after 0 */
	size_t n;
};

/* `prefix` of jobs that name none.  0; WQ_EINVAL or WQ_ETOOBIG (not raised) with *why as wq_job_opts_read, preceded by
 * the name of the job; WQ_ENOMEM (raised).  What the items borrow lives in `arena` and in the tree's document. */
int wq_flow_tree_read(struct wq_flow_tree *t, yyjson_val *root, struct wq_str prefix,
                      struct wq_arena *arena, const char **why);
