/* SPDX-License-Identifier: MIT */
#pragma once
/* retry.h — what a Retry-After header asks for. */
#include <stdint.h>

#include "base/str.h"

/* Milliseconds from `now_ms` (1970 UTC), at most WQ_CLIENT_RETRY_AFTER_MAX_MS; 0 for a date gone by; -1: neither a
 * number of seconds nor an HTTP date. */
int64_t wq_retry_after_ms(struct wq_str value, int64_t now_ms);
