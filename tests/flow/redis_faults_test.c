/* SPDX-License-Identifier: MIT */
/* redis_faults_test.c — a real redis-server that is away, stopped, killed, full, busy, a replica, or has no room. */
#include <signal.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "io/redis/redis.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redisd s;
static struct wq_redis_world w;

static void quick(struct wq_redis_opts *o)
{
	o->connect_timeout_ms = 300;
	o->command_timeout_ms = 400;
	o->wait_ms = 3000;
}

static void begin(const struct wq_redisd_opts *server)
{
	wq_redisd_start(&s, server);
	wq_redis_world_begin(&w, s.url, quick);
	wq_redis_world_until_ready(&w);
}

static void end(void)
{
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

static void fire_all(size_t n, const char *words)
{
	wq_redis_world_load(&w, n);
	for (size_t i = 0; i < n; i++)
		WQ_CHECK_INT(words, wq_redis_world_fire(&w, i, NULL, words), 0);
}

WQ_TEST(a_server_that_comes_later)
{
	wq_redisd_prepare(&s, NULL);
	wq_redis_world_begin(&w, s.url, quick);
	fire_all(10, "INCR n");
	wq_redis_world_turn(&w, 300);
	WQ_CHECK_INT("they wait", w.done, 0);
	WQ_CHECK("why", strstr(wq_redis_why(w.redis), "connection refused"));
	wq_redisd_run(&s);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("all served", wq_redis_world_count(&w, 0), 10);
	WQ_CHECK_STR("no why", wq_redis_why(w.redis), "");
	end();
}

WQ_TEST(patience_ends)
{
	wq_redisd_prepare(&s, NULL);
	wq_redis_world_begin(&w, s.url, quick);
	fire_all(10, "INCR n");
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("none was sent", wq_redis_world_count(&w, WQ_EAWAY), 10);
	WQ_CHECK("each says why", strstr(w.shots[9].text, "connection refused"));
	WQ_CHECK_INT("not in flight", wq_redis_world_metric(&w, "willaq_redis_commands"), 0);
	end();
}

WQ_TEST(a_stopped_server_times_out_and_comes_back)
{
	size_t late;

	begin(NULL);
	wq_redisd_signal(&s, SIGSTOP);
	fire_all(100, "INCR n");
	wq_redis_world_until_away(&w);
	WQ_CHECK("why", strstr(w.why, "no answer in time"));
	wq_redis_world_collect(&w);
	late = wq_redis_world_count(&w, WQ_ETIMEDOUT);
	WQ_CHECK_INT("written, no answer", late + wq_redis_world_count(&w, WQ_ELOST), 100);
	WQ_CHECK("the oldest is late", w.shots[0].rc == WQ_ETIMEDOUT);
	wq_redis_world_turn(&w, 1000); /* several tries against a listener that nobody serves */
	WQ_CHECK("still away", !wq_redis_ready(w.redis));
	wq_redisd_signal(&s, SIGCONT);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("serves again", wq_redis_world_ask(&w, "GET n"), 0);
	WQ_CHECK_STR("they had been carried out", w.one.text, "100");
	end();
}

/* More than the kernel takes: what never left is told apart from what did. */
WQ_TEST(what_never_left_is_away)
{
	enum { N = 600, BYTES = 65536 };
	static char big[BYTES];
	char words[BYTES + 16];
	size_t away;

	memset(big, 'x', sizeof(big));
	snprintf(words, sizeof(words), "SET k %.*s", (int)sizeof(big), big);
	begin(NULL);
	wq_redisd_signal(&s, SIGSTOP);
	fire_all(N, words);
	wq_redis_world_collect(&w);
	away = wq_redis_world_count(&w, WQ_EAWAY);
	WQ_CHECK_INT("each one way",
	             away + wq_redis_world_count(&w, WQ_ELOST) +
	                     wq_redis_world_count(&w, WQ_ETIMEDOUT),
	             N);
	WQ_CHECK("some left", away < N);
	WQ_CHECK("some did not", away > 0);
	WQ_CHECK_INT("the last did not", w.shots[N - 1].rc, WQ_EAWAY);
	WQ_CHECK_INT("nothing held", wq_redis_world_metric(&w, "willaq_redis_queued_bytes"), 0);
	wq_redisd_signal(&s, SIGCONT);
	end();
}

WQ_TEST(a_kill_completes_each_once)
{
	enum { N = 1000 };

	begin(NULL);
	for (int round = 0; round < 5; round++) {
		wq_redisd_signal(&s, SIGSTOP);
		fire_all(N, "INCR n");
		wq_redis_world_turn(&w, 50); /* written */
		wq_redisd_kill(&s);
		wq_redis_world_collect(&w);
		WQ_CHECK_INT("lost", wq_redis_world_count(&w, WQ_ELOST), N);
		wq_redisd_run(&s);
		WQ_CHECK_INT("serves again", wq_redis_world_ask(&w, "SET k v"), 0);
	}
	end();
}

/* Killed while it answers: some have their answer, the others are lost, none has both. */
WQ_TEST(a_kill_amid_answers)
{
	enum { N = 20000 };
	size_t good, lost;

	begin(NULL);
	fire_all(N, "INCR n");
	wq_redis_world_turn(&w, 5);
	wq_redisd_kill(&s);
	wq_redis_world_collect(&w);
	good = wq_redis_world_count(&w, 0);
	lost = wq_redis_world_count(&w, WQ_ELOST) + wq_redis_world_count(&w, WQ_EAWAY);
	WQ_CHECK_INT("each one way", good + lost, N);
	for (size_t i = 0; i < N; i++)
		WQ_CHECK("answers come first", (i < good) == (w.shots[i].rc == 0));
	end();
}

WQ_TEST(busy_with_a_script)
{
	static const struct wq_redisd_opts server = { .config = "busy-reply-threshold 50\n" };
	static struct wq_redis_world other;

	begin(&server);
	wq_redis_world_begin(&other, s.url, NULL);
	wq_redis_world_until_ready(&other);
	wq_redis_world_load(&other, 1);
	WQ_CHECK_INT("loop", wq_redis_world_fire(&other, 0, NULL, "EVAL while(1)do\nend 0"), 0);
	wq_redis_world_turn(&other, 20);
	wq_redis_world_turn(&w, 200);
	WQ_CHECK_INT("busy", wq_redis_world_ask(&w, "GET k"), WQ_REDIS_BUSY);
	WQ_CHECK("no new connection for that", wq_redis_ready(w.redis));
	WQ_CHECK_STR("kill", wq_redisd_ask(&s, "SCRIPT KILL"), "OK");
	wq_redis_world_collect(&other);
	WQ_CHECK_INT("stopped", other.shots[0].rc, WQ_EREPLY);
	WQ_CHECK_INT("serves again", wq_redis_world_ask(&w, "GET k"), 0);
	wq_redis_world_end(&other);
	end();
}

WQ_TEST(memory_is_full)
{
	struct wq_script set;

	WQ_CHECK_INT("script",
	             wq_script_init(&set, "set", wq_str("return redis.call('SET',KEYS[1],'v')"), 1),
	             0);
	begin(NULL);
	WQ_CHECK_STR("config", wq_redisd_ask(&s, "CONFIG SET maxmemory 1"), "OK");
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), WQ_REDIS_OOM);
	wq_redis_world_load(&w, 1);
	WQ_CHECK_INT("script", wq_redis_world_fire(&w, 0, &set, "k"), 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("script", w.shots[0].rc, WQ_REDIS_OOM);
	WQ_CHECK_INT("reads go on", wq_redis_world_ask(&w, "GET k"), 0);
	WQ_CHECK_STR("config", wq_redisd_ask(&s, "CONFIG SET maxmemory 0"), "OK");
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), 0);
	end();
}

/* A failover as a client sees it: its server became a replica; later the address is a primary again. */
WQ_TEST(a_replica_is_left_behind)
{
	struct wq_redisd primary;
	char words[64];

	wq_redisd_start(&primary, NULL);
	begin(NULL);
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), 0);
	snprintf(words, sizeof(words), "REPLICAOF 127.0.0.1 %u", primary.port);
	WQ_CHECK_STR("replica", wq_redisd_ask(&s, words), "OK");
	fire_all(20, "INCR n");
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("what flew is answered", wq_redis_world_count(&w, WQ_REDIS_READONLY), 20);
	WQ_CHECK_INT("once down", w.downs, 1);
	WQ_CHECK("why", strstr(w.why, "READONLY"));
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("a new connection", w.ups, 2);
	WQ_CHECK_STR("primary", wq_redisd_ask(&s, "REPLICAOF NO ONE"), "OK");
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), 0);
	end();
	wq_redisd_stop(&primary);
}

WQ_TEST(no_room_for_another_client)
{
	static const struct wq_redisd_opts server = { .config = "maxclients 1\n" };
	static struct wq_redis_world other;

	wq_redisd_start(&s, &server);
	wq_redis_world_begin(&other, s.url, NULL);
	wq_redis_world_until_ready(&other);
	wq_redis_world_begin(&w, s.url, quick);
	wq_redis_world_turn(&w, 300);
	WQ_CHECK("why", strstr(wq_redis_why(w.redis), "max number of clients"));
	wq_redis_world_end(&other);
	wq_redis_world_until_ready(&w);
	end();
}

WQ_TEST(a_connection_cut_by_the_server)
{
	begin(NULL);
	WQ_CHECK("kill", strcmp(wq_redisd_ask(&s, "CLIENT KILL TYPE normal"), "0") != 0);
	wq_redis_world_until_away(&w);
	WQ_CHECK("why", strstr(w.why, "closed the connection"));
	WQ_CHECK_INT("serves again", wq_redis_world_ask(&w, "PING"), 0);
	WQ_CHECK_INT("one more", wq_redis_world_metric(&w, "willaq_redis_connections_total"), 2);
	end();
}

/* We are stopped, not the server: its answers, more than one turn reads, were there in time. */
WQ_TEST(our_own_pause_is_not_its_fault)
{
	enum { N = 200, BYTES = 65536 };
	static char words[BYTES + 8];
	uint64_t end_us;

	memcpy(words, "SET k ", 6);
	memset(words + 6, 'x', BYTES);
	begin(NULL);
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, words), 0);
	fire_all(N, "GET k");
	wq_redis_world_turn(&w, 1);
	end_us = wq_clock_system()->mono_us(wq_clock_system()) + 600000;
	while (wq_clock_system()->mono_us(wq_clock_system()) < end_us)
		; /* stopped */
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("all", wq_redis_world_count(&w, 0), N);
	WQ_CHECK_INT("no new connection", w.ups, 1);
	end();
}

/* With the settings that people get: five seconds after the server can be reached again, it is. */
WQ_TEST(it_heals_in_five_seconds)
{
	struct wq_redis_opts o;
	struct wq_loop *loop;
	uint64_t start;

	wq_redisd_start(&s, NULL);
	wq_redis_world_begin(&w, NULL, NULL);
	loop = w.loop;
	wq_redis_opts_init(&o);
	o.url = s.url;
	WQ_CHECK_INT("client", wq_redis_create(&w.redis, loop, w.resolver, &o), 0);
	wq_redis_world_until_ready(&w);
	wq_redisd_signal(&s, SIGSTOP);
	fire_all(1, "PING");
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("dead", w.shots[0].rc, WQ_ETIMEDOUT);
	wq_redis_world_turn(&w, 5000); /* tries and rests at their longest */
	wq_redisd_signal(&s, SIGCONT);
	start = wq_loop_now_us(loop);
	wq_redis_world_until_ready(&w);
	WQ_CHECK("in time", wq_loop_now_us(loop) - start < 5000000);
	end();
}

/* --- the log --- */
static unsigned lines, away_lines, lost_lines, connected_lines;
static bool leaked;
static void on_line(void *ctx, struct wq_str line)
{
	(void)ctx;
	lines++;
	away_lines += memmem(line.p, line.n, "event=redis_away", 16) != NULL;
	lost_lines += memmem(line.p, line.n, "event=redis_lost", 16) != NULL;
	connected_lines += memmem(line.p, line.n, "event=redis_connected", 21) != NULL;
	leaked |= memmem(line.p, line.n, "s3cret", 6) != NULL;
}

WQ_TEST(the_log_tells_changes_not_commands)
{
	static const struct wq_redisd_opts server = { .password = "s3cret" };
	struct wq_log_opts tapped = { .level = WQ_LOG_DEBUG, .sink = on_line },
			   normal = { .level = WQ_LOG_INFO, .fd = 2 };

	lines = away_lines = lost_lines = connected_lines = 0;
	wq_log_setup(&tapped);
	begin(&server);
	wq_redisd_kill(&s);
	wq_redis_world_until_away(&w);
	fire_all(1000, "INCR n");
	wq_redis_world_collect(&w);
	wq_redis_world_turn(&w, 2500);
	wq_redisd_run(&s);
	wq_redis_world_until_ready(&w);
	end();
	wq_log_setup(&normal);
	WQ_CHECK_INT("connected", connected_lines, 2);
	WQ_CHECK_INT("lost", lost_lines, 1);
	WQ_CHECK_INT("away, every five seconds", away_lines, 1);
	WQ_CHECK_INT("nothing else", lines, 4);
	WQ_CHECK("no password", !leaked);
}

WQ_TEST_MAIN(WQ_CASE(a_server_that_comes_later), WQ_CASE(patience_ends),
             WQ_CASE(a_stopped_server_times_out_and_comes_back), WQ_CASE(what_never_left_is_away),
             WQ_CASE(a_kill_completes_each_once), WQ_CASE(a_kill_amid_answers),
             WQ_CASE(busy_with_a_script), WQ_CASE(memory_is_full),
             WQ_CASE(a_replica_is_left_behind), WQ_CASE(no_room_for_another_client),
             WQ_CASE(a_connection_cut_by_the_server), WQ_CASE(our_own_pause_is_not_its_fault),
             WQ_CASE(it_heals_in_five_seconds), WQ_CASE(the_log_tells_changes_not_commands))
