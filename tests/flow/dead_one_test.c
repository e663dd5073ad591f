/* SPDX-License-Identifier: MIT */
/* dead_one_test.c — one letter on a real Redis: shown, edited, sent back, wherever the job that died is now. */
#include "queue/dead_one.h"

#include "base/err.h"
#include "store/dead_growth.h"
#include "support/dead_world.h"
#include "support/fault.h"
#include "support/test.h"

static struct wq_redisd server;
static struct wq_dead_world w;

#define ASK(...) wq_dead_world_ask(&w, __VA_ARGS__)

static int retry(const char *id, const char *data)
{
	return wq_dead_world_one(&w, WQ_DEAD_DO_RETRY, id, data);
}

static int edit(const char *id, const char *data)
{
	return wq_dead_world_one(&w, WQ_DEAD_DO_EDIT, id, data);
}

WQ_TEST(one_is_shown)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 3, 1, false);
	WQ_CHECK_INT("read", wq_dead_world_one(&w, WQ_DEAD_DO_READ, "3", NULL), 0);
	WQ_CHECK_SLICE("id", w.one.letter.id, "j3");
	WQ_CHECK_SLICE("reason", w.one.letter.reason, "HTTP 404");
	WQ_CHECK_INT("it waits", w.one.seen.state, WQ_JOB_WAITING);
	WQ_CHECK_INT("no such letter", wq_dead_world_one(&w, WQ_DEAD_DO_READ, "4", NULL),
	             WQ_DEAD_MISSING);
	WQ_CHECK_INT("to edit", edit("4", "{}"), WQ_DEAD_MISSING);
	WQ_CHECK_INT("to send", retry("4", NULL), WQ_DEAD_MISSING);
	wq_dead_world_end(&w);
}

WQ_TEST(the_job_is_still_there)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 2, 1, true);
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_STR("runs as", w.ids, "j1");
	WQ_CHECK_STR("it waits", ASK("LRANGE bull:q:wait 0 -1"), "j1");
	WQ_CHECK_STR("not failed any more", ASK("ZRANGE bull:q:failed 0 -1"), "j2");
	WQ_CHECK_STR("as when it was new",
	             ASK("HMGET bull:q:j1 atm stc failedReason finishedOn processedOn ats"),
	             "\n\n\n\n\n3");
	WQ_CHECK_STR("as it was", ASK("HMGET bull:q:j1 data timestamp"),
	             "{\"n\":1,\"businessId\":\"b1\",\"pad\":\"y\"}\n1");
	WQ_CHECK_STR("workers are told", ASK("EXISTS bull:q:marker"), "1");
	WQ_CHECK_STR("no letter", ASK("EXISTS bull:q-dlq:1"), "0");
	WQ_CHECK("clients are told",
	         strstr(ASK("XRANGE bull:q:events - +"), "waiting\njobId\nj1\nprev\nfailed"));
	WQ_CHECK("of the letter too",
	         strstr(ASK("XRANGE bull:q-dlq:events - +"), "removed\njobId\n1\nprev\nwaiting"));
	WQ_CHECK_INT("only once", retry("1", NULL), WQ_DEAD_MISSING);
	wq_dead_world_end(&w);
}

WQ_TEST(where_the_job_is_decides)
{
	/* before: done to job j1, which has failed */
	static const struct {
		const char *what, *before, *ran_as, *wait;
	} cases[] = {
		{ "gone", "DEL bull:q:j1 bull:q:failed", "j1", "j1" },
		{ "gone but for its place", "DEL bull:q:j1", "j1", "j1" },
		{ "the id is another's", "HSET bull:q:j1 timestamp 1700000000000", "1", "1" },
		{ "it runs again", "ZREM bull:q:failed j1", "1", "1" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		wq_dead_world_begin(&w, &server, NULL);
		wq_dead_world_seed(&w, 1, 1, 1, true);
		ASK("%s", cases[i].before);
		WQ_CHECK_INT(cases[i].what, retry("1", NULL), 0);
		WQ_CHECK_STR(cases[i].what, w.ids, cases[i].ran_as);
		WQ_CHECK_STR(cases[i].what, ASK("LRANGE bull:q:wait 0 -1"), cases[i].wait);
		WQ_CHECK_STR(cases[i].what, ASK("HMGET bull:q:%s atm name opts", cases[i].ran_as),
		             "\nsend\n{\"attempts\":3}");
		wq_dead_world_end(&w);
	}
}

WQ_TEST(other_queues)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 3, 1, true);
	ASK("HSET bull:q:meta paused 1");
	ASK("HSET bull:q:j1 opts {\"lifo\":true} priority 0");
	ASK("HSET bull:q:j2 priority 7");
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_INT("sent", retry("2", NULL), 0);
	WQ_CHECK_INT("sent", retry("3", NULL), 0);
	WQ_CHECK_STR("paused", ASK("LRANGE bull:q:paused 0 -1"), "j3\nj1");
	WQ_CHECK_STR("by its priority", ASK("ZRANGE bull:q:prioritized 0 -1"), "j2");
	WQ_CHECK_STR("nobody is told", ASK("EXISTS bull:q:marker"), "0");
	wq_dead_world_end(&w);
}

/* A letter of a job that is gone, with these options. */
static void put(const char *history)
{
	ASK("HSET bull:q-dlq:1 name send data {\"dlq\":%s} opts {} timestamp 5", history);
	ASK("LPUSH bull:q-dlq:wait 1");
}

WQ_TEST(options_of_a_job_that_is_gone)
{
	wq_dead_world_begin(&w, &server, NULL);
	ASK("LPUSH bull:q:wait other");
	put("{\"queue\":\"q\",\"id\":\"j1\",\"opts\":{\"lifo\":true,\"delay\":5000,\"attempts\":2}}");
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_STR("in front, at once", ASK("LRANGE bull:q:wait 0 -1"), "other\nj1");
	put("{\"queue\":\"q\",\"id\":\"j2\",\"opts\":{\"priority\":3}}");
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_STR("by its priority", ASK("ZRANGE bull:q:prioritized 0 -1"), "j2");
	WQ_CHECK_STR("and so in its hash", ASK("HGET bull:q:j2 priority"), "3");
	wq_dead_world_end(&w);
}

WQ_TEST(letters_that_nobody_wrote)
{
	static const struct {
		const char *history, *ran_as;
	} cases[] = {
		{ "{\"id\":\"j1\"}", "j1" },
		{ "{}", "1" },
		{ "{\"id\":\"paused\"}", "1" },
		{ "{\"id\":\"de:x\"}", "1" },
		{ "{\"id\":42}", "42" },
		{ "{\"id\":\"wait\",\"opts\":{\"priority\":\"x\",\"lifo\":{}}}", "1" },
		{ "7", "1" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		wq_dead_world_begin(&w, &server, NULL);
		put(cases[i].history);
		WQ_CHECK_INT(cases[i].history, retry("1", NULL), 0);
		WQ_CHECK_STR(cases[i].history, w.ids, cases[i].ran_as);
		WQ_CHECK_STR(cases[i].history, ASK("LRANGE bull:q:wait 0 -1"), cases[i].ran_as);
		wq_dead_world_end(&w);
	}
}

/* The child of a flow that failed is one again that its parent waits for. */
WQ_TEST(a_child_is_waited_for_again)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 2, 1, true);
	ASK("HSET bull:q:j1 parentKey bull:p:9 parent {\"id\":\"9\",\"queueKey\":\"bull:p\"}");
	ASK("HSET bull:p:9 name parent data {} opts {}");
	ASK("ZADD bull:p:waiting-children 1 9");
	ASK("HSET bull:p:9:failed bull:q:j1 reason");
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_STR("waited for", ASK("SMEMBERS bull:p:9:dependencies"), "bull:q:j1");
	WQ_CHECK_STR("not ignored", ASK("EXISTS bull:p:9:failed"), "0");
	WQ_CHECK_STR("the parent waits", ASK("ZCARD bull:p:waiting-children"), "1");
	wq_dead_world_end(&w);
}

/* Also when it had not been kept. */
WQ_TEST(a_child_that_is_gone_is_waited_for_again)
{
	static const struct {
		const char *what, *before, *waited_for, *parent_key;
	} cases[] = {
		{ "counted as failed", "HSET bull:p:9:failed bull:q:j1 reason", "bull:q:j1",
		  "bull:p:9" },
		{ "it made the parent fail", "ZADD bull:p:9:unsuccessful 1 bull:q:j1", "bull:q:j1",
		  "bull:p:9" },
		{ "not known there", "HSET bull:p:9:failed bull:q:other reason", "", "" },
		{ "the parent is gone", "DEL bull:p:9", "", "" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		wq_dead_world_begin(&w, &server, NULL);
		ASK("HSET bull:p:9 name parent data {} opts {}");
		ASK("%s", cases[i].before);
		put("{\"queue\":\"q\",\"id\":\"j1\",\"parentKey\":\"bull:p:9\","
		    "\"parent\":{\"id\":\"9\",\"queueKey\":\"bull:p\"}}");
		WQ_CHECK_INT(cases[i].what, retry("1", NULL), 0);
		WQ_CHECK_STR(cases[i].what, ASK("SMEMBERS bull:p:9:dependencies"),
		             cases[i].waited_for);
		WQ_CHECK_STR(cases[i].what, ASK("HGET bull:q:j1 parentKey"), cases[i].parent_key);
		wq_dead_world_end(&w);
	}
}

WQ_TEST(edited_then_sent)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 3, 1, true);
	WQ_CHECK_INT("edited", edit("1", "{\"to\": 1.50}"), 0);
	WQ_CHECK("with its history",
	         strstr(ASK("HGET bull:q-dlq:1 data"),
	                "{\"to\": 1.50,\"dlq\":{\"queue\":\"q\",\"id\":\"j1\""));
	WQ_CHECK_STR("the job is as it was", ASK("HGET bull:q:j1 data"),
	             "{\"n\":1,\"businessId\":\"b1\",\"pad\":\"y\"}");
	WQ_CHECK_INT("sent", retry("1", NULL), 0);
	WQ_CHECK_STR("edited", ASK("HGET bull:q:j1 data"), "{\"to\": 1.50}");
	WQ_CHECK_INT("both at once", retry("2", "[1.0]"), 0);
	WQ_CHECK_STR("edited", ASK("HGET bull:q:j2 data"), "[1.0]");
	WQ_CHECK_INT("an edit that is none", edit("3", "{"), WQ_DEAD_NOT_JSON);
	WQ_CHECK_INT("an edit that is none", retry("3", ""), WQ_DEAD_NOT_JSON);
	WQ_CHECK_STR("a letter still", ASK("LRANGE bull:q-dlq:wait 0 -1"), "3");
	wq_dead_world_end(&w);
}

static void on_stale(struct wq_dead_retry *d, int rc)
{
	w.rc = rc;
	w.ends++;
}

static void on_stale_edit(struct wq_dead_edit *d, int rc)
{
	w.rc = rc;
	w.ends++;
}

WQ_TEST(what_was_read_is_not_what_is_there)
{
	struct wq_dead_retry stale = { .id = wq_str("1"), .seen = wq_str("{}"), .data = wq_str("{}"),
		.opts = wq_str("{}"), .failed_at_ms = 1 };
	struct wq_dead_edit stale_edit = { .id = wq_str("1"),
		                           .seen = wq_str("{}"),
		                           .data = wq_str("{}") };
	struct wq_ref q;
	char before[64];

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 1, 1, true);
	WQ_CHECK_INT("ref", wq_ref_init(&q, w.redis.redis, wq_str("bull"), wq_str("q"), NULL), 0);
	snprintf(before, sizeof(before), "%s", ASK("DEBUG DIGEST"));
	w.ends = 0;
	WQ_CHECK_INT("started", wq_dead_retry_start(&w.ref, &q, 5, &stale, on_stale), 0);
	wq_dead_world_wait(&w);
	WQ_CHECK_INT("changed", stale.code, WQ_DEAD_CHANGED);
	w.ends = 0;
	WQ_CHECK_INT("started", wq_dead_edit_start(&w.ref, &stale_edit, on_stale_edit), 0);
	wq_dead_world_wait(&w);
	WQ_CHECK_INT("changed", stale_edit.code, WQ_DEAD_CHANGED);
	WQ_CHECK_STR("nothing is written", ASK("DEBUG DIGEST"), before);
	wq_ref_fini(&q);
	wq_dead_world_end(&w);
}

WQ_TEST(it_does_not_wait)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 2, 1, true);
	ASK("LMOVE bull:q-dlq:wait bull:q-dlq:active RIGHT LEFT");
	WQ_CHECK_INT("worked", retry("1", NULL), WQ_DEAD_STATE);
	WQ_CHECK_STR("still worked", ASK("LRANGE bull:q-dlq:active 0 -1"), "1");
	ASK("LREM bull:q-dlq:wait 1 2");
	ASK("ZADD bull:q-dlq:prioritized 5 2");
	WQ_CHECK_INT("one that somebody gave a priority", retry("2", NULL), 0);
	WQ_CHECK_STR("gone", ASK("EXISTS bull:q-dlq:prioritized"), "0");
	wq_dead_world_end(&w);
}

WQ_TEST(the_queue_is_not_fit_for_it)
{
	char before[64];

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 2, 1, true);
	ASK("HSET bull:q:meta version bullmq-pro:7.0.0");
	snprintf(before, sizeof(before), "%s", ASK("DEBUG DIGEST"));
	WQ_CHECK_INT("another library's", retry("1", NULL), WQ_DEAD_FOREIGN);
	WQ_CHECK_STR("nothing is written", ASK("DEBUG DIGEST"), before);
	ASK("HSET bull:q:meta version bullmq:5.0.0");
	ASK("SET bull:q:wait text");
	WQ_CHECK_INT("broken", retry("1", NULL), WQ_REDIS_WRONGTYPE);
	WQ_CHECK("says why", strstr(w.one.error, "WRONGTYPE"));
	WQ_CHECK_STR("a letter still", ASK("LRANGE bull:q-dlq:wait 0 -1"), "2\n1");
	ASK("DEL bull:q:wait");
	WQ_CHECK_INT("mended", retry("1", NULL), 0);
	wq_dead_world_end(&w);
}

static void on_growth(struct wq_dead_growth *g, int rc)
{
	w.rc = rc;
	w.ends++;
}

static void grow(struct wq_dead_growth *g, int64_t now_ms)
{
	w.ends = 0;
	WQ_CHECK_INT("started", wq_dead_growth_start(&w.ref, now_ms, g, on_growth), 0);
	wq_dead_world_wait(&w);
	WQ_CHECK_INT("told", w.rc, 0);
}

WQ_TEST(growth)
{
	struct wq_dead_growth g = { .letters = 0 };

	wq_dead_world_begin(&w, &server, NULL);
	grow(&g, 5);
	WQ_CHECK_INT("none",
	             g.letters + g.hour + g.day + (uint64_t)g.oldest_ms + (uint64_t)g.newest_ms, 0);
	wq_dead_world_seed(&w, 1, 100, 1, false); /* came at 1001 … 1100 */
	grow(&g, 3600000 + 1091);
	WQ_CHECK_INT("letters", g.letters, 100);
	WQ_CHECK_INT("of the last hour", g.hour, 10);
	WQ_CHECK_INT("of the last day", g.day, 100);
	WQ_CHECK_INT("oldest", g.oldest_ms, 1001);
	WQ_CHECK_INT("newest", g.newest_ms, 1100);
	ASK("LPUSH bull:q-dlq:paused 0:5");
	grow(&g, 86400000 + 1101);
	WQ_CHECK_INT("a mark is none", g.letters, 100);
	WQ_CHECK_INT("all older", g.day, 0);
	wq_dead_world_end(&w);
}

enum { SWEPT_RETRY, SWEPT_EDIT } swept;

static void sweep(void)
{
	int code;

	ASK("EVALSHA %s 1 bull: 1 1 1 1", w.seed.sha);
	code = swept == SWEPT_EDIT ? edit("1", "{\"new\":1}") : retry("1", "{\"new\":1}");
	wq_redis_world_until_ready(&w.redis);
	WQ_CHECK("done, or told", code <= 0);
	if (code == 0)
		WQ_CHECK("data",
		         strstr(ASK("HGET bull:%s data", swept == SWEPT_EDIT ? "q-dlq:1" : "q:j1"),
		                "{\"new\":1"));
	wq_dead_one_fini(&w.one);
	ASK("DEL bull:q-dlq:wait bull:q:wait");
}

WQ_TEST(memory_may_run_out_anywhere)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 1, 1, true);
	for (swept = SWEPT_RETRY; swept <= SWEPT_EDIT; swept++) {
		ASK("DEL bull:q-dlq:wait");
		sweep(); /* what the connection keeps for later is there then */
		WQ_CHECK("tried", wq_fault_sweep("one", sweep, 200).runs >= 5);
	}
	wq_dead_world_end(&w);
}

static int start(void **state)
{
	wq_redisd_start(&server, NULL);
	return 0;
}

static int stop(void **state)
{
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(one_is_shown),
		WQ_CASE(the_job_is_still_there),
		WQ_CASE(where_the_job_is_decides),
		WQ_CASE(other_queues),
		WQ_CASE(options_of_a_job_that_is_gone),
		WQ_CASE(letters_that_nobody_wrote),
		WQ_CASE(a_child_is_waited_for_again),
		WQ_CASE(a_child_that_is_gone_is_waited_for_again),
		WQ_CASE(edited_then_sent),
		WQ_CASE(what_was_read_is_not_what_is_there),
		WQ_CASE(it_does_not_wait),
		WQ_CASE(the_queue_is_not_fit_for_it),
		WQ_CASE(growth),
		WQ_CASE(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests_name(__FILE__, all, start, stop) != 0;
}
