/* SPDX-License-Identifier: MIT */
#pragma once
/* stack_traces.h — a job's stack traces: a JSON array of texts, one more with each failure. */
#include "base/buf.h"

/* Appends the array to `out`: what was `before` (anything else than an array of texts counts as none), then the new
 * stack, or the reason when there is none; the last `keep` of them, -1: all. */
int wq_stack_traces_add(struct wq_buf *out, struct wq_str before, int64_t keep,
                        struct wq_str reason, struct wq_str stack);
