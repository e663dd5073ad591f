/* SPDX-License-Identifier: MIT */
/* receipt_test.c — statuses of messages, from their jobs into records: what each means, in whatever order, for whom. */
#include "base/err.h"
#include "domain/send/person.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define OURS  "\"provider\":\"cloud\",\"phoneNumberId\":\"100001\",\"sentAt\":1700000000000"
#define ABOUT "\"id\":\"wamid.A\",\"recipient_id\":\"593991234567\""
#define FAILED_WITH(code) "{" OURS ",\"status\":{" ABOUT ",\"status\":\"failed\",\"errors\":[{\"code\":" #code "}]}}"
#define REACHED(state)    "{" OURS ",\"status\":{" ABOUT ",\"status\":\"" state "\"}}"
#define PERSON    "wq:{c}:person:WHO"

static struct wq_redisd server;
static char who[WQ_PERSON_HEX_BYTES + 1], large[1400];

/* A message that was taken, and what is told of it. */
static const struct {
	const char *what, *job;
	const char *outcome, *state; /* of the record: state led */
	const char *ask, *told;      /* WHO: the recipient's digest */
} told[] = {
	{ "it left", REACHED("sent"), "applied", "sent sent", "ZCARD wq:{c}:unconfirmed", "0" },
	{ "it arrived", REACHED("delivered"), "applied", "delivered sent", "HEXISTS wq:{c}:state latency", "1" },
	{ "it was read", REACHED("read"), "applied", "read sent", NULL, NULL },
	{ "it was played", REACHED("played"), "applied", "played sent", NULL, NULL },
	{ "a word of tomorrow", REACHED("pondered"), "not ours", "accepted sent", NULL, NULL },
	{ "it is nobody's", "{" OURS ",\"status\":{\"id\":\"wamid.B\",\"status\":\"read\"}}", "unknown message",
	  "accepted sent", "LLEN wq:{c}:early:wamid.B", "1" },
	{ "another number's", "{\"provider\":\"cloud\",\"phoneNumberId\":\"9\",\"status\":{" ABOUT "}}", "not ours",
	  "accepted sent", NULL, NULL },
	{ "another provider's", "{\"provider\":\"pigeon\",\"phoneNumberId\":\"100001\",\"status\":{" ABOUT "}}",
	  "not ours", "accepted sent", NULL, NULL },
	{ "no JSON", "{\"provider\":", "not ours", "accepted sent", NULL, NULL },
	{ "no object", "[1,2]", "not ours", "accepted sent", NULL, NULL },
	{ "no id", "{" OURS ",\"status\":{\"status\":\"read\"}}", "not ours", "accepted sent", NULL, NULL },
	{ "a proof that is none",
	  "{" OURS ",\"status\":{\"id\":\"wamid.B\",\"status\":\"read\",\"biz_opaque_callback_data\":"
	  "\"wq1.1.0011223344556677.m1\"}}",
	  "unknown message", "accepted sent", NULL, NULL },
	{ "it failed", FAILED_WITH(131026), "applied", "failed sent", NULL, NULL },
	{ "it failed for a code of nobody's", FAILED_WITH(77), "applied", "failed sent", NULL, NULL },
	{ "enough", FAILED_WITH(131050), "applied", "failed sent", "HEXISTS " PERSON " optout", "1" },
	{ "no marketing", FAILED_WITH(131049), "applied", "failed sent", "HEXISTS " PERSON " no_marketing", "1" },
	{ "too many to one", FAILED_WITH(131056), "applied", "failed sent", "HEXISTS " PERSON " pause", "1" },
	{ "too fast", FAILED_WITH(130429), "applied", "failed sent", "HEXISTS wq:{c}:state slow_until", "1" },
	{ "blocked", FAILED_WITH(368), "applied", "failed sent", "HGET wq:{c}:state hold", "-1" },
	{ "of whom",
	  "{" OURS ",\"status\":{\"id\":\"wamid.A\",\"status\":\"failed\",\"errors\":[{\"code\":131050}]}}",
	  "applied", "failed sent", "HKEYS " PERSON, "con" },
	{ "a number of no length", "{" OURS ",\"status\":{\"id\":\"wamid.A\",\"status\":\"read\",\"recipient_id\":"
	  "\"593991234567593991234567593991234567593991234567\"}}", "applied", "read sent", NULL, NULL },
	{ "with its price",
	  "{" OURS ",\"status\":{" ABOUT ",\"status\":\"delivered\",\"pricing\":{\"category\":\"utility\"}}}",
	  "applied", "delivered sent", "HGET wq:{c}:msg:m1 price", "{\"category\":\"utility\"}" },
	{ "a price without end", large, "applied", "delivered sent", "HEXISTS wq:{c}:msg:m1 price", "0" },
};

static const char *filled(const char *text)
{
	static char out[256];
	const char *at = strstr(text, "WHO");

	snprintf(out, sizeof(out), "%.*s%s%s", at ? (int)(at - text) : (int)strlen(text), text,
	         at ? who : "", at ? at + 3 : "");
	return out;
}

static void take_one(void)
{
	struct errand e;

	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(e.text, ending_name(e.ending), "completed");
}

static void tell(const char *what, const char *job, const char *outcome)
{
	struct errand r;
	char want[64];

	errand_init(&r, "2", "%s", job);
	errand_run(&r, &sw.receipts);
	snprintf(want, sizeof(want), "{\"outcome\":\"%s\"}", outcome);
	WQ_CHECK_STR(what, ending_name(r.ending), "completed");
	WQ_CHECK_STR(what, r.text, want);
}

static void begin(void)
{
	send_world_begin(&server);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	WQ_CHECK_INT("person", wq_person_of(wq_str("+593991234567"), who), 0);
	snprintf(large, sizeof(large),
	         "{" OURS ",\"status\":{" ABOUT
	         ",\"status\":\"delivered\",\"pricing\":{\"x\":\"%01100d\"}}}",
	         7);
}

WQ_TEST(what_is_told_of_a_message)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(told); i++) {
		send_world_ask("FLUSHDB");
		take_one();
		tell(told[i].what, told[i].job, told[i].outcome);
		WQ_CHECK_STR(told[i].what, send_world_record("c", "state led"), told[i].state);
		if (told[i].ask)
			WQ_CHECK_STR(told[i].what, send_world_ask("%s", filled(told[i].ask)),
			             told[i].told);
	}
	send_world_end();
}

WQ_TEST(statuses_come_in_any_order)
{
	begin();
	tell("before its message", REACHED("delivered"), "unknown message");
	take_one();
	WQ_CHECK_STR("it waited", send_world_record("c", "state led"), "delivered sent");
	tell("twice", REACHED("delivered"), "known");
	tell("ahead", REACHED("read"), "applied");
	tell("behind", REACHED("sent"), "known");
	WQ_CHECK_STR("forward only", send_world_record("c", "state led"), "read sent");
	tell("a failure that comes too late", FAILED_WITH(131026), "known");
	WQ_CHECK_STR("is wrong", send_world_record("c", "state led"), "read sent");
	send_world_ask("FLUSHDB");
	take_one();
	tell("a failure", FAILED_WITH(131026), "applied");
	tell("that was none", REACHED("delivered"), "applied");
	WQ_CHECK_STR("it arrived", send_world_record("c", "state led"), "delivered sent");
	send_world_end();
}

WQ_TEST(who_wants_nothing_more_is_known_by_each_name)
{
	begin();
	send_world_ask("HSET wq:{c}:con:c1 made 5 al other");
	send_world_ask("HSET %s con c1", filled(PERSON));
	take_one();
	tell("enough", FAILED_WITH(131050), "applied");
	WQ_CHECK_STR("the contact", send_world_ask("HEXISTS wq:{c}:con:c1 optout"), "1");
	WQ_CHECK_STR("its other name", send_world_ask("HEXISTS wq:{c}:person:other optout"), "1");
	WQ_CHECK_STR("is listed", send_world_ask("ZSCORE wq:{c}:cons:optout c1"), "5");
	send_world_end();
}

/* Of a send whose process died, by what travelled with it. */
WQ_TEST(a_status_settles_what_is_in_doubt)
{
	struct errand e;
	char job[512];

	begin();
	send_world_answers_nothing_yet();
	send_world_answers(0, "", WQ_PEER_RESET);
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("in doubt", send_world_record("c", "state led"), "queued unknown");
	snprintf(job, sizeof(job),
	         "{" OURS ",\"status\":{" ABOUT
	         ",\"status\":\"sent\",\"biz_opaque_callback_data\":\"%s\"}}",
	         send_world_opaque(0));
	tell("it left", job, "applied");
	WQ_CHECK_STR("settled", send_world_record("c", "state led pid"), "sent confirmed wamid.A");
	errand_finish(&e, &sw.sends, 2);
	WQ_CHECK_STR("its job ends", ending_name(e.ending), "completed");
	WQ_CHECK_STR("with the provider's id", e.text, "{\"id\":\"m1\",\"messageId\":\"wamid.A\"}");
	WQ_CHECK_INT("sent once", send_world_posts(), 1);
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
		WQ_CASE(what_is_told_of_a_message),
		WQ_CASE(statuses_come_in_any_order),
		WQ_CASE(a_status_settles_what_is_in_doubt),
		WQ_CASE(who_wants_nothing_more_is_known_by_each_name),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
