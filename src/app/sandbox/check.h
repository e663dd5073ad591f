/* SPDX-License-Identifier: MIT */
#pragma once
/* check.h — would Meta take this message?  Pure: JSON in, verdict out.
 *
 * Looks at shapes, lengths and counts, the way the Cloud API does before it accepts.  What only Meta can know (does the
 * template exist, is the window open, does the number have WhatsApp) is not asked; faults.h can order those answers.
 * Unknown keys are taken.
 */
#include <stdbool.h>

#include "app/sandbox/graph_error.h"
#include "base/json.h"

/* What the caller needs of a body that was taken.  Slices into the document. */
struct wq_graph_message {
	bool receipt;          /* {"status":"read"}: no message goes out */
	bool group;            /* `to` is a group id */
	struct wq_str to;      /* as written; p == NULL: addressed by `recipient` */
	struct wq_str bsuid;   /* `recipient`; p == NULL: none, or `to` won */
	struct wq_str type;    /* "text" if none was written */
	struct wq_str opaque;  /* biz_opaque_callback_data; p == NULL: none */
	struct wq_str text;    /* text.body; p == NULL: not a text */
	struct wq_str interactive; /* its kind: "button", "list", …; p == NULL: another type */
	yyjson_val *content;   /* the object named by type */
};

/* False: *why says what Meta would answer. */
bool wq_graph_check(yyjson_val *root, struct wq_graph_message *out, struct wq_graph_error *why);
