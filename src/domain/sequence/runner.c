/* SPDX-License-Identifier: MIT */
/* runner.c — one batch of an account. */
#include "domain/sequence/runner.h"

#include "base/assert.h"
#include "base/err.h"
#include "store/sequence_run.h"

static void on_stepped(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);

	if (rc == 0)
		rc = wq_seq_run_more(cmd) ? WQ_DUE_MORE : 0;
	else if (rc > 0)
		rc = WQ_EAWAY;
	wq_due_done(r, rc);
}

static int run(void *ctx, struct wq_due_run *r)
{
	return wq_seq_run_step_start(&r->keys, &r->cmd, r->now_ms, on_stepped);
}

void wq_sequence_runner_add(struct wq_due *due)
{
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_SEQ_RUNS, "sequence-runs", run, NULL });
}
