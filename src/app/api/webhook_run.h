/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_run.h — replays of many webhooks, which go on when the request is answered.
 *
 *   begin ──► told to all ──► walk, told every second ──► told for the last time ──► gone
 *     │           └─ refused by Redis: nothing was begun, on_begun hears it
 *     └─ too many under way: WQ_EFULL
 *
 * As dead_run.h: a run belongs to the process that began it; what it tells lies in Redis, every process can show it and
 * ask it to stop.  It ends by itself when an endpoint has not taken WQ_WEBHOOK_RUN_REFUSALS in a row.
 */
#include "app/api/webhook_logs.h"
#include "domain/weblog/walk.h"
#include "store/dead_runs.h"

struct wq_webhook_run;
struct wq_webhook_runs; /* those of this process */

enum { WQ_WEBHOOK_RUN_ID_BYTES = 32 };

/* `log` is borrowed. */
int wq_webhook_runs_create(struct wq_webhook_runs **out, struct wq_loop *loop,
                           const struct wq_webhook_log *log);
/* Stops all of them, and calls done(ctx) when the last has told its end or could not; later, from the loop.  `r` is
 * gone then. */
void wq_webhook_runs_close(struct wq_webhook_runs *r, void (*done)(void *ctx), void *ctx);
/* Where what runs tell lies. */
const struct wq_ref *wq_webhook_runs_ref(const struct wq_webhook_runs *r);

struct wq_webhook_run_wish {
	struct wq_webhook_filter filter; /* copied, as its texts and the URL are */
	struct wq_webhook_target target; /* its secret is the run's from now on, whatever comes of it */
	uint32_t per_second;
};
/* on_begun runs once, from the loop: 0, a wq_redis_condition or a negative code, and then the run is gone.  0; WQ_EFULL
 * (not raised): too many; or a raised error. */
int wq_webhook_run_begin(struct wq_webhook_runs *r, const struct wq_webhook_run_wish *wish,
                         void (*on_begun)(void *ctx, struct wq_webhook_run *run, int rc),
                         void *ctx);
/* NULL: none of this process. */
struct wq_webhook_run *wq_webhook_run_find(struct wq_webhook_runs *r, struct wq_str id);
void wq_webhook_run_stop(struct wq_webhook_run *run);
void wq_view_webhook_run(struct wq_jsonw *w, const struct wq_webhook_run *run);
