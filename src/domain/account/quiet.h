/* SPDX-License-Identifier: MIT */
#pragma once
/* quiet.h — hours of the day in which an account does not begin conversations: {"from":"21:00","until":"08:00",
 * "zone":"America/Guayaquil"}.
 *
 * What waits  templates and bulk; replies, what is forced and what is critical go out all the same.
 * Clocks      hours are those that a clock in the zone shows, so a night in which clocks change is shorter or longer.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/zone.h"

struct wq_account_problem;

struct wq_quiet {
	int from_min, until_min; /* of the day, from midnight; the same: none */
	struct wq_str zone;      /* borrowed from the document */
};

/* NULL: no such hours.  0 or WQ_ACCOUNT_INVALID; whether there is such a zone is another question. */
int wq_quiet_read(struct wq_quiet *out, yyjson_val *v, struct wq_account_problem *p);
bool wq_quiet_any(const struct wq_quiet *q);
/* Its zone, for the caller to destroy; reads a file.  0, WQ_ACCOUNT_INVALID: there is none of that name, or raised. */
int wq_quiet_open(const struct wq_quiet *q, struct wq_zone **out, struct wq_account_problem *p);
/* When the quiet hours end in which `now_ms` lies; 0: it lies in none. */
int64_t wq_quiet_end_ms(const struct wq_quiet *q, const struct wq_zone *zone, int64_t now_ms);
