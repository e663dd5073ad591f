/* SPDX-License-Identifier: MIT */
/* block_test.c — the policy of blocks, as tables: is the account well, and what is a message that did not arrive. */
#include "base/assert.h"
#include "domain/block/policy.h"
#include "support/test.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))
#define DAY_MS  (24 * HOUR_MS)
#define SENT_MS INT64_C(1780000000000)
#define DUE_MS  (SENT_MS + 75 * HOUR_MS)

static const struct {
	const char *what;
	int64_t sent, late, usual_sent, usual_late;
	enum wq_block_health want;
} healths[] = {
	{ "nothing was sent", 0, 0, 1000, 20, WQ_BLOCK_UNKNOWN },
	{ "one other arrived", 1, 0, 0, 0, WQ_BLOCK_NORMAL },
	{ "one other did not", 1, 1, 0, 0, WQ_BLOCK_ILL },
	{ "a half of a few", 8, 4, 0, 0, WQ_BLOCK_NORMAL },
	{ "more than a half of a few", 9, 5, 0, 0, WQ_BLOCK_ILL },
	{ "all arrived", 1000, 0, 0, 0, WQ_BLOCK_NORMAL },
	{ "a fifth, where nothing is usual yet", 1000, 200, 0, 0, WQ_BLOCK_NORMAL },
	{ "more", 1000, 201, 0, 0, WQ_BLOCK_ILL },
	{ "a fifth, where 2 % are usual", 1000, 200, 1000, 20, WQ_BLOCK_NORMAL },
	{ "more, where 2 % are usual", 1000, 201, 1000, 20, WQ_BLOCK_ILL },
	{ "30 %, where 10 % are usual", 1000, 300, 1000, 100, WQ_BLOCK_NORMAL },
	{ "more than three times what is usual", 1000, 301, 1000, 100, WQ_BLOCK_ILL },
	{ "a half, where 40 % are usual", 1000, 500, 1000, 400, WQ_BLOCK_NORMAL },
	{ "more than a half is never well", 1000, 501, 1000, 900, WQ_BLOCK_ILL },
	{ "what is usual is not told from 99", 1000, 250, 99, 30, WQ_BLOCK_ILL },
	{ "but from 100", 1000, 250, 100, 30, WQ_BLOCK_NORMAL },
	{ "nothing arrived", 10, 10, 1000, 20, WQ_BLOCK_ILL },
};

WQ_TEST(is_the_account_well)
{
	for (size_t i = 0; i < WQ_COUNT(healths); i++) {
		struct wq_block_share share = { healths[i].sent, healths[i].late };
		struct wq_block_share usual = { healths[i].usual_sent, healths[i].usual_late };

		WQ_CHECK_INT(healths[i].what, wq_block_health_of(&share, &usual), healths[i].want);
	}
}

#define WELL { 1000, 20 }
#define ILL  { 1000, 600 }
#define NONE { 0, 0 }
/* All is well: days, what is usual, now. */
#define FINE WELL, WELL, WELL, WELL

static const struct {
	const char *what, *state, *kind, *contact;
	int64_t lived_ms, before, own, now_ms, ahead_ms;
	struct wq_block_share day, near, usually, now;
	enum wq_block_what want;
	int64_t row;
	enum wq_block_state verdict;
} cases[] = {
	{ "the first is watched", "sent", "", "c1", 0, 0, 1, DUE_MS, 0, FINE, WQ_BLOCK_COUNT, 1, WQ_BLOCK_WATCHED },
	{ "the second is a probable block", "sent", "", "c1", 0, 1, 2, DUE_MS, 0, FINE, WQ_BLOCK_COUNT, 2,
	  WQ_BLOCK_PROBABLE },
	{ "the third a confirmed one", "sent", "", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_COUNT, 3,
	  WQ_BLOCK_CONFIRMED },
	{ "and stays so", "sent", "", "c1", 0, 9, 10, DUE_MS, 0, FINE, WQ_BLOCK_COUNT, 10, WQ_BLOCK_CONFIRMED },
	{ "it was delivered", "delivered", "", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "it was read", "read", "", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "it failed", "failed", "", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "no status ever came", "accepted", "", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "its record is gone", "", "", "", 0, 0, 1, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "of a reaction nothing is told", "sent", "reaction", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "a group blocks nobody", "sent", "group", "c1", 0, 2, 3, DUE_MS, 0, FINE, WQ_BLOCK_DROP, 0, 0 },
	{ "to nobody whom we know", "sent", "", "", 0, 0, 1, DUE_MS, 0, FINE, WQ_BLOCK_LATE, 0, 0 },
	{ "he wrote before it was sent", "sent", "", "c1", SENT_MS - 1, 1, 2, DUE_MS, 0, FINE,
	  WQ_BLOCK_COUNT, 2, WQ_BLOCK_PROBABLE },
	{ "he wrote since, or got another", "sent", "", "c1", SENT_MS, 1, 2, DUE_MS, 0, FINE, WQ_BLOCK_LATE, 0, 0 },
	{ "the account was ill that day", "sent", "", "c1", 0, 2, 3, DUE_MS, 0, ILL, WELL, WELL, WELL,
	  WQ_BLOCK_LATE, 0, 0 },
	{ "it is ill now", "sent", "", "c1", 0, 2, 3, DUE_MS, 0, WELL, WELL, WELL, ILL, WQ_BLOCK_HOLD, 0, 0 },
	{ "the days around say it for a few", "sent", "", "c1", 0, 2, 3, DUE_MS, 0, { 3, 1 }, ILL, WELL, WELL,
	  WQ_BLOCK_LATE, 0, 0 },
	{ "or that it was well", "sent", "", "c1", 0, 2, 3, DUE_MS, 0, { 3, 2 }, { 200, 8 }, WELL, WELL,
	  WQ_BLOCK_COUNT, 3, WQ_BLOCK_CONFIRMED },
	{ "nobody else was written to", "sent", "", "c1", 0, 1, 2, DUE_MS, 0, { 1, 1 }, { 2, 2 }, NONE, NONE,
	  WQ_BLOCK_HOLD, 0, 0 },
	{ "one other was, and got it", "sent", "", "c1", 0, 1, 2, DUE_MS, 0, { 2, 1 }, { 3, 2 }, NONE, NONE,
	  WQ_BLOCK_COUNT, 2, WQ_BLOCK_PROBABLE },
	{ "one other was, and did not", "sent", "", "c1", 0, 1, 2, DUE_MS, 0, { 2, 2 }, { 3, 3 }, NONE, NONE,
	  WQ_BLOCK_LATE, 0, 0 },
	{ "nothing to compare with for 14 days", "sent", "", "c1", 0, 1, 2, SENT_MS + 15 * DAY_MS, 0, { 1,
	  1 }, { 2, 2 }, NONE,
	  NONE, WQ_BLOCK_LATE, 0, 0 },
	{ "ill for 14 days", "sent", "", "c1", 0, 2, 3, SENT_MS + 15 * DAY_MS, 0, WELL, WELL, WELL, ILL,
	  WQ_BLOCK_LATE, 0, 0 },
	{ "the clock was set forward by 30 days an hour after", "sent", "", "c1", 0, 1, 2,
	  SENT_MS + 30 * DAY_MS + HOUR_MS,
	  30 * DAY_MS, FINE, WQ_BLOCK_WAIT, 0, 0 },
	{ "and 72 hours have passed since", "sent", "", "c1", 0, 1, 2, SENT_MS + 33 * DAY_MS, 30 * DAY_MS,
	  FINE, WQ_BLOCK_COUNT, 2, WQ_BLOCK_PROBABLE },
	{ "delivered before the clock was set", "delivered", "", "c1", 0, 1, 2,
	  SENT_MS + 30 * DAY_MS + HOUR_MS, 30 * DAY_MS,
	  FINE, WQ_BLOCK_DROP, 0, 0 },
};

WQ_TEST(what_is_one_that_did_not_arrive)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		const struct wq_block_row row = { .id = WQ_STR("m1"),
			                          .state = wq_str(cases[i].state),
			                          .kind = wq_str(cases[i].kind),
			                          .contact = wq_str(cases[i].contact),
			                          .sent_ms = SENT_MS,
			                          .lived_ms = cases[i].lived_ms,
			                          .before = cases[i].before,
			                          .own = cases[i].own,
			                          .day = cases[i].day,
			                          .near = cases[i].near };
		struct wq_block_judged j = wq_block_judge(
			&(struct wq_block_facts){ .row = &row,
		                                  .usually = cases[i].usually,
		                                  .now = cases[i].now,
		                                  .now_ms = cases[i].now_ms,
		                                  .ahead_ms = cases[i].ahead_ms });

		WQ_CHECK_INT(cases[i].what, j.what, cases[i].want);
		WQ_CHECK_INT(cases[i].what, j.row, cases[i].row);
		WQ_CHECK_INT(cases[i].what, j.state, cases[i].verdict);
		WQ_CHECK(cases[i].what, (j.why == NULL) == (j.what == WQ_BLOCK_COUNT));
		WQ_CHECK(cases[i].what,
		         (j.again_ms > 0) == (j.what == WQ_BLOCK_HOLD || j.what == WQ_BLOCK_WAIT));
	}
}

WQ_TEST(a_contact_is_compared_with_others)
{
	struct wq_block_share others = wq_block_others((struct wq_block_share){ 10, 3 }, 2);

	WQ_CHECK_INT("sent", others.sent, 8);
	WQ_CHECK_INT("late", others.late, 1);
	others = wq_block_others((struct wq_block_share){ 10, 1 }, 3);
	WQ_CHECK_INT("no more than there are", others.sent, 9);
	WQ_CHECK_INT("likewise", others.late, 0);
}

WQ_TEST(how_sure_a_verdict_is)
{
	WQ_CHECK_INT("watched", wq_block_percent(WQ_BLOCK_WATCHED), 0);
	WQ_CHECK_INT("probable", wq_block_percent(WQ_BLOCK_PROBABLE), 95);
	WQ_CHECK_INT("confirmed", wq_block_percent(WQ_BLOCK_CONFIRMED), 99);
}

WQ_TEST_MAIN(WQ_CASE(is_the_account_well), WQ_CASE(what_is_one_that_did_not_arrive),
             WQ_CASE(a_contact_is_compared_with_others), WQ_CASE(how_sure_a_verdict_is))
