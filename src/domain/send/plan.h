/* SPDX-License-Identifier: MIT */
#pragma once
/* plan.h — from a verdict to what is done: with the ledger, with the job, and with more than this message.  Pure. */
#include "domain/provider/verdict.h"
#include "store/send.h"

enum wq_send_ending {
	WQ_ENDING_COMPLETE,
	WQ_ENDING_FAIL,     /* a failed attempt of the job: retried by its own attempts and backoff */
	WQ_ENDING_FOR_GOOD, /* to the dead letters */
	WQ_ENDING_DELAY,    /* comes again; no attempt is used up */
};

enum wq_send_subject { WQ_SUBJECT_NONE, WQ_SUBJECT_PERSON, WQ_SUBJECT_TEMPLATE, WQ_SUBJECT_CREDENTIAL };

struct wq_send_plan {
	enum wq_send_end end;
	enum wq_send_ending ending;
	int64_t wait_ms; /* FAIL: at least; DELAY: that long */
	bool affects;    /* more than this message: */
	enum wq_send_effect effect;
	enum wq_send_subject subject;
	int64_t effect_ms; /* for so long; -1: until somebody says so */
	bool outage;     /* the provider seems gone, rather than this message wrong */
};

/* What is known of the try. */
struct wq_send_try {
	unsigned number;   /* of the message, from 1 */
	bool last_attempt; /* the job has no more */
	int64_t grace_ms;  /* of the ledger */
};

struct wq_send_plan wq_send_plan(const struct wq_verdict *v, const struct wq_answer *a,
                                 const struct wq_send_try *t);
