/* SPDX-License-Identifier: MIT */
/* backoff.c — fixed, or doubled by each failure; then jitter. */
#include "queue/backoff.h"

#include <math.h>

#include "base/limits.h"

int64_t wq_backoff_ms(const struct wq_backoff *b, uint32_t failures, double random)
{
	double ms = b->kind == WQ_BACKOFF_NONE ? 0 : (double)b->delay_ms;

	if (b->kind == WQ_BACKOFF_EXPONENTIAL && failures > 1)
		ms = round(ms * pow(2, failures - 1));
	if (b->jitter > 0)
		ms = floor(random * ms * b->jitter + ms * (1 - b->jitter));
	return ms < (double)WQ_JOB_DELAY_MAX_MS ? (int64_t)ms : WQ_JOB_DELAY_MAX_MS;
}
