/* SPDX-License-Identifier: MIT */
#pragma once
/* push_world.h — a push with a peer that does what a test says, and a worker that is only asked for its endings.
 *
 * push_world.c stands in for the worker: it has the functions of queue/worker.h that a handler calls, and keeps what
 * each job was ended with.  A job that is ended twice, or inside the call that starts or cancels it where that must
 * not be, fails the test.
 */
#include "queue/push.h"
#include "support/calls.h"

enum ending { OPEN, COMPLETED, FAILED, FAILED_FOR_GOOD, DELAYED, RELEASED };

enum { ENDING_TEXT_BYTES = 512 };

/* One job in the hands of the push. */
struct errand {
	struct wq_task task;
	struct wq_job job;
	enum ending ending;
	int64_t delay_ms;              /* DELAYED */
	char text[ENDING_TEXT_BYTES];  /* the value, or the reason */
	char stack[ENDING_TEXT_BYTES];
	size_t value_bytes;
};

struct push_world {
	struct wq_calls calls;
	struct wq_push *push;
	struct wq_handler handler;
	char url[64];
	unsigned holds;   /* wq_worker_hold */
	uint32_t hold_ms; /* the last of them */
};
extern struct push_world pw;

/* On virtual time.  `secrets` may be NULL. */
void push_world_begin(const struct wq_peer_step *steps, unsigned steps_n, const char *secrets);
void push_world_end(void);
/* From now on the peer does this. */
void push_world_peer(const struct wq_peer_step *steps, unsigned steps_n);
/* A plain job of that id, not begun. */
void errand_init(struct errand *e, const char *id);
/* Given to the push. */
void errand_run(struct errand *e);
void errand_cancel(struct errand *e, enum wq_cancel_reason reason);
/* Until it has ended, whatever virtual time that takes, within a bound of turns. */
void errand_await(struct errand *e);
/* Init, run, await. */
void errand_do(struct errand *e, const char *id);
/* Virtual time goes by. */
void push_world_pass(uint64_t ms);
/* Turns until the peer has had `n` requests. */
void push_world_until_posted(unsigned n);
const char *ending_name(enum ending e);
