/* SPDX-License-Identifier: MIT */
/* redis_follow_test.c — channels, streams and blocking commands across restarts of a real redis-server. */
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/subscribe.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redisd s;
static struct wq_redis_world w;
static bool gone;

static void on_gone(void *ctx)
{
	(void)ctx;
	gone = true;
}

static bool is_gone(void *ctx)
{
	(void)ctx;
	return gone;
}

static struct wq_redis_opts opts(void)
{
	struct wq_redis_opts o;

	wq_redis_opts_init(&o);
	o.url = s.url;
	o.connect_timeout_ms = 500;
	o.backoff_max_ms = 100;
	return o;
}

/* --- channels --- */
static struct {
	struct wq_redis_sub *sub;
	unsigned gaps, messages;
	char last[64];
	bool closes;
} p;

static void on_message(void *ctx, struct wq_str channel, struct wq_str payload)
{
	(void)ctx;
	p.messages++;
	snprintf(p.last, sizeof(p.last), "%.*s:%.*s", WQ_STR_ARG(channel), WQ_STR_ARG(payload));
	if (p.closes) {
		wq_redis_sub_close(p.sub, on_gone, NULL);
		p.sub = NULL;
		p.closes = false;
	}
}

static void on_gap(void *ctx)
{
	(void)ctx;
	p.gaps++;
}

static bool gaps(void *ctx)
{
	return p.gaps >= *(unsigned *)ctx;
}

static bool messages(void *ctx)
{
	return p.messages >= *(unsigned *)ctx;
}

static void begin_sub(void)
{
	struct wq_redis_sub_opts so = { .on_message = on_message, .on_gap = on_gap };
	struct wq_redis_opts o;

	memset(&p, 0, sizeof(p));
	gone = false;
	wq_redis_world_begin(&w, NULL, NULL);
	o = opts();
	WQ_CHECK_INT("create", wq_redis_sub_create(&p.sub, w.loop, w.resolver, &o, &so), 0);
}

static void end_sub(void)
{
	if (p.sub)
		wq_redis_sub_close(p.sub, on_gone, NULL);
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_gone, NULL));
	wq_redis_world_end(&w);
}

static void await_gaps(unsigned n)
{
	WQ_CHECK("subscribed", wq_redis_world_wait(&w, gaps, &n));
}

static void publish(const char *words, const char *want)
{
	unsigned n = p.messages + 1;

	WQ_CHECK_STR(words, wq_redisd_ask(&s, words), "1");
	WQ_CHECK(words, wq_redis_world_wait(&w, messages, &n));
	WQ_CHECK_STR(words, p.last, want);
}

WQ_TEST(channels_come_and_go)
{
	wq_redisd_start(&s, NULL);
	begin_sub();
	WQ_CHECK_INT("before it is ready", wq_redis_sub_add(p.sub, wq_str("a")), 0);
	await_gaps(1);
	publish("PUBLISH a one", "a:one");
	WQ_CHECK_INT("while it is ready", wq_redis_sub_add(p.sub, wq_str("b")), 0);
	WQ_CHECK_INT("twice is once", wq_redis_sub_add(p.sub, wq_str("b")), 0);
	await_gaps(2);
	publish("PUBLISH b two", "b:two");
	wq_redis_sub_remove(p.sub, wq_str("a"));
	wq_redis_sub_remove(p.sub, wq_str("a"));
	wq_redis_sub_remove(p.sub, wq_str("never"));
	publish("PUBLISH b three", "b:three");
	WQ_CHECK_STR("nobody", wq_redisd_ask(&s, "PUBLISH a four"), "0");
	p.closes = true;
	publish("PUBLISH b five", "b:five"); /* closed by its own message */
	end_sub();
	wq_redisd_stop(&s);
}

WQ_TEST(channels_survive_a_restart)
{
	wq_redisd_start(&s, NULL);
	begin_sub();
	for (int i = 0; i < 200; i++) { /* more than one SUBSCRIBE holds */
		char name[16];

		snprintf(name, sizeof(name), "c%d", i);
		WQ_CHECK_INT(name, wq_redis_sub_add(p.sub, wq_str(name)), 0);
	}
	await_gaps(1);
	for (unsigned round = 0; round < 3; round++) {
		wq_redisd_kill(&s);
		wq_redisd_run(&s);
		await_gaps(round + 2);
		WQ_CHECK_STR("all", wq_redisd_ask(&s, "PUBSUB NUMSUB c0 c64 c199"),
		             "c0\n1\nc64\n1\nc199\n1");
		publish("PUBLISH c199 x", "c199:x");
	}
	end_sub();
	wq_redisd_stop(&s);
}

/* Nothing is said on a dead connection, and nothing on a quiet one. */
WQ_TEST(a_silent_server_is_found)
{
	wq_redisd_start(&s, NULL);
	begin_sub();
	WQ_CHECK_INT("add", wq_redis_sub_add(p.sub, wq_str("a")), 0);
	await_gaps(1);
	wq_redis_world_turn(&w, 2 * WQ_REDIS_PING_MS + 500);
	WQ_CHECK_INT("quiet is no reason", p.gaps, 1);
	wq_redisd_signal(&s, SIGSTOP);
	wq_redis_world_turn(&w, 2 * WQ_REDIS_PING_MS + 500);
	wq_redisd_signal(&s, SIGCONT);
	await_gaps(2);
	publish("PUBLISH a one", "a:one");
	end_sub();
	wq_redisd_stop(&s);
}

WQ_TEST(channels_are_bounded)
{
	static char name[WQ_REDIS_CHANNEL_MAX_BYTES + 1];
	char text[16];

	wq_redisd_start(&s, NULL);
	begin_sub();
	memset(name, 'x', sizeof(name));
	WQ_CHECK_INT("long", wq_redis_sub_add(p.sub, wq_strn(name, sizeof(name))), WQ_ETOOBIG);
	for (unsigned i = 0; i < WQ_REDIS_CHANNELS_MAX; i++) {
		snprintf(text, sizeof(text), "c%u", i);
		WQ_CHECK_INT("fits", wq_redis_sub_add(p.sub, wq_str(text)), 0);
	}
	WQ_CHECK_INT("one more", wq_redis_sub_add(p.sub, wq_str("c")), WQ_EFULL);
	await_gaps(1);
	publish("PUBLISH c1023 x", "c1023:x");
	end_sub();
	wq_redisd_stop(&s);
}

WQ_TEST(a_refused_channel_is_not_spun)
{
	static const struct wq_redisd_opts server = {
		.config = "user me on >pw ~* resetchannels &good +@all\n"
	};
	char url[64];
	struct wq_redis_sub_opts so = { .on_message = on_message, .on_gap = on_gap };
	struct wq_redis_opts o;
	const char *stats;

	wq_redisd_start(&s, &server);
	memset(&p, 0, sizeof(p));
	gone = false;
	wq_redis_world_begin(&w, NULL, NULL);
	snprintf(url, sizeof(url), "redis://me:pw@127.0.0.1:%u", s.port);
	o = opts();
	o.url = url;
	o.backoff_max_ms = 400;
	WQ_CHECK_INT("create", wq_redis_sub_create(&p.sub, w.loop, w.resolver, &o, &so), 0);
	WQ_CHECK_INT("add", wq_redis_sub_add(p.sub, wq_str("bad")), 0);
	wq_redis_world_turn(&w, 1000);
	WQ_CHECK_INT("never", p.gaps, 0);
	stats = strstr(wq_redisd_ask(&s, "INFO stats"), "total_connections_received:");
	WQ_CHECK("slowly", stats && strtol(stats + 27, NULL, 10) < 12);
	end_sub();
	wq_redisd_stop(&s);
}

/* --- streams --- */
enum { ENTRIES_MAX = 5000 };
static struct {
	struct wq_redis_tail *tail;
	unsigned n; /* entries seen; entry i holds i: nothing twice, nothing left out */
	bool in_order, closes;
} t;

static void on_entry(void *ctx, struct wq_str id, const struct wq_redis_value *fields)
{
	(void)ctx;
	t.in_order &= id.n > 2 && wq_redis_count(fields) == 2 &&
	              wq_redis_int(wq_redis_at(fields, 1), -1) == (int64_t)t.n;
	t.n++;
	if (t.closes) {
		t.closes = false;
		wq_redis_tail_close(t.tail, on_gone, NULL);
		t.tail = NULL;
	}
}

static bool entries(void *ctx)
{
	return t.n >= *(unsigned *)ctx;
}

static void begin_tail(const char *from, unsigned batch)
{
	struct wq_redis_tail_opts to = {
		.stream = "st", .from = from, .batch = batch, .on_entry = on_entry
	};
	struct wq_redis_opts o = opts();

	memset(&t, 0, sizeof(t));
	t.in_order = true;
	gone = false;
	wq_redis_world_begin(&w, s.url, NULL);
	WQ_CHECK_INT("create", wq_redis_tail_create(&t.tail, w.loop, w.resolver, &o, &to), 0);
}

static void end_tail(void)
{
	if (t.tail)
		wq_redis_tail_close(t.tail, on_gone, NULL);
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_gone, NULL));
	wq_redis_world_end(&w);
}

static void add_entries(unsigned from, unsigned n)
{
	char words[64];

	wq_redis_world_load(&w, n);
	for (unsigned i = 0; i < n; i++) {
		snprintf(words, sizeof(words), "XADD st * i %u", from + i);
		WQ_CHECK_INT("add", wq_redis_world_fire(&w, i, NULL, words), 0);
	}
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("added", wq_redis_world_count(&w, 0), n);
}

static void await_entries(unsigned n)
{
	if (!wq_redis_world_wait(&w, entries, &n))
		WQ_CHECK_INT("entries", t.n, n);
	WQ_CHECK_INT("none twice", t.n, n);
	WQ_CHECK("in order", t.in_order);
}

WQ_TEST(a_stream_from_its_beginning)
{
	wq_redisd_start(&s, NULL);
	wq_redis_world_begin(&w, s.url, NULL);
	add_entries(0, ENTRIES_MAX);
	wq_redis_world_end(&w);
	begin_tail("0", 7);
	await_entries(ENTRIES_MAX);
	add_entries(ENTRIES_MAX, 10);
	await_entries(ENTRIES_MAX + 10);
	end_tail();
	wq_redisd_stop(&s);
}

/* "$" of a stream that is not there yet; and the server restarts before the first entry. */
WQ_TEST(what_is_new_in_a_stream_that_comes)
{
	static const struct wq_redisd_opts server = { .appendonly = true };

	wq_redisd_start(&s, &server);
	begin_tail("$", 0);
	wq_redis_world_turn(&w, 100);
	wq_redisd_kill(&s);
	wq_redis_world_until_away(&w);
	wq_redisd_run(&s);
	add_entries(0, 100);
	await_entries(100);
	end_tail();
	begin_tail("$", 0); /* now there is something to skip */
	wq_redis_world_turn(&w, 100);
	add_entries(0, 5);
	await_entries(5);
	end_tail();
	wq_redisd_stop(&s);
}

WQ_TEST(a_stream_survives_restarts)
{
	static const struct wq_redisd_opts server = { .appendonly = true };

	wq_redisd_start(&s, &server);
	begin_tail("0", 10);
	for (unsigned round = 0; round < 4; round++) {
		add_entries(round * 300, 300);
		wq_redisd_kill(&s); /* some were read, some not */
		wq_redisd_run(&s);
		await_entries((round + 1) * 300);
	}
	end_tail();
	wq_redisd_stop(&s);
}

WQ_TEST(a_stream_that_is_none_yet)
{
	wq_redisd_start(&s, NULL);
	begin_tail("0", 10);
	WQ_CHECK_INT("a string", wq_redis_world_ask(&w, "SET st x"), 0);
	wq_redis_world_turn(&w, 500);
	WQ_CHECK_INT("nothing", t.n, 0);
	WQ_CHECK_INT("gone", wq_redis_world_ask(&w, "DEL st"), 0);
	add_entries(0, 20);
	await_entries(20);
	t.closes = true; /* in the middle of a batch */
	add_entries(20, 20);
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_gone, NULL));
	WQ_CHECK_INT("silent since", t.n, 21);
	end_tail();
	wq_redisd_stop(&s);
}

WQ_TEST(a_stream_refuses_what_is_no_id)
{
	struct wq_redis_tail_opts to = { .stream = "st", .from = "", .on_entry = on_entry };
	struct wq_redis_opts o;
	uint64_t live;

	wq_redisd_prepare(&s, NULL);
	wq_redis_world_begin(&w, NULL, NULL);
	o = opts();
	live = wq_alloc_live();
	WQ_CHECK_INT("no id", wq_redis_tail_create(&t.tail, w.loop, w.resolver, &o, &to),
	             WQ_EINVAL);
	WQ_CHECK("nothing kept", wq_alloc_live() == live);
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

/* --- blocking commands --- */
static void blocking(struct wq_redis_opts *o)
{
	o->blocking = true;
	o->wait_ms = 10000;
}

WQ_TEST(a_blocking_command_has_no_time_out)
{
	wq_redisd_start(&s, NULL);
	wq_redis_world_begin(&w, s.url, blocking);
	wq_redis_world_until_ready(&w);
	wq_redis_world_load(&w, 2);
	WQ_CHECK_INT("fire", wq_redis_world_fire(&w, 0, NULL, "BZPOPMIN z 0"), 0);
	wq_redis_world_turn(&w, 5500); /* longer than an ordinary command may take */
	WQ_CHECK_INT("waits", w.shots[0].calls, 0);
	WQ_CHECK_STR("add", wq_redisd_ask(&s, "ZADD z 1 m"), "1");
	wq_redis_world_collect(&w);
	WQ_CHECK_STR("popped", w.shots[0].text, "[z, m, 1]");
	WQ_CHECK_INT("fire", wq_redis_world_fire(&w, 1, NULL, "BZPOPMIN z 0"), 0);
	wq_redis_world_turn(&w, 50);
	wq_redisd_kill(&s);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("lost", w.shots[1].rc, WQ_ELOST);
	WQ_CHECK_INT("fire", wq_redis_world_fire(&w, 0, NULL, "BZPOPMIN z 0"), 0);
	wq_redisd_run(&s);
	WQ_CHECK_STR("add", wq_redisd_ask(&s, "ZADD z 1 n"), "1");
	wq_redis_world_collect(&w);
	WQ_CHECK_STR("popped by the next connection", w.shots[0].text, "[z, n, 1]");
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

/* A replica ends a blocked command; the client looks for the primary. */
WQ_TEST(a_blocked_command_meets_a_failover)
{
	struct wq_redisd primary;
	char words[64];

	wq_redisd_start(&primary, NULL);
	wq_redisd_start(&s, NULL);
	wq_redis_world_begin(&w, s.url, blocking);
	wq_redis_world_until_ready(&w);
	wq_redis_world_load(&w, 1);
	WQ_CHECK_INT("fire", wq_redis_world_fire(&w, 0, NULL, "BZPOPMIN z 0"), 0);
	wq_redis_world_turn(&w, 50);
	snprintf(words, sizeof(words), "REPLICAOF 127.0.0.1 %u", primary.port);
	WQ_CHECK_STR("replica", wq_redisd_ask(&s, words), "OK");
	wq_redis_world_collect(&w);
	WQ_CHECK("told, or cut", w.shots[0].rc == WQ_REDIS_READONLY || w.shots[0].rc == WQ_ELOST);
	wq_redis_world_until_ready(&w);
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
	wq_redisd_stop(&primary);
}

/* --- memory --- */
static struct {
	struct wq_loop *loop;
	struct wq_redis_sub *sub;
	struct wq_redis_tail *tail;
	unsigned entries, gaps, open;
} f;

static void on_fault_entry(void *ctx, struct wq_str id, const struct wq_redis_value *fields)
{
	(void)ctx;
	(void)id;
	(void)fields;
	f.entries++;
}

static void on_fault_gap(void *ctx)
{
	(void)ctx;
	f.gaps++;
}

static void on_fault_closed(void *ctx)
{
	(void)ctx;
	f.open--;
}

static bool both_follow(void *ctx)
{
	(void)ctx;
	return (!f.sub || f.gaps > 0) && (!f.tail || f.entries >= 3);
}

static bool both_closed(void *ctx)
{
	(void)ctx;
	return f.open == 0;
}

static void run_followers(void)
{
	struct wq_redis_sub_opts so = { .on_message = on_message, .on_gap = on_fault_gap };
	struct wq_redis_tail_opts to = { .stream = "st", .from = "0", .on_entry = on_fault_entry };
	struct wq_redis_opts o = opts();

	o.backoff_min_ms = 1;
	o.backoff_max_ms = 2;
	memset(&f, 0, sizeof(f));
	if (wq_loop_create(&f.loop, NULL) < 0)
		return;
	(void)wq_redis_sub_create(&f.sub, f.loop, NULL, &o, &so);
	(void)wq_redis_tail_create(&f.tail, f.loop, NULL, &o, &to);
	if (f.sub && wq_redis_sub_add(f.sub, wq_str("a")) < 0 &&
	    wq_redis_sub_add(f.sub, wq_str("a")) < 0)
		WQ_CHECK("one allocation fails, not two", false);
	WQ_CHECK("both get there", wq_loop_run_until(f.loop, both_follow, NULL, 100000));
	f.open = (f.sub != NULL) + (f.tail != NULL);
	if (f.sub)
		wq_redis_sub_close(f.sub, on_fault_closed, NULL);
	if (f.tail)
		wq_redis_tail_close(f.tail, on_fault_closed, NULL);
	WQ_CHECK("closed", wq_loop_run_until(f.loop, both_closed, NULL, 1000));
	wq_loop_destroy(f.loop);
}

WQ_TEST(memory_may_run_out_anywhere)
{
	static const struct wq_redisd_opts socket = { .socket = true };

	wq_redisd_start(&s, &socket);
	wq_redis_world_begin(&w, s.url, NULL);
	add_entries(0, 3);
	wq_redis_world_end(&w);
	WQ_CHECK("tried", wq_fault_sweep("channel and stream", run_followers, 2000).runs > 20);
	wq_redisd_stop(&s);
}

WQ_TEST_MAIN(WQ_CASE(channels_come_and_go), WQ_CASE(channels_survive_a_restart),
             WQ_CASE(a_silent_server_is_found), WQ_CASE(channels_are_bounded),
             WQ_CASE(a_refused_channel_is_not_spun), WQ_CASE(a_stream_from_its_beginning),
             WQ_CASE(what_is_new_in_a_stream_that_comes), WQ_CASE(a_stream_survives_restarts),
             WQ_CASE(a_stream_that_is_none_yet), WQ_CASE(a_stream_refuses_what_is_no_id),
             WQ_CASE(a_blocking_command_has_no_time_out),
             WQ_CASE(a_blocked_command_meets_a_failover), WQ_CASE(memory_may_run_out_anywhere))
