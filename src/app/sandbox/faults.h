/* SPDX-License-Identifier: MIT */
#pragma once
/* faults.h — what goes wrong, decided.  Pure: a seed and the order of questions give the same answers.
 *
 * Two sources: chances (a share of all sends or webhooks), and orders (this very request).  An order beats chance; of
 * several orders that fit, the oldest that still has something to do.  Shares are in millionths: 0.5 % is exact.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/random.h"
#include "base/str.h"

#define WQ_PPM               1000000 /* all of them */
#define WQ_FAULT_MATCH_BYTES 160     /* of a number or a user id, with its NUL */

enum wq_fault_kind {
	WQ_FAULT_NONE,
	WQ_FAULT_ERROR,            /* an error answer; nothing accepted */
	WQ_FAULT_RESET_BEFORE,     /* connection reset; nothing accepted */
	WQ_FAULT_RESET_AFTER,      /* accepted, then reset instead of the answer */
	WQ_FAULT_CLOSE,            /* connection closed without an answer; nothing accepted */
	WQ_FAULT_HANG,             /* no answer, ever; nothing accepted */
	WQ_FAULT_HANG_THEN_ACCEPT, /* a long silence, then accepted and answered */
	WQ_FAULT_ACCEPT_THEN_5XX,  /* accepted, but told as an error */
	WQ_FAULT_ANSWER_THEN_CLOSE, /* accepted and answered; then the connection ends, unannounced */
	WQ_FAULT_STATUS_FAILED,    /* accepted and answered; the status that follows is `failed` */
	WQ_FAULT_STATUS_LOST,      /* accepted and answered; no status ever comes */
	WQ_FAULT_KINDS
};

/* "error", "reset_before", …; false for anything else, "none" included. */
bool wq_fault_kind_from(struct wq_str name, enum wq_fault_kind *out);
const char *wq_fault_kind_name(enum wq_fault_kind kind);
/* Whether the message counts as sent all the same. */
bool wq_fault_accepts(enum wq_fault_kind kind);

/* What happens to one send. */
struct wq_fault {
	enum wq_fault_kind kind;
	int code;            /* Graph's; of an error or a failed status */
	int status;          /* HTTP; 0: the one that belongs to the code */
	uint32_t latency_ms; /* before the answer */
	uint64_t order;      /* its id; 0: by chance, or no fault */
};

struct wq_fault_order {
	struct wq_list link;
	uint64_t id;
	/* which sends: "" fits all */
	char to[WQ_FAULT_MATCH_BYTES]; /* digits of a phone number, a group or a user id */
	char number[WQ_FAULT_MATCH_BYTES]; /* the sender, as its provider calls it */
	int provider; /* -1: all of them */
	char type[24];
	uint64_t nth;       /* from the n-th that fits on, from 1; 0: from the first */
	uint32_t share_ppm; /* of those */
	uint64_t times;     /* so often; 0: for ever */
	int32_t latency_ms; /* -1: the usual */
	struct wq_fault then;
	uint64_t seen, done; /* sends that fitted; those that were hit */
};

struct wq_faults_opts {
	uint32_t latency_ms, latency_max_ms; /* evenly from the one to the other; the second 0: always the first */
	uint32_t fail_ppm, dup_ppm, reorder_ppm, lose_ppm, reply_ppm;
};

struct wq_faults {
	struct wq_faults_opts opts; /* may be changed at any time */
	struct wq_rng sends, webhooks, replies, shares, latencies, losses;
	struct wq_list orders;
	size_t orders_n;
	uint64_t last_id;
};

void wq_faults_init(struct wq_faults *f, uint64_t seed, const struct wq_faults_opts *o);
void wq_faults_fini(struct wq_faults *f);
/* A copy of *o is kept; its id, or WQ_EFULL (WQ_SANDBOX_ORDERS_MAX are still to be met; not raised) or WQ_ENOMEM. */
int64_t wq_faults_add(struct wq_faults *f, const struct wq_fault_order *o);
void wq_faults_clear(struct wq_faults *f);

struct wq_fault_asked {
	int provider;
	struct wq_str number, to, type; /* `to` as orders name it */
};
struct wq_fault wq_faults_send(struct wq_faults *f, const struct wq_fault_asked *a);
/* The usual, of one more answer. */
uint32_t wq_faults_latency(struct wq_faults *f);

struct wq_webhook_fault {
	bool dup;     /* goes out twice */
	bool reorder; /* waits for the next one to go first */
	bool lose;    /* never goes out */
};
/* Of a status; a message is never lost. */
struct wq_webhook_fault wq_faults_webhook(struct wq_faults *f, bool status);
/* Does the recipient write back? */
bool wq_faults_reply(struct wq_faults *f);
