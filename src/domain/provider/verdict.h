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

/* Evolution has no codes of its own; these stand in wq_answer.code for what its answers say. */
enum {
	WQ_EVOLUTION_NOT_ON_WHATSAPP = 400001,
	WQ_EVOLUTION_VALIDATION,
	WQ_EVOLUTION_CLOSED,
	WQ_EVOLUTION_BROKEN,
	WQ_EVOLUTION_EXCEPTION,
	WQ_EVOLUTION_UNAUTHORIZED,
	WQ_EVOLUTION_FORBIDDEN,
	WQ_EVOLUTION_NO_INSTANCE,
	WQ_EVOLUTION_NO_ROUTE,
	WQ_EVOLUTION_DISGUISED,
	WQ_EVOLUTION_NOT_AVAILABLE,
	WQ_EVOLUTION_CRASH,
};

struct wq_verdict {
	enum wq_action action;
	int64_t wait_ms;      /* RETRY, SLOW, PAIR, SETTLE: before the next try or look; PAUSE: until a probe, 0: by
	                       * hand; STOP_TEMPLATE, NO_MARKETING: how long, 0: until we are told */
	unsigned attempts_max; /* of RETRY, tries in all; 0: the job's own */
	const char *meaning;  /* of the code, for people; static; NULL: not in the table */
};

/* What is to be done.  `attempt`: tries of this message with this one, from 1; for PAIR and NOT_SENT those count as
 * well that used none of the job's attempts.  `random`: 32 bits, for jitter.  Also for a status that says "failed": as
 * REFUSED, with its code and without an HTTP status.
 *
 *   SENT      DONE
 *   UNKNOWN   SETTLE
 *   NOT_SENT  SLOW, after 1, 2, 4 … 300 s: as if never tried, so no attempt is used
 *   REFUSED   the row of its code; else by HTTP status: 401 TOKEN, 403 PAUSE, 408 and 5xx and what the provider calls
 *             transient RETRY (5 tries), 429 SLOW, all others DROP
 *   waits     RETRY: half to all of 2, 4, 8 … 30 s (OUT-5), or of what its row says; PAIR: 4^n s to 300 s, and up
 *             to a quarter more; SLOW: what its row says, and up to a quarter more.  Retry-After wins where it is
 *             longer, to a day (and gets up to a quarter more, so that not all come back at once).
 * A row whose tries are used up (attempts_max) may name what is done then: that is the action of the last one. */
struct wq_verdict wq_judge(enum wq_provider provider, const struct wq_answer *answer,
                           unsigned attempt, uint32_t random);

/* Rows of people's own, which stand before those of the tables:
 *
 *   {"cloud": {"131026": {"action": "retry", "waitMs": 60000, "attempts": 3, "then": "drop"}, "190/463": …},
 *    "evolution": {"closed": …}, "twilio": …}
 *
 * A key is a code, a code and its subcode, or Evolution's word for one; a code may be one that no table has.  What a
 * row does not say stays as the table has it, unless it names another action: then the action's own waits apply. */
struct wq_verdicts;
enum { WQ_VERDICTS_WHY_BYTES = 256 };
/* 0; WQ_EPARSE (not raised; `why` names the member and says what is wrong), WQ_ENOMEM (raised). */
int wq_verdicts_read(struct wq_verdicts **out, struct wq_str json,
                     char why[static WQ_VERDICTS_WHY_BYTES]);
/* NULL is fine. */
void wq_verdicts_destroy(struct wq_verdicts *v);
/* As wq_judge; NULL: by the tables alone. */
struct wq_verdict wq_verdicts_judge(const struct wq_verdicts *v, enum wq_provider provider,
                                    const struct wq_answer *answer, unsigned attempt,
                                    uint32_t random);
