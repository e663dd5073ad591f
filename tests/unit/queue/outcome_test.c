/* SPDX-License-Identifier: MIT */
/* outcome_test.c — backoff, options, and what becomes of a job, by tables. */
#include "queue/outcome.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "queue/stack_traces.h"
#include "support/fault.h"
#include "support/test.h"

WQ_TEST(backoff_table)
{
	static const struct {
		const char *what;
		struct wq_backoff b;
		uint32_t failures;
		double random;
		int64_t want;
	} cases[] = {
		{ "none", { WQ_BACKOFF_NONE, 500, 0 }, 3, 0.5, 0 },
		{ "fixed, first", { WQ_BACKOFF_FIXED, 500, 0 }, 1, 0.5, 500 },
		{ "fixed, ninth", { WQ_BACKOFF_FIXED, 500, 0 }, 9, 0.5, 500 },
		{ "exponential, first", { WQ_BACKOFF_EXPONENTIAL, 100, 0 }, 1, 0.5, 100 },
		{ "exponential, second", { WQ_BACKOFF_EXPONENTIAL, 100, 0 }, 2, 0.5, 200 },
		{ "exponential, fifth", { WQ_BACKOFF_EXPONENTIAL, 100, 0 }, 5, 0.5, 1600 },
		{ "jitter 0.5, least", { WQ_BACKOFF_FIXED, 1000, 0.5 }, 1, 0, 500 },
		{ "jitter 0.5, half", { WQ_BACKOFF_FIXED, 1000, 0.5 }, 1, 0.5, 750 },
		{ "jitter 1, least", { WQ_BACKOFF_FIXED, 1000, 1 }, 1, 0, 0 },
		{ "jitter 1, nearly all", { WQ_BACKOFF_EXPONENTIAL, 1000, 1 }, 2, 0.9999, 1999 },
		{ "bounded",
		  { WQ_BACKOFF_EXPONENTIAL, 1000, 0 },
		  4000000000u,
		  0,
		  WQ_JOB_DELAY_MAX_MS },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].what,
		             wq_backoff_ms(&cases[i].b, cases[i].failures, cases[i].random),
		             cases[i].want);
}

WQ_TEST(keep_table)
{
	static const struct {
		const char *opts;
		bool has;
		int64_t count, age_s, limit;
	} cases[] = {
		{ "{}", false, -1, -1, 0 },
		{ "{\"removeOnComplete\":true}", true, 0, -1, 0 },
		{ "{\"removeOnComplete\":false}", true, -1, -1, 0 },
		{ "{\"removeOnComplete\":7}", true, 7, -1, 0 },
		{ "{\"removeOnComplete\":0}", true, 0, -1, 0 },
		{ "{\"removeOnComplete\":-1}", true, -1, -1, 0 },
		{ "{\"removeOnComplete\":{\"age\":60}}", true, -1, 60, 0 },
		{ "{\"removeOnComplete\":{\"age\":60,\"count\":5,\"limit\":9}}", true, 5, 60, 9 },
		{ "{\"removeOnComplete\":{\"age\":1e300,\"count\":1e300}}", true, INT32_MAX,
		  INT32_MAX, 0 },
		{ "{\"removeOnComplete\":\"yes\"}", false, -1, -1, 0 },
		{ "{\"removeOnComplete\":null}", false, -1, -1, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_job_policy p;

		wq_job_policy_read(&p, wq_str(cases[i].opts));
		WQ_CHECK_INT(cases[i].opts, p.has_keep_completed, cases[i].has);
		WQ_CHECK_INT(cases[i].opts, p.keep_completed.count, cases[i].count);
		WQ_CHECK_INT(cases[i].opts, p.keep_completed.age_s, cases[i].age_s);
		WQ_CHECK_INT(cases[i].opts, p.keep_completed.limit, cases[i].limit);
		WQ_CHECK_INT(cases[i].opts, p.broken, 0);
	}
}

WQ_TEST(options_are_read_leniently)
{
	static const char *const broken[] = { "",        "{",     "[]",
		                              "null",    "\"x\"", "{\"attempts\":3",
		                              "\xff\xfe" };
	struct wq_job_policy p;

	for (size_t i = 0; i < WQ_COUNT(broken); i++) {
		wq_job_policy_read(&p, wq_str(broken[i]));
		WQ_CHECK_INT(broken[i], p.broken, 1);
		WQ_CHECK_INT(broken[i], p.attempts, 0);
	}
	wq_job_policy_read(
		&p, wq_str("{\"attempts\":-5,\"backoff\":7,\"stackTraceLimit\":2.9,\"kl\":3}"));
	WQ_CHECK_INT("no attempts", p.attempts, 0);
	WQ_CHECK_INT("a number is fixed", p.backoff.kind, WQ_BACKOFF_FIXED);
	WQ_CHECK_INT("so long", p.backoff.delay_ms, 7);
	WQ_CHECK_INT("traces", p.stack_traces, 2);
	WQ_CHECK_INT("rows", p.logs, 3);
	wq_job_policy_read(
		&p,
		wq_str("{\"attempts\":1e99,\"backoff\":{\"type\":\"exponential\",\"delay\":1e99,\"jitter\":9}}"));
	WQ_CHECK_INT("most attempts", p.attempts, UINT32_MAX);
	WQ_CHECK_INT("longest", p.backoff.delay_ms, WQ_JOB_DELAY_MAX_MS);
	WQ_CHECK("jitter", p.backoff.jitter == 1);
}

static struct wq_outcome_rules rules(void)
{
	return (struct wq_outcome_rules){ .keep_completed = { -1, -1, 0 },
		                          .keep_failed = { 5, -1, 0 },
		                          .queue = wq_str("q") };
}

WQ_TEST(failure_table)
{
	static const struct {
		const char *what, *opts;
		uint32_t made, started, started_max;
		bool unrecoverable;
		enum wq_work_kind want;
		int64_t delay_ms;
	} cases[] = {
		{ "no attempts", "{}", 0, 1, 0, false, WQ_WORK_FAILED, 0 },
		{ "one attempt", "{\"attempts\":1}", 0, 1, 0, false, WQ_WORK_FAILED, 0 },
		{ "two, the first", "{\"attempts\":2}", 0, 1, 0, false, WQ_WORK_RETRY, 0 },
		{ "two, the second", "{\"attempts\":2}", 1, 2, 0, false, WQ_WORK_FAILED, 0 },
		{ "backoff", "{\"attempts\":2,\"backoff\":50}", 0, 1, 0, false, WQ_WORK_DELAYED,
		  50 },
		{ "backoff of the third",
		  "{\"attempts\":9,\"backoff\":{\"type\":\"exponential\",\"delay\":50}}", 2, 3, 0,
		  false, WQ_WORK_DELAYED, 200 },
		{ "unrecoverable", "{\"attempts\":9}", 0, 1, 0, true, WQ_WORK_FAILED, 0 },
		{ "started too often", "{\"attempts\":9}", 0, 3, 3, false, WQ_WORK_FAILED, 0 },
		{ "not yet too often", "{\"attempts\":9}", 0, 2, 3, false, WQ_WORK_RETRY, 0 },
		{ "counts at their end", "{\"attempts\":4294967295}", UINT32_MAX, UINT32_MAX, 0,
		  false, WQ_WORK_FAILED, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_job job = { .id = wq_str("1"), .opts = wq_str(cases[i].opts), .attempts_made = cases[i].made,
			.attempts_started = cases[i].started };
		struct wq_failure f = { .reason = wq_str("why"),
			                .unrecoverable = cases[i].unrecoverable };
		struct wq_outcome_rules r = rules();
		struct wq_outcome o;

		r.max_started_attempts = cases[i].started_max;
		wq_outcome_fail(&o, &job, &r, &f, 0, 1000);
		WQ_CHECK_INT(cases[i].what, o.kind, cases[i].want);
		WQ_CHECK_INT(cases[i].what, o.delay_ms, cases[i].delay_ms);
		WQ_CHECK_INT(cases[i].what, o.keep.count, 5);
		WQ_CHECK_SLICE(cases[i].what, o.value, "why");
		WQ_CHECK_SLICE(cases[i].what, o.trace, "[\"why\"]");
		WQ_CHECK_INT(cases[i].what, o.dead_data.n, 0);
		wq_outcome_fini(&o);
	}
}

/* Whatever allocation fails, a job is not failed for good before its attempts are used up; and one whose dead letter is
 * missing is kept. */
static void fail_without_memory(void)
{
	static const char *const opts[] = { "{\"attempts\":3,\"removeOnFail\":true}",
		                            "{\"attempts\":2,\"removeOnFail\":true}" };
	struct wq_outcome_rules r = rules();

	r.dead_letters = true;
	for (size_t i = 0; i < WQ_COUNT(opts); i++) {
		struct wq_job job = { .id = wq_str("1"), .name = wq_str("n"), .data = wq_str("{}"),
			              .opts = wq_str(opts[i]), .attempts_made = 1 };
		struct wq_outcome o;

		wq_outcome_fail(&o, &job, &r, &(struct wq_failure){ .reason = wq_str("why") }, 0,
		                1000);
		if (i == 0)
			WQ_CHECK_INT("the second of three", o.kind, WQ_WORK_RETRY);
		if (i == 1 && !wq_alloc_failed())
			WQ_CHECK_INT("the second of two", o.kind, WQ_WORK_FAILED);
		if (o.kind == WQ_WORK_FAILED)
			WQ_CHECK("a dead letter, or the job", o.dead_data.n > 0 || o.keep.count);
		WQ_CHECK("a reason", o.value.n > 0);
		wq_outcome_fini(&o);
	}
}

/* What a job's adder left open is the worker's to say, and a failure may ask for patience. */
WQ_TEST(failures_by_the_workers_rules)
{
	static const struct {
		const char *what, *opts;
		uint32_t made;
		int64_t wait_ms;
		enum wq_work_kind want;
		int64_t delay_ms;
	} cases[] = {
		{ "its default attempts", "{}", 1, 0, WQ_WORK_DELAYED, 4000 },
		{ "and their end", "{}", 2, 0, WQ_WORK_FAILED, 0 },
		{ "the job's own attempts", "{\"attempts\":1}", 0, 0, WQ_WORK_FAILED, 0 },
		{ "its backoff for the job's attempts", "{\"attempts\":9}", 3, 0, WQ_WORK_DELAYED,
		  16000 },
		{ "the job's own backoff", "{\"attempts\":9,\"backoff\":7}", 3, 0, WQ_WORK_DELAYED,
		  7 },
		{ "a longer wait wins", "{\"attempts\":9,\"backoff\":7}", 3, 50, WQ_WORK_DELAYED,
		  50 },
		{ "a shorter one does not", "{}", 0, 50, WQ_WORK_DELAYED, 2000 },
		{ "a wait is bounded", "{}", 0, INT64_MAX, WQ_WORK_DELAYED, WQ_JOB_DELAY_MAX_MS },
	};
	static const struct wq_outcome_rules rules = { .attempts = 3,
		                                       .backoff = { WQ_BACKOFF_EXPONENTIAL, 2000, 0 } };

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		const struct wq_job job = { .id = wq_str("1"),
			                    .opts = wq_str(cases[i].opts),
			                    .attempts_made = cases[i].made };
		const struct wq_failure f = { .reason = wq_str("why"),
			                      .wait_ms = cases[i].wait_ms };
		struct wq_outcome o;

		wq_outcome_fail(&o, &job, &rules, &f, 0, 1);
		WQ_CHECK_INT(cases[i].what, o.kind, cases[i].want);
		WQ_CHECK_INT(cases[i].what, o.delay_ms, cases[i].delay_ms);
		wq_outcome_fini(&o);
	}
}

WQ_TEST(failures_without_memory)
{
	WQ_CHECK("tried", wq_fault_sweep("failure", fail_without_memory, 100).runs > 3);
}

WQ_TEST(result_table)
{
	static const struct {
		const char *json, *want;
	} cases[] = {
		{ "", "null" },
		{ "null", "null" },
		{ "true", "true" },
		{ "17", "17" },
		{ "\"a\"", "\"a\"" },
		{ "{\"a\":[1,2]}", "{\"a\":[1,2]}" },
		{ "text", "\"text\"" },
		{ "{\"a\":", "\"{\\u0022a\\u0022:\"" },
		{ "\xff", "\"\xef\xbf\xbd\"" },
		{ "NaN", "\"NaN\"" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_job job = { .id = wq_str("1"),
			              .opts = wq_str("{\"removeOnComplete\":3}") };
		struct wq_outcome_rules r = rules();
		struct wq_outcome o;

		wq_outcome_complete(&o, &job, &r, wq_str(cases[i].json));
		WQ_CHECK_SLICE(cases[i].json, o.value, cases[i].want);
		WQ_CHECK_INT("the job's own", o.keep.count, 3);
		wq_outcome_fini(&o);
	}
}

WQ_TEST(long_reasons_are_cut_between_characters)
{
	static char reason[WQ_JOB_REASON_MAX_BYTES + 2];
	struct wq_job job = { .id = wq_str("1"), .opts = wq_str("{}") };
	struct wq_outcome_rules r = rules();
	struct wq_outcome o;

	memset(reason, 'x', sizeof(reason));
	memcpy(reason + WQ_JOB_REASON_MAX_BYTES - 1, "\xc3\xa4", 2);
	wq_outcome_fail(&o, &job, &r,
	                &(struct wq_failure){ .reason = wq_strn(reason, sizeof(reason)) }, 0, 0);
	WQ_CHECK_INT("bytes", o.value.n, WQ_JOB_REASON_MAX_BYTES - 1);
	wq_outcome_fini(&o);
}

WQ_TEST(stack_trace_table)
{
	static const struct {
		const char *before;
		int64_t keep;
		const char *stack, *want;
	} cases[] = {
		{ "", -1, "s", "[\"s\"]" },
		{ "[\"a\",\"b\"]", -1, "s", "[\"a\",\"b\",\"s\"]" },
		{ "[\"a\",\"b\"]", 2, "s", "[\"b\",\"s\"]" },
		{ "[\"a\",\"b\"]", 1, "s", "[\"s\"]" },
		{ "[\"a\"]", 0, "s", "[]" },
		{ "[\"a\",7]", -1, "", "[\"a\",\"why\"]" },
		{ "{broken", -1, "s", "[\"s\"]" },
		{ "7", 3, "s", "[\"s\"]" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_buf b;

		wq_buf_init(&b, 1000);
		WQ_CHECK_INT("added",
		             wq_stack_traces_add(&b, wq_str(cases[i].before), cases[i].keep,
		                                 wq_str("why"), wq_str(cases[i].stack)),
		             0);
		WQ_CHECK_SLICE(cases[i].before, wq_buf_str(&b), cases[i].want);
		wq_buf_fini(&b);
	}
}

WQ_TEST_MAIN(WQ_CASE(backoff_table), WQ_CASE(keep_table), WQ_CASE(options_are_read_leniently),
             WQ_CASE(failure_table), WQ_CASE(failures_by_the_workers_rules),
             WQ_CASE(failures_without_memory), WQ_CASE(result_table),
             WQ_CASE(long_reasons_are_cut_between_characters), WQ_CASE(stack_trace_table))
