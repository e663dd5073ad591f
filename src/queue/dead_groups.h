/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_groups.h — dead letters counted by what they failed of.  Pure.
 *
 * Reasons that differ in numbers only are one: "no answer within # ms".  There is a bound to the groups; what comes
 * behind it is counted together.
 */
#include <stdint.h>

#include "queue/dead_letter.h"

enum { WQ_DEAD_GROUPS_MAX = 200, WQ_DEAD_GROUP_BYTES = 200, WQ_DEAD_EXAMPLE_BYTES = 64 };

struct wq_dead_group {
	char reason[WQ_DEAD_GROUP_BYTES];
	char example[WQ_DEAD_EXAMPLE_BYTES]; /* the id of a letter, cut */
	uint64_t n;
	int64_t first_ms, last_ms; /* when they failed */
};

struct wq_dead_groups {
	struct wq_dead_group at[WQ_DEAD_GROUPS_MAX];
	unsigned n;
	uint64_t others; /* of further groups */
};

void wq_dead_groups_add(struct wq_dead_groups *g, const struct wq_dead_letter *l);
/* The largest first. */
void wq_dead_groups_sort(struct wq_dead_groups *g);
