/* SPDX-License-Identifier: MIT */
/* sequence_test.c — definitions read and written again, delays, and what becomes of a step that is due: tables. */
#include "base/assert.h"
#include "domain/sequence/decide.h"
#include "domain/sequence/prepare.h"
#include "support/fault.h"
#include "support/test.h"

enum { NOW = 1000000, ARENA_BYTES = 1 << 20, RUNS_MAX = 500 };

#define OPEN    .can.window_ms = NOW + 1
#define REACHED .reachable = true

/* clang-format off: read by column */
static const struct {
	const char *what;
	struct wq_step_facts facts;
	enum wq_seq_closed closed;
	struct wq_step_decision want;
} cases[] = {
	{ "an open window", { OPEN, REACHED }, WQ_SEQ_CLOSED_PENDING, { WQ_STEP_SEND, .why = "" } },
	{ "closed to the ms", { .can.window_ms = NOW, REACHED }, WQ_SEQ_CLOSED_PENDING,
	  { WQ_STEP_PENDING, .why = "window_closed" } },
	{ "never wrote", { REACHED }, WQ_SEQ_CLOSED_PENDING, { WQ_STEP_PENDING, .why = "window_closed" } },
	{ "closed: skip", { REACHED }, WQ_SEQ_CLOSED_SKIP, { WQ_STEP_SKIP, .why = "window_closed" } },
	{ "closed: fail", { REACHED }, WQ_SEQ_CLOSED_FAIL, { WQ_STEP_STOP, .why = "window_closed" } },
	{ "closed: template", { REACHED }, WQ_SEQ_CLOSED_TEMPLATE, { WQ_STEP_SEND, .why = "", .fallback = true } },
	{ "closed: force", { REACHED }, WQ_SEQ_CLOSED_FORCE, { WQ_STEP_SEND, .why = "", .forced = true } },
	{ "a template needs none", { REACHED, .template = true }, WQ_SEQ_CLOSED_PENDING, { WQ_STEP_SEND, .why = "" } },
	{ "free entry point", { OPEN, .can.free_ms = NOW + 1, REACHED },
	  WQ_SEQ_CLOSED_SKIP, { WQ_STEP_SEND, .why = "" } },
	{ "no windows there", { .can.windowless = true, REACHED }, WQ_SEQ_CLOSED_SKIP, { WQ_STEP_SEND, .why = "" } },
	{ "opted out", { OPEN, .can.optout_ms = 1, REACHED }, WQ_SEQ_CLOSED_FORCE,
	  { WQ_STEP_STOP, .why = "opted_out" } },
	{ "blocked", { OPEN, .can.blocked_ms = 1, REACHED }, WQ_SEQ_CLOSED_FORCE, { WQ_STEP_PAUSE, .why = "blocked" } },
	{ "probably blocked", { OPEN, REACHED, .blocked_probable = true }, WQ_SEQ_CLOSED_SKIP,
	  { WQ_STEP_PAUSE, .why = "blocked" } },
	{ "no name to write to", { OPEN }, WQ_SEQ_CLOSED_SKIP, { WQ_STEP_PENDING, .why = "no_address" } },
	{ "outside its hours", { OPEN, REACHED, .open_ms = NOW + 5 }, WQ_SEQ_CLOSED_SKIP,
	  { WQ_STEP_WAIT, .until_ms = NOW + 5, .why = "outside_hours" } },
};

static const struct {
	const char *text;
	int64_t ms; /* -1: it is none */
	const char *written;
} delays[] = {
	{ "0", 0, "0s" }, { "0s", 0, "0s" }, { "90s", 90000, "90s" }, { "120s", 120000, "2m" },
	{ "1d 12h", 129600000, "36h" }, { "2w", 1209600000, "14d" }, { "250ms", 250, "250ms" },
	{ " 1h ", 3600000, "1h" }, { "366d", INT64_C(31622400000), "366d" }, { "367d", -1, "" },
	{ "", -1, "" }, { "soon", -1, "" }, { "1", -1, "" }, { "-1h", -1, "" }, { "1h2", -1, "" },
	{ "999999999999999999d", -1, "" }, { "366d 1ms", -1, "" },
};
/* clang-format on */

WQ_TEST(decide_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_step_facts facts = cases[i].facts;
		struct wq_step_decision d;

		facts.now_ms = NOW;
		d = wq_step_decide(&facts, cases[i].closed);
		WQ_CHECK_INT(cases[i].what, d.what, cases[i].want.what);
		WQ_CHECK_STR(cases[i].what, d.why, cases[i].want.why);
		WQ_CHECK_INT(cases[i].what, d.fallback, cases[i].want.fallback);
		WQ_CHECK_INT(cases[i].what, d.forced, cases[i].want.forced);
		WQ_CHECK_INT(cases[i].what, d.until_ms, cases[i].want.until_ms);
	}
}

WQ_TEST(delays_read_and_written)
{
	for (size_t i = 0; i < WQ_COUNT(delays); i++) {
		char json[64], text[24];
		yyjson_doc *doc;
		int64_t ms = 0;
		bool good;

		snprintf(json, sizeof(json), "\"%s\"", delays[i].text);
		doc = wq_json_read(wq_str(json), 4, NULL);
		good = wq_seq_delay_read(yyjson_doc_get_root(doc), &ms);
		wq_json_free(doc);
		WQ_CHECK_INT(delays[i].text, good, delays[i].ms >= 0);
		if (!good)
			continue;
		WQ_CHECK_INT(delays[i].text, ms, delays[i].ms);
		wq_seq_delay_write(ms, text);
		WQ_CHECK_STR(delays[i].text, text, delays[i].written);
	}
}

static const char definition[] =
	"{\"name\":\"Welcome\",\"on_answer\":\"stop\",\"language\":\"es\",\"hours\":\"business\",\"again\":true,"
	"\"variables\":{\"agent\":\"Ana\"},\"steps\":["
	"{\"delay\":\"0s\",\"message\":{\"text\":{\"body\":\"Hi {{name}}\"}}},"
	"{\"name\":\"two\",\"delay\":\"3h\",\"message\":{\"use\":{\"template\":\"greeting\"}},"
	"\"when_closed\":\"template\",\"fallback\":{\"template\":{\"name\":\"a\",\"language\":{\"code\":\"es\"}}}}]}";

/* What is written is what was read, and reads as itself. */
static int prepare(struct wq_seq_put *put, struct wq_arena *a)
{
	struct wq_sequence_problem p;
	yyjson_val *root;
	int rc;

	wq_arena_init(a, ARENA_BYTES);
	rc = wq_json_parse_in(&root, wq_str(definition), 32, a);
	return rc == 0 ? wq_sequence_prepare(put, root, NULL, a, &p) : rc;
}

WQ_TEST(a_definition_is_written_as_it_was_read)
{
	struct wq_seq_put put = { .rev = 0 };
	struct wq_arena a;

	WQ_CHECK_INT("prepared", prepare(&put, &a), 0);
	WQ_CHECK("the same", wq_str_is(put.spec, definition));
	WQ_CHECK_INT("steps", (int)put.n, 2);
	WQ_CHECK_INT("delay", put.steps[1].delay_ms, 10800000);
	WQ_CHECK("head",
	         wq_str_is(put.head, "{\"language\":\"es\",\"variables\":{\"agent\":\"Ana\"}}"));
	wq_arena_fini(&a);
}

static void prepare_once(void)
{
	struct wq_seq_put put = { .rev = 0 };
	struct wq_arena a;

	(void)prepare(&put, &a);
	wq_arena_fini(&a);
}

WQ_TEST(a_definition_without_memory)
{
	struct wq_fault_result r = wq_fault_sweep("definition", prepare_once, RUNS_MAX);

	WQ_CHECK("each allocation failed once", r.runs > 5);
}

WQ_TEST_MAIN(WQ_CASE(decide_table), WQ_CASE(delays_read_and_written),
             WQ_CASE(a_definition_is_written_as_it_was_read), WQ_CASE(a_definition_without_memory))
