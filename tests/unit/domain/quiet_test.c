/* SPDX-License-Identifier: MIT */
/* quiet_test.c — when quiet hours end, also in the nights in which clocks change. */
#include "domain/account/quiet.h"

#include "base/str.h"
#include "domain/account/account.h"
#include "support/test.h"

enum { EVENING = 21 * 60, MORNING = 8 * 60 };
#define UTC(year, month, day, hour, minute) { year, month, day, hour, minute, 0, 0, 0, 0 }

/* clang-format off: read by column */
static const struct {
	const char *zone;
	int from_min, until_min;
	struct wq_local now, end; /* in UTC; end.year 0: no quiet hours then */
} cases[] = {
	{ "America/Guayaquil", EVENING, MORNING, UTC(2026, 6, 10, 1, 59), { 0 } },
	{ "America/Guayaquil", EVENING, MORNING, UTC(2026, 6, 10, 2, 0), UTC(2026, 6, 10, 13, 0) },
	{ "America/Guayaquil", EVENING, MORNING, UTC(2026, 6, 10, 12, 59), UTC(2026, 6, 10, 13, 0) },
	{ "America/Guayaquil", EVENING, MORNING, UTC(2026, 6, 10, 13, 0), { 0 } },
	{ "America/Guayaquil", EVENING, MORNING, UTC(2026, 7, 1, 3, 0), UTC(2026, 7, 1, 13, 0) },
	{ "UTC", EVENING, MORNING, UTC(2026, 12, 31, 23, 59), UTC(2027, 1, 1, 8, 0) },
	{ "UTC", 13 * 60, 15 * 60, UTC(2026, 3, 1, 14, 30), UTC(2026, 3, 1, 15, 0) },
	{ "UTC", 13 * 60, 15 * 60, UTC(2026, 3, 1, 12, 59), { 0 } },
	{ "UTC", 13 * 60, 15 * 60, UTC(2026, 3, 1, 15, 0), { 0 } },
	/* Clocks go forward on the 29th, back on the 25th, at 01:00 UTC. */
	{ "Europe/Berlin", EVENING, MORNING, UTC(2026, 3, 28, 23, 0), UTC(2026, 3, 29, 6, 0) },
	{ "Europe/Berlin", EVENING, MORNING, UTC(2026, 10, 24, 23, 0), UTC(2026, 10, 25, 7, 0) },
	{ "Europe/Berlin", EVENING, 150, UTC(2026, 3, 28, 23, 0), UTC(2026, 3, 29, 1, 30) },
	{ "Europe/Berlin", EVENING, 150, UTC(2026, 10, 24, 23, 0), UTC(2026, 10, 25, 0, 30) },
	{ "Europe/Berlin", EVENING, 150, UTC(2026, 10, 25, 0, 45), { 0 } },
	{ "Europe/Berlin", EVENING, 150, UTC(2026, 10, 25, 1, 10), UTC(2026, 10, 25, 1, 30) },
};
/* clang-format on */

static int64_t ms_of(const struct wq_zone *utc, const struct wq_local *l)
{
	int64_t both[2];

	if (l->year == 0)
		return 0;
	(void)wq_zone_utc(utc, l, both);
	return both[0];
}

static void test_ends(void **state)
{
	struct wq_zone *utc;

	(void)state;
	assert_int_equal(wq_zone_fixed(&utc, 0), 0);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_quiet q = { cases[i].from_min, cases[i].until_min,
			              wq_str(cases[i].zone) };
		struct wq_account_problem p;
		struct wq_zone *zone;
		int64_t now_ms = ms_of(utc, &cases[i].now);

		assert_int_equal(wq_quiet_open(&q, &zone, &p), 0);
		if (wq_quiet_end_ms(&q, zone, now_ms) != ms_of(utc, &cases[i].end))
			fail_msg("case %zu: %lld ms from then", i,
			         (long long)(wq_quiet_end_ms(&q, zone, now_ms) - now_ms));
		wq_zone_destroy(zone);
	}
	wq_zone_destroy(utc);
}

static void test_zone_unknown(void **state)
{
	struct wq_quiet q = { EVENING, MORNING, wq_str("Middle/Earth") };
	struct wq_account_problem p;
	struct wq_zone *zone;

	(void)state;
	assert_int_equal(wq_quiet_open(&q, &zone, &p), WQ_ACCOUNT_INVALID);
	assert_string_equal(p.field, "quiet.zone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_zone_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
