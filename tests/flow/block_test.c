/* SPDX-License-Identifier: MIT */
/* block_test.c — messages that stay `sent`, on virtual time and a real Redis: counted, judged, taken back. */
#include "base/assert.h"
#include "domain/block/sweep.h"
#include "domain/send/person.h"
#include "send_world.h"
#include "support/test.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))
#define DAY_MS  (24 * HOUR_MS)
#define PHONE   "593991234567"
#define CON     "wq:{c}:con:c1"

static struct wq_redisd server;
static struct wq_due *due;
static struct wq_block_sweeper sweeper;
static char who[WQ_PERSON_HEX_BYTES + 1];

static void open_due(void)
{
	const struct wq_due_opts o = {
		.loop = sw.calls.loop, .redis = sw.redis, .accounts = sw.accounts, .own_clock = true
	};

	WQ_CHECK_INT("due", wq_due_create(&due, &o), 0);
	wq_block_sweeper_init(&sweeper, sw.calls.loop, due);
	wq_due_start(due);
}

static void on_closed(void *flag)
{
	*(bool *)flag = true;
}

static bool is_set(void *flag)
{
	return *(bool *)flag;
}

static void close_due(void)
{
	bool closed = false;

	wq_due_close(due, on_closed, &closed);
	send_world_until(is_set, &closed, "the due clock closes");
}

/* Nobody looks for so long, and then the clock does. */
static void days_pass(int64_t ms)
{
	sw.calls.clock.us += (uint64_t)ms * 1000;
	send_world_pass(1); /* the loop sees it */
	open_due();
	send_world_pass(3000);
	close_due();
}

static void begin(void)
{
	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	WQ_CHECK_INT("person", wq_person_of(wq_str("+" PHONE), who), 0);
	send_world_ask("HSET " CON " made 1000 al %s", who);
	send_world_ask("HSET wq:{c}:person:%s con c1", who);
}

/* That day others got this many messages, and did not get that many. */
static void others_got(int64_t sent, int64_t late)
{
	long long day = (long long)(send_world_now() / DAY_MS);

	send_world_ask("HINCRBY wq:{c}:day:%lld sent %lld", day, (long long)sent);
	send_world_ask("HINCRBY wq:{c}:day:%lld late %lld", day, (long long)late);
}

static const char *sent(int n, const char *members)
{
	char body[128];
	struct errand e;
	static char ending[ERRAND_TEXT_BYTES + 32];

	snprintf(body, sizeof(body),
	         "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.%d\"}]}", n);
	send_world_answers_nothing_yet();
	send_world_answers(200, body, WQ_PEER_KEEP);
	errand_init(&e, "1", "{\"id\":\"m%d\",\"account\":\"c\",\"to\":\"+" PHONE "\",%s}", n,
	            members);
	errand_run(&e, &sw.sends);
	snprintf(ending, sizeof(ending), "%s %s", ending_name(e.ending), e.text);
	return ending;
}

static void told(int n, const char *state)
{
	struct errand r;

	errand_init(
		&r, "2",
		"{\"provider\":\"cloud\",\"phoneNumberId\":\"100001\",\"sentAt\":%lld,\"status\":{\"id\":\"wamid.%d\","
		"\"recipient_id\":\"" PHONE "\",\"status\":\"%s\"}}",
		(long long)send_world_now(), n, state);
	errand_run(&r, &sw.receipts);
	WQ_CHECK_STR(state, ending_name(r.ending), "completed");
}

/* Sent, as far as the provider; the account is well. */
static void one_leaves(int n)
{
	const char *end = sent(n, "\"text\":\"hello\"");

	WQ_CHECK_STR(end, wq_str_starts(wq_str(end), "completed") ? "" : end, "");
	told(n, "sent");
	send_world_ask("ZADD wq:{c}:hist:c1 %lld om%d", (long long)send_world_now(), n);
	others_got(100, 2);
}

static const char *con(const char *fields)
{
	return send_world_ask("EVAL local\tr={}for\tf\tin\tstring.gmatch(ARGV[1],'[^,]+')do"
	                      "\tr[#r+1]=redis.call('HGET',KEYS[1],f)or'-'"
	                      "end\treturn\ttable.concat(r,'\\32') 1 " CON " %s",
	                      fields);
}

/* Types of events of contacts and accounts since the last time, in their order. */
static const char *events(void)
{
	return send_world_ask(
		"EVAL local\tr=''for\t_,e\tin\tipairs(redis.call('XRANGE',KEYS[1],'-','+'))do\tlocal\tf=e[2]"
		"if\tnot\tstring.find(f[2],'^message')then\tr=r..f[2]..'\\32'end\tend\tredis.call('DEL',KEYS[1])"
		"return\tr 1 wq:{c}:out");
}

WQ_TEST(three_in_a_row_are_a_block)
{
	begin();
	one_leaves(1);
	days_pass(71 * HOUR_MS);
	WQ_CHECK_STR("not after 71 hours", con("blk,blk_state"), "- -");
	others_got(100, 2);
	days_pass(8 * HOUR_MS);
	WQ_CHECK_STR("the first is watched", con("blk,blk_state,blocked"), "1 - -");
	WQ_CHECK_STR("nothing is told", events(), "");
	one_leaves(2);
	days_pass(79 * HOUR_MS);
	WQ_CHECK_STR("the second", con("blk,blk_state,blocked,blk_msgs"), "2 probable - m1 m2");
	WQ_CHECK_STR("is told", events(), "contact.block_probable ");
	one_leaves(3);
	days_pass(79 * HOUR_MS);
	WQ_CHECK_STR("the third", con("blk,blk_state,blk_msgs"), "3 confirmed m1 m2 m3");
	WQ_CHECK_STR("is told", events(), "contact.blocked ");
	WQ_CHECK_STR("nothing waits", send_world_ask("EXISTS wq:{c}:due:blk wq:{c}:due:doubt"),
	             "0");
	WQ_CHECK("the gate refuses",
	         strstr(sent(4, "\"text\":\"hello\""), "failed for good") != NULL);
	WQ_CHECK("unless it is forced",
	         strstr(sent(5, "\"text\":\"hello\",\"force\":true"), "completed") != NULL);
	told(5, "sent");
	told(5, "delivered");
	days_pass(1000);
	WQ_CHECK_STR("a delivery takes all back", con("blk,blk_state,blocked,blk_msgs"), "- - - -");
	WQ_CHECK_STR("is told", events(), "contact.unblocked ");
	WQ_CHECK("the gate lets through",
	         strstr(sent(6, "\"text\":\"hello\""), "completed") != NULL);
	WQ_CHECK_STR("it was wrong",
	             send_world_ask(
			     "HMGET wq:{c}:total blk_probable blk_confirmed false_confirmed"),
	             "1\n1\n1");
	WQ_CHECK_STR("no list has it",
	             send_world_ask("EXISTS wq:{c}:cons:issues wq:{c}:cons:blocked"), "0");
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
		WQ_CASE(three_in_a_row_are_a_block),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
