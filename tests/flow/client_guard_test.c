/* SPDX-License-Identifier: MIT */
/* client_guard_test.c — a URL that a stranger gave us never reaches what only we can reach.
 *
 * The referee is the peer: not one connection may come.
 */
#include "base/err.h"
#include "support/calls.h"
#include "support/test.h"

static const struct wq_peer_step hello[] = {
	{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }
};
static struct wq_calls w;
static struct wq_asked a;

/* DENIED: by wq_call_start already; REFUSED: told, at connect; INVALID: no URL that we use. */
enum { DENIED, REFUSED, INVALID };

static const struct {
	const char *url;
	int how;
} tricks[] = {
	{ "http://127.0.0.1:PORT/", DENIED },
	{ "http://127.0.0.1.:PORT/", DENIED },
	{ "http://127.1:PORT/", DENIED },
	{ "http://127.0.1:PORT/", DENIED },
	{ "http://2130706433:PORT/", DENIED },
	{ "http://0x7f000001:PORT/", DENIED },
	{ "http://0x7f.0.0.1:PORT/", DENIED },
	{ "http://0X7F.1:PORT/", DENIED },
	{ "http://0177.0.0.1:PORT/", DENIED },
	{ "http://017700000001:PORT/", DENIED },
	{ "http://0177.0.0.01:PORT/", DENIED },
	{ "http://0000000177.0.0.1:PORT/", DENIED },
	{ "http://%31%32%37.0.0.1:PORT/", DENIED },
	{ "http://127%2e0%2e0%2e1:PORT/", DENIED },
	{ "http://0:PORT/", DENIED },
	{ "http://0.0.0.0:PORT/", DENIED },
	{ "http://[::1]:PORT/", DENIED },
	{ "http://[::]:PORT/", DENIED },
	{ "http://[0:0:0:0:0:0:0:1]:PORT/", DENIED },
	{ "http://[::ffff:127.0.0.1]:PORT/", DENIED },
	{ "http://[::ffff:7f00:1]:PORT/", DENIED },
	{ "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/", DENIED },
	{ "http://[::127.0.0.1]:PORT/", DENIED },
	{ "http://[64:ff9b::127.0.0.1]:PORT/", DENIED },
	{ "http://[2002:7f00:1::]:PORT/", DENIED },
	{ "http://[fe80::1]:PORT/", DENIED },
	{ "http://[fd00::1]:PORT/", DENIED },
	{ "http://169.254.169.254/latest/meta-data/", DENIED },
	{ "http://[::ffff:a9fe:a9fe]/", DENIED },
	{ "http://10.0.0.1:PORT/", DENIED },
	{ "http://192.168.0.1:PORT/", DENIED },
	{ "http://example.com@127.0.0.1:PORT/", DENIED },
	{ "http://example.com:80@127.0.0.1:PORT/", DENIED },
	{ "http://user:pa@ss@127.0.0.1:PORT/", INVALID },
	{ "http://8.8.8.8@127.0.0.1:PORT/", DENIED },
	{ "http:///127.0.0.1:PORT/", DENIED },
	{ "HTTP://127.0.0.1:PORT/", DENIED },
	{ "https://127.0.0.1:PORT/", DENIED },
	{ "http://127.0.0.1:PORT?@example.com/", DENIED },
	{ "http://127.0.0.1:PORT#@example.com/", DENIED },
	{ "http://localhost:PORT/", REFUSED },
	{ "http://LOCALHOST:PORT/", REFUSED },
	{ "http://localhost.:PORT/", REFUSED },
	{ "http://a.localhost:PORT/", REFUSED },
	{ "http://loop.test:PORT/", REFUSED },
	{ "http://loop.test.:PORT/", REFUSED },
	{ "http://mapped.test:PORT/", REFUSED },
	{ "http://alias.test:PORT/", REFUSED },
	{ "http://mixed.test:PORT/", REFUSED },
	{ "http://private.test:PORT/", REFUSED },
	{ "http://metadata.test:PORT/", REFUSED },
	{ "https://loop.test:PORT/", REFUSED },
	{ "http://127.0.0.1%00.example.com:PORT/", INVALID },
	{ "http://127.0.0.1%09:PORT/", INVALID },
	{ "http://127.0.0.1\\@example.com:PORT/", INVALID },
	{ "http://127.0.0.1:PORT\\@example.com/", INVALID },
	{ "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1:PORT/",
	  INVALID }, /* full-width digits */
	{ "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1:PORT/", INVALID }, /* circled digits */
	{ "http://%e2%91%a0%e2%91%a1%e2%91%a6.0.0.1:PORT/", INVALID },
	{ "http://loc\xc3\xa4lhost:PORT/", INVALID },
	{ "http://127.0.0.1.1:PORT/", INVALID },
	{ "http://0x7f.0.0.0.1:PORT/", INVALID },
	{ "http://0x7f.1.:PORT/", INVALID },
	{ "http://127.0.0.0x1.:PORT/", INVALID },
	{ "http://4294967296:PORT/", INVALID },
	{ "http://[::1%251]:PORT/", INVALID },
	{ "http://[::ffff:127.0.0.1:PORT/", INVALID },
	{ "http://127.0.0.1 :PORT/", INVALID },
	{ "ftp://127.0.0.1:PORT/", INVALID },
	{ "gopher://127.0.0.1:PORT/", INVALID },
	{ "file:///etc/passwd", INVALID },
	{ "//127.0.0.1:PORT/", INVALID },
	{ "127.0.0.1:PORT/", INVALID },
};

static struct wq_ns_name names[] = {
	{ .name = "loop.test", .a = { "127.0.0.1" }, .aaaa = "::1", .ttl = 60 },
	{ .name = "mapped.test", .a = { "127.0.0.1" }, .aaaa = "::ffff:127.0.0.1", .ttl = 60 },
	{ .name = "alias.test", .a = { "127.0.0.1" }, .cname = "loop.test", .ttl = 60 },
	{ .name = "mixed.test", .a = { "two" }, .ttl = 60 },
	{ .name = "private.test", .a = { "10.0.0.1" }, .aaaa = "fd00::1", .ttl = 60 },
	{ .name = "metadata.test", .a = { "169.254.169.254" }, .ttl = 60 },
	{ .name = "rebind.test", .a = { "8.8.8.8", "127.0.0.1" }, .ttl = 5 },
};
static struct wq_ns_name *const rebind = &names[WQ_COUNT(names) - 1];

static void open_world(void)
{
	for (size_t i = 0; i < WQ_COUNT(names); i++)
		names[i].asked = 0;
	wq_calls_prepare(&w, false);
	wq_calls_open(&w, hello, 1, names, WQ_COUNT(names));
}

static void try_one(const char *url, int how)
{
	static const int from_start[] = { WQ_EDENIED, 0, WQ_EINVAL };
	int rc;

	wq_calls_url(&w, &a, url);
	a.call.guarded = true;
	if (how == REFUSED) {
		wq_calls_ask(&w, &a);
		WQ_CHECK_INT(url, a.rc, WQ_EDENIED);
	} else {
		rc = wq_call_start(w.client, &a.call, wq_calls_on_told);
		/* Later parsers of URLs take fewer spellings of an address for one: refused all the same. */
		if (how != DENIED || rc != WQ_EINVAL)
			WQ_CHECK_INT(url, rc, from_start[how]);
	}
	WQ_CHECK(url, !a.call.sent);
	wq_call_fini(&a.call);
}

WQ_TEST(tricks_with_hosts)
{
	open_world();
	for (size_t i = 0; i < WQ_COUNT(tricks); i++)
		try_one(tricks[i].url, tricks[i].how);
	WQ_CHECK_INT("not one connection", w.peer.connections, 0);
	wq_calls_end(&w);
}

/* The same host, reached without the guard before: that connection must not serve. */
WQ_TEST(an_open_connection_is_no_way_in)
{
	open_world();
	wq_calls_url(&w, &a, "http://loop.test:PORT/");
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("unguarded", a.rc, 0);
	wq_call_fini(&a.call);
	try_one("http://loop.test:PORT/", REFUSED);
	try_one("http://127.0.0.1:PORT/", DENIED);
	WQ_CHECK_INT("one connection", w.peer.connections, 1);
	WQ_CHECK_INT("one request", w.peer.requests_n, 1);
	wq_calls_end(&w);
}

/* A proxy would look the name up for us, where we cannot see the answer. */
WQ_TEST(a_proxy_is_no_way_in)
{
	char proxy[64];
	struct wq_peer through;

	wq_calls_prepare(&w, false);
	wq_peer_start(&through, w.loop, hello, 1);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", through.port);
	w.o.http_proxy = w.o.https_proxy = proxy;
	wq_calls_open(&w, hello, 1, names, WQ_COUNT(names));
	try_one("http://loop.test:PORT/", REFUSED);
	try_one("https://loop.test:PORT/", REFUSED);
	try_one("http://127.0.0.1:PORT/", DENIED);
	WQ_CHECK_INT("the proxy was not asked", through.connections, 0);
	WQ_CHECK_INT("nor the peer", w.peer.connections, 0);
	wq_peer_stop(&through);
	wq_calls_end(&w);
}

/* A name that is public when it is looked at and ours when it is used. */
static struct wq_resolve looked;
static bool looked_up;
static struct wq_timer later;

static void on_looked(struct wq_resolve *q, int rc)
{
	(void)q;
	WQ_CHECK_INT("looked up", rc, 0);
	looked_up = true;
}

static void on_later(struct wq_timer *t)
{
	(void)t;
	looked_up = false;
}

static bool is_looked_up(void *ctx)
{
	(void)ctx;
	return looked_up;
}

static bool is_later(void *ctx)
{
	(void)ctx;
	return !looked_up;
}

WQ_TEST(a_name_that_changes_its_mind)
{
	char text[46];

	rebind->asked = 0;
	wq_calls_prepare(&w, true);
	wq_calls_open(&w, hello, 1, names, WQ_COUNT(names));
	WQ_CHECK_INT("start",
	             wq_resolve_start(w.resolver, &looked, wq_str("rebind.test"), on_looked), 0);
	wq_calls_wait(&w, is_looked_up, NULL, "looked up");
	WQ_CHECK("text", wq_address_text(&looked.addresses[0], text));
	WQ_CHECK_STR("public at first", text, "8.8.8.8");
	wq_timer_init(&later, w.loop, on_later);
	wq_timer_start(&later, 6000);
	wq_calls_wait(&w, is_later, NULL, "the answer's time is over");
	try_one("http://rebind.test:PORT/", REFUSED);
	WQ_CHECK_INT("asked again", rebind->asked, 2);
	WQ_CHECK_INT("not one connection", w.peer.connections, 0);
	wq_calls_end(&w);
}

WQ_TEST_MAIN(WQ_CASE(tricks_with_hosts), WQ_CASE(an_open_connection_is_no_way_in),
             WQ_CASE(a_proxy_is_no_way_in), WQ_CASE(a_name_that_changes_its_mind))
