/* SPDX-License-Identifier: MIT */
/* webhook_log_test.c — pages of the log of webhooks, what is kept of it, and refusals, on a real Redis. */
#include "store/webhook_log.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "domain/weblog/refusals.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_webhook_log weblog;
static struct wq_webhook_page page;
static unsigned calls;
static int told;

static void on_page(struct wq_webhook_page *p, int rc)
{
	(void)p;
	calls++;
	told = rc;
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return calls > 0;
}

static int wait(int started)
{
	if (started < 0)
		return started;
	WQ_CHECK_INT("not inside the call", calls, 0);
	WQ_CHECK("told", wq_redis_world_wait(&w, is_told, NULL));
	WQ_CHECK_INT("once", calls, 1);
	return told;
}

static int look(const struct wq_webhook_place *from, const struct wq_webhook_look *l)
{
	calls = 0;
	return wait(wq_webhook_log_page(&weblog, &page, from, l, on_page));
}

static int look_at(const char *id)
{
	calls = 0;
	return wait(wq_webhook_log_one(&weblog, &page, wq_str(id), on_page));
}

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("log", wq_webhook_log_init(&weblog, w.redis, wq_str("{a}x")), 0);
	WQ_CHECK_STR("its keys have the tag of the queues", weblog.taken, "wq:{a}:sink:log");
}

static void end(void)
{
	wq_webhook_page_fini(&page);
	wq_webhook_page_fini(&page);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

/* n entries, one a millisecond, each with a body of so many bytes.  Words are parted by spaces: the script has none. */
static void fill(const char *key, unsigned n, unsigned bytes)
{
	char command[512];

	snprintf(
		command, sizeof(command),
		"EVAL for\ti=1,%u\tdo\tredis.call('XADD',KEYS[1],i..'-0','ids','m'..i,'new','1','known','0','body',"
		"string.rep('x',%u))\tend 1 %s",
		n, bytes, key);
	WQ_CHECK_INT(command, wq_redis_world_ask(&w, command), 0);
}

WQ_TEST(a_page_is_bounded_by_entries_and_by_bytes)
{
	const struct wq_webhook_look oldest = { .oldest_first = true };
	struct wq_webhook_place from;

	begin();
	fill(weblog.taken, 250, 10);
	wq_webhook_place_begin(&from, true, true);
	WQ_CHECK_INT("many small ones", look(&from, &oldest), 0);
	WQ_CHECK_INT("looked at", page.looked, WQ_WEBHOOK_LOOKS);
	WQ_CHECK_STR("where to go on", page.next.taken, "100-0");
	WQ_CHECK_STR("nothing was refused", page.next.refused, "");
	WQ_CHECK_INT("del", wq_redis_world_ask(&w, "DEL wq:{a}:sink:log"), 0);
	fill(weblog.taken, 10, 200000);
	WQ_CHECK_INT("few large ones", look(&from, &oldest), 0);
	WQ_CHECK_INT("one more than the bytes", page.looked, 3);
	WQ_CHECK("without bodies",
	         page.rows[0].body.p == NULL && page.rows[0].body_bytes == 200000);
	end();
}

WQ_TEST(one_is_read_with_its_body)
{
	begin();
	fill(weblog.taken, 3, 10);
	fill(weblog.refused, 2, 0);
	WQ_CHECK_INT("taken", look_at("2-0"), 0);
	WQ_CHECK_INT("it is there", page.n, 1);
	WQ_CHECK_SLICE("body", page.rows[0].body, "xxxxxxxxxx");
	WQ_CHECK_SLICE("ids", page.rows[0].ids, "m2");
	WQ_CHECK_INT("refused", look_at("r2-0"), 0);
	WQ_CHECK("it is the other", page.n == 1 && page.rows[0].refused);
	WQ_CHECK_INT("gone", look_at("9-0"), 0);
	WQ_CHECK_INT("none", page.n, 0);
	for (const char *const *id = (const char *const[]){ "", "r", "-", "1", "1-", "-1", "1-0 ",
	                                                    "(1-0", "+", NULL };
	     *id; id++)
		WQ_CHECK_INT(*id, look_at(*id), WQ_EINVAL);
	end();
}

WQ_TEST(a_place_is_text_and_back)
{
	static const char *const bad[] = { "",      ".",      "s",
		                           "x.s",   "1-0",    "1-0.+",
		                           "1-0.2", "s.(1-0", "99999999999999999999-0." };
	struct wq_webhook_place p;
	char text[WQ_WEBHOOK_PLACE_MAX_BYTES];

	for (size_t i = 0; i < WQ_COUNT(bad); i++)
		WQ_CHECK(bad[i], !wq_webhook_place_parse(&p, wq_str(bad[i])));
	WQ_CHECK("good", wq_webhook_place_parse(&p, wq_str("1-7.s")));
	wq_webhook_place_show(&p, text);
	WQ_CHECK_STR("the same", text, "1-7.s");
	WQ_CHECK("one has ended", wq_webhook_place_parse(&p, wq_str(".5-0")));
}

WQ_TEST(strange_entries_are_read_as_far_as_they_go)
{
	const struct wq_webhook_look newest = { .find = wq_str("") };
	struct wq_webhook_place from;

	begin();
	WQ_CHECK_INT("add", wq_redis_world_ask(&w, "XADD wq:{a}:sink:log 5-5 new many odd x"), 0);
	wq_webhook_place_begin(&from, true, true);
	WQ_CHECK_INT("look", look(&from, &newest), 0);
	WQ_CHECK("as nothing", page.n == 1 && page.rows[0].fresh == 0 && page.rows[0].ids.n == 0);
	WQ_CHECK_INT("set", wq_redis_world_ask(&w, "SET wq:{a}:sink:refused x"), 0);
	WQ_CHECK_INT("no stream", look(&from, &newest), WQ_REDIS_WRONGTYPE);
	end();
}

WQ_TEST(memory_that_is_short_is_told)
{
	const struct wq_webhook_look newest = { .find = wq_str("") };
	struct wq_webhook_place from;
	bool failed = true;

	begin();
	fill(weblog.taken, 3, 10);
	wq_webhook_place_begin(&from, true, true);
	WQ_CHECK_INT("once", look(&from, &newest), 0);
	for (unsigned i = 1; failed; i++) {
		wq_alloc_fail_after(i - 1);
		(void)look(&from, &newest);
		failed = wq_alloc_failed();
		wq_alloc_fail_after(UINT64_MAX);
		WQ_CHECK("in sight", i < 200);
		wq_redis_world_until_ready(&w);
	}
	end();
}

static int64_t asked(const char *command)
{
	WQ_CHECK_INT(command, wq_redis_world_ask(&w, command), 0);
	return atoll(w.one.text);
}

static bool all_gone(void *ctx)
{
	(void)ctx;
	return strcmp(wq_redisd_ask(&server, "XLEN wq:{a}:sink:log"), "0") == 0;
}

WQ_TEST(what_grew_old_goes_with_nobody_posting)
{
	const struct wq_webhook_keep keep = { .log_max = 10000, .log_ms = 1000, .refused_max = 10 };
	static struct wq_refusals r;

	begin();
	fill(weblog.taken, 2500, 10);
	WQ_CHECK_INT("start", wq_refusals_start(&r, w.loop, w.redis, wq_str("{a}x"), &keep), 0);
	WQ_CHECK("they go", wq_redis_world_wait(&w, all_gone, NULL));
	wq_refusals_stop(&r);
	wq_refusals_stop(&r);
	end();
}

static bool counted(void *ctx)
{
	return strcmp(wq_redisd_ask(&server, "HGET wq:{a}:sink:counts refused_401"), ctx) == 0;
}

WQ_TEST(a_flood_of_refusals_is_told_by_some_and_by_number)
{
	const struct wq_webhook_keep keep = { .log_max = 100,
		                              .log_ms = 86400000,
		                              .refused_max = 100 };
	static struct wq_refusals r;
	char all[] = "100000";

	begin();
	WQ_CHECK_INT("start", wq_refusals_start(&r, w.loop, w.redis, wq_str("{a}x"), &keep), 0);
	for (unsigned i = 0; i < 100000; i++)
		wq_refusals_note(&r, 401, "not_signed", wq_str("/a"), wq_str("1.2.3.4:5"));
	wq_refusals_note(&r, 413, "body_too_large", wq_str("/a"), wq_str("1.2.3.4:5"));
	WQ_CHECK("all are counted", wq_redis_world_wait(&w, counted, all));
	WQ_CHECK_INT("and those of another status", asked("HGET wq:{a}:sink:counts refused_413"),
	             1);
	WQ_CHECK_INT("some are told", asked("XLEN wq:{a}:sink:refused"), WQ_WEBHOOK_REFUSALS / 2);
	wq_refusals_stop(&r);
	end();
}

WQ_TEST_MAIN(WQ_CASE(a_page_is_bounded_by_entries_and_by_bytes), WQ_CASE(one_is_read_with_its_body),
             WQ_CASE(a_place_is_text_and_back), WQ_CASE(strange_entries_are_read_as_far_as_they_go),
             WQ_CASE(memory_that_is_short_is_told), WQ_CASE(what_grew_old_goes_with_nobody_posting),
             WQ_CASE(a_flood_of_refusals_is_told_by_some_and_by_number))
