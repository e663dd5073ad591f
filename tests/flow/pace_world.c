/* SPDX-License-Identifier: MIT */
/* pace_world.c — steps become calls of scripts, answers become text. */
#include "pace_world.h"

#include <inttypes.h>
#include <stdlib.h>

#include "support/test.h"

struct pace_world pw;

static struct {
	struct wq_redis_cmd cmd;
	const struct pace_step *step;
	const struct wq_send_rules *rules;
	int64_t now;
	char id[32], token[48];
	bool told;
	char text[128];
} asked;

int pace_world_begin(void **state)
{
	(void)state;
	wq_redisd_start(&pw.server, NULL);
	wq_redis_world_begin(&pw.w, pw.server.url, NULL);
	wq_redis_world_until_ready(&pw.w);
	WQ_CHECK_INT("keys", wq_send_keys_init(&pw.keys, pw.w.redis, wq_str("a")), 0);
	WQ_CHECK_INT("keys",
	             wq_people_keys_init(&pw.people, pw.w.redis, wq_str("cloud"), wq_str("b"),
	                                 wq_str("a")),
	             0);
	return 0;
}

int pace_world_end(void **state)
{
	(void)state;
	wq_redis_world_end(&pw.w);
	wq_redisd_stop(&pw.server);
	return 0;
}

void pace_world_empty(void)
{
	WQ_CHECK_INT("emptied", wq_redis_world_ask(&pw.w, "FLUSHDB"), 0);
}

struct wq_send_rules pace_world_rules(const struct wq_send_rules *r)
{
	struct wq_send_rules out = *r;

	out.keep_s = 864000;
	out.grace_ms = 30000;
	out.unconfirmed_ms = 60000;
	out.age_max_ms = INT64_C(86400000) * 30;
	out.burst = r->burst ? r->burst : 1;
	out.pair_burst = r->pair_burst ? r->pair_burst : 1;
	return out;
}

static void note_claim(void)
{
	static const char *const words[] = { "go", "wait", "done", "ended", "closed", "people" };
	struct wq_send_claimed c;

	WQ_CHECK("in its form", wq_send_claim_answer(&asked.cmd, 0, &c));
	if (c.answer == WQ_SEND_WAIT || c.answer == WQ_SEND_PEOPLE)
		snprintf(asked.text, sizeof(asked.text), "%s %" PRId64 "%s%.*s", words[c.answer],
		         c.number, c.text.n ? " " : "", WQ_STR_ARG(c.text));
	else
		snprintf(asked.text, sizeof(asked.text), "%s%s%.*s", words[c.answer],
		         c.text.n ? " " : "", WQ_STR_ARG(c.text));
}

static void note_person(void)
{
	struct wq_people_answer p;

	wq_people_answer(&asked.cmd, &p);
	if (asked.step->act == PERSON_BACK)
		snprintf(asked.text, sizeof(asked.text), "back");
	else if (p.granted)
		snprintf(asked.text, sizeof(asked.text), "%s%s", p.first ? "new" : "known",
		         p.at == asked.now ? "" : " at another moment");
	else
		snprintf(asked.text, sizeof(asked.text), "wait %" PRId64, p.at);
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT(cmd->error, rc, 0);
	switch (asked.step->act) {
	case SENT:
	case AGAIN:
	case FAILED:
		snprintf(asked.text, sizeof(asked.text), "%d", wq_send_settled(cmd, 0));
		break;
	case SLOW:
	case PAIR:
		snprintf(asked.text, sizeof(asked.text), "%s",
		         wq_send_affected(cmd) == 0 ? "told" : "?");
		break;
	case PERSON:
	case PERSON_BACK:
		note_person();
		break;
	default:
		note_claim();
	}
	asked.told = true;
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return asked.told;
}

static struct wq_str person_of(const struct pace_step *s)
{
	return wq_str(s->to ? s->to : asked.id);
}

static void give_claim(void *ctx, size_t i, struct wq_send_claim *out)
{
	static const unsigned flags[] = { [ASK_BULK] = WQ_SEND_BULK,
		                          [ASK_SIGNAL] = WQ_SEND_SIGNAL,
		                          [ASK_CAN_WAIT] = WQ_SEND_CAN_WAIT,
		                          [ASK_MET] = 0 };
	const struct pace_step *s = ctx;
	bool template = s->act == ASK_TEMPLATE || s->act == ASK_MET;

	(void)i;
	*out = (struct wq_send_claim){ .id = wq_str(asked.id),
		                       .to = person_of(s),
		                       .token = wq_str(asked.token),
		                       .template = wq_str(template ? "t|en" : ""),
		                       .data = wq_str("{}"),
		                       .flags = flags[s->act],
		                       .met_ms = s->act == ASK_MET ? s->ms : 0,
		                       .asked_ms = asked.now };
}

static void give_settle(void *ctx, size_t i, struct wq_send_settle *out)
{
	static const enum wq_send_end ends[] = { [SENT] = WQ_SEND_END_SENT,
		                                 [AGAIN] = WQ_SEND_END_AGAIN,
		                                 [FAILED] = WQ_SEND_END_FAILED };
	const struct pace_step *s = ctx;

	(void)i;
	*out = (struct wq_send_settle){ .id = wq_str(asked.id),
		                        .to = person_of(s),
		                        .token = wq_str(asked.token),
		                        .provider_id = wq_str(asked.id),
		                        .wait_ms = s->ms,
		                        .end = ends[s->act] };
}

static int start(const struct pace_step *s)
{
	void *ctx = (void *)(uintptr_t)s;

	switch (s->act) {
	case SENT:
	case AGAIN:
	case FAILED:
		return wq_send_settle_start(&pw.keys, &asked.cmd, asked.rules, asked.now, 1,
		                            give_settle, ctx, on_told);
	case SLOW:
		return wq_send_effect_start(&pw.keys, &asked.cmd, asked.now, WQ_EFFECT_SLOW,
		                            wq_str(""), s->ms, wq_str("too fast"), on_told);
	case PAIR:
		return wq_send_effect_start(&pw.keys, &asked.cmd, asked.now, WQ_EFFECT_PAIR,
		                            person_of(s), s->ms, wq_str("too fast"), on_told);
	case PERSON:
		return wq_people_ask_start(&pw.people, &asked.cmd, asked.now, s->ms, person_of(s),
		                           on_told);
	case PERSON_BACK:
		return wq_people_return_start(&pw.people, &asked.cmd, person_of(s),
		                              PACE_NOW_MS + s->ms, on_told);
	default:
		return wq_send_claim_start(&pw.keys, &asked.cmd, asked.rules, asked.now, 1,
		                           give_claim, ctx, on_told);
	}
}

static const char *do_one(const struct wq_send_rules *rules, const char *chance,
                          const struct pace_step *s, int nth)
{
	asked.step = s;
	asked.rules = rules;
	asked.now = PACE_NOW_MS + s->at;
	asked.told = false;
	snprintf(asked.id, sizeof(asked.id), nth ? "%s%d" : "%s", s->id, nth);
	snprintf(asked.token, sizeof(asked.token), "%s%s", chance ? chance : "000000", asked.id);
	WQ_CHECK_INT("started", start(s), 0);
	WQ_CHECK("told", wq_redis_world_wait(&pw.w, is_told, NULL));
	return asked.text;
}

const char *pace_world_do(const struct wq_send_rules *rules, const char *chance,
                          const struct pace_step *s)
{
	return do_one(rules, chance, s, 0);
}

static void run_step(const struct pace_case *c, const struct wq_send_rules *rules, size_t at)
{
	const struct pace_step *s = &c->steps[at];

	for (int nth = s->n ? 1 : 0; nth <= s->n; nth++) {
		const char *got = do_one(rules, c->chance, s, nth);

		if (strcmp(got, s->want) != 0) {
			print_error("%s: step %zu, %s at %" PRId64 ": got \"%s\", want \"%s\"\n",
			            c->what, at + 1, asked.id, s->at, got, s->want);
			pw.wrong++;
		}
	}
}

void pace_world_run(const struct pace_case *cases, size_t n)
{
	pw.wrong = 0;
	for (size_t i = 0; i < n; i++) {
		struct wq_send_rules rules = pace_world_rules(&cases[i].rules);

		pace_world_empty();
		for (size_t k = 0; k < PACE_STEPS_MAX && cases[i].steps[k].want; k++)
			run_step(&cases[i], &rules, k);
	}
	WQ_CHECK_INT("steps that are wrong", pw.wrong, 0);
}

static struct pace_message *earliest(struct pace_message *m, size_t n)
{
	struct pace_message *first = NULL;

	for (size_t i = 0; i < n; i++)
		if (m[i].went < 0 && (!first || m[i].next < first->next))
			first = &m[i];
	return first;
}

void pace_world_send_all(const struct wq_send_rules *rules, struct pace_message *m, size_t n)
{
	struct pace_message *p;

	for (size_t turn = 0; (p = earliest(m, n)); turn++) {
		struct pace_step s = {
			.at = p->next, .act = p->bulk ? ASK_BULK : ASK, .id = p->id, .to = p->to
		};
		const char *got = pace_world_do(rules, NULL, &s);

		WQ_CHECK("it comes to an end", turn < 20 * n);
		p->asked++;
		if (strncmp(got, "wait ", 5) == 0) {
			p->next += strtoll(got + 5, NULL, 10);
			continue;
		}
		WQ_CHECK_STR(p->id, got, "go");
		p->went = p->next;
		s.act = SENT;
		WQ_CHECK_STR(p->id, pace_world_do(rules, NULL, &s), "1");
	}
}

size_t pace_most_within(const struct pace_message *m, size_t n, int64_t ms)
{
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t near = 0;

		for (size_t k = 0; k < n; k++)
			near += m[k].went >= m[i].went && m[k].went < m[i].went + ms;
		most = near > most ? near : most;
	}
	return most;
}
