/* SPDX-License-Identifier: MIT */
/* scheduler_sweep_test.c — schedulers on a real Redis with the first, the second, … allocation failing: nothing is half
 * written, no moment is another than it would have been, and no scheduler stops. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "queue/scheduler.h"
#include "queue/worker.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { RUNS_MAX = 400, ASK_EVERY_US = 15000, EVERY_MS = 10, LIMIT = 3 };
#define JOBS "3" /* as Redis tells it */

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_ref ref;

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	WQ_CHECK_INT("a queue", wq_ref_init(&ref, w.redis, wq_str("bull"), wq_str("q"), NULL), 0);
	wq_redis_world_until_ready(&w);
}

static void end(void)
{
	wq_ref_fini(&ref);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

/* What was started last. */
static struct {
	bool done;
	int rc, code;
	bool made;
} last;

static bool is_done(void *ctx)
{
	return last.done;
}

static void wait_for_it(void)
{
	WQ_CHECK("it ends", wq_redis_world_wait(&w, is_done, NULL));
	last.done = false;
}

static void on_upserted(struct wq_scheduler_upsert *u, int rc)
{
	last.done = true;
	last.rc = rc;
	last.code = u->code;
}

/* Its code, or below 0. */
static int upsert(struct wq_schedules *s, const struct wq_scheduler_opts *o)
{
	static struct wq_scheduler_upsert u;
	const char *why;
	int rc = wq_scheduler_upsert(&u, s, w.loop, &ref, o, on_upserted, &why);

	if (rc < 0)
		return rc;
	wait_for_it();
	return last.rc ? last.rc : last.code;
}

static void on_followed(struct wq_follow *f, int rc)
{
	last.done = true;
	last.rc = rc;
	last.made = f->made;
}

static void on_closed(void *ctx)
{
	last.done = true;
}

static int follow(struct wq_schedules *s, const struct wq_job *job)
{
	struct wq_followers *fs;
	struct wq_follow f;
	int rc = wq_followers_create(&fs, w.loop, &ref, s);

	if (rc < 0)
		return rc;
	last.made = false;
	wq_follow_start(fs, &f, job, on_followed);
	wait_for_it();
	rc = last.rc;
	wq_followers_close(fs, on_closed, NULL);
	wait_for_it();
	return rc;
}

static bool failed_for_memory(const char *what, int rc)
{
	WQ_CHECK(what, rc == 0 || rc == WQ_ENOMEM || rc == WQ_ELOST || rc == WQ_EAWAY);
	return rc != 0;
}

/* A pattern in our own zone: whatever fails, its job is due when that says, or is not there. */
static void make_a_pattern(void)
{
	const struct wq_scheduler_opts o = { .record = { .id = WQ_STR("s"),
		                                         .name = WQ_STR("n"),
		                                         .pattern = WQ_STR("30 4 1 1 *"),
		                                         .data = WQ_STR("{\"a\":1}") } };
	static char due[96];
	struct wq_schedules s;
	int rc;

	wq_redisd_ask(&server, "FLUSHALL");
	wq_schedules_init(&s, "America/New_York");
	rc = upsert(&s, &o);
	if (!failed_for_memory("upsert", rc)) {
		const char *id = wq_redisd_ask(&server, "ZRANGE bull:q:delayed 0 -1");

		if (!*due)
			snprintf(due, sizeof(due), "%s", id);
		WQ_CHECK_STR("by the zone's clock", id, due);
	} else if (rc == WQ_ENOMEM) {
		WQ_CHECK_STR("nothing is written", wq_redisd_ask(&server, "DBSIZE"), "0");
	}
	wq_schedules_fini(&s);
	wq_redis_world_until_ready(&w);
}

static const char made_before[] =
	"EVAL redis.call('FLUSHALL')redis.call('HSET','bull:q:repeat:s','name','n','pattern','30\t4\t1\t1\t*','ic',1)"
	"redis.call('ZADD','bull:q:repeat',1000,'s')redis.call('HSET','bull:q:repeat:s:1000','name','n','rjk','s',"
	"'data','{}','opts','{\"repeat\":{\"count\":1}}','timestamp',1) 0";

/* Its successor, with dates as texts. */
static void follow_a_pattern(void)
{
	static const char opts[] = "{\"repeat\":{\"pattern\":\"30 4 1 1 *\",\"count\":1,"
				   "\"startDate\":\"2020-02-03T04:05:06.789\","
				   "\"endDate\":\"2120-02-03\",\"limit\":9}}";
	const struct wq_job job = { .id = wq_str("repeat:s:1000"),
		                    .opts = wq_str(opts),
		                    .scheduler = wq_str("s") };
	static char due[96];
	struct wq_schedules s;
	int rc;

	wq_redisd_ask(&server, made_before);
	wq_schedules_init(&s, "America/New_York");
	rc = follow(&s, &job);
	if (failed_for_memory("follow", rc)) {
		WQ_CHECK("it may be tried again", wq_follow_may_yet(rc));
		WQ_CHECK_INT("again", follow(&s, &job), 0);
	}
	WQ_CHECK("made", last.made);
	if (!*due)
		snprintf(due, sizeof(due), "%s", wq_redisd_ask(&server, "ZSCORE bull:q:repeat s"));
	WQ_CHECK_STR("by the zone's clock", wq_redisd_ask(&server, "ZSCORE bull:q:repeat s"), due);
	WQ_CHECK_STR("one", wq_redisd_ask(&server, "ZCARD bull:q:delayed"), "1");
	wq_schedules_fini(&s);
	wq_redis_world_until_ready(&w);
}

static void run(void *ctx, struct wq_task *t)
{
	wq_task_complete(t, wq_str("1"));
}

static bool all_completed(void *ctx)
{
	static uint64_t asked_us;
	uint64_t now = wq_clock_system()->mono_us(wq_clock_system());

	if (!last.done && now - asked_us >= ASK_EVERY_US) { /* asking costs a process */
		asked_us = now;
		last.done = strcmp(wq_redisd_ask(&server, "ZCARD bull:q:completed"), JOBS) == 0;
	}
	return last.done;
}

/* A worker follows an interval to its end, job by job. */
static void work_an_interval(void)
{
	static const struct wq_handler handler = { .run = run };
	const struct wq_scheduler_opts o = {
		.record = { .id = WQ_STR("s"), .name = WQ_STR("n"), .every_ms = EVERY_MS, .limit = LIMIT }
	};
	struct wq_redis_opts conn;
	struct wq_worker_opts opts;
	struct wq_worker *worker;
	struct wq_schedules s;

	wq_redisd_ask(&server, "FLUSHALL");
	wq_redis_opts_init(&conn);
	conn.url = server.url;
	wq_worker_opts_init(&opts);
	opts.queue = "q";
	opts.lock_ms = 150;
	opts.stalled_interval_ms = 100;
	opts.max_stalled_count = 100;
	opts.drain_delay_ms = 20;
	wq_schedules_init(&s, "UTC");
	while (upsert(&s, &o) != WQ_SCHEDULER_MADE)
		WQ_CHECK("once", wq_alloc_failed());
	wq_schedules_fini(&s);
	if (wq_worker_create(&worker, w.loop, w.resolver, w.redis, &conn, &opts, &handler) < 0) {
		wq_redis_world_turn(&w, 1);
		return;
	}
	WQ_CHECK("it goes on to its limit", wq_redis_world_wait(&w, all_completed, NULL));
	last.done = false;
	wq_worker_close(worker, on_closed, NULL);
	wait_for_it();
}

static void sweep(const char *what, void (*scenario)(void))
{
	begin();
	scenario(); /* what the connection keeps for later is there then */
	wq_fault_sweep(what, scenario, RUNS_MAX);
	end();
}

WQ_TEST(making_a_pattern)
{
	sweep("upsert", make_a_pattern);
}

WQ_TEST(following_a_pattern)
{
	sweep("follow", follow_a_pattern);
}

WQ_TEST(working_an_interval)
{
	sweep("work", work_an_interval);
}

WQ_TEST_MAIN(WQ_CASE(making_a_pattern), WQ_CASE(following_a_pattern), WQ_CASE(working_an_interval))
