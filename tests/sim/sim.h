/* SPDX-License-Identifier: MIT */
#pragma once
/* sim.h — a run: one seed, one clock, one queue of events, and the processes that live in it.
 *
 * Nothing here reads the machine's time, its random numbers or an address in memory: a seed gives the same run again.
 * A process is a loop of its own and a heap of its own.  It acts only inside sim_run_in or an event of its own; between
 * two of its turns it can be killed (its memory goes, what it wrote stays on its way) or stopped for a while.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/random.h"
#include "base/str.h"

struct wq_loop;
struct sim_proc;

enum { SIM_NAME_BYTES = 32, SIM_FAILURE_BYTES = 1024 };

/* Embedded in whatever it belongs to.  `proc` NULL: of the world; otherwise it waits while that process is stopped, and
 * goes with it. */
struct sim_event {
	struct wq_heap_node node;
	struct wq_list link; /* of its process */
	struct sim_proc *proc;
	void (*cb)(struct sim_event *e);
	bool queued;
};
void sim_event_init(struct sim_event *e, struct sim_proc *proc, void (*cb)(struct sim_event *e));
/* Moves one that is queued. */
void sim_event_at(struct sim_event *e, uint64_t us);
void sim_event_cancel(struct sim_event *e);

struct sim_proc {
	char name[SIM_NAME_BYTES];
	struct wq_loop *loop;  /* of its heap; NULL: it does not run */
	struct wq_list events, blocks, pipes, posts;
	uint64_t stopped_until_us; /* 0: it runs */
	int64_t wall_off_ms;   /* of its clock */
	int outputs_left;      /* so many writes more, then it dies; -1: for ever */
	uint64_t stop_sending_us; /* its next request finds it stopped for so long; 0: it does not */
	bool muted;            /* dead already, though its turn has not ended */
	unsigned lives;
	void (*start)(struct sim_proc *p); /* builds it, inside it */
	void *self;            /* what start made */
	struct sim_event again; /* of the world: it is started anew */
};
void sim_proc_init(struct sim_proc *p, const char *name, void (*start)(struct sim_proc *p));
void sim_proc_start(struct sim_proc *p);
/* As kill -9; `again_us` later it is started anew; UINT64_MAX: never. */
void sim_proc_kill(struct sim_proc *p, uint64_t again_us);
void sim_proc_stop(struct sim_proc *p, uint64_t for_us);
bool sim_proc_lives(const struct sim_proc *p);
/* Runs cb inside it, with the turn of its loop that follows. */
void sim_run_in(struct sim_proc *p, void (*cb)(void *ctx), void *ctx);
/* Before bytes leave it: false, and nothing may. */
bool sim_proc_may_write(struct sim_proc *p);

extern struct sim {
	uint64_t seed, now_us, events_n, hash;
	int64_t wall_ms; /* at us 0 */
	struct wq_heap queue;
	struct wq_rng rng;   /* the world's choices */
	struct wq_rng bytes; /* what processes get for random */
	struct sim_proc *in; /* who acts; NULL: the world */
	bool traced;         /* told as it goes */
	bool failed;
	char failure[SIM_FAILURE_BYTES];
} sim;

void sim_begin(uint64_t seed, bool traced);
/* One event; false: none is left, or one failed. */
bool sim_step(void);
/* The first one counts. */
void sim_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line of the trace, which is hashed. */
void sim_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* From the world's stream: below n; one in n; between. */
uint64_t sim_below(uint64_t n);
bool sim_one_in(uint64_t n);
uint64_t sim_between(uint64_t least, uint64_t most);
int64_t sim_wall_ms(void);

/* seam/alloc.c */
/* Frees every block that a process has. */
void sim_heap_drop(struct wq_list *blocks);
/* seam/loop.c */
void sim_loop_turn(struct wq_loop *l);
void sim_loop_arm(struct wq_loop *l);
