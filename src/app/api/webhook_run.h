/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_run.h — replays of many webhooks, as a struct wq_run.  One ends by itself when an endpoint has not taken
 * WQ_WEBHOOK_RUN_REFUSALS in a row. */
#include "app/api/run.h"
#include "app/api/webhook_logs.h"
#include "domain/weblog/walk.h"

struct wq_webhook_run_wish {
	struct wq_webhook_filter filter; /* copied, as its texts and the URL are */
	struct wq_webhook_target target; /* its secret is the run's from now on, whatever comes of it */
	uint32_t per_second;
};
/* As wq_run_begin; WQ_EFULL (not raised): too many.  `log` is borrowed. */
int wq_webhook_run_begin(struct wq_runs *r, const struct wq_webhook_log *log,
                         const struct wq_webhook_run_wish *wish, wq_run_begun *on_begun, void *ctx);
