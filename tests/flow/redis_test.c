/* SPDX-License-Identifier: MIT */
/* redis_test.c — the client against a real redis-server that behaves: values, logins, TLS, scripts, bounds. */
#include "io/redis/redis.h"

#include <stdlib.h>

#include "base/err.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redisd s;
static struct wq_redis_world w;

static void begin(const struct wq_redisd_opts *server, void (*adjust)(struct wq_redis_opts *o))
{
	wq_redisd_start(&s, server);
	wq_redis_world_begin(&w, s.url, adjust);
}

static void end(void)
{
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

static void check_asks(const char *const (*rows)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		WQ_CHECK_INT(rows[i][0], wq_redis_world_ask(&w, rows[i][0]), 0);
		WQ_CHECK_STR(rows[i][0], w.one.text, rows[i][1]);
	}
}

WQ_TEST(every_kind_of_answer)
{
	static const char *const rows[][2] = {
		{ "SET k v", "OK" },
		{ "GET k", "v" },
		{ "GET none", "(nil)" },
		{ "INCRBY n -7", "-7" },
		{ "GET n", "-7" },
		{ "RPUSH l a b", "2" },
		{ "LRANGE l 0 -1", "[a, b]" },
		{ "LRANGE none 0 -1", "[]" },
		{ "BLPOP none 0.01", "(nil)" },
		{ "EVAL return{1,{2,false},'x'} 0", "[1, [2, (nil)], x]" },
		{ "EVAL return{redis.error_reply('E'),1} 0", "[!ERR E, 1]" },
		{ "SET empty ", "OK" },
		{ "GET empty", "" },
	};

	begin(NULL, NULL);
	check_asks(rows, WQ_COUNT(rows));
	WQ_CHECK_INT("a wrong type", wq_redis_world_ask(&w, "GET l"), WQ_REDIS_WRONGTYPE);
	WQ_CHECK_INT("no command", wq_redis_world_ask(&w, "NOSUCH 15551234567"), WQ_EREPLY);
	WQ_CHECK("its text", strncmp(w.one.text, "ERR unknown command", 19) == 0);
	WQ_CHECK_INT("a script of nobody", wq_redis_world_ask(&w, "EVALSHA 00 0"),
	             WQ_REDIS_NOSCRIPT);
	WQ_CHECK_INT("ready all along", w.ups, 1);
	end();
}

/* --- one command with any bytes --- */
static struct wq_redis_shot shot;
static void on_raw(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_str got = wq_redis_str(cmd->reply);

	shot.calls++;
	shot.rc = rc;
	shot.n = got.n;
	shot.sum = 0;
	for (size_t i = 0; i < got.n; i++)
		shot.sum += (unsigned char)got.p[i] * (i % 251 + 1);
}

static bool raw_done(void *ctx)
{
	(void)ctx;
	return shot.calls > 0;
}

static void ask_raw(const struct wq_str *argv, size_t argc)
{
	shot = (struct wq_redis_shot){ .rc = 0 };
	WQ_CHECK_INT("start", wq_redis_start(w.redis, &shot.cmd, argv, argc, on_raw), 0);
	WQ_CHECK("answered", wq_redis_world_wait(&w, raw_done, NULL));
	WQ_CHECK_INT("rc", shot.rc, 0);
	WQ_CHECK_INT("once", shot.calls, 1);
}

static void store_and_load(size_t n)
{
	char *big = malloc(n);
	struct wq_str set[] = { WQ_STR("SET"), WQ_STR("big\r\n"), { big, n } };
	struct wq_str get[] = { WQ_STR("GET"), WQ_STR("big\r\n") };
	uint64_t sum = 0;

	WQ_CHECK("room", big);
	for (size_t i = 0; i < n; i++) {
		big[i] = (char)(i * 2654435761u >> 13);
		sum += (unsigned char)big[i] * (i % 251 + 1);
	}
	ask_raw(set, 3);
	ask_raw(get, 2);
	WQ_CHECK_INT("size", shot.n, n);
	WQ_CHECK("bytes", shot.sum == sum);
	free(big);
}

WQ_TEST(big_and_binary_values)
{
	begin(NULL, NULL);
	store_and_load(256);
	store_and_load(65536);
	store_and_load((size_t)5 * 1024 * 1024);
	end();
}

WQ_TEST(a_turn_leaves_in_one_write)
{
	enum { N = 10000 };
	double before;

	begin(NULL, NULL);
	wq_redis_world_until_ready(&w);
	before = wq_redis_world_metric(&w, "willaq_redis_writes_total");
	wq_redis_world_load(&w, N);
	for (size_t i = 0; i < N; i++)
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, NULL, "INCR n"), 0);
	WQ_CHECK_INT("nothing in the call", w.done, 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("all answered", wq_redis_world_count(&w, 0), N);
	for (size_t i = 0; i < N; i += 999) {
		char want[16];

		snprintf(want, sizeof(want), "%zu", i + 1);
		WQ_CHECK_STR("in order", w.shots[i].text, want);
	}
	WQ_CHECK("few writes",
	         wq_redis_world_metric(&w, "willaq_redis_writes_total") - before <= 8);
	before = wq_redis_world_metric(&w, "willaq_redis_writes_total");
	for (size_t i = 0; i < 100; i++)
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, NULL, "INCR n"), 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("one", wq_redis_world_metric(&w, "willaq_redis_writes_total") - before, 1);
	end();
}

static void with_name(struct wq_redis_opts *o)
{
	o->name = "the tests";
}

WQ_TEST(login_database_and_name)
{
	static const struct wq_redisd_opts server = {
		.password = "s3:cr@t", .config = "user me on >a/b ~* +@all\nuser little on >x ~* +get\n"
	};
	char url[160];

	wq_redisd_prepare(&s, &server);
	wq_redisd_run(&s);
	snprintf(url, sizeof(url), "redis://:s3%%3Acr%%40t@127.0.0.1:%u/3", s.port);
	wq_redis_world_begin(&w, url, with_name);
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), 0);
	WQ_CHECK_STR("database", wq_redisd_ask(&s, "-n 3 GET k"), "v");
	WQ_CHECK("name", strstr(wq_redisd_ask(&s, "CLIENT LIST"), "name=the_tests"));
	wq_redis_world_end(&w);

	snprintf(url, sizeof(url), "redis://me:a%%2Fb@localhost:%u", s.port);
	wq_redis_world_begin(&w, url, NULL);
	WQ_CHECK_INT("user", wq_redis_world_ask(&w, "ACL WHOAMI"), 0);
	WQ_CHECK_STR("user", w.one.text, "me");
	wq_redis_world_end(&w);

	snprintf(url, sizeof(url), "redis://little:x@127.0.0.1:%u", s.port);
	wq_redis_world_begin(&w, url, with_name);
	WQ_CHECK_INT("who may little", wq_redis_world_ask(&w, "GET k"), 0);
	WQ_CHECK_INT("may not much", wq_redis_world_ask(&w, "SET k x"), WQ_REDIS_DENIED);
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

static void impatient(struct wq_redis_opts *o)
{
	o->wait_ms = 300;
	o->backoff_min_ms = 1;
	o->backoff_max_ms = 5000;
}

static void check_refused(const char *url, const char *why)
{
	wq_redis_world_begin(&w, url, impatient);
	WQ_CHECK_INT(why, wq_redis_world_ask(&w, "GET k"), WQ_EAWAY);
	if (!strstr(wq_redis_why(w.redis), why))
		WQ_CHECK_STR(url, wq_redis_why(w.redis), why);
	WQ_CHECK_INT("never ready", w.ups, 0);
	WQ_CHECK("no password", !strstr(wq_redis_why(w.redis), "wrong-one"));
	wq_redis_world_end(&w);
}

WQ_TEST(a_refused_login_is_told_and_not_spun)
{
	static const struct wq_redisd_opts server = { .password = "right" };
	char url[160];
	const char *clients;

	wq_redisd_start(&s, &server);
	snprintf(url, sizeof(url), "redis://:wrong-one@127.0.0.1:%u", s.port);
	check_refused(url, "login refused");
	snprintf(url, sizeof(url), "redis://nobody:wrong-one@127.0.0.1:%u", s.port);
	check_refused(url, "login refused");
	snprintf(url, sizeof(url), "redis://127.0.0.1:%u", s.port);
	check_refused(url, "NOAUTH");
	snprintf(url, sizeof(url), "redis://:right@127.0.0.1:%u/9999", s.port);
	check_refused(url, "index");
	clients = strstr(wq_redisd_ask(&s, "INFO stats"), "total_connections_received:");
	WQ_CHECK("connections", clients && strtol(clients + 27, NULL, 10) < 9);
	wq_redisd_stop(&s);
}

WQ_TEST(a_socket_in_the_file_system)
{
	static const struct wq_redisd_opts server = { .socket = true, .password = "pw" };

	begin(&server, NULL);
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET k v"), 0);
	store_and_load((size_t)1024 * 1024);
	end();
}

/* --- TLS --- */
static struct wq_redis_opts tls;
static void with_tls(struct wq_redis_opts *o)
{
	o->ca_file = tls.ca_file;
	o->cert_file = tls.cert_file;
	o->key_file = tls.key_file;
	o->tls_insecure = tls.tls_insecure;
	o->wait_ms = 1500;
}

static void check_tls(const char *url, int want, const char *why)
{
	wq_redis_world_begin(&w, url, with_tls);
	WQ_CHECK_INT(url, wq_redis_world_ask(&w, "PING"), want);
	if (!strstr(wq_redis_why(w.redis), why))
		WQ_CHECK_STR(url, wq_redis_why(w.redis), why);
	if (want == 0)
		store_and_load((size_t)5 * 1024 * 1024);
	wq_redis_world_end(&w);
}

WQ_TEST(tls_verifies_the_server)
{
	static const struct wq_redisd_opts server = { .tls = true,
		                                      .config = "bind 127.0.0.1 127.0.0.2\n" };
	struct wq_redisd other;
	char name[64], elsewhere[64];

	wq_redisd_start(&s, &server);
	wq_redisd_prepare(&other, &server);
	snprintf(name, sizeof(name), "rediss://localhost:%u", s.port);
	snprintf(elsewhere, sizeof(elsewhere), "rediss://127.0.0.2:%u", s.port);
	tls = (struct wq_redis_opts){ .ca_file = s.ca };
	check_tls(s.url, 0, "");
	check_tls(name, 0, "");
	check_tls(elsewhere, WQ_EAWAY, "IP address mismatch");
	tls.ca_file = other.ca;
	check_tls(s.url, WQ_EAWAY, "certificate is refused");
	tls.ca_file = NULL;
	check_tls(name, WQ_EAWAY, "certificate is refused");
	tls.tls_insecure = true;
	check_tls(elsewhere, 0, "");
	wq_redisd_stop(&other);
	wq_redisd_stop(&s);
}

WQ_TEST(tls_shows_our_certificate)
{
	static const struct wq_redisd_opts server = { .tls = true };
	struct wq_redis_opts o;
	struct wq_redis *none = NULL;
	char cert[80], key[80];

	wq_redisd_start(&s, &server);
	tls = (struct wq_redis_opts){ .ca_file = s.ca };
	(void)wq_redisd_ask(&s, "CONFIG SET tls-auth-clients yes");
	check_tls(s.url, WQ_EAWAY, "");
	snprintf(cert, sizeof(cert), "%s/client.pem", s.dir);
	snprintf(key, sizeof(key), "%s/client.key", s.dir);
	tls.cert_file = cert;
	tls.key_file = key;
	check_tls(s.url, 0, "");

	wq_redis_world_begin(&w, NULL, NULL);
	wq_redis_opts_init(&o);
	o.url = s.url;
	o.ca_file = "no/such/file";
	WQ_CHECK_INT("no CA", wq_redis_create(&none, w.loop, w.resolver, &o), WQ_ETLS);
	o.ca_file = s.ca;
	o.cert_file = cert;
	WQ_CHECK_INT("no key", wq_redis_create(&none, w.loop, w.resolver, &o), WQ_EINVAL);
	o.key_file = s.ca;
	WQ_CHECK_INT("no key in it", wq_redis_create(&none, w.loop, w.resolver, &o), WQ_ETLS);
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

WQ_TEST(plain_to_tls_and_back_is_told)
{
	static const struct wq_redisd_opts server = { .tls = true };
	char url[64];

	wq_redisd_start(&s, &server);
	snprintf(url, sizeof(url), "redis://127.0.0.1:%u", s.port);
	tls = (struct wq_redis_opts){ .ca_file = s.ca };
	check_tls(url, WQ_EAWAY, "127.0.0.1");
	wq_redisd_stop(&s);
	wq_redisd_start(&s, NULL);
	snprintf(url, sizeof(url), "rediss://127.0.0.1:%u", s.port);
	tls = (struct wq_redis_opts){ .tls_insecure = true };
	check_tls(url, WQ_EAWAY, "rediss://127.0.0.1");
	wq_redisd_stop(&s);
}

WQ_TEST(scripts_load_themselves)
{
	enum { N = 1000 };
	static const char body[] = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
	struct wq_script add, broken;
	const char *evals;

	WQ_CHECK_INT("script", wq_script_init(&add, "add", wq_strn(body, sizeof(body) - 1), 1), 0);
	WQ_CHECK_INT("script", wq_script_init(&broken, "broken", wq_str("return ("), 0), 0);
	begin(NULL, NULL);
	wq_redis_world_load(&w, N + 2);
	for (size_t i = 0; i < N; i++) { /* twice: while it waits for the connection, and when ready */
		if (i == N / 2)
			wq_redis_world_until_ready(&w);
		if (i == N * 3 / 4)
			WQ_CHECK_INT("flush", wq_redis_world_fire(&w, N, NULL, "SCRIPT FLUSH"), 0);
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, &add, "n 2"), 0);
	}
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("all", wq_redis_world_count(&w, 0), N + 1);
	wq_redis_world_ask(&w, "GET n");
	WQ_CHECK_STR("each once", w.one.text, "2000");
	evals = strstr(wq_redisd_ask(&s, "INFO commandstats"), "cmdstat_eval:calls=");
	WQ_CHECK("the body goes seldom", evals && strtol(evals + 19, NULL, 10) <= 3);
	WQ_CHECK_INT("fire", wq_redis_world_fire(&w, N + 1, &broken, "x"), 0);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("does not compile", w.shots[N + 1].rc, WQ_EREPLY);
	WQ_CHECK_INT("bytes held", wq_redis_world_metric(&w, "willaq_redis_queued_bytes"), 0);
	end();
}

/* --- bounds --- */
static void narrow(struct wq_redis_opts *o)
{
	o->queue_max = 10;
	o->queue_max_bytes = 4096;
}

WQ_TEST(the_queue_is_bounded)
{
	static char big[5000];
	struct wq_str argv[] = { WQ_STR("ECHO"), { big, sizeof(big) } };

	begin(NULL, narrow);
	wq_redis_world_load(&w, 12);
	for (size_t i = 0; i < 10; i++)
		WQ_CHECK_INT("fits", wq_redis_world_fire(&w, i, NULL, "PING"), 0);
	WQ_CHECK_INT("full", wq_redis_world_fire(&w, 10, NULL, "PING"), WQ_EFULL);
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("too big", wq_redis_start(w.redis, &shot.cmd, argv, 2, on_raw), WQ_ETOOBIG);
	argv[1].n = 3000;
	shot = (struct wq_redis_shot){ .rc = 0 };
	WQ_CHECK_INT("fits", wq_redis_start(w.redis, &shot.cmd, argv, 2, on_raw), 0);
	WQ_CHECK_INT("not twice", wq_redis_start(w.redis, &w.shots[11].cmd, argv, 2, on_raw),
	             WQ_EFULL);
	WQ_CHECK("answered", wq_redis_world_wait(&w, raw_done, NULL));
	WQ_CHECK_INT("counted", wq_redis_world_metric(&w, "willaq_redis_full_total"), 2);
	end();
}

static void on_never(struct wq_redis_cmd *cmd, int rc)
{
	(void)cmd;
	(void)rc;
	WQ_CHECK("a forgotten command is not called back", false);
}

WQ_TEST(a_forgotten_answer_is_dropped)
{
	struct wq_str set[] = { WQ_STR("SET"), WQ_STR("k"), WQ_STR("forgotten") };
	struct wq_redis_cmd cmd = { .redis = NULL };

	wq_redis_forget(&cmd); /* never started */
	begin(NULL, NULL);
	WQ_CHECK_INT("start", wq_redis_start(w.redis, &cmd, set, 3, on_never), 0);
	wq_redis_forget(&cmd); /* while it waits */
	wq_redis_forget(&cmd);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("ask", wq_redis_world_ask(&w, "GET k"), 0);
	WQ_CHECK_STR("not sent", w.one.text, "(nil)");
	WQ_CHECK_INT("start", wq_redis_start(w.redis, &cmd, set, 3, on_never), 0);
	wq_redis_forget(&cmd); /* in flight */
	memset(&cmd, 0xff, sizeof(cmd));
	WQ_CHECK_INT("ask", wq_redis_world_ask(&w, "GET k"), 0);
	WQ_CHECK_STR("sent all the same", w.one.text, "forgotten");
	end();
}

WQ_TEST(closing_completes_what_flies)
{
	enum { N = 100 };

	begin(NULL, NULL);
	wq_redis_world_until_ready(&w);
	wq_redis_world_load(&w, N);
	for (size_t i = 0; i < N; i++)
		WQ_CHECK_INT("fire", wq_redis_world_fire(&w, i, NULL, "PING"), 0);
	wq_redis_close(w.redis, NULL, NULL);
	WQ_CHECK_INT("not in the call", w.done, 0);
	WQ_CHECK_INT("too late",
	             wq_redis_start(w.redis, &w.one.cmd, &(struct wq_str)WQ_STR("PING"), 1,
	                            on_never),
	             WQ_EAWAY);
	w.redis = NULL;
	wq_redis_world_collect(&w);
	WQ_CHECK_INT("never written", wq_redis_world_count(&w, WQ_EAWAY), N);
	end();
}

WQ_TEST_MAIN(WQ_CASE(every_kind_of_answer), WQ_CASE(big_and_binary_values),
             WQ_CASE(a_turn_leaves_in_one_write), WQ_CASE(login_database_and_name),
             WQ_CASE(a_refused_login_is_told_and_not_spun), WQ_CASE(a_socket_in_the_file_system),
             WQ_CASE(tls_verifies_the_server), WQ_CASE(tls_shows_our_certificate),
             WQ_CASE(plain_to_tls_and_back_is_told), WQ_CASE(scripts_load_themselves),
             WQ_CASE(the_queue_is_bounded), WQ_CASE(a_forgotten_answer_is_dropped),
             WQ_CASE(closing_completes_what_flies))
