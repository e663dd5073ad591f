/* SPDX-License-Identifier: MIT */
/* sending.c — the steps, in the order in which they run. */
#include "domain/send/sending.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "domain/send/opaque.h"
#include "domain/send/sender_core.h"
#include "queue/job_policy.h"

enum { READ, FILED, CLAIM, CLAIMED, PEOPLE, MET, MAPPED, PEND, PENDED, POST, JUDGE, EFFECT, SETTLE, SETTLED, CLOSE };
/* Of a job that holds a file: its content anew, a request with it, and what they grow through. */
enum { JOB_COPIES = 8 };
enum { SUSPENDED_MS = 15000, LATER_MS = 1000, PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 1000, EFFECT_PAUSES = 9 };

static struct wq_sending *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_sending, flow);
}

static enum wq_flow_next close_with(struct wq_sending *l, enum wq_send_ending ending,
                                    int64_t wait_ms)
{
	l->ending = ending;
	l->wait_ms = wait_ms;
	return wq_flow_go(&l->flow, CLOSE);
}

static void count(struct wq_sending *l, enum wq_send_outcome o)
{
	wq_metric_count(&l->sender->outcomes[o], 1);
}

/* Nothing was written and nobody has heard of it. */
static bool should_stop(const struct wq_sending *l)
{
	return l->flow.cancelled || l->sender->closing || !wq_task_is_ours(l->task);
}

static void on_pause(struct wq_timer *t)
{
	wq_flow_resume(&WQ_OWNER(t, struct wq_sending, pause)->flow, 0);
}

static void cut_pause(struct wq_flow *f)
{
	if (wq_timer_active(&self(f)->pause))
		wq_timer_start(&self(f)->pause, 0);
}

/* Redis is away: the same step once more, a little later. */
static enum wq_flow_next again(struct wq_sending *l, int step)
{
	uint64_t ms = (uint64_t)PAUSE_FIRST_MS << (l->pauses < 6 ? l->pauses : 6);

	l->pauses++;
	wq_timer_start(&l->pause, ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS);
	return wq_flow_after(&l->flow, step, 0);
}

static int make_token(struct wq_sending *l)
{
	unsigned char bytes[WQ_SEND_TOKEN_BYTES];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	wq_hex_encode(bytes, sizeof(bytes), l->token);
	return rc;
}

static enum wq_flow_next run_read(struct wq_flow *f)
{
	struct wq_sending *l = self(f);
	int rc = wq_sending_read(l);

	if (rc == 0)
		rc = make_token(l);
	if (rc == WQ_SENDING_HELD) {
		count(l, WQ_TRIED_WAITED);
		return close_with(l, WQ_ENDING_DELAY, SUSPENDED_MS);
	}
	if (rc == 1) {
		count(l, WQ_TRIED_REJECTED);
		return close_with(l, WQ_ENDING_FOR_GOOD, 0);
	}
	if (rc != 0)
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	rc = wq_sending_file(l);
	if (rc == WQ_PARCEL_READY)
		return wq_flow_go(f, CLAIM);
	if (rc == WQ_PARCEL_LATER)
		return close_with(l, WQ_ENDING_DELAY, l->wait_ms);
	return rc == 0 ? wq_flow_after(f, FILED, 0) : close_with(l, WQ_ENDING_DELAY, LATER_MS);
}

static void cut_file(struct wq_flow *f)
{
	wq_sending_file_cancel(self(f));
}

static bool is_last_attempt(const struct wq_sending *l)
{
	const struct wq_job *j = l->task->job;
	struct wq_job_policy p;

	wq_job_policy_read(&p, j->opts);
	return j->attempts_made + 1 >= (p.attempts ? p.attempts : l->sender->o.attempts);
}

/* What will never go still gets its claim: only under one is it settled that it failed. */
static enum wq_flow_next run_filed(struct wq_flow *f)
{
	struct wq_sending *l = self(f);
	const struct wq_send_try t = { .number = l->task->job->attempts_made + 1,
		                       .last_attempt = is_last_attempt(l) };
	int rc = f->last < 0 || should_stop(l) ? WQ_PARCEL_LATER : wq_sending_filed(l, &t);

	if (rc < 0 || rc == WQ_PARCEL_LATER)
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	l->doomed = rc > 0;
	if (rc == 0 || l->plan.end == WQ_SEND_END_FAILED)
		return wq_flow_go(f, CLAIM);
	count(l, WQ_TRIED_AGAIN);
	l->ending = l->plan.ending;
	l->wait_ms = l->plan.wait_ms;
	return wq_flow_go(f, l->plan.affects ? EFFECT : CLOSE);
}

static void take_claim_answer(struct wq_rider *r, int rc, const struct wq_redis_cmd *cmd,
                              size_t at);

/* A provider that seems gone is not asked, and its messages wait. */
static bool may_ask(struct wq_sending *l)
{
	uint64_t now_us = wq_loop_now_us(l->sender->loop);
	enum wq_breaker_answer a = wq_breaker_ask(&l->desk->breaker, now_us);

	l->trial = a == WQ_BREAKER_TRIAL;
	if (a == WQ_BREAKER_GO || a == WQ_BREAKER_TRIAL)
		return true;
	l->wait_ms = wq_breaker_pause_ms(&l->desk->breaker, now_us) + LATER_MS;
	return false;
}

static void nothing_learnt(struct wq_sending *l)
{
	if (l->trial)
		wq_breaker_tell(&l->desk->breaker, WQ_BREAKER_NOTHING, true,
		                wq_loop_now_us(l->sender->loop));
	l->trial = false;
}

static enum wq_flow_next run_claim(struct wq_flow *f)
{
	struct wq_sending *l = self(f);
	const struct wq_message *m = &l->message;
	const struct wq_job *j = l->task->job;

	if (should_stop(l)) {
		nothing_learnt(l);
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	}
	if (l->pauses == 0 && !l->met_ms && !may_ask(l)) {
		count(l, WQ_TRIED_WAITED);
		return close_with(l, WQ_ENDING_DELAY, l->wait_ms);
	}
	l->claim.claim = (struct wq_send_claim){
		.id = l->id,
		.to = wq_str(l->to),
		.token = wq_str(l->token),
		.template = l->template,
		.data = j->data.n <= WQ_LETTER_DATA_MAX_BYTES ? j->data : wq_str(""),
		.reference = m->reference,
		.send_class = (int)m->send_class,
		.flags = wq_sending_gate_flags(l),
		.asked_ms = m->scheduled_ms > j->timestamp_ms ? m->scheduled_ms : j->timestamp_ms,
		.expires_ms = m->expires_ms,
		.met_ms = l->met_ms,
	};
	l->claim.rider.told = take_claim_answer;
	wq_convoy_join(&l->desk->claims, &l->claim.rider);
	return wq_flow_after(f, CLAIMED, 0);
}

/* The answer's text is gone with the callback. */
static void keep_text(struct wq_sending *l, const struct wq_send_claimed *c)
{
	char *id;

	if (l->doomed && c->answer == WQ_SEND_GO)
		return; /* why is known already */
	snprintf(l->why, sizeof(l->why), "%.*s", WQ_STR_ARG(c->text));
	if (c->answer != WQ_SEND_DONE)
		return;
	id = wq_arena_copy(&l->said, c->text);
	l->answer.id = wq_str(id ? id : "");
}

/* Positive: an answer, one more than its place in enum wq_send_answer. */
static void take_claim_answer(struct wq_rider *r, int rc, const struct wq_redis_cmd *cmd, size_t at)
{
	struct wq_sending *l = WQ_OWNER(r, struct wq_sending, claim.rider);
	struct wq_send_claimed c;

	if (rc == 0 && wq_send_claim_answer(cmd, at, &c)) {
		keep_text(l, &c);
		l->number = c.number;
		wq_flow_resume(&l->flow, (int)c.answer + 1);
	} else {
		wq_flow_resume(&l->flow, rc == 0 ? WQ_EPROTO : WQ_EAWAY);
	}
}

static void keep_in_journal(struct wq_sending *l)
{
	const struct wq_send_settle s = {
		.id = l->id, .to = wq_str(l->to), .token = wq_str(l->token), .number = l->number
	};

	l->entry = wq_journal_open(&l->desk->journal, &s);
}

/* What stands between the gate's answer and the next claim, if anything does. */
static enum wq_flow_next outside(struct wq_sending *l)
{
	int rc = l->flow.last == WQ_SEND_ZONE + 1 ? WQ_CLOSED_UNSAID : wq_sending_closed(l);

	if (rc < 0)
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	if (rc == WQ_CLOSED_PENDING)
		return wq_flow_go(&l->flow, PEND);
	if (rc == WQ_SENDING_ASKS)
		return wq_flow_after(&l->flow, MAPPED, wq_sending_ask_mapped(l));
	if (rc != WQ_CLOSED_UNSAID)
		return wq_flow_go(&l->flow, CLAIM);
	l->in_hours = true;
	l->wait_ms = wq_sending_wait_ms(l);
	if (l->wait_ms == 0)
		return wq_flow_go(&l->flow, CLAIM);
	count(l, WQ_TRIED_WAITED);
	return close_with(l, WQ_ENDING_DELAY, l->wait_ms);
}

static enum wq_flow_next run_claimed(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (f->last < 0) {
		if (!should_stop(l))
			return again(l, CLAIM);
		nothing_learnt(l);
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	}
	l->pauses = 0;
	if (f->last == WQ_SEND_GO + 1 && l->doomed) {
		nothing_learnt(l);
		count(l, WQ_TRIED_REJECTED);
		return wq_flow_go(f, l->plan.affects ? EFFECT : SETTLE);
	}
	if (f->last == WQ_SEND_GO + 1) {
		keep_in_journal(l);
		return wq_flow_go(f, POST);
	}
	if (f->last == WQ_SEND_PEOPLE + 1)
		return wq_flow_go(f, PEOPLE);
	nothing_learnt(l);
	if (f->last == WQ_SEND_ZONE + 1 ||
	    (f->last == WQ_SEND_CLOSED + 1 && wq_sending_gate_flags(l) & WQ_SEND_KEEPS))
		return outside(l);
	count(l, f->last == WQ_SEND_WAIT + 1 ? WQ_TRIED_WAITED : WQ_TRIED_BARRED);
	if (f->last == WQ_SEND_WAIT + 1)
		return close_with(l, WQ_ENDING_DELAY, l->number);
	if (f->last == WQ_SEND_DONE + 1)
		return close_with(l, WQ_ENDING_COMPLETE, 0);
	if (f->last == WQ_SEND_CLOSED + 1)
		snprintf(l->why, sizeof(l->why),
		         "the 24-hour window is closed: only a template can be sent");
	return close_with(l, WQ_ENDING_FOR_GOOD, 0);
}

static enum wq_flow_next run_people(struct wq_flow *f)
{
	return wq_flow_after(f, MET, wq_sending_ask_people(self(f)));
}

static enum wq_flow_next run_met(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (f->last < 0 && !should_stop(l))
		return again(l, PEOPLE);
	if (f->last >= 0)
		return wq_flow_go(f, CLAIM);
	nothing_learnt(l);
	return close_with(l, WQ_ENDING_DELAY, LATER_MS);
}

static enum wq_flow_next run_mapped(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (f->last >= 0)
		return outside(l);
	return should_stop(l) ? close_with(l, WQ_ENDING_DELAY, LATER_MS) : again(l, CLAIM);
}

static enum wq_flow_next run_pend(struct wq_flow *f)
{
	return wq_flow_after(f, PENDED, wq_sending_pend(self(f)));
}

static enum wq_flow_next run_pended(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (f->last < 0 && !should_stop(l))
		return again(l, PEND);
	if (f->last < 0)
		return close_with(l, WQ_ENDING_DELAY, LATER_MS);
	count(l, WQ_TRIED_BARRED);
	return close_with(l, WQ_ENDING_COMPLETE, 0);
}

static bool still_ours(const struct wq_call *c)
{
	return wq_task_is_ours(((const struct wq_sending *)c->ctx)->task);
}

static void on_answer(struct wq_call *c, int rc)
{
	wq_flow_resume(&WQ_OWNER(c, struct wq_sending, call)->flow, rc);
}

static void cut_call(struct wq_flow *f)
{
	wq_call_cancel(&self(f)->call);
}

/* 0 or a raised error: nothing was sent. */
static int fill_call(struct wq_sending *l, const struct wq_account *a)
{
	char opaque[WQ_OPAQUE_MAX_BYTES];
	struct wq_provider_request r = { .headers_n = 0 };
	int rc = wq_opaque_write(opaque, l->desk->opaque, l->id, l->number);

	l->provider = a->provider;
	if (rc == 0)
		rc = wq_providers[a->provider]->request(&l->arena, a, &l->message, wq_str(opaque),
		                                        &r);
	if (rc < 0)
		return rc;
	l->call = (struct wq_call){ .method = r.method,
		                    .url = r.url,
		                    .headers_n = r.headers_n,
		                    .body = r.body,
		                    .timeout_ms = l->sender->o.request_ms,
		                    .stall_timeout_ms = l->sender->o.request_ms,
		                    .response_max_bytes = WQ_PROVIDER_ANSWER_MAX_BYTES,
		                    .guarded = a->guarded,
		                    .may_send = still_ours,
		                    .ctx = l };
	for (unsigned i = 0; i < r.headers_n; i++)
		l->call.headers[i] = r.headers[i];
	l->called = true;
	return 0;
}

static enum wq_flow_next run_post(struct wq_flow *f)
{
	struct wq_sending *l = self(f);
	const struct wq_account *a;
	int rc = wq_accounts_find(l->sender->accounts, wq_strn(NULL, 0), wq_str(l->desk->id), &a);

	if (rc != 0 || should_stop(l))
		rc = WQ_ECANCELED;
	if (rc == 0)
		rc = fill_call(l, a);
	if (rc == 0)
		rc = wq_call_start(l->sender->client, &l->call, on_answer);
	return wq_flow_after(f, JUDGE, rc);
}

static void explain(struct wq_sending *l, const struct wq_verdict *v)
{
	const struct wq_answer *a = &l->answer;
	const char *meaning = v->meaning  ? v->meaning
	                      : a->rc < 0 ? wq_err_text(a->rc)
	                      : a->status ? ""
	                                  : "no answer";

	snprintf(l->why, sizeof(l->why), "%s%s%.*s%s%.*s%s(%s, HTTP %d, code %" PRId64 ")", meaning,
	         *meaning && a->title.n ? ": " : "", WQ_STR_ARG(a->title), a->details.n ? ": " : "",
	         WQ_STR_ARG(a->details), a->title.n || a->details.n || *meaning ? " " : "",
	         wq_action_name(v->action), a->status, a->code);
}

static void tell_breaker(struct wq_sending *l)
{
	wq_breaker_tell(&l->desk->breaker,
	                l->plan.outage         ? WQ_BREAKER_OUTAGE
	                : l->answer.status > 0 ? WQ_BREAKER_FINE
	                                       : WQ_BREAKER_NOTHING,
	                l->trial, wq_loop_now_us(l->sender->loop));
	l->trial = false;
}

/* False: there is no memory for it now.  Nobody else knows what it says, and asking again would be a second try. */
static bool read_answer(struct wq_sending *l)
{
	enum { TRIES = 5 };

	if (l->pauses == 0)
		l->posted = l->flow.last;
	wq_arena_reset(&l->said);
	return wq_providers[l->provider]->answer(&l->said, l->message.kind, l->posted, &l->call,
	                                         &l->answer) != WQ_ENOMEM ||
	       l->pauses >= TRIES || l->sender->closing;
}

static enum wq_flow_next run_judge(struct wq_flow *f)
{
	static const enum wq_send_outcome outcomes[WQ_SEND_ENDS] = {
		WQ_TRIED_SENT, WQ_TRIED_AGAIN, WQ_TRIED_REJECTED, WQ_TRIED_UNKNOWN
	};
	struct wq_sending *l = self(f);
	struct wq_send_try t = { .number = (unsigned)l->number,
		                 .grace_ms = l->desk->rules.grace_ms };
	struct wq_verdict v;

	if (!read_answer(l))
		return again(l, JUDGE);
	t.last_attempt = l->answer.as == WQ_REFUSED && is_last_attempt(l);
	v = wq_verdicts_judge(l->sender->o.verdicts, l->provider, &l->answer, t.number,
	                      (uint32_t)wq_rng_next(&l->sender->rng));
	l->plan = wq_send_plan(&v, &l->answer, &t);
	wq_sending_closed_again(l, &v);
	l->pauses = 0;
	l->why[0] = '\0';
	if (l->plan.end != WQ_SEND_END_SENT)
		explain(l, &v);
	tell_breaker(l);
	(void)wq_sending_file_again(l);
	count(l, outcomes[l->plan.end]);
	if (l->called)
		wq_metric_observe_us(&l->sender->took, l->call.took_us);
	wq_debug("send_judged", WQ_S("account", l->desk->id),
	         WQ_S("action", wq_action_name(v.action)), WQ_I("status", l->answer.status),
	         WQ_I("code", l->answer.code));
	return wq_flow_go(f, l->plan.affects ? EFFECT : SETTLE);
}

static void on_effect(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_sending, redis)->flow,
	               rc == 0 ? wq_send_affected(cmd) : rc);
}

static enum wq_flow_next run_effect(struct wq_flow *f)
{
	struct wq_sending *l = self(f);
	struct wq_str subject = l->plan.subject == WQ_SUBJECT_PERSON     ? wq_str(l->to)
	                        : l->plan.subject == WQ_SUBJECT_TEMPLATE ? l->template
	                        : l->plan.subject == WQ_SUBJECT_CREDENTIAL
	                                ? wq_str(l->desk->rules.credential)
	                                : wq_str("");

	if (l->plan.effect == WQ_EFFECT_HOLD)
		wq_warn("account_held", WQ_S("account", l->desk->id), WQ_S("why", l->why));
	return wq_flow_after(f, l->doomed && l->plan.end != WQ_SEND_END_FAILED ? CLOSE : SETTLE,
	                     wq_send_effect_start(&l->desk->keys, &l->redis,
	                                          wq_desk_now_ms(l->desk), l->plan.effect, subject,
	                                          l->plan.effect_ms, wq_str(l->why), on_effect));
}

static void take_settled(struct wq_rider *r, int rc, const struct wq_redis_cmd *cmd, size_t at)
{
	struct wq_sending *l = WQ_OWNER(r, struct wq_sending, settle.rider);
	int settled = rc == 0 ? wq_send_settled(cmd, at) : WQ_EAWAY;

	if (settled == WQ_SEND_ANOTHERS)
		wq_debug("send_judged_elsewhere", WQ_S("account", l->desk->id));
	wq_flow_resume(&l->flow, settled < 0 ? settled : 0);
}

/* What could not be written for so long the next answer of its kind will. */
static bool should_affect_again(const struct wq_sending *l)
{
	return l->flow.from == EFFECT && l->flow.last != 0 && l->pauses < EFFECT_PAUSES &&
	       !l->sender->closing;
}

static enum wq_flow_next run_settle(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (should_affect_again(l))
		return again(l, EFFECT);
	l->settle.settle = (struct wq_send_settle){
		.id = l->id,
		.to = wq_str(l->to),
		.token = wq_str(l->token),
		.provider_id = l->answer.id,
		.why = wq_str(l->why),
		.end = l->plan.end,
		.code = l->answer.code,
		.number = l->number,
		.wait_ms = l->plan.wait_ms,
	};
	l->settle.rider.told = take_settled;
	wq_convoy_join(&l->desk->settles, &l->settle.rider);
	return wq_flow_after(f, SETTLED, 0);
}

static enum wq_flow_next run_settled(struct wq_flow *f)
{
	struct wq_sending *l = self(f);

	if (f->last < 0 && !l->sender->closing)
		return again(l, SETTLE);
	if (f->last == 0) {
		wq_journal_end(l->entry, &l->settle.settle);
		l->entry = NULL;
	}
	return close_with(l, l->plan.ending, l->plan.wait_ms);
}

static enum wq_flow_next run_close(struct wq_flow *f)
{
	return wq_flow_end(f, 0);
}

static const struct wq_flow_step steps[] = {
	/*            name       run          cancel     may go to */
	[READ] = { "read", run_read, cut_file, WQ_BIT(FILED) | WQ_BIT(CLAIM) | WQ_BIT(CLOSE) },
	[FILED] = { "filed", run_filed, NULL, WQ_BIT(CLAIM) | WQ_BIT(EFFECT) | WQ_BIT(CLOSE) },
	[CLAIM] = { "claim", run_claim, NULL, WQ_BIT(CLAIMED) | WQ_BIT(CLOSE) },
	[CLAIMED] = { "claimed", run_claimed, cut_pause,
		      WQ_BIT(CLAIM) | WQ_BIT(PEOPLE) | WQ_BIT(MAPPED) | WQ_BIT(PEND) | WQ_BIT(POST) | WQ_BIT(EFFECT) |
			      WQ_BIT(SETTLE) | WQ_BIT(CLOSE) },
	[PEOPLE] = { "people", run_people, NULL, WQ_BIT(MET) },
	[MET] = { "met", run_met, cut_pause, WQ_BIT(PEOPLE) | WQ_BIT(CLAIM) | WQ_BIT(CLOSE) },
	[MAPPED] = { "mapped", run_mapped, cut_pause, WQ_BIT(CLAIM) | WQ_BIT(PEND) | WQ_BIT(CLOSE) },
	[PEND] = { "pend", run_pend, NULL, WQ_BIT(PENDED) },
	[PENDED] = { "pended", run_pended, cut_pause, WQ_BIT(PEND) | WQ_BIT(CLOSE) },
	[POST] = { "post", run_post, cut_call, WQ_BIT(JUDGE) },
	[JUDGE] = { "judge", run_judge, cut_pause, WQ_BIT(JUDGE) | WQ_BIT(EFFECT) | WQ_BIT(SETTLE) },
	[EFFECT] = { "effect", run_effect, NULL, WQ_BIT(SETTLE) | WQ_BIT(CLOSE) },
	[SETTLE] = { "settle", run_settle, cut_pause, WQ_BIT(EFFECT) | WQ_BIT(SETTLED) },
	[SETTLED] = { "settled", run_settled, cut_pause, WQ_BIT(SETTLE) | WQ_BIT(CLOSE) },
	[CLOSE] = { "close", run_close, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_sending *l = self(f);
	struct wq_sender *s = l->sender;

	(void)rc;
	wq_journal_drop(l->entry);
	wq_sending_end(l);
	wq_list_remove(&l->link);
	if (l->called)
		wq_call_fini(&l->call);
	wq_json_free(l->doc);
	wq_arena_fini(&l->arena);
	wq_arena_fini(&l->said);
	wq_free(l);
	wq_sender_one_gone(s);
}

void wq_sending_start(struct wq_sender *s, struct wq_task *task)
{
	struct wq_sending *l = wq_zalloc(sizeof(*l));

	if (!l) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, LATER_MS);
		return;
	}
	l->sender = s;
	l->task = task;
	task->user = l;
	wq_arena_init(&l->arena, WQ_LETTER_MEMORY_MAX_BYTES + JOB_COPIES * task->job->data.n);
	wq_arena_init(&l->said, WQ_LETTER_ANSWER_MAX_BYTES);
	wq_timer_init(&l->pause, s->loop, on_pause);
	wq_list_push(&s->sendings, &l->link);
	wq_flow_init(&l->flow, s->loop, steps, on_end);
	wq_flow_start(&l->flow);
}

void wq_sending_cancel(struct wq_sending *l)
{
	wq_flow_cancel(&l->flow);
}
