/* SPDX-License-Identifier: MIT */
/* judge.c — an answer against its provider's table. */
#include "base/assert.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict_row.h"

enum { OTHER_TRIES = 5 };

/* What an action waits when its row does not say. */
static const int64_t retry_ms = WQ_SECONDS(2), retry_max_ms = WQ_SECONDS(30);
static const int64_t slow_ms = WQ_SECONDS(5), slow_max_ms = WQ_SECONDS(300);
static const int64_t pair_ms = WQ_SECONDS(4), pair_max_ms = WQ_SECONDS(300);
static const int64_t unsent_ms = WQ_SECONDS(1), tls_ms = WQ_SECONDS(60);

static const char *const actions[WQ_ACTIONS] = {
	[WQ_ACT_DONE] = "done",
	[WQ_ACT_RETRY] = "retry",
	[WQ_ACT_SLOW] = "slow",
	[WQ_ACT_PAIR] = "pair",
	[WQ_ACT_PAUSE] = "pause",
	[WQ_ACT_TOKEN] = "token",
	[WQ_ACT_TEMPLATE] = "template",
	[WQ_ACT_STOP_TEMPLATE] = "stop-template",
	[WQ_ACT_SUPPRESS] = "suppress",
	[WQ_ACT_NO_MARKETING] = "no-marketing",
	[WQ_ACT_DROP] = "drop",
	[WQ_ACT_FIX] = "fix",
	[WQ_ACT_SETTLE] = "settle",
};

const char *wq_action_name(enum wq_action a)
{
	return (unsigned)a < WQ_ACTIONS ? actions[a] : "unknown";
}

/* first × factor^(attempt - 1), to max. */
static int64_t grown(int64_t first, int factor, unsigned attempt, int64_t max)
{
	int64_t ms = first;

	for (unsigned i = 1; i < attempt && ms < max; i++)
		ms *= factor;
	return ms < max ? ms : max;
}

/* Between half and all of it, and between all of it and a quarter more. */
static int64_t at_most(int64_t ms, uint32_t random)
{
	return ms - ms / 2 + (int64_t)((uint64_t)(ms / 2) * random >> 32);
}

static int64_t at_least(int64_t ms, uint32_t random)
{
	return ms + (int64_t)((uint64_t)(ms / 4) * random >> 32);
}

static const struct wq_verdict_row *by_status(const struct wq_answer *a)
{
	static const struct wq_verdict_row token = { .action = WQ_ACT_TOKEN },
	                                   pause = { .action = WQ_ACT_PAUSE },
	                                   slow = { .action = WQ_ACT_SLOW },
	                                   drop = { .action = WQ_ACT_DROP },
	                                   retry = { .action = WQ_ACT_RETRY,
		                                     .attempts_max = OTHER_TRIES,
		                                     .then = WQ_ACT_DROP };

	if (a->status == 401)
		return &token;
	if (a->status == 403)
		return &pause;
	if (a->status == 429)
		return &slow;
	if (a->status == 408 || a->status >= 500 || a->transient)
		return &retry;
	return &drop;
}

static enum wq_action action_of(const struct wq_verdict_row *row, unsigned attempt)
{
	bool used_up = row->attempts_max && attempt >= row->attempts_max;

	return row->action == WQ_ACT_RETRY && used_up && row->then != WQ_ACT_DONE ? row->then
	                                                                          : row->action;
}

static int64_t wait_of(const struct wq_verdict_row *row, unsigned attempt, uint32_t random)
{
	int64_t first = row->wait_ms, max = row->wait_max_ms;

	switch (row->action) {
	case WQ_ACT_RETRY:
		first = first ? first : retry_ms;
		max = max ? max : retry_max_ms;
		return at_most(grown(first, 2, attempt, max > first ? max : first), random);
	case WQ_ACT_SLOW:
		return at_least(first ? first : slow_ms, random);
	case WQ_ACT_PAIR:
		return at_least(grown(first ? first : pair_ms, 4, attempt, pair_max_ms), random);
	default:
		return first;
	}
}

/* Whether it waits by itself: a pause that somebody has to end does not end with Retry-After. */
static bool heeds(const struct wq_verdict *v)
{
	return v->action == WQ_ACT_RETRY || v->action == WQ_ACT_SLOW || v->action == WQ_ACT_PAIR ||
	       v->action == WQ_ACT_SETTLE || (v->action == WQ_ACT_PAUSE && v->wait_ms > 0);
}

static void heed(struct wq_verdict *v, const struct wq_answer *a, uint32_t random)
{
	int64_t asked = a->retry_after_ms;

	if (asked > WQ_VERDICT_WAIT_MAX_MS)
		asked = WQ_VERDICT_WAIT_MAX_MS;
	if (asked > v->wait_ms && heeds(v))
		v->wait_ms = at_least(asked, random);
}

static struct wq_verdict judge_row(const struct wq_verdict_row *row, unsigned attempt,
                                   uint32_t random)
{
	enum wq_action action = action_of(row, attempt);
	bool same = action == row->action;

	return (struct wq_verdict){ .action = action,
		                    .wait_ms = same ? wait_of(row, attempt, random) : 0,
		                    .attempts_max = row->attempts_max,
		                    .meaning = row->meaning };
}

/* As if never tried.  A certificate does not get better within seconds. */
static struct wq_verdict judge_unsent(const struct wq_answer *a, unsigned attempt, uint32_t random)
{
	int64_t first = a->rc == WQ_ETLS ? tls_ms : unsent_ms;

	return (struct wq_verdict){ .action = WQ_ACT_SLOW,
		                    .wait_ms = at_most(grown(first, 2, attempt, slow_max_ms),
		                                       random) };
}

struct wq_verdict wq_judge(enum wq_provider provider, const struct wq_answer *answer,
                           unsigned attempt, uint32_t random)
{
	return wq_verdicts_judge(NULL, provider, answer, attempt, random);
}

struct wq_verdict wq_verdicts_judge(const struct wq_verdicts *own, enum wq_provider provider,
                                    const struct wq_answer *answer, unsigned attempt,
                                    uint32_t random)
{
	const struct wq_verdict_row *row = wq_verdicts_find(own, provider, answer->code,
	                                                    answer->subcode);
	struct wq_verdict v = { .action = WQ_ACT_DONE };

	if (!row)
		row = wq_verdict_find(provider, answer->code, answer->subcode);

	switch (answer->as) {
	case WQ_SENT:
		return v;
	case WQ_NOT_SENT:
		v = judge_unsent(answer, attempt, random);
		break;
	case WQ_REFUSED:
		v = judge_row(row ? row : by_status(answer), attempt, random);
		break;
	case WQ_UNKNOWN:
		v = (struct wq_verdict){ .action = WQ_ACT_SETTLE,
			                 .meaning = row ? row->meaning : NULL };
		break;
	}
	heed(&v, answer, random);
	return v;
}

const struct wq_verdict_table *wq_verdict_table(enum wq_provider p)
{
	static const struct wq_verdict_table *const tables[WQ_PROVIDERS] = {
		[WQ_PROVIDER_CLOUD] = &wq_verdicts_cloud,
		[WQ_PROVIDER_EVOLUTION] = &wq_verdicts_evolution,
		[WQ_PROVIDER_TWILIO] = &wq_verdicts_twilio,
	};

	WQ_REQUIRE((unsigned)p < WQ_PROVIDERS);
	return tables[p];
}

static bool covers(const struct wq_verdict_row *row, int64_t code, int64_t subcode)
{
	int64_t to = row->code_to ? row->code_to : row->code;

	return code >= row->code && code <= to && (!row->subcode || row->subcode == subcode);
}

const struct wq_verdict_row *wq_verdict_find(enum wq_provider p, int64_t code, int64_t subcode)
{
	const struct wq_verdict_table *t = wq_verdict_table(p);

	for (size_t i = 0; code && i < t->n; i++)
		if (covers(&t->rows[i], code, subcode))
			return &t->rows[i];
	return NULL;
}
