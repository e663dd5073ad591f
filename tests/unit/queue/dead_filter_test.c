/* SPDX-License-Identifier: MIT */
/* dead_filter_test.c — which letters a filter takes, and what they are counted by. */
#include "queue/dead_groups.h"
#include "support/test.h"

WQ_TEST(filter_table)
{
	static const struct {
		const char *what, *error, *name, *account;
		int64_t since, until;
		bool takes;
	} cases[] = {
		{ "all", "", "", "", 0, 0, true },
		{ "a part", "timed OUT", "", "", 0, 0, true },
		{ "the whole", "Request Timed out after 30 s", "", "", 0, 0, true },
		{ "its end", "30 S", "", "", 0, 0, true },
		{ "longer than it", "Request Timed out after 30 s.", "", "", 0, 0, false },
		{ "another", "refused", "", "", 0, 0, false },
		{ "name", "", "send", "", 0, 0, true },
		{ "names have a case", "", "Send", "", 0, 0, false },
		{ "not a part of it", "", "sen", "", 0, 0, false },
		{ "account", "", "", "b1", 0, 0, true },
		{ "another account", "", "", "b", 0, 0, false },
		{ "since then", "", "", "", 1000, 0, true },
		{ "since later", "", "", "", 1001, 0, false },
		{ "until behind it", "", "", "", 0, 1001, true },
		{ "until then", "", "", "", 0, 1000, false },
		{ "all of it", "timed", "send", "b1", 1000, 1001, true },
		{ "all but one", "timed", "send", "b2", 1000, 1001, false },
	};
	struct wq_job job = { .id = wq_str("1"), .name = wq_str("send") };
	struct wq_dead_letter l = { .job = &job,
		                    .reason = wq_str("Request Timed out after 30 s"),
		                    .account = wq_str("b1"),
		                    .failed_at_ms = 1000 };

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_dead_filter f = { .error = wq_str(cases[i].error),
			                    .name = wq_str(cases[i].name),
			                    .account = wq_str(cases[i].account),
			                    .since_ms = cases[i].since,
			                    .until_ms = cases[i].until };

		WQ_CHECK_INT(cases[i].what, wq_dead_filter_takes(&f, &l), cases[i].takes);
		WQ_CHECK_INT(cases[i].what, wq_dead_filter_is_empty(&f), i == 0);
	}
}

WQ_TEST(a_letter_that_tells_nothing)
{
	struct wq_job job = { .id = wq_str("1") };
	struct wq_dead_letter l = { .job = &job };
	struct wq_dead_filter all = { .since_ms = 0 }, some = { .error = wq_str("x") };

	WQ_CHECK("all", wq_dead_filter_takes(&all, &l));
	WQ_CHECK("some", !wq_dead_filter_takes(&some, &l));
}

static struct wq_dead_groups g;

static void add(const char *reason, const char *id, int64_t at_ms)
{
	struct wq_job job = { .id = wq_str(id) };
	struct wq_dead_letter l = { .job = &job, .reason = wq_str(reason), .failed_at_ms = at_ms };

	wq_dead_groups_add(&g, &l);
}

WQ_TEST(numbers_are_folded)
{
	g = (struct wq_dead_groups){ .n = 0 };
	add("no answer within 250 ms", "a", 20);
	add("HTTP 500", "b", 5);
	add("no answer within 3000 ms", "c", 10);
	add("no answer within 1 ms\nat line 3", "d", 30);
	add("", "e", 1);
	wq_dead_groups_sort(&g);
	WQ_CHECK_INT("groups", g.n, 3);
	WQ_CHECK_STR("the largest first", g.at[0].reason, "no answer within # ms");
	WQ_CHECK_INT("letters", g.at[0].n, 3);
	WQ_CHECK_STR("an example", g.at[0].example, "a");
	WQ_CHECK_INT("first", g.at[0].first_ms, 10);
	WQ_CHECK_INT("last", g.at[0].last_ms, 30);
	WQ_CHECK_STR("then by name", g.at[1].reason, "");
	WQ_CHECK_STR("then by name", g.at[2].reason, "HTTP #");
}

WQ_TEST(groups_have_a_bound)
{
	char reason[3];

	g = (struct wq_dead_groups){ .n = 0 };
	for (unsigned i = 0; i < WQ_DEAD_GROUPS_MAX + 7; i++) {
		snprintf(reason, sizeof(reason), "%c%c", 'a' + i / 26, 'a' + i % 26);
		add(reason, "x", 1);
	}
	add("aa", "x", 1);
	WQ_CHECK_INT("groups", g.n, WQ_DEAD_GROUPS_MAX);
	WQ_CHECK_INT("the rest together", g.others, 7);
	wq_dead_groups_sort(&g);
	WQ_CHECK_STR("known ones go on", g.at[0].reason, "aa");
	WQ_CHECK_INT("known ones go on", g.at[0].n, 2);
}

WQ_TEST(long_reasons_and_ids_are_cut)
{
	static char reason[WQ_DEAD_GROUP_BYTES * 2], id[WQ_DEAD_EXAMPLE_BYTES * 2];

	g = (struct wq_dead_groups){ .n = 0 };
	memset(id, 'i', sizeof(id) - 1);
	for (size_t i = 0; i + 2 < sizeof(reason); i += 2)
		memcpy(reason + i, "é", 2);
	add(reason, id, 1);
	WQ_CHECK_INT("not inside a character", strlen(g.at[0].reason), WQ_DEAD_GROUP_BYTES - 2);
	WQ_CHECK_INT("an id", strlen(g.at[0].example), WQ_DEAD_EXAMPLE_BYTES - 1);
}

WQ_TEST_MAIN(WQ_CASE(filter_table), WQ_CASE(a_letter_that_tells_nothing),
             WQ_CASE(numbers_are_folded), WQ_CASE(groups_have_a_bound),
             WQ_CASE(long_reasons_and_ids_are_cut))
