/* SPDX-License-Identifier: MIT */
/* receiving.c — one job: what people wrote, or what is told of them, into Redis.
 *
 *   read ──► note ──► noted ──► (order ──► ordered: the job of its file) ──► read (the next of a history) … ──► end
 *     │       ▲          └─ two contacts are one person ─► merge ──► merged ──► note
 *     └─ nothing (more) ─► end
 *
 * Happy path: the job is read into an item, which rides to its account's script with others of the same turn; the
 *   answer completes the job.
 * Failures: Redis away, a lack of memory, accounts not read yet: the job comes again in a second, no attempt used up.
 *   Redis refuses the script itself: an attempt is used up, and the next one travels alone.  What no attempt could
 *   mend (no JSON, a number of nobody) fails for good.  Killed anywhere: the job is run again, and finds what was
 *   written.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/media/order.h"
#include "domain/receive/receiving.h"

enum { READ, NOTE, NOTED, ORDER, ORDERED, MERGE, MERGED };
enum { LATER_MS = 1000, DOUBT_MS = 5000, NOBODYS_MS = 3 * WQ_ACCOUNTS_REFRESH_MS, MERGES_MAX = 64 };

static struct wq_receiving *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_receiving, flow);
}

static int64_t now_of(const struct wq_receiver *r)
{
	return r->o.own_clock ? wq_loop_wall_ms(r->loop) : 0;
}

static enum wq_flow_next finish(struct wq_flow *f, enum wq_receiving_end end)
{
	self(f)->end = end;
	return wq_flow_end(f, 0);
}

static enum wq_flow_next fail(struct wq_flow *f, bool for_good, const char *why)
{
	self(f)->why = why;
	self(f)->for_good = for_good;
	return finish(f, WQ_RECEIVING_FAILED);
}

/* 0; 1: it is nobody's; 2: not known yet; < 0: out of memory. */
static int find_reception(struct wq_receiving *j, const struct wq_inbound *u,
                          const struct wq_account **a)
{
	int rc = wq_accounts_by_number(j->receiver->accounts, u->provider, u->number, a);

	if (rc != 0)
		return rc == WQ_ACCOUNT_NOT_LOADED ? 2 : 1;
	if (!j->at)
		j->at = wq_receiver_reception(j->receiver, *a);
	return j->at ? 0 : WQ_ENOMEM;
}

enum { STOP_FULL = 100, STOP_NOBODYS, STOP_LATER };

static int add_order(struct wq_receiving *j, const struct wq_inbound *u, const struct wq_account *a,
                     struct wq_receiving_item *out)
{
	const struct wq_receiver_opts *o = &j->receiver->o;

	if (!o->media || !wq_media_order_is(u))
		return 0;
	return wq_media_order(&j->arena, u, a->id, out->it.ref, o->media_base, &out->order);
}

/* One update of the job; those that were worked before are passed over. */
static int on_update(void *user, const struct wq_inbound *u)
{
	struct wq_receiving *j = user;
	const struct wq_account *a;
	struct wq_receiving_item *out;
	int rc;

	if (j->seen++ < j->done)
		return 0;
	if (j->n == j->max)
		return STOP_FULL;
	out = &j->items[j->n];
	rc = find_reception(j, u, &a);
	if (rc > 0)
		return rc == 2 ? STOP_LATER : STOP_NOBODYS;
	if (rc == 0)
		rc = wq_receiving_item(out, u, &a->keywords, &j->arena);
	if (rc == WQ_ETOOBIG && j->n > 0)
		return STOP_FULL;
	if (rc == 0)
		rc = add_order(j, u, a, out);
	if (rc < 0)
		return rc;
	if (rc == 0)
		j->told = out->it.kind >= WQ_TOLD_FIRST;
	j->n += rc == 0;
	return 0;
}

/* Its account may have been made a moment ago, in a process that we have not asked since. */
static bool too_early_to_tell(const struct wq_receiving *j)
{
	int64_t age = wq_loop_wall_ms(j->receiver->loop) - j->task->job->timestamp_ms;

	return age >= 0 && age < NOBODYS_MS;
}

static enum wq_flow_next run_read(struct wq_flow *f)
{
	struct wq_receiving *j = self(f);
	struct wq_receiver *r = j->receiver;
	bool first = j->done == 0;
	int rc;

	j->n = j->seen = 0;
	j->max = wq_str_is(j->task->job->name, "process-history") ? WQ_RECEIVE_HISTORY_MAX : 1;
	wq_arena_reset(&j->arena);
	j->items = wq_arena_alloc(&j->arena, j->max * sizeof(*j->items));
	if (!j->items)
		return finish(f, WQ_RECEIVING_LATER);
	rc = wq_inbound_job_read(&r->reader, j->task->job->data, wq_loop_wall_ms(r->loop),
	                         on_update, j);
	if (rc == STOP_LATER || (rc < 0 && rc != WQ_ETOOBIG) ||
	    (rc == STOP_NOBODYS && too_early_to_tell(j)))
		return finish(f, WQ_RECEIVING_LATER);
	if (rc == STOP_NOBODYS)
		return fail(
			f, true,
			"no account has the number that it was written to: make one, then retry");
	if (rc == WQ_ETOOBIG || (rc > 0 && rc != STOP_FULL))
		return fail(f, true, "the job's data are not those of a message");
	j->partial = rc == STOP_FULL;
	j->done = j->partial ? j->seen - 1 : j->seen;
	if (j->n == 0)
		return finish(f, first ? WQ_RECEIVING_PASSED : WQ_RECEIVING_TOLD);
	return wq_flow_go(f, NOTE);
}

static void give(void *ctx, size_t i, struct wq_receive_item *out)
{
	*out = ((struct wq_receiving *)ctx)->items[i].it;
}

/* The answers of a call, from `at` on: 0, or as wq_receive_answer of the first that is not done. */
static int judge(struct wq_receiving *j, const struct wq_redis_cmd *cmd, size_t at)
{
	struct wq_receive_answer a;

	for (size_t i = 0; i < j->n; i++) {
		int said = wq_receive_answer(cmd, at + i, &a);

		if (said < 0)
			return said;
		if (said == WQ_RECEIVED_MERGE) {
			snprintf(j->one, sizeof(j->one), "%.*s", WQ_STR_ARG(a.contact));
			snprintf(j->other, sizeof(j->other), "%.*s", WQ_STR_ARG(a.other));
		}
		if (said >= WQ_RECEIVED_MERGE)
			return said;
		if (j->n == 1)
			snprintf(j->said, sizeof(j->said), "%.*s", WQ_STR_ARG(a.contact));
		j->end = said == WQ_RECEIVED_KNOWN ? WQ_RECEIVING_KNOWN
		         : j->told                 ? WQ_RECEIVING_TOLD
		                                   : WQ_RECEIVING_RECEIVED;
	}
	return 0;
}

static void on_told(struct wq_rider *rider, int rc, const struct wq_redis_cmd *cmd, size_t at)
{
	struct wq_receiving *j = WQ_OWNER(rider, struct wq_receiving, rider);

	wq_flow_resume(&j->flow, rc == 0 ? judge(j, cmd, at) : rc > 0 ? WQ_EAWAY : rc);
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_receiving *j = WQ_OWNER(cmd, struct wq_receiving, cmd);

	wq_flow_resume(&j->flow, rc == 0 ? judge(j, cmd, 0) : rc > 0 ? WQ_EAWAY : rc);
}

/* With others, unless it failed before: it may be what made all of them fail. */
static enum wq_flow_next run_note(struct wq_flow *f)
{
	struct wq_receiving *j = self(f);
	struct wq_receiver *r = j->receiver;

	if (!j->told && j->n == 1 && j->task->job->attempts_made == 0) {
		j->rider.told = on_told;
		wq_convoy_join(&j->at->messages, &j->rider);
		return wq_flow_after(f, NOTED, 0);
	}
	return wq_flow_after(f, NOTED,
	                     wq_receive_start(&j->at->keys, &j->cmd, j->told, now_of(r),
	                                      r->o.keep_s, j->n, give, j, on_cmd));
}

static enum wq_flow_next run_noted(struct wq_flow *f)
{
	struct wq_receiving *j = self(f);

	if (f->last == WQ_RECEIVED_MERGE && j->merges++ < MERGES_MAX)
		return wq_flow_go(f, MERGE);
	if (f->last == WQ_EREPLY || f->last == WQ_EPROTO)
		return fail(f, false, "Redis refused the step");
	j->doubtful = f->last == WQ_RECEIVED_LATER;
	if (f->last != 0)
		return finish(f, WQ_RECEIVING_LATER);
	if (j->n == 1 && j->items[0].order.base.n)
		return wq_flow_go(f, ORDER);
	return j->partial ? wq_flow_go(f, READ) : finish(f, j->end);
}

static void on_ordered(struct wq_add *a, int rc)
{
	wq_flow_resume(&WQ_OWNER(a, struct wq_receiving, add)->flow, rc > 0 ? WQ_EAWAY : rc);
}

static enum wq_flow_next run_order(struct wq_flow *f)
{
	struct wq_receiving *j = self(f);

	j->add = (struct wq_add){ .item = j->items[0].order };
	return wq_flow_after(f, ORDERED,
	                     wq_producer_add(j->receiver->o.media, &j->add, on_ordered));
}

/* Where it is not certain that it was added, it is added again: its id stands for the message. */
static enum wq_flow_next run_ordered(struct wq_flow *f)
{
	return finish(f, f->last == 0 ? self(f)->end : WQ_RECEIVING_LATER);
}

static void on_merged(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_receiving *j = WQ_OWNER(cmd, struct wq_receiving, cmd);
	struct wq_str left;

	int merged = rc == 0 ? wq_contact_merged(cmd, &left) : 0;

	if (merged == WQ_MERGED_MORE) {
		rc = wq_contact_merge_on(&j->at->keys, cmd, now_of(j->receiver), on_merged);
		if (rc == 0)
			return;
	}
	wq_flow_resume(&j->flow, rc > 0 ? WQ_EAWAY : merged < -1 ? merged : rc);
}

static enum wq_flow_next run_merge(struct wq_flow *f)
{
	struct wq_receiving *j = self(f);

	return wq_flow_after(f, MERGED,
	                     wq_contact_merge_start(&j->at->keys, &j->cmd, now_of(j->receiver),
	                                            wq_str(j->one), wq_str(j->other), on_merged));
}

static enum wq_flow_next run_merged(struct wq_flow *f)
{
	if (f->last == WQ_EREPLY || f->last == WQ_EPROTO)
		return fail(f, false, "Redis refused to merge two contacts");
	if (f->last != 0)
		return finish(f, WQ_RECEIVING_LATER);
	wq_metric_count(&self(f)->receiver->merged, 1);
	return wq_flow_go(f, NOTE);
}

static const struct wq_flow_step steps[] = {
	[READ] = { "read", run_read, NULL, WQ_BIT(NOTE) },
	[NOTE] = { "note", run_note, NULL, WQ_BIT(NOTED) },
	[NOTED] = { "noted", run_noted, NULL, WQ_BIT(READ) | WQ_BIT(ORDER) | WQ_BIT(MERGE) },
	[ORDER] = { "order", run_order, NULL, WQ_BIT(ORDERED) },
	[ORDERED] = { "ordered", run_ordered, NULL, 0 },
	[MERGE] = { "merge", run_merge, NULL, WQ_BIT(MERGED) },
	[MERGED] = { "merged", run_merged, NULL, WQ_BIT(NOTE) },
};

static void answer(struct wq_receiving *j, const char *outcome)
{
	char json[512];

	if (j->said[0])
		snprintf(json, sizeof(json), "{\"outcome\":\"%s\",\"contact\":\"%s.%s\"}", outcome,
		         j->said, j->at->id);
	else
		snprintf(json, sizeof(json), "{\"outcome\":\"%s\"}", outcome);
	wq_task_complete(j->task, wq_str(json));
}

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_receiving *j = self(f);
	struct wq_receiver *r = j->receiver;
	const struct wq_failure failure = { .reason = wq_str(j->why),
		                            .unrecoverable = j->for_good };
	static const char *const outcomes[WQ_RECEIVING_ENDS] = {
		[WQ_RECEIVING_RECEIVED] = "received",
		[WQ_RECEIVING_TOLD] = "noted",
		[WQ_RECEIVING_KNOWN] = "known",
		[WQ_RECEIVING_PASSED] = "nobody",
	};

	(void)rc;
	wq_metric_count(&r->ends[j->end], 1);
	if (j->end == WQ_RECEIVING_FAILED)
		wq_task_fail(j->task, &failure);
	else if (j->end == WQ_RECEIVING_LATER)
		wq_task_delay(j->task, j->doubtful ? DOUBT_MS : LATER_MS);
	else
		answer(j, outcomes[j->end]);
	wq_list_remove(&j->link);
	wq_arena_fini(&j->arena);
	wq_free(j);
	wq_receiver_one_gone(r);
}

void wq_receiving_start(struct wq_receiver *r, struct wq_task *task)
{
	struct wq_receiving *j = wq_zalloc(sizeof(*j));

	if (!j) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, LATER_MS);
		return;
	}
	j->receiver = r;
	j->task = task;
	wq_arena_init(&j->arena, WQ_RECEIVE_MEMORY_MAX_BYTES);
	wq_list_push(&r->at_work, &j->link);
	wq_flow_init(&j->flow, r->loop, steps, on_end);
	wq_flow_start(&j->flow);
}
