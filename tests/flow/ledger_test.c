/* SPDX-License-Identifier: MIT */
/* ledger_test.c — the ledger of a message by its table: every state, and what each script makes of it. */
#include <stdarg.h>

#include "base/err.h"
#include "store/letter.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

#define NOW_MS 1700000000000LL

/* A message as it is found; "mine" is the token of the one who asks. */
enum state { NONE, QUEUED, MINE, OTHERS, DOUBT, OLD_DOUBT, SENT, CONFIRMED, REJECTED, PARKED, CANCELLED, STATES };
static const struct {
	const char *what, *fields; /* of its record; NULL: there is none */
} states[STATES] = {
	[NONE] = { "none", NULL },
	[QUEUED] = { "queued", "state queued led  att 0 tok x" },
	[MINE] = { "claimed by us", "state queued led claimed att 1 tok mine at 1699999999000" },
	[OTHERS] = { "claimed by another", "state queued led claimed att 1 tok x at 1699999999000" },
	[DOUBT] = { "in doubt", "state queued led unknown att 1 tok mine at 1699999999000" },
	[OLD_DOUBT] = { "long in doubt", "state queued led unknown att 1 tok x at 1699999000000" },
	[SENT] = { "sent", "state accepted led sent att 1 tok mine pid w at_accepted 1" },
	[CONFIRMED] = { "confirmed", "state delivered led confirmed att 1 tok x at_delivered 1" },
	[REJECTED] = { "rejected", "state failed led rejected att 1 tok mine code 100 at_failed 1" },
	[PARKED] = { "parked", "state parked led parked att 1 tok x why lost" },
	[CANCELLED] = { "cancelled", "state cancelled led  att 0 tok x" },
};

/* What happens to it: the answer, and then its state and its ledger, "-" where it has none. */
enum script { CLAIM, SETTLE, STATUS, CANCEL, MOVE };
static const struct event {
	const char *what;
	enum script script;
	int class_or_end; /* CLAIM, SETTLE */
	unsigned flags;   /* CLAIM; SETTLE: which try it was, as its sender knows */
	const char *word; /* STATUS: the state; SETTLE: the token */
	const char *want[STATES];
} events[] = {
	{ "a claim, strict", CLAIM, 0, 0, NULL,
	  { [NONE] = "go 1: queued claimed", [QUEUED] = "go 1: queued claimed", [MINE] = "go 1: queued claimed",
	    [OTHERS] = "wait: queued unknown", [DOUBT] = "wait: queued unknown", [OLD_DOUBT] = "ended: parked parked",
	    [SENT] = "done: accepted sent", [CONFIRMED] = "done: delivered confirmed",
	    [REJECTED] = "go 2: queued claimed", [PARKED] = "ended: parked parked",
	    [CANCELLED] = "ended: cancelled -" } },
	{ "a claim, at least once", CLAIM, 1, 0, NULL,
	  { [NONE] = "go 1: queued claimed", [QUEUED] = "go 1: queued claimed", [MINE] = "go 1: queued claimed",
	    [OTHERS] = "wait: queued unknown", [DOUBT] = "wait: queued unknown", [OLD_DOUBT] = "go 2: queued claimed",
	    [SENT] = "done: accepted sent", [CONFIRMED] = "done: delivered confirmed",
	    [REJECTED] = "go 2: queued claimed", [PARKED] = "ended: parked parked",
	    [CANCELLED] = "ended: cancelled -" } },
	{ "a claim, at most once", CLAIM, 2, 0, NULL,
	  { [NONE] = "go 1: queued claimed", [QUEUED] = "go 1: queued claimed", [MINE] = "go 1: queued claimed",
	    [OTHERS] = "wait: queued unknown", [DOUBT] = "wait: queued unknown", [OLD_DOUBT] = "ended: parked parked",
	    [SENT] = "done: accepted sent", [CONFIRMED] = "done: delivered confirmed",
	    [REJECTED] = "go 2: queued claimed", [PARKED] = "ended: parked parked",
	    [CANCELLED] = "ended: cancelled -" } },
	{ "a claim by force", CLAIM, 0, WQ_SEND_FORCED, NULL,
	  { [NONE] = "go 1: queued claimed", [QUEUED] = "go 1: queued claimed", [MINE] = "go 1: queued claimed",
	    [OTHERS] = "wait: queued unknown", [DOUBT] = "wait: queued unknown", [OLD_DOUBT] = "ended: parked parked",
	    [SENT] = "done: accepted sent", [CONFIRMED] = "done: delivered confirmed",
	    [REJECTED] = "go 2: queued claimed", [PARKED] = "go 2: queued claimed",
	    [CANCELLED] = "ended: cancelled -" } },
	{ "taken", SETTLE, WQ_SEND_END_SENT, 0, "mine",
	  { [NONE] = "1: accepted sent", [QUEUED] = "1: accepted sent", [MINE] = "1: accepted sent",
	    [OTHERS] = "1: accepted sent", [DOUBT] = "1: accepted sent", [OLD_DOUBT] = "1: accepted sent",
	    [SENT] = "0: accepted sent", [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "1: accepted sent",
	    [PARKED] = "1: accepted sent", [CANCELLED] = "1: accepted sent" } },
	{ "not sent", SETTLE, WQ_SEND_END_AGAIN, 0, "mine",
	  { [NONE] = "0: - -", [QUEUED] = "0: queued -", [MINE] = "1: queued -", [OTHERS] = "0: queued claimed",
	    [DOUBT] = "1: queued -", [OLD_DOUBT] = "0: queued unknown", [SENT] = "0: accepted sent",
	    [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "0: failed rejected", [PARKED] = "0: parked parked",
	    [CANCELLED] = "0: cancelled -" } },
	{ "refused", SETTLE, WQ_SEND_END_FAILED, 0, "mine",
	  { [NONE] = "0: - -", [QUEUED] = "0: queued -", [MINE] = "1: failed rejected",
	    [OTHERS] = "0: queued claimed", [DOUBT] = "1: failed rejected", [OLD_DOUBT] = "0: queued unknown",
	    [SENT] = "0: accepted sent", [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "0: failed rejected",
	    [PARKED] = "0: parked parked", [CANCELLED] = "0: cancelled -" } },
	{ "nobody knows", SETTLE, WQ_SEND_END_UNKNOWN, 0, "mine",
	  { [NONE] = "0: - -", [QUEUED] = "0: queued -", [MINE] = "1: queued unknown",
	    [OTHERS] = "0: queued claimed", [DOUBT] = "0: queued unknown", [OLD_DOUBT] = "0: queued unknown",
	    [SENT] = "0: accepted sent", [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "0: failed rejected",
	    [PARKED] = "0: parked parked", [CANCELLED] = "0: cancelled -" } },
	{ "lost: it is under way", SETTLE, WQ_SEND_END_OPEN, 2, "mine",
	  { [NONE] = "2: queued claimed", [QUEUED] = "2: queued claimed", [MINE] = "2: queued claimed",
	    [OTHERS] = "2: queued claimed", [DOUBT] = "2: queued claimed", [OLD_DOUBT] = "2: queued claimed",
	    [REJECTED] = "2: queued claimed", [PARKED] = "2: queued claimed", [CANCELLED] = "2: queued claimed",
	    [SENT] = "1: accepted sent", [CONFIRMED] = "1: delivered confirmed" } },
	{ "lost: taken", SETTLE, WQ_SEND_END_SENT, 2, "mine",
	  { [NONE] = "2: accepted sent", [QUEUED] = "2: accepted sent", [MINE] = "2: accepted sent",
	    [OTHERS] = "2: accepted sent", [DOUBT] = "2: accepted sent", [OLD_DOUBT] = "2: accepted sent",
	    [REJECTED] = "2: accepted sent", [PARKED] = "2: accepted sent", [CANCELLED] = "2: accepted sent",
	    [SENT] = "0: accepted sent", [CONFIRMED] = "0: delivered confirmed" } },
	{ "lost: not sent", SETTLE, WQ_SEND_END_AGAIN, 2, "mine",
	  { [NONE] = "2: queued -", [QUEUED] = "2: queued -", [MINE] = "2: queued -", [OTHERS] = "2: queued -",
	    [DOUBT] = "2: queued -", [OLD_DOUBT] = "2: queued -", [REJECTED] = "2: queued -",
	    [PARKED] = "2: queued -", [CANCELLED] = "2: queued -", [SENT] = "0: accepted sent",
	    [CONFIRMED] = "0: delivered confirmed" } },
	{ "lost: refused", SETTLE, WQ_SEND_END_FAILED, 2, "mine",
	  { [NONE] = "2: failed rejected", [QUEUED] = "2: failed rejected", [MINE] = "2: failed rejected",
	    [OTHERS] = "2: failed rejected", [DOUBT] = "2: failed rejected", [OLD_DOUBT] = "2: failed rejected",
	    [REJECTED] = "2: failed rejected", [PARKED] = "2: failed rejected",
	    [CANCELLED] = "2: failed rejected", [SENT] = "0: accepted sent",
	    [CONFIRMED] = "0: delivered confirmed" } },
	{ "lost: nobody knows", SETTLE, WQ_SEND_END_UNKNOWN, 2, "mine",
	  { [NONE] = "2: queued unknown", [QUEUED] = "2: queued unknown", [MINE] = "2: queued unknown",
	    [OTHERS] = "2: queued unknown", [DOUBT] = "2: queued unknown", [OLD_DOUBT] = "2: queued unknown",
	    [REJECTED] = "2: queued unknown", [PARKED] = "2: queued unknown", [CANCELLED] = "2: queued unknown",
	    [SENT] = "0: accepted sent", [CONFIRMED] = "0: delivered confirmed" } },
	{ "known: it is under way", SETTLE, WQ_SEND_END_OPEN, 1, "mine",
	  { [NONE] = "2: queued claimed", [QUEUED] = "2: queued claimed", [MINE] = "1: queued claimed",
	    [OTHERS] = "1: queued claimed", [DOUBT] = "1: queued unknown", [OLD_DOUBT] = "1: queued unknown",
	    [SENT] = "1: accepted sent", [CONFIRMED] = "1: delivered confirmed", [REJECTED] = "1: failed rejected",
	    [PARKED] = "1: parked parked", [CANCELLED] = "2: queued claimed" } },
	{ "it left", STATUS, 0, 0, "sent",
	  { [NONE] = "-1: - -", [QUEUED] = "1: sent confirmed", [MINE] = "1: sent confirmed",
	    [OTHERS] = "1: sent confirmed", [DOUBT] = "1: sent confirmed", [OLD_DOUBT] = "1: sent confirmed",
	    [SENT] = "1: sent sent", [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "0: failed confirmed",
	    [PARKED] = "1: sent confirmed", [CANCELLED] = "1: sent confirmed" } },
	{ "it arrived", STATUS, 0, 0, "delivered",
	  { [NONE] = "-1: - -", [QUEUED] = "1: delivered confirmed", [MINE] = "1: delivered confirmed",
	    [OTHERS] = "1: delivered confirmed", [DOUBT] = "1: delivered confirmed",
	    [OLD_DOUBT] = "1: delivered confirmed", [SENT] = "1: delivered sent",
	    [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "1: delivered confirmed",
	    [PARKED] = "1: delivered confirmed", [CANCELLED] = "1: delivered confirmed" } },
	{ "it was read", STATUS, 0, 0, "read",
	  { [NONE] = "-1: - -", [QUEUED] = "1: read confirmed", [MINE] = "1: read confirmed",
	    [OTHERS] = "1: read confirmed", [DOUBT] = "1: read confirmed", [OLD_DOUBT] = "1: read confirmed",
	    [SENT] = "1: read sent", [CONFIRMED] = "1: read confirmed", [REJECTED] = "1: read confirmed",
	    [PARKED] = "1: read confirmed", [CANCELLED] = "1: read confirmed" } },
	{ "it failed", STATUS, 0, 0, "failed",
	  { [NONE] = "-1: - -", [QUEUED] = "1: failed confirmed", [MINE] = "1: failed confirmed",
	    [OTHERS] = "1: failed confirmed", [DOUBT] = "1: failed confirmed", [OLD_DOUBT] = "1: failed confirmed",
	    [SENT] = "1: failed sent", [CONFIRMED] = "0: delivered confirmed", [REJECTED] = "0: failed rejected",
	    [PARKED] = "1: failed confirmed", [CANCELLED] = "1: failed confirmed" } },
	{ "taken back", CANCEL, 0, 0, NULL,
	  { [NONE] = "-1: - -", [QUEUED] = "1: cancelled -", [MINE] = "0 sending: queued claimed",
	    [OTHERS] = "0 sending: queued claimed", [DOUBT] = "0 in doubt: queued unknown",
	    [OLD_DOUBT] = "0 in doubt: queued unknown", [SENT] = "0 accepted: accepted sent",
	    [CONFIRMED] = "0 delivered: delivered confirmed", [REJECTED] = "0 failed: failed rejected",
	    [PARKED] = "0 parked: parked parked", [CANCELLED] = "0 cancelled: cancelled -" } },
	{ "another moment", MOVE, 0, 0, NULL,
	  { [NONE] = "-1: - -", [QUEUED] = "1: queued -", [MINE] = "0 sending: queued claimed",
	    [OTHERS] = "0 sending: queued claimed", [DOUBT] = "0 in doubt: queued unknown",
	    [OLD_DOUBT] = "0 in doubt: queued unknown", [SENT] = "0 accepted: accepted sent",
	    [CONFIRMED] = "0 delivered: delivered confirmed", [REJECTED] = "0 failed: failed rejected",
	    [PARKED] = "0 parked: parked parked", [CANCELLED] = "0 cancelled: cancelled -" } },
};

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_send_keys keys;
static struct {
	struct wq_redis_cmd cmd;
	const struct event *event;
	bool told;
	char text[96];
} asked;

/* What a script answered, as words. */
static void note_answer(const struct wq_redis_cmd *cmd)
{
	static const char *const answers[] = { "go", "wait", "done", "ended", "closed" };
	struct wq_send_claimed c;
	struct wq_str state = wq_str("");
	int n = 0;

	switch (asked.event->script) {
	case CLAIM:
		WQ_CHECK("in its form", wq_send_claim_answer(cmd, 0, &c));
		snprintf(asked.text, sizeof(asked.text), c.answer == WQ_SEND_GO ? "%s %d" : "%s",
		         answers[c.answer], (int)c.number);
		return;
	case SETTLE:
		n = wq_send_settled(cmd, 0);
		break;
	case STATUS:
		n = wq_letter_status_answer(cmd, 0, &state);
		state = wq_str("");
		break;
	case CANCEL:
	case MOVE:
		n = wq_letter_change_answer(cmd, &state);
		break;
	}
	snprintf(asked.text, sizeof(asked.text), "%d%s%.*s", n, state.n ? " " : "",
	         WQ_STR_ARG(state));
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT(cmd->error, rc, 0);
	note_answer(cmd);
	asked.told = true;
}

static void give_claim(void *ctx, size_t i, struct wq_send_claim *out)
{
	const struct event *v = ctx;

	(void)i;
	*out = (struct wq_send_claim){ .id = wq_str("m1"),
		                       .to = wq_str("p1"),
		                       .token = wq_str("mine"),
		                       .data = wq_str("{}"),
		                       .send_class = v->class_or_end,
		                       .flags = v->flags,
		                       .asked_ms = NOW_MS - 1000 };
}

static void give_settle(void *ctx, size_t i, struct wq_send_settle *out)
{
	const struct event *v = ctx;

	(void)i;
	*out = (struct wq_send_settle){ .id = wq_str("m1"),
		                        .to = wq_str("p1"),
		                        .token = wq_str(v->word),
		                        .provider_id = wq_str("w"),
		                        .end = (enum wq_send_end)v->class_or_end,
		                        .number = v->flags,
		                        .wait_ms = 5000 };
}

static void give_status(void *ctx, size_t i, struct wq_letter_status *out)
{
	const struct event *v = ctx;

	(void)i;
	*out = (struct wq_letter_status){ .provider_id = wq_str("w"),
		                          .id = wq_str("m1"),
		                          .state = wq_str(v->word),
		                          .at_ms = NOW_MS };
}

static int start(const struct event *v)
{
	static const struct wq_send_rules rules = { .keep_s = 1000, .grace_ms = 30000, .burst = 1,
		                                    .pair_burst = 1, .age_max_ms = 86400000,
		                                    .unconfirmed_ms = 60000 };
	struct wq_redis_cmd *cmd = &asked.cmd;
	void *ctx = (void *)(uintptr_t)v;

	switch (v->script) {
	case CLAIM:
		return wq_send_claim_start(&keys, cmd, &rules, NOW_MS, 1, give_claim, ctx, on_told);
	case SETTLE:
		return wq_send_settle_start(&keys, cmd, &rules, NOW_MS, 1, give_settle, ctx,
		                            on_told);
	case STATUS:
		return wq_letter_status_start(&keys, cmd, NOW_MS, 1, give_status, ctx, on_told);
	case CANCEL:
		return wq_letter_change_start(&keys, cmd, wq_str("m1"), NOW_MS, 0, on_told);
	case MOVE:
		return wq_letter_change_start(&keys, cmd, wq_str("m1"), NOW_MS, NOW_MS + 60000,
		                              on_told);
	}
	return WQ_EINVAL;
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return asked.told;
}

static void happen(const struct event *v)
{
	asked.told = false;
	asked.event = v;
	WQ_CHECK_INT("started", start(v), 0);
	WQ_CHECK("told", wq_redis_world_wait(&w, is_told, NULL));
}

static const char *ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *ask(const char *fmt, ...)
{
	char command[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return wq_redisd_ask(&server, command);
}

static const char *found(void)
{
	return ask(
		"EVAL local\tr=redis.call('HMGET','wq:{a}:msg:m1','state','led')for\ti=1,2\tdo\t"
		"if\tnot\tr[i]or\tr[i]==''then\tr[i]='-'end\tend\treturn\ttable.concat(r,'\\32') 0");
}

static void prepare(enum state s)
{
	ask("FLUSHDB");
	if (!states[s].fields)
		return;
	ask("HSET wq:{a}:msg:m1 to p1 %s", states[s].fields);
	if (s < SENT)
		ask("RPUSH wq:{a}:lane:p1 m1");
}

/* How many stand in the lane: who has ended leaves it. */
static void check_lane(const char *what, const char *now)
{
	const char *led = strchr(now, ' ');
	bool over = led && (strcmp(led, " sent") == 0 || strcmp(led, " confirmed") == 0 ||
	                    strcmp(led, " rejected") == 0 || strcmp(led, " parked") == 0);

	if (over && strcmp(ask("LLEN wq:{a}:lane:p1"), "0") != 0)
		WQ_CHECK_STR(what, "it stands in the lane", "");
}

static unsigned wrong;

static void check_cell(const struct event *v, enum state s)
{
	char what[96], got[192], now[64];

	snprintf(what, sizeof(what), "%s, and it is %s", v->what, states[s].what);
	prepare(s);
	happen(v);
	snprintf(now, sizeof(now), "%s", found());
	snprintf(got, sizeof(got), "%s: %s", asked.text, now);
	if (strcmp(got, v->want[s]) != 0) {
		print_error("%s: got \"%s\", want \"%s\"\n", what, got, v->want[s]);
		wrong++;
	}
	if (strncmp(got, "1", 1) == 0 || strncmp(got, "2", 1) == 0 || strncmp(got, "ended", 5) == 0)
		check_lane(what, now);
}

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, w.redis, wq_str("a")), 0);
}

static void end(void)
{
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

WQ_TEST(every_state_and_what_may_happen_to_it)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		for (enum state s = 0; s < STATES; s++)
			check_cell(&events[i], s);
	WQ_CHECK_INT("cells that are wrong", wrong, 0);
	end();
}

static bool is_sent(const char *now)
{
	return strstr(now, " sent") || strstr(now, " confirmed");
}

/* Whatever follows, what is sent stays sent, what is read stays read. */
static void check_order(const struct event *first, enum state s)
{
	bool sent, was_read;
	const char *now;

	prepare(s);
	happen(first);
	now = found();
	sent = is_sent(now);
	was_read = strstr(now, "read ") != NULL;
	for (size_t i = 0; i < WQ_COUNT(events) && sent; i++) {
		happen(&events[i]);
		now = found();
		WQ_CHECK(events[i].what, is_sent(now));
		WQ_CHECK(events[i].what, !was_read || strstr(now, "read "));
		was_read = strstr(now, "read ") != NULL;
	}
}

WQ_TEST(what_is_known_stays_known)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		for (enum state s = 0; s < STATES; s++)
			check_order(&events[i], s);
	end();
}

/* One that failed, was tried again and taken, and then failed at the provider. */
WQ_TEST(a_second_failure_is_told_as_well)
{
	static const char *const order[] = { "a claim, strict", "refused", "a claim, strict",
		                             "taken", "it failed" };

	begin();
	prepare(QUEUED);
	for (size_t i = 0; i < WQ_COUNT(order); i++)
		for (size_t k = 0; k < WQ_COUNT(events); k++)
			if (strcmp(events[k].what, order[i]) == 0)
				happen(&events[k]);
	WQ_CHECK_STR("failed", found(), "failed sent");
	end();
}

static const struct event *event_of(const char *what)
{
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (strcmp(events[i].what, what) == 0)
			return &events[i];
	return NULL;
}

/* A try that Redis had lost: what its sender tells, and what is then there. */
static const struct {
	const char *what;
	enum state known;
	const char *record; /* att, tok, to */
	const char *lane;   /* another waited in it */
	const char *claim;  /* of the one who tries */
} lost[] = {
	{ "lost: it is under way", NONE, "2 mine p1", "m1 m0", "go 2" },
	{ "lost: it is under way", QUEUED, "2 mine p1", "m1 m0", "go 2" },
	{ "lost: it is under way", OTHERS, "2 mine p1", "m1 m0", "go 2" },
	{ "lost: taken", NONE, "2 mine p1", "m0", "done" },
	{ "lost: taken", OTHERS, "2 mine p1", "m0", "done" },
	{ "lost: not sent", NONE, "2 mine p1", "m1 m0", "go 3" },
	{ "lost: not sent", OTHERS, "2 mine p1", "m1 m0", "go 3" },
	{ "lost: refused", NONE, "2 mine p1", "m0", "wait" },
	{ "lost: nobody knows", NONE, "2 mine p1", "m1 m0", "wait" },
};

static void check_restored(size_t i)
{
	const char *what = lost[i].what;

	prepare(lost[i].known);
	ask("DEL wq:{a}:lane:p1");
	ask("RPUSH wq:{a}:lane:p1 m0");
	ask("HSET wq:{a}:msg:m0 state queued led  next %lld", NOW_MS);
	happen(event_of(what));
	WQ_CHECK_STR(what, asked.text, "2");
	WQ_CHECK_STR(what,
	             ask("EVAL return\ttable.concat(redis.call('HMGET','wq:{a}:msg:m1','att','tok',"
	                 "'to'),'\\32') 0"),
	             lost[i].record);
	WQ_CHECK_STR(what,
	             ask("EVAL return\ttable.concat(redis.call('LRANGE','wq:{a}:lane:p1',0,-1),"
	                 "'\\32') 0"),
	             lost[i].lane);
	WQ_CHECK(what, strstr(ask("HGET wq:{a}:msg:m1 tl"), "restored"));
	WQ_CHECK(what, strcmp(ask("TTL wq:{a}:msg:m1"), "0") > 0);
	happen(event_of("a claim, strict"));
	WQ_CHECK_STR(what, asked.text, lost[i].claim);
}

WQ_TEST(a_try_that_was_lost_is_there_again)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(lost); i++)
		check_restored(i);
	end();
}

/* Who stands before it in its lane, and since when it should have been asked for again. */
static const struct {
	const char *led;
	int overdue_ms;
	const char *claim; /* of the one behind it */
} before[] = {
	{ "''", 59000, "wait" },        { "''", 61000, "go 1" },
	{ "unknown", 61000, "wait" },   { "unknown", 899000, "wait" },
	{ "unknown", 901000, "go 1" }, /* its job is lost: not for ever */
	{ "claimed", 3600000, "wait" }, { "sent", 0, "go 1" },
	{ "parked", 0, "go 1" },
};

WQ_TEST(one_in_doubt_holds_its_lane)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(before); i++) {
		prepare(QUEUED);
		ask("DEL wq:{a}:lane:p1");
		ask("RPUSH wq:{a}:lane:p1 m0");
		ask("HSET wq:{a}:msg:m0 state queued next %lld", NOW_MS - before[i].overdue_ms);
		if (strcmp(before[i].led, "''") != 0)
			ask("HSET wq:{a}:msg:m0 led %s", before[i].led);
		happen(event_of("a claim, strict"));
		WQ_CHECK_STR(before[i].led, asked.text, before[i].claim);
	}
	end();
}

/* Statuses took ten minutes: so long it is in doubt, but its sender may tell meanwhile. */
WQ_TEST(one_in_doubt_is_looked_at_once_a_minute)
{
	char next[32];

	snprintf(next, sizeof(next), "%lld", (long long)NOW_MS + 60000);
	begin();
	prepare(DOUBT);
	ask("HSET wq:{a}:state latency 600000");
	happen(event_of("a claim, strict"));
	WQ_CHECK_STR("in doubt", asked.text, "wait");
	WQ_CHECK_STR("looked at again", ask("HGET wq:{a}:msg:m1 next"), next);
	end();
}

WQ_TEST_MAIN(WQ_CASE(every_state_and_what_may_happen_to_it), WQ_CASE(what_is_known_stays_known),
             WQ_CASE(a_second_failure_is_told_as_well), WQ_CASE(a_try_that_was_lost_is_there_again),
             WQ_CASE(one_in_doubt_holds_its_lane), WQ_CASE(one_in_doubt_is_looked_at_once_a_minute))
