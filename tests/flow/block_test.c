/* SPDX-License-Identifier: MIT */
/* block_test.c — messages that stay `sent`, on virtual time and a real Redis: counted, judged, taken back. */
#include "block_world.h"

#include "base/assert.h"
#include "domain/send/person.h"
#include "store/block.h"
#include "support/fault.h"
#include "support/test.h"

enum { LOOK_MS = 3000, KEPT_BLOCKS = 8, RUNS_MAX = 400 };

#define PHONE   "593991234567"
#define CON     "wq:{c}:con:c1"

static struct wq_redisd server;
static char who[WQ_PERSON_HEX_BYTES + 1];

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

/* Sent, as far as the provider; of others so many leave as well, and so many do not arrive. */
static void one_leaves_of(int n, const char *members, int64_t all, int64_t late)
{
	const char *end = sent(n, members);

	WQ_CHECK_STR(end, wq_str_starts(wq_str(end), "completed") ? "" : end, "");
	told(n, "sent");
	send_world_ask("ZADD wq:{c}:hist:c1 %lld om%d", (long long)send_world_now(), n);
	others_got(all, late);
}

/* The account is well. */
static void one_leaves(int n)
{
	one_leaves_of(n, "\"text\":\"hello\"", 100, 2);
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
	block_world_pass(71 * HOUR_MS);
	WQ_CHECK_STR("not after 71 hours", con("blk,blk_state"), "- -");
	others_got(100, 2);
	block_world_pass(8 * HOUR_MS);
	WQ_CHECK_STR("the first is watched", con("blk,blk_state,blocked"), "1 - -");
	WQ_CHECK_STR("nothing is told", events(), "");
	one_leaves(2);
	block_world_pass(79 * HOUR_MS);
	WQ_CHECK_STR("the second", con("blk,blk_state,blocked,blk_msgs"), "2 probable - m1 m2");
	WQ_CHECK_STR("is told", events(), "contact.block_probable ");
	one_leaves(3);
	block_world_pass(79 * HOUR_MS);
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
	block_world_pass(1000);
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

/* What is there when the second of two messages is looked at, and what becomes of it: blk blk_state. */
static const struct {
	const char *what, *ask; /* NOW: the moment of the second */
	const char *members;
	int64_t sent, late;     /* of others, each day */
	const char *want;
} seconds[] = {
	{ "nothing", "PING", "\"text\":\"hello\"", 100, 2, "2 probable" },
	{ "he wrote since", "HSET " CON " in_at NOW", "\"text\":\"hello\"", 100, 2, "1 -" },
	{ "a person said so since", "HSET " CON " blk_clear NOW", "\"text\":\"hello\"", 100, 2, "1 -" },
	{ "it was a reaction", "PING",
	  "\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.9\",\"emoji\":\"👍\"}",
	  100, 2, "1 -" },
	{ "it was delivered", "HSET wq:{c}:msg:m2 state delivered", "\"text\":\"hello\"", 100, 2, "1 -" },
	{ "its record is gone", "DEL wq:{c}:msg:m2", "\"text\":\"hello\"", 100, 2, "1 -" },
	{ "the account is ill", "PING", "\"text\":\"hello\"", 100, 60, "1 -" },
	{ "a few did not get theirs", "PING", "\"text\":\"hello\"", 100, 15, "2 probable" },
};

static void ask_at(const char *ask, int64_t now)
{
	const char *at = strstr(ask, "NOW");

	if (at)
		send_world_ask("%.*s%lld", (int)(at - ask), ask, (long long)now);
	else
		send_world_ask("%s", ask);
}

WQ_TEST(what_becomes_of_the_second)
{
	for (size_t i = 0; i < WQ_COUNT(seconds); i++) {
		begin();
		one_leaves(1);
		block_world_pass(79 * HOUR_MS);
		WQ_CHECK_STR("the first", con("blk,blk_state"), "1 -");
		one_leaves_of(2, seconds[i].members, seconds[i].sent, seconds[i].late);
		ask_at(seconds[i].ask, send_world_now());
		block_world_pass(79 * HOUR_MS);
		WQ_CHECK_STR(seconds[i].what, con("blk,blk_state"), seconds[i].want);
		send_world_end();
	}
}

WQ_TEST(one_that_arrived_since_says_that_the_other_proves_nothing)
{
	begin();
	one_leaves(1);
	send_world_leap(10 * HOUR_MS);
	one_leaves(2);
	told(2, "delivered");
	block_world_pass(79 * HOUR_MS);
	WQ_CHECK_STR("nothing", con("blk,blk_state"), "- -");
	WQ_CHECK_STR("it is looked at no more",
	             send_world_ask("EXISTS wq:{c}:due:blk wq:{c}:due:doubt"), "0");
	send_world_end();
}

WQ_TEST(no_verdict_while_the_account_is_ill_and_then_one)
{
	begin();
	one_leaves(1);
	block_world_pass(79 * HOUR_MS);
	one_leaves(2);
	send_world_leap(72 * HOUR_MS);
	send_world_pass(1);
	/* Today 60 of a hundred to others do not arrive, so far. */
	others_got(100, 0);
	send_world_ask(
		"EVAL for\ti=1,60\tdo\tredis.call('ZADD',KEYS[1],ARGV[1],'x'..i)end 1 wq:{c}:due:blk %lld",
		(long long)(send_world_now() / (6 * HOUR_MS) + 12) * 6 * HOUR_MS);
	(void)events();
	block_world_pass(7 * HOUR_MS);
	WQ_CHECK_STR("no verdict", con("blk,blk_state"), "1 -");
	WQ_CHECK_STR("it waits", send_world_ask("ZRANGE wq:{c}:due:doubt 0 -1"), "m:m2");
	WQ_CHECK_STR("is told", events(), "account.delivery_abnormal ");
	send_world_ask(
		"EVAL for\ti=1,60\tdo\tredis.call('ZREM',KEYS[1],'x'..i)end 1 wq:{c}:due:blk");
	block_world_pass(7 * HOUR_MS);
	WQ_CHECK_STR("and then one", con("blk,blk_state"), "2 probable");
	WQ_CHECK_STR("is told", events(), "account.delivery_normal contact.block_probable ");
	send_world_end();
}

WQ_TEST(a_clock_that_is_set_judges_nobody_early_and_forgets_nobody)
{
	begin();
	one_leaves(1);
	block_world_pass(79 * HOUR_MS);
	one_leaves(2);
	block_world_open();
	send_world_pass(3000);
	sw.calls.clock.wall_base_ms += 30 * DAY_MS;
	others_got(100, 2);
	send_world_pass(5000);
	WQ_CHECK_STR("forward by 30 days", con("blk,blk_state"), "1 -");
	block_world_close();
	sw.calls.clock.wall_base_ms -= 30 * DAY_MS;
	send_world_ask("ZADD wq:{c}:due:blk %lld m2",
	               (long long)(send_world_now()) + 33LL * DAY_MS);
	send_world_ask("ZADD wq:{c}:due:blk %lld other", (long long)send_world_now());
	block_world_pass(HOUR_MS); /* back again: what lies too far ahead is as if it were new */
	block_world_pass(79 * HOUR_MS);
	WQ_CHECK_STR("after as long again", con("blk,blk_state"), "2 probable");
	send_world_end();
}

/* One script of a sweep, and then its process is gone: nobody reads the answer. */
struct step {
	struct wq_redis_cmd cmd;
	bool done;
};

static void on_step(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT("script", rc, 0);
	WQ_OWNER(cmd, struct step, cmd)->done = true;
}

static bool is_done(void *ctx)
{
	return ((struct step *)ctx)->done;
}

static void look_and_die(void)
{
	struct wq_send_keys keys;
	struct step s = { .done = false };

	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, sw.redis, wq_str("c")), 0);
	WQ_CHECK_INT("look", wq_block_due_start(&keys, &s.cmd, send_world_now(), on_step), 0);
	send_world_until(is_done, &s, "looked");
}

static void settle_and_die(void)
{
	const struct wq_block_settle item = { .id = WQ_STR("m2"), .contact = WQ_STR("c1"), .what = WQ_BLOCK_COUNT,
		                              .before = 1, .row = 2, .state = WQ_BLOCK_PROBABLE };
	struct wq_send_keys keys;
	struct step s = { .done = false };

	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, sw.redis, wq_str("c")), 0);
	WQ_CHECK_INT("settle",
	             wq_block_settle_start(&keys, &s.cmd, send_world_now(), WQ_BLOCK_NORMAL, &item,
	                                   1, on_step),
	             0);
	send_world_until(is_done, &s, "settled");
}

WQ_TEST(a_sweep_that_dies_at_any_point_ends_once)
{
	static void (*const deaths[][3])(void) = {
		{ NULL },
		{ look_and_die },
		{ look_and_die, look_and_die },
		{ look_and_die, settle_and_die },
		{ look_and_die, settle_and_die, settle_and_die },
	};

	for (size_t i = 0; i < WQ_COUNT(deaths); i++) {
		begin();
		one_leaves(1);
		block_world_pass(79 * HOUR_MS);
		one_leaves(2);
		send_world_leap(79 * HOUR_MS);
		send_world_pass(1);
		for (size_t n = 0; n < WQ_COUNT(deaths[i]) && deaths[i][n]; n++)
			deaths[i][n]();
		block_world_pass(1000);
		WQ_CHECK_STR("once", con("blk,blk_state,blk_msgs"), "2 probable m1 m2");
		WQ_CHECK_STR("counted once", send_world_ask("HGET wq:{c}:total blk_probable"), "1");
		WQ_CHECK_STR("told once", events(), "contact.block_probable ");
		WQ_CHECK_STR("nothing waits",
		             send_world_ask("EXISTS wq:{c}:due:blk wq:{c}:due:doubt"), "0");
		send_world_end();
	}
}

/* As block_world_pass, where anything may fail. */
static void sweep_without_memory(void)
{
	const struct wq_due_opts o = { .loop = sw.calls.loop,
		                       .redis = sw.redis,
		                       .accounts = sw.accounts,
		                       .own_clock = true };

	send_world_ask("ZADD wq:{c}:due:blk 1 m2");
	send_world_ask("HSET " CON " blk 1");
	if (wq_due_create(&bw.due, &o) < 0)
		return;
	wq_block_sweeper_init(&bw.sweeper, sw.calls.loop, bw.due);
	wq_due_start(bw.due);
	send_world_pass(LOOK_MS);
	block_world_close();
}

WQ_TEST(without_memory_nothing_is_lost_and_nothing_twice)
{
	begin();
	one_leaves(1);
	block_world_pass(79 * HOUR_MS);
	one_leaves(2);
	block_world_pass(79 * HOUR_MS); /* scripts are known, and buffers have grown */
	wq_fault_allow(KEPT_BLOCKS);
	WQ_CHECK("some runs", wq_fault_sweep("blocks", sweep_without_memory, RUNS_MAX).runs > 3);
	block_world_pass(1000);
	WQ_CHECK_STR("it is found", con("blk,blk_state"), "2 probable");
	WQ_CHECK_STR("nothing waits", send_world_ask("EXISTS wq:{c}:due:blk wq:{c}:due:doubt"),
	             "0");
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
		WQ_CASE(what_becomes_of_the_second),
		WQ_CASE(one_that_arrived_since_says_that_the_other_proves_nothing),
		WQ_CASE(no_verdict_while_the_account_is_ill_and_then_one),
		WQ_CASE(a_clock_that_is_set_judges_nobody_early_and_forgets_nobody),
		WQ_CASE(a_sweep_that_dies_at_any_point_ends_once),
		WQ_CASE(without_memory_nothing_is_lost_and_nothing_twice),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
