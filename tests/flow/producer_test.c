/* SPDX-License-Identifier: MIT */
/* producer_test.c — adds on a real Redis: batches, bulks, flows, duplicates, bounds, and any bytes. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/flow_tree.h"
#include "support/producer_world.h"
#include "support/test.h"

enum { MANY = 1000, PAYLOAD_BYTES = 5 * 1048576 };

static struct wq_producer_world w;
static struct wq_produced p[MANY];

static void begin(void)
{
	wq_producer_world_begin(&w, NULL, NULL, true);
}

static void expect(const char *command, const char *answer)
{
	wq_producer_world_expect(&w, command, answer);
}

static double calls_made(void)
{
	return wq_producer_world_metric(&w, "willaq_queue_add_calls_total");
}

static void give_many(size_t n)
{
	for (size_t i = 0; i < n; i++)
		WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[i], wq_produced_item("")), 0);
}

WQ_TEST(one_job_is_there_as_bullmq_writes_it)
{
	begin();
	WQ_CHECK_INT("new", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	WQ_CHECK_STR("number", p[0].id, "1");
	expect("HGET bull:q:1 name", "job");
	expect("HGET bull:q:1 data", "{\"x\":1}");
	expect("HGET bull:q:1 opts", "{\"attempts\":0}");
	expect("HLEN bull:q:1", "6");
	expect("LRANGE bull:q:wait 0 -1", "1");
	expect("ZRANGE bull:q:marker 0 -1 WITHSCORES", "0\n0");
	expect("XLEN bull:q:events", "2");
	expect("GET bull:q:id", "1");
	wq_producer_world_end(&w);
}

WQ_TEST(adds_of_one_turn_leave_together_and_in_order)
{
	begin();
	give_many(WQ_ADD_BATCH_MAX_ITEMS);
	wq_producer_world_collect(&w, p, WQ_ADD_BATCH_MAX_ITEMS);
	WQ_CHECK_INT("one call", calls_made(), 1);
	give_many(MANY);
	WQ_CHECK_INT("pending", wq_producer_pending(w.producer), MANY);
	wq_producer_world_collect(&w, p, MANY);
	WQ_CHECK_INT("none pending", wq_producer_pending(w.producer), 0);
	WQ_CHECK_INT("as few as may be", calls_made(),
	             1 + (MANY + WQ_ADD_BATCH_MAX_ITEMS - 1) / WQ_ADD_BATCH_MAX_ITEMS);
	for (size_t i = 0; i < MANY; i++)
		WQ_CHECK_INT("in order", atol(p[i].id), (long)(WQ_ADD_BATCH_MAX_ITEMS + i + 1));
	expect("LINDEX bull:q:wait -1", "1");
	expect("LINDEX bull:q:wait 0", "1064");
	WQ_CHECK_INT("counted",
	             wq_producer_world_metric(&w, "willaq_queue_adds_total{outcome=\"added\"}"),
	             1064);
	wq_producer_world_end(&w);
}

WQ_TEST(a_large_job_travels_alone)
{
	static char data[PAYLOAD_BYTES];
	struct wq_add_item item = wq_produced_item("");

	memset(data, 'x', sizeof(data));
	data[0] = data[sizeof(data) - 1] = '"';
	item.data = wq_strn(data, sizeof(data));
	begin();
	give_many(3);
	WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[3], item), 0);
	WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[4], wq_produced_item("")), 0);
	wq_producer_world_collect(&w, p, 5);
	WQ_CHECK_INT("calls", calls_made(), 3);
	WQ_CHECK_STR("in its turn", p[3].id, "4");
	WQ_CHECK_STR("behind it", p[4].id, "5");
	expect("HSTRLEN bull:q:4 data", "5242880");
	wq_producer_world_end(&w);
}

WQ_TEST(ids_taken_and_windows_held)
{
	struct wq_add_item dedup = wq_produced_item("");

	begin();
	dedup.dedup_id = wq_str("d");
	WQ_CHECK_INT("new", wq_producer_world_add(&w, &p[0], wq_produced_item("mine")), WQ_ADD_NEW);
	WQ_CHECK_STR("its own", p[0].id, "mine");
	WQ_CHECK_INT("again", wq_producer_world_add(&w, &p[0], wq_produced_item("mine")),
	             WQ_ADD_DUPLICATE);
	WQ_CHECK_STR("the same", p[0].id, "mine");
	WQ_CHECK_INT("owner", wq_producer_world_add(&w, &p[0], dedup), WQ_ADD_NEW);
	WQ_CHECK_STR("owner", p[0].id, "3");
	WQ_CHECK_INT("held", wq_producer_world_add(&w, &p[0], dedup), WQ_ADD_DEDUPLICATED);
	WQ_CHECK_STR("the owner stands for it", p[0].id, "3");
	expect("GET bull:q:id", "4");
	expect("LLEN bull:q:wait", "2");
	/* within one call as well, and numbers go on */
	for (int i = 0; i < 4; i++)
		WQ_CHECK_INT("give",
		             wq_producer_world_give(&w, &p[i],
		                                    wq_produced_item(i % 2 ? "twin" : "")),
		             0);
	wq_producer_world_collect(&w, p, 4);
	WQ_CHECK_STR("first", p[0].id, "5");
	WQ_CHECK_INT("twin", p[1].code, WQ_ADD_NEW);
	WQ_CHECK_STR("third", p[2].id, "7");
	WQ_CHECK_INT("its twin", p[3].code, WQ_ADD_DUPLICATE);
	WQ_CHECK_INT("counted",
	             wq_producer_world_metric(&w, "willaq_queue_adds_total{outcome=\"duplicate\"}"),
	             3);
	wq_producer_world_end(&w);
}

static struct wq_add_item child_of(const char *id, const char *parent_key, const char *parent)
{
	struct wq_add_item item = wq_produced_item(id);

	item.parent_key = wq_str(parent_key);
	item.parent = wq_str(parent);
	return item;
}

WQ_TEST(parents_that_are_missing_or_others)
{
	static const char one[] = "{\"id\":\"one\",\"queueKey\":\"bull:q\"}",
			  two[] = "{\"id\":\"two\",\"queueKey\":\"bull:q\"}";

	begin();
	WQ_CHECK_INT("no parent", wq_producer_world_add(&w, &p[0], child_of("", "bull:q:one", one)),
	             WQ_ADD_PARENT_MISSING);
	WQ_CHECK_STR("no id", p[0].id, "");
	expect("EXISTS bull:q:id bull:q:events bull:q:meta", "0");
	WQ_CHECK_INT("one", wq_producer_world_add(&w, &p[0], wq_produced_item("one")), WQ_ADD_NEW);
	WQ_CHECK_INT("two", wq_producer_world_add(&w, &p[0], wq_produced_item("two")), WQ_ADD_NEW);
	WQ_CHECK_INT("kid", wq_producer_world_add(&w, &p[0], child_of("kid", "bull:q:one", one)),
	             WQ_ADD_NEW);
	WQ_CHECK_INT("again", wq_producer_world_add(&w, &p[0], child_of("kid", "bull:q:one", one)),
	             WQ_ADD_DUPLICATE);
	WQ_CHECK_INT("another's",
	             wq_producer_world_add(&w, &p[0], child_of("kid", "bull:q:two", two)),
	             WQ_ADD_PARENT_OTHER);
	expect("SMEMBERS bull:q:one:dependencies", "bull:q:kid");
	expect("EXISTS bull:q:two:dependencies", "0");
	WQ_CHECK_INT("counted",
	             wq_producer_world_metric(&w, "willaq_queue_adds_total{outcome=\"refused\"}"),
	             2);
	wq_producer_world_end(&w);
}

WQ_TEST(several_are_added_by_one_call)
{
	static struct wq_add_item items[WQ_ADD_ALL_MAX_ITEMS + 1];

	begin();
	for (size_t i = 0; i < WQ_COUNT(items); i++) {
		items[i] = wq_produced_item("");
		items[i].delay_ms = i % 3 == 0 ? 60000 : 0;
		items[i].priority = i % 3 == 1 ? 7 : 0;
	}
	items[5] = child_of("", "bull:q:none", "{}");
	WQ_CHECK_INT("all", wq_producer_world_add_all(&w, items, WQ_ADD_ALL_MAX_ITEMS), 0);
	WQ_CHECK_INT("one call", calls_made(), 1);
	for (size_t i = 0; i < WQ_ADD_ALL_MAX_ITEMS; i++)
		WQ_CHECK_INT("each its own", w.all_codes[i],
		             i == 5 ? WQ_ADD_PARENT_MISSING : WQ_ADD_NEW);
	expect("ZCARD bull:q:delayed", "334");
	expect("ZCARD bull:q:prioritized", "333");
	expect("LLEN bull:q:wait", "332");
	expect("GET bull:q:id", "999");
	WQ_CHECK_INT("none", wq_producer_world_add_all(&w, items, 0), WQ_EINVAL);
	WQ_CHECK_INT("too many", wq_producer_world_add_all(&w, items, WQ_COUNT(items)), WQ_ETOOBIG);
	wq_producer_world_end(&w);
}

/* What was added before a bulk is there before it, what came behind it behind it. */
WQ_TEST(a_bulk_keeps_its_place)
{
	struct wq_add_item items[] = { wq_produced_item("b1"), wq_produced_item("b2") };

	begin();
	WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[0], wq_produced_item("a")), 0);
	WQ_CHECK_INT("give", wq_producer_world_add_all(&w, items, 2), 0);
	WQ_CHECK_INT("give", wq_producer_world_give(&w, &p[1], wq_produced_item("c")), 0);
	wq_producer_world_collect(&w, p, 2);
	expect("LRANGE bull:q:wait 0 -1", "c\nb2\nb1\na");
	wq_producer_world_end(&w);
}

WQ_TEST(a_flow_is_one_call)
{
	static const char text[] =
		"{\"name\":\"send\",\"queueName\":\"q\",\"opts\":{\"jobId\":\"root\"},\"children\":["
		"{\"name\":\"a\",\"queueName\":\"r\"},"
		"{\"name\":\"b\",\"queueName\":\"r\",\"opts\":{\"jobId\":\"b\",\"delay\":60000},"
		"\"children\":[{\"name\":\"c\",\"queueName\":\"q\",\"opts\":{\"jobId\":\"c\",\"priority\":3}}]}]}";
	struct wq_arena arena;
	struct wq_flow_tree tree;
	const char *why;
	yyjson_doc *doc = wq_json_read(wq_str(text), 32, NULL);

	begin();
	wq_arena_init(&arena, 65536);
	WQ_CHECK_INT("tree",
	             wq_flow_tree_read(&tree, yyjson_doc_get_root(doc), wq_str("bull"), &arena,
	                               &why),
	             0);
	WQ_CHECK_INT("added", wq_producer_world_add_all(&w, tree.items, tree.n), 0);
	WQ_CHECK_INT("one call", calls_made(), 1);
	expect("ZRANGE bull:q:waiting-children 0 -1", "root");
	expect("ZRANGE bull:r:waiting-children 0 -1", "b");
	expect("SCARD bull:q:root:dependencies", "2");
	expect("SMEMBERS bull:r:b:dependencies", "bull:q:c");
	expect("ZSCORE bull:q:prioritized c", "12884901889");
	expect("LLEN bull:r:wait", "1");
	expect("HGET bull:q:c parentKey", "bull:r:b");
	wq_json_free(doc);
	wq_arena_fini(&arena);
	wq_producer_world_end(&w);
}

WQ_TEST(any_bytes)
{
	static const char name[] = "a\0b\r\n\xff\xfe$5",
			  base[] = "bull:\x01 q\n\xff:", id[] = "\r\n\0x";
	struct wq_add_item item = wq_produced_item("");

	begin();
	item.name = wq_strn(name, sizeof(name) - 1);
	item.base = wq_strn(base, sizeof(base) - 1);
	item.id = wq_strn(id, sizeof(id) - 1);
	WQ_CHECK_INT("new", wq_producer_world_add(&w, &p[0], item), WQ_ADD_NEW);
	WQ_CHECK_INT("again", wq_producer_world_add(&w, &p[0], item), WQ_ADD_DUPLICATE);
	expect("EVAL return(redis.call('HGET',redis.call('KEYS','*x')[1],'name')=='a\\0b\\r\\n\\255\\254$5')and(1) 0",
	       "1");
	wq_producer_world_end(&w);
}

WQ_TEST(queues_of_others_are_left_alone)
{
	begin();
	expect("SET bull:q:meta-paused 1", "OK");
	WQ_CHECK_INT("Bull 3", wq_producer_world_add(&w, &p[0], wq_produced_item("")),
	             WQ_ADD_FOREIGN);
	expect("KEYS bull:q:*", "bull:q:meta-paused");
	expect("FLUSHALL", "OK");
	expect("SET bull:q:id 17", "OK");
	WQ_CHECK_INT("Bull 3, not paused", wq_producer_world_add(&w, &p[0], wq_produced_item("")),
	             WQ_ADD_FOREIGN);
	expect("FLUSHALL", "OK");
	expect("HSET bull:q:meta version bullmq-pro:7.1.0 opts.maxLenEvents 100", "2");
	WQ_CHECK_INT("Pro", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_FOREIGN);
	expect("HSET bull:q:meta version bullmq:5.80.7", "0");
	WQ_CHECK_INT("BullMQ", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	wq_producer_world_end(&w);
}

WQ_TEST(the_stream_is_bounded)
{
	begin();
	expect("HSET bull:q:meta opts.maxLenEvents 200", "1");
	for (int i = 0; i < 5; i++) {
		give_many(MANY);
		wq_producer_world_collect(&w, p, MANY);
	}
	WQ_CHECK("trimmed", atol(wq_redisd_ask(&w.server, "XLEN bull:q:events")) < 1000);
	wq_producer_world_end(&w);
}

WQ_TEST(a_script_that_redis_forgot)
{
	begin();
	WQ_CHECK_INT("before", wq_producer_world_add(&w, &p[0], wq_produced_item("")), WQ_ADD_NEW);
	expect("SCRIPT FLUSH", "OK");
	give_many(200);
	wq_producer_world_collect(&w, p, 200);
	WQ_CHECK_STR("each once", p[199].id, "201");
	expect("LLEN bull:q:wait", "201");
	wq_producer_world_end(&w);
}

WQ_TEST(bounds)
{
	static struct wq_produced one;
	struct wq_add_item item = wq_produced_item("");
	struct wq_produced *many = calloc(WQ_PRODUCER_WAITING_MAX, sizeof(*many));

	WQ_CHECK("room", many);
	begin();
	item.data = wq_strn("", (size_t)WQ_ADD_CALL_MAX_BYTES + 1);
	WQ_CHECK_INT("too large", wq_producer_world_give(&w, &one, item), WQ_ETOOBIG);
	for (size_t i = 0; i < WQ_PRODUCER_WAITING_MAX; i++)
		if (wq_producer_world_give(&w, &many[i], wq_produced_item("")) < 0)
			WQ_CHECK_INT("room for", i, WQ_PRODUCER_WAITING_MAX);
	WQ_CHECK_INT("full", wq_producer_world_give(&w, &one, wq_produced_item("")), WQ_EFULL);
	WQ_CHECK_INT("told",
	             wq_producer_world_metric(&w, "willaq_queue_adds_total{outcome=\"full\"}"), 1);
	for (size_t i = MANY; i < WQ_PRODUCER_WAITING_MAX; i++)
		wq_producer_forget(&many[i].add);
	wq_producer_world_collect(&w, many, MANY);
	expect("LLEN bull:q:wait", "1000");
	WQ_CHECK_INT("room again", wq_producer_world_add(&w, &one, wq_produced_item("")),
	             WQ_ADD_NEW);
	wq_producer_world_end(&w);
	free(many);
}

WQ_TEST(what_is_forgotten_before_it_left_is_not_added)
{
	begin();
	give_many(10);
	for (size_t i = 0; i < 10; i += 2)
		wq_producer_forget(&p[i].add);
	WQ_CHECK_INT("pending", wq_producer_pending(w.producer), 5);
	for (size_t i = 1; i < 10; i += 2)
		wq_producer_world_collect(&w, &p[i], 1);
	expect("LLEN bull:q:wait", "5");
	for (size_t i = 0; i < 10; i += 2)
		WQ_CHECK_INT("silent", p[i].calls, 0);
	wq_producer_forget(&p[1].add); /* told already: fine */
	wq_producer_world_end(&w);
}

static struct wq_produced second;
static unsigned turns;

static void on_chain(struct wq_add *a, int rc)
{
	WQ_CHECK_INT("chain", rc, 0);
	turns++;
	wq_producer_forget(&second.add); /* flies in the same call */
	if (turns < 50)
		WQ_CHECK_INT("from a callback", wq_producer_add(w.producer, a, on_chain), 0);
}

static bool chain_is_over(void *ctx)
{
	(void)ctx;
	return turns == 50;
}

WQ_TEST(a_callback_may_add_and_forget)
{
	static struct wq_add add;

	begin();
	turns = 0;
	add = (struct wq_add){ .item = wq_produced_item("") };
	WQ_CHECK_INT("first", wq_producer_add(w.producer, &add, on_chain), 0);
	WQ_CHECK_INT("second", wq_producer_world_give(&w, &second, wq_produced_item("")), 0);
	WQ_CHECK("over", wq_redis_world_wait(&w.redis, chain_is_over, NULL));
	WQ_CHECK_INT("forgotten in flight", second.calls, 0);
	WQ_CHECK_INT("none left", wq_producer_pending(w.producer), 0);
	expect("LLEN bull:q:wait", "51");
	wq_producer_world_end(&w);
}

WQ_TEST(closing_tells_those_that_wait)
{
	begin();
	give_many(3);
	wq_producer_world_close(&w);
	for (size_t i = 0; i < 3; i++) {
		WQ_CHECK_INT("told", p[i].calls, 1);
		WQ_CHECK_INT("cancelled", p[i].rc, WQ_ECANCELED);
	}
	expect("DBSIZE", "0");
	wq_producer_world_end(&w);
}

WQ_TEST_MAIN(WQ_CASE(one_job_is_there_as_bullmq_writes_it),
             WQ_CASE(adds_of_one_turn_leave_together_and_in_order),
             WQ_CASE(a_large_job_travels_alone), WQ_CASE(ids_taken_and_windows_held),
             WQ_CASE(parents_that_are_missing_or_others), WQ_CASE(several_are_added_by_one_call),
             WQ_CASE(a_bulk_keeps_its_place), WQ_CASE(a_flow_is_one_call), WQ_CASE(any_bytes),
             WQ_CASE(queues_of_others_are_left_alone), WQ_CASE(the_stream_is_bounded),
             WQ_CASE(a_script_that_redis_forgot), WQ_CASE(bounds),
             WQ_CASE(what_is_forgotten_before_it_left_is_not_added),
             WQ_CASE(a_callback_may_add_and_forget), WQ_CASE(closing_tells_those_that_wait))
