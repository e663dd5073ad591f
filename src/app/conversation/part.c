/* SPDX-License-Identifier: MIT */
/* part.c — the kinds of the due clock, and then the clock. */
#include "app/conversation/part.h"

#include "app/node.h"
#include "app/sending/part.h"
#include "app/sending/rates.h"
#include "app/settings/settings.h"
#include "domain/pending/lapse.h"
#include "domain/sequence/runner.h"

/* What falls due and is a message. */
static int build_senders(struct wq_conversation_part *p, struct wq_node *n,
                         const struct wq_accounts *accounts)
{
	struct wq_str prefix = wq_str(wq_settings_text(n->settings, WQ_SET_PREFIX));
	int rc = wq_ref_init(&p->ref, n->redis, prefix, wq_str(wq_outbound_queue), NULL);

	if (rc == 0)
		rc = wq_producer_create(&p->producer, n->loop, n->redis);
	if (rc < 0)
		return rc;
	p->stepper = (struct wq_stepper){
		.loop = n->loop,
		.producer = p->producer,
		.accounts = accounts,
		.queue_base = wq_ref_base(&p->ref),
		.keep_s = (int64_t)wq_settings_ms(n->settings, WQ_SET_MESSAGE_AGE) / 1000
	};
	wq_stepper_add(&p->stepper, p->due);
	wq_stepper_add_metrics(&p->stepper, &n->metrics);
	p->tosend = (struct wq_tosend){ .loop = n->loop,
		                        .producer = p->producer,
		                        .queue_base = wq_ref_base(&p->ref) };
	wq_tosend_add(&p->tosend, p->due);
	wq_sequence_runner_add(p->due);
	wq_tosend_add_metrics(&p->tosend, &n->metrics);
	return 0;
}

int wq_conversation_part_build(struct wq_conversation_part *p, struct wq_node *n,
                               const struct wq_accounts *accounts)
{
	const struct wq_due_opts o = { .loop = n->loop, .redis = n->redis, .accounts = accounts };
	int rc = wq_rates_load(&p->rates, wq_settings_text(n->settings, WQ_SET_RATES));

	if (rc == 0)
		rc = wq_due_create(&p->due, &o);
	if (rc < 0) {
		wq_rates_destroy(p->rates);
		p->rates = NULL;
		return rc;
	}
	wq_due_add_metrics(p->due, &n->metrics);
	wq_window_ticker_init(&p->windows, p->due);
	wq_window_ticker_add_metrics(&p->windows, &n->metrics);
	wq_pending_lapse_add(p->due);
	wq_block_sweeper_init(&p->blocks, n->loop, p->due);
	wq_block_sweeper_add_metrics(&p->blocks, &n->metrics);
	rc = build_senders(p, n, accounts);
	if (rc < 0)
		return rc;
	wq_due_start(p->due);
	return 0;
}

static void on_producer_closed(void *ctx)
{
	struct wq_conversation_part *p = ctx;

	wq_stepper_fini(&p->stepper);
	wq_ref_fini(&p->ref);
	if (p->done)
		p->done(p->ctx);
}

static void on_due_closed(void *ctx)
{
	struct wq_conversation_part *p = ctx;
	struct wq_producer *producer = p->producer;

	wq_rates_destroy(p->rates);
	p->rates = NULL;
	p->producer = NULL;
	if (producer)
		wq_producer_close(producer, on_producer_closed, p);
	else
		on_producer_closed(p);
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
