/* SPDX-License-Identifier: MIT */
/* plan.c — the table of actions. */
#include "domain/send/plan.h"

#include "base/err.h"

enum { NO_MARKETING_MS = 86400000, STOPPED_MS = 6 * 3600000, HELD_MS = 5000, UNSENT_MS = 1000 };

/* clang-format off: read by column */
static const struct row {
	enum wq_send_end end;
	enum wq_send_ending ending;
	bool affects;
	enum wq_send_effect effect;
	enum wq_send_subject subject;
	int64_t effect_ms; /* 0: the verdict's wait */
} rows[WQ_ACTIONS] = {
	[WQ_ACT_DONE]          = { WQ_SEND_END_SENT, WQ_ENDING_COMPLETE, false, 0, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_RETRY]         = { WQ_SEND_END_AGAIN, WQ_ENDING_FAIL, false, 0, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_SLOW]          = { WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, true, WQ_EFFECT_SLOW, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_PAIR]          = { WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, true, WQ_EFFECT_PAIR, WQ_SUBJECT_PERSON, 0 },
	[WQ_ACT_PAUSE]         = { WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, true, WQ_EFFECT_HOLD, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_TOKEN]         = { WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, true, WQ_EFFECT_HOLD, WQ_SUBJECT_CREDENTIAL,
				   -1 },
	[WQ_ACT_TEMPLATE]      = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, false, 0, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_STOP_TEMPLATE] = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, true, WQ_EFFECT_STOP, WQ_SUBJECT_TEMPLATE,
				   0 },
	[WQ_ACT_SUPPRESS]      = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, true, WQ_EFFECT_OPT_OUT, WQ_SUBJECT_PERSON,
				   0 },
	[WQ_ACT_NO_MARKETING]  = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, true, WQ_EFFECT_MARKETING, WQ_SUBJECT_PERSON,
				   NO_MARKETING_MS },
	[WQ_ACT_DROP]          = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, false, 0, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_FIX]           = { WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, false, 0, WQ_SUBJECT_NONE, 0 },
	[WQ_ACT_SETTLE]        = { WQ_SEND_END_UNKNOWN, WQ_ENDING_DELAY, false, 0, WQ_SUBJECT_NONE, 0 },
};
/* clang-format on */

/* A pause whose end nobody knows is probed by nobody: it lasts until somebody looks.  A template that is stopped is
 * tried again some time, should nobody tell of its status. */
static int64_t effect_ms(const struct row *row, const struct wq_verdict *v)
{
	if (row->effect_ms != 0)
		return row->effect_ms;
	if (v->wait_ms <= 0 && row->effect == WQ_EFFECT_HOLD)
		return -1;
	return v->wait_ms <= 0 && row->effect == WQ_EFFECT_STOP ? STOPPED_MS : v->wait_ms;
}

/* What keeps us from reaching anybody, rather than this request from being made. */
static bool is_outage(int rc)
{
	return rc == WQ_ECONNECT || rc == WQ_ERESOLVE || rc == WQ_ETLS || rc == WQ_ETIMEDOUT ||
	       rc == WQ_ELOST;
}

/* As if never tried: the provider's absence uses up nobody's attempts, and slows nobody down.  A request that can't be
 * made at all never gets better. */
static struct wq_send_plan plan_unsent(const struct wq_verdict *v, const struct wq_answer *a)
{
	struct wq_send_plan p = { .end = WQ_SEND_END_AGAIN,
		                  .ending = WQ_ENDING_DELAY,
		                  .wait_ms = v->wait_ms > UNSENT_MS ? v->wait_ms : UNSENT_MS,
		                  .outage = is_outage(a->rc) };

	if (a->rc == WQ_EINVAL || a->rc == WQ_ETOOBIG || a->rc == WQ_EDENIED) {
		p.end = WQ_SEND_END_FAILED;
		p.ending = WQ_ENDING_FOR_GOOD;
	}
	return p;
}

/* A row with more tries than jobs have attempts is of an outage, and uses up none of those. */
static void plan_retry(struct wq_send_plan *p, const struct wq_verdict *v,
                       const struct wq_answer *a, const struct wq_send_try *t)
{
	bool outlasts = v->attempts_max > WQ_LETTER_ATTEMPTS;
	bool worn = (v->attempts_max && t->number >= v->attempts_max) ||
	            (!outlasts && t->last_attempt);

	p->outage = a->status >= 500;
	if (worn) {
		p->end = WQ_SEND_END_FAILED;
		p->ending = WQ_ENDING_FOR_GOOD;
	} else if (outlasts) {
		p->ending = WQ_ENDING_DELAY;
		p->wait_ms = v->wait_ms > UNSENT_MS ? v->wait_ms : UNSENT_MS;
	}
}

struct wq_send_plan wq_send_plan(const struct wq_verdict *v, const struct wq_answer *a,
                                 const struct wq_send_try *t)
{
	const struct row *row = &rows[v->action];
	struct wq_send_plan p = { .end = row->end,
		                  .ending = row->ending,
		                  .wait_ms = v->wait_ms,
		                  .affects = row->affects,
		                  .effect = row->effect,
		                  .subject = row->subject };

	if (a->as == WQ_NOT_SENT)
		return plan_unsent(v, a);
	if (p.affects)
		p.effect_ms = effect_ms(row, v);
	if (v->action == WQ_ACT_RETRY)
		plan_retry(&p, v, a, t);
	if (v->action == WQ_ACT_PAUSE || v->action == WQ_ACT_TOKEN)
		p.wait_ms = HELD_MS;
	if (v->action == WQ_ACT_SETTLE) {
		p.wait_ms = t->grace_ms;
		p.outage = a->status == 0 || a->status >= 500;
	}
	return p;
}
