/* SPDX-License-Identifier: MIT */
#pragma once
/* backoff.h — how long a failed job waits for its next attempt, as BullMQ counts it.  Pure. */
#include <stdint.h>

enum wq_backoff_kind { WQ_BACKOFF_NONE, WQ_BACKOFF_FIXED, WQ_BACKOFF_EXPONENTIAL };

struct wq_backoff {
	enum wq_backoff_kind kind;
	int64_t delay_ms;
	double jitter; /* 0 to 1: that part of the delay is left to chance */
};

/* `failures` counts the one that just happened; `random` is from 0 to below 1.  At most WQ_JOB_DELAY_MAX_MS. */
int64_t wq_backoff_ms(const struct wq_backoff *b, uint32_t failures, double random);
