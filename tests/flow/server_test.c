/* SPDX-License-Identifier: MIT */
/* server_test.c — requests and answers over real sockets: what a peer sees when nobody misbehaves, and when somebody
 * tries to smuggle.  Deadlines, limits and lack of memory are in server_limits_test.c, streams in
 * server_stream_test.c. */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/server_world.h"
#include "support/smuggling.h"
#include "support/test.h"

static struct wq_server_world w;
static struct wq_dial d;

static void on_echo(struct wq_exchange *x, void *ctx)
{
	const struct wq_request *r = wq_exchange_request(x);
	char text[512];
	int n = snprintf(text, sizeof(text), "%s %.*s [%.*s]", wq_method_name(r->method),
	                 WQ_STR_ARG(r->path), WQ_STR_ARG(r->body));

	wq_world_note(ctx, "%s ", text);
	wq_reply(x, 200, "text/plain", wq_strn(text, (size_t)n));
}

/* Kept until the test answers them. */
static struct wq_exchange *kept[32];
static unsigned kept_n;

static void on_gone(struct wq_exchange *x)
{
	wq_world_note(wq_exchange_data(x), "gone ");
}

static void on_later(struct wq_exchange *x, void *ctx)
{
	wq_world_note(ctx, "later%.*s ", WQ_STR_ARG(wq_exchange_request(x)->query));
	wq_exchange_set_data(x, ctx);
	wq_exchange_on_gone(x, on_gone);
	kept[kept_n++] = x;
}

static void answer_kept(void)
{
	struct wq_exchange *x = kept[--kept_n];
	struct wq_str query = wq_exchange_request(x)->query;

	wq_reply(x, 200, "text/plain", query);
}

static void begin(void)
{
	kept_n = 0;
	wq_world_begin(&w);
	wq_world_route(&w, WQ_GET, "/", on_echo);
	wq_world_route(&w, WQ_POST, "/", on_echo);
	wq_world_route(&w, WQ_GET, "/next", on_echo);
	wq_world_route(&w, WQ_GET, "/evil", on_echo);
	wq_world_route(&w, WQ_GET, "/later", on_later);
}

static void begin_with_peer(void)
{
	begin();
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
}

static void end(void)
{
	wq_dial_close(&d);
	wq_world_end(&w);
}

WQ_TEST(two_requests_on_one_connection)
{
	begin_with_peer();
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1.2_3\r\n\r\n");
	wq_dial_expect(&d, "GET / []");
	WQ_CHECK("status", strncmp(d.in, "HTTP/1.1 200 OK\r\n", 17) == 0);
	WQ_CHECK_INT("date", wq_dial_count(&d, "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), 1);
	WQ_CHECK_INT("server", wq_dial_count(&d, "Server: willaq\r\n"), 1);
	WQ_CHECK_INT("type", wq_dial_count(&d, "Content-Type: text/plain\r\n"), 1);
	WQ_CHECK_INT("length", wq_dial_count(&d, "Content-Length: 8\r\n"), 1);
	WQ_CHECK_INT("the peer's id", wq_dial_count(&d, "X-Request-Id: abc-1.2_3\r\n"), 1);
	WQ_CHECK_INT("stays open", wq_dial_count(&d, "Connection:"), 0);
	wq_dial_forget(&d);
	wq_dial_send(&d, "POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: bad id\r\n"
	                 "Content-Length: 2\r\n\r\nhi");
	wq_dial_expect(&d, "POST / [hi]");
	WQ_CHECK_INT("an id of ours", wq_dial_count(&d, "bad id"), 0);
	WQ_CHECK_INT("one connection", wq_server_connections(w.server), 1);
	end();
}

WQ_TEST(twenty_pipelined_requests_are_answered_in_order)
{
	char text[64];

	begin_with_peer();
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "GET /later?%02d HTTP/1.1\r\nHost: a\r\n\r\n", i);
		wq_dial_send(&d, text);
	}
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "later%02d ", i);
		wq_world_expect(&w, text);
		WQ_CHECK_INT("one in work", kept_n, 1);
		answer_kept();
	}
	wq_dial_expect(&d, "\r\n\r\n19");
	for (int i = 0, at = 0; i < 20; i++) {
		const char *hit;

		snprintf(text, sizeof(text), "\r\n\r\n%02d", i);
		hit = strstr(d.in + at, text);
		WQ_CHECK("in order", hit != NULL);
		at = (int)(hit - d.in);
	}
	end();
}

WQ_TEST(pipelined_answers_leave_in_one_write)
{
	char text[2048] = "";
	size_t n = 0;

	begin_with_peer();
	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		                      "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_turns(&w, 4);
	wq_dial_send(&d, text);
	wq_dial_expect(&d, "200 OK");
	WQ_CHECK_INT("the others with the first", wq_dial_count(&d, "200 OK"), 20);
	WQ_CHECK_INT("one read, one write, all told", d.reads, 1);
	end();
}

WQ_TEST(methods_and_paths)
{
	static const struct {
		const char *request, *status, *header, *body;
	} cases[] = {
		{ "HEAD /next", "200 OK", "Content-Length: 13\r\n", "" },
		{ "GET /nowhere", "404 Not Found", "application/problem+json",
		  "\"code\":\"not_found\"" },
		{ "DELETE /", "405 Method Not Allowed", "Allow: GET, HEAD, POST, OPTIONS\r\n",
		  "\"code\":\"method_not_allowed\"" },
		{ "OPTIONS /next", "204 No Content", "Allow: GET, HEAD, OPTIONS\r\n", "" },
		{ "OPTIONS *", "204 No Content",
		  "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n", "" },
	};

	begin_with_peer();
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		char text[128];
		const char *body;

		snprintf(text, sizeof(text), "%s HTTP/1.1\r\nHost: a\r\n\r\n", cases[i].request);
		wq_dial_forget(&d);
		wq_dial_send(&d, text);
		wq_dial_expect(&d, "\r\n\r\n");
		WQ_CHECK(cases[i].request, strstr(d.in, cases[i].status));
		WQ_CHECK(cases[i].request, strstr(d.in, cases[i].header));
		body = strstr(d.in, "\r\n\r\n") + 4;
		if (*cases[i].body)
			WQ_CHECK(cases[i].request, strstr(body, cases[i].body));
		else
			WQ_CHECK_STR(cases[i].request, body, "");
		WQ_CHECK(cases[i].request, !strstr(d.in, "Connection:"));
	}
	end();
}

static void on_status(struct wq_exchange *x, void *ctx)
{
	uint64_t status = 0;

	(void)ctx;
	WQ_CHECK("a number", wq_str_to_u64(wq_exchange_param(x, "status"), 599, &status));
	wq_reply_header(x, "X-Two", wq_str("2"));
	wq_reply(x, (int)status, NULL, wq_strn(NULL, 0));
}

WQ_TEST(answers_without_a_body)
{
	begin();
	wq_world_route(&w, WQ_GET, "/status/:status", on_status);
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
	wq_dial_send(&d, "GET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n"
	                 "GET /status/304 HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "304 Not Modified");
	WQ_CHECK_INT("no length", wq_dial_count(&d, "Content-Length"), 0);
	WQ_CHECK_INT("own headers", wq_dial_count(&d, "X-Two: 2\r\n"), 2);
	wq_dial_send(&d, "GET /status/201 HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "Content-Length: 0\r\n");
	end();
}

WQ_TEST(http10_closes_unless_asked)
{
	begin_with_peer();
	wq_dial_send(&d, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	wq_dial_expect(&d, "GET / []");
	WQ_CHECK_INT("says so", wq_dial_count(&d, "Connection: keep-alive\r\n"), 1);
	wq_dial_send(&d, "GET /next HTTP/1.0\r\n\r\n");
	wq_dial_expect(&d, "GET /next []");
	WQ_CHECK_INT("says so", wq_dial_count(&d, "Connection: close\r\n"), 1);
	wq_dial_expect_end(&d);
	end();
}

static void on_details(struct wq_exchange *x, void *ctx)
{
	struct wq_str name, value, q = wq_exchange_query(x, "q"), none = wq_exchange_query(x, "x");
	struct wq_str broken = wq_exchange_query(x, "b");

	wq_world_note(ctx, "id=%.*s rest=%.*s q=%.*s none=%d broken=%d peer=%.9s\n",
	              WQ_STR_ARG(wq_exchange_param(x, "id")),
	              WQ_STR_ARG(wq_exchange_param(x, "rest")), WQ_STR_ARG(q), none.p == NULL,
	              broken.p == NULL, wq_exchange_request(x)->peer.p);
	for (size_t i = 0; wq_exchange_header_at(x, i, &name, &value); i++)
		wq_world_note(ctx, "%.*s=%.*s;", WQ_STR_ARG(name), WQ_STR_ARG(value));
	wq_world_note(ctx, " x-b=%.*s", WQ_STR_ARG(wq_exchange_header(x, "X-B")));
	wq_reply_json(x, 200, wq_str("{}"));
}

WQ_TEST(what_a_handler_sees)
{
	begin();
	wq_world_route(&w, WQ_GET, "/x/:id/*rest", on_details);
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
	wq_dial_send(&d, "GET /x/a%20b/c/d%2Fe?q=1%262+3&b=%zz&q=2 HTTP/1.1\r\nHost: a\r\n"
	                 "x-b:  first \r\nX-B: second\r\n\r\n");
	wq_dial_expect(&d, "{}");
	WQ_CHECK_STR("seen", w.log,
	             "id=a b rest=c/d/e q=1&2 3 none=1 broken=1 peer=127.0.0.1\n"
	             "Host=a;x-b=first;X-B=second; x-b=first");
	end();
}

static void on_head_refuse(struct wq_exchange *x, void *ctx)
{
	wq_world_note(ctx, "head ");
	if (!wq_exchange_header(x, "Authorization").p)
		wq_reply_problem(x, 401, "unauthorized", "A key of %d letters is missing.", 5);
}

static void on_piece(struct wq_exchange *x, void *ctx, struct wq_str piece)
{
	(void)x;
	wq_world_note(ctx, "<%.*s> ", WQ_STR_ARG(piece));
}

WQ_TEST(on_head_and_on_body_come_first)
{
	begin();
	wq_world_route_full(&w, (struct wq_route){ .method = WQ_POST,
	                                           .pattern = "/guarded",
	                                           .handle = on_echo,
	                                           .on_head = on_head_refuse,
	                                           .on_body = on_piece });
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
	wq_dial_send(
		&d,
		"POST /guarded HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nExpect: 100-continue\r\n"
		"Transfer-Encoding: chunked\r\n\r\n");
	wq_dial_expect(&d, "HTTP/1.1 100 Continue\r\n\r\n");
	wq_dial_send(&d, "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
	wq_dial_expect(&d, "POST /guarded [abcde]");
	WQ_CHECK_STR("order", w.log, "head <ab> <cde> POST /guarded [abcde] ");
	wq_dial_forget(&d);
	wq_dial_send(
		&d,
		"POST /guarded HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	wq_dial_expect(&d, "401 Unauthorized");
	WQ_CHECK_INT("not invited to go on", wq_dial_count(&d, "100 Continue"), 0);
	WQ_CHECK_INT("detail", wq_dial_count(&d, "\"detail\":\"A key of 5 letters is missing.\""),
	             1);
	WQ_CHECK_INT("its body is not read", wq_dial_count(&d, "Connection: close\r\n"), 1);
	wq_dial_expect_end(&d);
	end();
}

/* --- smuggling -------------------------------------------------------------------------------------------------- */

/* The notes of the handler and the statuses of refusals, as smuggling.h writes them. */
static void check_transcript(const struct wq_smuggling *s)
{
	for (const char *at = strstr(d.in, "HTTP/1.1 "); at; at = strstr(at + 1, "HTTP/1.1 "))
		if (at[9] >= '4' && at[9] <= '5')
			wq_world_note(&w, "%.3s", at + 9);
	WQ_CHECK_STR(s->what, w.log, s->want);
}

static void smuggle(const struct wq_smuggling *s, size_t cut)
{
	wq_world_forget(&w);
	wq_dial_open(&d, &w);
	wq_dial_send_n(&d, s->bytes.p, cut);
	if (cut < s->bytes.n) {
		wq_world_turns(&w, 2);
		wq_dial_send_n(&d, s->bytes.p + cut, s->bytes.n - cut);
	}
	wq_dial_shutdown(&d);
	wq_dial_expect_end(&d);
	WQ_CHECK(s->what, !d.reset);
	check_transcript(s);
	wq_dial_close(&d);
}

WQ_TEST(smuggling_is_refused_or_read_the_same_in_every_split)
{
	size_t splits = 0;

	begin();
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	for (size_t i = 0; i < WQ_COUNT(wq_smugglings); i++)
		for (size_t cut = 1; cut <= wq_smugglings[i].bytes.n; cut++, splits++)
			smuggle(&wq_smugglings[i], cut);
	wq_world_end(&w);
	wq_fault_told("R16", "{\"streams\":%zu,\"splits\":%zu}", WQ_COUNT(wq_smugglings), splits);
}

/* --- addresses -------------------------------------------------------------------------------------------------- */

static void ask_once(void)
{
	wq_dial_open(&d, &w);
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "GET / []");
	wq_dial_close(&d);
}

WQ_TEST(addresses_of_all_kinds)
{
	static const char *const broken[] = { "",     "127.0.0.1",   "127.0.0.1:", "127.0.0.1:65536", "localhost:80",
		                              ":80",  "[::1:80",     "::1:80",     "[::1]80",         "127.0.0.1:8x",
		                              "unix:", "1.2.3.4.5:80", "[]:80" };
	char taken[64];

	begin();
	for (size_t i = 0; i < WQ_COUNT(broken); i++)
		WQ_CHECK_INT(broken[i], wq_world_listen(&w, broken[i]), WQ_EINVAL);
	WQ_CHECK_INT("v4", wq_world_listen(&w, "127.0.0.1:0"), 0);
	WQ_CHECK("its url", strncmp(w.url, "http://127.0.0.1:", 17) == 0 && w.url[17] != '0');
	ask_once();
	snprintf(taken, sizeof(taken), "%.63s", w.url + 7);
	WQ_CHECK_INT("taken", wq_world_listen(&w, taken), WQ_EADDRINUSE);
	WQ_CHECK_INT("v6", wq_world_listen(&w, "[::1]:0"), 0);
	WQ_CHECK("its url", strncmp(w.url, "http://[::1]:", 13) == 0);
	ask_once();
	WQ_CHECK_INT("any", wq_world_listen(&w, "*:0"), 0);
	ask_once();
	snprintf(w.url, sizeof(w.url), "http://127.0.0.1:%s", strrchr(taken, ':') + 1);
	ask_once();
	wq_world_end(&w);
}

static bool is_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

WQ_TEST(a_unix_socket_and_its_file)
{
	char directory[] = "/tmp/wq-server-XXXXXX", address[64];
	const char *path = address + 5;

	WQ_CHECK("directory", mkdtemp(directory));
	snprintf(address, sizeof(address), "unix:%s/s", directory);
	begin();
	WQ_CHECK_INT("listen", wq_world_listen(&w, address), 0);
	WQ_CHECK_STR("its url", w.url, address);
	ask_once();
	WQ_CHECK_INT("somebody listens", wq_world_listen(&w, address), WQ_EADDRINUSE);
	WQ_CHECK("and still does", is_socket(path));
	wq_world_end(&w);
	WQ_CHECK("the file goes with it", !is_socket(path));

	begin();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	WQ_CHECK_INT("bind", bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	WQ_CHECK("left over", is_socket(path));
	WQ_CHECK_INT("taken over", wq_world_listen(&w, address), 0);
	ask_once();
	wq_world_end(&w);
	unlink(path);

	begin();
	fclose(fopen(path, "w"));
	WQ_CHECK_INT("a file that is no socket stays", wq_world_listen(&w, address), WQ_EADDRINUSE);
	wq_world_end(&w);
	unlink(path);
	rmdir(directory);
}

/* --- peers that go, and ends ------------------------------------------------------------------------------------- */

WQ_TEST(a_peer_that_goes_before_the_answer)
{
	begin_with_peer();
	wq_dial_send(&d, "GET /later?1 HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "later1 ");
	wq_dial_reset(&d);
	wq_world_expect(&w, "gone ");
	WQ_CHECK("gone", wq_exchange_gone(kept[0]));
	WQ_CHECK_SLICE("the request is still there", wq_exchange_request(kept[0])->query, "1");
	WQ_CHECK_INT("the connection is not", wq_server_connections(w.server), 0);
	wq_world_turns(&w, 20);
	WQ_CHECK_STR("told once", w.log, "later1 gone ");
	answer_kept();
	wq_world_end(&w);
}

WQ_TEST(an_answer_after_the_server_is_gone)
{
	begin_with_peer();
	wq_dial_send(&d, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "later ");
	wq_dial_reset(&d);
	wq_world_drain(&w, 10);
	for (int i = 0; i < 100 && !w.drained; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK("drained", w.drained);
	wq_server_destroy(w.server);
	w.server = NULL;
	answer_kept();
	wq_world_end(&w);
}

WQ_TEST(a_peer_that_has_said_all_still_gets_its_answer)
{
	begin_with_peer();
	wq_dial_send(
		&d,
		"GET /later?1 HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "later1 ");
	wq_dial_shutdown(&d);
	wq_world_expect(&w, "gone ");
	answer_kept();
	wq_dial_expect(&d, "\r\n\r\n1");
	wq_dial_expect(&d, "GET /next []");
	wq_dial_expect_end(&d);
	end();
}

static void on_close(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_reply_close(x);
}

static void on_reset(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_reply_reset(x);
}

WQ_TEST(an_end_without_an_answer)
{
	begin();
	wq_world_route(&w, WQ_GET, "/close", on_close);
	wq_world_route(&w, WQ_GET, "/reset", on_reset);
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	for (int i = 0; i < 2; i++) {
		wq_dial_open(&d, &w);
		wq_dial_send(&d, i == 0 ? "GET /close HTTP/1.1\r\nHost: a\r\n\r\n"
		                        : "GET /reset HTTP/1.1\r\nHost: a\r\n\r\n");
		wq_dial_expect_end(&d);
		WQ_CHECK_INT("not a byte", d.n, 0);
		WQ_CHECK_INT("with a RST", d.reset, i == 1);
		wq_dial_close(&d);
	}
	wq_world_end(&w);
}

WQ_TEST(a_drain_waits_for_the_answer_in_work)
{
	static struct wq_dial idle;

	begin_with_peer();
	wq_dial_open(&idle, &w);
	wq_dial_send(&idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&idle, "GET / []");
	wq_dial_send(&d, "GET /later?1 HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "later1 ");
	wq_world_drain(&w, 60000);
	wq_dial_expect_end(&idle);
	WQ_CHECK("the other stays", !w.drained && wq_server_connections(w.server) == 1);
	answer_kept();
	wq_dial_expect(&d, "Connection: close\r\n");
	wq_dial_expect_end(&d);
	wq_dial_close(&idle);
	wq_dial_close(&d);
	for (int i = 0; i < 100 && !w.drained; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK("drained", w.drained);
	WQ_CHECK("long before its time", wq_world_ms(&w) < 10000);
	wq_world_end(&w);
}

WQ_TEST(a_drain_answers_what_has_arrived)
{
	begin_with_peer();
	wq_world_turns(&w, 4);
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_drain(&w, 60000); /* the request waits in the kernel */
	wq_dial_expect(&d, "GET / []");
	wq_dial_expect_end(&d);
	end();
}

/* More than one turn accepts: whose connection the kernel has completed is not reset. */
WQ_TEST(a_drain_takes_all_who_wait_to_be_accepted)
{
	static struct wq_dial waiting[WQ_SERVER_ACCEPTS_PER_TURN + 20];

	begin();
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	for (size_t i = 0; i < WQ_COUNT(waiting); i++) {
		wq_dial_open(&waiting[i], &w);
		wq_dial_send(&waiting[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	}
	wq_world_drain(&w, 60000);
	for (size_t i = 0; i < WQ_COUNT(waiting); i++) {
		wq_dial_expect_end(&waiting[i]);
		WQ_CHECK_INT("answered", wq_dial_count(&waiting[i], "GET / []"), 1);
		WQ_CHECK_INT("and told of the end",
		             wq_dial_count(&waiting[i], "Connection: close\r\n"), 1);
		wq_dial_close(&waiting[i]);
	}
	wq_world_end(&w);
}

WQ_TEST(a_drain_has_an_end)
{
	begin_with_peer();
	wq_dial_send(&d, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "later ");
	wq_world_drain(&w, 5000);
	wq_dial_expect_end(&d);
	wq_world_expect(&w, "gone ");
	WQ_CHECK_INT("cut in time", wq_world_ms(&w), 5000);
	answer_kept();
	wq_world_turns(&w, 20);
	end();
}

WQ_TEST_MAIN(WQ_CASE(two_requests_on_one_connection),
             WQ_CASE(twenty_pipelined_requests_are_answered_in_order),
             WQ_CASE(pipelined_answers_leave_in_one_write), WQ_CASE(methods_and_paths),
             WQ_CASE(answers_without_a_body), WQ_CASE(http10_closes_unless_asked),
             WQ_CASE(what_a_handler_sees), WQ_CASE(on_head_and_on_body_come_first),
             WQ_CASE(smuggling_is_refused_or_read_the_same_in_every_split),
             WQ_CASE(addresses_of_all_kinds), WQ_CASE(a_unix_socket_and_its_file),
             WQ_CASE(a_peer_that_goes_before_the_answer),
             WQ_CASE(an_answer_after_the_server_is_gone),
             WQ_CASE(a_peer_that_has_said_all_still_gets_its_answer),
             WQ_CASE(an_end_without_an_answer), WQ_CASE(a_drain_waits_for_the_answer_in_work),
             WQ_CASE(a_drain_answers_what_has_arrived),
             WQ_CASE(a_drain_takes_all_who_wait_to_be_accepted), WQ_CASE(a_drain_has_an_end))
