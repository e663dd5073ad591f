/* SPDX-License-Identifier: MIT */
/* send.c — arguments of the send_ scripts that a sender needs, and their answers. */
#include "store/send.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, CLAIM_NUMBERS = 5, SETTLE_NUMBERS = 3 };

/* A call being written: arguments, and behind them the digits of numbers among them. */
struct pen {
	struct wq_str *argv;
	char *digits;
};

/* argv; NULL: out of memory (raised). */
static struct wq_str *begin(struct pen *p, size_t argc, size_t numbers)
{
	char *block = wq_alloc(argc * sizeof(struct wq_str) + numbers * NUMBER_BYTES);

	if (!block) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	p->argv = (struct wq_str *)(void *)block;
	p->digits = block + argc * sizeof(struct wq_str);
	return p->argv;
}

static struct wq_str number(struct pen *p, int64_t n)
{
	char *text = p->digits;

	p->digits += NUMBER_BYTES;
	return wq_strn(text, (size_t)snprintf(text, NUMBER_BYTES, "%" PRId64, n));
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_send_keys_init(struct wq_send_keys *k, struct wq_redis *redis, struct wq_str account)
{
	if (!account.n || account.n > WQ_ACCOUNT_ID_MAX_BYTES ||
	    wq_str_find(account, '}') < account.n)
		return WQ_EINVAL;
	k->redis = redis;
	snprintf(k->own, sizeof(k->own), "wq:{%.*s}:", WQ_STR_ARG(account));
	snprintf(k->state, sizeof(k->state), "%sstate", k->own);
	return 0;
}

static void write_claim(struct pen *p, struct wq_str *a, const struct wq_send_claim *c)
{
	a[WQ_SEND_CLAIM_ITEM_ID] = c->id;
	a[WQ_SEND_CLAIM_ITEM_TO] = bytes(c->to);
	a[WQ_SEND_CLAIM_ITEM_TOK] = c->token;
	a[WQ_SEND_CLAIM_ITEM_CLASS] = number(p, c->send_class);
	a[WQ_SEND_CLAIM_ITEM_FLAGS] = number(p, c->flags);
	a[WQ_SEND_CLAIM_ITEM_TEMPLATE] = bytes(c->template);
	a[WQ_SEND_CLAIM_ITEM_DATA] = bytes(c->data);
	a[WQ_SEND_CLAIM_ITEM_REF] = bytes(c->reference);
	a[WQ_SEND_CLAIM_ITEM_ASKED_MS] = number(p, c->asked_ms);
	a[WQ_SEND_CLAIM_ITEM_EXPIRES_MS] = number(p, c->expires_ms);
	a[WQ_SEND_CLAIM_ITEM_MET_MS] = number(p, c->met_ms);
}

int wq_send_claim_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_send_rules *rules, int64_t now_ms, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_send_claim *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_SEND_CLAIM_ARGS + n * WQ_SEND_CLAIM_ITEM_ARGS;
	struct pen p;
	struct wq_str *a = begin(&p, argc, WQ_SEND_CLAIM_ARGS + n * CLAIM_NUMBERS);
	int rc;

	if (!a)
		return WQ_ENOMEM;
	*a++ = wq_str(k->state);
	a[WQ_SEND_CLAIM_OWN] = wq_str(k->own);
	a[WQ_SEND_CLAIM_NOW_MS] = number(&p, now_ms);
	a[WQ_SEND_CLAIM_KEEP_S] = number(&p, rules->keep_s);
	a[WQ_SEND_CLAIM_GRACE_MS] = number(&p, rules->grace_ms);
	a[WQ_SEND_CLAIM_INTERVAL_US] = number(&p, rules->interval_us);
	a[WQ_SEND_CLAIM_BURST] = number(&p, rules->burst);
	a[WQ_SEND_CLAIM_JITTER_MS] = number(&p, rules->jitter_ms);
	a[WQ_SEND_CLAIM_PAIR_MS] = number(&p, rules->pair_ms);
	a[WQ_SEND_CLAIM_PAIR_BURST] = number(&p, rules->pair_burst);
	a[WQ_SEND_CLAIM_PER_HOUR] = number(&p, rules->per_hour);
	a[WQ_SEND_CLAIM_PER_DAY] = number(&p, rules->per_day);
	a[WQ_SEND_CLAIM_PEOPLE] = number(&p, rules->people);
	a[WQ_SEND_CLAIM_PEOPLE_ALL] = number(&p, rules->people_all);
	a[WQ_SEND_CLAIM_WARMUP_DAYS] = number(&p, rules->warmup_days);
	a[WQ_SEND_CLAIM_AGE_MAX_MS] = number(&p, rules->age_max_ms);
	a[WQ_SEND_CLAIM_QUIET_UNTIL_MS] = number(&p, rules->quiet_until_ms);
	a[WQ_SEND_CLAIM_CREDENTIAL] = wq_str(rules->credential);
	a[WQ_SEND_CLAIM_ANEW_MS] = number(&p, WQ_SEND_ANEW_MS);
	a[WQ_SEND_CLAIM_PEOPLE_ZONES] = number(&p, rules->people_zones);
	a += WQ_SEND_CLAIM_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEND_CLAIM_ITEM_ARGS) {
		struct wq_send_claim c;

		item(ctx, i, &c);
		write_claim(&p, a, &c);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_send_claim, p.argv, argc, cb);
	wq_free(p.argv);
	return rc;
}

bool wq_send_claim_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_send_claimed *out)
{
	static const char *const words[] = { "go", "wait", "done", "ended", "closed",
		                             "people", "zone" };
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i);
	struct wq_str word = wq_redis_str(wq_redis_at(row, 0));

	out->number = wq_redis_int(wq_redis_at(row, 1), 0);
	out->text = bytes(wq_redis_str(wq_redis_at(row, 2)));
	for (size_t w = 0; w < WQ_COUNT(words); w++)
		if (wq_str_is(word, words[w])) {
			out->answer = (enum wq_send_answer)w;
			return true;
		}
	(void)WQ_RAISE_MSG(WQ_EPROTO, "send_claim answered in another form");
	return false;
}

static void write_settle(struct pen *p, struct wq_str *a, const struct wq_send_settle *s)
{
	static const char *const ends[WQ_SEND_ENDS] = { "sent", "again", "failed", "unknown",
		                                        "open" };

	a[WQ_SEND_SETTLE_ITEM_ID] = s->id;
	a[WQ_SEND_SETTLE_ITEM_TO] = bytes(s->to);
	a[WQ_SEND_SETTLE_ITEM_TOK] = s->token;
	a[WQ_SEND_SETTLE_ITEM_WHAT] = wq_str(ends[s->end]);
	a[WQ_SEND_SETTLE_ITEM_PID] = bytes(s->provider_id);
	a[WQ_SEND_SETTLE_ITEM_CODE] = number(p, s->code);
	a[WQ_SEND_SETTLE_ITEM_WHY] = bytes(s->why);
	a[WQ_SEND_SETTLE_ITEM_NUMBER] = number(p, s->number);
	a[WQ_SEND_SETTLE_ITEM_WAIT_MS] = number(p, s->wait_ms);
}

int wq_send_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_send_rules *rules, int64_t now_ms, size_t n,
                         void (*item)(void *ctx, size_t i, struct wq_send_settle *out), void *ctx,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_SEND_SETTLE_ARGS + n * WQ_SEND_SETTLE_ITEM_ARGS;
	struct pen p;
	struct wq_str *a = begin(&p, argc, WQ_SEND_SETTLE_ARGS + n * SETTLE_NUMBERS);
	int rc;

	if (!a)
		return WQ_ENOMEM;
	*a++ = wq_str(k->state);
	a[WQ_SEND_SETTLE_OWN] = wq_str(k->own);
	a[WQ_SEND_SETTLE_NOW_MS] = number(&p, now_ms);
	a[WQ_SEND_SETTLE_KEEP_S] = number(&p, rules->keep_s);
	a[WQ_SEND_SETTLE_UNCONFIRMED_MS] = number(&p, rules->unconfirmed_ms);
	a[WQ_SEND_SETTLE_EXTENDS] = number(&p, rules->extends);
	a += WQ_SEND_SETTLE_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEND_SETTLE_ITEM_ARGS) {
		struct wq_send_settle s;

		item(ctx, i, &s);
		write_settle(&p, a, &s);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_send_settle, p.argv, argc, cb);
	wq_free(p.argv);
	return rc;
}

int wq_send_settled(const struct wq_redis_cmd *cmd, size_t i)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, i), -1);

	return n >= WQ_SEND_ANOTHERS && n <= WQ_SEND_WAS_LOST
	               ? (int)n
	               : WQ_RAISE_MSG(WQ_EPROTO, "send_settle answered in another form");
}

int wq_send_effect_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         enum wq_send_effect effect, struct wq_str subject, int64_t for_ms,
                         struct wq_str why, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	static const char *const effects[WQ_EFFECTS] = { "slow",   "hold",  "release",   "pair", "optout",
		                                         "optin", "marketing", "closed", "stop", "go", "untemplated" };
	struct wq_str argv[1 + WQ_SEND_EFFECT_ARGS];
	char now[NUMBER_BYTES], lasts[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(lasts, sizeof(lasts), "%" PRId64, for_ms);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_SEND_EFFECT_OWN] = wq_str(k->own);
	argv[1 + WQ_SEND_EFFECT_NOW_MS] = wq_str(now);
	argv[1 + WQ_SEND_EFFECT_WHAT] = wq_str(effects[effect]);
	argv[1 + WQ_SEND_EFFECT_SUBJECT] = bytes(subject);
	argv[1 + WQ_SEND_EFFECT_FOR_MS] = wq_str(lasts);
	argv[1 + WQ_SEND_EFFECT_WHY] = bytes(why);
	return wq_script_start(k->redis, cmd, &wq_script_send_effect, argv, WQ_COUNT(argv), cb);
}

int wq_send_affected(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(cmd->reply, -1) >= 0
	               ? 0
	               : WQ_RAISE_MSG(WQ_EPROTO, "send_effect answered in another form");
}
