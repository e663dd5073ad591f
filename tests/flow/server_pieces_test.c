/* SPDX-License-Identifier: MIT */
/* server_pieces_test.c — answers in pieces: what they look like on the line, slow peers, and each way they end. */
#include "base/err.h"
#include "base/limits.h"
#include "io/server/pieces.h"
#include "support/fault.h"
#include "support/server_world.h"
#include "support/test.h"

enum { PIECE_BYTES = 50000, MANY = 200 };

static struct wq_server_world w;
static struct wq_dial d;
static struct wq_exchange *open_one; /* NULL: closed, or ended */
static unsigned left;                /* pieces that wait for room */
static char piece[PIECE_BYTES];

static void pour(struct wq_exchange *x)
{
	while (left > 0 && wq_pieces_has_room(x)) {
		wq_pieces_send(x, wq_strn(piece, sizeof(piece)));
		left--;
	}
	if (left > 0) {
		wq_pieces_await(x);
		return;
	}
	open_one = NULL;
	wq_pieces_end(x);
}

static void on_room(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	pour(x);
}

static void on_closed(struct wq_exchange *x, void *ctx)
{
	WQ_CHECK("the one that is open", x == open_one);
	open_one = NULL;
	wq_world_note(ctx, "closed ");
}

static const struct wq_pieces_events events = { on_room, on_closed };

static void on_open(struct wq_exchange *x, void *ctx)
{
	open_one = wq_pieces_open(x, "text/plain", &events, ctx) == 0 ? x : NULL;
	wq_world_note(ctx, "open ");
}

static void on_pour(struct wq_exchange *x, void *ctx)
{
	on_open(x, ctx);
	left = MANY;
	pour(x);
}

static struct wq_exchange *kept;

static void on_keep(struct wq_exchange *x, void *ctx)
{
	kept = x;
	wq_world_note(ctx, "keep ");
}

static void begin_patient(const char *request, uint32_t write_timeout_ms)
{
	memset(piece, 'x', sizeof(piece));
	left = 0;
	open_one = NULL;
	wq_world_begin(&w);
	if (write_timeout_ms)
		w.opts.write_timeout_ms = write_timeout_ms;
	wq_world_route(&w, WQ_GET, "/open", on_open);
	wq_world_route(&w, WQ_GET, "/pour", on_pour);
	wq_world_route(&w, WQ_GET, "/keep", on_keep);
	WQ_CHECK_INT("listen", wq_world_listen(&w, "127.0.0.1:0"), 0);
	wq_dial_open(&d, &w);
	wq_dial_send(&d, request);
	wq_world_expect(&w, "e");
}

static void begin(const char *request)
{
	begin_patient(request, 0);
}

static void end(void)
{
	wq_dial_close(&d);
	wq_world_end(&w);
}

WQ_TEST(pieces_on_the_line)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "\r\n\r\n");
	WQ_CHECK_INT("chunked", wq_dial_count(&d, "Transfer-Encoding: chunked\r\n"), 1);
	WQ_CHECK_INT("no length", wq_dial_count(&d, "Content-Length"), 0);
	wq_dial_forget(&d);
	wq_pieces_send(open_one, wq_str("hello, world!"));
	wq_pieces_send(open_one, wq_str(""));
	wq_dial_expect(&d, "d\r\nhello, world!\r\n");
	wq_pieces_send(open_one, wq_str("x"));
	wq_pieces_end(open_one);
	wq_dial_expect(&d, "0\r\n\r\n");
	WQ_CHECK_STR("all", d.in, "d\r\nhello, world!\r\n1\r\nx\r\n0\r\n\r\n");
	wq_dial_send(&d, "GET /open HTTP/1.1\r\nHost: a\r\n\r\n"); /* the connection goes on */
	wq_world_expect(&w, "open open ");
	wq_pieces_end(open_one);
	end();
	WQ_CHECK_STR("whoever ends is not told", w.log, "open open ");
}

WQ_TEST(older_peers_get_bytes)
{
	begin("GET /open HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
	wq_pieces_send(open_one, wq_str("hello"));
	wq_pieces_end(open_one);
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("not chunked", wq_dial_count(&d, "Transfer-Encoding"), 0);
	WQ_CHECK_INT("ends", wq_dial_count(&d, "Connection: close\r\n"), 1);
	WQ_CHECK_INT("as it is", wq_dial_count(&d, "\r\n\r\nhello"), 1);
	WQ_CHECK("without a RST", !d.reset);
	end();
}

WQ_TEST(a_head_request_gets_no_bytes)
{
	begin("HEAD /open HTTP/1.1\r\nHost: a\r\n\r\nGET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_pieces_send(open_one, wq_str("hello"));
	wq_pieces_end(open_one);
	wq_world_expect(&w, "keep ");
	wq_reply(kept, 204, NULL, wq_strn(NULL, 0));
	wq_dial_expect(&d, "HTTP/1.1 204");
	WQ_CHECK_INT("nothing", wq_dial_count(&d, "hello"), 0);
	WQ_CHECK_INT("at all", wq_dial_count(&d, "\r\n\r\nHTTP/1.1 204"), 1);
	end();
}

WQ_TEST(little_waits_for_a_slow_peer)
{
	size_t size = MANY * (PIECE_BYTES + sizeof("c350\r\n\r\n") - 1);
	size_t total;
	unsigned before;

	begin_patient("GET /pour HTTP/1.1\r\nHost: a\r\n\r\n", UINT32_MAX);
	do { /* until nothing moves */
		before = left;
		wq_world_turns(&w, 2);
	} while (open_one && left < before);
	WQ_CHECK("it waits", open_one && left > MANY / 10);
	while (open_one) {
		do {
			total = d.total;
			wq_dial_forget(&d);
		} while (d.total > total);
		wq_world_turns(&w, 1);
	}
	WQ_CHECK_INT("all were sent", left, 0);
	wq_dial_expect(&d, "\r\n0\r\n\r\n");
	WQ_CHECK("all of them", d.total > size && d.total < size + 1000);
	end();
}

WQ_TEST(a_peer_that_does_not_read)
{
	begin("GET /pour HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_turns(&w, 100);
	wq_world_expect(&w, "closed ");
	WQ_CHECK("when", wq_world_ms(&w) >= w.opts.write_timeout_ms);
	wq_world_turns(&w, 20);
	WQ_CHECK_STR("once", w.log, "open closed ");
	end();
}

WQ_TEST(a_peer_that_goes)
{
	for (int how = 0; how < 2; how++) {
		begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
		if (how == 0)
			wq_dial_reset(&d);
		else
			wq_dial_close(&d);
		for (unsigned i = 0; open_one && i < WQ_WORLD_TURNS; i++) {
			wq_pieces_send(open_one, wq_str("hello"));
			wq_world_turns(&w, 1);
		}
		WQ_CHECK_STR("told once", w.log, "open closed ");
		wq_world_end(&w);
	}
}

WQ_TEST(a_peer_that_only_listens_gets_it_all)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_shutdown(&d);
	wq_world_turns(&w, 20);
	WQ_CHECK("goes on", open_one);
	wq_pieces_send(open_one, wq_str("hello"));
	wq_pieces_end(open_one);
	wq_dial_expect(&d, "5\r\nhello\r\n0\r\n\r\n");
	wq_dial_expect_end(&d);
	WQ_CHECK_STR("nobody is told", w.log, "open ");
	end();
}

WQ_TEST(a_drain_lets_it_end)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_drain(&w, 60000);
	wq_world_turns(&w, 2);
	WQ_CHECK("goes on", open_one);
	wq_pieces_send(open_one, wq_str("hello"));
	wq_pieces_end(open_one);
	wq_dial_expect(&d, "5\r\nhello\r\n0\r\n\r\n");
	wq_dial_expect_end(&d);
	WQ_CHECK("at once", wq_world_ms(&w) < 1000);
	end();
}

WQ_TEST(the_end_of_a_drain_cuts_it)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_drain(&w, 5000);
	wq_world_expect(&w, "closed ");
	WQ_CHECK_INT("when", wq_world_ms(&w), 5000);
	end();
}

WQ_TEST(half_an_answer_does_not_look_whole)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_pieces_send(open_one, wq_str("hello"));
	wq_reply_close(open_one);
	wq_dial_expect_end(&d);
	WQ_CHECK_INT("no last chunk", wq_dial_count(&d, "0\r\n\r\n"), 0);
	WQ_CHECK_STR("nobody is told", w.log, "open ");
	end();
}

WQ_TEST(silence_is_left_alone)
{
	begin("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "\r\n\r\n");
	wq_dial_forget(&d);
	for (unsigned i = 0; i < WQ_WORLD_TURNS && wq_world_ms(&w) < 3 * WQ_SSE_COMMENT_MS; i++)
		wq_world_turns(&w, 1);
	WQ_CHECK("long enough", wq_world_ms(&w) >= 3 * WQ_SSE_COMMENT_MS);
	wq_pieces_end(open_one);
	wq_dial_expect(&d, "0\r\n\r\n");
	WQ_CHECK_STR("nothing else", d.in, "0\r\n\r\n");
	end();
}

WQ_TEST(pieces_for_a_peer_that_is_gone)
{
	begin("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_reset(&d);
	wq_world_turns(&w, 6);
	WQ_CHECK_INT("away", wq_pieces_open(kept, "text/plain", &events, &w), WQ_EAWAY);
	wq_world_end(&w);
}

static void on_drained(void *ctx)
{
	(void)ctx;
}

static void on_closed_swept(struct wq_exchange *x, void *ctx)
{
	(void)x;
	(void)ctx;
	open_one = NULL;
}

static void on_room_swept(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_pieces_send(x, wq_str("more"));
	open_one = NULL;
	wq_pieces_end(x);
}

static void on_open_swept(struct wq_exchange *x, void *ctx)
{
	static const struct wq_pieces_events swept = { on_room_swept, on_closed_swept };

	if (wq_pieces_open(x, "text/plain", &swept, ctx) < 0)
		return;
	open_one = x;
	wq_pieces_send(x, wq_strn(piece, sizeof(piece)));
	wq_pieces_await(x);
}

static void sweep_once(void)
{
	const struct wq_route route = { .pattern = "/pieces", .handle = on_open_swept };
	static const char ask[] = "GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n";
	struct wq_server_opts opts;
	struct wq_buf url;

	open_one = NULL;
	w.server = NULL;
	wq_clock_virtual_init(&w.clock, 1700000000000);
	wq_buf_init(&url, sizeof(w.url));
	wq_server_opts_init(&opts);
	if (wq_loop_create(&w.loop, &w.clock) < 0)
		return;
	if (wq_server_create(&w.server, w.loop, &opts) == 0 &&
	    wq_server_route(w.server, &route) == 0 &&
	    wq_server_listen(w.server, "127.0.0.1:0", false, &url) == 0) {
		snprintf(w.url, sizeof(w.url), "%.*s", WQ_STR_ARG(wq_buf_str(&url)));
		wq_dial_open(&d, &w);
		(void)wq_dial_send_n(&d, ask, sizeof(ask) - 1);
		wq_world_turns(&w, 10);
		wq_dial_close(&d);
		wq_server_drain(w.server, 100, on_drained, NULL);
		wq_world_turns(&w, 100);
	}
	WQ_CHECK("nothing is left open", !open_one);
	wq_buf_fini(&url);
	wq_server_destroy(w.server);
	wq_loop_destroy(w.loop);
}

WQ_TEST(every_allocation_may_fail)
{
	wq_fault_sweep("pieces", sweep_once, 500);
}

WQ_TEST_MAIN(WQ_CASE(pieces_on_the_line), WQ_CASE(older_peers_get_bytes),
             WQ_CASE(a_head_request_gets_no_bytes), WQ_CASE(little_waits_for_a_slow_peer),
             WQ_CASE(a_peer_that_does_not_read), WQ_CASE(a_peer_that_goes),
             WQ_CASE(a_peer_that_only_listens_gets_it_all), WQ_CASE(a_drain_lets_it_end),
             WQ_CASE(the_end_of_a_drain_cuts_it), WQ_CASE(half_an_answer_does_not_look_whole),
             WQ_CASE(silence_is_left_alone), WQ_CASE(pieces_for_a_peer_that_is_gone),
             WQ_CASE(every_allocation_may_fail))
