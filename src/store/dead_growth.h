/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_growth.h — how many letters a queue of dead letters holds, and how fast they come. */
#include <stdint.h>

#include "store/ref.h"

struct wq_dead_growth {
	/* out, valid from the callback on when rc is 0 */
	uint64_t letters;
	uint64_t hour, day;           /* that came within the last */
	int64_t oldest_ms, newest_ms; /* when they came; 0: there is none */
	/* private */
	struct wq_redis_cmd cmd;
	void (*cb)(struct wq_dead_growth *g, int rc);
};

/* `ref` is that of the dead letters.  0, and cb runs once, from the loop: 0, a wq_redis_condition or a negative code
 * (g->cmd.error has the text of an error answer); < 0 as wq_redis_start. */
int wq_dead_growth_start(const struct wq_ref *ref, int64_t now_ms, struct wq_dead_growth *g,
                         void (*cb)(struct wq_dead_growth *g, int rc));
