/* SPDX-License-Identifier: MIT */
/* dead_worker_test.c — jobs die in a worker, their letters come back to it; how many letters there are, and how old. */
#include <stdlib.h>

#include "base/metrics.h"
#include "queue/worker.h"
#include "support/dead_world.h"
#include "support/test.h"

static struct wq_redisd server;
static struct wq_dead_world w;
static struct wq_worker *worker;
static bool cured, closed; /* jobs do not fail any more */
static unsigned runs;

#define ASK(...) wq_dead_world_ask(&w, __VA_ARGS__)

static void run(void *ctx, struct wq_task *t)
{
	runs++;
	if (cured || wq_str_is(t->job->name, "ok"))
		wq_task_complete(t, wq_str("1"));
	else
		wq_task_fail(t, &(struct wq_failure){ .reason = wq_str("no answer within 250 ms"),
		                                      .stack = wq_str("at line 3") });
}

static void begin(uint32_t most, uint32_t age_s)
{
	static const struct wq_handler handler = { .run = run };
	struct wq_worker_opts o;
	struct wq_redis_opts conn;

	wq_dead_world_begin(&w, &server, NULL);
	cured = closed = false;
	runs = 0;
	wq_worker_opts_init(&o);
	o.queue = "q";
	o.concurrency = 10;
	o.dead_letters = true;
	o.dead_letters_max = most;
	o.dead_letters_age_s = age_s;
	wq_redis_opts_init(&conn);
	conn.url = server.url;
	WQ_CHECK_INT("worker",
	             wq_worker_create(&worker, w.redis.loop, w.redis.resolver, w.redis.redis, &conn,
	                              &o, &handler),
	             0);
}

static void on_closed(void *ctx)
{
	closed = true;
}

static bool is_closed(void *ctx)
{
	return closed;
}

static void end(void)
{
	wq_worker_close(worker, on_closed, NULL);
	WQ_CHECK("closed", wq_redis_world_wait(&w.redis, is_closed, NULL));
	wq_dead_world_end(&w);
}

static void add(const char *id, const char *name, const char *opts)
{
	ASK("HSET bull:q:%s name %s data {\"to\":\"+1\",\"n\":1.50} opts %s timestamp 1 priority 0 delay 0",
	    id, name, opts);
	ASK("LPUSH bull:q:wait %s", id);
	ASK("ZADD bull:q:marker 0 0");
}

struct want {
	const char *command, *answer;
};

static bool is_so(void *ctx)
{
	const struct want *want = ctx;

	return strcmp(ASK("%s", want->command), want->answer) == 0;
}

static void wait_for(const char *command, const char *answer)
{
	struct want want = { command, answer };

	if (!wq_redis_world_wait(&w.redis, is_so, &want))
		WQ_CHECK_STR(command, ASK("%s", command), answer);
}

static int64_t now_ms(void)
{
	return wq_loop_wall_ms(w.redis.loop);
}

WQ_TEST(a_job_dies_and_comes_back)
{
	static const char *const keeps[] = { "{\"attempts\":2}",
		                             "{\"attempts\":2,\"removeOnFail\":true}" };

	for (size_t i = 0; i < WQ_COUNT(keeps); i++) {
		begin(100, 0);
		add("mine", "send", keeps[i]);
		wait_for("LLEN bull:q-dlq:wait", "1");
		WQ_CHECK_STR("kept or not", ASK("EXISTS bull:q:mine"), i == 0 ? "1" : "0");
		WQ_CHECK_INT("shown", wq_dead_world_one(&w, WQ_DEAD_DO_READ, "1", NULL), 0);
		WQ_CHECK_SLICE("queue", w.one.letter.queue, "q");
		WQ_CHECK_SLICE("id", w.one.letter.id, "mine");
		WQ_CHECK_SLICE("name", w.one.letter.job->name, "send");
		WQ_CHECK_SLICE("reason", w.one.letter.reason, "no answer within 250 ms");
		WQ_CHECK_INT("attempts", w.one.letter.attempts_made, 2);
		WQ_CHECK_INT("traces", yyjson_arr_size(w.one.letter.stacktrace), 2);
		WQ_CHECK("just now", llabs(w.one.letter.failed_at_ms - now_ms()) < 60000);
		WQ_CHECK_INT("sent", wq_dead_world_one(&w, WQ_DEAD_DO_RETRY, "1", NULL), 0);
		WQ_CHECK_STR("as itself", w.ids, "mine");
		wait_for("LLEN bull:q-dlq:wait", "1");
		WQ_CHECK_INT("two more attempts, and dead again", runs, 4);
		cured = true;
		WQ_CHECK_INT("sent", wq_dead_world_one(&w, WQ_DEAD_DO_RETRY, "2", NULL), 0);
		wait_for("ZRANGE bull:q:completed 0 -1", "mine");
		WQ_CHECK_STR("it ran", ASK("HMGET bull:q:mine atm returnvalue data"),
		             "1\n1\n{\"to\":\"+1\",\"n\":1.50}");
		WQ_CHECK_STR("no letter", ASK("EXISTS bull:q-dlq:wait bull:q-dlq:1 bull:q-dlq:2"),
		             "0");
		end();
	}
}

/* The letter tells of its parent, and a failure that was decided elsewhere makes one too. */
WQ_TEST(a_child_of_a_flow_and_a_deferred_failure)
{
	begin(100, 0);
	ASK("HSET bull:p:9 name parent data {} opts {}");
	ASK("SADD bull:p:9:dependencies bull:q:mine");
	ASK("ZADD bull:p:waiting-children 1 9");
	ASK("HSET bull:q:mine parentKey bull:p:9 parent {\"id\":\"9\",\"queueKey\":\"bull:p\",\"idof\":true}");
	add("mine", "send", "{\"removeOnFail\":true}");
	wait_for("LLEN bull:q-dlq:wait", "1");
	WQ_CHECK_STR("the parent went on", ASK("LRANGE bull:p:wait 0 -1"), "9");
	WQ_CHECK_INT("sent", wq_dead_world_one(&w, WQ_DEAD_DO_RETRY, "1", NULL), 0);
	WQ_CHECK_SLICE("parent", w.one.letter.parent_key, "bull:p:9");
	wait_for("GET bull:q-dlq:id", "2"); /* it has died again */
	ASK("HSET bull:q:late defa job_stalled_more_than_allowable_limit");
	add("late", "ok", "{\"attempts\":5}");
	wait_for("LLEN bull:q-dlq:wait", "2");
	WQ_CHECK_INT("shown", wq_dead_world_one(&w, WQ_DEAD_DO_READ, "3", NULL), 0);
	WQ_CHECK_SLICE("reason", w.one.letter.reason, "job_stalled_more_than_allowable_limit");
	end();
}

WQ_TEST(what_does_not_die_leaves_no_letter)
{
	begin(100, 0);
	add("1", "ok", "{}");
	add("2", "send", "{\"attempts\":2,\"backoff\":60000}");
	wait_for("ZCARD bull:q:delayed", "1");
	wait_for("ZCARD bull:q:completed", "1");
	WQ_CHECK_STR("no letter", ASK("EXISTS bull:q-dlq:id"), "0");
	end();
}

WQ_TEST(letters_are_bounded)
{
	begin(3, 0);
	for (char id[2] = "a"; id[0] <= 'e'; id[0]++)
		add(id, "send", "{}");
	wait_for("ZCARD bull:q:failed", "5");
	WQ_CHECK_STR("the newest", ASK("LRANGE bull:q-dlq:wait 0 -1"), "5\n4\n3");
	WQ_CHECK_STR("with all that was theirs", ASK("EXISTS bull:q-dlq:1 bull:q-dlq:2"), "0");
	WQ_CHECK("clients are told",
	         strstr(ASK("XRANGE bull:q-dlq:events - +"), "removed\njobId\n1\nprev\nwaiting"));
	end();
}

WQ_TEST(a_bound_that_was_lowered)
{
	begin(3, 0);
	wq_dead_world_seed(&w, 1, 30, 1, false);
	add("a", "send", "{}");
	wait_for("ZCARD bull:q:failed", "1");
	WQ_CHECK_STR("ten at once", ASK("LLEN bull:q-dlq:wait"), "21");
	add("b", "send", "{}");
	add("c", "send", "{}");
	wait_for("ZCARD bull:q:failed", "3");
	WQ_CHECK_STR("until it fits", ASK("LRANGE bull:q-dlq:wait 0 -1"), "33\n32\n31");
	end();
}

WQ_TEST(old_letters_go)
{
	begin(100, 60);
	wq_dead_world_seed(&w, 1, 4, 1, false);
	ASK("HSET bull:q-dlq:3 timestamp %lld", (long long)now_ms() - 5000);
	ASK("HSET bull:q-dlq:4 timestamp %lld", (long long)now_ms() - 5000);
	add("a", "send", "{}");
	wait_for("ZCARD bull:q:failed", "1");
	WQ_CHECK_STR("younger than a minute", ASK("LRANGE bull:q-dlq:wait 0 -1"), "5\n4\n3");
	WQ_CHECK_STR("with all that was theirs", ASK("EXISTS bull:q-dlq:1 bull:q-dlq:2"), "0");
	end();
}

WQ_TEST(they_are_counted)
{
	struct wq_metrics m;
	struct wq_buf b;

	begin(100, 0);
	wq_metrics_init(&m);
	wq_worker_add_metrics(worker, &m);
	add("1", "ok", "{}");
	add("2", "send", "{\"attempts\":2}");
	add("3", "send", "{}");
	wait_for("ZCARD bull:q:failed", "2");
	wait_for("ZCARD bull:q:completed", "1");
	wq_buf_init(&b, 100000);
	WQ_CHECK_INT("metrics", wq_metrics_write(&m, &b), 0);
	WQ_CHECK("letters",
	         strstr(wq_buf_text(&b), "\nwillaq_worker_dead_letters_total{queue=\"q\"} 2\n"));
	wq_buf_fini(&b);
	end();
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
		WQ_CASE(a_job_dies_and_comes_back),
		WQ_CASE(a_child_of_a_flow_and_a_deferred_failure),
		WQ_CASE(what_does_not_die_leaves_no_letter),
		WQ_CASE(letters_are_bounded),
		WQ_CASE(a_bound_that_was_lowered),
		WQ_CASE(old_letters_go),
		WQ_CASE(they_are_counted),
	};

	return cmocka_run_group_tests_name(__FILE__, all, start, stop) != 0;
}
