/* SPDX-License-Identifier: MIT */
#pragma once
/* verdict.h — from a provider's answer to what is done about it: one table for each provider, by its error codes.
 *
 * docs/verdicts.md shows the tables; --verdicts FILE overrides rows.  Pure.
 */
#include "domain/provider/provider.h"

enum wq_action {
	WQ_ACT_DONE,       /* it was sent */
	WQ_ACT_RETRY,      /* the same again, after a wait; uses an attempt */
	WQ_ACT_SLOW,       /* this number slows down; the message waits and uses no attempt */
	WQ_ACT_PAIR,       /* this recipient alone has to wait (4^n s); uses no attempt */
	WQ_ACT_PAUSE,      /* nothing goes out of this account until somebody looks; the message waits */
	WQ_ACT_TOKEN,      /* as PAUSE, until there is a new token */
	WQ_ACT_TEMPLATE,   /* the window is closed: only a template can go */
	WQ_ACT_STOP_TEMPLATE, /* this template can't be sent now, by nobody of the account */
	WQ_ACT_SUPPRESS,   /* the person wants nothing (more) of us */
	WQ_ACT_NO_MARKETING, /* no marketing to that person for a day */
	WQ_ACT_DROP,       /* this message will never arrive */
	WQ_ACT_FIX,        /* the message is wrong: nobody can send it as it is */
	WQ_ACT_SETTLE,     /* nobody knows whether it was sent: the ledger's business */
	WQ_ACTIONS
};
/* "retry"; never NULL. */
const char *wq_action_name(enum wq_action a);

struct wq_verdict {
	enum wq_action action;
	int64_t wait_ms;      /* RETRY, SLOW, PAIR: before the next try; PAUSE: until a probe, 0: by hand */
	unsigned attempts_max; /* of RETRY; 0: the job's own */
	const char *meaning;  /* of the code, for people; static; NULL: not in the table */
};

/* `attempt`: of this message, from 1.  Retry-After wins over the table where it is longer.  `random`: 32 bits, for
 * jitter. */
struct wq_verdict wq_judge(enum wq_provider provider, const struct wq_answer *answer,
                           unsigned attempt, uint32_t random);
