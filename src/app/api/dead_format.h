/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_format.h — dead letters as rows of a file, for the API and for the command line.
 *
 *   jsonl  a letter in full on each line, exact
 *   csv    RFC 4180, a title row first; for people and their spreadsheets: control bytes are spaces, and a cell that
 *          a spreadsheet would take for a formula begins with an apostrophe
 */
#include "base/buf.h"
#include "queue/dead_letter.h"
#include "store/ref.h"

enum wq_dead_format { WQ_DEAD_JSONL, WQ_DEAD_CSV, WQ_DEAD_FORMATS };

/* WQ_DEAD_FORMATS: none of that name. */
enum wq_dead_format wq_dead_format_find(struct wq_str name);
const char *wq_dead_format_name(enum wq_dead_format f);
const char *wq_dead_format_type(enum wq_dead_format f);
/* What stands in front of all rows.  0 or the failure of an append. */
int wq_dead_format_head(struct wq_buf *out, enum wq_dead_format f);
/* One row, with its line end.  `dead` is the queue of the letters. */
int wq_dead_format_add(struct wq_buf *out, enum wq_dead_format f, const struct wq_dead_letter *l,
                       const struct wq_ref *dead);
