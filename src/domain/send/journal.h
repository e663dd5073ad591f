/* SPDX-License-Identifier: MIT */
#pragma once
/* journal.h — what a process has just written into an account's ledger, to be written again should Redis lose it.
 *
 *   open ──► a try of ours that is under way ──► ended ──► forgotten, WQ_SEND_JOURNAL_MS after Redis had its outcome
 *
 * A Redis that came back without its last second, or a replica that took over too early, knows nothing of tries that
 * went out.  It gives no token until those who live have repeated what they know (send_claim.lua); they do so as soon
 * as they reach it, and what it had lost is counted and told.
 */
#include "base/metrics.h"
#include "domain/send/convoy.h"
#include "store/send.h"

struct wq_settle_rider {
	struct wq_rider rider;
	struct wq_send_settle settle;
};

struct wq_journal {
	struct wq_loop *loop;
	struct wq_convoy *settles; /* borrowed; what is repeated rides along */
	const char *account;       /* borrowed */
	struct wq_metric *lost;    /* borrowed: writes that Redis had lost */
	struct wq_list open, ended;
	size_t kept;               /* in ended */
	unsigned riding;
	uint64_t found;            /* lost ones, since somebody began to ride */
	void (*on_idle)(void *ctx); /* nothing rides any more */
	void *ctx;
};
struct wq_journal_entry;

void wq_journal_init(struct wq_journal *j, struct wq_loop *l, struct wq_convoy *settles,
                     const char *account);
/* Nothing rides. */
void wq_journal_fini(struct wq_journal *j);

/* A try that is claimed: id, to, token and number of `s`, copied.  NULL: out of memory (raised); it is not kept. */
struct wq_journal_entry *wq_journal_open(struct wq_journal *j, const struct wq_send_settle *s);
/* Redis has its outcome `s`.  NULL is fine. */
void wq_journal_end(struct wq_journal_entry *e, const struct wq_send_settle *s);
/* Nobody will learn its outcome.  NULL is fine. */
void wq_journal_drop(struct wq_journal_entry *e);
/* Redis is there again: all that is kept is written once more. */
void wq_journal_repeat(struct wq_journal *j);
