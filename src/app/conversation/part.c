/* SPDX-License-Identifier: MIT */
/* part.c — the kinds of the due clock, and then the clock. */
#include "app/conversation/part.h"

#include "app/node.h"
#include "domain/pending/lapse.h"

int wq_conversation_part_build(struct wq_conversation_part *p, struct wq_node *n,
                               const struct wq_accounts *accounts)
{
	const struct wq_due_opts o = { .loop = n->loop, .redis = n->redis, .accounts = accounts };
	int rc = wq_due_create(&p->due, &o);

	if (rc < 0)
		return rc;
	wq_due_add_metrics(p->due, &n->metrics);
	wq_window_ticker_init(&p->windows, p->due);
	wq_window_ticker_add_metrics(&p->windows, &n->metrics);
	wq_pending_lapse_add(p->due);
	wq_block_sweeper_init(&p->blocks, n->loop, p->due);
	wq_block_sweeper_add_metrics(&p->blocks, &n->metrics);
	wq_due_start(p->due);
	return 0;
}

static void on_due_closed(void *ctx)
{
	struct wq_conversation_part *p = ctx;

	if (p->done)
		p->done(p->ctx);
}

bool wq_conversation_part_close(struct wq_conversation_part *p, void (*done)(void *ctx), void *ctx)
{
	struct wq_due *due = p->due;

	if (!due)
		return false;
	p->due = NULL;
	p->done = done;
	p->ctx = ctx;
	wq_due_close(due, on_due_closed, p);
	return true;
}
