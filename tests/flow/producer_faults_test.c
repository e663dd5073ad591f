/* SPDX-License-Identifier: MIT */
/* producer_faults_test.c — adds on a Redis that is away, stopped, killed, full or a replica; and without memory. */
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/producer_world.h"
#include "support/test.h"

enum { MANY = 400 };

static struct wq_producer_world w;
static struct wq_produced p[MANY];

static void quick(struct wq_redis_opts *o)
{
	o->connect_timeout_ms = 300;
	o->command_timeout_ms = 400;
	o->wait_ms = 600;
}

static void patient(struct wq_redis_opts *o)
{
	o->wait_ms = 1000;
}

static void give_many(size_t n)
{
	for (size_t i = 0; i < n; i++)
		WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[i], wq_produced_item("")), 0);
}

static size_t count(size_t n, int rc)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i].rc == rc;
	return found;
}

static long jobs_there(void)
{
	return atol(wq_redisd_ask(&w.server, "LLEN bull:q:wait"));
}

WQ_TEST(what_is_known_after_each_outcome)
{
	static const int certain[] = { WQ_EAWAY, WQ_EFULL, WQ_ENOMEM, WQ_ETOOBIG, WQ_ECANCELED, WQ_REDIS_OOM,
		                       WQ_REDIS_READONLY, WQ_REDIS_LOADING, WQ_REDIS_MISCONF };
	static const int unknown[] = { WQ_ELOST, WQ_ETIMEDOUT, WQ_EREPLY, WQ_EPROTO,
		                       WQ_REDIS_WRONGTYPE };

	for (size_t i = 0; i < WQ_COUNT(certain); i++)
		WQ_CHECK("nothing was added", wq_producer_certain(certain[i]));
	for (size_t i = 0; i < WQ_COUNT(unknown); i++)
		WQ_CHECK("nobody knows", !wq_producer_certain(unknown[i]));
}

WQ_TEST(a_server_that_is_away)
{
	wq_producer_world_begin(&w, NULL, quick, false);
	wq_producer_set_patience(w.producer, 700);
	give_many(MANY);
	wq_producer_world_collect(&w, p, MANY);
	WQ_CHECK_INT("none was added", count(MANY, WQ_EAWAY), MANY);
	WQ_CHECK_INT("none pending", wq_producer_pending(w.producer), 0);
	WQ_CHECK_INT("counted",
	             wq_producer_world_metric(&w, "willaq_queue_adds_total{outcome=\"failed\"}"),
	             MANY);
	wq_redisd_run(&w.server);
	wq_redis_world_until_ready(&w.redis);
	WQ_CHECK_INT("it came", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	WQ_CHECK_STR("the first", p[0].id, "1");
	wq_producer_world_end(&w);
}

/* Far more than two calls carry: nobody waits for the calls before it to give up one after the other. */
WQ_TEST(a_server_that_is_away_for_many)
{
	enum { CROWD = 2500 };
	struct wq_produced *crowd = calloc(CROWD, sizeof(*crowd));
	size_t away = 0;

	WQ_CHECK("room", crowd);
	wq_producer_world_begin(&w, NULL, patient, false);
	wq_producer_set_patience(w.producer, 2500);
	for (size_t i = 0; i < CROWD; i++)
		WQ_CHECK_INT("give", wq_producer_world_give(&w, &crowd[i], wq_produced_item("")),
		             0);
	wq_producer_world_collect(&w, crowd, CROWD);
	for (size_t i = 0; i < CROWD; i++)
		away += crowd[i].rc == WQ_EAWAY;
	WQ_CHECK_INT("none was added", away, CROWD);
	wq_producer_world_end(&w);
	free(crowd);
}

static bool two_fly(void *ctx)
{
	(void)ctx;
	return wq_producer_world_metric(&w, "willaq_queue_add_calls_total") >= 2;
}

/* A server that knows the script, and stops. */
static void begin_stopped(void)
{
	wq_producer_world_begin(&w, NULL, quick, true);
	wq_producer_set_patience(w.producer, 700);
	WQ_CHECK_INT("first", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	wq_redisd_signal(&w.server, SIGSTOP);
}

/* Two calls fly, the others wait: those of the first two may have been added, and were; of the rest none. */
WQ_TEST(a_server_that_stops_answering)
{
	size_t lost;

	begin_stopped();
	give_many(MANY);
	wq_producer_world_collect(&w, p, MANY);
	lost = count(MANY, WQ_ETIMEDOUT) + count(MANY, WQ_ELOST);
	WQ_CHECK("some are unknown", lost >= 128);
	WQ_CHECK_INT("the rest never left", count(MANY, WQ_EAWAY), (long long)(MANY - lost));
	wq_redisd_signal(&w.server, SIGCONT);
	wq_redis_world_until_ready(&w.redis);
	WQ_CHECK_INT("all that left were added, and once", jobs_there(), (long long)lost + 1);
	wq_producer_world_end(&w);
}

/* With an id of its own a job may be given again: it is there once. */
WQ_TEST(a_lost_job_with_an_id_is_given_again)
{
	begin_stopped();
	WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[0], wq_produced_item("mine")), 0);
	wq_producer_world_collect(&w, p, 1);
	WQ_CHECK("unknown", !wq_producer_certain(p[0].rc));
	wq_redisd_signal(&w.server, SIGCONT);
	wq_redis_world_until_ready(&w.redis);
	WQ_CHECK_INT("again", wq_producer_world_add(&w, &p[0], wq_produced_item("mine")),
	             WQ_ADD_DUPLICATE);
	WQ_CHECK_INT("once", jobs_there(), 2);
	wq_producer_world_end(&w);
}

WQ_TEST(a_kill_tells_each_once)
{
	struct wq_redisd_opts keeps = { .appendonly = true, .config = "appendfsync always\n" };
	size_t added = 0, lost, round = 0;

	wq_producer_world_begin(&w, &keeps, quick, true);
	wq_producer_set_patience(w.producer, 700);
	for (; round < 2; round++) {
		give_many(MANY);
		WQ_CHECK("under way", wq_redis_world_wait(&w.redis, two_fly, NULL));
		wq_redisd_kill(&w.server);
		wq_producer_world_collect(&w, p, MANY);
		lost = MANY - count(MANY, 0) - count(MANY, WQ_EAWAY);
		added += count(MANY, 0);
		wq_redisd_run(&w.server);
		wq_redis_world_until_ready(&w.redis);
		WQ_CHECK("nothing acknowledged is lost", (size_t)jobs_there() >= added);
		WQ_CHECK("nothing else is there", (size_t)jobs_there() <= added + lost);
		added = (size_t)jobs_there();
	}
	wq_producer_world_end(&w);
}

WQ_TEST(a_server_without_memory)
{
	static char data[20000];
	struct wq_redisd_opts small = { .config = "maxmemory 4mb\nmaxmemory-policy noeviction\n" };
	struct wq_add_item item = wq_produced_item("");
	long added = 0;
	int rc;

	memset(data, 'x', sizeof(data));
	data[0] = data[sizeof(data) - 1] = '"';
	item.data = wq_strn(data, sizeof(data));
	wq_producer_world_begin(&w, &small, NULL, true);
	while ((rc = wq_producer_world_add(&w, &p[0], item)) == WQ_ADD_NEW && added < MANY)
		added++;
	WQ_CHECK_INT("refused", rc, WQ_REDIS_OOM);
	WQ_CHECK("says why", strstr(p[0].error, "OOM"));
	WQ_CHECK("nothing was added", wq_producer_certain(rc));
	WQ_CHECK_INT("nothing was added", jobs_there(), added);
	WQ_CHECK_INT("no number taken", atol(wq_redisd_ask(&w.server, "GET bull:q:id")), added);
	WQ_CHECK_INT("nor by several", wq_producer_world_add_all(&w, &item, 1), WQ_REDIS_OOM);
	(void)wq_redisd_ask(&w.server, "CONFIG SET maxmemory 0");
	WQ_CHECK_INT("room again", wq_producer_world_add(&w, &p[0], item), WQ_ADD_NEW);
	wq_producer_world_end(&w);
}

WQ_TEST(a_server_that_became_a_replica)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	wq_producer_set_patience(w.producer, 300);
	WQ_CHECK_INT("before", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	(void)wq_redisd_ask(&w.server, "REPLICAOF 127.0.0.1 1");
	WQ_CHECK("patience ends", wq_producer_world_add(&w, &p[0], wq_produced_item("")) != 0);
	WQ_CHECK("nothing was added", wq_producer_certain(p[0].rc));
	wq_producer_set_patience(w.producer, 5000);
	give_many(MANY);
	wq_redis_world_turn(&w.redis, 300);
	WQ_CHECK_INT("none is told", w.told, 2);
	WQ_CHECK_INT("all wait", wq_producer_pending(w.producer), MANY);
	(void)wq_redisd_ask(&w.server, "REPLICAOF NO ONE");
	wq_producer_world_collect(&w, p, MANY);
	WQ_CHECK_INT("each added", count(MANY, 0), MANY);
	for (size_t i = 0; i < MANY; i++)
		WQ_CHECK_INT("once", atol(p[i].id) > 1, 1);
	WQ_CHECK_INT("what was refused took no number",
	             atol(wq_redisd_ask(&w.server, "GET bull:q:id")), MANY + 1);
	wq_producer_world_end(&w);
}

static void on_long(struct wq_redis_cmd *cmd, int rc)
{
	(void)cmd;
	WQ_CHECK_INT("the long one", rc, 0);
}

static void on_other_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool other_is_closed(void *ctx)
{
	return *(bool *)ctx;
}

/* Somebody else's script runs for a while: nobody hears of it. */
WQ_TEST(a_server_that_is_busy)
{
	static const struct wq_str lengthy[] = {
		WQ_STR("EVAL"),
		WQ_STR("local e = redis.call('TIME')[1] + 2 while tonumber(redis.call('TIME')[1]) < e do end"),
		WQ_STR("0"),
	};
	struct wq_redis_cmd cmd;
	struct wq_redis_opts o;
	struct wq_redis *other;
	bool closed = false;

	wq_producer_world_begin(&w, NULL, NULL, true);
	(void)wq_redisd_ask(&w.server, "CONFIG SET busy-reply-threshold 10");
	WQ_CHECK_INT("before", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	wq_redis_opts_init(&o);
	o.url = w.server.url;
	WQ_CHECK_INT("other", wq_redis_create(&other, w.redis.loop, w.redis.resolver, &o), 0);
	WQ_CHECK_INT("the long one",
	             wq_redis_start(other, &cmd, lengthy, WQ_COUNT(lengthy), on_long), 0);
	wq_redis_world_turn(&w.redis, 100);
	give_many(10);
	wq_producer_world_collect(&w, p, 10);
	WQ_CHECK("Redis was busy",
	         wq_producer_world_metric(&w, "willaq_queue_add_calls_total") > 2);
	WQ_CHECK_INT("added", count(10, 0), 10);
	WQ_CHECK_INT("each once", jobs_there(), 11);
	wq_redis_close(other, on_other_closed, &closed);
	WQ_CHECK("closes", wq_redis_world_wait(&w.redis, other_is_closed, &closed));
	wq_producer_world_end(&w);
}

WQ_TEST(a_keyspace_that_is_broken)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	(void)wq_redisd_ask(&w.server, "SET bull:q:wait nonsense");
	WQ_CHECK("told", wq_producer_world_add(&w, &p[0], wq_produced_item("")) != 0);
	WQ_CHECK("nobody knows", !wq_producer_certain(p[0].rc));
	WQ_CHECK("says why", strstr(p[0].error, "WRONGTYPE"));
	wq_producer_world_end(&w);
}

/* Closing with a call in flight waits for what Redis says. */
WQ_TEST(closing_while_calls_fly)
{
	wq_producer_world_begin(&w, NULL, quick, true);
	wq_redisd_signal(&w.server, SIGSTOP);
	give_many(200);
	WQ_CHECK("two calls", wq_redis_world_wait(&w.redis, two_fly, NULL));
	wq_producer_world_close(&w);
	for (size_t i = 0; i < 200; i++)
		WQ_CHECK_INT("told once", p[i].calls, 1);
	WQ_CHECK_INT("those that waited", count(200, WQ_ECANCELED), 72);
	wq_redisd_signal(&w.server, SIGCONT);
	wq_producer_world_end(&w);
}

/* One client for all: its own memory is redis_hostile_test.c's business, and grows as it likes. */
static struct wq_redis_world shared;

static bool all_told(void *ctx)
{
	const unsigned *open = ctx;

	return *open == 0;
}

static unsigned open_adds;

static void on_swept(struct wq_add *a, int rc)
{
	(void)a;
	(void)rc;
	open_adds--;
}

static void on_all_swept(struct wq_add_all *a, int rc)
{
	WQ_CHECK("outcomes", (rc == 0) == (a->outcomes != NULL));
	open_adds--;
}

static void on_swept_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_true(void *ctx)
{
	return *(bool *)ctx;
}

static void without_memory(void)
{
	static struct wq_add adds[3];
	static struct wq_add_all all;
	static struct wq_add_item items[2];
	struct wq_producer *producer;
	bool closed = false;

	if (wq_producer_create(&producer, shared.loop, shared.redis) < 0)
		return;
	open_adds = 0;
	for (size_t i = 0; i < WQ_COUNT(adds); i++) {
		adds[i] = (struct wq_add){ .item = wq_produced_item("") };
		open_adds += wq_producer_add(producer, &adds[i], on_swept) == 0;
	}
	items[0] = items[1] = wq_produced_item("");
	all = (struct wq_add_all){ .items = items, .n = 2 };
	open_adds += wq_producer_add_all(producer, &all, on_all_swept) == 0;
	WQ_CHECK("told", wq_redis_world_wait(&shared, all_told, &open_adds));
	wq_producer_close(producer, on_swept_closed, &closed);
	WQ_CHECK("closes", wq_redis_world_wait(&shared, is_true, &closed));
}

WQ_TEST(memory_may_run_out_anywhere)
{
	struct wq_redisd server;

	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&shared, server.url, NULL);
	wq_redis_world_until_ready(&shared);
	without_memory();
	WQ_CHECK("tried", wq_fault_sweep("adds", without_memory, 200).runs >= 5);
	wq_redis_world_end(&shared);
	wq_redisd_stop(&server);
}

WQ_TEST_MAIN(WQ_CASE(what_is_known_after_each_outcome), WQ_CASE(a_server_that_is_away),
             WQ_CASE(a_server_that_is_away_for_many), WQ_CASE(a_server_that_stops_answering),
             WQ_CASE(a_lost_job_with_an_id_is_given_again), WQ_CASE(a_kill_tells_each_once),
             WQ_CASE(a_server_without_memory), WQ_CASE(a_server_that_became_a_replica),
             WQ_CASE(a_server_that_is_busy), WQ_CASE(a_keyspace_that_is_broken),
             WQ_CASE(closing_while_calls_fly), WQ_CASE(memory_may_run_out_anywhere))
