/* SPDX-License-Identifier: MIT */
/* dead_letters_test.c — walks through dead letters on a real Redis: what is seen, what becomes of it. */
#include "queue/dead_letters.h"

#include "base/clock.h"
#include "base/err.h"
#include "support/dead_world.h"
#include "support/fault.h"
#include "support/test.h"

static struct wq_redisd server;
static struct wq_dead_world w;

static void digest(char out[64])
{
	snprintf(out, 64, "%s", wq_redisd_ask(&server, "DEBUG DIGEST"));
}

static void check_counts(uint64_t seen, uint64_t matched, uint64_t done, uint64_t missed)
{
	WQ_CHECK_INT("seen", w.walk.seen, seen);
	WQ_CHECK_INT("matched", w.walk.matched, matched);
	WQ_CHECK_INT("done", w.walk.done, done);
	WQ_CHECK_INT("missed", w.walk.missed, missed);
}

WQ_TEST(a_dry_run_counts_and_touches_nothing)
{
	char before[64], after[64];

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 250, 1, true);
	digest(before);
	wq_dead_world_walk(&w)->filter.error = wq_str("http 404");
	w.walk.filter.account = wq_str("b1");
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(250, 42, 0, 0);
	WQ_CHECK_INT("told", w.told, 42);
	WQ_CHECK_INT("total", w.walk.total, 250);
	WQ_CHECK_INT("all of them", w.walk.next, 0);
	WQ_CHECK("the oldest first", strncmp(w.ids, "3 9 15 ", 7) == 0);
	digest(after);
	WQ_CHECK_STR("untouched", after, before);
	wq_dead_world_end(&w);
}

WQ_TEST(none_is_there)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_walk(&w);
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(0, 0, 0, 0);
	wq_dead_world_walk(&w)->from = 17;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(0, 0, 0, 0);
	WQ_CHECK_STR("nothing is written", wq_redisd_ask(&server, "DBSIZE"), "0");
	wq_dead_world_end(&w);
}

WQ_TEST(a_filter_is_sent_back)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 230, 1, false);
	wq_dead_world_walk(&w)->filter = (struct wq_dead_filter){ .name = wq_str("send"),
		                                                  .since_ms = 1011 };
	w.wish = WQ_DEAD_RETRY;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(230, 165, 165, 0);
	WQ_CHECK_STR("letters left", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"), "65");
	WQ_CHECK_STR("in their order", wq_dead_world_ask(&w, "LRANGE bull:q-dlq:wait -11 -9"),
	             "12\n10\n9");
	WQ_CHECK_STR("jobs", wq_dead_world_ask(&w, "LLEN bull:q:wait"), "165");
	WQ_CHECK_STR("the oldest runs first", wq_dead_world_ask(&w, "LINDEX bull:q:wait -1"),
	             "j11");
	WQ_CHECK_STR(
		"as it was",
		wq_dead_world_ask(&w, "HMGET bull:q:j11 name data opts delay priority"),
		"send\n{\"n\":11,\"businessId\":\"b1\",\"pad\":\"y\"}\n{\"attempts\":3}\n0\n0");
	WQ_CHECK_STR("a worker is told", wq_dead_world_ask(&w, "ZRANGE bull:q:marker 0 -1"), "0");
	WQ_CHECK_STR("the letter is gone", wq_dead_world_ask(&w, "EXISTS bull:q-dlq:11"), "0");
	wq_dead_world_end(&w);
}

WQ_TEST(some_are_removed)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 230, 1, true);
	wq_dead_world_walk(&w)->filter.until_ms = 1101;
	w.wish = WQ_DEAD_REMOVE;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(230, 100, 100, 0);
	WQ_CHECK_STR("letters left", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"), "130");
	WQ_CHECK_STR("the younger ones", wq_dead_world_ask(&w, "LINDEX bull:q-dlq:wait -1"), "101");
	WQ_CHECK_STR("the jobs stay", wq_dead_world_ask(&w, "ZCARD bull:q:failed"), "230");
	WQ_CHECK_STR("no hash is left", wq_dead_world_ask(&w, "EXISTS bull:q-dlq:1 bull:q-dlq:100"),
	             "0");
	wq_dead_world_end(&w);
}

static uint64_t now_us(void)
{
	return wq_clock_system()->mono_us(wq_clock_system());
}

WQ_TEST(at_a_rate)
{
	uint64_t began;

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 12, 1, false);
	wq_dead_world_walk(&w)->per_second = 50;
	w.wish = WQ_DEAD_RETRY;
	began = now_us();
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(12, 12, 12, 0);
	WQ_CHECK("no faster", now_us() - began >= 12 * 1000000 / 50);
	wq_dead_world_end(&w);
}

WQ_TEST(pages)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 130, 1, false);
	wq_dead_world_walk(&w)->filter.name = wq_str("other");
	w.enough = 2;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(11, 2, 0, 0);
	WQ_CHECK_INT("there it goes on", w.walk.next, 11);
	wq_dead_world_walk(&w)->from = 11;
	w.walk.look_max = 100;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(100, 100, 0, 0);
	WQ_CHECK("its first", strncmp(w.ids, "12 ", 3) == 0);
	WQ_CHECK_INT("there it goes on", w.walk.next, 111);
	wq_dead_world_walk(&w)->from = 111;
	w.wish = WQ_DEAD_REMOVE;
	w.enough = 5;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(5, 5, 5, 0);
	WQ_CHECK_INT("those behind have moved up", w.walk.next, 111);
	wq_dead_world_walk(&w)->from = 111;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(14, 14, 0, 0);
	WQ_CHECK("its first", strncmp(w.ids, "117 ", 4) == 0);
	WQ_CHECK_INT("the end", w.walk.next, 0);
	wq_dead_world_end(&w);
}

static void stop_third(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told == 3)
		wq_dead_walk_stop(&world->walk);
}

WQ_TEST(not_more_than)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 130, 1, false);
	wq_dead_world_walk(&w)->filter.error = wq_str("404");
	w.walk.act_max = 40;
	w.wish = WQ_DEAD_REMOVE;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(122, 40, 40, 0);
	WQ_CHECK_STR("left", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"), "90");
	WQ_CHECK_STR("behind the last",
	             wq_dead_world_ask(&w, "EXISTS bull:q-dlq:120 bull:q-dlq:123"), "1");
	WQ_CHECK_INT("there it goes on", w.walk.next, 82);
	wq_dead_world_end(&w);
}

WQ_TEST(stopped_midway)
{
	static const uint32_t rates[] = { 0, 1 };

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 10, 1, false);
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	w.meddle = stop_third;
	WQ_CHECK_INT("stopped", wq_dead_world_run(&w), WQ_ECANCELED);
	check_counts(3, 3, 3, 0);
	WQ_CHECK_STR("after the letter in flight", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"),
	             "7");
	for (size_t i = 0; i < WQ_COUNT(rates); i++) {
		wq_dead_world_walk(&w)->per_second = rates[i];
		w.wish = WQ_DEAD_RETRY;
		w.ends = 0;
		WQ_CHECK_INT("started", wq_dead_walk_start(&w.walk, w.redis.loop, &w.ref), 0);
		wq_dead_walk_stop(&w.walk);
		WQ_CHECK_INT("not inside the call", w.ends, 0);
		wq_dead_world_wait(&w);
		WQ_CHECK_INT("stopped", w.rc, WQ_ECANCELED);
		check_counts(0, 0, 0, 0);
	}
	wq_dead_world_end(&w);
}

static bool has_waited(void *ctx)
{
	return wq_timer_active(&w.walk.timer);
}

WQ_TEST(stopped_while_it_waits_for_its_rate)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 10, 1, false);
	for (int forgotten = 0; forgotten < 2; forgotten++) {
		wq_dead_world_walk(&w)->per_second = 1;
		w.wish = WQ_DEAD_REMOVE;
		w.ends = 0;
		WQ_CHECK_INT("started", wq_dead_walk_start(&w.walk, w.redis.loop, &w.ref), 0);
		WQ_CHECK("waits", wq_redis_world_wait(&w.redis, has_waited, NULL));
		if (forgotten) {
			wq_dead_walk_forget(&w.walk);
			wq_redis_world_turn(&w.redis, 50);
			WQ_CHECK_INT("nobody is told", w.ends, 0);
			continue;
		}
		wq_dead_walk_stop(&w.walk);
		WQ_CHECK_INT("not inside the call", w.ends, 0);
		wq_dead_world_wait(&w);
		WQ_CHECK_INT("stopped", w.rc, WQ_ECANCELED);
		check_counts(1, 1, 1, 0);
	}
	wq_dead_world_end(&w);
}

/* 2 is changed, 3 taken by a consumer, 4 removed, while the walk holds the page. */
static void others(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told == 2)
		wq_dead_world_ask(world, "HSET bull:q-dlq:2 data {\"new\":1}");
	if (world->told == 3)
		wq_dead_world_ask(world, "EVAL redis.call('LREM','bull:q-dlq:wait',1,'3')"
		                         "redis.call('LPUSH','bull:q-dlq:active','3') 0");
	if (world->told == 4)
		wq_dead_world_ask(world, "EVAL redis.call('LREM','bull:q-dlq:wait',1,'4')"
		                         "redis.call('DEL','bull:q-dlq:4') 0");
}

static void take_fourth(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told == 4)
		others(world, l);
}

WQ_TEST(others_take_and_change_letters_meanwhile)
{
	static const enum wq_dead_wish wishes[] = { WQ_DEAD_RETRY, WQ_DEAD_REMOVE };

	for (size_t i = 0; i < WQ_COUNT(wishes); i++) {
		bool retry = wishes[i] == WQ_DEAD_RETRY;

		wq_dead_world_begin(&w, &server, NULL);
		wq_dead_world_seed(&w, 1, 6, 1, false);
		wq_dead_world_ask(&w, "SET bull:q-dlq:3:lock x");
		wq_dead_world_walk(&w);
		w.wish = wishes[i];
		w.meddle = others;
		WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
		check_counts(6, 6, retry ? 3 : 4, retry ? 3 : 2);
		WQ_CHECK_STR("told", w.ids, "1 2 3 4 5 6 ");
		WQ_CHECK_STR("left", wq_dead_world_ask(&w, "LRANGE bull:q-dlq:wait 0 -1"),
		             retry ? "2" : "");
		WQ_CHECK_STR("sent", wq_dead_world_ask(&w, "LRANGE bull:q:wait 0 -1"),
		             retry ? "j6\nj5\nj1" : "");
		wq_dead_world_end(&w);
	}
}

/* What is sent back dies again at once. */
static void die_again(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	wq_dead_world_ask(
		world,
		"EVAL redis.call('COPY','bull:q-dlq:1','bull:q-dlq:%u')redis.call('LPUSH','bull:q-dlq:wait',%u) 0",
		world->told + 100, world->told + 100);
}

WQ_TEST(letters_that_others_took_are_no_longer_in_the_way)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 120, 1, false);
	wq_dead_world_walk(&w)->filter.until_ms = 1120;
	w.wish = WQ_DEAD_REMOVE;
	w.meddle = take_fourth;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(120, 119, 118, 1);
	wq_dead_world_end(&w);
}

/* The oldest go, as they do when there are too many. */
static void drop_oldest(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told % 50 == 20)
		wq_dead_world_ask(world, "RPOP bull:q-dlq:wait 30");
}

WQ_TEST(letters_that_go_in_front_hide_none_behind)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 450, 1, false);
	wq_dead_world_walk(&w);
	w.meddle = drop_oldest;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(450, 450, 0, 0);
	WQ_CHECK_STR("most are gone", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"), "180");
	wq_dead_world_end(&w);
}

WQ_TEST(letters_that_come_back_do_not_keep_it_going)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 5, 1, false);
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	w.meddle = die_again;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(5, 5, 5, 0);
	WQ_CHECK_STR("new letters", wq_dead_world_ask(&w, "LLEN bull:q-dlq:wait"), "5");
	wq_dead_world_end(&w);
}

WQ_TEST(large_letters)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 1, 1, false);
	wq_dead_world_seed(&w, 2, 4, 3000000, false);
	wq_dead_world_seed(&w, 5, 5, 17000000, false);
	wq_dead_world_seed(&w, 6, 6, 1, false);
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(6, 5, 5, 0);
	WQ_CHECK_INT("too large", w.walk.unread, 1);
	WQ_CHECK_STR("told", w.ids, "1 2 3 4 6 ");
	WQ_CHECK_STR("left", wq_dead_world_ask(&w, "LRANGE bull:q-dlq:wait 0 -1"), "5");
	WQ_CHECK_STR("whole", wq_dead_world_ask(&w, "HSTRLEN bull:q:j3 data"), "3000034");
	wq_dead_world_end(&w);
}

/* Ids without a job, jobs of other shapes, and a queue that is paused. */
WQ_TEST(what_others_leave_there)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_ask(&w, "LPUSH bull:q-dlq:paused nothing 7 8 9");
	wq_dead_world_ask(&w, "HSET bull:q-dlq:7 name a data {\"a\":1} opts {} timestamp 5");
	wq_dead_world_ask(&w, "HSET bull:q-dlq:8 name b data {broken");
	wq_dead_world_ask(&w, "HSET bull:q-dlq:9 data {\"dlq\":{\"queue\":\"a:b\"}}");
	wq_dead_world_ask(&w, "HSET bull:q-dlq:meta paused 1 opts.maxLenEvents 10");
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	WQ_CHECK_INT("ran", wq_dead_world_run(&w), 0);
	check_counts(3, 3, 2, 1);
	WQ_CHECK_STR("nowhere to go", wq_dead_world_ask(&w, "LRANGE bull:q-dlq:paused 0 -1"),
	             "9\nnothing");
	WQ_CHECK_STR("to the queue beside", wq_dead_world_ask(&w, "LRANGE bull:q:wait 0 -1"),
	             "2\n1");
	WQ_CHECK_STR("as it was", wq_dead_world_ask(&w, "HMGET bull:q:2 name data opts"),
	             "b\n{broken\n{\"attempts\":0}");
	wq_dead_world_end(&w);
}

static void impatient(struct wq_redis_opts *o)
{
	o->command_timeout_ms = 500;
	o->wait_ms = 200;
	o->backoff_max_ms = 100;
}

static void kill_redis(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told == 3)
		wq_redisd_kill(world->server);
}

static void flush_scripts(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	wq_dead_world_ask(world, "SCRIPT FLUSH");
}

static void read_only(struct wq_dead_world *world, const struct wq_dead_letter *l)
{
	if (world->told == 3)
		wq_dead_world_ask(world, "REPLICAOF 127.0.0.1 1");
}

WQ_TEST(redis_goes_away)
{
	wq_dead_world_begin(&w, &server, impatient);
	wq_dead_world_seed(&w, 1, 5, 1, false);
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	w.meddle = kill_redis;
	WQ_CHECK("failed", wq_dead_world_run(&w) < 0);
	check_counts(3, 3, 2, 0);
	wq_redisd_run(&server);
	wq_redis_world_until_ready(&w.redis);
	wq_dead_world_walk(&w);
	WQ_CHECK_INT("goes on", wq_dead_world_run(&w), 0);
	wq_dead_world_end(&w);
}

WQ_TEST(redis_says_no)
{
	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 5, 1, false);
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	w.meddle = read_only;
	WQ_CHECK_INT("failed", wq_dead_world_run(&w), WQ_REDIS_READONLY);
	WQ_CHECK("and says why", strstr(w.walk.error, "READONLY"));
	check_counts(3, 3, 2, 0);
	wq_dead_world_ask(&w, "REPLICAOF NO ONE");
	WQ_CHECK_STR("a letter still", wq_dead_world_ask(&w, "LRANGE bull:q-dlq:wait 0 -1"),
	             "5\n4\n3");
	wq_dead_world_walk(&w);
	w.wish = WQ_DEAD_RETRY;
	w.meddle = flush_scripts;
	WQ_CHECK_INT("scripts are sent again", wq_dead_world_run(&w), 0);
	check_counts(3, 3, 3, 0);
	wq_dead_world_ask(&w, "DEL bull:q-dlq:wait");
	wq_dead_world_ask(&w, "SET bull:q-dlq:wait x");
	wq_dead_world_walk(&w);
	WQ_CHECK_INT("a broken queue", wq_dead_world_run(&w), WQ_REDIS_WRONGTYPE);
	wq_dead_world_end(&w);
}

enum { SWEPT = 6 };
static enum wq_dead_wish swept_wish;

/* Words of Lua are parted by tabs. */
static const char places[] =
	"EVAL return\tredis.call('LLEN','bull:q:wait')+redis.call('LLEN','bull:q-dlq:wait') 0";

/* By another process: the letters themselves need no memory of ours. */
static void sweep(void)
{
	wq_dead_world_ask(&w, "EVALSHA %s 1 bull: 1 %d 1 1", w.seed.sha, SWEPT);
	wq_dead_world_walk(&w)->filter.error = wq_str("HTTP");
	w.wish = swept_wish;
	w.ends = 0;
	if (wq_dead_walk_start(&w.walk, w.redis.loop, &w.ref) == 0)
		wq_dead_world_wait(&w);
	else
		w.rc = WQ_ENOMEM;
	wq_redis_world_until_ready(&w.redis);
	WQ_CHECK("all, or told", w.rc < 0 || w.walk.done == SWEPT);
	if (swept_wish == WQ_DEAD_RETRY)
		WQ_CHECK_STR("a letter or a job", wq_redisd_ask(&server, places), "6");
	wq_dead_world_ask(&w, "DEL bull:q-dlq:wait bull:q:wait");
}

WQ_TEST(memory_may_run_out_anywhere)
{
	static const enum wq_dead_wish wishes[] = { WQ_DEAD_RETRY, WQ_DEAD_REMOVE };

	wq_dead_world_begin(&w, &server, NULL);
	wq_dead_world_seed(&w, 1, 1, 1, true);
	for (size_t i = 0; i < WQ_COUNT(wishes); i++) {
		swept_wish = wishes[i];
		wq_dead_world_ask(&w, "DEL bull:q-dlq:wait");
		sweep(); /* what the connection keeps for later is there then */
		WQ_CHECK("tried", wq_fault_sweep("walk", sweep, 400).runs >= 10);
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
		WQ_CASE(a_dry_run_counts_and_touches_nothing),
		WQ_CASE(none_is_there),
		WQ_CASE(a_filter_is_sent_back),
		WQ_CASE(some_are_removed),
		WQ_CASE(at_a_rate),
		WQ_CASE(pages),
		WQ_CASE(not_more_than),
		WQ_CASE(stopped_midway),
		WQ_CASE(stopped_while_it_waits_for_its_rate),
		WQ_CASE(others_take_and_change_letters_meanwhile),
		WQ_CASE(letters_that_others_took_are_no_longer_in_the_way),
		WQ_CASE(letters_that_go_in_front_hide_none_behind),
		WQ_CASE(letters_that_come_back_do_not_keep_it_going),
		WQ_CASE(large_letters),
		WQ_CASE(what_others_leave_there),
		WQ_CASE(redis_goes_away),
		WQ_CASE(redis_says_no),
		WQ_CASE(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests_name(__FILE__, all, start, stop) != 0;
}
