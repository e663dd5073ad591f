/* SPDX-License-Identifier: MIT */
/* pending_send_test.c — an entry that a person sends, on a real Redis: once, by whomever and however often, stopped
 * between its steps, and without memory. */
#include "domain/pending/sending.h"

#include "base/alloc.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/producer_world.h"
#include "support/test.h"

enum { ARENA_BYTES = 4 << 20, ASKS_MAX = 6, RUNS_MAX = 1000, KEPT_BLOCKS = 4 };
#define ENTRY "p00000000000000000001"

static struct wq_producer_world w;
static struct wq_pending_sending sending;
static struct wq_arena arena;
static bool told;
static int told_rc;

static void on_told(struct wq_pending_sending *s, int rc)
{
	(void)s;
	told_rc = rc;
	told = true;
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return told;
}

/* An entry of a contact whose window is open. */
static void make_entry(void)
{
	wq_redisd_ask(&w.server, "FLUSHDB");
	wq_redisd_ask(&w.server,
	              "HSET wq:{a}:con:c1 made 1 phone +593991234567 window 99999999999999");
	wq_redisd_ask(&w.server,
	              "HSET wq:{a}:pend:" ENTRY
	              " con c1 why x priority 5 made 1 ends 99999999999999 state open text hello");
	wq_redisd_ask(&w.server, "ZADD wq:{a}:pends 50000000000001 " ENTRY);
}

static int ask(const char *by, const char *text)
{
	int rc;

	wq_arena_init(&arena, ARENA_BYTES);
	sending = (struct wq_pending_sending){ .loop = w.redis.loop,
		                               .redis = w.redis.redis,
		                               .producer = w.producer,
		                               .arena = &arena,
		                               .queue_base = wq_str("bull:out:"),
		                               .keep_s = 1000,
		                               .account = wq_str("a"),
		                               .id = wq_str(ENTRY),
		                               .by = wq_str(by),
		                               .words = { .text = wq_str(text) },
		                               .cb = on_told };
	told = false;
	rc = wq_pending_sending_start(&sending);
	if (rc == 0) {
		WQ_CHECK("told", wq_redis_world_wait(&w.redis, is_told, NULL));
		rc = told_rc;
	}
	return rc;
}

static void forget(void)
{
	wq_arena_fini(&arena);
}

static void check_one(const char *what)
{
	WQ_CHECK_STR(what, wq_redisd_ask(&w.server, "ZCARD bull:out:prioritized"), "1");
	WQ_CHECK_STR(what,
	             wq_redisd_ask(&w.server, "EVAL return\t#redis.call('KEYS','wq:{a}:msg:*') 0"),
	             "1");
	WQ_CHECK_STR(what, wq_redisd_ask(&w.server, "HGET wq:{a}:pend:" ENTRY " state"), "sent");
	WQ_CHECK_STR(what, wq_redisd_ask(&w.server, "ZCARD wq:{a}:pends"), "0");
}

WQ_TEST(an_entry_becomes_one_message)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	make_entry();
	WQ_CHECK_INT("sent", ask("ana", NULL), 0);
	WQ_CHECK_INT("outcome", sending.outcome, WQ_PENDING_SENT);
	forget();
	check_one("once");
	WQ_CHECK_INT("again", ask("ben", NULL), 0);
	WQ_CHECK_INT("it has ended", sending.outcome, WQ_PENDING_ENDED);
	WQ_CHECK_SLICE("by whom", sending.holder, "ana");
	forget();
	check_one("still once");
	wq_producer_world_end(&w);
}

/* A process that dies behind a step leaves what that step wrote: the entry goes back, and is sent again. */
WQ_TEST(stopped_between_its_steps_it_is_sent_once)
{
	char id[WQ_MESSAGE_ID_MAX_BYTES + 1];

	wq_producer_world_begin(&w, NULL, NULL, true);
	make_entry();
	WQ_CHECK_INT("sent", ask("ana", NULL), 0);
	snprintf(id, sizeof(id), "%.*s", WQ_STR_ARG(sending.message_id));
	forget();
	/* Behind submit, before the end: the entry is still ana's. */
	wq_redisd_ask(&w.server,
	              "HSET wq:{a}:pend:" ENTRY " state taken by ana lease 99999999999999");
	wq_redisd_ask(&w.server, "ZADD wq:{a}:pends 50000000000001 " ENTRY);
	WQ_CHECK_INT("another", ask("ben", NULL), 0);
	WQ_CHECK_INT("has to wait", sending.outcome, WQ_PENDING_HELD);
	forget();
	WQ_CHECK_INT("with other words", ask("ana", "good morning"), 0);
	WQ_CHECK_INT("it is told", sending.outcome, WQ_PENDING_OTHER);
	WQ_CHECK_SLICE("as which message", sending.message_id, id);
	forget();
	/* Behind the record, before the job. */
	wq_redisd_ask(&w.server, "DEL bull:out:prioritized bull:out:pc");
	wq_redisd_ask(
		&w.server,
		"EVAL for\t_,k\tin\tipairs(redis.call('KEYS','bull:out:m*'))do\tredis.call('DEL',k)end 0");
	/* Its time is over: anybody may. */
	wq_redisd_ask(&w.server, "HSET wq:{a}:pend:" ENTRY " lease 1");
	WQ_CHECK_INT("anybody", ask("ben", NULL), 0);
	WQ_CHECK_INT("sends it", sending.outcome, WQ_PENDING_SENT);
	WQ_CHECK_SLICE("the same message", sending.message_id, id);
	forget();
	check_one("once");
	wq_producer_world_end(&w);
}

static void an_entry_is_sent(void)
{
	int rc = -1;

	make_entry();
	for (unsigned i = 0; i < ASKS_MAX && rc != 0; i++) {
		rc = ask("ana", NULL);
		WQ_CHECK("sent, or ended so", rc != 0 || sending.outcome == WQ_PENDING_SENT ||
		                                      sending.outcome == WQ_PENDING_ENDED);
		forget();
	}
	WQ_CHECK_INT("sent in the end", rc, 0);
	check_one("once");
}

WQ_TEST(without_memory_it_is_sent_once)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	an_entry_is_sent(); /* scripts are known, and buffers have grown */
	wq_fault_allow(KEPT_BLOCKS);
	WQ_CHECK("some runs", wq_fault_sweep("pending", an_entry_is_sent, RUNS_MAX).runs > 10);
	wq_producer_world_end(&w);
}

static const struct {
	const char *what, *phone;
	bool opted_out, blocked, forced;
	int64_t window_ms;
	enum wq_message_kind kind;
	enum wq_pending_bar want;
} cases[] = {
	{ "open window", "+1", false, false, false, 1001, WQ_MESSAGE_TEXT, WQ_PENDING_GOES },
	{ "it ends now", "+1", false, false, false, 1000, WQ_MESSAGE_TEXT, WQ_PENDING_CLOSED },
	{ "never open", "+1", false, false, false, 0, WQ_MESSAGE_IMAGE, WQ_PENDING_CLOSED },
	{ "a template needs none", "+1", false, false, false, 0, WQ_MESSAGE_TEMPLATE, WQ_PENDING_GOES },
	{ "nothing more", "+1", true, false, false, 1001, WQ_MESSAGE_TEMPLATE, WQ_PENDING_OPTED_OUT },
	{ "blocked us", "+1", false, true, false, 1001, WQ_MESSAGE_TEXT, WQ_PENDING_BLOCKED },
	{ "forced", "+1", true, true, true, 0, WQ_MESSAGE_TEXT, WQ_PENDING_GOES },
	{ "nobody, though forced", "", false, false, true, 1001, WQ_MESSAGE_TEXT, WQ_PENDING_NOBODY },
};

WQ_TEST(judge_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		const struct wq_pending p = { .phone = wq_str(cases[i].phone),
			                      .opted_out = cases[i].opted_out,
			                      .blocked = cases[i].blocked,
			                      .window_ms = cases[i].window_ms };

		WQ_CHECK_INT(cases[i].what,
		             wq_pending_judge(&p, cases[i].kind, cases[i].forced, 1000),
		             cases[i].want);
	}
}

WQ_TEST_MAIN(WQ_CASE(an_entry_becomes_one_message),
             WQ_CASE(stopped_between_its_steps_it_is_sent_once),
             WQ_CASE(without_memory_it_is_sent_once), WQ_CASE(judge_table))
