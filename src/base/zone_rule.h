/* SPDX-License-Identifier: MIT */
#pragma once
/* zone_rule.h — the rule behind the last listed change of a zone: "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 * The form is POSIX's TZ with the extensions of RFC 9636: names in angle brackets, times from -167 to 167 hours.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum wq_zone_day {
	WQ_ZONE_DAY_WEEKDAY, /* Mm.w.d: the w-th weekday d of month m; w 5: the last */
	WQ_ZONE_DAY_NO_LEAP, /* Jn: day 1 to 365, 29 February is never counted */
	WQ_ZONE_DAY_COUNTED, /* n: day 0 to 365 */
};

struct wq_zone_change {
	enum wq_zone_day kind;
	int month, week, day;
	int32_t time_s; /* of local time, from the day's start */
};

struct wq_zone_rule {
	int32_t std_s, dst_s; /* seconds east of UTC */
	bool has_dst;
	struct wq_zone_change start, end; /* of daylight saving time */
};

/* 0, or WQ_EPARSE (not raised). */
int wq_zone_rule_parse(struct wq_zone_rule *r, struct wq_str text);

/* The stretch around utc_s in which the offset stays the same. */
struct wq_zone_stretch {
	int64_t from_s, until_s; /* INT64_MIN, INT64_MAX: for ever */
	int32_t offset_s;
};
struct wq_zone_stretch wq_zone_rule_at(const struct wq_zone_rule *r, int64_t utc_s);
