/* SPDX-License-Identifier: MIT */
/* sink_test.c — posts on their way into a real Redis: batches, bounds, refusals, closing; and without memory. */
#include "domain/sink/sink.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { MANY = 300 };

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_sink *sink;
static bool closed;

/* One post of one message. */
static struct given {
	struct wq_intake intake;
	struct wq_sink_update update;
	char digest[17], data[64];
	unsigned calls;
	int rc;
	uint64_t fresh, known;
} given[MANY];

static const struct wq_sink_limits wide = { .waiting_max = 1000, .waiting_max_bytes = 1 << 20 };

static void open_sink_of(const struct wq_sink_limits *limits, uint64_t backlog_max,
                         uint32_t priority)
{
	struct wq_sink_opts o = { .prefix = wq_str("bull"), .log_max = 100, .log_ms = 60000, .log_body = true,
		                  .backlog_max = backlog_max };
	const char *why = NULL;

	o.jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){ wq_str("in"), wq_str("{\"attempts\":3}"),
		                                          priority };
	closed = false;
	WQ_CHECK_INT("sink", wq_sink_create(&sink, w.loop, w.redis, &o, limits, &why), 0);
}

static void open_sink(const struct wq_sink_limits *limits, uint64_t backlog_max)
{
	open_sink_of(limits, backlog_max, 10);
}

static void on_closed(void *ctx)
{
	(void)ctx;
	closed = true;
}

static bool is_closed(void *ctx)
{
	(void)ctx;
	return closed;
}

static void close_sink(void)
{
	wq_sink_close(sink, on_closed, NULL);
	sink = NULL;
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_closed, NULL));
}

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
}

static void end(void)
{
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

static void on_told(struct wq_intake *i, int rc)
{
	struct given *g = (struct given *)(void *)i;

	g->calls++;
	g->rc = rc;
	g->fresh = i->fresh;
	g->known = i->known;
}

static int give(size_t i, unsigned id)
{
	struct given *g = &given[i];

	*g = (struct given){ .calls = 0 };
	snprintf(g->digest, sizeof(g->digest), "%016u", id);
	snprintf(g->data, sizeof(g->data), "{\"id\":%u}", id);
	g->update = (struct wq_sink_update){ .queue = WQ_SINK_MESSAGES,
		                             .digest = wq_strn(g->digest, 16),
		                             .name = wq_str("process-message"),
		                             .data = wq_str(g->data) };
	g->intake.post = (struct wq_sink_post){ .provider = wq_str("cloud"),
		                                .body = wq_str("{}"),
		                                .updates = &g->update,
		                                .updates_n = 1 };
	return wq_sink_take(sink, &g->intake, on_told);
}

static bool all_told(void *ctx)
{
	const size_t n = *(const size_t *)ctx;

	for (size_t i = 0; i < n; i++)
		if (!given[i].calls)
			return false;
	return true;
}

static void collect(size_t n)
{
	WQ_CHECK("told", wq_redis_world_wait(&w, all_told, &n));
	for (size_t i = 0; i < n; i++)
		WQ_CHECK_INT("once", given[i].calls, 1);
}

static long ask(const char *command)
{
	return atol(wq_redisd_ask(&server, command));
}

WQ_TEST(what_came_in_one_turn_leaves_together)
{
	const char *calls;

	begin();
	open_sink(&wide, 0);
	for (unsigned i = 0; i < MANY; i++)
		WQ_CHECK_INT("taken", give(i, i % 200), 0);
	WQ_CHECK_INT("not inside the call", given[0].calls, 0);
	collect(MANY);
	for (unsigned i = 0; i < MANY; i++) {
		WQ_CHECK_INT("held", given[i].rc, 0);
		WQ_CHECK_INT("new once", given[i].fresh, i < 200);
		WQ_CHECK_INT("then known", given[i].known, i >= 200);
	}
	WQ_CHECK_INT("jobs", ask("ZCARD bull:in:prioritized"), 200);
	WQ_CHECK_INT("posts", ask("HGET wq:{bull}:sink:counts posts"), MANY);
	calls = strstr(wq_redisd_ask(&server, "INFO commandstats"), "cmdstat_evalsha:calls=");
	WQ_CHECK("64 a call",
	         calls && atol(strchr(calls, '=') + 1) <= MANY / WQ_SINK_BATCH_POSTS_MAX + 2);
	close_sink();
	end();
}

WQ_TEST(more_than_may_wait_is_refused)
{
	const struct wq_sink_limits few = { .waiting_max = 5, .waiting_max_bytes = 1 << 20 };
	const struct wq_sink_limits small = { .waiting_max = 1000, .waiting_max_bytes = 800 };
	unsigned taken = 0;

	begin();
	open_sink(&few, 0);
	for (unsigned i = 0; i < 8; i++)
		WQ_CHECK_INT("by number", give(i, i), i < 5 ? 0 : WQ_EFULL);
	collect(5);
	WQ_CHECK_INT("room again", give(0, 100), 0);
	collect(1);
	close_sink();
	open_sink(&small, 0);
	for (unsigned i = 0; i < 20; i++)
		taken += give(i, 200 + i) == 0;
	WQ_CHECK("by bytes", taken > 0 && taken < 20);
	collect(taken);
	close_sink();
	end();
}

WQ_TEST(a_backlog_takes_all_of_a_call_or_nothing)
{
	begin();
	open_sink(&wide, 3);
	for (unsigned i = 0; i < 4; i++)
		(void)give(i, i);
	collect(4);
	WQ_CHECK_INT("one call, all of it", given[3].rc, 0);
	(void)give(0, 50);
	(void)give(1, 1);
	collect(2);
	WQ_CHECK_INT("no more", given[0].rc, WQ_SINK_BACKLOG);
	WQ_CHECK_INT("jobs", ask("ZCARD bull:in:prioritized"), 4);
	WQ_CHECK_INT("not remembered", ask("HGET wq:{bull}:sink:counts posts"), 4);
	close_sink();
	end();
}

/* Where BullMQ 5 and 6 look for the jobs of a paused queue. */
WQ_TEST(a_queue_that_starts_nothing_gets_jobs_and_no_marker)
{
	begin();
	open_sink_of(&wide, 0, 0);
	WQ_CHECK_INT("of 5.x", ask("HSET bull:in:meta paused 1 version bullmq:5.80.7"), 2);
	(void)give(0, 1);
	collect(1);
	WQ_CHECK_INT("aside", ask("LLEN bull:in:paused"), 1);
	WQ_CHECK_INT("gone", ask("DEL bull:in:paused"), 1);
	WQ_CHECK_INT("of 6.x", ask("HSET bull:in:meta version bullmq:6.0.0"), 0);
	(void)give(0, 2);
	collect(1);
	WQ_CHECK_INT("in place", ask("LLEN bull:in:wait"), 1);
	WQ_CHECK_INT("full", ask("HSET bull:in:meta concurrency 1"), 1);
	WQ_CHECK_INT("resumed", ask("HDEL bull:in:meta paused"), 1);
	WQ_CHECK_INT("one is active", ask("LPUSH bull:in:active 1"), 1);
	(void)give(0, 3);
	collect(1);
	WQ_CHECK_INT("waits", ask("LLEN bull:in:wait"), 2);
	WQ_CHECK_INT("nobody was woken", ask("EXISTS bull:in:marker"), 0);
	WQ_CHECK_INT("it has ended", ask("DEL bull:in:active"), 1);
	(void)give(0, 4);
	collect(1);
	WQ_CHECK_INT("somebody is", ask("EXISTS bull:in:marker"), 1);
	close_sink();
	end();
}

/* A call of a process whose clock is `ahead_ms` from ours. */
static struct skewed {
	struct wq_redis_cmd cmd;
	struct wq_sink_post post;
	uint64_t fresh;
	bool told;
} skewed;

static const struct wq_sink_post *skewed_post(void *ctx, size_t i)
{
	(void)i;
	return &((struct skewed *)ctx)->post;
}

static void on_skewed(struct wq_redis_cmd *cmd, int rc)
{
	struct skewed *s = WQ_OWNER(cmd, struct skewed, cmd);
	uint64_t known;

	WQ_CHECK_INT("answered", rc, 0);
	wq_sink_counts(cmd, 0, &s->fresh, &known);
	s->told = true;
}

static bool skewed_is_told(void *ctx)
{
	return ((struct skewed *)ctx)->told;
}

WQ_TEST(clocks_that_disagree_let_nothing_in_twice)
{
	static const int64_t ahead_ms[] = { 30 * 86400000LL, 0, -30 * 86400000LL };
	struct wq_sink_opts o = { .prefix = wq_str("bull") };
	struct wq_sink_keys *keys;
	const char *why = NULL;

	begin();
	o.jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){ wq_str("in"), wq_str("{}"), 0 };
	WQ_CHECK_INT("keys", wq_sink_keys_create(&keys, w.redis, &o, &why), 0);
	open_sink(&wide, 0);
	(void)give(0, 1);
	collect(1);
	for (size_t i = 0; i < WQ_COUNT(ahead_ms); i++) {
		skewed = (struct skewed){ .post = given[0].intake.post, .fresh = UINT64_MAX };
		WQ_CHECK_INT("started",
		             wq_sink_start(keys, &skewed.cmd, wq_loop_wall_ms(w.loop) + ahead_ms[i],
		                           1, skewed_post, &skewed, on_skewed),
		             0);
		WQ_CHECK("told", wq_redis_world_wait(&w, skewed_is_told, &skewed));
		WQ_CHECK_INT("known", skewed.fresh, 0);
	}
	WQ_CHECK_INT("one job", ask("ZCARD bull:in:prioritized"), 1);
	wq_sink_keys_destroy(keys);
	close_sink();
	end();
}

WQ_TEST(closing_tells_everybody)
{
	begin();
	open_sink(&wide, 0);
	for (unsigned i = 0; i < 3; i++)
		(void)give(i, i);
	wq_sink_close(sink, on_closed, NULL);
	for (unsigned i = 0; i < 3; i++)
		WQ_CHECK_INT("what waited", given[i].rc, WQ_ECANCELED);
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_closed, NULL));
	wq_sink_close(NULL, NULL, NULL);
	end();
}

static unsigned next_id = 1000;

static void without_memory(void)
{
	struct wq_sink_opts o = { .prefix = wq_str("bull"), .log_max = 10, .log_ms = 60000 };
	const char *why = NULL;
	size_t taken = 0;

	o.jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){ wq_str("in"), wq_str("{}"), 0 };
	closed = false;
	if (wq_sink_create(&sink, w.loop, w.redis, &o, &wide, &why) < 0)
		return;
	while (taken < 3 && give(taken, next_id++) == 0)
		taken++;
	collect(taken);
	for (size_t i = 0; i < taken; i++)
		WQ_CHECK("held, or told that it is not",
		         given[i].rc == 0 ? given[i].fresh == 1 : given[i].fresh == 0);
	given[0].rc = WQ_EAWAY;
	for (unsigned i = 0; given[0].rc != 0; i++) {
		WQ_CHECK("goes on", i < 10);
		if (give(0, next_id++) == 0)
			collect(1);
	}
	close_sink();
}

WQ_TEST(without_memory_nothing_is_called_held_that_is_not)
{
	begin();
	without_memory(); /* the script is known, and buffers have grown */
	WQ_CHECK("some runs", wq_fault_sweep("sink", without_memory, 500).runs > 3);
	end();
}

WQ_TEST_MAIN(WQ_CASE(what_came_in_one_turn_leaves_together), WQ_CASE(more_than_may_wait_is_refused),
             WQ_CASE(a_backlog_takes_all_of_a_call_or_nothing),
             WQ_CASE(a_queue_that_starts_nothing_gets_jobs_and_no_marker),
             WQ_CASE(clocks_that_disagree_let_nothing_in_twice), WQ_CASE(closing_tells_everybody),
             WQ_CASE(without_memory_nothing_is_called_held_that_is_not))
