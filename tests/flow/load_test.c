/* SPDX-License-Identifier: MIT */
/* load_test.c — the client of load tests against servers that answer, stall, lie and go. */
#include <limits.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/load/load.h"
#include "support/fault.h"
#include "support/nameserver.h"
#include "support/peer.h"
#include "support/redis.h"
#include "support/test.h"

#define OK(text) "HTTP/1.1 200 OK\r\nContent-Length: " text

enum { TURNS_MAX = 200000, CALLS_MAX = 64, RUNS_MAX = 2000, TIMEOUT_MS = 20000 };

static struct wq_loop *loop;
static struct wq_clock_virtual clock_;
static struct wq_peer peer;
static struct wq_ns ns;
static struct wq_load *load;
static struct wq_load_opts opts;
static char url[256], why_open[160];
static int opened; /* 1: not yet told; else the code */
static bool closed;
static unsigned freed, told_n;
static struct told {
	unsigned at;
	int rc, status;
	char body[64];
} told[CALLS_MAX];

static void on_open(void *ctx, int rc, const char *why)
{
	(void)ctx;
	WQ_CHECK_INT("told once", opened, 1);
	opened = rc;
	snprintf(why_open, sizeof(why_open), "%s", why);
}

static void on_answer(void *ctx, struct wq_load_call *call, int rc)
{
	struct told *t = &told[told_n++];

	(void)ctx;
	WQ_CHECK("room", told_n < CALLS_MAX);
	*t = (struct told){ .at = call->at, .rc = rc, .status = call->status };
	snprintf(t->body, sizeof(t->body), "%.*s", WQ_STR_ARG(call->body));
	WQ_CHECK("says why", (rc == 0) == !*call->why || rc == WQ_ECANCELED);
}

static void on_free(void *ctx)
{
	(void)ctx;
	freed++;
}

static void on_closed(void *ctx)
{
	(void)ctx;
	closed = true;
}

static bool is_open(void *ctx)
{
	(void)ctx;
	return opened != 1;
}

static bool is_closed(void *ctx)
{
	(void)ctx;
	return closed;
}

static bool has_told(void *ctx)
{
	return told_n >= *(unsigned *)ctx;
}

static bool is_freed(void *ctx)
{
	(void)ctx;
	return freed > 0;
}

static void wait_for(const char *what, bool (*fact)(void *ctx), void *ctx)
{
	WQ_CHECK(what, wq_loop_run_until(loop, fact, ctx, TURNS_MAX));
}

static void wait_told(unsigned n)
{
	wait_for("told", has_told, &n);
	WQ_CHECK_INT("told", told_n, n);
}

static void prepare(bool in_no_time)
{
	wq_clock_virtual_init(&clock_, 1800000000000);
	WQ_CHECK_INT("loop", wq_loop_create(&loop, in_no_time ? &clock_ : NULL), 0);
	opts = (struct wq_load_opts){ .connections = 1,
		                      .timeout_ms = TIMEOUT_MS,
		                      .keep_bytes = 32,
		                      .on_open = on_open,
		                      .on_answer = on_answer,
		                      .on_free = on_free,
		                      .on_closed = on_closed };
	told_n = freed = 0;
}

static void begin(const struct wq_peer_step *steps, unsigned n)
{
	prepare(false);
	wq_peer_start(&peer, loop, steps, n);
}

/* Time jumps while nothing happens. */
static void begin_in_no_time(const struct wq_peer_step *steps, unsigned n)
{
	prepare(true);
	wq_peer_start(&peer, loop, steps, n);
}

static int create(const char *origin, unsigned port, const char **why)
{
	opened = 1;
	closed = false;
	snprintf(url, sizeof(url), "%s:%u/path?a=b", origin, port);
	opts.url = url;
	return wq_load_create(&load, loop, &opts, why);
}

static void open_to(const char *origin, unsigned port)
{
	const char *why = NULL;

	WQ_CHECK_INT("create", create(origin, port, &why), 0);
	WQ_CHECK_INT("not from inside the call", opened, 1);
	wait_for("opened", is_open, NULL);
}

static void open_peer(void)
{
	open_to("http://127.0.0.1", peer.port);
	WQ_CHECK_INT("opened", opened, 0);
}

static void close_load(void)
{
	wq_load_close(load);
	wait_for("closed", is_closed, NULL);
}

static void end(void)
{
	close_load();
	wq_peer_stop(&peer);
	wq_loop_destroy(loop);
	WQ_CHECK_INT("nothing left", wq_alloc_live(), 0);
}

static void post(const char *body)
{
	struct wq_load_call *call = wq_load_next(load);
	unsigned before = told_n;

	WQ_CHECK("one is free", call);
	WQ_CHECK_INT("start", wq_load_start(call, wq_str("X-Head: yes\r\n"), wq_str(body)), 0);
	WQ_CHECK_INT("not from inside the call", told_n, before);
}

static const struct {
	const char *what;
	struct wq_peer_step step;
	int rc, status;
	const char *body;
	unsigned connections; /* that two such requests take */
} answers[] = {
	{ "plain", { .answer = OK("2") "\r\n\r\nok" }, 0, 200, "ok", 1 },
	{ "in pieces", { .answer = OK("2") "\r\n\r\nok", .piece = 1 }, 0, 200, "ok", 1 },
	{ "chunked",
	  { .answer = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" },
	  0,
	  201,
	  "abcde",
	  1 },
	{ "no body", { .answer = "HTTP/1.1 204 No Content\r\n\r\n" }, 0, 204, "", 1 },
	{ "an interim answer first",
	  { .answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK("2") "\r\n\r\nok" },
	  0,
	  200,
	  "ok",
	  1 },
	{ "a refusal", { .answer = "HTTP/1.1 429 Slow\r\nContent-Length: 4\r\n\r\nslow" }, 0, 429, "slow", 1 },
	{ "more than is kept",
	  { .answer = OK("40") "\r\n\r\n0123456789012345678901234567890123456789" },
	  0,
	  200,
	  "01234567890123456789012345678901",
	  1 },
	{ "said to close", { .answer = OK("2") "\r\nConnection: close\r\n\r\nok" }, 0, 200, "ok", 2 },
	{ "of 1.0", { .answer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok" }, 0, 200, "ok", 2 },
	{ "up to the end", { .answer = "HTTP/1.1 200 OK\r\n\r\nall", .then = WQ_PEER_CLOSE }, 0, 200, "all", 2 },
	{ "two at once", { .answer = OK("2") "\r\n\r\nok" OK("3") "\r\n\r\nbad" }, 0, 200, "ok", 2 },
	{ "closed", { .then = WQ_PEER_CLOSE }, WQ_ELOST, 0, "", 2 },
	{ "reset", { .then = WQ_PEER_RESET }, WQ_ELOST, 0, "", 2 },
	{ "cut", { .answer = OK("9") "\r\n\r\nok", .then = WQ_PEER_CLOSE }, WQ_ELOST, 0, "", 2 },
	{ "silence", { .answer = NULL }, WQ_ETIMEDOUT, 0, "", 2 },
	{ "half, then silence", { .answer = OK("9") "\r\n\r\nok" }, WQ_ETIMEDOUT, 0, "", 2 },
	{ "no HTTP", { .answer = "-ERR what?\r\n" }, WQ_EPROTO, 0, "", 2 },
	{ "another protocol",
	  { .answer = "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc" },
	  WQ_EPROTO,
	  0,
	  "",
	  2 },
	{ "two lengths", { .answer = OK("2") "\r\nContent-Length: 3\r\n\r\nokk" }, WQ_EPROTO, 0, "", 2 },
	{ "a length and chunks",
	  { .answer = OK("2") "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
	  WQ_EPROTO,
	  0,
	  "",
	  2 },
};

WQ_TEST(answers_of_all_kinds)
{
	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		(answers[i].rc == WQ_ETIMEDOUT ? begin_in_no_time : begin)(&answers[i].step, 1);
		open_peer();
		for (unsigned n = 0; n < 2; n++) {
			post("body");
			wait_told(n + 1);
			WQ_CHECK_INT(answers[i].what, told[n].rc, answers[i].rc);
			WQ_CHECK_INT(answers[i].what, told[n].status, answers[i].status);
			if (told[n].rc == 0)
				WQ_CHECK_STR(answers[i].what, told[n].body, answers[i].body);
			if (!wq_load_next(load))
				wait_for(answers[i].what, is_freed, NULL);
			freed = 0;
		}
		WQ_CHECK_INT(answers[i].what, peer.connections, answers[i].connections);
		WQ_CHECK_INT("each once", peer.requests_n, 2);
		end();
	}
}

WQ_TEST(what_is_written)
{
	static const struct wq_peer_step ok = { .answer = OK("0") "\r\n\r\n" };
	const struct wq_load_field fields[] = { { "Content-Type", wq_str("text/plain") },
		                                { "apikey", wq_str("k\xc3\xa9y") } };

	begin(&ok, 1);
	opts.fields = fields;
	opts.fields_n = 2;
	open_peer();
	post("hello");
	wait_told(1);
	snprintf(
		url, sizeof(url),
		"POST /path?a=b HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: text/plain\r\napikey: k\xc3\xa9y\r\n"
		"X-Head: yes\r\nContent-Length: 5\r\n\r\nhello",
		peer.port);
	WQ_CHECK_STR("the request", peer.requests[0].text, url);
	end();
}

WQ_TEST(endless_answers)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = "HTTP/1.1 200 OK\r\nX-Endless: 01234567890123456789012345678901234567890123456789\r\n",
		  .repeat = UINT_MAX,
		  .tail = 63 },
	};

	begin(steps, 1);
	open_peer();
	post("x");
	wait_told(1);
	WQ_CHECK_INT("refused", told[0].rc, WQ_ETOOBIG);
	end();
}

/* The peer accepts them one a turn, or all at once: as libuv has it. */
static bool are_five(void *ctx)
{
	(void)ctx;
	return peer.connections == 5;
}

WQ_TEST(several_connections)
{
	static const struct wq_peer_step ok = { .answer = OK("2") "\r\n\r\nok" };
	unsigned seen = 0;

	begin(&ok, 1);
	opts.connections = 5;
	open_peer();
	wait_for("all are there", are_five, NULL);
	for (unsigned i = 0; i < 5; i++)
		post("x");
	WQ_CHECK("none is free", !wq_load_next(load));
	wait_told(5);
	for (unsigned i = 0; i < 5; i++)
		seen |= 1u << told[i].at;
	WQ_CHECK_INT("each had one", seen, 31);
	WQ_CHECK_INT("no more", peer.connections, 5);
	end();
}

/* More than any socket's buffer. */
WQ_TEST(a_large_request)
{
	enum { BYTES = 3 * 1048576 };
	static char big[BYTES + 1];
	static const struct wq_peer_step ok = { .answer = OK("2") "\r\n\r\nok" };

	memset(big, 'x', BYTES);
	begin(&ok, 1);
	open_peer();
	post(big);
	wait_told(1);
	WQ_CHECK_INT("rc", told[0].rc, 0);
	WQ_CHECK("all of it", wq_load_counts(load)->sent > BYTES);
	end();
}

WQ_TEST(a_request_beyond_the_bound)
{
	static const struct wq_peer_step ok = { .answer = OK("2") "\r\n\r\nok" };
	char big[600];

	memset(big, 'x', sizeof(big));
	begin(&ok, 1);
	opts.request_max_bytes = 512;
	open_peer();
	WQ_CHECK_INT("too big",
	             wq_load_start(wq_load_next(load), wq_str(""), wq_strn(big, sizeof(big))),
	             WQ_ETOOBIG);
	post("small"); /* the connection is free still */
	wait_told(1);
	WQ_CHECK_INT("rc", told[0].rc, 0);
	end();
}

WQ_TEST(nobody_listens)
{
	begin(NULL, 0);
	open_to("http://127.0.0.1", 1);
	WQ_CHECK_INT("rc", opened, WQ_ECONNECT);
	WQ_CHECK_STR("why", why_open, "connection refused");
	post("x");
	wait_told(1);
	WQ_CHECK_INT("nor later", told[0].rc, WQ_ECONNECT);
	end();
}

static struct wq_ns_name names[] = {
	{ .name = "here.test", .a = { "127.0.0.1" }, .ttl = 60 },
	{ .name = "two.test", .a = { "two" }, .ttl = 60 },
	{ .name = "none.test", .a = { "" }, .ttl = 60 },
};

WQ_TEST(names_of_hosts)
{
	static const struct wq_peer_step ok = { .answer = OK("2") "\r\n\r\nok" };
	static const struct {
		const char *url;
		int rc;
	} rows[] = { { "http://here.test", 0 },
		     { "http://two.test", 0 }, /* nobody listens at the first */
		     { "http://none.test", WQ_ERESOLVE } };

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		begin(&ok, 1);
		wq_ns_start(&ns, loop, names, WQ_COUNT(names));
		opts.dns_servers = ns.servers;
		opts.connections = 3;
		open_to(rows[i].url, peer.port);
		WQ_CHECK_INT(rows[i].url, opened, rows[i].rc);
		if (rows[i].rc == 0) {
			post("x");
			wait_told(1);
			WQ_CHECK_INT(rows[i].url, told[0].rc, 0);
		}
		close_load();
		wq_ns_stop(&ns);
		wq_peer_stop(&peer);
		wq_loop_destroy(loop);
	}
}

WQ_TEST(what_cannot_be_asked_for)
{
	static const struct {
		const char *url, *value, *why;
	} rows[] = {
		{ "ftp://127.0.0.1", "", "it must begin with http:// or https://" },
		{ "http://me:pw@127.0.0.1", "", "no user and no password may stand in it" },
		{ "http://127.0.0.1", "a\r\nX: y",
		  "a header with a line break or another control character cannot be sent" },
		{ "nothing ", "", NULL },
	};
	struct wq_load_field field = { .name = "A" };

	begin(NULL, 0);
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const char *why = NULL;

		field.value = wq_str(rows[i].value);
		opts.fields = &field;
		opts.fields_n = 1;
		WQ_CHECK_INT(rows[i].url, create(rows[i].url, peer.port, &why), WQ_EINVAL);
		WQ_CHECK(rows[i].url, why && *why);
		if (rows[i].why)
			WQ_CHECK_STR(rows[i].url, why, rows[i].why);
	}
	wq_peer_stop(&peer);
	wq_loop_destroy(loop);
}

WQ_TEST(idle_connections_that_are_lost)
{
	static const struct wq_peer_step steps[] = { { .answer = OK("2") "\r\n\r\nok",
		                                       .then = WQ_PEER_CLOSE } };

	begin(steps, 1);
	open_peer();
	for (unsigned i = 0; i < 3; i++) {
		post("x");
		wait_told(i + 1);
		WQ_CHECK_INT("rc", told[i].rc, 0);
		freed = 0;
		wait_for("the loss is seen", is_freed, NULL);
	}
	WQ_CHECK_INT("a connection each", peer.connections, 3);
	end();
}

/* What a server says unasked is no answer to what is asked next. */
WQ_TEST(a_server_that_speaks_first)
{
	static const struct wq_peer_step steps[] = { { .answer = OK("3") "\r\n\r\nlie" } };

	begin(steps, 1);
	peer.accept = WQ_PEER_SPEAK_FIRST;
	open_peer();
	wait_for("dropped", is_freed, NULL);
	WQ_CHECK_INT("nothing told", told_n, 0);
	end();
}

WQ_TEST(a_connection_that_leads_nowhere)
{
	begin_in_no_time(NULL, 0);
	peer.accept = WQ_PEER_IGNORE;
	open_to("https://127.0.0.1", peer.port);
	WQ_CHECK_INT("rc", opened, WQ_ETIMEDOUT);
	end();
}

WQ_TEST(no_handshake)
{
	static const struct wq_peer_step steps[] = { { .answer = "HTTP/1.1 400 Bad\r\n\r\n" } };

	begin(steps, 1);
	peer.accept = WQ_PEER_SPEAK_FIRST;
	open_to("https://127.0.0.1", peer.port);
	WQ_CHECK_INT("rc", opened, WQ_ETLS);
	end();
}

WQ_TEST(closed_with_requests_under_way)
{
	static const struct wq_peer_step silence = { .answer = NULL };

	begin(&silence, 1);
	opts.connections = 4;
	open_peer();
	for (unsigned i = 0; i < 3; i++)
		post("x");
	wq_load_close(load);
	WQ_CHECK_INT("not from inside the call", told_n, 0);
	WQ_CHECK("nothing is free any more", !wq_load_next(load));
	wait_for("closed", is_closed, NULL);
	WQ_CHECK_INT("each told", told_n, 3);
	for (unsigned i = 0; i < 3; i++)
		WQ_CHECK_INT("rc", told[i].rc, WQ_ECANCELED);
	wq_peer_stop(&peer);
	wq_loop_destroy(loop);
}

WQ_TEST(closed_before_it_opened)
{
	const char *why = NULL;

	begin(NULL, 0);
	opts.connections = 3;
	WQ_CHECK_INT("create", create("http://127.0.0.1", peer.port, &why), 0);
	wq_load_close(load);
	wait_for("closed", is_closed, NULL);
	WQ_CHECK_INT("never told", opened, 1);
	wq_peer_stop(&peer);
	wq_loop_destroy(loop);
}

/* Whatever fails: what was started is told once. */
static void create_post_close(void)
{
	const char *why = NULL;
	unsigned started = 0;

	told_n = 0;
	if (create("http://127.0.0.1", peer.port, &why) < 0)
		return;
	wait_for("opened", is_open, NULL);
	for (unsigned i = 0; i < 4; i++) {
		struct wq_load_call *call = wq_load_next(load);

		if (call && wq_load_start(call, wq_str("A: b\r\n"), wq_str("body")) == 0)
			started++;
		if (i % 2)
			wait_told(started);
	}
	close_load();
	WQ_CHECK_INT("told", told_n, started);
}

WQ_TEST(every_allocation_fails)
{
	static const struct wq_peer_step steps[] = { { .answer = OK("2") "\r\n\r\nok" },
		                                     { .answer = OK("2") "\r\nConnection: close\r\n\r\nok" } };

	begin(steps, 2);
	opts.connections = 2;
	wq_fault_sweep("load", create_post_close, RUNS_MAX);
	wq_peer_stop(&peer);
	wq_loop_destroy(loop);
}

/* A server that speaks TLS, by a certificate of its own, and no HTTP. */
static void over_tls(struct wq_redisd *files, const char *ca, bool insecure, int rc)
{
	const char *why = NULL;

	prepare(false);
	opts.ca_file = ca;
	opts.insecure = insecure;
	opts.connections = 3;
	WQ_CHECK_INT("create", create("https://127.0.0.1", files->port, &why), 0);
	wait_for("opened", is_open, NULL);
	WQ_CHECK_INT("rc", opened, rc);
	WQ_CHECK("why", (rc == 0) == !*why_open);
	if (rc == 0) {
		post("x");
		wait_told(1);
		WQ_CHECK("no answer of HTTP's", told[0].rc == WQ_ELOST || told[0].rc == WQ_EPROTO);
	}
	close_load();
	wq_loop_destroy(loop);
}

WQ_TEST(certificates)
{
	struct wq_redisd files;

	wq_redisd_start(&files, &(struct wq_redisd_opts){ .tls = true });
	over_tls(&files, NULL, false, WQ_ETLS);
	over_tls(&files, files.ca, false, 0);
	over_tls(&files, NULL, true, 0);
	wq_redisd_stop(&files);
}

WQ_TEST_MAIN(WQ_CASE(answers_of_all_kinds), WQ_CASE(what_is_written), WQ_CASE(endless_answers),
             WQ_CASE(several_connections), WQ_CASE(a_large_request),
             WQ_CASE(a_request_beyond_the_bound), WQ_CASE(nobody_listens), WQ_CASE(names_of_hosts),
             WQ_CASE(what_cannot_be_asked_for), WQ_CASE(idle_connections_that_are_lost),
             WQ_CASE(a_server_that_speaks_first), WQ_CASE(a_connection_that_leads_nowhere),
             WQ_CASE(no_handshake), WQ_CASE(closed_with_requests_under_way),
             WQ_CASE(closed_before_it_opened), WQ_CASE(every_allocation_fails),
             WQ_CASE(certificates))
