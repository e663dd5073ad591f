/* SPDX-License-Identifier: MIT */
/* client_peer_test.c — peers that close, reset, stall or answer what they should not: the code told, whether the
 * request may have arrived, and how often it did. */
#include <arpa/inet.h>
#include <limits.h>
#include <unistd.h>

#include "base/err.h"
#include "support/calls.h"
#include "support/test.h"

#define X40      "0123456789012345678901234567890123456789"
#define X400     X40 X40 X40 X40 X40 X40 X40 X40 X40 X40
#define OK(text) "HTTP/1.1 200 OK\r\nContent-Length: " text

static struct wq_calls w;
static struct wq_asked a, b;

static void post(const char *url, const char *body)
{
	wq_calls_url(&w, &a, url);
	a.call.body = wq_str(body);
	wq_calls_ask(&w, &a);
}

/* ---- once, and no more than once ---- */

static const struct wq_peer_step then_closed[] = {
	{ .answer = OK("2") "\r\n\r\nok" },
	{ .answer = NULL, .then = WQ_PEER_CLOSE },
	{ .answer = OK("6") "\r\n\r\nsecond" }, /* what a repetition would be told: all is well */
};

WQ_TEST(a_request_is_never_written_twice)
{
	wq_calls_begin(&w, then_closed, WQ_COUNT(then_closed));
	post("http://127.0.0.1:PORT/", "first");
	WQ_CHECK_INT("first", a.rc, 0);
	wq_call_fini(&a.call);
	post("http://127.0.0.1:PORT/", "the-only-one");
	WQ_CHECK_INT("exactly one copy", wq_peer_count(&w.peer, "the-only-one"), 1);
	WQ_CHECK_INT("rc", a.rc, WQ_ELOST);
	WQ_CHECK("sent", a.call.sent);
	WQ_CHECK_INT("no answer", a.call.status, 0);
	wq_call_fini(&a.call);
	post("http://127.0.0.1:PORT/", "afterwards");
	WQ_CHECK_INT("the client goes on", a.rc, 0);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* The same with another connection idle, which a repetition could take without opening one. */
WQ_TEST(nor_over_an_idle_connection)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = OK("2") "\r\n\r\nok" },
		{ .answer = OK("2") "\r\n\r\nok" },
		{ .answer = NULL, .then = WQ_PEER_CLOSE },
		{ .answer = OK("6") "\r\n\r\nsecond" },
	};

	wq_calls_begin(&w, steps, WQ_COUNT(steps));
	wq_calls_url(&w, &b, "http://127.0.0.1:PORT/b");
	wq_calls_start(&w, &b);
	post("http://127.0.0.1:PORT/a", "first");
	WQ_CHECK_INT("two connections", w.peer.connections, 2);
	wq_call_fini(&a.call);
	wq_call_fini(&b.call);
	post("http://127.0.0.1:PORT/", "the-only-one");
	WQ_CHECK_INT("exactly one copy", wq_peer_count(&w.peer, "the-only-one"), 1);
	WQ_CHECK_INT("rc", a.rc, WQ_ELOST);
	WQ_CHECK("sent", a.call.sent);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* An idle connection that the peer has closed is no loss: nothing was written to it. */
static bool two_closed(void *ctx)
{
	(void)ctx;
	return w.peer.open == 1; /* the listener */
}

WQ_TEST(a_connection_closed_while_idle_is_replaced)
{
	static const struct wq_peer_step steps[] = { { .answer = OK("2") "\r\n\r\nok",
		                                       .then = WQ_PEER_CLOSE } };

	wq_calls_begin(&w, steps, 1);
	for (int i = 0; i < 3; i++) {
		post("http://127.0.0.1:PORT/", "x");
		WQ_CHECK_INT("rc", a.rc, 0);
		WQ_CHECK("new", !a.call.reused);
		wq_call_fini(&a.call);
		wq_calls_wait(&w, two_closed, NULL, "closed by the peer");
	}
	WQ_CHECK_INT("requests", w.peer.requests_n, 3);
	wq_calls_end(&w);
}

/* ---- before the request ---- */

WQ_TEST(a_port_that_nobody_listens_on)
{
	wq_calls_begin(&w, then_closed, 1);
	wq_calls_url(&w, &a, "http://127.0.0.1:1/");
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("rc", a.rc, WQ_ECONNECT);
	WQ_CHECK("not sent", !a.call.sent);
	WQ_CHECK("curl says why", strstr(wq_call_why(&a.call), "connect"));
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* The connection stands and the handshake does not come: connect time, not the peer's. */
WQ_TEST(a_connection_that_leads_nowhere)
{
	wq_calls_prepare(&w, false);
	w.o.connect_timeout_ms = 60;
	wq_calls_open(&w, then_closed, 1, NULL, 0);
	w.peer.accept = WQ_PEER_IGNORE;
	post("https://127.0.0.1:PORT/", "x");
	WQ_CHECK_INT("rc", a.rc, WQ_ETIMEDOUT);
	WQ_CHECK("not sent", !a.call.sent);
	WQ_CHECK_INT("connected", w.peer.connections, 1);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* A listener whose queue is full answers no one: the connection is never made.  curl 7.88 closes such a socket behind
 * our back; its number must serve the next one. */
enum { FILLERS = 4 };

static int full_listener(int fillers[FILLERS], uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	WQ_CHECK_INT("bind", bind(fd, (struct sockaddr *)&at, n), 0);
	WQ_CHECK_INT("listen", listen(fd, 0), 0);
	WQ_CHECK_INT("port", getsockname(fd, (struct sockaddr *)&at, &n), 0);
	for (int i = 0; i < FILLERS; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fillers[i], (struct sockaddr *)&at, n);
	}
	*port = ntohs(at.sin_port);
	return fd;
}

WQ_TEST(a_connection_that_is_never_made)
{
	int fillers[FILLERS], fd;
	uint16_t port;

	wq_calls_prepare(&w, false);
	w.o.connect_timeout_ms = 60;
	wq_calls_open(&w, &then_closed[2], 1, NULL, 0);
	fd = full_listener(fillers, &port);
	for (int i = 0; i < 3; i++) {
		struct wq_peer other;

		wq_calls_url(&w, &a, "http://127.0.0.1:");
		snprintf(a.url, sizeof(a.url), "http://127.0.0.1:%u/", port);
		wq_calls_ask(&w, &a);
		WQ_CHECK_INT("rc", a.rc, WQ_ETIMEDOUT);
		WQ_CHECK("not sent", !a.call.sent);
		wq_call_fini(&a.call);
		wq_peer_start(&other, w.loop, &then_closed[2],
		              1); /* has that number now, and hears */
		snprintf(a.url, sizeof(a.url), "http://127.0.0.1:%u/", other.port);
		a.told = 0;
		wq_calls_ask(&w, &a);
		WQ_CHECK_INT("another", a.rc, 0);
		wq_call_fini(&a.call);
		wq_peer_stop(&other);
	}
	wq_calls_url(&w, &a, "http://127.0.0.1:");
	snprintf(a.url, sizeof(a.url), "http://127.0.0.1:%u/", port);
	wq_calls_start(&w, &a);
	wq_calls_url(&w, &b, "http://127.0.0.1:PORT/");
	wq_calls_ask(&w, &b); /* by then the first is connecting */
	wq_call_fini(&b.call);
	wq_calls_end(&w);
	WQ_CHECK_INT("closed while connecting", a.rc, WQ_ECANCELED);
	WQ_CHECK("not sent", !a.call.sent);
	wq_call_fini(&a.call);
	for (int i = 0; i < FILLERS; i++)
		close(fillers[i]);
	close(fd);
}

WQ_TEST(a_handshake_that_fails)
{
	static const struct wq_peer_step plain[] = {
		{ .answer = "HTTP/1.1 400 Bad Request\r\n\r\n" }
	};

	wq_calls_begin(&w, plain, 1);
	w.peer.accept = WQ_PEER_SPEAK_FIRST;
	post("https://127.0.0.1:PORT/", "x");
	WQ_CHECK_INT("rc", a.rc, WQ_ETLS);
	WQ_CHECK("not sent", !a.call.sent);
	wq_call_fini(&a.call);
	w.peer.accept = WQ_PEER_RESET_AT_ONCE;
	post("https://127.0.0.1:PORT/", "x");
	WQ_CHECK("reset in the handshake, or before", a.rc == WQ_ETLS || a.rc == WQ_ECONNECT);
	WQ_CHECK("not sent", !a.call.sent);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

WQ_TEST(a_name_server_that_is_silent)
{
	struct wq_ns_name names[] = { { .name = "silent.test", .a = { "-" } } };

	wq_calls_prepare(&w, false);
	w.o.connect_timeout_ms = 60;
	wq_calls_open(&w, then_closed, 1, names, 1);
	post("http://silent.test:PORT/", "x");
	WQ_CHECK_INT("rc", a.rc, WQ_ETIMEDOUT);
	WQ_CHECK("not sent", !a.call.sent);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* A call that waits for a connection to come free spends no connect time. */
static bool both_told(void *ctx)
{
	(void)ctx;
	return a.told && b.told;
}

WQ_TEST(waiting_for_a_free_connection_is_not_connecting)
{
	/* 300 turns of one byte each, longer than any connect time-out here */
	static const struct wq_peer_step slow[] = {
		{ .answer = OK("30000") "\r\n\r\nx", .piece = 1, .repeat = 29999, .tail = 1 },
		{ .answer = OK("2") "\r\n\r\nok" },
	};

	wq_calls_prepare(&w, false);
	w.o.connect_timeout_ms = 1;
	w.o.connections_per_host_max = 1;
	wq_calls_open(&w, slow, 2, NULL, 0);
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/a");
	a.call.connect_timeout_ms = 5000;
	wq_calls_url(&w, &b, "http://127.0.0.1:PORT/b");
	wq_calls_start(&w, &a);
	wq_calls_start(&w, &b);
	wq_calls_wait(&w, both_told, NULL, "both");
	WQ_CHECK_INT("a", a.rc, 0);
	WQ_CHECK_INT("b", b.rc, 0);
	WQ_CHECK("b waited", b.call.took_us > 1000);
	WQ_CHECK_INT("one connection", w.peer.connections, 1);
	wq_call_fini(&a.call);
	wq_call_fini(&b.call);
	wq_calls_end(&w);
}

/* ---- after the request: a table of answers ---- */

enum { ANY = -1 };

static const struct {
	const char *what;
	struct wq_peer_step step;
	int rc, status;   /* ANY: a reset may overtake the bytes before it */
	const char *body; /* NULL: not looked at */
} answers[] = {
	{ "closes without an answer", { .then = WQ_PEER_CLOSE }, WQ_ELOST, 0, NULL },
	{ "resets without an answer", { .then = WQ_PEER_RESET }, WQ_ELOST, 0, NULL },
	{ "says nothing", { .answer = NULL }, WQ_ETIMEDOUT, 0, NULL },
	{ "stalls in the head", { .answer = "HTTP/1.1 200 OK\r\nX: y" }, WQ_ETIMEDOUT, 200, NULL },
	{ "stalls in the body", { .answer = OK("9") "\r\n\r\n1234" }, WQ_ETIMEDOUT, 200, NULL },
	{ "closes in the head",
	  { .answer = "HTTP/1.1 200 OK\r\nX: y", .then = WQ_PEER_CLOSE },
	  WQ_ELOST,
	  200,
	  NULL },
	{ "closes in the body",
	  { .answer = OK("9") "\r\n\r\n1234", .then = WQ_PEER_CLOSE },
	  WQ_ELOST,
	  200,
	  NULL },
	{ "resets in the body",
	  { .answer = OK("9") "\r\n\r\n1234", .then = WQ_PEER_RESET },
	  WQ_ELOST,
	  ANY,
	  NULL },
	{ "a byte a turn", { .answer = OK("2") "\r\nX: y\r\n\r\nok", .piece = 1 }, 0, 200, "ok" },
	{ "no content", { .answer = "HTTP/1.1 204 No Content\r\n\r\n" }, 0, 204, "" },
	{ "not modified", { .answer = "HTTP/1.1 304 Not Modified\r\n\r\n" }, 0, 304, "" },
	{ "a redirect is an answer",
	  { .answer =
	            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" },
	  0,
	  302,
	  "" },
	{ "an error with a body",
	  { .answer = "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops" },
	  0,
	  500,
	  "oops" },
	{ "100 first",
	  { .answer = "HTTP/1.1 100 Continue\r\n\r\n" OK("2") "\r\n\r\nok" },
	  0,
	  200,
	  "ok" },
	{ "early hints",
	  { .answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX: early\r\n\r\n" OK(
		    "2") "\r\n\r\nok" },
	  0,
	  200,
	  "ok" },
	{ "only 100, then closes",
	  { .answer = "HTTP/1.1 100 Continue\r\n\r\n", .then = WQ_PEER_CLOSE },
	  WQ_ELOST,
	  0,
	  NULL },
	{ "100 for ever",
	  { .answer = "HTTP/1.1 100 Continue\r\n\r\n", .repeat = UINT_MAX, .tail = 25 },
	  WQ_ETOOBIG,
	  0,
	  NULL },
	{ "chunks",
	  { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	              "2\r\nok\r\n1;x=y\r\n!\r\n0\r\nX: trailer\r\n\r\n" },
	  0,
	  200,
	  "ok!" },
	{ "chunks without an end",
	  { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
	    .then = WQ_PEER_CLOSE },
	  WQ_ELOST,
	  200,
	  NULL },
	{ "a chunk that is none",
	  { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n" },
	  WQ_ELOST,
	  200,
	  NULL },
	{ "until closed",
	  { .answer = "HTTP/1.1 200 OK\r\n\r\nall", .then = WQ_PEER_CLOSE },
	  0,
	  200,
	  "all" },
	{ "HTTP/1.0",
	  { .answer = "HTTP/1.0 200 OK\r\n\r\nold", .then = WQ_PEER_CLOSE },
	  0,
	  200,
	  "old" },
	{ "never ends",
	  { .answer = "HTTP/1.1 200 OK\r\n\r\n0123456789", .repeat = UINT_MAX, .tail = 10 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "chunks never end",
	  { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n",
	    .repeat = UINT_MAX,
	    .tail = 10 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "announces too much",
	  { .answer = OK("99999999999") "\r\n\r\n0123456789", .repeat = UINT_MAX, .tail = 10 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "headers never end",
	  { .answer = "HTTP/1.1 200 OK\r\nX: 012345\r\n", .repeat = UINT_MAX, .tail = 11 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "a header never ends",
	  { .answer = "HTTP/1.1 200 OK\r\nX: " X400, .repeat = UINT_MAX, .tail = 400 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "a chunk's trailers never end",
	  { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 012345\r\n",
	    .repeat = UINT_MAX,
	    .tail = 11 },
	  WQ_ETOOBIG,
	  200,
	  NULL },
	{ "no HTTP",
	  { .answer = "220 smtp.example.com ESMTP\r\n", .then = WQ_PEER_CLOSE },
	  WQ_EPROTO,
	  0,
	  NULL },
	{ "HTTP/0.9", { .answer = "hello", .then = WQ_PEER_CLOSE }, WQ_EPROTO, 0, NULL },
	{ "a version from the future",
	  { .answer = "HTTP/7 200 OK\r\n\r\n", .then = WQ_PEER_CLOSE },
	  WQ_EPROTO,
	  0,
	  NULL },
	{ "a status that is none",
	  { .answer = "HTTP/1.1 2x0 OK\r\n\r\n", .then = WQ_PEER_CLOSE },
	  WQ_EPROTO,
	  0,
	  NULL },
	{ "a length below zero",
	  { .answer = "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", .then = WQ_PEER_CLOSE },
	  WQ_EPROTO,
	  200,
	  NULL },
	{ "garbage",
	  { .answer = "\x16\x03\x01\x02\xff\xfe\x01\x7f", .then = WQ_PEER_CLOSE },
	  WQ_EPROTO,
	  0,
	  NULL },
	{ "a bomb that nobody asked for is bytes",
	  { .answer =
	            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n\x1f\x8b\x08gzi" },
	  0,
	  200,
	  "\x1f\x8b\x08gzi" },
	{ "a folded header", { .answer = OK("2") "\r\nX: a\r\n b\r\n\r\nok" }, 0, 200, "ok" },
	{ "more than announced",
	  { .answer = OK("2") "\r\n\r\nokHTTP/1.1 500 injected\r\n\r\n" },
	  0,
	  200,
	  "ok" },
};

WQ_TEST(answers_good_and_bad)
{
	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		wq_calls_prepare(&w, false);
		w.o.stall_timeout_ms = 60;
		w.o.response_max_bytes = 100000;
		wq_calls_open(&w, &answers[i].step, 1, NULL, 0);
		post("http://127.0.0.1:PORT/", "x");
		WQ_CHECK_INT(answers[i].what, a.rc, answers[i].rc);
		if (answers[i].status != ANY)
			WQ_CHECK_INT(answers[i].what, a.call.status, answers[i].status);
		WQ_CHECK(answers[i].what, a.call.sent);
		WQ_CHECK_INT(answers[i].what, wq_peer_count(&w.peer, "POST"), 1);
		WQ_CHECK(answers[i].what, a.call.body_in.n <= 100000 && w.peer.written < 20000000);
		if (answers[i].body)
			WQ_CHECK_SLICE(answers[i].what, wq_buf_str(&a.call.body_in),
			               answers[i].body);
		WQ_CHECK(answers[i].what, !wq_call_header_in(&a.call, "Link").p);
		wq_call_fini(&a.call);
		wq_calls_end(&w);
	}
}

/* What follows an answer on its connection is no answer to the next request. */
WQ_TEST(bytes_behind_an_answer_spoil_the_connection)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = OK("2") "\r\n\r\nok" OK("8") "\r\n\r\ninjected" },
		{ .answer = OK("2") "\r\n\r\nok" },
	};

	wq_calls_begin(&w, steps, 2);
	post("http://127.0.0.1:PORT/", "x");
	WQ_CHECK_SLICE("first", wq_buf_str(&a.call.body_in), "ok");
	wq_call_fini(&a.call);
	post("http://127.0.0.1:PORT/", "y");
	WQ_CHECK_INT("rc", a.rc, 0);
	WQ_CHECK_SLICE("second", wq_buf_str(&a.call.body_in), "ok");
	WQ_CHECK("over a new one", !a.call.reused);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

/* Bytes that leave keep a call alive as well as bytes that come; a peer that stops reading does not. */
WQ_TEST(a_stalled_upload_ends)
{
	static char body[16000000];

	memset(body, 'x', sizeof(body));
	wq_calls_prepare(&w, false);
	w.o.stall_timeout_ms = 60;
	wq_calls_open(&w, then_closed, 1, NULL, 0);
	w.peer.accept = WQ_PEER_IGNORE;
	wq_calls_url(&w, &a, "http://127.0.0.1:PORT/");
	a.call.body = wq_strn(body, sizeof(body));
	wq_calls_ask(&w, &a);
	WQ_CHECK_INT("rc", a.rc, WQ_ETIMEDOUT);
	WQ_CHECK("sent", a.call.sent);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

WQ_TEST(the_whole_call_has_an_end)
{
	static const struct wq_peer_step drip[] = {
		{ .answer = "HTTP/1.1 200 OK\r\n\r\nx", .piece = 1, .repeat = UINT_MAX, .tail = 1 }
	};

	wq_calls_prepare(&w, false);
	w.o.timeout_ms = 60;
	w.o.stall_timeout_ms = 50;
	wq_calls_open(&w, drip, 1, NULL, 0);
	post("http://127.0.0.1:PORT/", "x");
	WQ_CHECK_INT("rc", a.rc, WQ_ETIMEDOUT);
	WQ_CHECK_INT("status", a.call.status, 200);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

WQ_TEST_MAIN(WQ_CASE(a_request_is_never_written_twice), WQ_CASE(nor_over_an_idle_connection),
             WQ_CASE(a_connection_closed_while_idle_is_replaced),
             WQ_CASE(a_port_that_nobody_listens_on), WQ_CASE(a_connection_that_leads_nowhere),
             WQ_CASE(a_connection_that_is_never_made), WQ_CASE(a_handshake_that_fails),
             WQ_CASE(a_name_server_that_is_silent),
             WQ_CASE(waiting_for_a_free_connection_is_not_connecting),
             WQ_CASE(answers_good_and_bad), WQ_CASE(bytes_behind_an_answer_spoil_the_connection),
             WQ_CASE(a_stalled_upload_ends), WQ_CASE(the_whole_call_has_an_end))
