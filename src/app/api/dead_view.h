/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_view.h — dead letters as JSON, the same for the API and for the command line. */
#include "base/json.h"
#include "queue/dead_groups.h"
#include "queue/dead_letters.h"
#include "store/dead_growth.h"

enum wq_dead_detail { WQ_DEAD_ROW, WQ_DEAD_FULL };

/* `dead` is the queue of dead letters. */
void wq_view_dead_queue(struct wq_jsonw *w, const struct wq_ref *dead,
                        const struct wq_dead_growth *g);
/* Full: with stack traces and options.  Data that cannot be told stand there as null, with "truncated". */
void wq_view_letter(struct wq_jsonw *w, const struct wq_dead_letter *l, const struct wq_ref *dead,
                    enum wq_dead_detail detail);
void wq_view_dead_groups(struct wq_jsonw *w, const struct wq_dead_groups *g);
/* Members of an open object: what a walk has counted. */
void wq_view_dead_counts(struct wq_jsonw *w, const struct wq_dead_walk *walk);
