/* SPDX-License-Identifier: MIT */
/* pace_test.c — when a number's messages go: its bucket, its caps, and how a refusal slows it down. */
#include "pace_world.h"
#include "support/test.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))
#define TEN_A_SECOND .interval_us = 100000

WQ_TEST(a_bucket_of_tokens)
{
	static const struct pace_case cases[] = {
		{ "no bound", { .interval_us = 0 }, NULL, { { 0, ASK, "m", NULL, "go", 0, 40 } } },
		{ "a burst, and then at its rate",
		  { TEN_A_SECOND, .burst = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 4 },
		    { 0, ASK, "b", NULL, "wait 100 number limit", 0, 0 },
		    { 100, ASK, "b", NULL, "go", 0, 0 },
		    { 100, ASK, "c", NULL, "wait 100 number limit", 0, 0 } } },
		{ "a bucket that was left alone is full again, and no fuller",
		  { TEN_A_SECOND, .burst = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 4 },
		    { 400, ASK, "b", NULL, "go", 0, 4 },
		    { 400, ASK, "c", NULL, "wait 100 number limit", 0, 0 },
		    { HOUR_MS, ASK, "d", NULL, "go", 0, 4 },
		    { HOUR_MS, ASK, "e", NULL, "wait 100 number limit", 0, 0 } } },
		{ "of one: may be so much early as a late one lost",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 49, ASK, "b", NULL, "wait 1 number limit", 0, 0 },
		    { 50, ASK, "b", NULL, "go", 0, 0 },
		    { 51, ASK, "c", NULL, "wait 99 number limit", 0, 0 },
		    { 150, ASK, "c", NULL, "go", 0, 0 } } },
		{ "moments lie a fifth closer than tokens",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK, "b", NULL, "wait 50 number limit", 0, 0 },
		    { 0, ASK, "c", NULL, "wait 130 number limit", 0, 0 },
		    { 0, ASK, "d", NULL, "wait 210 number limit", 0, 0 },
		    { 20, ASK, "c", NULL, "wait 110 number limit", 0, 0 }, /* it keeps its own */
		    { 50, ASK, "b", NULL, "go", 0, 0 },
		    { 130, ASK, "c", NULL, "wait 20 number limit", 0, 0 }, /* the next token's heir */
		    { 140, ASK, "d", NULL, "wait 70 number limit", 0, 0 },
		    { 150, ASK, "c", NULL, "go", 0, 0 },
		    { 210, ASK, "d", NULL, "wait 40 number limit", 0, 0 },
		    { 250, ASK, "d", NULL, "go", 0, 0 } } },
		{ "a long wait is looked at half way",
		  { .interval_us = 120 * INT64_C(1000000) },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK, "b", NULL, "wait 59950 number limit", 0, 0 },
		    { 59950, ASK, "b", NULL, "wait 30000 number limit", 0, 0 },
		    { 89950, ASK, "b", NULL, "wait 29950 number limit", 0, 0 },
		    { 119900, ASK, "b", NULL, "go", 0, 0 } } },
		{ "none is longer than ten minutes",
		  { .interval_us = 3600 * INT64_C(1000000) },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK, "b", NULL, "wait 600000 number limit", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(bulk_leaves_room_for_replies)
{
	static const struct pace_case cases[] = {
		{ "a quarter of the bucket",
		  { TEN_A_SECOND, .burst = 8 },
		  NULL,
		  { { 0, ASK_BULK, "a", NULL, "go", 0, 6 },
		    { 0, ASK_BULK, "b", NULL, "wait 100 number limit", 0, 0 },
		    { 0, ASK, "c", NULL, "go", 0, 2 },
		    { 0, ASK, "d", NULL, "wait 100 number limit", 0, 0 } } },
		{ "and what waiting replies were told to come for",
		  { TEN_A_SECOND, .burst = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 4 },
		    { 0, ASK, "b", NULL, "wait 100 number limit", 0, 0 },
		    { 0, ASK_BULK, "c", NULL, "wait 350 number limit", 0, 0 },
		    { 100, ASK, "b", NULL, "go", 0, 0 } } },
		{ "who does not come when told has given it up",
		  { TEN_A_SECOND, .burst = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 4 },
		    { 0, ASK, "b", NULL, "wait 100 number limit", 0, 0 },
		    { 200, ASK_BULK, "c", NULL, "wait 100 number limit", 0, 0 },
		    { 200, ASK_BULK, "d", NULL, "wait 180 number limit", 0, 0 },
		    { 450, ASK_BULK, "c", NULL, "go", 0, 0 } } },
		{ "neither of a bucket of one",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, ASK_BULK, "a", NULL, "go", 0, 0 },
		    { 0, ASK_BULK, "b", NULL, "wait 50 number limit", 0, 0 },
		    { 0, ASK, "c", NULL, "wait 50 number limit", 0, 0 },
		    { 50, ASK, "c", NULL, "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

/* How much later than without is the next one's token? */
WQ_TEST(jitter_is_within_its_bound)
{
	static const struct wq_send_rules rules = { TEN_A_SECOND, .jitter_ms = 40 };
	static const struct {
		const char *chance, *want;
	} cases[] = { { "000000", "wait 50 number limit" },
		      { "400000", "wait 60 number limit" },
		      { "800000", "wait 70 number limit" },
		      { "c01000", "wait 81 number limit" },
		      { "ffffff", "wait 90 number limit" } };
	struct wq_send_rules r = pace_world_rules(&rules);

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct pace_step first = { 0, ASK, "a", NULL, NULL, 0, 0 },
				 next = { 0, ASK, "b", NULL, NULL, 0, 0 };

		pace_world_empty();
		WQ_CHECK_STR(cases[i].chance, pace_world_do(&r, cases[i].chance, &first), "go");
		WQ_CHECK_STR(cases[i].chance, pace_world_do(&r, "000000", &next), cases[i].want);
	}
}

static void make(struct pace_message *m, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		m[i] = (struct pace_message){ .went = -1, .bulk = strcmp(what, "bulk") == 0 };
		snprintf(m[i].id, sizeof(m[i].id), "m%zu", i);
		snprintf(m[i].to, sizeof(m[i].to), "p%zu", i);
	}
}

/* Those who come when told use the rate nearly whole, and in no second is there more than it and the bucket. */
WQ_TEST(a_backlog_goes_at_its_rate)
{
	enum { N = 200 };
	static const struct {
		const char *what;
		struct wq_send_rules rules;
		int unused_percent; /* at most, also of what the bucket held */
	} cases[] = {
		{ "one at a time", { TEN_A_SECOND }, 2 },
		{ "bulk", { TEN_A_SECOND, .burst = 5 }, 2 },
		{ "80 a second", { .interval_us = 12500, .burst = 8 }, 2 },
	};
	static struct pace_message m[N];

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_send_rules r = pace_world_rules(&cases[i].rules);
		int64_t last = 0, due = (N - r.burst) * r.interval_us / 1000;
		unsigned asks = 0;

		pace_world_empty();
		make(m, N, cases[i].what);
		pace_world_send_all(&r, m, N);
		for (size_t k = 0; k < N; k++) {
			last = m[k].went > last ? m[k].went : last;
			asks += m[k].asked;
		}
		WQ_CHECK(cases[i].what, pace_most_within(m, N, 1000) <=
		                                (size_t)(1000000 / r.interval_us + r.burst));
		WQ_CHECK(cases[i].what, last >= due - 100);
		WQ_CHECK(cases[i].what, last <= due + due * cases[i].unused_percent / 100);
		WQ_CHECK(cases[i].what, asks <= N * 7 / 2); /* once at first, and up to 2.25 times */
	}
}

WQ_TEST(caps_an_hour_and_a_day)
{
	static const struct pace_case cases[] = {
		{ "an hour, the tenth kept from bulk",
		  { .per_hour = 10 },
		  NULL,
		  { { 0, ASK_BULK, "a", NULL, "go", 0, 9 },
		    { 0, ASK_BULK, "b", NULL, "wait 600000 number limit", 0, 0 },
		    { 0, ASK, "c", NULL, "go", 0, 0 },
		    { 0, ASK, "d", NULL, "wait 600000 number limit", 0, 0 },
		    { 0, ASK_SIGNAL, "e", NULL, "go", 0, 3 },
		    { HOUR_MS - 1, ASK, "d", NULL, "wait 1 number limit", 0, 0 },
		    { HOUR_MS, ASK, "d", NULL, "go", 0, 0 } } },
		{ "it slides",
		  { .per_hour = 2 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { HOUR_MS / 2, ASK, "b", NULL, "go", 0, 0 },
		    { HOUR_MS - 1000, ASK, "c", NULL, "wait 1000 number limit", 0, 0 },
		    { HOUR_MS, ASK, "c", NULL, "go", 0, 0 },
		    { HOUR_MS * 3 / 2 - 1, ASK, "d", NULL, "wait 1 number limit", 0, 0 },
		    { HOUR_MS * 3 / 2, ASK, "d", NULL, "go", 0, 0 } } },
		{ "a day, the tenth kept from bulk",
		  { .per_day = 20 },
		  NULL,
		  { { 0, ASK_BULK, "a", NULL, "go", 0, 18 },
		    { 0, ASK_BULK, "b", NULL, "wait 600000 number limit", 0, 0 },
		    { 0, ASK, "c", NULL, "go", 0, 2 },
		    { 0, ASK, "d", NULL, "wait 600000 number limit", 0, 0 },
		    { 24 * HOUR_MS - 1, ASK, "d", NULL, "wait 1 number limit", 0, 0 },
		    { 24 * HOUR_MS, ASK_BULK, "e", NULL, "go", 0, 18 } } },
		{ "both: the one that is met",
		  { .per_hour = 2, .per_day = 3 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 2 },
		    { HOUR_MS - 1, ASK, "b", NULL, "wait 1 number limit", 0, 0 },
		    { HOUR_MS, ASK, "b", NULL, "go", 0, 0 },
		    { 2 * HOUR_MS, ASK, "c", NULL, "wait 600000 number limit", 0, 0 },
		    { 24 * HOUR_MS - 1, ASK, "c", NULL, "wait 1 number limit", 0, 0 },
		    { 24 * HOUR_MS, ASK, "c", NULL, "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(caps_grow_by_day)
{
	static const struct pace_case cases[] = {
		{ "over five days",
		  { .per_day = 10, .warmup_days = 5 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 2 },
		    { 0, ASK, "a0", NULL, "wait 600000 number limit", 0, 0 },
		    { 24 * HOUR_MS, ASK, "b", NULL, "go", 0, 4 },
		    { 24 * HOUR_MS, ASK, "b0", NULL, "wait 600000 number limit", 0, 0 },
		    { 48 * HOUR_MS, ASK, "c", NULL, "go", 0, 6 },
		    { 48 * HOUR_MS, ASK, "c0", NULL, "wait 600000 number limit", 0, 0 },
		    { 72 * HOUR_MS, ASK, "d", NULL, "go", 0, 8 },
		    { 72 * HOUR_MS, ASK, "d0", NULL, "wait 600000 number limit", 0, 0 },
		    { 96 * HOUR_MS, ASK, "e", NULL, "go", 0, 10 },
		    { 96 * HOUR_MS, ASK, "e0", NULL, "wait 600000 number limit", 0, 0 },
		    { 240 * HOUR_MS, ASK, "f", NULL, "go", 0, 10 },
		    { 240 * HOUR_MS, ASK, "f0", NULL, "wait 600000 number limit", 0, 0 } } },
		{ "never less than one",
		  { .per_day = 10, .warmup_days = 30 },
		  NULL,
		  { { 0, ASK_BULK, "a", NULL, "go", 0, 0 },
		    { 0, ASK_BULK, "b", NULL, "wait 600000 number limit", 0, 0 } } },
		{ "people too",
		  { .people = 250, .warmup_days = 5 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK_TEMPLATE, "b", NULL, "people 50", 0, 0 },
		    { 24 * HOUR_MS, ASK_TEMPLATE, "c", NULL, "people 100", 0, 0 },
		    { 96 * HOUR_MS, ASK_TEMPLATE, "d", NULL, "people 250", 0, 0 },
		    { 960 * HOUR_MS, ASK_TEMPLATE, "e", NULL, "people 250", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

/* Of a bucket of one, the next may go half an interval after the last: that is how fast it is. */
WQ_TEST(a_refusal_slows_it_down)
{
	static const struct pace_case cases[] = {
		{ "the first: as long as told, and then at full rate",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 1000, 0 },
		    { 0, ASK, "a", NULL, "wait 1000 number limit", 0, 0 },
		    { 999, ASK, "b", NULL, "wait 81 number limit", 0, 0 },
		    { 1000, ASK, "a", NULL, "go", 0, 0 },
		    { 1000, ASK, "c", NULL, "wait 160 number limit", 0, 0 },
		    { 1050, ASK, "d", NULL, "go", 0, 0 } } },
		{ "what was in flight is refused as well: no news",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 1000, 0 },
		    { 500, SLOW, "y", NULL, "told", 1000, 4 },
		    { 1499, ASK, "a", NULL, "wait 1 number limit", 0, 0 },
		    { 1500, ASK, "a", NULL, "go", 0, 0 },
		    { 1500, ASK, "b", NULL, "wait 50 number limit", 0, 0 },
		    { 1550, ASK, "c", NULL, "go", 0, 0 } } },
		{ "the second within ten seconds: half as slow again, a tenth faster each two",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 1000, 0 },
		    { 10999, SLOW, "y", NULL, "told", 1000, 0 },
		    { 11999, ASK, "a", NULL, "go", 0, 0 },
		    { 11999, ASK, "a1", NULL, "wait 75 number limit", 0, 0 },
		    { 12999, ASK, "b", NULL, "go", 0, 0 },
		    { 12999, ASK, "b1", NULL, "wait 68 number limit", 0, 0 },
		    { 14999, ASK, "c", NULL, "go", 0, 0 },
		    { 14999, ASK, "c1", NULL, "wait 61 number limit", 0, 0 },
		    { 16999, ASK, "d", NULL, "go", 0, 0 },
		    { 16999, ASK, "d1", NULL, "wait 55 number limit", 0, 0 },
		    { 18999, ASK, "e", NULL, "go", 0, 0 },
		    { 18999, ASK, "e1", NULL, "wait 50 number limit", 0, 0 } } },
		{ "after that: nothing to do with the first",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 1000, 0 },
		    { 11000, SLOW, "y", NULL, "told", 1000, 0 },
		    { 12000, ASK, "a", NULL, "go", 0, 0 },
		    { 12000, ASK, "b", NULL, "wait 50 number limit", 0, 0 } } },
		{ "never slower than thirty times",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 0, 12 },
		    { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK, "b", NULL, "wait 2900 number limit", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(a_clock_that_was_set_back)
{
	static const struct pace_case cases[] = {
		{ "the bucket is as full as it can have been",
		  { TEN_A_SECOND, .burst = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 4 },
		    { -HOUR_MS, ASK, "b", NULL, "wait 200 number limit", 0, 0 },
		    { -HOUR_MS + 200, ASK, "b", NULL, "go", 0, 0 } } },
		{ "a moment to ask again moves along",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 },
		    { 0, ASK, "b", NULL, "wait 50 number limit", 0, 0 },
		    { 0, ASK_BULK, "c", NULL, "wait 300 number limit", 0, 0 },
		    { -HOUR_MS, ASK, "b", NULL, "wait 150 number limit", 0, 0 },
		    { -HOUR_MS, ASK_BULK, "c", NULL, "wait 500 number limit", 0, 0 },
		    { -HOUR_MS + 150, ASK, "b", NULL, "go", 0, 0 } } },
		{ "a number that was stopped is so no longer than it was told",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, SLOW, "x", NULL, "told", 1000, 0 },
		    { 0, ASK, "a", NULL, "wait 1000 number limit", 0, 0 },
		    { -HOUR_MS, ASK, "b", NULL, "wait 1000 number limit", 0, 0 },
		    { -HOUR_MS + 1000, ASK, "b", NULL, "go", 0, 0 } } },
		{ "one that was slowed down recovers",
		  { TEN_A_SECOND },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, SLOW, "x", NULL, "told", 0, 2 },
		    { -HOUR_MS, ASK, "a", NULL, "wait 168 number limit", 0, 0 },
		    { -HOUR_MS + 168, ASK, "a", NULL, "go", 0, 0 },
		    { -HOUR_MS + 8000, ASK, "b", NULL, "go", 0, 0 },
		    { -HOUR_MS + 8000, ASK, "c", NULL, "wait 50 number limit", 0, 0 } } },
		{ "caps",
		  { .per_hour = 2, .per_day = 4 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 2 },
		    { -48 * HOUR_MS, ASK, "b", NULL, "go", 0, 2 },
		    { -48 * HOUR_MS, ASK, "c", NULL, "wait 600000 number limit", 0, 0 },
		    { -47 * HOUR_MS, ASK, "c", NULL, "go", 0, 0 } } },
		{ "to one person",
		  { .pair_ms = 6000, .pair_burst = 2 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, SENT, "a", "p", "1", 0, 0 },
		    { 0, ASK, "b", "p", "go", 0, 0 },
		    { 0, SENT, "b", "p", "1", 0, 0 },
		    { -HOUR_MS, ASK, "c", "p", "wait 6000 pair limit", 0, 0 },
		    { -HOUR_MS, PAIR, "x", "q", "told", 5000, 0 },
		    { -2 * HOUR_MS, ASK, "d", "q", "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(a_bucket_of_tokens),     WQ_CASE(bulk_leaves_room_for_replies),
		WQ_CASE(jitter_is_within_its_bound), WQ_CASE(a_backlog_goes_at_its_rate),
		WQ_CASE(caps_an_hour_and_a_day), WQ_CASE(caps_grow_by_day),
		WQ_CASE(a_refusal_slows_it_down), WQ_CASE(a_clock_that_was_set_back),
	};

	return cmocka_run_group_tests_name(__FILE__, all, pace_world_begin, pace_world_end) != 0;
}
