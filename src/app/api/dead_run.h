/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_run.h — runs over dead letters that go on when the request is answered: many letters sent back or deleted.
 *
 *   begin ──► told to all ──► walk, told every second ──► told for the last time ──► gone
 *     │           └─ refused by Redis: nothing was begun, on_begun hears it
 *     └─ too many under way: NULL
 *
 * A run belongs to the process that began it; what it tells lies in Redis (store/dead_runs.h), so that every process
 * can show it, and ask it to stop.  A run whose process is gone is shown as lost: its letters are where they were.
 */
#include "app/api/api.h"
#include "queue/dead_letters.h"
#include "store/dead_runs.h"

struct wq_dead_run;
struct wq_dead_runs; /* those of this process */

enum { WQ_DEAD_RUN_ID_BYTES = 32 };

int wq_dead_runs_create(struct wq_dead_runs **out, struct wq_loop *loop);
/* Stops all of them, and calls done(ctx) when the last has told its end or could not; later, from the loop.  `r` is
 * gone then. */
void wq_dead_runs_close(struct wq_dead_runs *r, void (*done)(void *ctx), void *ctx);

struct wq_dead_run_wish {
	enum wq_dead_wish wish; /* RETRY or REMOVE */
	struct wq_dead_filter filter; /* copied, as its texts are */
	uint32_t per_second;
};
/* on_begun runs once, from the loop: 0, a wq_redis_condition or a negative code, and then the run is gone.  0; WQ_EFULL
 * (not raised): too many; or a raised error. */
int wq_dead_run_begin(struct wq_dead_runs *r, const struct wq_ref *dead,
                      const struct wq_dead_run_wish *wish, struct wq_dead_run **out,
                      void (*on_begun)(void *ctx, struct wq_dead_run *run, int rc), void *ctx);
/* NULL: none of this process. */
struct wq_dead_run *wq_dead_run_find(struct wq_dead_runs *r, const struct wq_ref *dead,
                                     struct wq_str id);
void wq_dead_run_stop(struct wq_dead_run *run);
void wq_view_dead_run(struct wq_jsonw *w, const struct wq_dead_run *run);
/* What a run told, with "lost" for its state when its process has been silent for too long. */
void wq_view_dead_run_told(struct wq_jsonw *w, struct wq_str told, int64_t now_ms);
