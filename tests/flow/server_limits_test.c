/* SPDX-License-Identifier: MIT */
/* server_limits_test.c — deadlines, sizes, counts and lack of everything: each bound of the server met on purpose. */
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/server_world.h"
#include "support/test.h"

static struct wq_server_world w;
static struct wq_dial d;
static struct wq_exchange *kept;

static void on_ok(struct wq_exchange *x, void *ctx)
{
	wq_world_note(ctx, "ok ");
	wq_reply_json(x, 200, wq_str("{\"ok\":true}"));
}

static void on_gone(struct wq_exchange *x)
{
	wq_world_note(wq_exchange_data(x), "gone ");
}

static void on_keep(struct wq_exchange *x, void *ctx)
{
	wq_world_note(ctx, "keep ");
	wq_exchange_set_data(x, ctx);
	wq_exchange_on_gone(x, on_gone);
	kept = x;
}

/* A handler that is through with an exchange as soon as nobody waits for its answer. */
static void on_gone_answer(struct wq_exchange *x)
{
	wq_world_note(wq_exchange_data(x), "gone ");
	wq_reply_json(x, 200, wq_str("{}"));
}

static void on_head_prepare(struct wq_exchange *x, void *ctx)
{
	wq_world_note(ctx, "head ");
	wq_exchange_set_data(x, ctx);
	wq_exchange_on_gone(x, on_gone_answer);
}

static void on_large(struct wq_exchange *x, void *ctx)
{
	static char bytes[8 * 1024 * 1024];

	wq_world_note(ctx, "large ");
	wq_reply(x, 200, "text/plain", wq_strn(bytes, sizeof(bytes)));
}

static void add_routes(void)
{
	wq_world_route(&w, WQ_GET, "/", on_ok);
	wq_world_route(&w, WQ_POST, "/", on_ok);
	wq_world_route(&w, WQ_GET, "/keep", on_keep);
	wq_world_route(&w, WQ_GET, "/large", on_large);
	wq_world_route_full(&w, (struct wq_route){ .method = WQ_POST,
	                                           .pattern = "/small",
	                                           .handle = on_ok,
	                                           .body_max_bytes = 10 });
	wq_world_route_full(&w, (struct wq_route){ .method = WQ_POST,
	                                           .pattern = "/prepared",
	                                           .handle = on_ok,
	                                           .on_head = on_head_prepare });
}

static void listen_and_dial(void)
{
	add_routes();
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
}

static void begin(void)
{
	wq_world_begin(&w);
	listen_and_dial();
}

/* Over a Unix socket bytes move at once, where TCP's windows open in real time. */
static void begin_local(void)
{
	char address[64];

	snprintf(address, sizeof(address), "unix:/tmp/wq-limits-%d", (int)getpid());
	wq_world_begin(&w);
	add_routes();
	WQ_CHECK_INT("listen", wq_world_listen(&w, address), 0);
	wq_dial_open(&d, &w);
}

static void end(void)
{
	wq_dial_close(&d);
	wq_world_end(&w);
}

/* --- deadlines -------------------------------------------------------------------------------------------------- */

WQ_TEST(a_slow_head)
{
	begin();
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHo");
	wq_dial_expect(&d, "408 Request Timeout");
	WQ_CHECK_INT("when", wq_world_ms(&w), w.opts.head_timeout_ms);
	WQ_CHECK_INT("ends", wq_dial_count(&d, "Connection: close\r\n"), 1);
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("counted", wq_world_metric(&w, "willaq_http_refused_total{reason=\"slow\"}"),
	             1);
	end();
}

WQ_TEST(drops_do_not_move_the_deadline_of_a_head)
{
	begin();
	wq_dial_send(&d, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < 200 && wq_dial_count(&d, "408") == 0; i++) {
		wq_dial_offer(&d, "X: y\r\n", 6);
		wq_world_turns(&w, 1);
		w.clock.us += 500000;
	}
	wq_dial_expect(&d, "408 Request Timeout");
	WQ_CHECK("when", wq_world_ms(&w) < w.opts.head_timeout_ms + 2000);
	end();
}

WQ_TEST(a_slow_body)
{
	begin();
	wq_dial_send(&d, "POST /prepared HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
	wq_dial_expect(&d, "408 Request Timeout");
	WQ_CHECK_INT("when", wq_world_ms(&w), w.opts.body_timeout_ms);
	WQ_CHECK_STR("what on_head set up is given back", w.log, "head gone ");
	end();
}

WQ_TEST(a_peer_that_leaves_its_body_half)
{
	begin();
	wq_dial_send(&d, "POST /prepared HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
	wq_world_expect(&w, "head ");
	wq_dial_shutdown(&d);
	wq_world_expect(&w, "gone ");
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("without a word", d.n, 0);
	end();
}

WQ_TEST(an_idle_connection)
{
	begin();
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "{\"ok\":true}");
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("when", wq_world_ms(&w), w.opts.idle_timeout_ms);
	WQ_CHECK_INT("without a word", wq_dial_count(&d, "HTTP/1.1"), 1);
	end();
}

WQ_TEST(an_idle_connection_with_an_empty_line)
{
	begin();
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n");
	wq_dial_expect(&d, "{\"ok\":true}");
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("without a word", wq_dial_count(&d, "HTTP/1.1"), 1);
	end();
}

WQ_TEST(a_handler_that_takes_too_long)
{
	begin();
	wq_dial_send(&d, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "503 Service Unavailable");
	WQ_CHECK_INT("when", wq_world_ms(&w), w.opts.handler_timeout_ms);
	WQ_CHECK_INT("when to come again", wq_dial_count(&d, "Retry-After: 1\r\n"), 1);
	wq_world_expect(&w, "keep gone ");
	wq_reply_json(kept, 200, wq_str("{\"late\":true}"));
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("its answer goes nowhere", wq_dial_count(&d, "late"), 0);
	WQ_CHECK_INT("counted",
	             wq_world_metric(&w, "willaq_http_refused_total{reason=\"handler\"}"), 1);
	end();
}

WQ_TEST(a_peer_that_does_not_read)
{
	begin();
	wq_dial_send(&d, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "large ");
	for (int i = 0; i < 1000 && wq_server_connections(w.server) > 0; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK_INT("gone", wq_server_connections(w.server), 0);
	WQ_CHECK_INT("when", wq_world_ms(&w), w.opts.write_timeout_ms);
	end();
}

WQ_TEST(a_peer_that_reads_slowly)
{
	begin_local();
	wq_dial_send(&d, "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	wq_world_expect(&w, "large ");
	for (int i = 0; i < 2000 && !d.eof; i++) {
		wq_world_turns(&w, 2);
		wq_dial_read(&d);
		wq_dial_forget(&d);
		w.clock.us += 5000000;
	}
	WQ_CHECK("all of it", d.total > 8 * 1024 * 1024 && d.eof && !d.reset);
	WQ_CHECK("longer than one deadline", wq_world_ms(&w) > w.opts.write_timeout_ms);
	end();
}

/* --- sizes ------------------------------------------------------------------------------------------------------ */

WQ_TEST(a_body_too_large_by_its_length)
{
	static char body[1000000];

	begin();
	wq_dial_send(&d, "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
	wq_dial_expect(&d, "413 Content Too Large");
	wq_dial_send_n(&d, body, sizeof(body)); /* a peer that sends all before it listens … */
	wq_dial_shutdown(&d);
	wq_dial_expect_end(&d);
	WQ_CHECK("… is not reset while it does", !d.reset);
	WQ_CHECK_STR("no handler", w.log, "");
	WQ_CHECK_INT("counted",
	             wq_world_metric(&w, "willaq_http_refused_total{reason=\"too_large\"}"), 1);
	end();
}

WQ_TEST(a_body_too_large_by_its_chunks)
{
	begin();
	wq_dial_send(&d, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	                 "a\r\n0123456789\r\n1\r\n");
	wq_dial_expect(&d, "413 Content Too Large");
	wq_dial_expect_end(&d);
	end();
}

WQ_TEST(a_body_that_just_fits)
{
	begin();
	wq_dial_send(&d, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	                 "a\r\n0123456789\r\n0\r\n\r\n");
	wq_dial_expect(&d, "{\"ok\":true}");
	end();
}

static void send_filled(const char *head, size_t n)
{
	static char bytes[65536];

	memset(bytes, 'a', sizeof(bytes));
	wq_dial_send(&d, head);
	(void)wq_dial_send_n(&d, bytes, n);
}

WQ_TEST(a_head_and_a_target_too_large)
{
	begin();
	send_filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 40000);
	wq_dial_expect(&d, "431 Request Header Fields Too Large");
	wq_dial_expect_end(&d);
	wq_dial_close(&d);
	wq_dial_open(&d, &w);
	send_filled("GET /", WQ_SERVER_TARGET_MAX_BYTES);
	wq_dial_expect(&d, "414 URI Too Long");
	wq_dial_expect_end(&d);
	end();
}

WQ_TEST(pipelined_bytes_are_bounded)
{
	static char requests[1 << 20];
	size_t sent = 0;

	for (size_t n = 0; n + 64 < sizeof(requests); n += 26)
		memcpy(requests + n, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
	begin();
	wq_dial_send(&d, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "keep ");
	for (int i = 0; i < 100; i++) {
		sent += wq_dial_offer(&d, requests + sent % 26, 26 * 1000);
		wq_world_turns(&w, 1);
		WQ_CHECK("bounded", wq_world_metric(&w, "willaq_http_held_bytes") <=
		                            WQ_SERVER_PIPELINE_MAX_BYTES + 1024);
	}
	WQ_CHECK("the rest waits with the peer", sent > 2 * WQ_SERVER_PIPELINE_MAX_BYTES);
	wq_dial_reset(&d);
	wq_world_expect(&w, "gone ");
	wq_reply_json(kept, 200, wq_str("{}"));
	wq_world_turns(&w, 4);
	WQ_CHECK_INT("nothing is held any more", wq_world_metric(&w, "willaq_http_held_bytes"), 0);
	wq_world_end(&w);
}

WQ_TEST(unread_answers_hold_up_further_requests)
{
	char requests[2048] = "";
	size_t n = 0;

	begin_local();
	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(requests + n, sizeof(requests) - n,
		                      "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_send(&d, requests);
	wq_world_turns(&w, 6);
	WQ_CHECK_STR("one at a time", w.log, "large ");
	for (int i = 0; i < 20000 && w.log_n < 120; i++) {
		wq_world_turns(&w, 1);
		wq_dial_forget(&d);
	}
	WQ_CHECK_INT("all in the end", w.log_n, 120);
	end();
}

/* --- memory, connections, descriptors --------------------------------------------------------------------------- */

WQ_TEST(the_memory_of_all_connections)
{
	static struct wq_dial other;

	wq_world_begin(&w);
	w.opts.memory_max_bytes = 100000;
	listen_and_dial();
	wq_dial_open(&other, &w);
	send_filled("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", 60000);
	wq_world_turns(&w, 3);
	wq_dial_send(&other, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
	for (int i = 0; i < 5; i++)
		(void)wq_dial_send_n(&other, d.in, 10000);
	wq_dial_expect(&other, "503 Service Unavailable");
	WQ_CHECK_INT("when to come again", wq_dial_count(&other, "Retry-After: 1\r\n"), 1);
	WQ_CHECK_INT("counted", wq_world_metric(&w, "willaq_http_refused_total{reason=\"memory\"}"),
	             1);
	(void)wq_dial_send_n(&d, d.in, 5536);
	wq_dial_expect(&d, "{\"ok\":true}");
	WQ_CHECK_INT("nothing is held any more", wq_world_metric(&w, "willaq_http_held_bytes"), 0);
	wq_dial_close(&other);
	end();
}

WQ_TEST(a_request_larger_than_the_memory_of_all)
{
	wq_world_begin(&w);
	w.opts.memory_max_bytes = 100;
	listen_and_dial();
	wq_dial_send(&d, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n"
	                 "012345678901234567890123456789012345678901234567890123456789");
	wq_dial_expect(&d, "503 Service Unavailable");
	WQ_CHECK_STR("no handler", w.log, "");
	end();
}

WQ_TEST(more_connections_than_may_be)
{
	static struct wq_dial two, three;

	wq_world_begin(&w);
	w.opts.connections_max = 2;
	listen_and_dial();
	wq_dial_open(&two, &w);
	wq_dial_open(&three, &w);
	wq_dial_send(&three, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_turns(&w, 6);
	WQ_CHECK_INT("two are open", wq_server_connections(w.server), 2);
	WQ_CHECK_INT("the third waits", wq_dial_count(&three, "200"), 0);
	wq_dial_close(&two);
	wq_dial_expect(&three, "{\"ok\":true}");
	wq_dial_close(&three);
	end();
}

/* Who waits at the second listener takes the last room while the first is closing already. */
WQ_TEST(a_drain_of_two_listeners_without_room)
{
	wq_world_begin(&w);
	w.opts.connections_max = 1;
	add_routes();
	WQ_CHECK_INT("one", wq_world_listen(&w, "127.0.0.1:0"), 0);
	WQ_CHECK_INT("another", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_drain(&w, 1000);
	wq_dial_expect(&d, "{\"ok\":true}");
	wq_dial_expect_end(&d);
	end();
}

/* Lets no descriptor beyond those open now be had. */
static void take_descriptors(rlim_t keep)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	now.rlim_cur = keep;
	setrlimit(RLIMIT_NOFILE, &now);
}

WQ_TEST(out_of_descriptors)
{
	struct rlimit before;
	int next;

	begin();
	wq_world_turns(&w, 4);
	wq_dial_close(&d);
	wq_world_turns(&w, 4);
	getrlimit(RLIMIT_NOFILE, &before);
	wq_dial_open(&d, &w);
	wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	next = dup(0);
	close(next);
	take_descriptors((rlim_t)next);
	for (int i = 0; i < 50; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK_INT("nobody came in", wq_server_connections(w.server), 0);
	WQ_CHECK_INT("counted once", wq_world_metric(&w, "willaq_http_accept_pauses_total"), 1);
	WQ_CHECK("time goes by: it waits, it does not spin",
	         wq_world_ms(&w) >= 2 * WQ_SERVER_ACCEPT_RETRY_MS);
	take_descriptors(before.rlim_cur);
	wq_dial_expect(&d, "{\"ok\":true}");
	end();
}

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

WQ_TEST(many_that_come_and_go)
{
	unsigned before;

	begin();
	wq_world_turns(&w, 4);
	before = descriptors();
	for (int i = 0; i < 2000; i++) {
		static struct wq_dial many;

		wq_dial_open(&many, &w);
		if (i % 3 == 0)
			wq_dial_send(&many, "GET / HT");
		if (i % 5 == 0)
			wq_world_turns(&w, 2);
		wq_dial_reset(&many);
		wq_world_turns(&w, 1);
	}
	wq_world_turns(&w, 6);
	WQ_CHECK_INT("one is left", wq_server_connections(w.server), 1);
	WQ_CHECK_INT("and no descriptor more", descriptors(), before);
	end();
}

/* --- the n-th allocation fails ----------------------------------------------------------------------------------- */

static void on_sweep(struct wq_exchange *x, void *ctx)
{
	struct wq_str query = wq_exchange_query(x, "q");

	(void)ctx;
	wq_reply_header(x, "X-Query", query);
	wq_reply_json(x, 200, wq_exchange_request(x)->body);
}

static int start_swept(struct wq_server_world *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/a/:b", .handle = on_sweep },
		{ .method = WQ_GET, .pattern = "/", .handle = on_sweep },
	};
	int rc = wq_server_create(&s->server, s->loop, &s->opts);
	struct wq_buf url;

	wq_buf_init(&url, sizeof(s->url));
	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_server_route(s->server, &routes[i]);
	if (rc == 0)
		rc = wq_server_listen(s->server, "127.0.0.1:0", false, &url);
	if (rc == 0)
		snprintf(s->url, sizeof(s->url), "%.*s", WQ_STR_ARG(wq_buf_str(&url)));
	wq_buf_fini(&url);
	return rc;
}

/* Whatever comes of it, it comes whole: an answer or the end. */
static void ask(const char *text)
{
	const char *end_of_head;

	wq_dial_forget(&d);
	if (d.eof || !wq_dial_send_n(&d, text, strlen(text)))
		return;
	for (int i = 0; i < 20 && !d.eof; i++) {
		wq_world_turns(d.w, 1);
		wq_dial_read(&d);
	}
	end_of_head = strstr(d.in, "\r\n\r\n");
	WQ_CHECK("whole or nothing", d.n == 0 || end_of_head);
	if (d.n > 0 && strncmp(d.in, "HTTP/1.1 200", 12) == 0)
		WQ_CHECK("as it should be",
		         strstr(d.in, "X-Query: 1 2\r\n") && strstr(end_of_head, "hello"));
}

static void on_swept(void *ctx)
{
	(void)ctx;
}

static void sweep_once(void)
{
	wq_clock_virtual_init(&w.clock, 1700000000000);
	w.server = NULL;
	w.draining = w.drained = false;
	if (wq_loop_create(&w.loop, &w.clock) < 0)
		return;
	wq_server_opts_init(&w.opts);
	if (start_swept(&w) < 0) {
		wq_server_destroy(w.server);
		wq_loop_destroy(w.loop);
		return;
	}
	wq_dial_open(&d, &w);
	ask("POST /a/b%20c?q=1+2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
	ask("POST /a/b?q=1+2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	    "GET /?q=1 HTTP/1.1\r\nHost: a\r\n\r\n");
	ask("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
	ask("BROKEN\r\n");
	wq_dial_close(&d);
	wq_server_drain(w.server, 100, on_swept, NULL);
	for (int i = 0; i < 100; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK_INT("drained", wq_server_connections(w.server), 0);
	wq_server_destroy(w.server);
	wq_loop_destroy(w.loop);
}

WQ_TEST(every_allocation_may_fail)
{
	struct wq_fault_result r = wq_fault_sweep("server", sweep_once, 500);

	WQ_CHECK("a sweep worth its name", r.runs > 15);
}

WQ_TEST_MAIN(WQ_CASE(a_slow_head), WQ_CASE(drops_do_not_move_the_deadline_of_a_head),
             WQ_CASE(a_slow_body), WQ_CASE(a_peer_that_leaves_its_body_half),
             WQ_CASE(an_idle_connection), WQ_CASE(an_idle_connection_with_an_empty_line),
             WQ_CASE(a_handler_that_takes_too_long), WQ_CASE(a_peer_that_does_not_read),
             WQ_CASE(a_peer_that_reads_slowly), WQ_CASE(a_body_too_large_by_its_length),
             WQ_CASE(a_body_too_large_by_its_chunks), WQ_CASE(a_body_that_just_fits),
             WQ_CASE(a_head_and_a_target_too_large), WQ_CASE(pipelined_bytes_are_bounded),
             WQ_CASE(unread_answers_hold_up_further_requests),
             WQ_CASE(the_memory_of_all_connections),
             WQ_CASE(a_request_larger_than_the_memory_of_all),
             WQ_CASE(more_connections_than_may_be), WQ_CASE(a_drain_of_two_listeners_without_room),
             WQ_CASE(out_of_descriptors), WQ_CASE(many_that_come_and_go),
             WQ_CASE(every_allocation_may_fail))
