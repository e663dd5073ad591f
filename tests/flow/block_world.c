/* SPDX-License-Identifier: MIT */
/* block_world.c — a due clock of its own, which is there only while somebody looks. */
#include "block_world.h"

#include "support/test.h"

enum { LOOK_MS = 3000 };

struct block_world bw;

void block_world_open(void)
{
	const struct wq_due_opts o = { .loop = sw.calls.loop, .redis = sw.redis, .accounts = sw.accounts,
		                       .own_clock = true };

	WQ_CHECK_INT("due", wq_due_create(&bw.due, &o), 0);
	wq_block_sweeper_init(&bw.sweeper, sw.calls.loop, bw.due);
	wq_due_start(bw.due);
}

static void on_closed(void *flag)
{
	*(bool *)flag = true;
}

static bool is_set(void *flag)
{
	return *(bool *)flag;
}

void block_world_close(void)
{
	bool closed = false;

	wq_due_close(bw.due, on_closed, &closed);
	bw.due = NULL;
	send_world_until(is_set, &closed, "the due clock closes");
}

void block_world_pass(int64_t ms)
{
	send_world_leap(ms);
	send_world_pass(1); /* the loop sees it */
	block_world_open();
	send_world_pass(LOOK_MS);
	block_world_close();
}
