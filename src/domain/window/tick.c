/* SPDX-License-Identifier: MIT */
/* tick.c — one batch of an account. */
#include "domain/window/tick.h"

#include "base/err.h"
#include "store/window.h"

static void on_ticked(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);
	struct wq_window_ticker *t = r->user;
	struct wq_window_ticked told;

	if (rc == 0) {
		wq_window_ticked(cmd, &told);
		wq_metric_count(&t->closing, told.closing);
		wq_metric_count(&t->closed, told.closed);
		rc = told.more ? WQ_DUE_MORE : 0;
	} else if (rc > 0) {
		rc = WQ_EAWAY;
	}
	wq_due_done(r, rc);
}

static int run(void *ctx, struct wq_due_run *r)
{
	r->user = ctx;
	return wq_window_tick_start(&r->keys, &r->cmd, r->now_ms, on_ticked);
}

void wq_window_ticker_init(struct wq_window_ticker *t, struct wq_due *due)
{
	t->closing = (struct wq_metric){ .name = "willaq_windows_closing_total",
		                         .help = "windows that were told to close soon",
		                         .type = WQ_COUNTER };
	t->closed = (struct wq_metric){ .name = "willaq_windows_closed_total",
		                        .help = "windows that were told to have closed",
		                        .type = WQ_COUNTER };
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_WINDOWS, "windows", run, t });
}

void wq_window_ticker_add_metrics(struct wq_window_ticker *t, struct wq_metrics *m)
{
	wq_metrics_add(m, &t->closing);
	wq_metrics_add(m, &t->closed);
}
