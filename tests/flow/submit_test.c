/* SPDX-License-Identifier: MIT */
/* submit_test.c — messages that were asked for on their way to records and jobs on a real Redis: many, the same again,
 * with a key that was used, and without memory. */
#include "domain/send/submit.h"

#include "base/alloc.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "support/fault.h"
#include "support/producer_world.h"
#include "support/test.h"

enum { MANY = 150, ARENA_BYTES = 4 << 20, ASKS_MAX = 5, RUNS_MAX = 1000, KEPT_BLOCKS = 4 };

static struct wq_producer_world w;
static struct wq_submission items[MANY];
static struct wq_submit submit;
static struct wq_arena arena;
static char keys[MANY][24];
static bool told;
static int told_rc;

static void on_told(struct wq_submit *s, int rc)
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

/* Message i of account a or b, by turns of 70; `body` tells two with the same key apart. */
static void fill(size_t i, const char *body, bool keyed)
{
	items[i] = (struct wq_submission){ .account = wq_str(i / 70 % 2 ? "b" : "a") };
	items[i].message = (struct wq_message){ .to = wq_str("+593991234567"),
		                                .kind = WQ_MESSAGE_TYPING,
		                                .reply_to = wq_str(body),
		                                .priority = WQ_PRIORITY_NORMAL };
	snprintf(keys[i], sizeof(keys[i]), "key%zu", i);
	if (keyed) {
		items[i].once = wq_str(keys[i]);
		items[i].print = wq_str(body);
	}
}

/* 0, or what went wrong: then who asked may ask again. */
static int ask(size_t n)
{
	int rc;

	wq_arena_init(&arena, ARENA_BYTES);
	submit = (struct wq_submit){ .items = items,
		                     .n = n,
		                     .loop = w.redis.loop,
		                     .redis = w.redis.redis,
		                     .producer = w.producer,
		                     .arena = &arena,
		                     .queue_base = wq_str("bull:out:"),
		                     .keep_s = 1000,
		                     .cb = on_told };
	told = false;
	rc = wq_submit_start(&submit);
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

/* Jobs that wait, and records. */
static void check_held(const char *what, const char *jobs, const char *a, const char *b)
{
	WQ_CHECK_STR(what, wq_redisd_ask(&w.server, "ZCARD bull:out:prioritized"), jobs);
	WQ_CHECK_STR(what,
	             wq_redisd_ask(&w.server, "EVAL return\t#redis.call('KEYS','wq:{a}:msg:*') 0"),
	             a);
	WQ_CHECK_STR(what,
	             wq_redisd_ask(&w.server, "EVAL return\t#redis.call('KEYS','wq:{b}:msg:*') 0"),
	             b);
}

WQ_TEST(many_of_two_accounts)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	for (size_t i = 0; i < MANY; i++)
		fill(i, "wamid.X", false);
	WQ_CHECK_INT("asked", ask(MANY), 0);
	WQ_CHECK_INT("all", submit.done, MANY);
	for (size_t i = 0; i < MANY; i++) {
		WQ_CHECK_INT("new", items[i].made, WQ_LETTER_NEW);
		WQ_CHECK("its id names its account",
		         wq_str_eq(wq_submit_account_of(items[i].id), items[i].account));
	}
	forget();
	check_held("held", "150", "80", "70");
	wq_producer_world_end(&w);
}

WQ_TEST(a_key_makes_one_message)
{
	char id[WQ_MESSAGE_ID_MAX_BYTES + 1];

	wq_producer_world_begin(&w, NULL, NULL, true);
	fill(0, "wamid.X", true);
	WQ_CHECK_INT("asked", ask(1), 0);
	snprintf(id, sizeof(id), "%.*s", WQ_STR_ARG(items[0].id));
	forget();
	fill(0, "wamid.X", true);
	WQ_CHECK_INT("again", ask(1), 0);
	WQ_CHECK_INT("known", items[0].made, WQ_LETTER_BEFORE);
	WQ_CHECK_SLICE("the same", items[0].id, id);
	forget();
	fill(0, "wamid.Y", true);
	WQ_CHECK_INT("with another body", ask(1), 0);
	WQ_CHECK_INT("refused", items[0].made, WQ_LETTER_OTHER);
	WQ_CHECK_SLICE("it says whose the key is", items[0].id, id);
	forget();
	check_held("one", "1", "1", "0");
	wq_redisd_ask(&w.server, "DEL bull:out:prioritized bull:out:pc");
	wq_redisd_ask(
		&w.server,
		"EVAL for\t_,k\tin\tipairs(redis.call('KEYS','bull:out:m*'))do\tredis.call('DEL',k)end 0");
	fill(0, "wamid.X", true);
	WQ_CHECK_INT("a record without its job", ask(1), 0);
	WQ_CHECK_INT("is known", items[0].made, WQ_LETTER_BEFORE);
	forget();
	check_held("and gets it", "1", "1", "0");
	wq_producer_world_end(&w);
}

static void messages_are_asked_for(void)
{
	enum { FEW = 3 };
	int rc = -1;

	wq_redisd_ask(&w.server, "FLUSHDB");
	for (unsigned i = 0; i < ASKS_MAX && rc != 0; i++) {
		for (size_t k = 0; k < FEW; k++) {
			fill(k, "wamid.X", true);
			items[k].account = wq_str(k == FEW - 1 ? "b" : "a");
		}
		rc = ask(FEW);
		forget();
	}
	WQ_CHECK_INT("taken in the end", rc, 0);
	check_held("each once", "3", "2", "1");
}

WQ_TEST(without_memory_nothing_is_lost_and_nothing_twice)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
	messages_are_asked_for(); /* scripts are known, and buffers have grown */
	wq_fault_allow(KEPT_BLOCKS);
	WQ_CHECK("some runs", wq_fault_sweep("submit", messages_are_asked_for, RUNS_MAX).runs > 10);
	wq_producer_world_end(&w);
}

WQ_TEST_MAIN(WQ_CASE(many_of_two_accounts), WQ_CASE(a_key_makes_one_message),
             WQ_CASE(without_memory_nothing_is_lost_and_nothing_twice))
