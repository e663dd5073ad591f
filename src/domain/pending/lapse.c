/* SPDX-License-Identifier: MIT */
/* lapse.c — one batch of an account. */
#include "domain/pending/lapse.h"

#include "base/assert.h"
#include "base/err.h"
#include "store/pending.h"

static void on_ticked(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);
	int64_t next = rc == 0 ? wq_pending_tick_next(cmd) : 0;

	if (rc > 0)
		rc = WQ_EAWAY;
	else if (rc == 0 && next > 0 && next <= r->clock_ms)
		rc = WQ_DUE_MORE;
	wq_due_done(r, rc);
}

static int run(void *ctx, struct wq_due_run *r)
{
	(void)ctx;
	return wq_pending_tick_start(&r->keys, &r->cmd, r->now_ms, on_ticked);
}

void wq_pending_lapse_add(struct wq_due *due)
{
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_PENDING, "pending", run, NULL });
}
