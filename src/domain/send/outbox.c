/* SPDX-License-Identifier: MIT */
/* outbox.c — one account after the other. */
#include "domain/send/outbox.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/log.h"

enum { NEXT, SWEPT, READ, PASSED, DROPPED };

static struct wq_outbox *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_outbox, flow);
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_outbox *o = WQ_OWNER(cmd, struct wq_outbox, cmd);
	struct wq_outbox_swept swept;

	if (rc == 0 && o->flow.at == SWEPT) {
		wq_outbox_swept(cmd, &swept);
		wq_metric_count(&o->unconfirmed, swept.unconfirmed);
		o->more = swept.more;
		rc = swept.waiting ? 0 : 1;
	}
	wq_flow_resume(&o->flow, rc);
}

static enum wq_flow_next run_next(struct wq_flow *f)
{
	struct wq_outbox *o = self(f);

	if (o->more)
		o->at--;
	o->more = false;
	if (o->stopped || o->at >= o->stops_n ||
	    wq_send_keys_init(&o->keys, o->redis, wq_str(o->stops[o->at])) < 0)
		return wq_flow_end(f, 0);
	o->at++;
	return wq_flow_after(f, SWEPT,
	                     wq_outbox_sweep_start(&o->keys, &o->cmd, wq_loop_wall_ms(o->loop),
	                                           on_cmd));
}

static enum wq_flow_next run_swept(struct wq_flow *f)
{
	if (f->last == 1)
		return wq_flow_go(f, NEXT);
	return f->last == 0 ? wq_flow_go(f, READ) : wq_flow_end(f, f->last);
}

static void on_passed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_outbox *o = WQ_OWNER(cmd, struct wq_outbox, pass);

	if (rc == 0)
		wq_metric_count(&o->passed, wq_outbox_passed(cmd));
	wq_flow_resume(&o->flow, rc);
}

static struct wq_str number_of(const struct wq_outbox *o)
{
	const struct wq_account *a;

	return wq_accounts_find(o->accounts, wq_strn(NULL, 0), wq_str(o->stops[o->at - 1]), &a) == 0
	               ? a->number
	               : wq_str("");
}

/* What was read is there as long as this callback: it goes on at once. */
static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_outbox *o = WQ_OWNER(cmd, struct wq_outbox, cmd);
	const struct wq_outbox_pass p = { .now_ms = wq_loop_wall_ms(o->loop),
		                          .events_max = o->events_max,
		                          .events_ms = o->events_ms,
		                          .box = wq_str(o->stops[o->at - 1]),
		                          .account = number_of(o) };

	if (rc == 0) {
		wq_outbox_keep(cmd, &o->ids);
		rc = o->ids.n ? wq_outbox_pass_start(&o->subs, &o->pass, &p, cmd, on_passed) : 1;
	}
	if (rc != 0)
		wq_flow_resume(&o->flow, rc);
}

static enum wq_flow_next run_read(struct wq_flow *f)
{
	struct wq_outbox *o = self(f);

	if (o->stopped)
		return wq_flow_end(f, 0);
	return wq_flow_after(f, PASSED, wq_outbox_read_start(&o->keys, &o->cmd, on_read));
}

static enum wq_flow_next run_passed(struct wq_flow *f)
{
	struct wq_outbox *o = self(f);

	if (f->last == 1)
		return wq_flow_go(f, NEXT);
	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return wq_flow_after(f, DROPPED, wq_outbox_drop_start(&o->keys, &o->cmd, &o->ids, on_cmd));
}

static enum wq_flow_next run_dropped(struct wq_flow *f)
{
	struct wq_outbox *o = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return wq_flow_go(f, o->ids.n == WQ_OUTBOX_BATCH ? READ : NEXT);
}

static const struct wq_flow_step steps[] = {
	[NEXT] = { "next", run_next, NULL, WQ_BIT(SWEPT) },
	[SWEPT] = { "swept", run_swept, NULL, WQ_BIT(NEXT) | WQ_BIT(READ) },
	[READ] = { "read", run_read, NULL, WQ_BIT(PASSED) },
	[PASSED] = { "passed", run_passed, NULL, WQ_BIT(NEXT) | WQ_BIT(DROPPED) },
	[DROPPED] = { "dropped", run_dropped, NULL, WQ_BIT(READ) | WQ_BIT(NEXT) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_outbox *o = self(f);

	if (rc != 0)
		wq_debug("outbox_later", WQ_I("rc", rc));
	o->running = false;
	o->stops_n = 0;
	if (!o->stopped)
		wq_timer_start(&o->timer, WQ_OUTBOX_TICK_MS);
	else if (o->on_idle)
		o->on_idle(o->ctx); /* o may be gone: nothing may follow this line */
}

static void add_stop(struct wq_outbox *o, struct wq_str id)
{
	if (o->stops_n < WQ_OUTBOX_STOPS && id.n <= WQ_ACCOUNT_ID_MAX_BYTES)
		snprintf(o->stops[o->stops_n++], sizeof(o->stops[0]), "%.*s", WQ_STR_ARG(id));
}

static bool is_marked(const struct wq_outbox *o, struct wq_str id)
{
	for (size_t i = 0; i < o->stops_n; i++)
		if (wq_str_is(id, o->stops[i]))
			return true;
	return false;
}

/* Those whose turn it is, behind those that were marked. */
static void add_others(struct wq_outbox *o)
{
	size_t all = wq_accounts_count(o->accounts), seen = 0, added = 0;
	const struct wq_account *a;
	const void *at = NULL;

	if (o->turn >= all)
		o->turn = 0;
	while (added < WQ_OUTBOX_LOOKS && (a = wq_accounts_next(o->accounts, &at))) {
		if (seen++ < o->turn)
			continue;
		added++;
		if (!is_marked(o, a->id))
			add_stop(o, a->id);
	}
	o->turn += added;
}

static void on_tick(struct wq_timer *t)
{
	struct wq_outbox *o = WQ_OWNER(t, struct wq_outbox, timer);

	add_others(o);
	o->at = 0;
	o->more = false;
	o->running = true;
	wq_flow_init(&o->flow, o->loop, steps, on_end);
	wq_flow_start(&o->flow);
}

void wq_outbox_start(struct wq_outbox *o)
{
	wq_sub_keys_init(&o->subs, o->redis, wq_str(o->prefix));
	wq_timer_init(&o->timer, o->loop, on_tick);
	wq_timer_start(&o->timer, WQ_OUTBOX_TICK_MS);
	o->unconfirmed = (struct wq_metric){
		.name = "willaq_messages_unconfirmed_total",
		.help = "messages that were taken, and of which no status came in time",
		.type = WQ_COUNTER
	};
	o->passed = (struct wq_metric){
		.name = "willaq_message_events_total",
		.help = "events of messages and accounts that subscribers were told",
		.type = WQ_COUNTER
	};
}

void wq_outbox_add_metrics(struct wq_outbox *o, struct wq_metrics *m)
{
	wq_metrics_add(m, &o->unconfirmed);
	wq_metrics_add(m, &o->passed);
}

void wq_outbox_mark(struct wq_outbox *o, struct wq_str account)
{
	if (!o->running && !is_marked(o, account) && o->stops_n < WQ_OUTBOX_LOOKS)
		add_stop(o, account);
}

bool wq_outbox_stop(struct wq_outbox *o)
{
	o->stopped = true;
	wq_timer_stop(&o->timer);
	return !o->running;
}
