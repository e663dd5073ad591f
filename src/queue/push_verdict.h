/* SPDX-License-Identifier: MIT */
#pragma once
/* push_verdict.h — what an endpoint's answer to a posted job means for the job.  Pure.
 *
 *   2xx                              completed; the body is the return value
 *   2xx with X-Willaq-Delay: MS      due again in MS, no attempt used up
 *   429, 503 with Retry-After        due again then, no attempt used up
 *   408, 425, 429, 5xx, no answer    a failed attempt
 *   any other                        failed for good
 *
 * A Retry-After of less than WQ_PUSH_DELAY_MIN_MS counts as that much: nobody is asked in a tight circle.  An
 * X-Willaq-Delay that is no number of milliseconds is a failed attempt, for something was meant by it.  An answer that
 * is too large to take is judged by its status; a 2xx of that kind fails for good, as trying again changes nothing.
 *
 * The reason of a failure is the body's error.message, or detail, or message, or the status line; error.stack is its
 * stack trace.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

struct wq_push_answer {
	int rc;                 /* of the call (client.h) */
	int status;             /* 0: none came */
	bool timed_out;         /* the job's own time-out cut it off */
	uint32_t timeout_ms;    /* what the endpoint had; 0: do not tell */
	int64_t retry_after_ms; /* -1: none */
	struct wq_str delay;    /* X-Willaq-Delay; p == NULL: none */
	struct wq_str body;
	const char *why;        /* what the client says of a failure; "" */
};

enum wq_push_kind { WQ_PUSH_COMPLETE, WQ_PUSH_DELAY, WQ_PUSH_FAIL, WQ_PUSH_FAIL_FOR_GOOD };

enum { WQ_PUSH_LINE_BYTES = 256 };

struct wq_push_verdict {
	enum wq_push_kind kind;
	int64_t delay_ms;
	struct wq_str value;         /* the body as it came */
	struct wq_str reason, stack; /* in `doc`, in `line`, or static */
	yyjson_doc *doc;             /* owned */
	char line[WQ_PUSH_LINE_BYTES];
};

/* The verdict stays put, and borrows from the answer.  Out of memory: the reason is the status line. */
void wq_push_verdict_init(struct wq_push_verdict *v, const struct wq_push_answer *a);
/* Twice is fine, zeroed is fine. */
void wq_push_verdict_fini(struct wq_push_verdict *v);

/* True when the endpoint as such seems to be gone: no connection, no answer, or a gateway that says so.  One that
 * answers by itself, with an error too, is there. */
bool wq_push_is_outage(const struct wq_push_answer *a);
