/* SPDX-License-Identifier: MIT */
/* worker_test.c — a worker on a real Redis; its handler does what a job's name says. */
#include "queue/worker.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/loop/timer.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { HELD_MAX = 64, COMMAND_BYTES = 512, ASK_EVERY_US = 15000 };

static struct wq_redisd server;

struct world {
	struct wq_redis_world redis;
	struct wq_worker *worker;
	struct wq_task *held[HELD_MAX]; /* by jobs called "hold" */
	unsigned held_n, runs, cancels;
	enum wq_cancel_reason reason; /* of the last cancel */
	bool drained, closed;
};

static struct world w;

static void run(void *ctx, struct wq_task *t)
{
	struct wq_str name = t->job->name;

	w.runs++;
	if (wq_str_is(name, "hold")) {
		WQ_CHECK("room to hold it", w.held_n < HELD_MAX);
		w.held[w.held_n++] = t;
	} else if (wq_str_is(name, "text")) {
		wq_task_complete(t, wq_str("no \"JSON\""));
	} else if (wq_str_is(name, "fail") || wq_str_is(name, "fatal")) {
		wq_task_fail(t, &(struct wq_failure){ .reason = wq_str("it did not work"),
		                                      .unrecoverable = wq_str_is(name, "fatal") });
	} else if (wq_str_is(name, "later") && t->job->attempts_started < 3) {
		wq_task_delay(t, 20);
	} else if (wq_str_is(name, "back") && t->job->attempts_started < 3) {
		wq_task_release(t);
	} else if (wq_str_is(name, "limit") && t->job->attempts_started < 2) {
		wq_task_rate_limit(t, 300);
	} else if (wq_str_is(name, "children") && !t->user) {
		t->user = &w;
		wq_task_await_children(t);
	} else if (wq_str_is(name, "notes")) {
		WQ_CHECK_INT("progress", wq_task_progress(t, wq_str("42")), 0);
		WQ_CHECK_INT("no progress", wq_task_progress(t, wq_str("{")), WQ_EPARSE);
		WQ_CHECK_INT("a row", wq_task_log(t, wq_str("one")), 0);
		WQ_CHECK_INT("a row", wq_task_log(t, wq_str("two")), 0);
		WQ_CHECK_INT("data", wq_task_update_data(t, wq_str("{\"new\":1}")), 0);
		wq_task_complete(t, wq_str("{\"a\":1}"));
	} else {
		wq_task_complete(t, wq_str(""));
	}
}

static void cancel(void *ctx, struct wq_task *t, enum wq_cancel_reason reason)
{
	w.cancels++;
	w.reason = reason;
}

static struct wq_worker_opts opts(void)
{
	struct wq_worker_opts o;

	wq_worker_opts_init(&o);
	o.queue = "q";
	o.concurrency = 10;
	o.lock_ms = 1000;
	o.stalled_interval_ms = 200;
	return o;
}

static void adjust(struct wq_redis_opts *o)
{
	o->command_timeout_ms = 1000;
	o->wait_ms = 300;
	o->backoff_max_ms = 100;
}

static int create(const struct wq_worker_opts *o)
{
	static const struct wq_handler handler = { .run = run, .cancel = cancel };
	struct wq_redis_opts conn;

	wq_redis_opts_init(&conn);
	conn.url = server.url;
	return wq_worker_create(&w.worker, w.redis.loop, w.redis.resolver, w.redis.redis, &conn, o,
	                        &handler);
}

static void open_world(void)
{
	wq_redisd_ask(&server, "FLUSHALL");
	w = (struct world){ .held_n = 0 };
	wq_redis_world_begin(&w.redis, server.url, adjust);
	wq_redis_world_until_ready(&w.redis);
}

static void begin(const struct wq_worker_opts *o)
{
	open_world();
	WQ_CHECK_INT("created", create(o), 0);
}

static void on_closed(void *ctx)
{
	w.closed = true;
}

static bool is_closed(void *ctx)
{
	return w.closed;
}

static void on_drained(void *ctx)
{
	w.drained = true;
}

static bool is_drained(void *ctx)
{
	return w.drained;
}

static void close_worker(void)
{
	wq_worker_close(w.worker, on_closed, NULL);
	while (w.held_n > 0)
		wq_task_release(w.held[--w.held_n]);
	WQ_CHECK("closed", wq_redis_world_wait(&w.redis, is_closed, NULL));
}

static void end(void)
{
	close_worker();
	wq_redis_world_end(&w.redis);
}

static const char *ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *ask(const char *fmt, ...)
{
	char command[COMMAND_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return wq_redisd_ask(&server, command);
}

static void put(int id, const char *name, const char *job_opts)
{
	ask("HSET bull:q:%d name %s data {\"n\":%d} opts %s timestamp 1", id, name, id, job_opts);
}

static void add(int id, const char *name, const char *job_opts)
{
	put(id, name, job_opts);
	ask("LPUSH bull:q:wait %d", id);
	ask("ZADD bull:q:marker 0 0");
}

struct want {
	const char *command;
	const char *answer;
	bool so;
};

/* Asking costs a process: not in each turn of the loop. */
static bool is_so(void *ctx)
{
	static uint64_t asked_us;
	struct want *want = ctx;
	uint64_t now = wq_clock_system()->mono_us(wq_clock_system());

	if (want->so || now - asked_us < ASK_EVERY_US)
		return want->so;
	asked_us = now;
	return want->so = strcmp(ask("%s", want->command), want->answer) == 0;
}

static void wait_for(const char *command, const char *answer)
{
	struct want want = { command, answer, false };

	if (!wq_redis_world_wait(&w.redis, is_so, &want))
		WQ_CHECK_STR(command, ask("%s", command), answer);
}

static bool holds_one(void *ctx)
{
	return w.held_n > 0;
}

static void wait_held(void)
{
	WQ_CHECK("held", wq_redis_world_wait(&w.redis, holds_one, NULL));
}

static bool is_cancelled(void *ctx)
{
	return w.cancels > 0;
}

WQ_TEST(completes_what_waits_and_leaves_nothing_behind)
{
	struct wq_worker_opts o = opts();

	begin(&o);
	for (int i = 1; i <= 40; i++)
		add(i, i == 7 ? "text" : "ok", "{}");
	wait_for("ZCARD bull:q:completed", "40");
	WQ_CHECK_STR("a text is JSON", ask("HGET bull:q:7 returnvalue"),
	             "\"no \\u0022JSON\\u0022\"");
	WQ_CHECK_STR("nothing is null", ask("HGET bull:q:8 returnvalue"), "null");
	WQ_CHECK_STR("started once", ask("HGET bull:q:8 ats"), "1");
	WQ_CHECK_STR("none is active", ask("EXISTS bull:q:active bull:q:8:lock bull:q:wait"), "0");
	WQ_CHECK_INT("none is held", wq_worker_held(w.worker), 0);
	end();
}

WQ_TEST(failures_are_retried_and_then_final)
{
	struct wq_worker_opts o = opts();

	o.dead_letters = true;
	begin(&o);
	add(1, "fail", "{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":10}}");
	add(2, "fatal", "{\"attempts\":3}");
	add(3, "fail", "{\"attempts\":2,\"stackTraceLimit\":1,\"removeOnFail\":true}");
	add(4, "fail", "{broken");
	wait_for("ZCARD bull:q:failed", "3");
	wait_for("EXISTS bull:q:3", "0");
	WQ_CHECK_STR("attempts", ask("HMGET bull:q:1 atm ats failedReason"),
	             "3\n3\nit did not work");
	WQ_CHECK_STR("for good", ask("HMGET bull:q:2 atm ats"), "1\n1");
	WQ_CHECK_STR("broken options are none", ask("HMGET bull:q:4 atm ats"), "1\n1");
	WQ_CHECK_STR("three traces", ask("HGET bull:q:1 stacktrace"),
	             "[\"it did not work\",\"it did not work\",\"it did not work\"]");
	wait_for("LLEN bull:q-dlq:wait", "4");
	WQ_CHECK("its history",
	         strstr(ask("HGET bull:q-dlq:1 data"), "\"dlq\":{\"queue\":\"q\",\"id\":\""));
	end();
}

WQ_TEST(other_endings)
{
	struct wq_worker_opts o = opts();

	begin(&o);
	add(1, "later", "{}");
	add(2, "back", "{}");
	add(3, "children", "{}");
	add(4, "notes", "{\"kl\":1}");
	wait_for("ZCARD bull:q:completed", "4");
	WQ_CHECK_STR("delayed twice, no attempt used", ask("HMGET bull:q:1 atm ats"), "1\n3");
	WQ_CHECK_STR("put back twice", ask("HMGET bull:q:2 atm ats"), "1\n3");
	WQ_CHECK_STR("no child was pending: run again", ask("HMGET bull:q:3 atm ats"), "1\n1");
	WQ_CHECK_STR("notes", ask("HMGET bull:q:4 progress data returnvalue"),
	             "42\n{\"new\":1}\n{\"a\":1}");
	WQ_CHECK_STR("the last row", ask("LRANGE bull:q:4:logs 0 -1"), "two");
	end();
}

WQ_TEST(children_that_are_pending_or_failed)
{
	struct wq_worker_opts o = opts();

	begin(&o);
	ask("SADD bull:q:1:dependencies bull:q:9");
	ask("ZADD bull:q:2:unsuccessful 1 bull:q:9");
	add(1, "ok", "{}");
	add(2, "ok", "{\"attempts\":5}");
	add(3, "defer", "{\"attempts\":5}");
	ask("HSET bull:q:4 name ok data {} opts {\"attempts\":5} defa too_late timestamp 1");
	ask("LPUSH bull:q:wait 4");
	wait_for("ZCARD bull:q:failed", "3");
	WQ_CHECK("pending", strstr(ask("HGET bull:q:1 failedReason"), "pending dependencies"));
	WQ_CHECK("failed", strstr(ask("HGET bull:q:2 failedReason"), "failed child"));
	WQ_CHECK_STR("a deferred failure", ask("HMGET bull:q:4 failedReason atm"), "too_late\n1");
	end();
}

WQ_TEST(a_lock_is_renewed)
{
	struct wq_worker_opts o = opts();

	o.lock_ms = 1500; /* a busy machine may stop us for a while */
	begin(&o);
	add(1, "hold", "{}");
	wait_held();
	wq_redis_world_turn(&w.redis, 3200);
	WQ_CHECK("still ours", wq_task_is_ours(w.held[0]));
	WQ_CHECK_INT("not cancelled", w.cancels, 0);
	w.held_n = 0;
	wq_task_complete(w.held[0], wq_str("1"));
	wait_for("ZCARD bull:q:completed", "1");
	WQ_CHECK_STR("no stall", ask("HGET bull:q:1 stc"), "");
	end();
}

WQ_TEST(a_stolen_lock_cancels_and_nothing_is_written)
{
	struct wq_worker_opts o = opts();

	o.lock_ms = 400;
	o.stalled_interval_ms = 60000;
	begin(&o);
	add(1, "hold", "{}");
	wait_held();
	ask("SET bull:q:1:lock other");
	WQ_CHECK("cancelled", wq_redis_world_wait(&w.redis, is_cancelled, NULL));
	WQ_CHECK_INT("why", w.reason, WQ_CANCEL_LOCK_LOST);
	WQ_CHECK("not ours", !wq_task_is_ours(w.held[0]));
	w.held_n = 0;
	wq_task_complete(w.held[0], wq_str("1"));
	wq_redis_world_turn(&w.redis, 200);
	WQ_CHECK_STR("still active, of the other", ask("LRANGE bull:q:active 0 -1"), "1");
	WQ_CHECK_STR("not completed", ask("EXISTS bull:q:completed"), "0");
	WQ_CHECK_INT("not held", wq_worker_held(w.worker), 0);
	end();
}

WQ_TEST(a_lease_ends_while_redis_stands_still)
{
	struct wq_worker_opts o = opts();

	begin(&o);
	add(1, "hold", "{}");
	wait_held();
	wq_redisd_signal(&server, SIGSTOP);
	WQ_CHECK("cancelled", wq_redis_world_wait(&w.redis, is_cancelled, NULL));
	WQ_CHECK_INT("why", w.reason, WQ_CANCEL_LOCK_LOST);
	w.held_n = 0;
	wq_task_complete(w.held[0], wq_str("1"));
	wq_redisd_signal(&server, SIGCONT);
	wait_held(); /* the stalled check gives it back to us */
	WQ_CHECK_STR("a stall", ask("HGET bull:q:1 stc"), "1");
	end();
}

WQ_TEST(a_restart_of_redis_loses_nothing)
{
	struct wq_worker_opts o = opts();

	o.lock_ms = 10000;
	begin(&o);
	add(1, "hold", "{}");
	add(2, "hold", "{}");
	while (w.held_n < 2)
		wq_redis_world_turn(&w.redis, 10);
	wq_redisd_kill(&server);
	w.held_n = 0;
	wq_task_complete(w.held[0], wq_str("1"));
	wq_redis_world_turn(&w.redis, 600);
	wq_redisd_run(&server);
	wq_task_complete(w.held[1], wq_str("2"));
	wait_for("ZCARD bull:q:completed", "2");
	add(3, "ok", "{}");
	wait_for("ZCARD bull:q:completed", "3");
	WQ_CHECK_INT("not cancelled", w.cancels, 0);
	end();
}

WQ_TEST(a_lost_answer_is_asked_for)
{
	struct wq_worker_opts o = opts();
	int64_t due_ms;

	o.lock_ms = 20000;
	o.stalled_interval_ms = 60000;
	begin(&o);
	put(1, "ok", "{}");
	due_ms = wq_loop_wall_ms(w.redis.loop) + 1600;
	ask("ZADD bull:q:delayed %lld 1", (long long)due_ms * 4096);
	wq_redis_world_turn(&w.redis, 1300); /* it has looked, and knows when to look again */
	/* What it says now stays in the server's socket, and is carried out later, for nobody. */
	wq_redisd_signal(&server, SIGSTOP);
	wq_redis_world_until_away(&w.redis);
	wq_redisd_signal(&server, SIGCONT);
	wait_for("ZCARD bull:q:completed", "1");
	WQ_CHECK_STR("claimed once", ask("HGET bull:q:1 ats"), "1");
	end();
}

WQ_TEST(scripts_that_are_gone_and_a_server_that_refuses)
{
	struct wq_worker_opts o = opts();

	o.lock_ms = 20000; /* locks are not renewed meanwhile either */
	begin(&o);
	add(1, "ok", "{}");
	wait_for("ZCARD bull:q:completed", "1");
	ask("SCRIPT FLUSH");
	add(2, "ok", "{}");
	wait_for("ZCARD bull:q:completed", "2");
	add(3, "hold", "{}");
	wait_held();
	ask("CONFIG SET maxmemory 1");
	w.held_n = 0;
	wq_task_complete(w.held[0], wq_str("1"));
	wq_redis_world_turn(&w.redis, 400);
	WQ_CHECK_STR("refused", ask("ZCARD bull:q:completed"), "2");
	ask("CONFIG SET maxmemory 0");
	wait_for("ZCARD bull:q:completed", "3");
	end();
}

WQ_TEST(a_job_that_breaks_the_script_spoils_no_other)
{
	struct wq_worker_opts o = opts();

	o.lock_ms = 20000;
	begin(&o);
	for (int i = 1; i <= 4; i++)
		add(i, "hold", "{}");
	while (w.held_n < 4)
		wq_redis_world_turn(&w.redis, 10);
	ask("DEL bull:q:2");
	ask("SET bull:q:2 a_text");
	while (w.held_n > 0)
		wq_task_complete(w.held[--w.held_n], wq_str("1"));
	wait_for("ZCARD bull:q:completed", "3");
	WQ_CHECK_STR("the one is left as it was", ask("GET bull:q:2"), "a_text");
	end();
}

WQ_TEST(wakes_without_a_marker)
{
	struct wq_worker_opts o = opts();

	begin(&o);
	add(1, "ok", "{}");
	wait_for("ZCARD bull:q:completed", "1");
	put(2, "ok", "{}");
	ask("DEL bull:q:marker");
	ask("LPUSH bull:q:wait 2");
	wait_for("ZCARD bull:q:completed", "2");
	end();
}

WQ_TEST(a_mark_that_it_cannot_use_is_put_back)
{
	struct wq_worker_opts o = opts();

	o.concurrency = 1;
	begin(&o);
	wq_redis_world_turn(&w.redis, 300); /* it waits for the marker */
	put(1, "hold", "{}");
	ask("LPUSH bull:q:wait 1");
	wait_held(); /* found by looking */
	ask("ZADD bull:q:marker 0 0");
	wait_for("ZRANGE bull:q:marker 0 -1", "0");
	end();
}

WQ_TEST(a_time_out_asks_the_handler)
{
	struct wq_worker_opts o = opts();

	o.job_timeout_ms = 100;
	begin(&o);
	add(1, "hold", "{}");
	WQ_CHECK("cancelled", wq_redis_world_wait(&w.redis, is_cancelled, NULL));
	WQ_CHECK_INT("why", w.reason, WQ_CANCEL_TIMEOUT);
	WQ_CHECK("still ours", wq_task_is_ours(w.held[0]));
	end();
}

WQ_TEST(a_rate_limit_of_the_handler)
{
	struct wq_worker_opts o = opts();

	o.limit_max = 1000;
	o.limit_ms = 1000;
	begin(&o);
	add(1, "limit", "{}");
	wait_for("ZCARD bull:q:completed", "1");
	WQ_CHECK_STR("no attempt used", ask("HMGET bull:q:1 atm ats"), "1\n2");
	end();
}

WQ_TEST(the_worker_s_own_rate_limit)
{
	struct wq_worker_opts o = opts();
	uint64_t since;

	o.limit_max = 2;
	o.limit_ms = 300;
	open_world();
	for (int i = 1; i <= 5; i++)
		add(i, "ok", "{}");
	since = wq_loop_now_us(w.redis.loop);
	WQ_CHECK_INT("created", create(&o), 0);
	wait_for("ZCARD bull:q:completed", "5");
	WQ_CHECK("in the third window", wq_loop_now_us(w.redis.loop) - since >= 600000);
	end();
}

WQ_TEST(drains)
{
	struct wq_worker_opts o = opts();

	o.concurrency = 2;
	begin(&o);
	for (int i = 1; i <= 4; i++)
		add(i, "hold", "{}");
	while (w.held_n < 2)
		wq_redis_world_turn(&w.redis, 10);
	wq_worker_drain(w.worker, 200, on_drained, NULL);
	WQ_CHECK("asked to stop", wq_redis_world_wait(&w.redis, is_cancelled, NULL));
	WQ_CHECK_INT("why", w.reason, WQ_CANCEL_SHUTDOWN);
	WQ_CHECK("not yet", !w.drained);
	wq_task_complete(w.held[0], wq_str("1"));
	wq_task_release(w.held[1]);
	w.held_n = 0;
	WQ_CHECK("drained", wq_redis_world_wait(&w.redis, is_drained, NULL));
	WQ_CHECK_STR("completed", ask("ZCARD bull:q:completed"), "1");
	WQ_CHECK_STR("the others wait", ask("LLEN bull:q:wait"), "3");
	WQ_CHECK_STR("none is active", ask("EXISTS bull:q:active"), "0");
	end();
}

static bool is_listed(void *ctx)
{
	return strstr(ask("CLIENT LIST"), "name=bull:cQ==:w:crew") != NULL;
}

WQ_TEST(shows_itself_as_bullmq_s_workers_do)
{
	struct wq_worker_opts o = opts();

	o.name = "crew";
	begin(&o);
	add(1, "ok", "{}");
	wait_for("HGET bull:q:1 pb", "crew");
	WQ_CHECK("its name", wq_redis_world_wait(&w.redis, is_listed, NULL));
	end();
}

static int start_server(void **state)
{
	wq_redisd_start(&server, &(struct wq_redisd_opts){ .appendonly = true });
	return 0;
}

static int stop_server(void **state)
{
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(completes_what_waits_and_leaves_nothing_behind),
		WQ_CASE(failures_are_retried_and_then_final),
		WQ_CASE(other_endings),
		WQ_CASE(children_that_are_pending_or_failed),
		WQ_CASE(a_lock_is_renewed),
		WQ_CASE(a_stolen_lock_cancels_and_nothing_is_written),
		WQ_CASE(a_lease_ends_while_redis_stands_still),
		WQ_CASE(a_restart_of_redis_loses_nothing),
		WQ_CASE(a_lost_answer_is_asked_for),
		WQ_CASE(scripts_that_are_gone_and_a_server_that_refuses),
		WQ_CASE(a_job_that_breaks_the_script_spoils_no_other),
		WQ_CASE(wakes_without_a_marker),
		WQ_CASE(a_mark_that_it_cannot_use_is_put_back),
		WQ_CASE(a_time_out_asks_the_handler),
		WQ_CASE(a_rate_limit_of_the_handler),
		WQ_CASE(the_worker_s_own_rate_limit),
		WQ_CASE(drains),
		WQ_CASE(shows_itself_as_bullmq_s_workers_do),
	};

	return cmocka_run_group_tests_name(__FILE__, all, start_server, stop_server) != 0;
}
