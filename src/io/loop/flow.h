/* SPDX-License-Identifier: MIT */
#pragma once
/* flow.h — a multi-step operation that survives the event loop.
 *
 * A step does one thing, starts at most one operation, and returns where to go:
 *   wq_flow_go(f, S)         run step S now;
 *   wq_flow_after(f, S, rc)  run S when the operation just started completes, or now if it could not
 *                            start (rc < 0).  Either way S finds the outcome in f->last;
 *   wq_flow_end(f, rc)       finish: on_end(f, rc) runs next and is the last use of f.
 *
 *   static const struct wq_flow_step steps[] = {
 *           [ASK]  = { "ask",  ask_run,  ask_cancel, WQ_BIT(TELL) },
 *           [TELL] = { "tell", tell_run, NULL,       0 },
 *   };
 *   wq_flow_init(&d->flow, loop, steps, on_end);
 *   wq_flow_start(&d->flow);
 *
 * Memory    the caller embeds struct wq_flow and frees its own struct in on_end, nowhere else.
 * Contract  one wq_flow_resume() per wait, from the loop, never inside a step; otherwise abort.
 * Cancel    asks the operation in flight to stop; it still completes, once, with WQ_ECANCELED.
 * Thread    loop thread only.  Allocates nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "io/loop/loop.h"

struct wq_flow;
enum wq_flow_next { WQ_FLOW_GO, WQ_FLOW_WAIT, WQ_FLOW_END };

struct wq_flow_step {
	const char *name; /* shown by every trace line */
	enum wq_flow_next (*run)(struct wq_flow *f);
	void (*cancel)(struct wq_flow *f); /* stops what run() started; NULL: cannot be stopped */
	uint32_t may;                      /* WQ_BIT() of each legal next step */
};

struct wq_flow {
	const struct wq_flow_step *steps;
	void (*on_end)(struct wq_flow *f, int rc);
	struct wq_post
		post; /* the first step runs from the loop: on_end never precedes start's return */
	int at, from; /* step to run; step that led here */
	int last;     /* outcome of the operation last waited for */
	bool parked;  /* true exactly while an operation is in flight */
	bool cancelled; /* somebody asked us to stop; a step about to start something should look */
};

/* `steps` is static; step 0 runs first. */
void wq_flow_init(struct wq_flow *f, struct wq_loop *l, const struct wq_flow_step *steps,
                  void (*on_end)(struct wq_flow *f, int rc));
void wq_flow_start(struct wq_flow *f);
void wq_flow_resume(struct wq_flow *f, int rc);
/* Sets f->cancelled and stops what is in flight, if its step can. */
void wq_flow_cancel(struct wq_flow *f);

/* Return values of a step. */
enum wq_flow_next wq_flow_go(struct wq_flow *f, int to);
enum wq_flow_next wq_flow_after(struct wq_flow *f, int to, int started);
enum wq_flow_next wq_flow_end(struct wq_flow *f, int rc);

/* Tests: told of every step that runs; NULL: nobody. */
void wq_flow_trace(void (*cb)(void *ctx, const struct wq_flow *f, const char *step, int last),
                   void *ctx);
