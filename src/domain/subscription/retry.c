/* SPDX-License-Identifier: MIT */
/* retry.c — the two schedules. */
#include "domain/subscription/retry.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"

enum { OURS_MS = 1000, HELD_MIN_MS = 1000, SHUT_MS = 60000 };

static const int64_t schedule[] = {
	WQ_SECONDS(5),        WQ_MINUTES(5),        WQ_MINUTES(30),       WQ_MINUTES(2 * 60),
	WQ_MINUTES(5 * 60),   WQ_MINUTES(10 * 60),  WQ_MINUTES(14 * 60),  WQ_MINUTES(20 * 60),
	WQ_MINUTES(24 * 60),
};
static const int64_t strict_schedule[] = {
	WQ_SECONDS(1), WQ_SECONDS(2), WQ_SECONDS(5), WQ_SECONDS(10), WQ_SECONDS(30), WQ_SECONDS(60),
};

static struct wq_retry_verdict again(const struct wq_retry_answer *a)
{
	size_t at = a->attempts > 0 ? a->attempts - 1 : 0;
	int64_t ms;

	if (!a->strict && at >= WQ_COUNT(schedule))
		return (struct wq_retry_verdict){ WQ_RETRY_GIVEN_UP, 0 };
	if (a->strict)
		ms = strict_schedule[at < WQ_COUNT(strict_schedule)
		                             ? at
		                             : WQ_COUNT(strict_schedule) - 1];
	else
		ms = schedule[at];
	return (struct wq_retry_verdict){ WQ_RETRY_AGAIN, ms + ms / 10 * (a->luck % 1024) / 1024 };
}

struct wq_retry_verdict wq_retry_judge(const struct wq_retry_answer *a)
{
	int64_t held = a->retry_after_ms;

	if (a->rc == WQ_ENOMEM || a->rc == WQ_EFULL || a->rc == WQ_ECANCELED)
		return (struct wq_retry_verdict){ WQ_RETRY_OURS, OURS_MS };
	if (a->rc == WQ_EACCES)
		return (struct wq_retry_verdict){ WQ_RETRY_HELD, SHUT_MS };
	/* Too long an answer is one all the same: its status counts. */
	if (a->rc != 0 && !(a->rc == WQ_ETOOBIG && a->status))
		return again(a);
	if (a->status >= 200 && a->status <= 299)
		return (struct wq_retry_verdict){ WQ_RETRY_TAKEN, 0 };
	if (a->status == 410 && !a->strict)
		return (struct wq_retry_verdict){ WQ_RETRY_GONE, 0 };
	if ((a->status == 429 || a->status == 503) && held >= 0) {
		held = held < HELD_MIN_MS ? HELD_MIN_MS : held;
		held = held > WQ_SUB_RETRY_AFTER_MAX_MS ? WQ_SUB_RETRY_AFTER_MAX_MS : held;
		return (struct wq_retry_verdict){ WQ_RETRY_HELD, held };
	}
	return again(a);
}

const char *wq_retry_name(enum wq_retry_kind k)
{
	static const char *const names[] = { "delivered", "retried",  "held",
		                             "retried",   "given up", "gone" };

	return names[k];
}
