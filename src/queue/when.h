/* SPDX-License-Identifier: MIT */
#pragma once
/* when.h — a moment as clients write it into JSON: milliseconds, or a date in ISO 8601. */
#include "base/json.h"
#include "base/zone.h"

/* A date without a time is UTC, one with a time and no offset that of `zone`, as in JavaScript.  False: missing, or no
 * moment. */
bool wq_when_read(yyjson_val *v, const struct wq_zone *zone, int64_t *ms);
bool wq_when_parse(struct wq_str text, const struct wq_zone *zone, int64_t *ms);
