/* SPDX-License-Identifier: MIT */
#pragma once
/* clock.h — time behind one pointer, so that tests own it.
 *
 * mono  microseconds from some start; never jumps: time-outs, leases, intervals.
 * wall  milliseconds since 1970 UTC; may jump either way: what is written down for others.
 */
#include <stdint.h>

#define WQ_SECONDS(n) ((uint64_t)(n)*1000) /* in ms */
#define WQ_MINUTES(n) (WQ_SECONDS(n) * 60) /* in ms */

struct wq_clock {
	uint64_t (*mono_us)(const struct wq_clock *c);
	int64_t (*wall_ms)(const struct wq_clock *c);
};

/* The machine's own clock; static. */
const struct wq_clock *wq_clock_system(void);

/* A clock that stands still until it is moved. */
struct wq_clock_virtual {
	struct wq_clock clock;
	uint64_t us;
	int64_t wall_base_ms; /* wall = base + us / 1000 */
};
void wq_clock_virtual_init(struct wq_clock_virtual *v, int64_t wall_ms);
