/* SPDX-License-Identifier: MIT */
/* redis_test.c — URLs, the form of commands, answers cut anywhere, and what errors mean; no socket. */
#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/client.h"
#include "support/redis_world.h"
#include "support/test.h"

WQ_TEST(urls)
{
	static const struct {
		const char *url, *host, *path, *user, *password;
		unsigned port, db;
		bool tls;
	} good[] = {
		{ "redis://h", "h", NULL, NULL, NULL, 6379, 0, false },
		{ "redis://h/", "h", NULL, NULL, NULL, 6379, 0, false },
		{ "REDIS://h:7000/15", "h", NULL, NULL, NULL, 7000, 15, false },
		{ "rediss://h", "h", NULL, NULL, NULL, 6379, 0, true },
		{ "redis://:p%40ss@h", "h", NULL, NULL, "p@ss", 6379, 0, false },
		{ "redis://me:a:b%2Fc@h:1/2", "h", NULL, "me", "a:b/c", 1, 2, false },
		{ "redis://me:@h", "h", NULL, "me", "", 6379, 0, false },
		{ "redis://@h", "h", NULL, NULL, NULL, 6379, 0, false },
		{ "redis://[::1]:6380", "::1", NULL, NULL, NULL, 6380, 0, false },
		{ "unix:///run/redis.sock", NULL, "/run/redis.sock", NULL, NULL, 0, 0, false },
		{ "unix://me:pw@/a%20b?db=3", NULL, "/a b", "me", "pw", 0, 3, false },
	};

	for (size_t i = 0; i < WQ_COUNT(good); i++) {
		struct wq_redis_target t;
		const char *why = "", *what = good[i].url;

		WQ_CHECK_INT(what, wq_redis_target_parse(&t, what, &why), 0);
		WQ_CHECK_STR(what, t.host, good[i].host);
		WQ_CHECK_STR(what, t.path, good[i].path);
		WQ_CHECK_STR(what, t.user, good[i].user);
		WQ_CHECK_STR(what, t.password, good[i].password);
		WQ_CHECK(what, !t.password == !good[i].password);
		WQ_CHECK_INT(what, t.port, good[i].port);
		WQ_CHECK_INT(what, t.db, good[i].db);
		WQ_CHECK_INT(what, t.tls, good[i].tls);
		wq_redis_target_fini(&t);
		wq_redis_target_fini(&t);
	}
}

WQ_TEST(wrong_urls_get_a_sentence)
{
	static const struct {
		const char *url, *says;
	} bad[] = {
		{ "", "scheme" },
		{ "localhost:6379", "scheme" },
		{ "http://h", "redis://" },
		{ "redis+unix:///a", "host is missing" },
		{ "redis://", "host is missing" },
		{ "redis://h:0", "port" },
		{ "redis://h:70000", "port" },
		{ "redis://h/x", "database" },
		{ "redis://h/1/2", "database" },
		{ "redis://h/-1", "database" },
		{ "redis://h?db=1", "query" },
		{ "redis://me@h", "needs a password" },
		{ "redis://:p%4@h", "hex" },
		{ "redis://:p%00@h", "hex" },
		{ "redis://a b", "spaces" },
		{ "unix://run/redis.sock", "slash" },
		{ "unix://", "slash" },
		{ "unix:///a?x=1", "?db=N" },
		{ "unix:///a?db=x", "database" },
		{ "unix:///a?db=1&x=2", "?db=N" },
		{ "redis://h#1", "fragment" },
		{ "unix:///0123456789012345678901234567890123456789012345678901234567890123456789"
		  "01234567890123456789012345678901234567890123456789",
		  "107" },
	};

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		const char *why = "";

		WQ_CHECK(bad[i].url, !wq_redis_url_check(bad[i].url, &why));
		if (!strstr(why, bad[i].says))
			WQ_CHECK_STR(bad[i].url, why, bad[i].says);
	}
	WQ_CHECK("no why", !wq_redis_url_check("x", NULL));
	WQ_CHECK("none", !wq_redis_url_check(NULL, NULL));
}

WQ_TEST(commands_are_encoded)
{
	struct wq_str argv[] = { WQ_STR("SET"), { "\0\r\n", 3 }, { "", 0 } };
	struct wq_redis_cmd cmd = { .argc = 3, .bytes = wq_redis_args_size(argv, 3) };
	struct wq_script s;
	struct wq_buf out;

	wq_buf_init(&out, 1000);
	WQ_CHECK_INT("encode", wq_redis_encode(&out, &cmd, argv), 0);
	WQ_CHECK("bytes", wq_str_eq(wq_buf_str(&out),
	                            wq_strn("*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n", 28)));
	WQ_CHECK_INT("script", wq_script_init(&s, "one", wq_str("return 1"), 1), 0);
	WQ_CHECK_STR("sha", s.sha, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
	cmd.script = &s;
	wq_buf_clear(&out);
	WQ_CHECK_INT("evalsha", wq_redis_encode(&out, &cmd, argv), 0);
	WQ_CHECK(
		"evalsha",
		wq_str_starts(
			wq_buf_str(&out),
			"*6\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n"
			"$1\r\n1\r\n$3\r\nSET\r\n"));
	cmd.eval = WQ_REDIS_EVAL_BODY;
	wq_buf_clear(&out);
	WQ_CHECK_INT("eval", wq_redis_encode(&out, &cmd, argv), 0);
	WQ_CHECK("eval",
	         wq_str_starts(wq_buf_str(&out),
	                       "*6\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$3\r\nSET\r\n"));
	wq_buf_fini(&out);
}

static const struct {
	const char *wire, *text;
} answers[] = {
	{ "+OK\r\n", "OK" },
	{ "-ERR no\r\n", "!ERR no" },
	{ ":-42\r\n", "-42" },
	{ "$5\r\nhe\r\no\r\n", "he\r\no" },
	{ "$0\r\n\r\n", "" },
	{ "$-1\r\n", "(nil)" },
	{ "*-1\r\n", "(nil)" },
	{ "*0\r\n", "[]" },
	{ "*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n-E x\r\n", "[1, [a, (nil)], !E x]" },
	{ "%1\r\n+k\r\n,1.5\r\n", "[k, 1.5]" },
	{ "~2\r\n#t\r\n_\r\n", "[1, (nil)]" },
	{ "=7\r\ntxt:abc\r\n", "abc" },
	{ "(123456789012345678901234567890\r\n", "123456789012345678901234567890" },
	{ "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
	  "[[[[[[[[[[[1]]]]]]]]]]]" },
};

/* All answers in one stream, fed `step` bytes at a time. */
static void read_all(size_t step)
{
	struct wq_redis_reader r;
	struct wq_buf in;
	size_t seen = 0;

	wq_buf_init(&in, 65536);
	for (size_t i = 0; i < WQ_COUNT(answers); i++)
		WQ_CHECK_INT("append", wq_buf_add_text(&in, answers[i].wire), 0);
	WQ_CHECK_INT("reader", wq_redis_reader_init(&r), 0);
	for (size_t at = 0; at < in.n; at += step) {
		size_t n = in.n - at < step ? in.n - at : step;
		const struct wq_redis_value *v;

		WQ_CHECK_INT("feed", wq_redis_reader_feed(&r, in.p + at, n), 0);
		while (wq_redis_reader_next(&r, &v) == 0 && v) {
			char text[200];

			wq_redis_print(v, text, sizeof(text));
			WQ_CHECK_STR("answer", text, answers[seen].text);
			seen++;
		}
	}
	WQ_CHECK_INT("all", seen, WQ_COUNT(answers));
	wq_redis_reader_fini(&r);
	wq_redis_reader_fini(&r);
	wq_buf_fini(&in);
}

WQ_TEST(answers_cut_anywhere)
{
	for (size_t step = 1; step < 40; step++)
		read_all(step);
	read_all(10000);
}

WQ_TEST(hostile_answers_are_refused)
{
	static const struct {
		const char *what, *head, *repeat;
		size_t times;
	} bad[] = {
		{ "garbage", "HTTP/1.1 400 Bad Request\r\n", "", 0 },
		{ "control bytes", "\x01\x02", "", 0 },
		{ "no number", ":1x\r\n", "", 0 },
		{ "negative string", "$-2\r\n", "", 0 },
		{ "negative array", "*-2\r\n", "", 0 },
		{ "huge array", "*1048577\r\n", "", 0 },
		{ "huge array of 64 bits", "*9223372036854775807\r\n", "", 0 },
		{ "overflowing length", "$99999999999999999999\r\n", "", 0 },
		{ "endless line", "+", "aaaaaaaaaaaaaaaa", 100000 },
		{ "endless length", "$", "1111111111111111", 100000 },
		{ "endless string", "$9223372036854775000\r\n", "aaaaaaaaaaaaaaaa", 5000000 },
		{ "deep", "", "*1\r\n", 1000000 },
		{ "wide and small", "*1000000\r\n", "*2\r\n:1\r\n:1\r\n", 1000000 },
		{ "wide and wider", "*1000\r\n", "*1000000\r\n", 1000 },
	};

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		struct wq_redis_reader r;
		const struct wq_redis_value *v = NULL;
		size_t n = strlen(bad[i].repeat);
		char block[4096];
		int rc;

		WQ_CHECK_INT("reader", wq_redis_reader_init(&r), 0);
		rc = wq_redis_reader_feed(&r, bad[i].head, strlen(bad[i].head));
		if (rc == 0)
			rc = wq_redis_reader_next(&r, &v);
		for (size_t at = 0; n > 0 && at < sizeof(block); at++)
			block[at] = bad[i].repeat[at % n];
		for (size_t at = 0; rc == 0 && !v && at < bad[i].times * n;
		     at += sizeof(block) - sizeof(block) % n) {
			rc = wq_redis_reader_feed(&r, block, sizeof(block) - sizeof(block) % n);
			if (rc == 0)
				rc = wq_redis_reader_next(&r, &v);
		}
		WQ_CHECK_INT(bad[i].what, rc, WQ_EPROTO);
		WQ_CHECK(bad[i].what, r.why);
		wq_redis_reader_fini(&r);
	}
}

WQ_TEST(getters_take_anything)
{
	struct wq_redis_reader r;
	const struct wq_redis_value *v;
	const char *wire = "*3\r\n$20\r\n-9223372036854775808\r\n$2\r\n1x\r\n:7\r\n";

	WQ_CHECK_INT("type", wq_redis_type(NULL), WQ_REDIS_NIL);
	WQ_CHECK("str", !wq_redis_str(NULL).p);
	WQ_CHECK_INT("int", wq_redis_int(NULL, 5), 5);
	WQ_CHECK_INT("count", wq_redis_count(NULL), 0);
	WQ_CHECK("at", !wq_redis_at(NULL, 0));
	WQ_CHECK_INT("reader", wq_redis_reader_init(&r), 0);
	WQ_CHECK_INT("feed", wq_redis_reader_feed(&r, wire, strlen(wire)), 0);
	WQ_CHECK_INT("next", wq_redis_reader_next(&r, &v), 0);
	WQ_CHECK("least", wq_redis_int(wq_redis_at(v, 0), 0) == INT64_MIN);
	WQ_CHECK_INT("no number", wq_redis_int(wq_redis_at(v, 1), 5), 5);
	WQ_CHECK("no string", !wq_redis_str(wq_redis_at(v, 2)).p);
	WQ_CHECK("beyond", !wq_redis_at(v, 3));
	WQ_CHECK_INT("of a number", wq_redis_count(wq_redis_at(v, 2)), 0);
	wq_redis_reader_fini(&r);
}

WQ_TEST(errors_have_meanings)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "LOADING Redis is loading the dataset in memory", WQ_REDIS_LOADING },
		{ "MASTERDOWN Link with MASTER is down", WQ_REDIS_LOADING },
		{ "BUSY Redis is busy running a script", WQ_REDIS_BUSY },
		{ "READONLY You can't write against a read only replica.", WQ_REDIS_READONLY },
		{ "UNBLOCKED force unblock from blocking operation", WQ_REDIS_READONLY },
		{ "OOM command not allowed when used memory > 'maxmemory'.", WQ_REDIS_OOM },
		{ "MISCONF Redis is configured to save RDB snapshots", WQ_REDIS_MISCONF },
		{ "NOREPLICAS Not enough good replicas to write.", WQ_REDIS_MISCONF },
		{ "NOSCRIPT No matching script.", WQ_REDIS_NOSCRIPT },
		{ "MOVED 3999 127.0.0.1:6381", WQ_REDIS_CLUSTER },
		{ "ASK 3999 127.0.0.1:6381", WQ_REDIS_CLUSTER },
		{ "CLUSTERDOWN The cluster is down", WQ_REDIS_CLUSTER },
		{ "CROSSSLOT Keys in request don't hash to the same slot", WQ_REDIS_CLUSTER },
		{ "NOAUTH Authentication required.", WQ_REDIS_DENIED },
		{ "NOPERM this user has no permissions", WQ_REDIS_DENIED },
		{ "WRONGPASS invalid username-password pair", WQ_REDIS_DENIED },
		{ "WRONGTYPE Operation against a key", WQ_REDIS_WRONGTYPE },
		{ "ERR unknown command", WQ_EREPLY },
		{ "READONLYISH", WQ_EREPLY },
		{ "", WQ_EREPLY },
		{ "ERR Error running script (call to f_abc): @user_script:1: @user_script: 1: -OOM "
		  "command not allowed",
		  WQ_REDIS_OOM },
		{ "ERR Error running script (call to f_abc): oops", WQ_EREPLY },
		{ "ERR a value: -OOM", WQ_EREPLY },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].text, wq_redis_condition_of(wq_str(cases[i].text)),
		             cases[i].want);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(urls),
		WQ_CASE(wrong_urls_get_a_sentence),
		WQ_CASE(commands_are_encoded),
		WQ_CASE(answers_cut_anywhere),
		WQ_CASE(hostile_answers_are_refused),
		WQ_CASE(getters_take_anything),
		WQ_CASE(errors_have_meanings),
	};

	wq_redis_use_allocator();
	return cmocka_run_group_tests_name(__FILE__, all, NULL, NULL) != 0;
}
