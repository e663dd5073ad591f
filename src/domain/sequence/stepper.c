/* SPDX-License-Identifier: MIT */
/* stepper.c — one batch of an account: taken, decided, settled, added. */
#include "domain/sequence/stepper.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/send/letter_job.h"
#include "domain/sequence/step.h"
#include "io/loop/flow.h"
#include "store/tosend.h"

enum { TAKE, SETTLE, ADD, CLEAR, END };

struct batch {
	struct wq_flow flow;
	struct wq_stepper *stepper;
	struct wq_due_run *run;
	struct wq_redis_cmd cmd;   /* SETTLE, CLEAR */
	struct wq_arena arena;     /* owns all that steps point to, but for what the taking answered */
	struct wq_step steps[WQ_SEQ_TAKE_MAX];
	size_t n;
	struct wq_add_all add;
	struct wq_add_item items[WQ_SEQ_TAKE_MAX];
	struct wq_str ids[WQ_SEQ_TAKE_MAX];
	size_t jobs;
	bool more;
};

static struct batch *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct batch, flow);
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct batch, cmd)->flow, rc);
}

static void on_taken(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);

	wq_flow_resume(&((struct batch *)r->user)->flow, rc);
}

static enum wq_flow_next run_take(struct wq_flow *f)
{
	struct batch *b = self(f);

	return wq_flow_after(f, SETTLE,
	                     wq_enrol_take_start(&b->run->keys, &b->run->cmd, b->run->now_ms,
	                                         on_taken));
}

/* One for which there is no memory stays leased, and is taken again later. */
static void make_steps(struct batch *b, const struct wq_account *account, int64_t now_ms)
{
	struct wq_hours hours;
	struct wq_hours_problem problem;
	bool closed = wq_hours_read(&hours, account->hours, &problem) == 0 && hours.any;
	const struct wq_step_world w = { .templates = wq_accounts_templates(b->stepper->accounts),
		                         .hours = closed ? &hours : NULL,
		                         .zones = &b->stepper->zones,
		                         .account = account,
		                         .now_ms = now_ms,
		                         .arena = &b->arena };
	struct wq_enrol_due due;

	for (size_t i = 0; i < WQ_SEQ_TAKE_MAX && wq_enrol_taken_at(&b->run->cmd, i, &due); i++)
		if (wq_step_make(&b->steps[b->n], &w, &due) == 0)
			b->n++;
}

static void give_step(void *ctx, size_t i, struct wq_enrol_settle *out)
{
	*out = ((struct batch *)ctx)->steps[i].settle;
}

/* Still inside the answer to the taking, which the steps borrow from. */
static enum wq_flow_next run_settle(struct wq_flow *f)
{
	struct batch *b = self(f);
	const struct wq_account *account;
	int64_t now_ms;

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	now_ms = wq_enrol_taken(&b->run->cmd, &b->more);
	if (now_ms == 0)
		return wq_flow_end(f, WQ_EPROTO);
	if (wq_accounts_find(b->stepper->accounts, wq_strn(NULL, 0), wq_str(b->run->account),
	                     &account) != 0)
		return wq_flow_end(f, WQ_EAWAY);
	make_steps(b, account, now_ms);
	if (b->n == 0)
		return wq_flow_end(f, 0);
	return wq_flow_after(f, ADD,
	                     wq_enrol_settle_start(&b->run->keys, &b->cmd, b->run->now_ms,
	                                           b->stepper->keep_s, b->n, give_step, b, on_cmd));
}

static void on_added(struct wq_add_all *a, int rc)
{
	wq_flow_resume(&WQ_OWNER(a, struct batch, add)->flow, rc);
}

static void count(struct batch *b, const struct wq_step *s, bool settled)
{
	if (!settled)
		wq_metric_count(&b->stepper->lost, 1);
	else if (s->settle.what == WQ_STEP_SEND)
		wq_metric_count(&b->stepper->steps, 1);
	else if (s->settle.what == WQ_STEP_PENDING || s->settle.what == WQ_STEP_SKIP)
		wq_metric_count(&b->stepper->skipped, 1);
}

static enum wq_flow_next run_add(struct wq_flow *f)
{
	struct batch *b = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	for (size_t i = 0; i < b->n; i++) {
		const struct wq_step *s = &b->steps[i];
		bool settled = wq_enrol_settled(&b->cmd, i);

		count(b, s, settled);
		if (!settled || s->settle.what != WQ_STEP_SEND)
			continue;
		b->ids[b->jobs] = s->settle.id;
		b->items[b->jobs++] = wq_letter_job_item(&s->job, b->stepper->queue_base, s->opts);
	}
	if (b->jobs == 0)
		return wq_flow_end(f, 0);
	b->add = (struct wq_add_all){ .items = b->items, .n = b->jobs };
	return wq_flow_after(f, CLEAR,
	                     wq_producer_add_all(b->stepper->producer, &b->add, on_added));
}

/* What could not be added is on the list, and is somebody's in a moment. */
static enum wq_flow_next run_clear(struct wq_flow *f)
{
	struct batch *b = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return wq_flow_after(f, END,
	                     wq_tosend_done_start(&b->run->keys, &b->cmd, b->ids, b->jobs, on_cmd));
}

static enum wq_flow_next run_end(struct wq_flow *f)
{
	return wq_flow_end(f, 0);
}

static const struct wq_flow_step steps[] = {
	[TAKE] = { "take", run_take, NULL, WQ_BIT(SETTLE) },
	[SETTLE] = { "settle", run_settle, NULL, WQ_BIT(ADD) },
	[ADD] = { "add", run_add, NULL, WQ_BIT(CLEAR) },
	[CLEAR] = { "clear", run_clear, NULL, WQ_BIT(END) },
	[END] = { "end", run_end, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct batch *b = self(f);
	struct wq_due_run *r = b->run;
	bool more = b->more;

	wq_arena_fini(&b->arena);
	wq_free(b);
	wq_due_done(r, rc > 0 ? WQ_EAWAY : rc == 0 && more ? WQ_DUE_MORE : rc);
}

static int run(void *ctx, struct wq_due_run *r)
{
	struct wq_stepper *s = ctx;
	struct batch *b = wq_zalloc(sizeof(*b));

	if (!b)
		return WQ_RAISE(WQ_ENOMEM);
	b->stepper = s;
	b->run = r;
	r->user = b;
	wq_arena_init(&b->arena, WQ_SEQ_MEMORY_MAX_BYTES);
	wq_flow_init(&b->flow, s->loop, steps, on_end);
	wq_flow_start(&b->flow);
	return 0;
}

void wq_stepper_fini(struct wq_stepper *s)
{
	wq_zones_fini(&s->zones);
}

void wq_stepper_add(struct wq_stepper *s, struct wq_due *due)
{
	wq_zones_init(&s->zones, NULL);
	s->steps = (struct wq_metric){ .name = "willaq_sequence_steps_total",
		                       .help = "steps of sequences whose message was made",
		                       .type = WQ_COUNTER };
	s->skipped = (struct wq_metric){ .name = "willaq_sequence_skipped_total",
		                         .help = "steps that were skipped, or left to a person",
		                         .type = WQ_COUNTER };
	s->lost = (struct wq_metric){
		.name = "willaq_sequence_overtaken_total",
		.help = "steps that came to nothing, for something happened meanwhile",
		.type = WQ_COUNTER
	};
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_SEQUENCES, "sequences", run, s });
}

void wq_stepper_add_metrics(struct wq_stepper *s, struct wq_metrics *m)
{
	wq_metrics_add(m, &s->steps);
	wq_metrics_add(m, &s->skipped);
	wq_metrics_add(m, &s->lost);
}
