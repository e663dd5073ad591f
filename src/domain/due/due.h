/* SPDX-License-Identifier: MIT */
#pragma once
/* due.h — the due clock: one timer of a process that asks each account when the first thing of each kind is due there,
 * and has it done to the second, whatever else waits.
 *
 *   tick ──► look (a script for each account, pipelined) ──► run (a kind of an account that is due) ──► look again …
 *
 * Kinds     are told once, before the clock starts:  wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_WINDOWS, "windows",
 *           run_windows, ctx });  run() does one bounded batch of what is due in run->account and ends with
 *           wq_due_done(), from the loop.  A kind runs once at a time for an account, and for WQ_DUE_RUNS of them.
 * Others    every process asks, and who comes second finds nothing: a batch is one script, or leases what it takes.
 * Moments   are those of Redis' clock (now_ms 0 in scripts), or on virtual time of the loop's.  A moment that is known
 *           is looked for when it comes; what others add meanwhile is found within WQ_DUE_TICK_MS, with more than
 *           WQ_DUE_LOOKS accounts within as many ticks as it takes to ask all.
 * Memory    one node for an account where something waits; none for what waits.
 */
#include "base/heap.h"
#include "base/map.h"
#include "base/metrics.h"
#include "domain/account/directory.h"
#include "io/loop/timer.h"
#include "store/due.h"

struct wq_due;

/* A kind of an account that is worked now. */
struct wq_due_run {
	struct wq_due *due;
	char account[WQ_ACCOUNT_ID_MAX_BYTES + 1];
	struct wq_send_keys keys; /* of the account */
	int64_t now_ms;           /* what scripts are told as now_ms */
	int64_t clock_ms;         /* what time it is for them, about */
	struct wq_redis_cmd cmd;  /* for the kind */
	void *user;               /* likewise; NULL at the beginning */
	/* private */
	const struct wq_due_kind *kind; /* NULL: it is free */
};

struct wq_due_kind {
	enum wq_due_set set;
	const char *name; /* static; of logs and metrics: "windows" */
	/* 0: wq_due_done comes once, later, from the loop; < 0: raised, and it is tried a tick later. */
	int (*run)(void *ctx, struct wq_due_run *r);
	void *ctx;
};

struct wq_due_opts {
	struct wq_loop *loop; /* borrowed, as the next */
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	bool own_clock; /* moments are by the loop's clock */
};

/* 0 or a raised error; no tick yet. */
int wq_due_create(struct wq_due **out, const struct wq_due_opts *o);
/* Copied; at most WQ_DUE_KINDS, before the start. */
void wq_due_add(struct wq_due *d, const struct wq_due_kind *k);
void wq_due_start(struct wq_due *d);
/* Something became due there, or will before what was known: it is looked at soon. */
void wq_due_mark(struct wq_due *d, struct wq_str account);
/* Long work ends early. */
bool wq_due_closing(const struct wq_due *d);
enum { WQ_DUE_MORE = 1 };
/* 0: all that was due is done; WQ_DUE_MORE: there is more, at once; < 0: not now.  The last use of r. */
void wq_due_done(struct wq_due_run *r, int rc);
void wq_due_add_metrics(struct wq_due *d, struct wq_metrics *m);
/* Runs end first; done(ctx), which may be NULL, runs later, from the loop.  NULL is fine and tells nobody. */
void wq_due_close(struct wq_due *d, void (*done)(void *ctx), void *ctx);
