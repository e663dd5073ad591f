/* SPDX-License-Identifier: MIT */
#pragma once
/* block_world.h — the sweep of blocks beside send_world.h: looked at when a test says that time has passed. */
#include "domain/block/sweep.h"
#include "send_world.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))
#define DAY_MS  (24 * HOUR_MS)

struct block_world {
	struct wq_due *due; /* NULL: it is not open */
	struct wq_block_sweeper sweeper;
};
extern struct block_world bw;

void block_world_open(void);
void block_world_close(void);
/* Nobody looks for so long, and then the clock does. */
void block_world_pass(int64_t ms);
