/* SPDX-License-Identifier: MIT */
#pragma once
/* slots.h — the jobs that a worker holds, each in a slot of its own.
 *
 *   free ──► claimed ──► (follows) ──► runs ──► ended ──► settles ──► free
 *              ▲ └──────────────────────────────▲ └──◄────────┘ not carried out
 *              └────────────────────────────────┘ children: none is pending
 *
 * A slot is in the list of its state, except that those which settle are in the list of their call.  All that hold a
 * lock are also in `leases`, the one that runs out first in front; every lease is as long, so who is renewed goes to
 * the end.
 *
 * Free slots are kept for the jobs to come, but no more of them than there are held jobs, or than WQ_SLOTS_SPARE_MAX
 * beside those reserved: what a burst took goes back as it ends, and a steady load allocates nothing.
 */
#include "base/map.h"
#include "io/loop/timer.h"
#include "queue/worker.h"

enum wq_slot_at {
	WQ_SLOT_FREE,
	WQ_SLOT_CLAIMED, /* not given to the handler yet */
	WQ_SLOT_FOLLOWS, /* its successor is being made */
	WQ_SLOT_RUNS,
	WQ_SLOT_ENDED,   /* waits for a call that settles it */
	WQ_SLOT_SETTLES,
};

enum { WQ_TOKEN_MAX_BYTES = 40 };

struct wq_slot {
	struct wq_task task;       /* given to the handler */
	struct wq_job *job;        /* owned */
	struct wq_map_node held;   /* by id */
	struct wq_list link, lease;
	struct wq_timer timeout;
	struct wq_outcome outcome; /* from WQ_SLOT_ENDED on */
	uint64_t lease_until_us, started_us;
	int64_t place;             /* among the active, -1: unknown */
	uint16_t tries;            /* calls that Redis refused for a reason that may be this job */
	unsigned char at;          /* enum wq_slot_at */
	bool lost;                 /* its lock is gone, or may be */
	bool renewing;             /* in a call that renews */
	bool resent;               /* an earlier call may have settled it */
	bool followed;             /* its successor was asked for */
	bool settled;              /* as its outcome says */
	char token[WQ_TOKEN_MAX_BYTES];
};

struct wq_slots {
	struct wq_map by_id;
	struct wq_list free, claimed, follows, runs, ended, leases;
	uint32_t made, free_n; /* slots that exist; those without a job */
	uint32_t reserved;     /* of those without a job: not given back */
	uint32_t running, ended_n, settling;
};

/* 0 or a raised error. */
int wq_slots_init(struct wq_slots *s);
/* Frees every slot; none is in a call, and none runs. */
void wq_slots_fini(struct wq_slots *s);
/* Makes free slots until there are `n`, which are not given back before they are taken, or fewer are reserved; how
 * many there are. */
uint32_t wq_slots_reserve(struct wq_slots *s, uint32_t n);
/* A free slot takes a job, which is the slot's from then on; NULL: there is none. */
struct wq_slot *wq_slots_take(struct wq_slots *s, struct wq_job *job);
struct wq_slot *wq_slots_find(const struct wq_slots *s, struct wq_str id);
/* Moves it to the list of another state; for WQ_SLOT_SETTLES to `call`. */
void wq_slots_move(struct wq_slots *s, struct wq_slot *slot, enum wq_slot_at to,
                   struct wq_list *call);
/* Frees its job. */
void wq_slots_release(struct wq_slots *s, struct wq_slot *slot);
/* One that runs is its handler's alone from now on: without a worker, and freed by wq_slot_free. */
void wq_slots_leave(struct wq_slots *s, struct wq_slot *slot);
/* With its job. */
void wq_slot_free(struct wq_slot *slot);
/* Slots with a job. */
static inline uint32_t wq_slots_held(const struct wq_slots *s)
{
	return s->made - s->free_n;
}
