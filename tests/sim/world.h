/* SPDX-License-Identifier: MIT */
#pragma once
/* world.h — what lives in a run: workers, sinks, a producer, and what the referee knows of messages and webhooks.
 *
 *   worker     the real queue worker, sender and status handler; jobs of inbound messages are worked for a while
 *   sink       the real routes, signatures and sink
 *   producer   asks for messages until it is told that they are in
 */
#include "sim/sim.h"

#define SIM_WEBHOOK_SECRET "secret-of-the-app"
#define SIM_REDIS_URL      "unix:///run/simulated.sock"
#define SIM_ACCOUNT        "c"

enum { SIM_WORKERS_MAX = 4, SIM_SINKS_MAX = 2, SIM_LETTERS_MAX = 64, SIM_NEWS_MAX = 64, SIM_ID_BYTES = 96,
       SIM_PROCS_MAX = SIM_WORKERS_MAX + SIM_SINKS_MAX + 1 };

/* One message that is asked for. */
struct sim_letter {
	unsigned person;       /* whom it is to */
	unsigned send_class;   /* enum wq_send_class */
	uint64_t due_us;       /* asked for then */
	bool flies, told;      /* asked, and not answered; it is in */
	uint64_t told_us;
	char id[SIM_ID_BYTES]; /* as the producer was told */
	unsigned accepted;     /* by the provider */
	uint64_t accepted_us;
};

/* How large a run is: most of them are small, for what goes wrong shows in few messages and few faults. */
struct sim_size {
	unsigned weight; /* of all runs */
	unsigned letters, persons, workers, sinks, news, faults; /* at most */
	uint64_t asked_us; /* messages are asked for, and webhooks come, until then */
	uint64_t calm_us;  /* faults end */
	unsigned late_one_in; /* in so many runs statuses come late */
};

extern struct sim_world {
	struct sim_proc procs[SIM_PROCS_MAX];
	unsigned workers_n, sinks_n, procs_n; /* workers first, then sinks, the producer last */
	struct sim_letter letters[SIM_LETTERS_MAX];
	unsigned letters_n;
	unsigned news_n; /* messages that people write to us */
	const struct sim_size *size;
	uint32_t lock_ms, stalled_ms, drain_ms;
	uint64_t calm_us; /* faults have ended by then */
	/* Redis lost what was written between these; 0: nothing. */
	uint64_t lost_from_us, lost_to_us;
	bool torn; /* Redis died within a script: what that had written may come back later */
	uint64_t first_us;       /* when a request first left */
	uint64_t posted_us;      /* when a request last left … */
	struct sim_proc *poster; /* … and whose it was */
	/* counts */
	unsigned duplicates, excused, parked, parked_unsent;
} sim_world;

void sim_world_begin(void);
void sim_world_end(void);
/* Everything has come to its end. */
bool sim_world_done(void);

/* What Redis holds need not be what it was told. */
static inline bool sim_world_unsure(void)
{
	return sim_world.lost_to_us || sim_world.torn;
}
/* Redis is back without what it was told last, or with what it was not told to keep. */
void sim_world_rewound(void);
/* A request leaves a process: the lock of its job has to live. */
void sim_world_posted(struct sim_proc *p, const char *opaque);
/* The provider took one: `key` is its text. */
void sim_world_accepted(const char *key, const char *opaque);
/* A worker begins, and ends, a job of an inbound message; it holds its lock as far as it knows. */
struct wq_task;
void sim_world_chore(struct sim_proc *p, const struct wq_task *task, bool begins);

/* The processes: start functions. */
void sim_worker_start(struct sim_proc *p);
void sim_sink_start(struct sim_proc *p);
void sim_producer_start(struct sim_proc *p);
