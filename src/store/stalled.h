/* SPDX-License-Identifier: MIT */
#pragma once
/* stalled.h — one part of the check for jobs whose worker is gone.
 *
 * A check begins with WQ_STALLED_FIRST and goes on as each answer tells, until WQ_STALLED_DONE.
 */
#include <stdint.h>

#include "io/redis/redis.h"
#include "store/ref.h"

enum wq_stalled_phase {
	WQ_STALLED_FIRST,
	WQ_STALLED_CHECK,
	WQ_STALLED_MARK,
	WQ_STALLED_DONE, /* or somebody else has checked within `every_ms` */
};

struct wq_stalled_step {
	enum wq_stalled_phase phase;
	int64_t mark_from;
};

struct wq_stalled_rule {
	uint32_t every_ms; /* all workers of the queue together check that often */
	uint32_t max;      /* stalls beyond that fail a job */
	uint32_t most;     /* jobs that one call looks at */
};

/* As wq_redis_start. */
int wq_stalled_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                     const struct wq_stalled_rule *rule, const struct wq_stalled_step *step,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* During the callback, rc 0: the next step, and how many jobs were put back. */
size_t wq_stalled_answer(const struct wq_redis_cmd *cmd, struct wq_stalled_step *next);
