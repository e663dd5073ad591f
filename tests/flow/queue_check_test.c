/* SPDX-License-Identifier: MIT */
/* queue_check_test.c — whose queue it is, and who waits for its jobs, on a real Redis. */
#include "queue/queue_check.h"

#include "base/err.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { GUESTS = 4 };

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_ref ref;
static struct wq_queue_check check;
static unsigned calls;
static int told;

/* A client that waits for jobs, as others see it. */
static struct guest {
	struct wq_redis *redis;
	struct wq_redis_cmd cmd;
	bool closed;
} guests[GUESTS];

static void on_check(struct wq_queue_check *c, int rc)
{
	(void)c;
	calls++;
	told = rc;
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return calls > 0;
}

static int look(void)
{
	int rc;

	calls = 0;
	rc = wq_queue_check_start(&check, &ref, on_check);
	if (rc < 0)
		return rc;
	WQ_CHECK_INT("not inside the call", calls, 0);
	WQ_CHECK("told", wq_redis_world_wait(&w, is_told, NULL));
	WQ_CHECK_INT("once", calls, 1);
	return told;
}

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("ref", wq_ref_init(&ref, w.redis, wq_str("bull"), wq_str("q1"), NULL), 0);
}

static void end(void)
{
	wq_ref_fini(&ref);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

static void ask(const char *command)
{
	(void)wq_redisd_ask(&server, command);
}

WQ_TEST(whose_queue_it_is)
{
	begin();
	WQ_CHECK_INT("fresh", look(), 0);
	WQ_CHECK("fresh", !check.refused && !check.seen.major && !check.seen.paused);
	WQ_CHECK_STR("nothing to say", check.why, "");
	ask("HSET bull:q1:meta version bullmq:5.80.7 opts.maxLenEvents 10000 paused 1");
	WQ_CHECK_INT("BullMQ", look(), 0);
	WQ_CHECK("BullMQ", !check.refused && check.seen.paused);
	WQ_CHECK_INT("its major", check.seen.major, 5);
	WQ_CHECK_STR("its version", check.seen.version, "bullmq:5.80.7");
	ask("HSET bull:q1:meta version bullmq-pro:7.1.0");
	WQ_CHECK_INT("Pro", look(), 0);
	WQ_CHECK("Pro", check.refused && check.seen.other_library && !check.seen.major);
	WQ_CHECK_STR("why", check.why,
	             "the queue q1 was made by bullmq-pro:7.1.0, which is not BullMQ: "
	             "use a queue of another name or prefix");
	ask("DEL bull:q1:meta");
	ask("SET bull:q1:meta-paused 1");
	WQ_CHECK_INT("Bull 3", look(), 0);
	WQ_CHECK("Bull 3", check.refused && check.seen.bull3);
	WQ_CHECK_STR("why", check.why,
	             "the queue q1 is one of Bull 3, whose jobs are kept in another way: "
	             "use a queue of another name or prefix");
	ask("DEL bull:q1:meta-paused");
	ask("SET bull:q1:id 5");
	WQ_CHECK_INT("Bull 3, not paused", look(), 0);
	WQ_CHECK("Bull 3, not paused", check.refused);
	end();
}

static void on_blocked(struct wq_redis_cmd *cmd, int rc)
{
	(void)cmd;
	(void)rc;
}

static bool all_blocked(void *ctx)
{
	int want = *(int *)ctx;
	char words[] = "blocked_clients:0";

	words[sizeof(words) - 2] = (char)('0' + want);
	return strstr(wq_redisd_ask(&server, "INFO clients"), words) != NULL;
}

static void guest_open(struct guest *g, const char *name, const char *command)
{
	struct wq_str argv[8], rest = wq_str(command);
	struct wq_redis_opts o;
	size_t n = 0;

	*g = (struct guest){ .closed = false };
	wq_redis_opts_init(&o);
	o.url = server.url;
	o.name = name;
	o.blocking = true;
	while (n < WQ_COUNT(argv) && wq_str_next(&rest, ' ', &argv[n]))
		n++;
	WQ_CHECK_INT(name, wq_redis_create(&g->redis, w.loop, w.resolver, &o), 0);
	WQ_CHECK_INT(name, wq_redis_start(g->redis, &g->cmd, argv, n, on_blocked), 0);
}

static void on_guest_closed(void *ctx)
{
	((struct guest *)ctx)->closed = true;
}

static bool guest_is_closed(void *ctx)
{
	return ((struct guest *)ctx)->closed;
}

static void guest_close(struct guest *g)
{
	wq_redis_close(g->redis, on_guest_closed, g);
	WQ_CHECK("closes", wq_redis_world_wait(&w, guest_is_closed, g));
}

WQ_TEST(who_waits_for_its_jobs)
{
	int blocked = GUESTS;

	begin();
	/* "q1" is cTE= */
	guest_open(&guests[0], "bull:cTE=", "BRPOPLPUSH bull:q1:wait bull:q1:active 0");
	guest_open(&guests[1], "bull:cTE=:w:first", "BZPOPMIN bull:q1:marker 0");
	guest_open(&guests[2], "bull:cTE=:qe", "XREAD BLOCK 0 STREAMS bull:q1:events $");
	guest_open(&guests[3], "bull:cTE=x", "BZPOPMIN bull:other:marker 0");
	WQ_CHECK("all wait", wq_redis_world_wait(&w, all_blocked, &blocked));
	WQ_CHECK_INT("mixed", look(), 0);
	WQ_CHECK("known", check.seen.clients_known);
	WQ_CHECK_INT("of 4.x", check.seen.workers_v4, 1);
	WQ_CHECK_INT("of 5.x or newer", check.seen.workers_v5, 1);
	WQ_CHECK_INT("listeners", check.seen.listeners, 1);
	WQ_CHECK("said", strstr(check.warning, "1 worker(s) of BullMQ 4 and 1 newer ones"));
	ask("HSET bull:q1:meta version bullmq:6.7.0");
	WQ_CHECK_INT("6.x", look(), 0);
	WQ_CHECK("said", strstr(check.warning, "they go on while it is paused"));
	for (int i = 0; i < GUESTS; i++)
		guest_close(&guests[i]);
	blocked = 0;
	WQ_CHECK("Redis has seen them go", wq_redis_world_wait(&w, all_blocked, &blocked));
	WQ_CHECK_INT("alone", look(), 0);
	WQ_CHECK_STR("nothing to say", check.warning, "");
	end();
}

WQ_TEST(a_server_that_lists_no_clients)
{
	char url[96];

	begin();
	ask("ACL SETUSER poor on >secret ~* +@all -client");
	ask("HSET bull:q1:meta version bullmq:5.1.0");
	wq_redis_world_close(&w);
	snprintf(url, sizeof(url), "redis://poor:secret@127.0.0.1:%u", server.port);
	wq_redis_world_connect(&w, url, NULL);
	ref.redis = w.redis;
	WQ_CHECK_INT("looks all the same", look(), 0);
	WQ_CHECK_INT("major", check.seen.major, 5);
	WQ_CHECK("no clients", !check.seen.clients_known);
	end();
}

WQ_TEST(forgotten)
{
	begin();
	calls = 0;
	WQ_CHECK_INT("start", wq_queue_check_start(&check, &ref, on_check), 0);
	wq_queue_check_forget(&check);
	WQ_CHECK_INT("another", wq_redis_world_ask(&w, "PING"), 0);
	WQ_CHECK_INT("silent", calls, 0);
	end();
}

WQ_TEST_MAIN(WQ_CASE(whose_queue_it_is), WQ_CASE(who_waits_for_its_jobs),
             WQ_CASE(a_server_that_lists_no_clients), WQ_CASE(forgotten))
