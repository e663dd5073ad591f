/* SPDX-License-Identifier: MIT */
/* subscription_fault_test.c — a lane at work with any allocation failing: nothing is lost, nothing is left behind. */
#include "base/alloc.h"
#include "base/err.h"
#include "domain/event/line.h"
#include "domain/subscription/deliverer.h"
#include "lane_world.h"
#include "support/fault.h"
#include "support/test.h"

static const struct wq_peer_step first_bad[] = {
	{ .answer = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" },
	{ .answer = "HTTP/1.1 204 No Content\r\n\r\n" },
};

enum { CLIENT_BLOCKS = 2 }; /* what the client rebuilt after a failure may be larger than before */

static struct wq_redisd server;
static struct lane_world w;
static const char *more;

static bool both_are_taken(void *ctx)
{
	unsigned n = 0;

	(void)ctx;
	for (unsigned i = 0; i < w.notes_n; i++)
		n += w.notes[i].kind == WQ_RETRY_TAKEN;
	return n >= 2 || w.lanes[0].lane == NULL;
}

static bool all_is_settled(void)
{
	return strcmp(lane_world_ask(&w, "HGET wq:{bull}:sub:of:a cursor"), "1700000000002-0") ==
	               0 &&
	       strcmp(lane_world_ask(&w, "EXISTS wq:{bull}:sub:due:a"), "0") == 0;
}

static bool is_closed(void *ctx)
{
	(void)ctx;
	return w.lanes[0].lane == NULL;
}

/* Two events, the first of which is not taken at first. */
static void lane_works(void)
{
	struct lane_place *p;

	lane_world_ask(&w, "FLUSHALL");
	w.calls.peer.at = w.calls.peer.requests_n = 0;
	w.lanes_n = w.notes_n = 0;
	lane_world_event(&w, 1);
	lane_world_event(&w, 2);
	p = lane_world_open(&w, "a", 0, more);
	if (!p)
		return;
	lane_world_until(&w, both_are_taken, "both are taken");
	for (unsigned i = 0; !all_is_settled(); i++) {
		WQ_CHECK("settled in the end", i < 20);
		lane_world_pass(&w, 1000);
	}
	WQ_CHECK("the first", wq_peer_count(&w.calls.peer, "\"m1\"") >= 1);
	WQ_CHECK("the second", wq_peer_count(&w.calls.peer, "\"m2\"") >= 1);
	if (p->lane)
		wq_lane_close(p->lane);
	lane_world_until(&w, is_closed, "it closes");
}

static void sweep(const char *spec, unsigned runs)
{
	uint64_t live;

	lane_world_begin(&w, &server, first_bad, 2);
	more = spec;
	lane_works(); /* scripts are known, and buffers have grown */
	live = wq_alloc_live();
	wq_fault_allow(CLIENT_BLOCKS);
	WQ_CHECK("some runs", wq_fault_sweep(spec, lane_works, 2000).runs > runs);
	WQ_CHECK("nothing adds up", wq_alloc_live() <= live + CLIENT_BLOCKS);
	lane_world_end(&w);
}

WQ_TEST(a_lane_without_memory_loses_nothing)
{
	sweep("", 20);
}

WQ_TEST(nor_one_that_signs_in_strict_order)
{
	sweep(",\"order\":\"strict\",\"secrets\":[\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]", 20);
}

/* the deliverer: leases in, lanes out */

static struct wq_deliverer *deliverer;
static struct wq_feed feed;
static bool deliverer_closed;

static void on_deliverer_closed(void *ctx)
{
	(void)ctx;
	deliverer_closed = true;
}

static bool is_deliverer_closed(void *ctx)
{
	(void)ctx;
	return deliverer_closed;
}

static bool three_posts(void *ctx)
{
	(void)ctx;
	return w.calls.peer.requests_n >= 3;
}

static void deliverer_works(void)
{
	const struct wq_deliverer_opts o = { .ways = &w.ways, .keys = &w.keys, .feed = &feed };

	lane_world_ask(&w, "FLUSHALL");
	w.calls.peer.at = w.calls.peer.requests_n = 0;
	lane_world_event(&w, 1);
	lane_world_event(&w, 2);
	lane_world_ask(&w, "ZADD wq:{bull}:sub:ids 1 a");
	lane_world_ask(
		&w,
		"HSET wq:{bull}:sub:of:a spec {\"url\":\"http://127.0.0.1:%u/a\"} rev 1 state active cursor 0-0",
		w.calls.peer.port);
	deliverer_closed = false;
	if (wq_deliverer_create(&deliverer, &o) < 0)
		return;
	lane_world_until(&w, three_posts, "both are posted, one of them twice");
	for (unsigned i = 0; !all_is_settled(); i++) {
		WQ_CHECK("settled in the end", i < 20);
		lane_world_pass(&w, 1000);
	}
	wq_deliverer_close(deliverer, 1000, on_deliverer_closed, NULL);
	lane_world_until(&w, is_deliverer_closed, "it closes");
}

WQ_TEST(nor_does_a_deliverer)
{
	lane_world_begin(&w, &server, first_bad, 2);
	feed = (struct wq_feed){ .loop = w.calls.loop,
		                 .keys = &w.keys,
		                 .tail = (struct wq_redis_tail *)&feed };
	wq_feed_init(&feed); /* it has a tail already: nothing is followed */
	deliverer_works();
	wq_fault_allow(CLIENT_BLOCKS);
	WQ_CHECK("some runs", wq_fault_sweep("deliverer", deliverer_works, 2000).runs > 20);
	WQ_CHECK_STR("leases are given back", lane_world_ask(&w, "EXISTS wq:{bull}:sub:lease:a"),
	             "0");
	lane_world_end(&w);
}

/* the line of our own events */

static struct wq_event_line line;
static bool line_closed;

static void on_line_closed(void *ctx)
{
	(void)ctx;
	line_closed = true;
}

static bool is_line_closed(void *ctx)
{
	(void)ctx;
	return line_closed;
}

static void open_line(void)
{
	line = (struct wq_event_line){
		.loop = w.calls.loop, .keys = &w.keys, .events_max = 1000, .events_ms = 86400000
	};
	line_closed = false;
	wq_event_line_init(&line);
	lane_world_ask(&w, "SET wq:{bull}:sub:live 1");
}

static void close_line(uint64_t ms)
{
	wq_event_line_close(&line, ms, on_line_closed, NULL);
	lane_world_until(&w, is_line_closed, "the line closes");
}

static void line_tells(void)
{
	const struct wq_event_fact f = { .type = WQ_EVENT_SINK_FULL, .data = wq_str("{\"a\":1}") };
	unsigned taken = 0;
	char want[16];

	lane_world_ask(&w, "FLUSHALL");
	open_line();
	for (unsigned i = 0; i < 3; i++)
		taken += wq_event_tell(&line, &f) == 0;
	close_line(60000);
	snprintf(want, sizeof(want), "%u", taken);
	WQ_CHECK_STR("each that was taken, once", lane_world_ask(&w, "XLEN wq:{bull}:sub:events"),
	             want);
	WQ_CHECK_INT("the others are counted", (int)line.lost.value, 3 - (int)taken);
}

WQ_TEST(a_line_without_memory_says_what_it_lost)
{
	lane_world_begin(&w, &server, first_bad, 2);
	line_tells();
	wq_fault_allow(0);
	WQ_CHECK("some runs", wq_fault_sweep("line", line_tells, 500).runs > 3);
	lane_world_end(&w);
}

WQ_TEST(a_line_is_bounded_and_told_once)
{
	struct wq_event_fact f = { .type = WQ_EVENT_SINK_FULL, .once = wq_str("sink full") };
	static char large[WQ_EVENT_DATA_MAX_BYTES + 1];
	unsigned taken = 0;

	lane_world_begin(&w, &server, first_bad, 2);
	WQ_CHECK_INT("no line", wq_event_tell(NULL, &f), 0);
	open_line();
	for (unsigned i = 0; i < 300; i++)
		taken += wq_event_tell(&line, &f) == 0;
	WQ_CHECK_INT("so many wait", taken, WQ_EVENTS_WAITING_MAX);
	close_line(60000);
	WQ_CHECK_STR("told once", lane_world_ask(&w, "XLEN wq:{bull}:sub:events"), "1");
	lane_world_ask(&w, "DEL wq:{bull}:sub:live");
	open_line();
	f.once = wq_str("");
	f.data = wq_strn(large, sizeof(large));
	WQ_CHECK_INT("too large", wq_event_tell(&line, &f), WQ_ETOOBIG);
	f.data = wq_str("");
	lane_world_ask(&w, "DEL wq:{bull}:sub:live");
	WQ_CHECK_INT("for nobody", wq_event_tell(&line, &f), 0);
	close_line(60000);
	WQ_CHECK_STR("is not written", lane_world_ask(&w, "XLEN wq:{bull}:sub:events"), "1");
	lane_world_end(&w);
}

static int begin_all(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(a_line_without_memory_says_what_it_lost),
		WQ_CASE(a_line_is_bounded_and_told_once),
		WQ_CASE(a_lane_without_memory_loses_nothing),
		WQ_CASE(nor_one_that_signs_in_strict_order),
		WQ_CASE(nor_does_a_deliverer),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
