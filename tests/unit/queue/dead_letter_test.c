/* SPDX-License-Identifier: MIT */
/* dead_letter_test.c — what a dead letter says, and that the job comes out of it as it went in. */
#include "queue/dead_letter.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/dead_data.h"
#include "support/fault.h"
#include "support/test.h"

enum { LETTER_BYTES = 4096, HUGE_BYTES = 6000000 };

/* A letter of a job with these data and options, as a worker writes it. */
static struct wq_str letter_of(struct wq_buf *b, struct wq_str data, const char *opts)
{
	struct wq_job job = { .id = wq_str("7"), .name = wq_str("send"), .data = data, .opts = wq_str(opts),
		.attempts_made = 2 };
	const struct wq_dead d = { .queue = wq_str("letters"), .job = &job, .reason = wq_str("no \"way\""),
		.stacktrace = wq_str("[\"s\",\"t\"]"), .failed_at_ms = 1700000000123 };

	wq_buf_init(b, HUGE_BYTES * 2);
	WQ_CHECK_INT("written", wq_dead_data_add(b, &d), 0);
	return wq_buf_str(b);
}

WQ_TEST(what_a_worker_writes)
{
	static const char history[] =
		"\"dlq\":{\"queue\":\"letters\",\"id\":\"7\","
		"\"failedReason\":\"no \\u0022way\\u0022\",\"attemptsMade\":3,"
		"\"stacktrace\":[\"s\",\"t\"],\"failedAt\":1700000000123,\"opts\":";
	/* '@' stands for the history */
	static const struct {
		const char *data, *opts, *want;
	} cases[] = {
		{ "{}", "{}", "{@{}}}" },
		{ "{ }", "{}", "{@{}}}" },
		{ "{\"a\":1.0,\"b\": 2}", "{\"x\":1}", "{\"a\":1.0,\"b\": 2,@{\"x\":1}}}" },
		{ "[1]", "[", "{\"value\":[1],@{},\"wrapped\":true}}" },
		{ "no JSON", "7", "{\"value\":\"no JSON\",@{},\"wrapped\":\"text\"}}" },
		{ "{\"a\":1,\"dlq\":{\"old\":1},\"b\":2}", "{}", "{\"a\":1,\"b\":2,@{}}}" },
		{ " {\"a\":1} ", "{}", "{\"a\":1,@{}}}" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		int at = (int)wq_str_find(wq_str(cases[i].want), '@');
		char want[1000];
		struct wq_buf b;

		snprintf(want, sizeof(want), "%.*s%s%s", at, cases[i].want, history,
		         cases[i].want + at + 1);
		WQ_CHECK_SLICE(cases[i].data, letter_of(&b, wq_str(cases[i].data), cases[i].opts),
		               want);
		wq_buf_fini(&b);
	}
}

/* Read, and the job's data out of it. */
static void check_data(const char *what, struct wq_str letter, struct wq_str want)
{
	struct wq_job job = { .id = wq_str("1"), .data = letter };
	struct wq_dead_letter l;
	struct wq_buf out;

	wq_buf_init(&out, HUGE_BYTES * 2);
	WQ_CHECK_INT("read", wq_dead_letter_read(&l, &job), 0);
	WQ_CHECK_INT("data", wq_dead_letter_data_add(&l, &out), 0);
	if (!wq_str_eq(wq_buf_str(&out), want))
		print_error("%s: got %.*s\n", what, (int)(out.n < 200 ? out.n : 200), out.p);
	WQ_CHECK(what, wq_str_eq(wq_buf_str(&out), want));
	wq_buf_fini(&out);
	wq_dead_letter_fini(&l);
	wq_dead_letter_fini(&l);
}

WQ_TEST(data_come_back_byte_for_byte)
{
	static const char *const cases[] = {
		"{}",
		"{\"a\":1}",
		"{\"a\": 1.10 , \"b\":[ 1e2,{\"dlq\":3}] }",
		"{\"big\":123456789012345678901234567890,\"small\":0.1000}",
		"{\"k\\u0065y\":\"\\u00e9 \\\" \\\\\",\"é\":\"}\",\"]\":\"{\"}",
		"{\"a\":{\"dlq\":{\"queue\":\"x\"}},\"b\":\"\\\"dlq\\\":1\"}",
		"{\"value\":[1],\"v\":2}",
		"{\"a\":1,\"a\":2}",
		"[1, 2.50]",
		"[]",
		"\"dlq\"",
		"\"a, b} \\\" c\"",
		"17.10",
		"123456789012345678901234567890",
		"null",
		"false",
		"{broken",
		"no JSON",
		"",
		"{\"a\":1}}",
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_buf b;

		check_data(cases[i], letter_of(&b, wq_str(cases[i]), "{}"), wq_str(cases[i]));
		wq_buf_fini(&b);
	}
}

WQ_TEST(data_of_letters_that_others_wrote)
{
	static const struct {
		const char *letter, *want;
	} cases[] = {
		{ "{\"a\":1}", "{\"a\":1}" },
		{ "", "{}" },
		{ "[1]", "[1]" },
		{ "{broken", "{broken" },
		{ "{\"dlq\":7,\"a\":1}", "{\"dlq\":7,\"a\":1}" },
		{ "{\"dlq\":null}", "{\"dlq\":null}" },
		{ "{\"dlq\":{}}", "{}" },
		{ "{ \"dlq\" : { } }", "{}" },
		{ "{\"dlq\":{\"id\":1},\"a\":1}", "{\"a\":1}" },
		{ "{\"a\":1 , \"dlq\":{\"id\":1} , \"b\":2}", "{\"a\":1 ,  \"b\":2}" },
		{ "{\"a\":1,\n \"dlq\":{\"x\":[\"}\",{}]}\n}", "{\"a\":1}" },
		{ "{\"a\":1,\"dlq\":{\"wrapped\":true}}", "{\"a\":1}" },
		{ "{\"value\":5,\"dlq\":{\"wrapped\":1}}", "{\"value\":5}" },
		{ "{\"value\":5,\"dlq\":{\"wrapped\":\"text\"}}", "{\"value\":5}" },
		{ "{\"dlq\":{\"wrapped\":true},\"value\" : [1.0] }", "[1.0]" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		check_data(cases[i].letter, wq_str(cases[i].letter), wq_str(cases[i].want));
}

/* The parser knows a key by its meaning, the search by its bytes: such a letter keeps it. */
WQ_TEST(a_key_in_disguise_is_left_alone)
{
	static const char letter[] = "{\"a\":1,\"d\\u006cq\":{\"id\":\"7\"}}";

	check_data("disguise", wq_str(letter), wq_str(letter));
}

WQ_TEST(huge_data)
{
	char *text = wq_alloc(HUGE_BYTES);
	struct wq_buf b;

	memset(text, '[', HUGE_BYTES);
	text[0] = '{';
	text[1] = text[3] = text[5] = text[HUGE_BYTES - 2] = '"';
	text[2] = 'k';
	text[4] = ':';
	text[HUGE_BYTES - 1] = '}';
	check_data("huge", letter_of(&b, wq_strn(text, HUGE_BYTES), "{}"),
	           wq_strn(text, HUGE_BYTES));
	wq_buf_fini(&b);
	/* deeper than anybody looks: text, as it was */
	memset(text, '[', 2000);
	memset(text + 2000, ']', 2000);
	check_data("deep", letter_of(&b, wq_strn(text, 4000), "{}"), wq_strn(text, 4000));
	wq_buf_fini(&b);
	wq_free(text);
}

WQ_TEST(the_history_is_read)
{
	struct wq_job job = { .id = wq_str("1"), .name = wq_str("send"), .timestamp_ms = 5 };
	struct wq_dead_letter l;
	struct wq_buf b, out;

	wq_buf_init(&out, LETTER_BYTES);
	job.data = letter_of(&b, wq_str("{\"businessId\":\"b1\"}"),
	                     "{\"attempts\":3,\"backoff\":{\"type\":\"fixed\",\"delay\":1}}");
	WQ_CHECK_INT("read", wq_dead_letter_read(&l, &job), 0);
	WQ_CHECK_SLICE("queue", l.queue, "letters");
	WQ_CHECK_SLICE("id", l.id, "7");
	WQ_CHECK_SLICE("reason", l.reason, "no \"way\"");
	WQ_CHECK_SLICE("account", l.account, "b1");
	WQ_CHECK_INT("attempts", l.attempts_made, 3);
	WQ_CHECK_INT("when", l.failed_at_ms, 1700000000123);
	WQ_CHECK_INT("traces", yyjson_arr_size(l.stacktrace), 2);
	WQ_CHECK_INT("opts", wq_dead_letter_opts_add(&l, &out), 0);
	WQ_CHECK_SLICE("opts", wq_buf_str(&out),
	               "{\"attempts\":3,\"backoff\":{\"type\":\"fixed\",\"delay\":1}}");
	wq_dead_letter_fini(&l);
	wq_buf_fini(&out);
	wq_buf_fini(&b);
}

WQ_TEST(foreign_histories)
{
	static const struct {
		const char *letter, *queue, *id, *reason, *account, *opts;
		int64_t failed_at;
	} cases[] = {
		{ "{}", "", "", "", "", "{\"attempts\":0}", 5 },
		{ "x", "", "", "", "", "{\"attempts\":0}", 5 },
		{ "{\"dlq\":[1]}", "", "", "", "", "{\"attempts\":0}", 5 },
		{ "{\"dlq\":{\"queue\":1,\"id\":42,\"failedReason\":{},\"failedAt\":\"x\",\"opts\":[]}}",
		  "", "42", "", "", "{\"attempts\":0}", 5 },
		{ "{\"accountId\":17,\"dlq\":{\"failedAt\":9,\"opts\":{}}}", "", "", "", "17", "{}",
		  9 },
		{ "{\"businessId\":null,\"accountId\":\"a\"}", "", "", "", "a", "{\"attempts\":0}",
		  5 },
		{ "{\"businessId\":18446744073709551615}", "", "", "", "18446744073709551615",
		  "{\"attempts\":0}", 5 },
		{ "{\"businessId\":-4}", "", "", "", "-4", "{\"attempts\":0}", 5 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_job job = { .id = wq_str("1"),
			              .data = wq_str(cases[i].letter),
			              .timestamp_ms = 5 };
		struct wq_dead_letter l;
		struct wq_buf out;

		wq_buf_init(&out, LETTER_BYTES);
		WQ_CHECK_INT("read", wq_dead_letter_read(&l, &job), 0);
		WQ_CHECK_SLICE(cases[i].letter, l.queue, cases[i].queue);
		WQ_CHECK_SLICE(cases[i].letter, l.id, cases[i].id);
		WQ_CHECK_SLICE(cases[i].letter, l.reason, cases[i].reason);
		WQ_CHECK_SLICE(cases[i].letter, l.account, cases[i].account);
		WQ_CHECK_INT(cases[i].letter, l.failed_at_ms, cases[i].failed_at);
		WQ_CHECK_INT("opts", wq_dead_letter_opts_add(&l, &out), 0);
		WQ_CHECK_SLICE(cases[i].letter, wq_buf_str(&out), cases[i].opts);
		wq_buf_fini(&out);
		wq_dead_letter_fini(&l);
	}
}

WQ_TEST(a_letter_without_its_data)
{
	struct wq_job job = { .id = wq_str("1"), .timestamp_ms = 5 };
	struct wq_dead_letter l;

	WQ_CHECK_INT("read", wq_dead_letter_read(&l, &job), 0);
	WQ_CHECK_INT("when", l.failed_at_ms, 5);
	WQ_CHECK_INT("queue", l.queue.n, 0);
	wq_dead_letter_fini(&l);
}

/* The letter after an edit. */
static int edit(const char *letter, const char *json, struct wq_buf *out)
{
	struct wq_job job = { .id = wq_str("1"), .data = wq_str(letter) };
	struct wq_dead_letter l;
	int rc;

	wq_buf_init(out, LETTER_BYTES);
	WQ_CHECK_INT("read", wq_dead_letter_read(&l, &job), 0);
	rc = wq_dead_letter_edit_add(&l, wq_str(json), out);
	wq_dead_letter_fini(&l);
	return rc;
}

WQ_TEST(edits)
{
	/* want NULL: refused; back: what a retry sends after it, NULL: the edit */
	static const struct {
		const char *letter, *json, *want, *back;
	} cases[] = {
		{ "{\"a\":1,\"dlq\":{\"id\":\"7\"}}", "{\"b\": 2.0}",
		  "{\"b\": 2.0,\"dlq\":{\"id\":\"7\"}}", NULL },
		{ "{\"dlq\":{\"id\":\"7\"}}", "{}", "{\"dlq\":{\"id\":\"7\"}}", NULL },
		{ "{\"dlq\":{\"id\":\"7\"}}", "{\"dlq\":{\"id\":\"8\"},\"x\":1}",
		  "{\"x\":1,\"dlq\":{\"id\":\"7\"}}", "{\"x\":1}" },
		{ "{\"a\":1,\"dlq\":{\"id\":\"7\"}}", "[1.0]",
		  "{\"value\":[1.0],\"dlq\":{\"id\":\"7\",\"wrapped\":true}}", NULL },
		{ "{\"value\":\"x\",\"dlq\":{\"id\":\"7\",\"wrapped\":\"text\"}}", "{\"a\":1}",
		  "{\"a\":1,\"dlq\":{\"id\":\"7\"}}", NULL },
		{ "{\"value\":[1],\"dlq\":{\"wrapped\":true,\"id\":\"7\"}}", "{\"value\":2}",
		  "{\"value\":2,\"dlq\":{\"id\":\"7\"}}", NULL },
		{ "{\"foreign\":1}", "{\"b\":2}", "{\"b\":2}", NULL },
		{ "{\"foreign\":1}", "17", "17", NULL },
		{ "{\"dlq\":{}}", "{\"a\":", NULL, NULL },
		{ "{\"dlq\":{}}", "", NULL, NULL },
		{ "{\"dlq\":{}}", "{\"a\":NaN}", NULL, NULL },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_buf out;
		int rc = edit(cases[i].letter, cases[i].json, &out);

		WQ_CHECK_INT(cases[i].json, rc, cases[i].want ? 0 : WQ_EPARSE);
		if (cases[i].want) {
			WQ_CHECK_SLICE(cases[i].json, wq_buf_str(&out), cases[i].want);
			check_data(cases[i].json, wq_buf_str(&out),
			           wq_str(cases[i].back ? cases[i].back : cases[i].json));
		}
		wq_buf_fini(&out);
	}
}

static struct wq_job swept = { .id = WQ_STR("1"),
	                       .data = WQ_STR("{\"a\":[1,2],\"dlq\":{\"id\":\"7\",\"opts\":{}}}") };

/* Without memory nothing is known: never another letter than it is. */
static void without_memory(void)
{
	const struct wq_dead d = { .queue = wq_str("q"), .job = &swept };
	struct wq_dead_letter l;
	struct wq_buf out;

	wq_buf_init(&out, LETTER_BYTES);
	if (wq_dead_data_add(&out, &d) == 0)
		WQ_CHECK("written",
		         wq_str_starts(wq_buf_str(&out), "{\"a\":[1,2],\"dlq\":{\"queue\":\"q\""));
	wq_buf_clear(&out);
	if (wq_dead_letter_read(&l, &swept) == 0) {
		WQ_CHECK_SLICE("id", l.id, "7");
		if (wq_dead_letter_data_add(&l, &out) == 0)
			WQ_CHECK_SLICE("data", wq_buf_str(&out), "{\"a\":[1,2]}");
		wq_buf_clear(&out);
		if (wq_dead_letter_edit_add(&l, wq_str("{\"b\":1}"), &out) == 0)
			WQ_CHECK_SLICE("edit", wq_buf_str(&out),
			               "{\"b\":1,\"dlq\":{\"id\":\"7\",\"opts\":{}}}");
	}
	wq_dead_letter_fini(&l);
	wq_buf_fini(&out);
}

WQ_TEST(memory_may_run_out)
{
	WQ_CHECK("tried", wq_fault_sweep("letter", without_memory, 50).runs >= 4);
}

WQ_TEST_MAIN(WQ_CASE(what_a_worker_writes), WQ_CASE(data_come_back_byte_for_byte),
             WQ_CASE(data_of_letters_that_others_wrote), WQ_CASE(a_key_in_disguise_is_left_alone),
             WQ_CASE(huge_data), WQ_CASE(the_history_is_read), WQ_CASE(foreign_histories),
             WQ_CASE(a_letter_without_its_data), WQ_CASE(edits), WQ_CASE(memory_may_run_out))
