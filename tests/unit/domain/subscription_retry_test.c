/* SPDX-License-Identifier: MIT */
/* subscription_retry_test.c — what an endpoint's answer means, and when it is asked again: tables. */
#include "base/clock.h"
#include "base/err.h"
#include "domain/subscription/retry.h"
#include "support/test.h"

#define HOURS(n) ((int64_t)WQ_MINUTES(60 * (n)))

static const struct {
	const char *what;
	int rc, status;
	int64_t retry_after_ms;
	unsigned attempts;
	bool strict;
	enum wq_retry_kind kind;
	int64_t delay_ms;
} cases[] = {
	{ "taken", 0, 200, -1, 1, false, WQ_RETRY_TAKEN, 0 },
	{ "taken without a word", 0, 204, -1, 9, false, WQ_RETRY_TAKEN, 0 },
	{ "a long answer is one", WQ_ETOOBIG, 200, -1, 1, false, WQ_RETRY_TAKEN, 0 },
	{ "no connection", WQ_ECONNECT, 0, -1, 1, false, WQ_RETRY_AGAIN, 5000 },
	{ "no name", WQ_ERESOLVE, 0, -1, 2, false, WQ_RETRY_AGAIN, 300000 },
	{ "not public", WQ_EDENIED, 0, -1, 3, false, WQ_RETRY_AGAIN, 1800000 },
	{ "no answer", WQ_ETIMEDOUT, 0, -1, 4, false, WQ_RETRY_AGAIN, HOURS(2) },
	{ "500", 0, 500, -1, 5, false, WQ_RETRY_AGAIN, HOURS(5) },
	{ "404", 0, 404, -1, 6, false, WQ_RETRY_AGAIN, HOURS(10) },
	{ "400", 0, 400, -1, 7, false, WQ_RETRY_AGAIN, HOURS(14) },
	{ "a redirect is no way", 0, 302, -1, 8, false, WQ_RETRY_AGAIN, HOURS(20) },
	{ "401", 0, 401, -1, 9, false, WQ_RETRY_AGAIN, HOURS(24) },
	{ "the tenth is the last", 0, 500, -1, 10, false, WQ_RETRY_GIVEN_UP, 0 },
	{ "gone", 0, 410, -1, 1, false, WQ_RETRY_GONE, 0 },
	{ "asked to wait", 0, 429, 30000, 3, false, WQ_RETRY_HELD, 30000 },
	{ "for how long is not said", 0, 429, -1, 1, false, WQ_RETRY_AGAIN, 5000 },
	{ "503 asks too", 0, 503, 0, 1, false, WQ_RETRY_HELD, 1000 },
	{ "for a year", 0, 503, HOURS(8760), 1, false, WQ_RETRY_HELD, HOURS(24) },
	{ "500 may not", 0, 500, 60000, 1, false, WQ_RETRY_AGAIN, 5000 },
	{ "our memory", WQ_ENOMEM, 0, -1, 10, false, WQ_RETRY_OURS, 1000 },
	{ "our room", WQ_EFULL, 0, -1, 10, false, WQ_RETRY_OURS, 1000 },
	{ "cut off", WQ_ECANCELED, 0, -1, 10, false, WQ_RETRY_OURS, 1000 },
	{ "strict begins soon", 0, 500, -1, 1, true, WQ_RETRY_AGAIN, 1000 },
	{ "strict goes on", 0, 500, -1, 6, true, WQ_RETRY_AGAIN, 60000 },
	{ "strict never ends", 0, 500, -1, 100000, true, WQ_RETRY_AGAIN, 60000 },
	{ "strict is never gone", 0, 410, -1, 2, true, WQ_RETRY_AGAIN, 2000 },
};

WQ_TEST(verdicts)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_retry_answer a = { .rc = cases[i].rc,
			                     .status = cases[i].status,
			                     .retry_after_ms = cases[i].retry_after_ms,
			                     .attempts = cases[i].attempts,
			                     .strict = cases[i].strict };
		struct wq_retry_verdict v = wq_retry_judge(&a);

		WQ_CHECK_INT(cases[i].what, v.kind, cases[i].kind);
		WQ_CHECK_INT(cases[i].what, v.delay_ms, cases[i].delay_ms);
		a.luck = UINT32_MAX;
		WQ_CHECK(cases[i].what,
		         wq_retry_judge(&a).delay_ms <= v.delay_ms + v.delay_ms / 10);
	}
}

WQ_TEST(retries_go_on_for_three_days)
{
	int64_t all = 0;
	unsigned n = 1;

	for (;; n++) {
		struct wq_retry_answer a = { .status = 500, .retry_after_ms = -1, .attempts = n };
		struct wq_retry_verdict v = wq_retry_judge(&a);

		if (v.kind != WQ_RETRY_AGAIN)
			break;
		all += v.delay_ms;
	}
	WQ_CHECK_INT("attempts", n, 10);
	WQ_CHECK("three days", all > HOURS(72) && all < HOURS(80));
}

WQ_TEST_MAIN(WQ_CASE(verdicts), WQ_CASE(retries_go_on_for_three_days))
