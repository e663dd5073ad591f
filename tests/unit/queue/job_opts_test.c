/* SPDX-License-Identifier: MIT */
/* job_opts_test.c — options as producers write them: what is stored, used, refused, and how that is said. */
#include "queue/job_opts.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "queue/flow_tree.h"
#include "queue/job_id.h"
#include "support/fault.h"
#include "support/test.h"

enum { DEPTH = 32, ARENA_BYTES = 4194304 };

static struct wq_arena arena;
static yyjson_doc *doc;
static struct wq_add_item item;
static const char *why;

static int read_opts(const char *opts, const char *data)
{
	int rc;

	wq_arena_init(&arena, ARENA_BYTES);
	doc = opts ? wq_json_read(wq_str(opts), DEPTH, NULL) : NULL;
	WQ_CHECK(opts ? opts : "none", !opts || doc);
	item = (struct wq_add_item){ .base = wq_str("bull:q:"),
		                     .name = wq_str("n"),
		                     .data = wq_str(data) };
	why = NULL;
	rc = wq_job_opts_read(&item, doc ? yyjson_doc_get_root(doc) : NULL, NULL, &arena, &why);
	return rc;
}

static void done(void)
{
	wq_json_free(doc);
	doc = NULL;
	wq_arena_fini(&arena);
}

static const struct {
	const char *opts, *stored;
} stored_rows[] = {
	{ NULL, "{\"attempts\":0}" },
	{ "null", "{\"attempts\":0}" },
	{ "{}", "{\"attempts\":0}" },
	{ "{\"attempts\":3}", "{\"attempts\":3}" },
	{ "{\"delay\":500,\"lifo\":true}", "{\"delay\":500,\"lifo\":true,\"attempts\":0}" },
	{ "{\"backoff\":500}", "{\"backoff\":{\"type\":\"fixed\",\"delay\":500},\"attempts\":0}" },
	{ "{\"backoff\":0}", "{\"backoff\":{\"type\":\"fixed\",\"delay\":0},\"attempts\":0}" },
	{ "{\"backoff\":null}", "{\"attempts\":0}" },
	{ "{\"backoff\":{\"type\":\"mine\"}}", "{\"backoff\":{\"type\":\"mine\"},\"attempts\":0}" },
	{ "{\"backoff\":{\"type\":\"fixed\",\"delay\":1,\"jitter\":1}}",
	  "{\"backoff\":{\"type\":\"fixed\",\"delay\":1,\"jitter\":1},\"attempts\":0}" },
	{ "{\"keepLogs\":3}", "{\"kl\":3,\"attempts\":0}" },
	{ "{\"failParentOnFailure\":true}", "{\"fpof\":true,\"attempts\":0}" },
	{ "{\"removeDependencyOnFailure\":true}", "{\"rdof\":true,\"attempts\":0}" },
	{ "{\"ignoreDependencyOnFailure\":true,\"failParentOnFailure\":false}",
	  "{\"idof\":true,\"fpof\":false,\"attempts\":0}" },
	{ "{\"continueParentOnFailure\":true}", "{\"cpof\":true,\"attempts\":0}" },
	{ "{\"deduplication\":{\"id\":\"d\",\"ttl\":5}}", "{\"de\":{\"id\":\"d\",\"ttl\":5},\"attempts\":0}" },
	{ "{\"debounce\":{\"id\":\"d\"}}", "{\"de\":{\"id\":\"d\"},\"attempts\":0}" },
	{ "{\"telemetry\":{\"metadata\":\"m\",\"omitContext\":true}}", "{\"tm\":\"m\",\"omc\":true,\"attempts\":0}" },
	{ "{\"telemetry\":{}}", "{\"attempts\":0}" },
	{ "{\"repeatJobKey\":\"r\"}", "{\"attempts\":0}" },
	{ "{\"removeOnComplete\":true,\"removeOnFail\":{\"age\":1,\"count\":2,\"limit\":3}}",
	  "{\"removeOnComplete\":true,\"removeOnFail\":{\"age\":1,\"count\":2,\"limit\":3},\"attempts\":0}" },
	{ "{\"unknown\":{\"deep\":[1,\"x\",null]},\"f\\u00e9\":1}",
	  "{\"unknown\":{\"deep\":[1,\"x\",null]},\"f\xc3\xa9\":1,\"attempts\":0}" },
	{ "{\"jobId\":\"a:b:c\"}", "{\"jobId\":\"a:b:c\",\"attempts\":0}" },
	{ "{\"parent\":{\"id\":\"p\",\"queue\":\"bull:q\"}}",
	  "{\"parent\":{\"id\":\"p\",\"queue\":\"bull:q\"},\"attempts\":0}" },
};

WQ_TEST(options_are_stored_by_their_short_names)
{
	for (size_t i = 0; i < WQ_COUNT(stored_rows); i++) {
		const char *what = stored_rows[i].opts ? stored_rows[i].opts : "none";

		WQ_CHECK_INT(what, read_opts(stored_rows[i].opts, "{}"), 0);
		WQ_CHECK_SLICE(what, item.opts, stored_rows[i].stored);
		done();
	}
}

static const struct {
	const char *opts, *says;
} refused_rows[] = {
	{ "[]", "opts is not an object" },
	{ "7", "opts is not an object" },
	{ "{\"jobId\":\"0\"}", "jobId cannot be 0 or start with 0:" },
	{ "{\"jobId\":\"0:x\"}", "jobId cannot be 0 or start with 0:" },
	{ "{\"jobId\":\"12\"}", "jobId cannot be an integer" },
	{ "{\"jobId\":\"-7\"}", "jobId cannot be an integer" },
	{ "{\"jobId\":\"9007199254740992\"}", "jobId cannot be an integer" },
	{ "{\"jobId\":12}", "jobId is not a text" },
	{ "{\"jobId\":\"a:b\"}", "jobId cannot contain a colon" },
	{ "{\"jobId\":\"a:b:c:d\"}", "jobId cannot contain a colon" },
	{ "{\"jobId\":\"wait\"}", "jobId is the name of a key of the queue itself" },
	{ "{\"jobId\":\"de:a:b\"}", "jobId is the name of a key of the queue itself" },
	{ "{\"priority\":1.5}", "priority is not a whole number" },
	{ "{\"priority\":2097152}", "priority is not between 0 and 2097151" },
	{ "{\"priority\":-1}", "priority is not between 0 and 2097151" },
	{ "{\"priority\":\"1\"}", "priority is not between 0 and 2097151" },
	{ "{\"delay\":\"5\"}", "delay is not a number of milliseconds" },
	{ "{\"delay\":1e15}", "delay is more than ten years" },
	{ "{\"timestamp\":\"now\"}", "timestamp is not a time in milliseconds since 1970" },
	{ "{\"timestamp\":1e18}", "timestamp is not a time in milliseconds since 1970" },
	{ "{\"attempts\":-1}", "attempts is not a whole number of 0 or more" },
	{ "{\"attempts\":\"3\"}", "attempts is not a whole number of 0 or more" },
	{ "{\"backoff\":-1}", "backoff is not a number of milliseconds" },
	{ "{\"backoff\":\"fixed\"}", "backoff is neither a number nor an object" },
	{ "{\"backoff\":{\"delay\":1}}", "backoff.type is missing" },
	{ "{\"backoff\":{\"type\":\"fixed\",\"delay\":\"1\"}}", "backoff.delay is not a number of milliseconds" },
	{ "{\"backoff\":{\"type\":\"fixed\",\"jitter\":2}}", "backoff.jitter is not between 0 and 1" },
	{ "{\"backoff\":{\"type\":\"fixed\",\"type\":\"x\"}}", "backoff has the same field twice" },
	{ "{\"removeOnComplete\":\"yes\"}", "removeOnComplete is neither true, false, a number nor an object" },
	{ "{\"removeOnFail\":{\"age\":\"1\"}}", "removeOnFail has an age, count or limit that is not a number" },
	{ "{\"sizeLimit\":1}", "sizeLimit is less than the size of the data" },
	{ "{\"sizeLimit\":\"1\"}", "sizeLimit is not a number of bytes" },
	{ "{\"stackTraceLimit\":1.5}", "stackTraceLimit is not a whole number of 0 or more" },
	{ "{\"keepLogs\":\"2\"}", "keepLogs is not a whole number of 0 or more" },
	{ "{\"failParentOnFailure\":true,\"ignoreDependencyOnFailure\":true}",
	  "ignoreDependencyOnFailure cannot be used with another option of what a failure does to the parent" },
	{ "{\"deduplication\":{}}", "deduplication has no id" },
	{ "{\"deduplication\":{\"id\":\"\"}}", "deduplication has no id" },
	{ "{\"deduplication\":\"d\"}", "deduplication is not an object" },
	{ "{\"deduplication\":{\"id\":\"d\",\"ttl\":\"5\"}}",
	  "deduplication has a ttl that is not a number of milliseconds" },
	{ "{\"deduplication\":{\"id\":\"d\"},\"parent\":{\"id\":\"p\",\"queue\":\"bull:q\"}}",
	  "deduplication cannot be used with a parent" },
	{ "{\"deduplication\":{\"id\":\"d\"},\"debounce\":{\"id\":\"d\"}}",
	  "debounce is the old name of deduplication: use one of them" },
	{ "{\"parent\":\"p\"}", "parent is not an object" },
	{ "{\"parent\":{\"queue\":\"bull:q\"}}", "parent.id is missing" },
	{ "{\"parent\":{\"id\":\"p\"}}", "parent.queue is missing" },
	{ "{\"parent\":{\"id\":\"p\",\"queue\":\"q\"}}",
	  "parent.queue is not a prefix, a colon and the name of a queue" },
	{ "{\"repeat\":{\"every\":5}}", "repeat is not an option of one job: make a job scheduler" },
	{ "{\"telemetry\":\"x\"}", "telemetry is not an object" },
	{ "{\"priority\":1,\"priority\":99999999}", "opts has the same field twice" },
};

WQ_TEST(what_cannot_be_used_is_said)
{
	for (size_t i = 0; i < WQ_COUNT(refused_rows); i++) {
		WQ_CHECK_INT(refused_rows[i].opts, read_opts(refused_rows[i].opts, "{}"),
		             WQ_EINVAL);
		WQ_CHECK_STR(refused_rows[i].opts, why, refused_rows[i].says);
		done();
	}
}

WQ_TEST(an_item_is_filled)
{
	WQ_CHECK_INT(
		"all",
		read_opts(
			"{\"jobId\":\"mine\",\"delay\":12.7,\"priority\":5,\"timestamp\":1700000000000,"
			"\"lifo\":1,\"repeatJobKey\":\"s\",\"sizeLimit\":9}",
			"{\"x\":12}"),
		0);
	WQ_CHECK_SLICE("id", item.id, "mine");
	WQ_CHECK_INT("delay", item.delay_ms, 12);
	WQ_CHECK_INT("priority", item.priority, 5);
	WQ_CHECK_INT("timestamp", item.timestamp_ms, 1700000000000);
	WQ_CHECK_INT("flags", item.flags, WQ_ADD_LIFO);
	WQ_CHECK_SLICE("scheduler", item.scheduler, "s");
	WQ_CHECK_SLICE("base", item.base, "bull:q:");
	done();
	WQ_CHECK_INT(
		"dedup",
		read_opts(
			"{\"deduplication\":{\"id\":\"d\",\"ttl\":70,\"replace\":true,\"extend\":1,"
			"\"keepLastIfActive\":true,\"reschedule\":true},\"delay\":-5}",
			"1"),
		0);
	WQ_CHECK_SLICE("dedup id", item.dedup_id, "d");
	WQ_CHECK_INT("ttl", item.dedup_ttl_ms, 70);
	WQ_CHECK_INT("modes", item.flags,
	             WQ_ADD_REPLACE | WQ_ADD_EXTEND | WQ_ADD_KEEP_LAST | WQ_ADD_RESCHEDULE);
	WQ_CHECK_INT("the past is now", item.delay_ms, 0);
	done();
	WQ_CHECK_INT("child",
	             read_opts("{\"parent\":{\"id\":\"p\\\"1\",\"queue\":\"bull:q\"},"
	                       "\"removeDependencyOnFailure\":true}",
	                       "1"),
	             0);
	WQ_CHECK_SLICE("parent key", item.parent_key, "bull:q:p\"1");
	WQ_CHECK_SLICE("parent", item.parent,
	               "{\"id\":\"p\\u00221\",\"queueKey\":\"bull:q\",\"rdof\":true}");
	done();
}

WQ_TEST(ids_that_look_like_numbers_but_are_none)
{
	static const char *const fine[] = { "1.0", "01", "+1", "1e3", "-", "-0", "12a", "1234567890123456789",
		                            "9007199254740993", "1000000000000000000000", "waiting" };

	for (size_t i = 0; i < WQ_COUNT(fine); i++)
		WQ_CHECK(fine[i], wq_job_id_problem(wq_str(fine[i])) == NULL);
	WQ_CHECK("as JavaScript writes it",
	         wq_job_id_problem(wq_str("100000000000000000000")) != NULL);
	WQ_CHECK("too long", wq_job_id_problem(wq_strn("", 100000)) != NULL);
}

WQ_TEST(options_are_bounded)
{
	struct wq_buf b;

	wq_buf_init(&b, 1u << 20);
	WQ_CHECK_INT("room", wq_buf_add_text(&b, "{\"x\":\""), 0);
	for (int i = 0; i < 70000; i++)
		wq_buf_add_char(&b, 'x');
	wq_buf_add_text(&b, "\"}");
	WQ_CHECK_INT("large", read_opts(wq_buf_text(&b), "{}"), WQ_ETOOBIG);
	WQ_CHECK_STR("large", why, "the options are too large");
	done();
	wq_buf_clear(&b);
	wq_buf_add_text(&b, "{");
	for (int i = 0; i < 101; i++)
		wq_buf_addf(&b, "%s\"k%d\":1", i ? "," : "", i);
	wq_buf_add_text(&b, "}");
	WQ_CHECK_INT("many", read_opts(wq_buf_text(&b), "{}"), WQ_EINVAL);
	WQ_CHECK_STR("many", why, "opts has too many fields");
	done();
	wq_buf_fini(&b);
}

static struct wq_flow_tree tree;

static int read_tree(const char *text)
{
	wq_arena_init(&arena, ARENA_BYTES);
	doc = wq_json_read(wq_str(text), 512, NULL);
	WQ_CHECK(text, doc);
	return wq_flow_tree_read(&tree, yyjson_doc_get_root(doc), wq_str("bull"), &arena, &why);
}

WQ_TEST(a_flow_is_a_list_level_by_level)
{
	WQ_CHECK_INT(
		"tree",
		read_tree("{\"name\":\"a\",\"queueName\":\"q\",\"data\":{\"x\":[1]},"
	                  "\"opts\":{\"jobId\":\"A\"},\"children\":["
	                  "{\"name\":\"b\",\"queueName\":\"r\","
	                  "\"children\":[{\"name\":\"c\",\"queueName\":\"q\",\"prefix\":\"p2\"}]},"
	                  "{\"name\":\"d\",\"queueName\":\"q\","
	                  "\"opts\":{\"failParentOnFailure\":true,\"jobId\":\"D\"}}]}"),
		0);
	WQ_CHECK_INT("nodes", tree.n, 4);
	WQ_CHECK_SLICE("root", tree.items[0].id, "A");
	WQ_CHECK_INT("root waits", tree.items[0].flags, WQ_ADD_CHILDREN);
	WQ_CHECK_SLICE("data", tree.items[0].data, "{\"x\":[1]}");
	WQ_CHECK_INT("root has no parent", tree.items[0].parent_key.n, 0);
	WQ_CHECK_SLICE("second", tree.items[1].name, "b");
	WQ_CHECK_SLICE("no data", tree.items[1].data, "{}");
	WQ_CHECK_INT("a UUID", tree.items[1].id.n, 36);
	WQ_CHECK("version 4", tree.items[1].id.p[14] == '4');
	WQ_CHECK_SLICE("its parent", tree.items[1].parent_key, "bull:q:A");
	WQ_CHECK_INT("both", tree.items[1].flags, WQ_ADD_CHILDREN | WQ_ADD_FLOW);
	WQ_CHECK_SLICE("policy", tree.items[2].parent,
	               "{\"id\":\"A\",\"queueKey\":\"bull:q\",\"fpof\":true}");
	WQ_CHECK_SLICE(
		"stored", tree.items[2].opts,
		"{\"fpof\":true,\"jobId\":\"D\",\"attempts\":0,\"parent\":{\"id\":\"A\",\"queue\":\"bull:q\"}}");
	WQ_CHECK_SLICE("the next level last", tree.items[3].base, "p2:q:");
	WQ_CHECK("its parent", wq_str_starts(tree.items[3].parent_key, "bull:r:"));
	done();
}

WQ_TEST(a_flow_that_cannot_be)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "{\"queueName\":\"q\"}", "job \"\": name is missing" },
		{ "[]", "job \"\": name is missing" },
		{ "{\"name\":\"a\"}", "job \"a\": the name of a queue is empty" },
		{ "{\"name\":\"a\",\"queueName\":\"x:y\"}",
		  "job \"a\": the name of a queue may not contain a colon" },
		{ "{\"name\":\"a\",\"queueName\":\"q\",\"children\":7}",
		  "job \"a\": children is not a list" },
		{ "{\"name\":\"a\",\"queueName\":\"q\",\"children\":["
		  "{\"name\":\"b\",\"queueName\":\"q\",\"opts\":{\"priority\":-1}}]}",
		  "job \"b\": priority is not between 0 and 2097151" },
		{ "{\"name\":\"a\",\"queueName\":\"q\",\"children\":[{\"name\":\"b\",\"queueName\":\"q\","
		  "\"opts\":{\"deduplication\":{\"id\":\"d\"}}}]}",
		  "job \"b\": deduplication cannot be used with a parent" },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		WQ_CHECK_INT(rows[i].text, read_tree(rows[i].text), WQ_EINVAL);
		WQ_CHECK_STR(rows[i].text, why, rows[i].says);
		done();
	}
}

/* `deep` generations, or `wide` children. */
static char *grow(unsigned deep, unsigned wide)
{
	static char text[200000];
	size_t n = 0;

	for (unsigned i = 0; i < deep; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		                      "{\"name\":\"n\",\"queueName\":\"q\",\"children\":[");
	for (unsigned i = 0; i < wide; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		                      "%s{\"name\":\"n\",\"queueName\":\"q\"}", i ? "," : "");
	for (unsigned i = 0; i < deep; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "]}");
	return text;
}

WQ_TEST(a_flow_is_bounded)
{
	WQ_CHECK_INT("as deep as may be", read_tree(grow(31, 1)), 0);
	WQ_CHECK_INT("all", tree.n, 32);
	done();
	WQ_CHECK_INT("too deep", read_tree(grow(33, 1)), WQ_EINVAL);
	WQ_CHECK_STR("too deep", why, "job \"n\": has children that are nested too deeply");
	done();
	WQ_CHECK_INT("as many as may be", read_tree(grow(1, 999)), 0);
	done();
	WQ_CHECK_INT("too many", read_tree(grow(1, 1000)), WQ_ETOOBIG);
	WQ_CHECK_STR("too many", why, "the flow has too many jobs");
	done();
}

static void without_memory(void)
{
	static const char text[] =
		"{\"name\":\"a\",\"queueName\":\"q\",\"data\":1,\"children\":[{\"name\":\"b\",\"queueName\":\"r\","
		"\"opts\":{\"backoff\":5,\"priority\":2}}]}";
	int rc;

	wq_arena_init(&arena, ARENA_BYTES);
	doc = wq_json_read(wq_str(text), DEPTH, NULL);
	if (doc) {
		rc = wq_flow_tree_read(&tree, yyjson_doc_get_root(doc), wq_str("bull"), &arena,
		                       &why);
		WQ_CHECK("one or the other", rc == 0 || rc == WQ_ENOMEM);
		WQ_CHECK("a sentence", rc == 0 || why);
	}
	done();
}

WQ_TEST(memory_ends)
{
	wq_fault_sweep("a flow of two", without_memory, 200);
}

WQ_TEST_MAIN(WQ_CASE(options_are_stored_by_their_short_names), WQ_CASE(what_cannot_be_used_is_said),
             WQ_CASE(an_item_is_filled), WQ_CASE(ids_that_look_like_numbers_but_are_none),
             WQ_CASE(options_are_bounded), WQ_CASE(a_flow_is_a_list_level_by_level),
             WQ_CASE(a_flow_that_cannot_be), WQ_CASE(a_flow_is_bounded), WQ_CASE(memory_ends))
