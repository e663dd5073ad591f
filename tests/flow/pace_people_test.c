/* SPDX-License-Identifier: MIT */
/* pace_people_test.c — when messages to a person go: the pair, a portfolio's people, their order, quiet hours. */
#include "pace_world.h"
#include "support/test.h"

#define DAY_MS (24 * 60 * 60 * INT64_C(1000))
#define PERSON_MS (DAY_MS + 60000) /* with what may lie between grant and message */
#define BEHIND " behind another message to the same person"

static void check_ask(const struct wq_send_rules *r, int64_t at, const char *id, const char *who,
                      const char *want)
{
	struct pace_step s = { at, ASK, id, who, NULL, 0, 0 };

	WQ_CHECK_STR(id, pace_world_do(r, NULL, &s), want);
}

/* n messages at once, each taken by the provider; one that waits already, `first`, may be the first. */
static void talk(const struct wq_send_rules *r, int64_t at, const char *who, const char *first,
                 int n)
{
	for (int i = 0; i < n; i++) {
		char id[32];
		struct pace_step s = { at, SENT, id, who, NULL, 0, 0 };

		snprintf(id, sizeof(id), "%s-%lld-%d", who, (long long)at, i);
		if (i == 0 && first)
			snprintf(id, sizeof(id), "%s", first);
		check_ask(r, at, id, who, "go");
		WQ_CHECK_STR(id, pace_world_do(r, NULL, &s), "1");
	}
}

WQ_TEST(forty_to_a_person_are_a_debt)
{
	static const struct wq_send_rules rules = { .pair_ms = 6700, .pair_burst = 40 };
	struct wq_send_rules r = pace_world_rules(&rules);

	pace_world_empty();
	talk(&r, 0, "p", NULL, 40);
	check_ask(&r, 0, "a", "p", "wait 6700 pair limit");
	check_ask(&r, 0, "other", "q", "go");
	check_ask(&r, 6699, "a", "p", "wait 1 pair limit");
	talk(&r, 6700, "p", "a", 1);
	check_ask(&r, 6700, "b", "p", "wait 6700 pair limit");
	talk(&r, 6700 * 11, "p", "b", 10);
	check_ask(&r, 6700 * 11, "c", "p", "wait 6700 pair limit");
	talk(&r, DAY_MS, "p", "c", 40);
	check_ask(&r, DAY_MS, "d", "p", "wait 6700 pair limit");
}

WQ_TEST(the_pair)
{
	static const struct pace_case cases[] = {
		{ "no bound",
		  { .pair_burst = 1 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, SENT, "a", "p", "1", 0, 0 },
		    { 0, ASK, "b", "p", "go", 0, 0 } } },
		{ "one without a debt",
		  { .pair_ms = 6000 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, SENT, "a", "p", "1", 0, 0 },
		    { 10, ASK, "b", "p", "wait 5990 pair limit", 0, 0 },
		    { 10, ASK_SIGNAL, "s", "p", "go", 0, 5 },
		    { 6000, ASK, "b", "p", "go", 0, 0 } } },
		{ "who waits for the number takes none of the person's",
		  { .interval_us = 10000000, .pair_ms = 6000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK, "a", "p", "wait 9900 number limit", 0, 0 },
		    { 9900, ASK, "a", "p", "go", 0, 0 } } },
		{ "the provider says wait",
		  { .pair_burst = 1 },
		  NULL,
		  { { 0, PAIR, "x", "p", "told", 4000, 0 },
		    { 0, ASK, "a", "p", "wait 4000 pair limit", 0, 0 },
		    { 0, ASK, "b", "q", "go", 0, 0 },
		    { 4000, ASK, "a", "p", "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(people_a_day)
{
	static const struct pace_case cases[] = {
		{ "up to the bound; the same again is none more",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 2, 0 },
		    { 0, PERSON, "a", NULL, "known", 2, 0 },
		    { 1, PERSON, "b", NULL, "new", 2, 0 },
		    { 2, PERSON, "c", NULL, "wait 900000", 2, 0 },
		    { 2, PERSON, "a", NULL, "known", 2, 0 } } },
		{ "a day later there is room",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 1, 0 },
		    { DAY_MS, PERSON, "b", NULL, "wait 60000", 1, 0 },
		    { PERSON_MS - 1, PERSON, "b", NULL, "wait 1", 1, 0 },
		    { PERSON_MS, PERSON, "b", NULL, "new", 1, 0 },
		    { PERSON_MS, PERSON, "a", NULL, "wait 900000", 1, 0 } } },
		{ "who is written to again stays so for a day from then",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 1, 0 },
		    { 5000, PERSON, "a", NULL, "known", 1, 0 },
		    { PERSON_MS, PERSON, "b", NULL, "wait 5000", 1, 0 },
		    { PERSON_MS + 5000, PERSON, "b", NULL, "new", 1, 0 } } },
		{ "each that waits comes when another leaves",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 2, 0 },
		    { 500, PERSON, "b", NULL, "new", 2, 0 },
		    { DAY_MS, PERSON, "c", NULL, "wait 60000", 2, 0 },
		    { DAY_MS, PERSON, "d", NULL, "wait 60500", 2, 0 },
		    { DAY_MS, PERSON, "e", NULL, "wait 60000", 2, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(people_come_and_go)
{
	static const struct pace_case cases[] = {
		{ "given back: of that grant alone",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 1, 0 },
		    { 0, PERSON_BACK, "b", NULL, "back", 0, 0 },
		    { 0, PERSON_BACK, "a", NULL, "back", -1, 0 },
		    { 1, PERSON, "b", NULL, "wait 900000", 1, 0 },
		    { 1, PERSON_BACK, "a", NULL, "back", 0, 0 },
		    { 1, PERSON, "b", NULL, "new", 1, 0 } } },
		{ "another tier",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 3, 3 },
		    { 0, PERSON, "b", NULL, "wait 900000", 3, 0 },
		    { 0, PERSON, "b", NULL, "new", 4, 0 },
		    { 0, PERSON, "c", NULL, "wait 900000", 2, 0 },
		    { 0, PERSON, "b", NULL, "known", 2, 0 },
		    { PERSON_MS, PERSON, "c", NULL, "new", 2, 2 },
		    { PERSON_MS, PERSON, "d", NULL, "wait 900000", 2, 0 } } },
		{ "a clock that was set back",
		  { .burst = 1 },
		  NULL,
		  { { 0, PERSON, "a", NULL, "new", 1, 0 },
		    { -DAY_MS, PERSON, "a", NULL, "known", 1, 0 },
		    { -DAY_MS, PERSON, "b", NULL, "wait 900000", 1, 0 },
		    { 60000, PERSON, "b", NULL, "new", 1, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(a_claim_asks_for_the_person)
{
	static const struct pace_case cases[] = {
		{ "of a template, not of free text",
		  { .people = 250 },
		  NULL,
		  { { 0, ASK, "a", NULL, "go", 0, 0 }, { 0, ASK_TEMPLATE, "b", NULL, "people 250", 0, 0 } } },
		{ "of both, where all counts; a signal is none",
		  { .people = 250, .people_all = true },
		  NULL,
		  { { 0, ASK, "a", NULL, "people 250", 0, 0 }, { 0, ASK_SIGNAL, "s", NULL, "go", 0, 0 } } },
		{ "granted, it goes; otherwise it waits",
		  { .people = 250 },
		  NULL,
		  { { 0, ASK_TEMPLATE, "a", NULL, "people 250", 0, 0 },
		    { 0, ASK_MET, "a", NULL, "wait 5000 people of the day", 5000, 0 },
		    { 5000, ASK_TEMPLATE, "a", NULL, "people 250", 0, 0 },
		    { 5000, ASK_MET, "a", NULL, "go", -1, 0 } } },
		{ "last, when the number would let it go; a grant is good for a minute",
		  { .people = 250, .interval_us = 10000000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK_TEMPLATE, "a", NULL, "wait 9900 number limit", 0, 0 },
		    { 0, ASK_MET, "a", NULL, "wait 9900 number limit", -1, 0 },
		    { 9900, ASK_TEMPLATE, "a", NULL, "go", 0, 0 },
		    { 9900, ASK_MET, "b", NULL, "wait 10000 number limit", -1, 0 },
		    { 69900, ASK_TEMPLATE, "b", NULL, "people 250", 0, 0 } } },
		{ "who has to ask holds up nobody",
		  { .people = 250 },
		  NULL,
		  { { 0, ASK_TEMPLATE, "a", "p", "people 250", 0, 0 },
		    { 0, ASK, "b", "p", "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(order_of_a_conversation)
{
	static const struct pace_case cases[] = {
		{ "the second waits for the first's end",
		  { .burst = 1 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, ASK, "b", "p", "wait 150" BEHIND, 0, 0 },
		    { 0, ASK, "c", "p", "wait 300" BEHIND, 0, 0 },
		    { 0, ASK, "q", "q", "go", 0, 0 },
		    { 100, SENT, "a", "p", "1", 0, 0 },
		    { 100, ASK, "c", "p", "wait 200" BEHIND, 0, 0 },
		    { 100, ASK, "b", "p", "go", 0, 0 },
		    { 200, FAILED, "b", "p", "1", 0, 0 },
		    { 200, ASK, "c", "p", "go", 0, 0 } } },
		{ "and for what it waits for",
		  { .burst = 1 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, AGAIN, "a", "p", "1", 5000, 0 },
		    { 0, ASK, "b", "p", "wait 5150" BEHIND, 0, 0 },
		    { 5150, ASK, "b", "p", "wait 150" BEHIND, 0, 0 },
		    { 5200, ASK, "a", "p", "go", 0, 0 } } },
		{ "though there is a token by then",
		  { .interval_us = 1000000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK, "a", "p", "wait 900 number limit", 0, 0 },
		    { 0, ASK, "b", "p", "wait 1050" BEHIND, 0, 0 },
		    { 1050, ASK, "b", "p", "wait 150" BEHIND, 0, 0 },
		    { 1060, ASK, "a", "p", "go", 0, 0 },
		    { 1100, SENT, "a", "p", "1", 0, 0 },
		    { 1200, ASK, "b", "p", "wait 760 number limit", 0, 0 },
		    { 1960, ASK, "b", "p", "go", 0, 0 } } },
		{ "of one whose job is gone, not for ever",
		  { .burst = 1 },
		  NULL,
		  { { 0, ASK, "a", "p", "go", 0, 0 },
		    { 0, AGAIN, "a", "p", "1", 5000, 0 },
		    { 65000, ASK, "b", "p", "wait 150" BEHIND, 0, 0 },
		    { 65001, ASK, "b", "p", "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

WQ_TEST(who_passes_whom)
{
	static const struct pace_case cases[] = {
		{ "a reply passes bulk that waits",
		  { .interval_us = 1000000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK_BULK, "a", "p", "wait 900 number limit", 0, 0 },
		    { 0, ASK, "b", "p", "wait 900 number limit", 0, 0 },
		    { 900, ASK, "b", "p", "go", 0, 0 },
		    { 900, ASK_BULK, "a", "p", "wait 150" BEHIND, 0, 0 },
		    { 950, SENT, "b", "p", "1", 0, 0 },
		    { 2000, ASK_BULK, "a", "p", "go", 0, 0 },
		    { 2000, ASK, "c", "p", "wait 150" BEHIND, 0, 0 } /* not what is under way */ } },
		{ "other bulk does not",
		  { .interval_us = 1000000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK_BULK, "a", "p", "wait 900 number limit", 0, 0 },
		    { 0, ASK_BULK, "b", "p", "wait 1050" BEHIND, 0, 0 },
		    { 0, ASK_BULK, "c", "p", "wait 1200" BEHIND, 0, 0 } } },
		{ "bulk passes nothing",
		  { .interval_us = 1000000 },
		  NULL,
		  { { 0, ASK, "x", NULL, "go", 0, 0 },
		    { 0, ASK, "a", "p", "wait 900 number limit", 0, 0 },
		    { 0, ASK_BULK, "b", "p", "wait 1050" BEHIND, 0, 0 },
		    { 900, ASK, "a", "p", "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

/* Of each person in the order in which they asked first, and no sooner than the limits let them. */
WQ_TEST(conversations_under_limits_keep_their_order)
{
	enum { PEOPLE = 5, EACH = 12, N = PEOPLE * EACH };
	static const struct wq_send_rules rules = {
		.interval_us = 50000, .burst = 3, .pair_ms = 1000, .pair_burst = 2
	};
	struct wq_send_rules r = pace_world_rules(&rules);
	static struct pace_message m[N];

	for (int i = 0; i < N; i++) {
		m[i] = (struct pace_message){ .went = -1, .next = i };
		snprintf(m[i].id, sizeof(m[i].id), "m%d", i);
		snprintf(m[i].to, sizeof(m[i].to), "p%d", i % PEOPLE);
	}
	pace_world_empty();
	pace_world_send_all(&r, m, N);
	WQ_CHECK("the number's limit", pace_most_within(m, N, 1000) <= 23);
	for (int i = 0; i + PEOPLE < N; i++)
		WQ_CHECK(m[i].id, m[i].went <= m[i + PEOPLE].went);
	for (int i = 0; i + 2 * PEOPLE < N; i++)
		WQ_CHECK(m[i].id, m[i + 2 * PEOPLE].went - m[i].went >= 1000);
	WQ_CHECK("no longer than it has to be", m[N - 1].went <= EACH * 1000 + 1000);
}

WQ_TEST(quiet_hours_wait)
{
	static const struct pace_case cases[] = {
		{ "what can wait does, and takes no token",
		  { .interval_us = 1000000, .quiet_until_ms = PACE_NOW_MS + 5000 },
		  NULL,
		  { { 0, ASK_CAN_WAIT, "a", NULL, "wait 5000 quiet hours", 0, 0 },
		    { 0, ASK, "b", NULL, "go", 0, 0 },
		    { 4999, ASK_CAN_WAIT, "a", NULL, "wait 1 quiet hours", 0, 0 },
		    { 5000, ASK_CAN_WAIT, "a", NULL, "go", 0, 0 } } },
		{ "and holds up nobody",
		  { .quiet_until_ms = PACE_NOW_MS + 5000 },
		  NULL,
		  { { 0, ASK_CAN_WAIT, "a", "p", "wait 5000 quiet hours", 0, 0 },
		    { 0, ASK, "b", "p", "go", 0, 0 } } },
		{ "there are none",
		  { .quiet_until_ms = 0 },
		  NULL,
		  { { 0, ASK_CAN_WAIT, "a", NULL, "go", 0, 0 } } },
	};

	pace_world_run(cases, WQ_COUNT(cases));
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(forty_to_a_person_are_a_debt), WQ_CASE(the_pair),
		WQ_CASE(people_a_day), WQ_CASE(a_claim_asks_for_the_person),
		WQ_CASE(order_of_a_conversation), WQ_CASE(who_passes_whom), WQ_CASE(people_come_and_go),
		WQ_CASE(conversations_under_limits_keep_their_order),
		WQ_CASE(quiet_hours_wait),
	};

	return cmocka_run_group_tests_name(__FILE__, all, pace_world_begin, pace_world_end) != 0;
}
