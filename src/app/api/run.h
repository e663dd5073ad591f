/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — work on many things that goes on when the request is answered: how it lives, whatever it works on.
 *
 *   begin ──► told to all ──► its work, told every second ──► told for the last time ──► gone
 *     │           └─ refused by Redis: nothing was begun, on_begun hears it
 *     └─ too many under way: WQ_EFULL
 *
 * A run belongs to the process that began it; what it tells lies in Redis (store/dead_runs.h), so that every process
 * can show it, and ask it to stop.  A run whose process is gone is shown as lost: what it worked on is where it was.
 *
 * A kind of run has a struct wq_run inside its own, allocated as a whole; `free` of the kind is its end.
 */
#include "app/api/api.h"
#include "base/arena.h"
#include "io/loop/timer.h"
#include "store/dead_runs.h"

struct wq_runs; /* those of one kind, of this process */
struct wq_run;

enum { WQ_RUN_ID_BYTES = 32 };

/* In this order: what stands behind STOPPING has ended. */
enum wq_run_state {
	WQ_RUN_BEGINNING,
	WQ_RUN_RUNNING,
	WQ_RUN_STOPPING,
	WQ_RUN_DONE,
	WQ_RUN_STOPPED,
	WQ_RUN_FAILED
};

struct wq_run_kind {
	/* The members that are its own. */
	void (*view)(struct wq_jsonw *w, const struct wq_run *run);
	/* Its work, which ends by wq_run_ended, later from the loop.  0, or why it could not begin. */
	int (*start)(struct wq_run *run);
	/* Asks its work to end. */
	void (*stop)(struct wq_run *run);
	/* The process ends: cuts off what need not come back.  True: the rest does, whether Redis is there or not.
	 * NULL: there is nothing of the kind. */
	bool (*cut)(struct wq_run *run);
	/* Forgets its work, and frees the run; its ref and what was kept stand until then. */
	void (*free)(struct wq_run *run);
};

typedef void wq_run_begun(void *ctx, struct wq_run *run, int rc);

struct wq_run {
	struct wq_list link;
	struct wq_runs *runs;
	const struct wq_run_kind *kind;
	struct wq_ref ref;     /* owned; where it tells: the kind fills it in before it begins */
	struct wq_arena arena; /* what wq_run_keep copied */
	char id[WQ_RUN_ID_BYTES];
	enum wq_run_state state;
	int64_t started_ms, ended_ms;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES]; /* the kind may say it before it ends */
	/* private */
	struct wq_timer timer;
	struct wq_dead_runs_call call;
	struct wq_buf text;
	bool telling, last; /* what is being told, or was told last, is the end */
	unsigned tries;     /* to tell the end */
	wq_run_begun *on_begun;
	void *ctx;
};

int wq_runs_create(struct wq_runs **out, struct wq_loop *loop);
/* Stops all of them, and calls done(ctx) when the last has told its end or could not; later, from the loop.  `r` is
 * gone then. */
void wq_runs_close(struct wq_runs *r, void (*done)(void *ctx), void *ctx);
bool wq_runs_full(const struct wq_runs *r);
struct wq_loop *wq_runs_loop(const struct wq_runs *r);
/* NULL: none of this process. */
struct wq_run *wq_runs_find(struct wq_runs *r, struct wq_str id);

/* Of a zeroed run, while the list is not full; from here on wq_run_drop ends it. */
void wq_run_init(struct wq_run *run, struct wq_runs *r, const struct wq_run_kind *kind);
/* The text lives as long as the run.  0 or a raised error. */
int wq_run_keep(struct wq_run *run, struct wq_str *text);
/* on_begun runs once, from the loop: 0, a wq_redis_condition or a negative code, and then the run is gone.  0 or a
 * raised error. */
int wq_run_begin(struct wq_run *run, wq_run_begun *on_begun, void *ctx);
void wq_run_drop(struct wq_run *run);
void wq_run_stop(struct wq_run *run);
/* Its work has: 0, WQ_ECANCELED, or why, with what Redis said. */
void wq_run_ended(struct wq_run *run, int rc, const char *error);
const char *wq_run_state_name(const struct wq_run *run);

void wq_run_view(struct wq_jsonw *w, const struct wq_run *run);
/* What a run told, with "lost" for its state when its process has been silent for too long. */
void wq_run_view_told(struct wq_jsonw *w, struct wq_str told, int64_t now_ms);
