/* SPDX-License-Identifier: MIT */
#pragma once
/* retry.h — what an endpoint's answer means for what was posted, and when it is posted again.  Pure.
 *
 *   2xx                    taken
 *   410                    nobody is there any more: the subscription is disabled
 *   429, 503 Retry-After   again then, no attempt used up, and nothing else is posted there before
 *   all else, no answer    again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, then given up
 *   our own lack of memory or room   again soon; the endpoint has nothing to do with it
 *   a secret that does not open      again in a minute, as if asked to wait: only the operator can mend it
 *
 * Strict order never gives up, also not for a 410, and asks again after 1, 2, 5, 10, 30 and from then on 60 s: all that
 * comes later waits.
 */
#include <stdbool.h>
#include <stdint.h>

enum wq_retry_kind { WQ_RETRY_TAKEN, WQ_RETRY_AGAIN, WQ_RETRY_HELD, WQ_RETRY_OURS, WQ_RETRY_GIVEN_UP, WQ_RETRY_GONE };

struct wq_retry_answer {
	int rc, status;
	int64_t retry_after_ms; /* -1: none */
	unsigned attempts;      /* with this one */
	bool strict;
	uint32_t luck;          /* any number: spreads what failed together by up to a tenth */
};

struct wq_retry_verdict {
	enum wq_retry_kind kind;
	int64_t delay_ms;
};

struct wq_retry_verdict wq_retry_judge(const struct wq_retry_answer *a);
/* "given up" */
const char *wq_retry_name(enum wq_retry_kind k);
