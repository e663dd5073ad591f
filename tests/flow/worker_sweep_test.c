/* SPDX-License-Identifier: MIT */
/* worker_sweep_test.c — a worker on a real Redis, with the first, the second, … allocation failing: each job ends.
 * And what it cannot be asked to be. */
#include "queue/worker.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { RUNS_MAX = 400, ASK_EVERY_US = 15000 };

static struct wq_redisd server;
static struct wq_redis_world world;
static struct wq_worker *worker;
static bool ended, closed;

static void run(void *ctx, struct wq_task *t)
{
	if (wq_str_is(t->job->name, "fail"))
		wq_task_fail(t, &(struct wq_failure){ .reason = wq_str("it did not work") });
	else if (wq_str_is(t->job->name, "later") && t->job->attempts_started < 3)
		wq_task_delay(t, 20);
	else
		wq_task_complete(t, wq_str(""));
}

static int create_with(const struct wq_worker_opts *o)
{
	static const struct wq_handler handler = { .run = run };
	struct wq_redis_opts conn;

	wq_redis_opts_init(&conn);
	conn.url = server.url;
	return wq_worker_create(&worker, world.loop, world.resolver, world.redis, &conn, o,
	                        &handler);
}

static int create(void)
{
	struct wq_worker_opts o;

	wq_worker_opts_init(&o);
	o.queue = "q";
	o.concurrency = 10;
	o.lock_ms = 150;
	o.stalled_interval_ms = 100;
	o.max_stalled_count = 100;
	o.dead_letters = true;
	o.drain_delay_ms = 50;
	return create_with(&o);
}

/* Six jobs, the third of which fails and the fourth of which is put off; words of Lua are parted by tabs. */
static const char six_jobs[] =
	"EVAL redis.call('FLUSHALL')for\ti=1,6\tdo\tredis.call('HSET','bull:q:'..i,'name',"
	"i==3\tand\t'fail'or\ti==4\tand\t'later'or'ok','data','{}','opts',"
	"'{\"attempts\":2,\"removeOnComplete\":{\"age\":100}}','timestamp',1)redis.call('LPUSH','bull:q:wait',i)end 0";
static const char ended_jobs[] =
	"EVAL return(redis.call('ZCARD','bull:q:completed')+redis.call('ZCARD','bull:q:failed')) 0";

/* Asking costs a process: not in each turn of the loop. */
static bool all_ended(void *ctx)
{
	static uint64_t asked_us;
	uint64_t now = wq_clock_system()->mono_us(wq_clock_system());

	if (ended || now - asked_us < ASK_EVERY_US)
		return ended;
	asked_us = now;
	ended = strcmp(wq_redisd_ask(&server, ended_jobs), "6") == 0;
	return ended;
}

static void on_closed(void *ctx)
{
	closed = true;
}

static bool is_closed(void *ctx)
{
	return closed;
}

static void sweep(void)
{
	ended = closed = false;
	wq_redisd_ask(&server, six_jobs);
	if (create() < 0) {
		wq_redis_world_turn(&world, 1); /* what it had begun to open goes */
		return;
	}
	WQ_CHECK("each job ends", wq_redis_world_wait(&world, all_ended, NULL));
	wq_worker_close(worker, on_closed, NULL);
	WQ_CHECK("closed", wq_redis_world_wait(&world, is_closed, NULL));
}

WQ_TEST(every_allocation_may_fail)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&world, server.url, NULL);
	wq_redis_world_until_ready(&world);
	sweep(); /* what the connection keeps for later is there then */
	wq_fault_sweep("worker", sweep, RUNS_MAX);
	wq_redis_world_end(&world);
	wq_redisd_stop(&server);
}

WQ_TEST(options_that_cannot_be)
{
	static const struct {
		const char *what;
		struct wq_worker_opts o;
	} cases[] = {
		{ "no queue",
		  { .prefix = "bull", .concurrency = 1, .lock_ms = 1000, .batch_max = 1 } },
		{ "a colon",
		  { .prefix = "bull",
		    .queue = "a:b",
		    .concurrency = 1,
		    .lock_ms = 1000,
		    .batch_max = 1,
		    .stalled_interval_ms = 1 } },
		{ "no slot",
		  { .prefix = "bull",
		    .queue = "q",
		    .lock_ms = 1000,
		    .batch_max = 1,
		    .stalled_interval_ms = 1 } },
		{ "a short lock",
		  { .prefix = "bull",
		    .queue = "q",
		    .concurrency = 1,
		    .lock_ms = 1,
		    .batch_max = 1,
		    .stalled_interval_ms = 1 } },
	};

	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&world, server.url, NULL);
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].what, create_with(&cases[i].o), WQ_EINVAL);
	wq_redis_world_end(&world);
	wq_redisd_stop(&server);
}

WQ_TEST_MAIN(WQ_CASE(options_that_cannot_be), WQ_CASE(every_allocation_may_fail))
