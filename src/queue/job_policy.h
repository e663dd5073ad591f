/* SPDX-License-Identifier: MIT */
#pragma once
/* job_policy.h — what a job's options say about its end: attempts, backoff, what is kept of it.  Pure. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "queue/backoff.h"

/* How many finished jobs stay. */
struct wq_keep {
	int64_t count; /* -1: all, 0: none */
	int64_t age_s; /* -1: no bound */
	int64_t limit; /* removed for their age by one finish, at most; 0: as many as a call may */
};

struct wq_job_policy {
	uint32_t attempts; /* in all; 0 as 1 */
	struct wq_backoff backoff;
	bool has_keep_completed, has_keep_failed; /* else the worker's hold */
	struct wq_keep keep_completed, keep_failed;
	int64_t stack_traces;          /* kept, the last ones; -1: all */
	int64_t logs;                  /* rows kept; -1: all */
	bool broken;                   /* the options are no JSON object and count as {} */
	bool unread;                   /* out of memory (raised): what they say is not known */
};

/* `opts` as stored in the job's hash.  Numbers out of range count as the nearest that is in it. */
void wq_job_policy_read(struct wq_job_policy *p, struct wq_str opts);
