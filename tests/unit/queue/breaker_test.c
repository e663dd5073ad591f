/* SPDX-License-Identifier: MIT */
/* breaker_test.c — a breaker's whole life as tables: what is asked or told, when, and what it answers. */
#include "queue/breaker.h"

#include "support/test.h"

enum { TRIP = 3, MIN_MS = 1000, MAX_MS = 4000 };
enum what { ASK, FINE, OUTAGE, NOTHING, TRIAL_FINE, TRIAL_OUTAGE, TRIAL_NOTHING };

struct row {
	unsigned at_ms;
	enum what what;
	int want;         /* of ask: the answer; else the state afterwards */
	unsigned pause_ms; /* afterwards */
};

static void play(const char *name, const struct row *rows, size_t n)
{
	struct wq_breaker b;

	wq_breaker_init(&b, TRIP, MIN_MS, MAX_MS);
	for (size_t i = 0; i < n; i++) {
		uint64_t now = (uint64_t)rows[i].at_ms * 1000;
		enum what what = rows[i].what;
		char where[96];

		snprintf(where, sizeof(where), "%s, row %zu", name, i);
		if (what == ASK)
			WQ_CHECK_INT(where, wq_breaker_ask(&b, now), rows[i].want);
		else {
			enum wq_breaker_outcome o = what == FINE || what == TRIAL_FINE
			                                    ? WQ_BREAKER_FINE
			                            : what == OUTAGE || what == TRIAL_OUTAGE
			                                    ? WQ_BREAKER_OUTAGE
			                                    : WQ_BREAKER_NOTHING;

			wq_breaker_tell(&b, o, what >= TRIAL_FINE, now);
			WQ_CHECK_INT(where, b.state, rows[i].want);
		}
		WQ_CHECK_INT(where, wq_breaker_pause_ms(&b, now), rows[i].pause_ms);
	}
}

#define PLAY(rows) play(#rows, rows, WQ_COUNT(rows))

static const struct row stays_closed[] = {
	{ 0, ASK, WQ_BREAKER_GO, 0 },        { 1, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 2, OUTAGE, WQ_BREAKER_CLOSED, 0 }, { 3, FINE, WQ_BREAKER_CLOSED, 0 },
	{ 4, OUTAGE, WQ_BREAKER_CLOSED, 0 }, { 5, NOTHING, WQ_BREAKER_CLOSED, 0 },
	{ 6, OUTAGE, WQ_BREAKER_CLOSED, 0 }, { 7, ASK, WQ_BREAKER_GO, 0 },
};
static const struct row opens_and_closes[] = {
	{ 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },       { 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 10, OUTAGE, WQ_BREAKER_OPEN, 1000 },     { 10, ASK, WQ_BREAKER_STOP, 1000 },
	{ 20, OUTAGE, WQ_BREAKER_OPEN, 990 },      { 1009, ASK, WQ_BREAKER_STOP, 1 },
	{ 1010, ASK, WQ_BREAKER_TRIAL, 0 },        { 1010, ASK, WQ_BREAKER_WAIT, 0 },
	{ 1020, TRIAL_FINE, WQ_BREAKER_CLOSED, 0 }, { 1020, ASK, WQ_BREAKER_GO, 0 },
	{ 1030, OUTAGE, WQ_BREAKER_CLOSED, 0 },
};
static const struct row doubles_its_pause[] = {
	{ 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },        { 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 0, OUTAGE, WQ_BREAKER_OPEN, 1000 },       { 1000, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 1000, TRIAL_OUTAGE, WQ_BREAKER_OPEN, 2000 }, { 3000, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 3000, TRIAL_OUTAGE, WQ_BREAKER_OPEN, 4000 }, { 7000, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 7000, TRIAL_OUTAGE, WQ_BREAKER_OPEN, 4000 }, { 11000, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 11000, TRIAL_FINE, WQ_BREAKER_CLOSED, 0 }, { 11000, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 11000, OUTAGE, WQ_BREAKER_CLOSED, 0 },    { 11000, OUTAGE, WQ_BREAKER_OPEN, 1000 },
};
static const struct row hands_the_trial_on[] = {
	{ 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },        { 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 0, OUTAGE, WQ_BREAKER_OPEN, 1000 },       { 1000, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 1001, TRIAL_NOTHING, WQ_BREAKER_HALF_OPEN, 0 }, { 1001, ASK, WQ_BREAKER_TRIAL, 0 },
	{ 1002, OUTAGE, WQ_BREAKER_HALF_OPEN, 0 },  { 1003, FINE, WQ_BREAKER_CLOSED, 0 },
	{ 1004, TRIAL_OUTAGE, WQ_BREAKER_CLOSED, 0 }, { 1004, ASK, WQ_BREAKER_GO, 0 },
};
static const struct row a_late_success_closes[] = {
	{ 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },  { 0, OUTAGE, WQ_BREAKER_CLOSED, 0 },
	{ 0, OUTAGE, WQ_BREAKER_OPEN, 1000 }, { 5, FINE, WQ_BREAKER_CLOSED, 0 },
	{ 5, ASK, WQ_BREAKER_GO, 0 },
};

WQ_TEST(breaker_tables)
{
	PLAY(stays_closed);
	PLAY(opens_and_closes);
	PLAY(doubles_its_pause);
	PLAY(hands_the_trial_on);
	PLAY(a_late_success_closes);
}

WQ_TEST_MAIN(WQ_CASE(breaker_tables))
