/* SPDX-License-Identifier: MIT */
/* worker_clock_test.c — leases go by the monotonic clock: the wall clock is set by an hour, or by 30 days, while a job
 * runs, and the worker keeps what is its own for as long as before, and no longer. */
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "queue/worker.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { HOUR_S = 60 * 60, LOCK_MS = 1000 };

static struct wq_redisd server;
static struct wq_redis_world redis;
static struct wq_worker *worker;
static struct wq_task *held;
static unsigned cancels;
static bool closed;
static long set_s; /* how far the wall clock is set */

static const long jumps[] = { HOUR_S, -HOUR_S, 720 * HOUR_S, -720 * HOUR_S };

/* Of this program, in place of the C library's. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	long rc = syscall(SYS_clock_gettime, id, ts);

	if (rc == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += set_s;
	return (int)rc;
}

static void run(void *ctx, struct wq_task *t)
{
	held = t;
}

static void cancel(void *ctx, struct wq_task *t, enum wq_cancel_reason reason)
{
	WQ_CHECK_INT("why", reason, WQ_CANCEL_LOCK_LOST);
	cancels++;
}

static bool is_held(void *ctx)
{
	return held;
}

static bool is_cancelled(void *ctx)
{
	return cancels > 0;
}

static void on_closed(void *ctx)
{
	closed = true;
}

static bool is_closed(void *ctx)
{
	return closed;
}

static void finish(void)
{
	struct wq_task *t = held;

	held = NULL;
	wq_task_complete(t, wq_str("1"));
}

static void begin(void)
{
	static const struct wq_handler handler = { .run = run, .cancel = cancel };
	struct wq_redis_opts conn;
	struct wq_worker_opts o;

	wq_redisd_ask(&server, "FLUSHALL");
	held = NULL;
	cancels = 0;
	closed = false;
	set_s = 0;
	wq_redis_world_begin(&redis, server.url, NULL);
	wq_redis_world_until_ready(&redis);
	wq_redis_opts_init(&conn);
	conn.url = server.url;
	wq_worker_opts_init(&o);
	o.queue = "q";
	o.lock_ms = LOCK_MS;
	o.stalled_interval_ms = 200;
	WQ_CHECK_INT("created",
	             wq_worker_create(&worker, redis.loop, redis.resolver, redis.redis, &conn, &o,
	                              &handler),
	             0);
	wq_redisd_ask(&server, "HSET bull:q:1 name a data {} opts {} timestamp 1");
	wq_redisd_ask(&server, "LPUSH bull:q:wait 1");
	wq_redisd_ask(&server, "ZADD bull:q:marker 0 0");
	WQ_CHECK("held", wq_redis_world_wait(&redis, is_held, NULL));
}

static void end(void)
{
	wq_worker_close(worker, on_closed, NULL);
	if (held)
		wq_task_release(held);
	WQ_CHECK("closed", wq_redis_world_wait(&redis, is_closed, NULL));
	wq_redis_world_end(&redis);
}

WQ_TEST(a_lease_outlives_a_clock_that_jumps)
{
	for (size_t i = 0; i < WQ_COUNT(jumps); i++) {
		begin();
		set_s = jumps[i];
		wq_redis_world_turn(&redis, 2 * LOCK_MS);
		WQ_CHECK("still ours", held && wq_task_is_ours(held));
		WQ_CHECK_INT("not cancelled", cancels, 0);
		finish();
		wq_redis_world_turn(&redis, LOCK_MS / 4);
		WQ_CHECK_STR("done", wq_redisd_ask(&server, "ZCARD bull:q:completed"), "1");
		WQ_CHECK_STR("begun once", wq_redisd_ask(&server, "HMGET bull:q:1 ats stc"), "1\n");
		end();
	}
	wq_fault_told("R14", "{\"what\":\"leases that are kept\",\"jumps\":%zu}", WQ_COUNT(jumps));
}

WQ_TEST(a_lease_ends_whatever_the_clock_jumps)
{
	for (size_t i = 0; i < WQ_COUNT(jumps); i++) {
		begin();
		wq_redisd_signal(&server, SIGSTOP);
		set_s = jumps[i];
		wq_redis_world_turn(&redis, LOCK_MS / 4);
		WQ_CHECK_INT("not at once", cancels, 0);
		wq_redis_world_turn(&redis, LOCK_MS);
		WQ_CHECK("after its time", wq_redis_world_wait(&redis, is_cancelled, NULL));
		WQ_CHECK("not ours", !wq_task_is_ours(held));
		wq_redisd_signal(&server, SIGCONT);
		end();
	}
	wq_fault_told("R14", "{\"what\":\"leases that end\",\"jumps\":%zu}", WQ_COUNT(jumps));
}

static int setup(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(a_lease_outlives_a_clock_that_jumps),
		WQ_CASE(a_lease_ends_whatever_the_clock_jumps),
	};

	return cmocka_run_group_tests_name(__FILE__, all, setup, teardown) != 0;
}
