/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_runs.h — what processes tell each other of runs over dead letters: a text each, kept beside the letters. */
#include "store/ref.h"

enum wq_dead_runs_what {
	WQ_DEAD_RUNS_NOTE, /* of one's own run; the answer: is it to stop? */
	WQ_DEAD_RUNS_READ, /* one, or all: id empty */
	WQ_DEAD_RUNS_STOP, /* asks whoever has it */
};

struct wq_dead_runs_call {
	/* out, during the callback when rc is 0 */
	bool stop; /* of a note */
	size_t n;  /* texts of a read or a stop; 0: there is none */
	/* private */
	enum wq_dead_runs_what what;
	struct wq_redis_cmd cmd;
	void (*cb)(struct wq_dead_runs_call *c, int rc);
};

/* `ref` is that of the dead letters; an id has no colon, and ids sort by their age.  0, and cb runs once, from the
 * loop: 0, a wq_redis_condition or a negative code; < 0 as wq_redis_start. */
int wq_dead_runs_start(struct wq_dead_runs_call *c, const struct wq_ref *ref,
                       enum wq_dead_runs_what what, struct wq_str id, struct wq_str text,
                       void (*cb)(struct wq_dead_runs_call *c, int rc));
/* The i-th text, the newest run's first. */
struct wq_str wq_dead_runs_text(const struct wq_dead_runs_call *c, size_t i);
