/* SPDX-License-Identifier: MIT */
/* send_test.c — one message through the flow that sends it: every way in which it ends. */
#include "base/err.h"
#include "domain/send/person.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN    "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define HELLO    "\"to\":\"+593991234567\",\"text\":\"hello\""
#define TEMPLATE "\"to\":\"+593991234567\",\"template\":{\"name\":\"offer\",\"language\":{\"code\":\"es\"}}"
#define ERROR(code) "{\"error\":{\"message\":\"(#" #code ") no\",\"code\":" #code "}}"
/* WHO stands for the recipient's digest. */
#define PERSON   "wq:{c}:person:WHO"

static struct wq_redisd server;
static char who[WQ_PERSON_HEX_BYTES + 1];

/* Text with WHO replaced. */
static const char *filled(const char *text)
{
	static char out[512];
	const char *at = strstr(text, "WHO");

	snprintf(out, sizeof(out), "%.*s%s%s", at ? (int)(at - text) : (int)strlen(text), text,
	         at ? who : "", at ? at + 3 : "");
	return out;
}

static void begin(void)
{
	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	WQ_CHECK_INT("person", wq_person_of(wq_str("+593991234567"), who), 0);
}

static void fresh(void)
{
	send_world_ask("FLUSHDB");
	send_world_answers_nothing_yet();
}

static void letter(struct errand *e, const char *account, const char *members)
{
	errand_init(e, "1", "{\"id\":\"m1\",\"account\":\"%s\",%s}", account, members);
}

WQ_TEST(it_is_taken_and_never_sent_again)
{
	struct errand e;

	begin();
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	letter(&e, "c", HELLO);
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(e.text, ending_name(e.ending), "completed");
	WQ_CHECK_STR("both ids", e.text, "{\"id\":\"m1\",\"messageId\":\"wamid.A\"}");
	WQ_CHECK_INT("once", send_world_posts(), 1);
	WQ_CHECK_STR("its record", send_world_record("c", "state led att pid"),
	             "accepted sent 1 wamid.A");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("a job that comes again", ending_name(e.ending), "completed");
	WQ_CHECK_STR("tells the same", e.text, "{\"id\":\"m1\",\"messageId\":\"wamid.A\"}");
	WQ_CHECK_INT("and is sent once", send_world_posts(), 1);
	send_world_end();
}

/* What the provider answers, what becomes of the job and of the ledger, and what else changed. */
static const struct {
	const char *what, *account, *letter;
	int status; /* 0: no answer */
	const char *answer;
	enum wq_peer_then then;
	enum ending ending;
	int64_t wait_min_ms, wait_max_ms;
	const char *text;  /* of which a part is this */
	const char *state; /* of the record: state led code */
	const char *ask, *told;
} answers[] = {
	{ "a wrong parameter", "c", HELLO, 400, ERROR(100), WQ_PEER_KEEP, FAILED_FOR_GOOD, 0, 0,
	  "a parameter is wrong", "failed rejected 100", NULL, NULL },
	{ "it can't arrive", "c", HELLO, 400, ERROR(131026), WQ_PEER_KEEP, FAILED_FOR_GOOD, 0, 0,
	  "not deliverable", "failed rejected 131026", NULL, NULL },
	{ "the window is closed there", "c", HELLO, 400, ERROR(131047), WQ_PEER_KEEP, FAILED_FOR_GOOD,
	  0, 0, "only a template", "failed rejected 131047", NULL, NULL },
	{ "too fast", "c", HELLO, 429, ERROR(130429), WQ_PEER_KEEP, DELAYED, 2500, 9000, NULL,
	  "queued - 130429", "HEXISTS wq:{c}:state slow_until", "1" },
	{ "too many to one", "c", HELLO, 400, ERROR(131056), WQ_PEER_KEEP, DELAYED, 2000, 9000, NULL,
	  "queued - 131056", "HEXISTS " PERSON " pause", "1" },
	{ "a bad token", "c", HELLO, 401, ERROR(190), WQ_PEER_KEEP, DELAYED, 5000, 5000, NULL,
	  "queued - 190", "HGET wq:{c}:state hold", "-1" },
	{ "the account is blocked", "c", HELLO, 403, ERROR(368), WQ_PEER_KEEP, DELAYED, 5000, 5000, NULL,
	  "queued - 368", "HGET wq:{c}:state hold", "-1" },
	{ "for a while", "c", HELLO, 400, ERROR(131048), WQ_PEER_KEEP, DELAYED, 5000, 5000, NULL,
	  "queued - 131048", "HEXISTS wq:{c}:state hold", "1" },
	{ "the person has had enough", "c", HELLO, 400, ERROR(131050), WQ_PEER_KEEP, FAILED_FOR_GOOD, 0,
	  0, "has stopped our marketing", "failed rejected 131050", "HEXISTS " PERSON " optout", "1" },
	{ "no marketing today", "c", HELLO, 400, ERROR(131049), WQ_PEER_KEEP, FAILED_FOR_GOOD, 0, 0,
	  "withheld", "failed rejected 131049", "HEXISTS " PERSON " no_marketing", "1" },
	{ "a template is paused", "c", TEMPLATE, 400, ERROR(132015), WQ_PEER_KEEP, FAILED_FOR_GOOD, 0, 0,
	  "paused for its quality", "failed rejected 132015", "HEXISTS wq:{c}:stopped offer|es", "1" },
	{ "it passes", "c", HELLO, 400, ERROR(1), WQ_PEER_KEEP, FAILED, 500, 2500, "unknown error",
	  "queued - 1", NULL, NULL },
	{ "an outage passes", "c", HELLO, 400, ERROR(2), WQ_PEER_KEEP, DELAYED, 1000, 1500, NULL,
	  "queued - 2", NULL, NULL },
	{ "5xx without a word", "c", HELLO, 500, "", WQ_PEER_KEEP, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "5xx that is vague", "c", HELLO, 500, ERROR(131000), WQ_PEER_KEEP, DELAYED, 30000, 30000, NULL,
	  "queued unknown 131000", NULL, NULL },
	{ "a proxy's page", "c", HELLO, 404, "<html>", WQ_PEER_KEEP, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "2xx without an id", "c", HELLO, 200, "{\"messages\":[]}", WQ_PEER_KEEP, DELAYED, 30000, 30000,
	  NULL, "queued unknown 0", NULL, NULL },
	{ "a redirect", "c", HELLO, 302, "", WQ_PEER_KEEP, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "closed without an answer", "c", HELLO, 0, NULL, WQ_PEER_CLOSE, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "reset", "c", HELLO, 0, NULL, WQ_PEER_RESET, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "silence", "c", HELLO, 0, NULL, WQ_PEER_KEEP, DELAYED, 30000, 30000, NULL,
	  "queued unknown 0", NULL, NULL },
	{ "a read receipt", "c", "\"type\":\"read\",\"replyTo\":\"wamid.Z\"", 200, "{\"success\":true}",
	  WQ_PEER_KEEP, COMPLETED, 0, 0, NULL, "accepted sent -", "ZCARD wq:{c}:unconfirmed", "0" },
	{ "Evolution takes it", "e", HELLO, 201, "{\"key\":{\"id\":\"3EB0A\"}}", WQ_PEER_KEEP, COMPLETED,
	  0, 0, "3EB0A", "accepted sent -", NULL, NULL },
	{ "its instance is off", "e", HELLO, 400,
	  "{\"status\":400,\"error\":\"Bad Request\",\"response\":{\"message\":[\"Error: Connection Closed\"]}}",
	  WQ_PEER_KEEP, DELAYED, 5000, 5000, NULL, NULL, NULL, NULL },
	{ "Twilio takes it", "t", HELLO, 201, "{\"sid\":\"SM0A\",\"status\":\"queued\"}", WQ_PEER_KEEP,
	  COMPLETED, 0, 0, "SM0A", "accepted sent -", NULL, NULL },
	{ "its token is bad", "t", HELLO, 401, "{\"code\":20003,\"message\":\"Authenticate\",\"status\":401}",
	  WQ_PEER_KEEP, DELAYED, 5000, 5000, NULL, "queued - 20003", "HGET wq:{t}:state hold", "-1" },
};

static void check_ending(const char *what, const struct errand *e, enum ending ending,
                         const char *text)
{
	WQ_CHECK_STR(what, ending_name(e->ending), ending_name(ending));
	if (text && !strstr(e->text, text))
		WQ_CHECK_STR(what, e->text, text);
}

WQ_TEST(what_the_provider_answers)
{
	struct errand e;

	begin();
	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		fresh();
		send_world_answers(answers[i].status, answers[i].answer ? answers[i].answer : "",
		                   answers[i].then);
		letter(&e, answers[i].account, answers[i].letter);
		errand_run(&e, &sw.sends);
		check_ending(answers[i].what, &e, answers[i].ending, answers[i].text);
		WQ_CHECK_INT(answers[i].what, send_world_posts(), 1);
		if (e.ending != FAILED_FOR_GOOD &&
		    (e.delay_ms < answers[i].wait_min_ms || e.delay_ms > answers[i].wait_max_ms))
			WQ_CHECK_INT(answers[i].what, e.delay_ms, answers[i].wait_min_ms);
		if (answers[i].state)
			WQ_CHECK_STR(answers[i].what,
			             send_world_record(answers[i].account, "state led code"),
			             answers[i].state);
		if (answers[i].ask)
			WQ_CHECK_STR(answers[i].what, send_world_ask("%s", filled(answers[i].ask)),
			             answers[i].told);
		send_world_close(); /* a desk remembers outages */
		WQ_CHECK_INT("another sender", send_world_open(), 0);
	}
	send_world_end();
}

/* What is decided before anybody is asked. */
static const struct {
	const char *what, *account, *letter;
	const char *before; /* of Redis */
	enum ending ending;
	int64_t wait_ms; /* at least */
	const char *text;
	unsigned posts;
} unasked[] = {
	{ "nothing to say", "c", "\"to\":\"+593991234567\",\"text\":\"\"", NULL, FAILED_FOR_GOOD, 0, "text", 0 },
	{ "nobody", "c", "\"text\":\"hello\"", NULL, FAILED_FOR_GOOD, 0, "to", 0 },
	{ "an account that may just have been added", "x", HELLO, NULL, DELAYED, 1000, NULL, 0 },
	{ "a suspended account", "s", HELLO, NULL, DELAYED, 15000, NULL, 0 },
	{ "nobody listens", "d", HELLO, NULL, DELAYED, 1000, NULL, 0 },
	{ "opted out", "c", HELLO, "HSET " PERSON " optout 1", FAILED_FOR_GOOD, 0, "opted_out", 0 },
	{ "opted out, but forced", "c", HELLO ",\"force\":true", "HSET " PERSON " optout 1", COMPLETED, 0, NULL, 1 },
	{ "blocked", "c", HELLO, "HSET " PERSON " blocked 1", FAILED_FOR_GOOD, 0, "blocked", 0 },
	{ "a closed window", "c", HELLO, "HSET " PERSON " window 1", FAILED_FOR_GOOD, 0, "only a template", 0 },
	{ "which a template opens", "c", TEMPLATE, "HSET " PERSON " window 1", COMPLETED, 0, NULL, 1 },
	{ "no marketing", "c", TEMPLATE ",\"bulk\":true", "HSET " PERSON " no_marketing 9900000000000",
	  FAILED_FOR_GOOD, 0, "no_marketing", 0 },
	{ "a stopped template", "c", TEMPLATE, "HSET wq:{c}:stopped offer|es -1", FAILED_FOR_GOOD, 0,
	  "template_stopped", 0 },
	{ "a person who waits", "c", HELLO, "HSET " PERSON " pause 1700009999999", DELAYED, 1000, NULL, 0 },
	{ "an account that waits", "c", HELLO, "HSET wq:{c}:state hold -1", DELAYED, 5000, NULL, 0 },
	{ "a hold for another token", "c", HELLO, "HSET wq:{c}:state hold -1 hold_for 00", COMPLETED, 0, NULL, 1 },
	{ "a hold that is over", "c", HELLO, "HSET wq:{c}:state hold 1700000000", COMPLETED, 0, NULL, 1 },
	{ "taken back", "c", HELLO, "HSET wq:{c}:msg:m1 state cancelled led ", FAILED_FOR_GOOD, 0, "cancelled", 0 },
	{ "too old", "c", HELLO ",\"expiresAt\":1600000000000", NULL, FAILED_FOR_GOOD, 0, NULL, 0 },
	{ "another's try", "c", HELLO, "HSET wq:{c}:msg:m1 state queued led claimed tok x att 1 at 1", DELAYED,
	  30000, NULL, 0 },
	{ "another's try, long ago", "c", HELLO, "HSET wq:{c}:msg:m1 state queued led unknown tok x att 1 at 1",
	  FAILED_FOR_GOOD, 0, "nobody knows", 0 },
	{ "where twice is better than never", "c", HELLO ",\"class\":\"at-least-once\"",
	  "HSET wq:{c}:msg:m1 state queued led unknown tok x att 1 at 1", COMPLETED, 0, NULL, 1 },
	{ "where never is better than twice", "c", HELLO ",\"class\":\"at-most-once\"",
	  "HSET wq:{c}:msg:m1 state queued led unknown tok x att 1 at 1", FAILED_FOR_GOOD, 0, "nobody knows", 0 },
};

WQ_TEST(what_is_decided_before_anybody_is_asked)
{
	struct errand e;

	begin();
	for (size_t i = 0; i < WQ_COUNT(unasked); i++) {
		fresh();
		send_world_answers(200, TAKEN, WQ_PEER_KEEP);
		if (unasked[i].before)
			send_world_ask("%s", filled(unasked[i].before));
		letter(&e, unasked[i].account, unasked[i].letter);
		errand_run(&e, &sw.sends);
		check_ending(unasked[i].what, &e, unasked[i].ending, unasked[i].text);
		WQ_CHECK_INT(unasked[i].what, send_world_posts(), unasked[i].posts);
		WQ_CHECK(unasked[i].what, e.delay_ms >= unasked[i].wait_ms);
	}
	letter(&e, "x", HELLO);
	e.job.timestamp_ms -= 10000;
	errand_run(&e, &sw.sends);
	check_ending("an account of nobody", &e, FAILED_FOR_GOOD, "there is none of that name");
	errand_init(&e, "1", "{nonsense");
	errand_run(&e, &sw.sends);
	check_ending("no JSON", &e, FAILED_FOR_GOOD, "no JSON");
	send_world_end();
}

WQ_TEST(a_jobs_last_attempt_is_the_last)
{
	struct errand e;

	begin();
	send_world_answers(400, ERROR(1), WQ_PEER_KEEP);
	letter(&e, "c", HELLO);
	errand_finish(&e, &sw.sends, 10);
	check_ending("as many as a sender gives", &e, FAILED_FOR_GOOD, "unknown error");
	WQ_CHECK_INT("three", send_world_posts(), 3);
	WQ_CHECK_STR("its record", send_world_record("c", "state led att"), "failed rejected 3");
	fresh();
	send_world_answers(400, ERROR(1), WQ_PEER_KEEP);
	letter(&e, "c", HELLO);
	e.job.opts = wq_str("{\"attempts\":1}");
	errand_finish(&e, &sw.sends, 10);
	check_ending("as many as its adder gave", &e, FAILED_FOR_GOOD, NULL);
	WQ_CHECK_INT("one", send_world_posts(), 1);
	send_world_end();
}

/* Five outages in a row: the provider is left alone; one trial, whose end is learnt or not, and then all go. */
WQ_TEST(a_provider_that_is_gone_is_left_alone)
{
	struct errand e;

	begin();
	for (unsigned i = 0; i < 5; i++) {
		letter(&e, "d", HELLO);
		errand_run(&e, &sw.sends);
	}
	letter(&e, "d", HELLO);
	errand_run(&e, &sw.sends);
	check_ending("it is not asked", &e, DELAYED, NULL);
	WQ_CHECK_STR("nor is the ledger", send_world_record("d", "att"), "5");
	send_world_pass(e.delay_ms);
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("a trial", send_world_record("d", "att"), "6");
	send_world_pass(60000);
	send_world_ask("HSET wq:{d}:state hold -1");
	errand_run(&e, &sw.sends);
	check_ending("a trial that is held", &e, DELAYED, NULL);
	send_world_ask("DEL wq:{d}:state");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("leaves it to the next", send_world_record("d", "att"), "7");
	send_world_end();
}

WQ_TEST(a_slow_provider_has_the_whole_of_its_time)
{
	struct errand e;
	uint64_t began;

	send_world_begin(&server);
	sw.opts.request_ms = 90000;
	WQ_CHECK_INT("sender", send_world_open(), 0);
	send_world_answers(0, "", WQ_PEER_KEEP);
	letter(&e, "c", HELLO);
	began = sw.calls.clock.us;
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("nobody knows", send_world_record("c", "state led"), "queued unknown");
	WQ_CHECK_INT("after, s", (sw.calls.clock.us - began) / 1000000, 90);
	send_world_end();
}

static int begin_all(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(it_is_taken_and_never_sent_again),
		WQ_CASE(what_the_provider_answers),
		WQ_CASE(what_is_decided_before_anybody_is_asked),
		WQ_CASE(a_jobs_last_attempt_is_the_last),
		WQ_CASE(a_provider_that_is_gone_is_left_alone),
		WQ_CASE(a_slow_provider_has_the_whole_of_its_time),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
