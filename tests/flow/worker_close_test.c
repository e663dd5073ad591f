/* SPDX-License-Identifier: MIT */
/* worker_close_test.c — a worker that is closed on a real Redis: at once, whatever its handler does, and what
 * becomes of the jobs. */
#include "base/alloc.h"
#include "base/err.h"
#include "queue/worker.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { JOBS = 6, HELD = 4 };

static struct wq_redisd server;
static struct wq_redis_world world;
static struct wq_worker *worker;
static struct wq_task *held[HELD];
static unsigned held_n, cancels;
static bool closed, drained;
static bool obeys; /* the handler hands back what it is asked to stop */

static void run(void *ctx, struct wq_task *t)
{
	WQ_CHECK("as many as it may", held_n < HELD);
	held[held_n++] = t;
}

static void cancel(void *ctx, struct wq_task *t, enum wq_cancel_reason reason)
{
	cancels++;
	WQ_CHECK_INT("why", reason, WQ_CANCEL_SHUTDOWN);
	if (obeys)
		wq_task_release(t);
}

static const char *ask(const char *words)
{
	WQ_CHECK_INT(words, wq_redis_world_ask(&world, words), 0);
	return world.one.text;
}

static bool all_held(void *ctx)
{
	return held_n == HELD;
}

static void begin(void)
{
	static const struct wq_handler handler = { .run = run, .cancel = cancel };
	struct wq_redis_opts conn;
	struct wq_worker_opts o;

	held_n = cancels = 0;
	closed = drained = obeys = false;
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&world, server.url, NULL);
	wq_redis_opts_init(&conn);
	conn.url = server.url;
	wq_worker_opts_init(&o);
	o.queue = "q";
	o.concurrency = HELD;
	o.job_timeout_ms = 60000;
	for (int i = 1; i <= JOBS; i++) {
		char words[128];

		snprintf(words, sizeof(words), "HSET bull:q:%d name n data {\"n\":%d} timestamp 1",
		         i, i);
		ask(words);
		snprintf(words, sizeof(words), "LPUSH bull:q:wait %d", i);
		ask(words);
	}
	WQ_CHECK_INT("worker",
	             wq_worker_create(&worker, world.loop, world.resolver, world.redis, &conn, &o,
	                              &handler),
	             0);
	WQ_CHECK("its jobs run", wq_redis_world_wait(&world, all_held, NULL));
}

static void on_closed(void *ctx)
{
	closed = true;
}

static void on_drained(void *ctx)
{
	drained = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void close_worker(void)
{
	wq_worker_close(worker, on_closed, NULL);
	WQ_CHECK("not from inside the call", !closed);
	WQ_CHECK("closed", wq_redis_world_wait(&world, is_set, &closed));
}

static void end(void)
{
	wq_redis_world_end(&world);
	wq_redisd_stop(&server);
}

static void check_left(void)
{
	WQ_CHECK_STR("they are active", ask("LLEN bull:q:active"), "4");
	WQ_CHECK_STR("and locked",
	             ask("EXISTS bull:q:1:lock bull:q:2:lock bull:q:3:lock bull:q:4:lock"), "4");
	WQ_CHECK_STR("the others wait", ask("LRANGE bull:q:wait 0 -1"), "[6, 5]");
}

/* It is closed all the same; each task is good until the handler ends it, in whatever way. */
WQ_TEST(a_handler_that_does_not_stop)
{
	static const struct wq_failure failure = { .reason = WQ_STR("late") };

	begin();
	close_worker();
	WQ_CHECK_INT("all were asked", cancels, HELD);
	check_left();
	for (unsigned i = 0; i < HELD; i++) {
		char data[16];

		snprintf(data, sizeof(data), "{\"n\":%u}", i + 1);
		WQ_CHECK_SLICE("its job is there", held[i]->job->data, data);
		WQ_CHECK("its token too", held[i]->token.n > 0);
		WQ_CHECK("its worker is not", !held[i]->worker && held[i]->cancelled);
		WQ_CHECK("nor is it ours", !wq_task_is_ours(held[i]));
		WQ_CHECK_INT("nothing is told", wq_task_progress(held[i], wq_str("1")),
		             WQ_ECANCELED);
		WQ_CHECK_INT("nothing", wq_task_log(held[i], wq_str("1")), WQ_ECANCELED);
	}
	wq_task_complete(held[0], wq_str("1"));
	wq_task_fail(held[1], &failure);
	wq_task_rate_limit(held[2], 100);
	wq_task_delay(held[3], 100);
	wq_redis_world_turn(&world, 10);
	check_left();
	end();
}

/* What ends in between is not settled either, and its last words are not sent. */
WQ_TEST(a_handler_that_stops_while_it_closes)
{
	begin();
	obeys = true;
	wq_worker_close(worker, on_closed, NULL);
	WQ_CHECK_INT("all were asked", cancels, HELD);
	WQ_CHECK("closed", wq_redis_world_wait(&world, is_set, &closed));
	check_left();
	end();
}

WQ_TEST(words_of_a_task_while_it_closes)
{
	begin();
	wq_worker_close(worker, on_closed, NULL);
	WQ_CHECK_INT("not taken", wq_task_progress(held[0], wq_str("1")), WQ_ECANCELED);
	wq_task_rate_limit(held[0], 100);
	WQ_CHECK("closed", wq_redis_world_wait(&world, is_set, &closed));
	for (unsigned i = 1; i < HELD; i++)
		wq_task_release(held[i]);
	wq_redis_world_turn(&world, 10);
	WQ_CHECK_STR("not sent", ask("HEXISTS bull:q:1 progress"), "0");
	end();
}

/* SIGTERM: who stops when asked hands back all that it holds, in its order. */
WQ_TEST(drained_first)
{
	begin();
	obeys = true;
	wq_worker_drain(worker, 50, on_drained, NULL);
	WQ_CHECK("drained", wq_redis_world_wait(&world, is_set, &drained));
	close_worker();
	WQ_CHECK_STR("all wait", ask("LLEN bull:q:wait"), "6");
	WQ_CHECK_STR("none is active", ask("EXISTS bull:q:active"), "0");
	WQ_CHECK_STR("none is locked", ask("EXISTS bull:q:1:lock"), "0");
	end();
}

WQ_TEST_MAIN(WQ_CASE(a_handler_that_does_not_stop), WQ_CASE(a_handler_that_stops_while_it_closes),
             WQ_CASE(words_of_a_task_while_it_closes), WQ_CASE(drained_first))
