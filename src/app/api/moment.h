/* SPDX-License-Identifier: MIT */
#pragma once
/* moment.h — a moment as callers write it: a date in ISO 8601 (without an offset in the time zone of the program),
 * milliseconds since 1970, or how long ago: 90s, 2h, 7d.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* False: no moment. */
bool wq_moment_parse(struct wq_str text, int64_t now_ms, int64_t *ms);
/* What it takes, for people. */
extern const char wq_moment_form[];
