/* SPDX-License-Identifier: MIT */
#pragma once
/* problems.h — what is wrong with a start, a line each, so that people mend it in one go.
 *
 * Only the first WQ_SETTINGS_PROBLEMS_MAX are kept; running out of memory here loses lines, never the count.
 */
#include "base/buf.h"

struct wq_problems {
	struct wq_buf *out; /* borrowed */
	unsigned count;
};

void wq_problem(struct wq_problems *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A line that says how many more there were, if any. */
void wq_problems_close(struct wq_problems *p);
