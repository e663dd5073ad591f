/* SPDX-License-Identifier: MIT */
/* dead_line_test.c — lines of an export, and the letters that they become. */
#include "queue/dead_line.h"

#include "base/err.h"
#include "base/json_member.h"
#include "support/fault.h"
#include "support/test.h"

enum { LETTER_BYTES = 4096 };

WQ_TEST(members_as_they_were_written)
{
	/* want NULL: there is none */
	static const struct {
		const char *object, *key, *want;
	} cases[] = {
		{ "{}", "a", NULL },
		{ "{\"a\":1}", "a", "1" },
		{ " { \"a\" : 1.0 , \"b\" : [ 1 , 2 ] } ", "b", "[ 1 , 2 ]" },
		{ " { \"a\" : 1.0 , \"b\" : [ 1 , 2 ] } ", "a", "1.0" },
		{ "{\"a\":{\"b\":1}}", "b", NULL },
		{ "{\"x\":\"a\",\"a\":\"x\"}", "a", "\"x\"" },
		{ "{\"x\":\"\\\",\\\"a\\\":1\"}", "a", NULL },
		{ "{\"a\":1,\"a\":2}", "a", "2" },
		{ "{\"ab\":1}", "a", NULL },
		{ "{\"\\u0061\":1}", "a", NULL },
		{ "{\"\":7}", "", "7" },
		{ "{\"a\":{\"}\":\"{\"},\"b\":\"]\"}", "b", "\"]\"" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_json_member m = { 0 };
		bool found = wq_json_member_find(wq_str(cases[i].object), cases[i].key, &m);

		WQ_CHECK_INT(cases[i].object, found, cases[i].want != NULL);
		if (found)
			WQ_CHECK_SLICE(cases[i].object, m.value, cases[i].want);
	}
}

WQ_TEST(line_table)
{
	/* want NULL: refused */
	static const struct {
		const char *line, *name, *want;
	} cases[] = {
		{ "{\"id\":\"12\",\"queue\":\"q\",\"job_id\":\"7\",\"name\":\"send\",\"reason\":\"why \\\"so\\\"\","
		  "\"attempts_made\":3,\"failed_at\":1000,\"account\":null,\"data\":{\"n\": 1.50},"
		  "\"stacktrace\":[\"s\"],\"opts\":{\"attempts\":3}}",
		  "send",
		  "{\"n\": 1.50,\"dlq\":{\"queue\":\"q\",\"id\":\"7\",\"failedReason\":\"why \\u0022so\\u0022\","
		  "\"attemptsMade\":3,\"stacktrace\":[\"s\"],\"failedAt\":1000,\"opts\":{\"attempts\":3}}}" },
		{ "{\"data\":[1.0]}", "",
		  "{\"value\":[1.0],\"dlq\":{\"queue\":\"\",\"id\":\"\",\"failedReason\":\"\",\"attemptsMade\":1,"
		  "\"stacktrace\":[],\"failedAt\":0,\"opts\":{},\"wrapped\":true}}" },
		{ "{\"data\":null,\"name\":7,\"opts\":[],\"stacktrace\":{},\"attempts_made\":-5,\"failed_at\":\"x\"}",
		  "",
		  "{\"value\":null,\"dlq\":{\"queue\":\"\",\"id\":\"\",\"failedReason\":\"\",\"attemptsMade\":1,"
		  "\"stacktrace\":[],\"failedAt\":0,\"opts\":{},\"wrapped\":true}}" },
		{ "", NULL, NULL },
		{ "[]", NULL, NULL },
		{ "{\"name\":\"x\"}", NULL, NULL },
		{ "{\"d\\u0061ta\":1}", NULL, NULL },
		{ "{\"data\":null,\"truncated\":true}", NULL, NULL },
		{ "{\"data\":", NULL, NULL },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_dead_line d;
		struct wq_buf out;

		wq_buf_init(&out, LETTER_BYTES);
		WQ_CHECK_INT(cases[i].line, wq_dead_line_read(&d, wq_str(cases[i].line), &out),
		             cases[i].want ? 0 : WQ_EPARSE);
		WQ_CHECK_INT(cases[i].line, d.why == NULL, cases[i].want != NULL);
		if (cases[i].want) {
			WQ_CHECK_SLICE(cases[i].line, d.name, cases[i].name);
			WQ_CHECK_SLICE(cases[i].line, wq_buf_str(&out), cases[i].want);
		}
		wq_dead_line_fini(&d);
		wq_dead_line_fini(&d);
		wq_buf_fini(&out);
	}
}

static void without_memory(void)
{
	struct wq_dead_line d;
	struct wq_buf out;

	wq_buf_init(&out, LETTER_BYTES);
	if (wq_dead_line_read(&d, wq_str("{\"data\":{\"a\":1}}"), &out) == 0)
		WQ_CHECK("whole", wq_str_starts(wq_buf_str(&out), "{\"a\":1,\"dlq\":{"));
	else
		WQ_CHECK("not the line's fault", d.why == NULL);
	wq_dead_line_fini(&d);
	wq_buf_fini(&out);
}

WQ_TEST(memory_may_run_out)
{
	WQ_CHECK("tried", wq_fault_sweep("line", without_memory, 50).runs >= 3);
}

WQ_TEST_MAIN(WQ_CASE(members_as_they_were_written), WQ_CASE(line_table),
             WQ_CASE(memory_may_run_out))
