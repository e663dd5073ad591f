/* SPDX-License-Identifier: MIT */
#pragma once
/* worker_core.h — a worker from the inside, for the files that make it up.
 *
 *   worker.c         its life: create, drain, close
 *   worker_turn.c    what leaves at the end of a turn of the loop, and what comes back
 *   worker_run.c     claimed jobs on their way to the handler, and their endings
 *   worker_guard.c   may the queue be worked, and by whom else it is
 *   worker_reclaim.c jobs that a call claimed whose answer was lost
 *   worker_note.c    what a job says while it runs
 *   worker_lease.c   locks are renewed; a lock that ran out
 *   worker_stalled.c the check for jobs of workers that are gone
 *   worker_counts.c  metrics
 */
#include "base/random.h"
#include "queue/queue_check.h"
#include "queue/scheduler.h"
#include "queue/slots.h"
#include "queue/wake.h"
#include "store/change.h"
#include "store/stalled.h"
#include "store/work.h"

/* A call that settles and claims. */
struct wq_work_call {
	struct wq_redis_cmd cmd;
	struct wq_worker *worker;
	struct wq_list slots; /* that it settles, in the order of its items */
	struct wq_list *at;   /* while its items are written */
	uint32_t n, claims;
	uint64_t sent_us;
	bool open;
	char token[WQ_TOKEN_MAX_BYTES];
};

/* A call that may have claimed, and never answered. */
struct wq_lost_call {
	uint64_t since_us;
	char token[WQ_TOKEN_MAX_BYTES];
};

struct wq_renew_call {
	struct wq_redis_cmd cmd;
	struct wq_worker *worker;
	struct wq_list *at;
	uint32_t n;
	uint64_t sent_us;
	bool open;
	struct wq_renewed {
		struct wq_slot *slot; /* NULL: gone meanwhile */
	} slots[WQ_WORKER_RENEW_MAX];
};

enum wq_worker_count {
	WQ_COUNT_COMPLETED,
	WQ_COUNT_FAILED,
	WQ_COUNT_RETRIED,
	WQ_COUNT_DELAYED,
	WQ_COUNT_RELEASED,
	WQ_COUNT_PARKED,  /* waits for children */
	WQ_COUNT_REFUSED, /* Redis did not take the outcome: the job is gone, or somebody else's */
	WQ_COUNT_LOST,    /* not settled at all: the lock had run out */
	WQ_COUNT_DEAD, /* failed for good, with a dead letter */
	WQ_COUNT_CLAIMED,
	WQ_COUNT_CALLS,
	WQ_COUNT_CALLS_FAILED,
	WQ_COUNT_STALLED, /* jobs of others put back by our check */
	WQ_COUNT_N
};

struct wq_worker {
	struct wq_loop *loop;
	struct wq_redis *redis; /* borrowed */
	struct wq_ref ref, dead;
	struct wq_worker_opts o; /* its texts are those below */
	struct wq_handler handler;
	struct wq_outcome_rules rules;
	char name[WQ_WORKER_NAME_MAX_BYTES + 1];
	char token[20]; /* every token of ours begins with it */
	uint64_t tokens;
	struct wq_rng rng;

	struct wq_slots slots;
	struct wq_work_call calls[WQ_WORKER_CALLS];
	uint32_t asked;    /* claims in flight */
	uint32_t singly;   /* so many items go one by one: one of them spoils a call */
	uint32_t retry_ms; /* 0: the last call was carried out */
	struct wq_timer retry;
	struct wq_post begin, turn;

	bool want;   /* look for jobs now */
	bool hungry; /* the last look found all that it asked for */
	bool promoting; /* the last look left due jobs that are to be moved */
	bool older;  /* a worker of 4.x shares the queue */
	int64_t next_due_ms;
	uint64_t limited_until_us, looked_us;
	struct wq_timer look;
	struct wq_wake wake;

	struct wq_timer lease;
	struct wq_renew_call renewals[WQ_WORKER_CALLS];
	uint64_t renew_after_us; /* a renewal failed: not before */

	struct wq_timer stalled;
	struct wq_redis_cmd stalled_cmd;
	struct wq_stalled_step stalled_step;
	bool checking;

	struct wq_schedules schedules;
	struct wq_followers *followers; /* owned */
	struct wq_list notes;
	uint32_t notes_n;

	struct wq_lost_call lost[WQ_WORKER_LOST_CALLS_MAX];
	uint32_t lost_n;
	bool lost_again; /* one more since the search began */
	bool reclaiming;
	struct wq_redis_cmd reclaim_cmd;
	int64_t reclaim_from;
	uint64_t reclaim_us;

	struct wq_timer guard;
	struct wq_queue_check check;
	bool guarding, checked, refused, warned;

	bool draining, closing, told;
	struct wq_timer grace;
	struct wq_post ending; /* drained, or closed, is told from the loop */
	void (*on_drained)(void *ctx);
	void *drained_ctx;
	void (*on_closed)(void *ctx);
	void *closed_ctx;
	unsigned parts_open; /* that close asynchronously */

	struct wq_metric counts[WQ_COUNT_N], held, batch, run_time;
	char *labels; /* owned; of all the metrics */
};

/* worker_turn.c */
void wq_worker_turn_init(struct wq_worker *w);
void wq_worker_turn_stop(struct wq_worker *w);
void wq_worker_look(struct wq_worker *w); /* for jobs, at the end of this turn */
void wq_worker_drop(struct wq_worker *w, struct wq_slot *slot); /* without settling it */
void wq_worker_check_ended(struct wq_worker *w);                /* drained or closed? */
/* A reserved slot takes the job. */
struct wq_slot *wq_worker_keep(struct wq_worker *w, struct wq_job *job, int64_t place,
                               struct wq_str token, uint64_t since_us);
/* Nothing is claimed for so long. */
void wq_worker_limit(struct wq_worker *w, int64_t ms);
/* worker_run.c */
void wq_worker_run_init(struct wq_worker *w);
void wq_worker_cancel_slot(struct wq_worker *w, struct wq_slot *slot, enum wq_cancel_reason reason);
void wq_worker_end_slot(struct wq_worker *w, struct wq_slot *slot); /* its outcome is there */
void wq_worker_fail_slot(struct wq_worker *w, struct wq_slot *slot, const char *reason,
                         bool for_good);
/* worker_reclaim.c */
void wq_worker_lost_call(struct wq_worker *w, const struct wq_work_call *c);
void wq_worker_reclaim(struct wq_worker *w); /* Redis answers */
void wq_worker_reclaim_stop(struct wq_worker *w);
/* worker_guard.c */
void wq_worker_guard_init(struct wq_worker *w);
void wq_worker_guard_stop(struct wq_worker *w);
/* worker_note.c */
void wq_worker_notes_init(struct wq_worker *w);
void wq_worker_notes_stop(struct wq_worker *w);
/* worker_lease.c */
void wq_worker_lease_init(struct wq_worker *w);
void wq_worker_lease_stop(struct wq_worker *w);
void wq_worker_lease(struct wq_worker *w, struct wq_slot *slot, uint64_t since_us); /* begins, or begins anew */
void wq_worker_lease_end(struct wq_worker *w, struct wq_slot *slot);
void wq_worker_lose(struct wq_worker *w, struct wq_slot *slot);
/* worker_stalled.c */
void wq_worker_stalled_init(struct wq_worker *w);
void wq_worker_stalled_stop(struct wq_worker *w);
/* worker_counts.c */
int wq_worker_counts_init(struct wq_worker *w);
static inline void wq_worker_count(struct wq_worker *w, enum wq_worker_count c, uint32_t more)
{
	wq_metric_count(&w->counts[c], more);
}

/* Slots that may take a job: what is being settled leaves with the call that settles it. */
static inline uint32_t wq_worker_room(const struct wq_worker *w)
{
	uint32_t taken = wq_slots_held(&w->slots) - w->slots.settling + w->asked;

	return taken < w->o.concurrency ? w->o.concurrency - taken : 0;
}
