/* SPDX-License-Identifier: MIT */
/* result_test.c — goals, the judgement of bottlenecks, JSON written and read back, two results compared. */
#include <math.h>

#include "app/bench/compare.h"
#include "app/bench/goals.h"
#include "app/bench/tally.h"
#include "app/bench/tell.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/test.h"

static struct wq_bench_result r;
static struct wq_bench_common c;
static struct wq_bench_subject s;

/* 1,000 operations of 1 to 1,000 ms in 10 s, ten of which were refused. */
static void begin(void)
{
	const struct wq_bench_opts o = { .plan = { .from_per_s = 100, .duration_us = 10000000 },
		                         .interval_us = 1000000 };
	struct wq_bench_row row = { 0 };

	WQ_CHECK_INT("init", wq_bench_tally_init(&r, &o), 0);
	c = (struct wq_bench_common){ .plan = o.plan, .title = "a \"title\"" };
	s = (struct wq_bench_subject){
		.kind = "queue", .what = "add", .unit = "jobs", .latency = "of nothing"
	};
	r.due = r.begun = 1000;
	for (uint64_t i = 1; i <= 1000; i++) {
		const struct wq_bench_op op = { .n = i,
			                        .due_us = 5000,
			                        .begun_us = 5000 + i * 500 };

		wq_bench_tally_end(&r, &row, &op, i % 100 ? WQ_BENCH_OK : WQ_BENCH_REFUSED,
		                   i < 500 ? 503 : 429, 5000 + i * 1000);
	}
	r.span_us = 10000000;
	r.in_window = r.outcomes[WQ_BENCH_OK];
	r.rows[0] = row;
	r.rows_n = 1;
	WQ_CHECK_INT("errors of the row", row.errors, 10);
}

static void end(void)
{
	wq_bench_tally_fini(&r);
	wq_bench_tally_fini(&r);
}

static const struct {
	const char *goal;
	bool reads, met;
} goals[] = {
	{ "p50=600ms", true, true },   { "p50=400ms", true, false },     { "p99=1s", true, true },
	{ "p99.9=0.9s", true, false }, { "max=999ms", true, true },      { "max=998ms", true, false },
	{ "max=999001us", true, true }, { "mean=501ms", true, true },    { "mean=400ms", true, false },
	{ "errors=1%", true, true },   { "errors=0.9", true, false },    { "rate=99", true, true },
	{ "rate=99.1", true, false },  { "p99", false, false },          { "p99=", false, false },
	{ "p99=5", false, false },     { "p0=1s", false, false },        { "p101=1s", false, false },
	{ "p99=-1s", false, false },   { "p99=nan", false, false },      { "errors=101%", false, false },
	{ "errors=1s", false, false }, { "rate=1/s", false, false },     { "speed=1", false, false },
	{ "", false, false },          { "p99=1s,", false, false },      { "p99=inf", false, false },
	{ "pp=1s", false, false },     { " p99 =1s", false, false },     { "p99=1s p50=1s", false, false },
};

WQ_TEST(goals_are_met_or_missed)
{
	begin();
	for (size_t i = 0; i < WQ_COUNT(goals); i++) {
		c.goals_n = 0;
		WQ_CHECK_INT(goals[i].goal, wq_bench_goals_read(&c, goals[i].goal), goals[i].reads);
		if (goals[i].reads)
			WQ_CHECK_INT(goals[i].goal, wq_bench_goal_met(&c.goals[0], &r),
			             goals[i].met);
	}
	c.goals_n = 0;
	WQ_CHECK("several", wq_bench_goals_read(&c, "p99=1s, errors=1%,rate=50"));
	WQ_CHECK_INT("several", c.goals_n, 3);
	c.goals_n = 0;
	WQ_CHECK("none", wq_bench_goals_read(&c, NULL));
	WQ_CHECK_INT("none", c.goals_n, 0);
	end();
}

WQ_TEST(a_latency_of_nothing_meets_no_goal)
{
	begin();
	wq_histogram_clear(&r.latency);
	WQ_CHECK("read",
	         wq_bench_goals_read(&c, "p99=1h") == false && wq_bench_goals_read(&c, "p99=60m"));
	WQ_CHECK("missed", !wq_bench_goal_met(&c.goals[0], &r));
	end();
}

WQ_TEST(whose_fault)
{
	struct wq_buf text;

	begin();
	wq_buf_init(&text, 1024);
	WQ_CHECK_INT("nobody's", wq_bench_limit(&r), WQ_BENCH_LIMIT_NONE);
	wq_histogram_record_n(&r.ours, 50, 995);
	wq_histogram_record_n(&r.ours, 5000, 5);
	WQ_CHECK_INT("late now and then", wq_bench_limit(&r), WQ_BENCH_LIMIT_NONE);
	r.starved = 20;
	WQ_CHECK_INT("nothing free", wq_bench_limit(&r), WQ_BENCH_LIMIT_STARVED);
	WQ_CHECK_INT("nothing free", wq_bench_limit_text(&r, &text), 0);
	WQ_CHECK("2 %", memmem(text.p, text.n, "2.00 %", 6) != NULL);
	wq_histogram_record_n(&r.ours, 5000, 50);
	WQ_CHECK_INT("late", wq_bench_limit(&r), WQ_BENCH_LIMIT_LATE);
	r.cpu = 0.95;
	WQ_CHECK_INT("busy", wq_bench_limit(&r), WQ_BENCH_LIMIT_CPU);
	wq_buf_fini(&text);
	end();
}

WQ_TEST(what_is_written_is_read_back)
{
	struct wq_bench_read read;
	struct wq_buf json, other;
	const char *why = "";

	begin();
	wq_bench_setting_url(&s, "redis", "redis://user:secret@host:6379/2?password=hidden");
	wq_bench_fact(&s, "fact", "us", 1.5);
	wq_bench_extra(&s, "started", "when", &r.service);
	wq_buf_init(&json, WQ_BENCH_JSON_MAX_BYTES);
	wq_buf_init(&other, WQ_BENCH_JSON_MAX_BYTES);
	WQ_CHECK_INT("written", wq_bench_json(&json, &r, &c, &s), 0);
	WQ_CHECK("no secret",
	         !memmem(json.p, json.n, "secret", 6) && !memmem(json.p, json.n, "hidden", 6));
	WQ_CHECK_INT("read", wq_bench_read(&read, wq_buf_str(&json), &why), 0);
	WQ_CHECK("rate", fabs(read.rate - 99) < 1e-9);
	WQ_CHECK("errors", fabs(read.errors - 1) < 1e-9);
	WQ_CHECK_INT("total", read.latency.total, r.latency.total);
	WQ_CHECK_INT("max", read.latency.max_us, r.latency.max_us);
	for (int half = 0; half <= 200; half++)
		WQ_CHECK_INT("percentile", wq_histogram_percentile(&read.latency, half / 2.0),
		             wq_histogram_percentile(&r.latency, half / 2.0));
	WQ_CHECK_INT("503", wq_json_get_int(wq_json_get(read.root, "statuses"), "503", -1), 4);
	WQ_CHECK_INT("429", wq_json_get_int(wq_json_get(read.root, "statuses"), "429", -1), 6);
	WQ_CHECK_SLICE("title", wq_json_get_str(read.root, "title"), "a \"title\"");
	WQ_CHECK_INT("text", wq_bench_text(&other, &r, &c, &s), 0);
	wq_buf_clear(&other);
	WQ_CHECK_INT("csv", wq_bench_csv(&other, &r, &s), 0);
	WQ_CHECK("csv", wq_str_starts(wq_buf_str(&other), "series,at_s,"));
	wq_bench_read_fini(&read);
	wq_bench_read_fini(&read);
	wq_buf_fini(&other);
	wq_buf_fini(&json);
	end();
}

WQ_TEST(two_results_beside_each_other)
{
	struct wq_bench_read a, b;
	struct wq_buf first, second, text;
	const char *why = "";

	begin();
	wq_buf_init(&first, WQ_BENCH_JSON_MAX_BYTES);
	wq_buf_init(&second, WQ_BENCH_JSON_MAX_BYTES);
	wq_buf_init(&text, 65536);
	WQ_CHECK_INT("before", wq_bench_json(&first, &r, &c, &s), 0);
	r.in_window *= 2;
	wq_bench_setting(&s, "body", "%d", 512);
	wq_histogram_record_n(&r.latency, 2000000, 1000);
	WQ_CHECK_INT("after", wq_bench_json(&second, &r, &c, &s), 0);
	WQ_CHECK_INT("before", wq_bench_read(&a, wq_buf_str(&first), &why), 0);
	WQ_CHECK_INT("after", wq_bench_read(&b, wq_buf_str(&second), &why), 0);
	WQ_CHECK_INT("compared", wq_bench_compare_text(&text, &a, &b), 0);
	WQ_CHECK("ratio of the rates", memmem(text.p, text.n, "2.000x  /s", 10) != NULL);
	WQ_CHECK("the setting",
	         memmem(text.p, text.n, "settings body: none and \"512\"", 29) != NULL);
	WQ_CHECK("p99", memmem(text.p, text.n, "2000.000", 8) != NULL);
	wq_bench_read_fini(&a);
	wq_bench_read_fini(&b);
	wq_buf_fini(&first);
	wq_buf_fini(&second);
	wq_buf_fini(&text);
	end();
}

WQ_TEST(what_is_no_result_is_refused)
{
	static const char *const texts[] = {
		"", "{", "[]", "{}", "{\"willaq_bench\":2}", "{\"willaq_bench\":\"1\"}",
		"{\"willaq_bench\":1,\"latency_us\":{\"buckets\":[[0,-1,5]]}}",
		"{\"willaq_bench\":1,\"latency_us\":{\"buckets\":[[0,5,-1]]}}",
	};
	static const char *const odd[] = {
		"{\"willaq_bench\":1}",
		"{\"willaq_bench\":1,\"latency_us\":{\"buckets\":[[0,5,1],7,{}],\"max\":\"x\",\"mean\":[]}}",
	};
	struct wq_bench_read a, b;
	struct wq_buf text;
	const char *why;

	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		WQ_CHECK_INT(texts[i], wq_bench_read(&a, wq_str(texts[i]), &why), WQ_EPARSE);
		wq_bench_read_fini(&a);
	}
	wq_buf_init(&text, 65536);
	WQ_CHECK_INT(odd[0], wq_bench_read(&a, wq_str(odd[0]), &why), 0);
	WQ_CHECK_INT(odd[1], wq_bench_read(&b, wq_str(odd[1]), &why), 0);
	WQ_CHECK_INT("compared", wq_bench_compare_text(&text, &a, &b), 0);
	wq_bench_read_fini(&a);
	wq_bench_read_fini(&b);
	wq_buf_fini(&text);
}

static unsigned columns(struct wq_str line)
{
	unsigned n = 0;

	for (size_t i = 0; i < line.n; i++)
		n += ((unsigned char)line.p[i] & 0xc0) != 0x80;
	return n;
}

WQ_TEST(plots_stay_within_their_width)
{
	struct wq_bench_canvas canvas = { .width = 40, .height = 9 };
	struct wq_buf text;
	struct wq_str rest, line;

	begin();
	wq_buf_init(&text, 65536);
	for (r.rows_n = 1; r.rows_n < 200; r.rows_n++)
		r.rows[r.rows_n].p99_us = r.rows_n * 1000;
	for (int plain = 0; plain < 2; plain++) {
		canvas.plain = plain;
		wq_buf_clear(&text);
		WQ_CHECK_INT("plotted", wq_bench_plot(&text, &r, &s, &canvas), 0);
		for (rest = wq_buf_str(&text); wq_str_next(&rest, '\n', &line);)
			WQ_CHECK("width", columns(line) <= 40 + 16);
		for (size_t i = 0; plain && i < text.n; i++)
			WQ_CHECK("plain", (unsigned char)text.p[i] < 0x80);
	}
	wq_buf_fini(&text);
	end();
}

WQ_TEST_MAIN(WQ_CASE(goals_are_met_or_missed), WQ_CASE(a_latency_of_nothing_meets_no_goal),
             WQ_CASE(whose_fault), WQ_CASE(what_is_written_is_read_back),
             WQ_CASE(two_results_beside_each_other), WQ_CASE(what_is_no_result_is_refused),
             WQ_CASE(plots_stay_within_their_width))
