/* SPDX-License-Identifier: MIT */
/* base_test.c — slices, buffers, arenas, heap, numbers, URLs, hashes, JSON. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/heap.h"
#include "base/hmac.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/url.h"
#include "support/test.h"

WQ_TEST(str_numbers)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t want;
	} cases[] = {
		{ "0", 10, true, 0 },
		{ "10", 10, true, 10 },
		{ "11", 10, false, 0 },
		{ "", 10, false, 0 },
		{ "+1", 10, false, 0 },
		{ "-1", 10, false, 0 },
		{ "1 ", 10, false, 0 },
		{ "0x1", 100, false, 0 },
		{ "007", 10, true, 7 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999", UINT64_MAX, false, 0 },
		{ "9", 5, false, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		uint64_t got = 0;

		WQ_CHECK_INT(cases[i].text,
		             wq_str_to_u64(wq_str(cases[i].text), cases[i].max, &got), cases[i].ok);
		WQ_CHECK(cases[i].text, got == cases[i].want);
	}
}

WQ_TEST(str_cuts)
{
	struct wq_str rest = wq_str("a,,b"), part;

	WQ_CHECK("first", wq_str_next(&rest, ',', &part));
	WQ_CHECK_SLICE("first", part, "a");
	WQ_CHECK("second", wq_str_next(&rest, ',', &part));
	WQ_CHECK_SLICE("second", part, "");
	WQ_CHECK("third", wq_str_next(&rest, ',', &part));
	WQ_CHECK_SLICE("third", part, "b");
	WQ_CHECK("no more", !wq_str_next(&rest, ',', &part));
	WQ_CHECK_SLICE("trim", wq_str_trim(wq_str(" \t x y\t ")), "x y");
	WQ_CHECK("nocase", wq_str_is_nocase(wq_str("Content-LENGTH"), "content-length"));
}

WQ_TEST(str_utf8)
{
	static const struct {
		const char *what, *text;
		bool want;
	} cases[] = {
		{ "ascii", "abc", true },          { "two", "\xc3\xa9", true },
		{ "three", "\xe2\x82\xac", true }, { "four", "\xf0\x9f\x98\x80", true },
		{ "overlong", "\xc0\xaf", false }, { "surrogate", "\xed\xa0\x80", false },
		{ "cut", "\xe2\x82", false },      { "beyond", "\xf4\x90\x80\x80", false },
		{ "lone", "\x80", false },         { "fe", "\xfe", false },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].what, wq_str_is_utf8(wq_str(cases[i].text)), cases[i].want);
}

WQ_TEST(str_distances)
{
	WQ_CHECK_INT("same", wq_str_distance(wq_str("port"), wq_str("port")), 0);
	WQ_CHECK_INT("swap", wq_str_distance(wq_str("prot"), wq_str("port")), 1);
	WQ_CHECK_INT("insert", wq_str_distance(wq_str("redis-ul"), wq_str("redis-url")), 1);
	WQ_CHECK_INT("empty", wq_str_distance(wq_str(""), wq_str("abc")), 3);
	WQ_CHECK_INT("kitten", wq_str_distance(wq_str("kitten"), wq_str("sitting")), 3);
}

WQ_TEST(buf_is_bounded)
{
	struct wq_buf b;

	wq_buf_init(&b, 10);
	WQ_CHECK_INT("fits", wq_buf_add(&b, "12345", 5), 0);
	WQ_CHECK_INT("too big", wq_buf_add(&b, "123456", 6), WQ_ETOOBIG);
	WQ_CHECK_SLICE("unchanged", wq_buf_str(&b), "12345");
	WQ_CHECK_INT("to the brim", wq_buf_addf(&b, "%05d", 7), 0);
	wq_buf_consume(&b, 5);
	WQ_CHECK_SLICE("rest", wq_buf_str(&b), "00007");
	wq_buf_fini(&b);
	wq_buf_fini(&b);
}

WQ_TEST(buf_formats_beyond_its_scratch)
{
	struct wq_buf b;

	wq_buf_init(&b, 2000);
	WQ_CHECK_INT("long", wq_buf_addf(&b, "%0700d", 1), 0);
	WQ_CHECK_INT("length", b.n, 700);
	WQ_CHECK("terminated", strlen(wq_buf_text(&b)) == 700);
	wq_buf_fini(&b);
}

WQ_TEST(arena_is_bounded_and_reusable)
{
	struct wq_arena a;

	wq_arena_init(&a, 20000);
	for (int i = 0; i < 50; i++)
		WQ_CHECK_STR("copy", wq_arena_copy(&a, wq_str("hello")), "hello");
	WQ_CHECK("large", wq_arena_alloc(&a, 10000) != NULL);
	WQ_CHECK("too large", wq_arena_alloc(&a, 10000) == NULL);
	wq_arena_reset(&a);
	WQ_CHECK("again", wq_arena_alloc(&a, 10000) != NULL);
	wq_arena_fini(&a);
	wq_arena_fini(&a);
}

/* Against a plain search: random inserts and removals from anywhere. */
WQ_TEST(heap_keeps_order)
{
	enum { N = 300, ROUNDS = 20000 };
	struct wq_heap heap = { NULL };
	struct wq_heap_node nodes[N];
	bool in[N] = { false };
	struct wq_rng rng;

	wq_rng_init(&rng, 7);
	for (int round = 0; round < ROUNDS; round++) {
		size_t i = wq_rng_below(&rng, N);
		uint64_t least = UINT64_MAX;

		if (in[i])
			wq_heap_remove(&heap, &nodes[i]);
		else
			wq_heap_insert(&heap, &nodes[i], wq_rng_below(&rng, 1000));
		in[i] = !in[i];
		for (size_t j = 0; j < N; j++)
			if (in[j] && nodes[j].key < least)
				least = nodes[j].key;
		WQ_CHECK("least first", heap.root ? heap.root->key == least : least == UINT64_MAX);
	}
}

WQ_TEST(url_parts)
{
	struct wq_url u;

	WQ_CHECK("full", wq_url_parse(wq_str("redis://me:p%40ss@h.example:6380/3?x=1"), &u, NULL));
	WQ_CHECK_SLICE("user", u.user, "me");
	WQ_CHECK_SLICE("password", u.password, "p%40ss");
	WQ_CHECK_SLICE("host", u.host, "h.example");
	WQ_CHECK_INT("port", u.port, 6380);
	WQ_CHECK_SLICE("path", u.path, "/3");
	WQ_CHECK_SLICE("query", u.query, "x=1");
	WQ_CHECK("ipv6", wq_url_parse(wq_str("http://[2001:db8::1]:80/"), &u, NULL));
	WQ_CHECK_SLICE("ipv6 host", u.host, "2001:db8::1");
	WQ_CHECK("unix", wq_url_parse(wq_str("unix:///run/redis.sock"), &u, NULL));
	WQ_CHECK_SLICE("unix path", u.path, "/run/redis.sock");
	WQ_CHECK_SLICE("query value", wq_url_query_get(wq_str("a=1&b=&c"), "b"), "");
	WQ_CHECK("query none", !wq_url_query_get(wq_str("a=1&b=&c"), "d").p);
}

WQ_TEST(url_refusals)
{
	static const char *const bad[] = {
		"",           "http",           "http:/x",       "http://",
		"://x",       "http://h:0",     "http://h:",     "http://h:65536",
		"http://h:x", "http://h /",     "http://[::1",   "http://[xyz]/",
		"1http://h",  "http://h\\x",    "http://h/\x01", "http://h/#f",
		"http://é/",  "http://[::1]x/",
	};
	struct wq_url u;

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		const char *why = NULL;

		WQ_CHECK(bad[i], !wq_url_parse(wq_str(bad[i]), &u, &why));
		WQ_CHECK(bad[i], why != NULL);
	}
}

WQ_TEST(url_escapes)
{
	struct wq_buf b;

	wq_buf_init(&b, 100);
	WQ_CHECK_INT("good", wq_url_decode(wq_str("a%20b%2Fc"), &b), 0);
	WQ_CHECK_SLICE("good", wq_buf_str(&b), "a b/c");
	WQ_CHECK_INT("cut", wq_url_decode(wq_str("%2"), &b), WQ_EPARSE);
	WQ_CHECK_INT("no hex", wq_url_decode(wq_str("%zz"), &b), WQ_EPARSE);
	WQ_CHECK_INT("NUL", wq_url_decode(wq_str("%00"), &b), WQ_EPARSE);
	wq_buf_fini(&b);
}

/* RFC 4231, cases 2 and 6. */
WQ_TEST(hmac_vectors)
{
	char long_key[131], hex[64];
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_hmac_key *k = wq_hmac_key_create(wq_str("Jefe"));

	for (int i = 0; i < 2; i++) { /* the key serves more than once */
		WQ_CHECK_INT("sum", wq_hmac(k, wq_str("what do ya want for nothing?"), sum), 0);
		wq_hex_encode(sum, sizeof(sum), hex);
		WQ_CHECK_SLICE("case 2", wq_strn(hex, 64),
		               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	}
	wq_hmac_key_destroy(k);
	memset(long_key, 0xaa, sizeof(long_key));
	k = wq_hmac_key_create(wq_strn(long_key, sizeof(long_key)));
	WQ_CHECK_INT("sum",
	             wq_hmac(k, wq_str("Test Using Larger Than Block-Size Key - Hash Key First"),
	                     sum),
	             0);
	wq_hex_encode(sum, sizeof(sum), hex);
	WQ_CHECK_SLICE("case 6", wq_strn(hex, 64),
	               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	wq_hmac_key_destroy(k);
}

WQ_TEST(json_round)
{
	struct wq_jsonw w;
	struct wq_buf b;
	yyjson_doc *doc;
	const char *why = NULL;

	wq_buf_init(&b, 1000);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "s");
	wq_jsonw_str(&w, wq_strn("a\"\\\n\0\xff\xc3\xa9", 8));
	wq_jsonw_key(&w, "l");
	wq_jsonw_array(&w);
	wq_jsonw_int(&w, -5);
	wq_jsonw_float(&w, 1.5);
	wq_jsonw_bool(&w, true);
	wq_jsonw_null(&w);
	wq_jsonw_array_end(&w);
	wq_jsonw_object_end(&w);
	WQ_CHECK_INT("end", wq_jsonw_end(&w), 0);
	WQ_CHECK_SLICE(
		"text", wq_buf_str(&b),
		"{\"s\":\"a\\u0022\\u005c\\u000a\\u0000\xef\xbf\xbd\xc3\xa9\",\"l\":[-5,1.5,true,null]}");
	doc = wq_json_read(wq_buf_str(&b), 8, &why);
	WQ_CHECK("reads", doc != NULL);
	WQ_CHECK_INT("len", wq_json_get_str(yyjson_doc_get_root(doc), "s").n, 10);
	wq_json_free(doc);
	WQ_CHECK("deep", !wq_json_read(wq_str("[[[[1]]]]"), 3, &why));
	WQ_CHECK_STR("deep", why, "nested too deeply");
	wq_buf_fini(&b);
}

WQ_TEST(metrics_page)
{
	struct wq_metric c = { .name = "x_total", .help = "X.", .labels = "a=\"1\"" };
	struct wq_metric h = { .name = "t_seconds", .help = "T.", .type = WQ_HISTOGRAM };
	struct wq_metrics m;
	struct wq_buf b;

	wq_metrics_init(&m);
	wq_metrics_add(&m, &c);
	wq_metrics_add(&m, &h);
	wq_metric_count(&c, 3);
	wq_metric_observe_us(&h, 99);
	wq_metric_observe_us(&h, 60000000);
	wq_buf_init(&b, 10000);
	WQ_CHECK_INT("write", wq_metrics_write(&m, &b), 0);
	WQ_CHECK("counter",
	         strstr(wq_buf_text(&b), "# TYPE x_total counter\nx_total{a=\"1\"} 3\n"));
	WQ_CHECK("first", strstr(wq_buf_text(&b), "t_seconds_bucket{le=\"0.0001\"} 1\n"));
	WQ_CHECK("last", strstr(wq_buf_text(&b),
	                        "t_seconds_bucket{le=\"+Inf\"} 2\nt_seconds_sum 60.000099\n"));
	wq_buf_fini(&b);
}

WQ_TEST(str_control_characters)
{
	static const struct {
		const char *what, *text, *want; /* a '!' for each byte of one */
	} cases[] = {
		{ "letters", "aZ~ ", "...." },
		{ "C0 and DEL", "a\x1b[\x7f\n", ".!.!!" },
		{ "C1 as UTF-8 has it",
		  "x\xc2\x9b"
		  "y\xc2\x80\xc2\x9f",
		  ".!!.!!!!" },
		{ "beyond C1", "\xc2\xa0\xc3\x9b\xe2\x80\x9b\xf0\x9f\x98\x80", "..........." },
		{ "C1 alone",
		  "\x9b"
		  "1\x85",
		  "!.!" },
		{ "cut", "a\xc2", ".." },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wq_str s = wq_str(cases[i].text);
		char got[16] = "";

		for (size_t k = 0; k < s.n; k++)
			got[k] = wq_str_is_control(s, k) ? '!' : '.';
		WQ_CHECK_STR(cases[i].what, got, cases[i].want);
	}
}

WQ_TEST_MAIN(WQ_CASE(str_numbers), WQ_CASE(str_cuts), WQ_CASE(str_utf8),
             WQ_CASE(str_control_characters), WQ_CASE(str_distances), WQ_CASE(buf_is_bounded),
             WQ_CASE(buf_formats_beyond_its_scratch), WQ_CASE(arena_is_bounded_and_reusable),
             WQ_CASE(heap_keeps_order), WQ_CASE(url_parts), WQ_CASE(url_refusals),
             WQ_CASE(url_escapes), WQ_CASE(hmac_vectors), WQ_CASE(json_round),
             WQ_CASE(metrics_page))
