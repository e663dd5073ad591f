/* SPDX-License-Identifier: MIT */
#pragma once
/* provider.h — a Graph API that accepts, refuses, breaks off and hangs, and the referee that counts what it accepted.
 *
 *   request ──► its arrival: accepted or not ──► an answer, a reset, or nothing
 *                    └──► statuses, later: each lost, doubled, late as the run has it (hook.h)
 */
#include "sim/sim.h"

struct wq_call_state;

/* What becomes of a request; all of them are possible in a run, the mood says how likely. */
enum sim_fate {
	SIM_TAKEN,
	SIM_TAKEN_500,     /* accepted, and answered 5xx */
	SIM_TAKEN_RESET,   /* accepted, and not answered */
	SIM_TAKEN_EMPTY,   /* accepted, and answered 200 without an id */
	SIM_TAKEN_LATE,    /* it hangs, and accepts when nobody waits any more */
	SIM_REFUSED_500,
	SIM_REFUSED_RESET, /* the request came, and is forgotten */
	SIM_REFUSED_HANG,
	SIM_REFUSED_RATE,  /* 130429 and its like */
	SIM_REFUSED_PAIR,  /* 131056 */
	SIM_REFUSED_GOOD,  /* for good */
	SIM_FATES
};
extern const char *const sim_fate_names[SIM_FATES];

/* How a run's provider is. */
struct sim_mood {
	unsigned weights[SIM_FATES];
	unsigned no_connection;              /* percent of calls */
	uint64_t least_us, most_us;          /* to the answer */
	unsigned status_lost, status_doubled; /* percent */
	uint64_t status_most_us;             /* how late they may be */
};

struct sim_post {
	struct wq_list of_proc, of_all;
	struct sim_proc *proc;
	struct wq_call_state *call; /* NULL: nobody waits for an answer any more */
	struct sim_event arrive, answer, tell;
	enum sim_fate fate;
	int status; /* 0: a reset */
	char reply[256];
	size_t n;
	char body[];
};

extern struct sim_mood sim_mood;
extern uint64_t sim_posts_n;
/* A mood for the run; calm: takes everything, and loses nothing. */
void sim_provider_begin(bool calm);
void sim_posts_end(void);
bool sim_posts_open(void);
/* From now on it is calm. */
void sim_provider_calm(void);
/* 0, or why there is no connection: WQ_E…. */
int sim_provider_connect(void);
/* Inside a process: the bytes leave, now. */
struct sim_post *sim_post_send(struct wq_call_state *call, struct wq_str body);
/* Nobody waits for it any more, here or at all. */
void sim_post_orphan(struct sim_post *p);

/* seam/client.c: inside its process; status 0: the connection broke. */
void sim_call_told(struct wq_call_state *c, int status, const char *reply);
