/* SPDX-License-Identifier: MIT */
/* sweep.c — one batch of an account.
 *
 *   look ──► judge ──► settled
 *              └─ nothing is due ─► end
 */
#include "domain/block/sweep.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/block/policy.h"
#include "io/loop/flow.h"

enum { LOOK, JUDGE, SETTLED };
enum { STEP_MS = 600000 }; /* what a clock was set by, and not what two clocks differ by */

struct sweep {
	struct wq_flow flow;
	struct wq_block_sweeper *sweeper;
	struct wq_due_run *run; /* its cmd is in flight after LOOK */
	struct wq_redis_cmd settle;
	struct wq_block_due due;
	enum wq_block_health health;
	struct wq_block_settle items[WQ_BLOCK_ROWS_MAX];
	bool more;
};

static struct sweep *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct sweep, flow);
}

static void on_looked(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);
	struct sweep *s = r->user;

	if (rc == 0)
		rc = wq_block_due_answer(cmd, &s->due);
	wq_flow_resume(&s->flow, rc > 0 ? WQ_EAWAY : rc); /* judged before the answer is gone */
}

static enum wq_flow_next run_look(struct wq_flow *f)
{
	struct wq_due_run *r = self(f)->run;

	return wq_flow_after(f, JUDGE, wq_block_due_start(&r->keys, &r->cmd, r->now_ms, on_looked));
}

/* What the clock was set forward by since a message was sent then. */
static int64_t ahead_of(const struct sweep *s, int64_t sent_ms)
{
	return sent_ms < s->sweeper->ahead_at_ms ? s->sweeper->ahead_ms : 0;
}

static void judge(struct sweep *s, size_t i)
{
	struct wq_block_row row;
	struct wq_block_judged j;

	wq_block_row_at(&s->run->cmd, i, &row);
	j = wq_block_judge(&(struct wq_block_facts){ .row = &row,
	                                             .usually = s->due.usually,
	                                             .now = s->due.now,
	                                             .now_ms = s->due.now_ms,
	                                             .ahead_ms = ahead_of(s, row.sent_ms) });
	s->items[i] = (struct wq_block_settle){ .id = row.id,
		                                .contact = row.contact,
		                                .what = j.what,
		                                .before = row.before,
		                                .row = j.row,
		                                .again_ms = j.again_ms,
		                                .state = j.state };
	wq_debug("block_judged", WQ_SL("message", row.id), WQ_I("what", j.what), WQ_I("row", j.row),
	         WQ_S("why", j.why ? j.why : ""));
}

static void on_settled(struct wq_redis_cmd *cmd, int rc)
{
	struct sweep *s = WQ_OWNER(cmd, struct sweep, settle);

	for (size_t i = 0; i < s->due.rows && rc == 0; i++) {
		const struct wq_block_settle *item = &s->items[i];
		int done = wq_block_settled(cmd, i);

		if (done < 0)
			rc = done;
		s->more |= done == 0;
		if (done == 1 && item->what == WQ_BLOCK_HOLD)
			wq_metric_count(&s->sweeper->held, 1);
		if (done == 1 && item->what == WQ_BLOCK_COUNT && item->state != WQ_BLOCK_WATCHED)
			wq_metric_count(item->state == WQ_BLOCK_PROBABLE ? &s->sweeper->probable
			                                                 : &s->sweeper->confirmed,
			                1);
	}
	wq_flow_resume(&s->flow, rc > 0 ? WQ_EAWAY : rc);
}

static enum wq_flow_next run_judge(struct wq_flow *f)
{
	struct sweep *s = self(f);

	if (f->last < 0)
		return wq_flow_end(f, f->last);
	wq_metric_count(&s->sweeper->reversed, s->due.reversed);
	s->more = s->due.more;
	if (!s->due.rows)
		return wq_flow_end(f, 0);
	for (size_t i = 0; i < s->due.rows; i++)
		judge(s, i);
	s->health = wq_block_health_of(&s->due.now, &s->due.usually);
	return wq_flow_after(f, SETTLED,
	                     wq_block_settle_start(&s->run->keys, &s->settle, s->run->now_ms,
	                                           s->health, s->items, s->due.rows, on_settled));
}

static enum wq_flow_next run_settled(struct wq_flow *f)
{
	return wq_flow_end(f, f->last);
}

static const struct wq_flow_step steps[] = {
	[LOOK] = { "look", run_look, NULL, WQ_BIT(JUDGE) },
	[JUDGE] = { "judge", run_judge, NULL, WQ_BIT(SETTLED) },
	[SETTLED] = { "settled", run_settled, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct sweep *s = self(f);
	struct wq_due_run *r = s->run;
	bool more = s->more;

	wq_free(s);
	wq_due_done(r, rc == 0 && more ? WQ_DUE_MORE : rc);
}

/* Both clocks go alike, unless somebody sets one. */
static void follow_clock(struct wq_block_sweeper *s, int64_t clock_ms)
{
	int64_t offset = clock_ms - (int64_t)(wq_loop_now_us(s->loop) / 1000);
	int64_t drift = offset - s->base_ms;

	if (drift > STEP_MS) {
		s->ahead_ms += drift;
		s->ahead_at_ms = clock_ms;
	} else if (drift < -STEP_MS) {
		s->ahead_ms = 0;
	} else {
		return;
	}
	s->base_ms = offset;
	wq_warn("clock_was_set", WQ_I("by_ms", drift));
}

static int run(void *ctx, struct wq_due_run *r)
{
	struct sweep *s = wq_zalloc(sizeof(*s));

	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	s->sweeper = ctx;
	s->run = r;
	r->user = s;
	follow_clock(s->sweeper, r->clock_ms);
	wq_flow_init(&s->flow, s->sweeper->loop, steps, on_end);
	wq_flow_start(&s->flow);
	return 0;
}

static struct wq_metric counter(const char *name, const char *labels, const char *help)
{
	return (struct wq_metric){
		.name = name, .help = help, .labels = labels, .type = WQ_COUNTER
	};
}

void wq_block_sweeper_init(struct wq_block_sweeper *s, struct wq_loop *l, struct wq_due *due)
{
	static const char verdicts[] = "willaq_block_verdicts_total";
	static const char help[] = "contacts who were found to have blocked an account";

	*s = (struct wq_block_sweeper){
		.loop = l,
		.base_ms = wq_loop_wall_ms(l) - (int64_t)(wq_loop_now_us(l) / 1000),
		.probable = counter(verdicts, "verdict=\"probable\"", help),
		.confirmed = counter(verdicts, "verdict=\"confirmed\"", help),
		.reversed = counter("willaq_block_verdicts_wrong_total", NULL,
		                    "verdicts that a delivery proved wrong"),
		.held = counter("willaq_block_held_total", NULL,
		                "messages that could not be judged for the account's own sake"),
	};
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_BLOCKS, "blocks", run, s });
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_DOUBTS, "doubts", run, s });
}

void wq_block_sweeper_add_metrics(struct wq_block_sweeper *s, struct wq_metrics *m)
{
	wq_metrics_add(m, &s->probable);
	wq_metrics_add(m, &s->confirmed);
	wq_metrics_add(m, &s->reversed);
	wq_metrics_add(m, &s->held);
}
