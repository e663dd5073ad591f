/* SPDX-License-Identifier: MIT */
/* client_test.c — calls to a peer that answers as it should, and the bounds of the client. */
#include <dirent.h>

#include "base/alloc.h"
#include "base/err.h"
#include "support/calls.h"
#include "support/test.h"

#define OK(text) "HTTP/1.1 200 OK\r\nContent-Length: " text

static const struct wq_peer_step hello[] = { { .answer = OK("5") "\r\n\r\nhello" } };
static struct wq_calls w;
static struct wq_asked a, b;

static void ask(const char *url)
{
	wq_calls_url(&w, &a, url);
	wq_calls_ask(&w, &a);
}
static void body_is(const char *want)
{
	WQ_CHECK_SLICE("body", wq_buf_str(&a.call.body_in), want);
}

WQ_TEST(a_plain_answer)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = "HTTP/1.1 201 Created\r\nX-Id: 1\r\n"
		            "x-id:  two \r\nRetry-After: 7\r\n"
		            "Content-Length: 5\r\n\r\nhello" }
	};

	wq_calls_begin(&w, steps, 1);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/path?x=1");
	a.call.headers[0] = (struct wq_call_header){ "Authorization", wq_str("Bearer abc") };
	a.call.headers[1] = (struct wq_call_header){ "X-Empty", wq_str("") };
	a.call.headers_n = 2;
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("rc", a.rc, 0);
	WQ_CHECK_INT("status", a.call.status, 201);
	WQ_CHECK("sent", a.call.sent);
	WQ_CHECK("a new connection", !a.call.reused);
	WQ_CHECK("time passed", a.call.took_us > 0);
	WQ_CHECK_INT("retry after", a.call.retry_after_ms, 7000);
	WQ_CHECK_SLICE("the last of that name", wq_call_header_in(&a.call, "X-ID"), "two");
	WQ_CHECK("none", !wq_call_header_in(&a.call, "X-I").p);
	body_is("hello");
	WQ_CHECK("request",
	         wq_peer_count(&w.peer, "GET /path?x=1 HTTP/1.1\r\nHost: 127.0.0.1:") == 1);
	WQ_CHECK("header", wq_peer_count(&w.peer, "\r\nAuthorization: Bearer abc\r\n") == 1);
	WQ_CHECK("empty header", wq_peer_count(&w.peer, "\r\nX-Empty:\r\n") == 1);
	WQ_CHECK("nothing compressed", wq_peer_count(&w.peer, "Accept-Encoding") == 0);
	wq_call_fini(&a.call);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

static void post(const char *url, const char *method, const char *body)
{
	wq_calls_url(&w, &a, url);
	a.call.method = method;
	a.call.body = wq_str(body);
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT(method ? method : "none", a.rc, 0);
	wq_call_fini(&a.call);
}

WQ_TEST(methods_and_bodies)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = OK("0") "\r\n\r\n" }, { .answer = OK("0") "\r\n\r\n" },
		{ .answer = OK("0") "\r\n\r\n" }, { .answer = OK("0") "\r\n\r\n" },
		{ .answer = OK("9") "\r\n\r\n" }, /* of a HEAD: no body follows */
		{ .answer = OK("0") "\r\n\r\n" },
	};

	wq_calls_begin(&w, steps, WQ_COUNT(steps));
	post("http://127.0.0.1:PORT/1", NULL, "{\"a\":1}");
	post("http://127.0.0.1:PORT/2", "PUT", "put");
	post("http://127.0.0.1:PORT/3", "DELETE", NULL);
	post("http://127.0.0.1:PORT/4", "POST", NULL);
	post("http://127.0.0.1:PORT/5", "HEAD", NULL);
	post("http://127.0.0.1:PORT/6", NULL, NULL);
	WQ_CHECK("1",
	         wq_peer_count(&w.peer, "POST /1 ") && wq_peer_count(&w.peer, "\r\n\r\n{\"a\":1}"));
	WQ_CHECK("2", wq_peer_count(&w.peer, "PUT /2 ") && wq_peer_count(&w.peer, "\r\n\r\nput"));
	WQ_CHECK("3", wq_peer_count(&w.peer, "DELETE /3 ") == 1);
	WQ_CHECK("4", wq_peer_count(&w.peer, "POST /4 ") == 1);
	WQ_CHECK("5", wq_peer_count(&w.peer, "HEAD /5 ") == 1);
	WQ_CHECK("6", wq_peer_count(&w.peer, "GET /6 ") == 1);
	WQ_CHECK_INT("nobody waits for 100", wq_peer_count(&w.peer, "Expect"), 0);
	WQ_CHECK_INT("no type was given", wq_peer_count(&w.peer, "Content-Type"), 0);
	WQ_CHECK_INT("a length each", wq_peer_count(&w.peer, "Content-Length: "), 3);
	WQ_CHECK_INT("one connection", w.peer.connections, 1);
	wq_calls_end(&w);
}

WQ_TEST(connections_are_reused)
{
	wq_calls_begin(&w, hello, 1);
	for (int i = 0; i < 5; i++) {
		ask("http://127.0.0.1:PORT/");
		WQ_CHECK_INT("rc", a.rc, 0);
		WQ_CHECK_INT("reused", a.call.reused, i > 0);
		wq_call_fini(&a.call);
	}
	WQ_CHECK_INT("one connection", w.peer.connections, 1);
	wq_calls_end(&w);
}

/* A large body in, and one out in pieces: more than any buffer holds. */
static size_t piece_bytes;
static int on_piece(struct wq_call *c, struct wq_str piece)
{
	(void)c;
	piece_bytes += piece.n;
	return 0;
}

WQ_TEST(large_bodies)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = OK("1000000") "\r\n\r\n0123456789", .repeat = 99999, .tail = 10 }
	};
	static char body[3000000];

	memset(body, 'x', sizeof(body));
	wq_calls_begin(&w, steps, 1);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.body = wq_strn(body, sizeof(body));
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("rc", a.rc, 0);
	WQ_CHECK_INT("in", a.call.body_in.n, 1000000);
	wq_call_fini(&a.call);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.on_data = on_piece;
	piece_bytes = 0;
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("rc", a.rc, 0);
	WQ_CHECK_INT("pieces", piece_bytes, 1000000);
	WQ_CHECK_INT("not kept", a.call.body_in.n, 0);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

static int refuse_piece(struct wq_call *c, struct wq_str piece)
{
	(void)c;
	(void)piece;
	return WQ_EPARSE;
}

static int cancel_inside(struct wq_call *c, struct wq_str piece)
{
	(void)piece;
	wq_call_cancel(c); /* from the deepest place there is: inside of curl */
	return 0;
}

WQ_TEST(a_reader_may_stop)
{
	wq_calls_begin(&w, hello, 1);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.on_data = refuse_piece;
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("its own code", a.rc, WQ_EPARSE);
	WQ_CHECK_INT("status", a.call.status, 200);
	wq_call_fini(&a.call);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.on_data = cancel_inside;
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("cancelled", a.rc, WQ_ECANCELED);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

static unsigned asked_last;
static bool say_no(const struct wq_call *c)
{
	WQ_CHECK_INT("not one byte has left", c->sent, 0);
	asked_last++;
	return false;
}
static bool say_yes(const struct wq_call *c)
{
	(void)c;
	asked_last++;
	return true;
}

/* Also on a connection that is there already. */
WQ_TEST(the_last_word_is_the_callers)
{
	wq_calls_begin(&w, hello, 1);
	asked_last = 0;
	for (unsigned i = 0; i < 4; i++) {
		wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
		a.call.may_send = i % 2 ? say_no : say_yes;
		wq_calls_ask(&w, &a);
		WQ_CHECK_INT("asked once", asked_last, i + 1);
		WQ_CHECK_INT("rc", a.rc, i % 2 ? WQ_ECANCELED : 0);
		WQ_CHECK_INT("sent", a.call.sent, i % 2 == 0);
		wq_call_fini(&a.call);
	}
	WQ_CHECK_INT("the peer heard of two", w.peer.requests_n, 2);
	wq_calls_end(&w);
}

/* What is refused before anything starts. */
WQ_TEST(unusable_calls)
{
	static const char *const urls[] = {
		"",
		"nothing",
		"ftp://127.0.0.1/",
		"file:///etc/passwd",
		"http://",
		"http://a b/",
		"http://a\r\nX: y/",
		"http://127.0.0.1:0/",

		"http://a:99999/",
		"http://[::1/",
		"http://[fe80::1%25eth0]/",
		"http://./",
		"http://a..b/",
		"http://\xef\xbc\x91.com/",
		"http://ex%c3%a4mple.com/",
		"http://a/\t",
		"http://1.2.3.4.5/",
		"http://0x7g.0x1/",
		"http://a.0x1/",
	};
	static const struct wq_call_header bad[] = {
		{ "", WQ_STR("x") },
		{ "a b", WQ_STR("x") },
		{ "a:b", WQ_STR("x") },
		{ "a", WQ_STR("x\r\nb: c") },
		{ "a", WQ_STR("x\0y") },
		{ "Content-Length", WQ_STR("5") },
		{ "expect", WQ_STR("100-continue") },
		{ "Transfer-Encoding", WQ_STR("chunked") },
	};

	wq_calls_begin(&w, hello, 1);
	for (size_t i = 0; i < WQ_COUNT(urls); i++) {
		a = (struct wq_asked){ .call.url = urls[i] };
		WQ_CHECK_INT(urls[i], wq_call_start(w.client, &a.call, wq_calls_on_told),
		             WQ_EINVAL);
	}
	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
		a.call.headers[0] = bad[i];
		a.call.headers_n = 1;
		WQ_CHECK_INT(bad[i].name, wq_call_start(w.client, &a.call, wq_calls_on_told),
		             WQ_EINVAL);
	}
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.method = "GET /x HTTP/1.1\r\n";
	WQ_CHECK_INT("method", wq_call_start(w.client, &a.call, wq_calls_on_told), WQ_EINVAL);
	wq_calls_end(&w);
}

/* Many at once, within the bounds. */
enum { MANY = 200 };
static struct wq_asked many[MANY + 1];

static bool all_told(void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < MANY; i++)
		if (!many[i].told)
			return false;
	return true;
}

WQ_TEST(many_calls_share_few_connections)
{
	wq_calls_prepare(&w, false);
	w.o.calls_max = MANY;
	w.o.connections_per_host_max = 8;
	wq_calls_open(&w, hello, 1, NULL, 0);
	for (size_t i = 0; i < MANY; i++) {
		wq_calls_url(&w, &many[i], "http://localhost:PORT/");
		wq_calls_start(&w, &many[i]);
	}
	wq_calls_url(&w, &many[MANY], "http://localhost:PORT/");
	WQ_CHECK_INT("one too many", wq_call_start(w.client, &many[MANY].call, wq_calls_on_told),
	             WQ_EFULL);
	wq_calls_wait(&w, all_told, NULL, "all are told");
	for (size_t i = 0; i < MANY; i++) {
		WQ_CHECK_INT("rc", many[i].rc, 0);
		WQ_CHECK_INT("once", many[i].told, 1);
		wq_call_fini(&many[i].call);
	}
	WQ_CHECK_INT("each arrived once", w.peer.requests_n, MANY);
	WQ_CHECK("few connections", w.peer.connections <= 8);
	wq_calls_end(&w);
}

WQ_TEST(numbers_are_told)
{
	struct wq_metrics m;
	struct wq_buf page;
	const char *text;

	wq_calls_begin(&w, hello, 1);
	wq_metrics_init(&m);
	wq_client_add_metrics(w.client, &m);
	wq_resolver_add_metrics(w.resolver, &m);
	for (int i = 0; i < 3; i++) {
		ask("http://localhost:PORT/");
		wq_call_fini(&a.call);
	}
	wq_buf_init(&page, 100000);
	WQ_CHECK_INT("write", wq_metrics_write(&m, &page), 0);
	text = wq_buf_text(&page);
	WQ_CHECK("calls", strstr(text, "willaq_client_calls_total{outcome=\"2xx\"} 3\n"));
	WQ_CHECK("new", strstr(text, "willaq_client_requests_total{connection=\"new\"} 1\n"));
	WQ_CHECK("reused", strstr(text, "willaq_client_requests_total{connection=\"reused\"} 2\n"));
	WQ_CHECK("time", strstr(text, "willaq_client_call_seconds_count 3\n"));
	WQ_CHECK("in flight", strstr(text, "willaq_client_calls_in_flight 0\n"));
	wq_buf_fini(&page);
	wq_calls_end(&w);
}

/* ---- cancel and close, at every stage ---- */

static bool peer_has_request(void *ctx)
{
	(void)ctx;
	return w.peer.requests_n > 0;
}

static bool ns_was_asked(void *ctx)
{
	(void)ctx;
	return w.ns.questions > 0;
}

static bool both_told(void *ctx)
{
	(void)ctx;
	return a.told && b.told;
}

static bool a_told(void *ctx)
{
	(void)ctx;
	return a.told > 0;
}

static struct wq_ns_name silent[] = { { .name = "silent.test", .a = { "-" } } };
static const struct wq_peer_step mute[] = { { .answer = "" } };

WQ_TEST(cancel_at_every_stage)
{
	static const struct wq_peer_step stalls[] = { { .answer = OK("5") "\r\n\r\nhel",
		                                        .repeat = 1 } };
	static const struct {
		const char *what, *url;
		bool (*when)(void *ctx);
		bool sent;
	} stages[] = {
		{ "before anything", "http://localhost:PORT/", NULL, false },
		{ "before its name is known", "http://silent.test:PORT/", ns_was_asked, false },
		{ "before the answer", "http://127.0.0.1:PORT/", peer_has_request, true },
	};

	(void)stalls;
	for (size_t i = 0; i < WQ_COUNT(stages); i++) {
		wq_calls_prepare(&w, false);
		wq_calls_open(&w, stages[i].when == peer_has_request ? stalls : mute, 1, silent, 1);
		wq_calls_url(&w, &a, stages[i].url);
		wq_calls_start(&w, &a);
		if (stages[i].when)
			wq_calls_wait(&w, stages[i].when, NULL, stages[i].what);
		wq_call_cancel(&a.call);
		wq_call_cancel(&a.call);
		WQ_CHECK_INT("not from inside the call", a.told, 0);
		wq_calls_wait(&w, a_told, NULL, stages[i].what);
		WQ_CHECK_INT(stages[i].what, a.rc, WQ_ECANCELED);
		WQ_CHECK_INT(stages[i].what, a.call.sent, stages[i].sent);
		wq_call_cancel(&a.call);
		wq_call_fini(&a.call);
		wq_calls_end(&w);
		WQ_CHECK_INT("once", a.told, 1);
	}
}

WQ_TEST(close_with_calls_in_flight)
{
	wq_calls_prepare(&w, false);
	wq_calls_open(&w, mute, 1, silent, 1);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	wq_calls_url(&w, &b, "http://silent.test:PORT/");
	wq_calls_start(&w, &a);
	wq_calls_start(&w, &b);
	wq_calls_wait(&w, peer_has_request, NULL, "the request is there");
	wq_calls_end(&w);
	WQ_CHECK("told", both_told(NULL));
	WQ_CHECK_INT("a", a.rc, WQ_ECANCELED);
	WQ_CHECK("a may have acted", a.call.sent);
	WQ_CHECK_INT("b", b.rc, WQ_ECANCELED);
	WQ_CHECK("b has not", !b.call.sent);
	wq_call_fini(&a.call);
	wq_call_fini(&b.call);
}

/* ---- names ---- */

static unsigned tasks(void)
{
	DIR *d = opendir("/proc/self/task");
	unsigned n = 0;

	WQ_CHECK("/proc/self/task", d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static bool told_or_threads(void *ctx)
{
	WQ_CHECK_INT("threads", tasks(), 1);
	return a_told(ctx);
}

WQ_TEST(names_never_start_a_thread)
{
	static struct wq_ns_name names[] = {
		{ .name = "peer.test", .a = { "127.0.0.1" }, .ttl = 60 },
		{ .name = "alias.test", .cname = "peer.test", .a = { "two" }, .ttl = 60 },
		{ .name = "gone.test", .a = { "" } },
		{ .name = "dual.test", .a = { "127.0.0.1" }, .aaaa = "::1", .ttl = 60 },
	};
	static const struct {
		const char *url;
		int rc;
	} cases[] = {
		{ "http://peer.test:PORT/", 0 },
		{ "http://PEER.test.:PORT/", 0 },
		{ "http://alias.test:PORT/", 0 },
		{ "http://dual.test:PORT/", 0 },
		{ "http://gone.test:PORT/", WQ_ERESOLVE },
		{ "http://localhost:PORT/", 0 },
		{ "http://a.localhost:PORT/", 0 },
		{ "http://user:pass@peer.test:PORT/", 0 },
		{ "http://127.1:PORT/", 0 },
	};

	wq_calls_prepare(&w, false);
	wq_calls_open(&w, hello, 1, names, WQ_COUNT(names));
	for (size_t i = 0; i < 2 * WQ_COUNT(cases); i++) {
		wq_calls_url(&w, &a, cases[i / 2].url);
		wq_calls_start(&w, &a);
		wq_calls_wait(&w, told_or_threads, NULL, a.url);
		WQ_CHECK_INT(a.url, a.rc, cases[i / 2].rc);
		WQ_CHECK_INT(a.url, a.call.sent, a.rc == 0);
		wq_call_fini(&a.call);
	}
	WQ_CHECK_INT("asked once", names[0].asked, 1);
	wq_calls_end(&w);
}

static void ask_and_expect(const char *url, int rc)
{
	ask(url);
	WQ_CHECK_INT(url, a.rc, rc);
	wq_call_fini(&a.call);
}

static struct wq_timer pause_timer;
static bool paused;
static void on_pause_over(struct wq_timer *t)
{
	(void)t;
	paused = false;
}

static bool pause_over(void *ctx)
{
	(void)ctx;
	return !paused;
}

static void let_time_pass(uint64_t ms)
{
	wq_timer_init(&pause_timer, w.loop, on_pause_over);
	paused = true;
	wq_timer_start(&pause_timer, ms);
	wq_loop_run_until(w.loop, pause_over, NULL, 100000);
	WQ_CHECK("time passed", !paused);
}

/* curl keeps what it is told for good: when the answer changes, it must be told anew. */
WQ_TEST(a_name_may_move)
{
	static struct wq_ns_name names[] = {
		{ .name = "moving.test", .a = { "127.0.0.1", "127.0.0.9", "127.0.0.1" }, .ttl = 5 },
	};

	wq_calls_prepare(&w, true);
	w.o.connections_per_host_max = 1;
	wq_calls_open(&w,
	              (struct wq_peer_step[]){ { .answer = OK("0") "\r\nConnection: close\r\n\r\n",
	                                         .then = WQ_PEER_CLOSE } },
	              1, names, 1);
	ask_and_expect("http://moving.test:PORT/", 0);
	let_time_pass(6000);
	ask_and_expect("http://moving.test:PORT/", WQ_ECONNECT); /* nobody listens there */
	let_time_pass(6000);
	ask_and_expect("http://moving.test:PORT/", 0);
	WQ_CHECK_INT("asked thrice", names[0].asked, 3);
	wq_calls_end(&w);
}

/* More names than are remembered: the oldest are taken back from curl, and come back whole. */
WQ_TEST(more_names_than_are_kept)
{
	uint64_t live = 0;

	wq_calls_begin(&w, hello, 1);
	for (unsigned i = 0; i < 3 * WQ_CLIENT_HOSTS_MAX; i++) {
		wq_calls_url(&w, &a, "http://localhost:PORT/");
		snprintf(a.url, sizeof(a.url), "http://n%u.localhost:%u/",
		         i % (2 * WQ_CLIENT_HOSTS_MAX), w.peer.port);
		wq_calls_ask(&w, &a);
		WQ_CHECK_INT(a.url, a.rc, 0);
		wq_call_fini(&a.call);
		if (i == 2 * WQ_CLIENT_HOSTS_MAX)
			live = wq_alloc_live();
	}
	WQ_CHECK("memory stays", wq_alloc_live() < live + 64);
	wq_calls_end(&w);
}

WQ_TEST(a_proxy_is_asked_for_everything_but_exceptions)
{
	char proxy[64];
	struct wq_peer target;

	wq_calls_prepare(&w, false);
	wq_peer_start(&target, w.loop, hello, 1);
	snprintf(proxy, sizeof(proxy), "http://me:se%%3acret@localhost:%u", target.port);
	w.o.http_proxy = proxy;
	w.o.no_proxy = "direct.localhost";
	wq_calls_open(&w, hello, 1, NULL, 0);
	ask_and_expect("http://never-resolved.test:PORT/x", 0);
	WQ_CHECK_INT("asked", wq_peer_count(&target, "GET http://never-resolved.test:"), 1);
	WQ_CHECK_INT("who", wq_peer_count(&target, "Proxy-Authorization: Basic bWU6c2U6Y3JldA=="),
	             1);
	WQ_CHECK_INT("no question", w.ns.questions, 0);
	ask_and_expect("http://direct.localhost:PORT/y", 0);
	WQ_CHECK_INT("direct", wq_peer_count(&w.peer, "GET /y HTTP/1.1"), 1);
	WQ_CHECK_INT("the proxy's word stays", wq_peer_count(&w.peer, "Proxy-"), 0);
	ask_and_expect("http://again.test:PORT/z", 0);
	WQ_CHECK_INT("through it again", target.requests_n, 2);
	wq_client_close(w.client, NULL, NULL);
	w.client = NULL;
	wq_peer_stop(&target);
	wq_calls_end(&w);
}

WQ_TEST_MAIN(WQ_CASE(a_plain_answer), WQ_CASE(methods_and_bodies), WQ_CASE(connections_are_reused),
             WQ_CASE(large_bodies), WQ_CASE(a_reader_may_stop),
             WQ_CASE(the_last_word_is_the_callers), WQ_CASE(unusable_calls),
             WQ_CASE(many_calls_share_few_connections), WQ_CASE(numbers_are_told),
             WQ_CASE(cancel_at_every_stage), WQ_CASE(close_with_calls_in_flight),
             WQ_CASE(names_never_start_a_thread), WQ_CASE(a_name_may_move),
             WQ_CASE(more_names_than_are_kept),
             WQ_CASE(a_proxy_is_asked_for_everything_but_exceptions))
