/* SPDX-License-Identifier: MIT */
/* redis_hostile_test.c — peers that are not Redis, or not well; and memory that runs out at every step. */
#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/redis.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_peer.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redis_world w;
static struct wq_redis_peer peer;

static void quick(struct wq_redis_opts *o)
{
	o->connect_timeout_ms = 300;
	o->command_timeout_ms = 1000;
	o->wait_ms = 600;
	o->backoff_min_ms = 20;
	o->backoff_max_ms = 50;
}

static void begin(const struct wq_redis_peer_opts *o)
{
	wq_redis_world_begin(&w, NULL, NULL);
	wq_redis_peer_start(&peer, w.loop, o);
	wq_redis_world_connect(&w, peer.url, quick);
}

static bool peer_gone(void *ctx)
{
	(void)ctx;
	return peer.open == 0;
}

static void end(void)
{
	wq_redis_world_close(&w);
	wq_redis_peer_stop(&peer);
	WQ_CHECK("the peer goes", wq_redis_world_wait(&w, peer_gone, NULL));
	wq_redis_world_end(&w);
}

static const char *last_why(void)
{
	return w.why[0] ? w.why : wq_redis_why(w.redis);
}

WQ_TEST(peers_that_never_greet)
{
	static const struct {
		const char *what;
		struct wq_redis_peer_opts o;
		const char *why;
	} cases[] = {
		{ "closes at once", { .closes_at_once = true }, "closed the connection" },
		{ "says nothing", { .greeting = "" }, "no answer in time" },
		{ "speaks HTTP",
		  { .greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" },
		  "not the Redis" },
		{ "half a line", { .greeting = "+PO" }, "no answer in time" },
		{ "loads", { .greeting = "-LOADING Redis is loading\r\n" }, "LOADING" },
		{ "is busy", { .greeting = "-BUSY a script runs\r\n" }, "BUSY" },
		{ "is protected",
		  { .greeting = "-DENIED Redis is running in protected mode\r\n" },
		  "DENIED" },
		{ "zero bytes", { .greeting = "-\x01\x02\r\n" }, ": " },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		begin(&cases[i].o);
		WQ_CHECK_INT(cases[i].what, wq_redis_world_ask(&w, "GET k"), WQ_EAWAY);
		WQ_CHECK_INT(cases[i].what, w.ups, 0);
		if (!strstr(w.one.text, cases[i].why))
			WQ_CHECK_STR(cases[i].what, w.one.text, cases[i].why);
		WQ_CHECK(cases[i].what, peer.accepted > 0 && peer.accepted < 50);
		end();
	}
}

static const struct {
	const char *what;
	struct wq_redis_peer_opts o;
	int rc;
	const char *text; /* of the answer, or of the error */
	const char *why;  /* the connection's end; NULL: it stays */
} hostile[] = {
	{ "never answers", { .answer = NULL }, WQ_ETIMEDOUT, "", "no answer in time" },
	{ "garbage", { .answer = "\xff\xfe garbage\r\n" }, WQ_ELOST, "", "not the Redis protocol" },
	{ "empty line", { .answer = "\r\n" }, WQ_ELOST, "", "not the Redis protocol" },
	{ "half, then closes", { .answer = "$10\r\nabc", .closes = true }, WQ_ELOST, "", "closed" },
	{ "closes", { .answer = "+", .closes = true }, WQ_ELOST, "", "closed" },
	{ "half for ever", { .answer = "$10\r\nabc" }, WQ_ETIMEDOUT, "", "no answer in time" },
	{ "negative string", { .answer = "$-5\r\n" }, WQ_ELOST, "", "not the Redis protocol" },
	{ "negative array", { .answer = "*-5\r\n" }, WQ_ELOST, "", "not the Redis protocol" },
	{ "huge array", { .answer = "*4294967295\r\n" }, WQ_ELOST, "", "not the Redis protocol" },
	{ "huge and nothing in it", { .answer = "$999999999999\r\n" }, WQ_ELOST, "", "too large" },
	{ "full of small ones",
	  { .answer = "*1000000\r\n", .filler = "*2\r\n:1\r\n:1\r\n", .filler_bytes = 12000000 },
	  WQ_ELOST,
	  "",
	  "too large" },
	{ "endless line", { .answer = "+", .filler_bytes = 2000000 }, WQ_ELOST, "", "too large" },
	{ "deep",
	  { .answer = "*1\r\n", .filler = "*1\r\n", .filler_bytes = 2000000 },
	  WQ_ELOST,
	  "",
	  "too deeply" },
	{ "one byte at a time", { .answer = "$5\r\nhe\0lo\r\n", .answer_n = 11, .chunk = 1 }, 0, "he", NULL },
	{ "nested, one by one",
	  { .answer = "*2\r\n*2\r\n:1\r\n$-1\r\n$1\r\nx\r\n", .chunk = 1 },
	  0,
	  "[[1, (nil)], x]",
	  NULL },
	{ "one answer too many", { .answer = "+OK\r\n+MORE\r\n" }, 0, "OK", "nobody asked for" },
	{ "pub/sub out of the blue",
	  { .answer = "+OK\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n" },
	  0,
	  "OK",
	  "nobody asked for" },
	{ "an error too many", { .answer = "+OK\r\n-ERR go away\r\n" }, 0, "OK", "go away" },
	{ "answers, then closes", { .answer = "+OK\r\n", .closes = true }, 0, "OK", "closed" },
	{ "loads", { .answer = "-LOADING x\r\n" }, WQ_REDIS_LOADING, "LOADING x", "LOADING x" },
	{ "primary away", { .answer = "-MASTERDOWN x\r\n" }, WQ_REDIS_LOADING, "MASTERDOWN x", "MASTERDOWN" },
	{ "replica", { .answer = "-READONLY x\r\n" }, WQ_REDIS_READONLY, "READONLY x", "READONLY" },
	{ "became one", { .answer = "-UNBLOCKED x\r\n" }, WQ_REDIS_READONLY, "UNBLOCKED x", "UNBLOCKED" },
	{ "disk full", { .answer = "-MISCONF x\r\n" }, WQ_REDIS_MISCONF, "MISCONF x", NULL },
	{ "cluster", { .answer = "-MOVED 1 h:1\r\n" }, WQ_REDIS_CLUSTER, "MOVED 1 h:1", NULL },
	{ "no login", { .answer = "-NOAUTH x\r\n" }, WQ_REDIS_DENIED, "NOAUTH x", NULL },
	{ "bare error", { .answer = "-\r\n" }, WQ_EREPLY, "", NULL },
};

WQ_TEST(peers_that_answer_badly)
{
	for (size_t i = 0; i < WQ_COUNT(hostile); i++) {
		const char *what = hostile[i].what;

		begin(&hostile[i].o);
		wq_redis_world_until_ready(&w);
		WQ_CHECK_INT(what, wq_redis_world_ask(&w, "GET k"), hostile[i].rc);
		if (hostile[i].rc >= 0)
			WQ_CHECK_STR(what, w.one.text, hostile[i].text);
		if (hostile[i].why && w.downs == 0)
			wq_redis_world_until_away(&w);
		if (hostile[i].why && !strstr(w.why, hostile[i].why))
			WQ_CHECK_STR(what, w.why, hostile[i].why);
		WQ_CHECK_INT(what, w.downs, hostile[i].why != NULL);
		WQ_CHECK(what, peer.sent < 100000000);
		if (hostile[i].why)
			wq_redis_world_until_ready(&w); /* and again */
		end();
	}
}

/* A server that is loading: the next connection finds it done. */
WQ_TEST(loading_ends)
{
	static const struct wq_redis_peer_opts loads = { .greeting = "-LOADING x\r\n" };

	begin(&loads);
	wq_redis_world_turn(&w, 200);
	WQ_CHECK("away", !wq_redis_ready(w.redis));
	WQ_CHECK("why", strstr(last_why(), "LOADING"));
	peer.o.greeting = NULL;
	wq_redis_world_until_ready(&w);
	end();
}

/* What flies is answered before the connection goes. */
WQ_TEST(draining_answers_what_flies)
{
	static const struct wq_redis_peer_opts o = {
		.answer = "+1\r\n-READONLY x\r\n+3\r\n+4\r\n", .chunk = 5
	};

	begin(&o);
	wq_redis_world_until_ready(&w);
	wq_redis_world_load(&w, 4);
	for (size_t i = 0; i < 4; i++)
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, NULL, "GET k"), 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("three", wq_redis_world_count(&w, 0), 3);
	WQ_CHECK_INT("one", w.shots[1].rc, WQ_REDIS_READONLY);
	WQ_CHECK_STR("the last", w.shots[3].text, "4");
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("anew", peer.accepted, 2);
	end();
}

/* A drain does not wait for ever. */
WQ_TEST(draining_ends)
{
	static const struct wq_redis_peer_opts o = { .answer = "-READONLY x\r\n" };

	begin(&o);
	wq_redis_world_until_ready(&w);
	wq_redis_world_load(&w, 3);
	for (size_t i = 0; i < 3; i++)
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, NULL, "GET k"), 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("one", w.shots[0].rc, WQ_REDIS_READONLY);
	WQ_CHECK_INT("lost", wq_redis_world_count(&w, WQ_ELOST), 2);
	end();
}

/* --- callbacks that do everything a callback may do --- */
static struct wq_redis_cmd again[8];
static unsigned rounds;

static void on_again(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_str get[] = { WQ_STR("GET"), WQ_STR("k") };

	(void)rc;
	WQ_CHECK("a forgotten one is silent", cmd != &again[7]);
	wq_redis_forget(cmd); /* itself: nothing */
	wq_redis_forget(&again[7]);
	if (++rounds < 400)
		WQ_CHECK_INT("start", wq_redis_start(w.redis, cmd, get, 2, on_again), 0);
}

static bool rounds_done(void *ctx)
{
	(void)ctx;
	return rounds >= 400 + 6;
}

WQ_TEST(callbacks_start_and_forget)
{
	static const struct wq_redis_peer_opts o = { .answer = "+1\r\n+2\r\n", .closes = true };
	struct wq_str get[] = { WQ_STR("GET"), WQ_STR("k") };

	begin(&o);
	rounds = 0;
	for (size_t i = 0; i < WQ_COUNT(again); i++)
		WQ_CHECK_INT("start", wq_redis_start(w.redis, &again[i], get, 2, on_again), 0);
	WQ_CHECK("each starts itself again, across connections",
	         wq_redis_world_wait(&w, rounds_done, NULL));
	WQ_CHECK_INT("none left", wq_redis_world_metric(&w, "willaq_redis_commands"), 0);
	end();
}

static void close_it(void *ctx)
{
	w.closed = true;
	(void)ctx;
}

static void on_answer_close(struct wq_redis_cmd *cmd, int rc)
{
	(void)cmd;
	if (rounds++ == 0)
		wq_redis_close(w.redis, close_it, NULL);
	(void)rc;
}

static bool closed(void *ctx)
{
	(void)ctx;
	return w.closed;
}

WQ_TEST(a_callback_closes_the_client)
{
	static const struct wq_redis_peer_opts o = { .answer = "+1\r\n+2\r\n+3\r\n" };
	struct wq_str get[] = { WQ_STR("GET"), WQ_STR("k") };

	begin(&o);
	wq_redis_world_until_ready(&w);
	rounds = 0;
	for (size_t i = 0; i < 5; i++)
		WQ_CHECK_INT("start", wq_redis_start(w.redis, &again[i], get, 2, on_answer_close),
		             0);
	WQ_CHECK("closed", wq_redis_world_wait(&w, closed, NULL));
	WQ_CHECK_INT("each once", rounds, 5);
	w.redis = NULL;
	end();
}

/* --- memory --- */
static struct wq_redisd server;
static struct wq_script twice;
static struct {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_redis_cmd cmd[6];
	unsigned started, calls[6];
	bool closed;
} f;

static void on_fault(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK("a code of the contract", rc == 0 || rc == WQ_EAWAY || rc == WQ_ELOST ||
	                                           rc == WQ_ETIMEDOUT || rc == WQ_ENOMEM);
	f.calls[cmd - f.cmd]++;
}

static bool all_called(void *ctx)
{
	unsigned n = 0;

	(void)ctx;
	for (size_t i = 0; i < WQ_COUNT(f.calls); i++)
		n += f.calls[i];
	return n >= f.started;
}

static void on_fault_closed(void *ctx)
{
	(void)ctx;
	f.closed = true;
}

static bool fault_closed(void *ctx)
{
	(void)ctx;
	return f.closed;
}

static void start_all(void)
{
	static char big[20000];
	struct wq_str set[] = { WQ_STR("SET"), WQ_STR("k"), { big, sizeof(big) } };
	struct wq_str get[] = { WQ_STR("GET"), WQ_STR("k") };
	struct wq_str list[] = { WQ_STR("EVAL"), WQ_STR("return {1,{'a',{}},false}"), WQ_STR("0") };
	struct wq_str key = WQ_STR("n");

	f.started += wq_redis_start(f.redis, &f.cmd[0], set, 3, on_fault) == 0;
	f.started += wq_redis_start(f.redis, &f.cmd[1], get, 2, on_fault) == 0;
	f.started += wq_script_start(f.redis, &f.cmd[2], &twice, &key, 1, on_fault) == 0;
	wq_loop_run_until(f.loop, all_called, NULL, 100000);
	f.started += wq_redis_start(f.redis, &f.cmd[3], list, 3, on_fault) == 0;
	f.started += wq_script_start(f.redis, &f.cmd[4], &twice, &key, 1, on_fault) == 0;
	f.started += wq_redis_start(f.redis, &f.cmd[5], get, 2, on_fault) == 0;
	wq_loop_run_until(f.loop, all_called, NULL, 100000);
}

static void run_client(void)
{
	struct wq_redis_opts o;
	unsigned calls = 0;

	memset(&f, 0, sizeof(f));
	if (wq_loop_create(&f.loop, NULL) < 0)
		return;
	if (server.o.tls && wq_resolver_create(&f.resolver, f.loop, NULL) < 0) {
		wq_loop_destroy(f.loop);
		return;
	}
	wq_redis_opts_init(&o);
	o.url = server.url;
	o.ca_file = server.o.tls ? server.ca : NULL;
	o.name = "sweep";
	o.backoff_min_ms = 1;
	o.backoff_max_ms = 2;
	if (wq_redis_create(&f.redis, f.loop, f.resolver, &o) == 0) {
		start_all();
		for (size_t i = 0; i < WQ_COUNT(f.calls); i++) {
			WQ_CHECK("at most once", f.calls[i] <= 1);
			calls += f.calls[i];
		}
		WQ_CHECK_INT("exactly once", calls, f.started);
		wq_redis_close(f.redis, on_fault_closed, NULL);
		WQ_CHECK("closes", wq_loop_run_until(f.loop, fault_closed, NULL, 1000));
	}
	f.closed = false;
	if (f.resolver) {
		wq_resolver_close(f.resolver, on_fault_closed, NULL);
		WQ_CHECK("closes", wq_loop_run_until(f.loop, fault_closed, NULL, 1000));
	}
	wq_loop_destroy(f.loop);
}

static void sweep(const struct wq_redisd_opts *o, const char *what)
{
	wq_redisd_start(&server, o);
	WQ_CHECK_INT("script",
	             wq_script_init(&twice, "twice",
	                            wq_str("return redis.call('INCRBY',KEYS[1],2)"), 1),
	             0);
	run_client(); /* OpenSSL and others keep what their first use made */
	WQ_CHECK("something was tried", wq_fault_sweep(what, run_client, 2000).runs > 20);
	wq_redisd_stop(&server);
}

WQ_TEST(memory_may_run_out_anywhere)
{
	static const struct wq_redisd_opts socket = { .socket = true };

	sweep(&socket, "set, get, script");
}

WQ_TEST(memory_may_run_out_in_tls)
{
	static const struct wq_redisd_opts tls = { .tls = true };

	sweep(&tls, "set, get, script over TLS");
}

WQ_TEST_MAIN(WQ_CASE(peers_that_never_greet), WQ_CASE(peers_that_answer_badly),
             WQ_CASE(loading_ends), WQ_CASE(draining_answers_what_flies), WQ_CASE(draining_ends),
             WQ_CASE(callbacks_start_and_forget), WQ_CASE(a_callback_closes_the_client),
             WQ_CASE(memory_may_run_out_anywhere), WQ_CASE(memory_may_run_out_in_tls))
