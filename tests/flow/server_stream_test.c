/* SPDX-License-Identifier: MIT */
/* server_stream_test.c — server-sent events: what they look like on the line, and each way a stream ends. */
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "io/server/sse.h"
#include "support/fault.h"
#include "support/server_world.h"
#include "support/test.h"

static struct wq_server_world w;
static struct wq_dial d;
static struct wq_exchange *stream; /* NULL: closed */
static int opened;

static void on_closed(struct wq_exchange *x, void *ctx)
{
	WQ_CHECK("the one that is open", x == stream);
	stream = NULL;
	wq_world_note(ctx, "closed ");
}

static void on_open(struct wq_exchange *x, void *ctx)
{
	opened = wq_sse_open(x, on_closed, ctx);
	stream = opened == 0 ? x : NULL;
	wq_world_note(ctx, "open ");
}

static struct wq_exchange *kept;

static void on_keep(struct wq_exchange *x, void *ctx)
{
	kept = x;
	wq_world_note(ctx, "keep ");
}

static void begin_at(const char *address)
{
	wq_world_begin(&w);
	wq_world_route(&w, WQ_GET, "/events", on_open);
	wq_world_route(&w, WQ_GET, "/keep", on_keep);
	WQ_CHECK_INT("listen", wq_world_listen(&w, address), 0);
	wq_dial_open(&d, &w);
}

static void begin(void)
{
	begin_at("127.0.0.1:0");
	wq_dial_send(&d, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "text/event-stream");
}

static void end(void)
{
	wq_dial_close(&d);
	wq_world_end(&w);
}

WQ_TEST(events_on_the_line)
{
	begin();
	WQ_CHECK_INT("not to be kept", wq_dial_count(&d, "Cache-Control: no-store\r\n"), 1);
	WQ_CHECK_INT("ends with the connection", wq_dial_count(&d, "Connection: close\r\n"), 1);
	WQ_CHECK_INT("no length", wq_dial_count(&d, "Content-Length"), 0);
	wq_dial_expect(&d, "\r\n\r\n");
	wq_dial_forget(&d);
	WQ_CHECK_INT("plain", wq_sse_send(stream, NULL, NULL, wq_str("one")), 0);
	WQ_CHECK_INT("named", wq_sse_send(stream, "message", "7-0", wq_str("two")), 0);
	WQ_CHECK_INT("lines", wq_sse_send(stream, NULL, NULL, wq_str("a\nb\r\nc\rd\n")), 0);
	WQ_CHECK_INT("empty", wq_sse_send(stream, "e", NULL, wq_str("")), 0);
	wq_dial_expect(&d, "event: e\ndata: \n\n");
	WQ_CHECK_STR("all", d.in,
	             "data: one\n\n"
	             "event: message\nid: 7-0\ndata: two\n\n"
	             "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"
	             "event: e\ndata: \n\n");
	WQ_CHECK_INT("one write", d.reads, 2); /* the head was the other */
	WQ_CHECK_INT("counted", wq_world_metric(&w, "willaq_http_stream_events_total"), 4);
	wq_sse_close(stream);
	wq_dial_expect_end(&d);
	WQ_CHECK("without a RST", !d.reset);
	WQ_CHECK_STR("whoever closes is not told", w.log, "open ");
	end();
}

WQ_TEST(a_comment_keeps_the_line_open)
{
	begin();
	wq_dial_forget(&d);
	for (uint64_t n = 1; n <= 10; n++) {
		wq_dial_expect(&d, ":\n\n");
		wq_dial_forget(&d);
		WQ_CHECK_INT("when", wq_world_ms(&w), n * WQ_SSE_COMMENT_MS);
	}
	wq_dial_reset(&d);
	wq_world_expect(&w, "closed ");
	wq_world_end(&w);
}

WQ_TEST(a_peer_that_goes)
{
	for (int how = 0; how < 3; how++) {
		begin();
		if (how == 0)
			wq_dial_close(&d);
		else if (how == 1)
			wq_dial_reset(&d);
		else
			wq_dial_shutdown(&d);
		wq_world_expect(&w, "open closed ");
		wq_world_turns(&w, 20);
		WQ_CHECK_STR("once", w.log, "open closed ");
		if (how == 2)
			wq_dial_close(&d);
		wq_world_end(&w);
	}
}

WQ_TEST(a_drain_ends_streams)
{
	begin();
	WQ_CHECK_INT("sent", wq_sse_send(stream, NULL, NULL, wq_str("last")), 0);
	wq_world_drain(&w, 60000);
	WQ_CHECK("not from inside the call", stream);
	wq_dial_expect(&d, "data: last\n\n");
	wq_dial_expect_end(&d);
	WQ_CHECK_STR("told", w.log, "open closed ");
	WQ_CHECK("at once", wq_world_ms(&w) < 1000);
	end();
}

WQ_TEST(a_head_request_has_no_stream)
{
	begin_at("127.0.0.1:0");
	wq_dial_send(&d, "HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_dial_expect(&d, "text/event-stream");
	wq_dial_expect_end(&d);
	WQ_CHECK_STR("told", w.log, "open closed ");
	end();
}

WQ_TEST(an_event_too_large)
{
	static char data[WQ_SSE_EVENT_MAX_BYTES + 1];

	begin();
	memset(data, 'x', sizeof(data));
	WQ_CHECK_INT("left out", wq_sse_send(stream, NULL, NULL, wq_strn(data, sizeof(data))),
	             WQ_ETOOBIG);
	WQ_CHECK_INT("the stream goes on", wq_sse_send(stream, NULL, NULL, wq_str("after")), 0);
	wq_dial_expect(&d, "data: after\n\n");
	wq_sse_close(stream);
	end();
}

WQ_TEST(a_peer_too_slow)
{
	static char data[100000];
	int rc = 0, sent = 0;

	begin_at("127.0.0.1:0");
	wq_dial_send(&d, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "open ");
	memset(data, 'x', sizeof(data));
	for (; sent < 1000 && rc == 0; sent++) {
		rc = wq_sse_send(stream, NULL, NULL, wq_strn(data, sizeof(data)));
		if (rc == 0)
			wq_world_turns(&w, 1);
	}
	WQ_CHECK_INT("full", rc, WQ_EFULL);
	WQ_CHECK("not at once, not for ever", sent > 10 && sent < 200);
	WQ_CHECK("not from inside the call", stream);
	WQ_CHECK_INT("stays full", wq_sse_send(stream, NULL, NULL, wq_str("x")), WQ_EFULL);
	wq_world_expect(&w, "closed ");
	wq_world_turns(&w, 20);
	WQ_CHECK_STR("once", w.log, "open closed ");
	end();
}

WQ_TEST(a_peer_that_does_not_read)
{
	static char data[100000];
	uint64_t blocked;

	begin();
	for (double before = -1, now = 0; now > before;) { /* until the kernel takes no more */
		before = now;
		WQ_CHECK_INT("sent", wq_sse_send(stream, NULL, NULL, wq_strn(data, sizeof(data))),
		             0);
		wq_world_turns(&w, 2);
		now = wq_world_metric(&w, "willaq_http_sent_bytes_total");
	}
	blocked = wq_world_ms(&w);
	wq_world_expect(&w, "closed ");
	WQ_CHECK_INT("when", wq_world_ms(&w) - blocked, w.opts.write_timeout_ms);
	end();
}

WQ_TEST(a_close_while_too_slow_tells_nobody)
{
	static char data[100000];

	begin();
	while (wq_sse_send(stream, NULL, NULL, wq_strn(data, sizeof(data))) == 0)
		;
	wq_sse_close(stream);
	wq_world_turns(&w, 20);
	WQ_CHECK_STR("nobody", w.log, "open ");
	end();
}

WQ_TEST(a_stream_for_a_peer_that_is_gone)
{
	begin_at("127.0.0.1:0");
	wq_dial_send(&d, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
	wq_world_expect(&w, "keep ");
	wq_dial_reset(&d);
	wq_world_turns(&w, 6);
	WQ_CHECK_INT("away", wq_sse_open(kept, on_closed, &w), WQ_EAWAY);
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
	stream = NULL;
}

static void on_open_swept(struct wq_exchange *x, void *ctx)
{
	stream = wq_sse_open(x, on_closed_swept, ctx) == 0 ? x : NULL;
}

static void sweep_once(void)
{
	const struct wq_route route = { .pattern = "/events", .handle = on_open_swept };
	static const char ask[] = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";
	struct wq_server_opts opts;
	struct wq_buf url;

	stream = NULL;
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
		for (int i = 0; i < 10; i++) {
			wq_world_turns(&w, 1);
			if (stream)
				(void)wq_sse_send(stream, "e", "1", wq_str("data\nlines"));
		}
		wq_dial_close(&d);
		wq_server_drain(w.server, 100, on_drained, NULL);
		wq_world_turns(&w, 100);
	}
	WQ_CHECK("no stream is left", !stream);
	wq_buf_fini(&url);
	wq_server_destroy(w.server);
	wq_loop_destroy(w.loop);
}

WQ_TEST(every_allocation_may_fail)
{
	wq_fault_sweep("stream", sweep_once, 500);
}

WQ_TEST_MAIN(WQ_CASE(events_on_the_line), WQ_CASE(a_comment_keeps_the_line_open),
             WQ_CASE(a_peer_that_goes), WQ_CASE(a_drain_ends_streams),
             WQ_CASE(a_head_request_has_no_stream), WQ_CASE(an_event_too_large),
             WQ_CASE(a_peer_too_slow), WQ_CASE(a_peer_that_does_not_read),
             WQ_CASE(a_close_while_too_slow_tells_nobody),
             WQ_CASE(a_stream_for_a_peer_that_is_gone), WQ_CASE(every_allocation_may_fail))
