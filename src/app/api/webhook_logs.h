/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_logs.h — /api/webhook-logs: the log of webhooks, searched, shown and replayed. */
#include "app/api/api.h"
#include "app/sink/secrets.h"
#include "domain/weblog/replay.h"
#include "io/client/client.h"

struct wq_runs;

/* What its routes share; owned by the api that they belong to. */
struct wq_webhook_logs {
	struct wq_webhook_log log;
	struct wq_sink *again;     /* owned; puts jobs into the queues of the settings */
	struct wq_client *client;  /* borrowed */
	struct wq_sink_secrets secrets; /* sign what is posted */
	struct wq_runs *runs;      /* owned; replays of many */
	struct wq_ref runs_ref;    /* owned; where they tell */
	void (*closed)(void *ctx);
	void *ctx;
};

/* Sets a->webhook_logs and adds the routes; a->prefix, redis, loop and server are set.  `secret`: Meta's; NULL: the
 * settings'.  0, WQ_EINVAL (a sentence was printed) or a raised error. */
int wq_api_webhook_logs_start(struct wq_api *a, const struct wq_settings *s, const char *secret,
                              struct wq_client *client);
/* Ends runs, and calls done(ctx) later, from the loop; a->webhook_logs is gone.  False: there is nothing to end. */
bool wq_api_webhook_logs_close(struct wq_api *a, void (*done)(void *ctx), void *ctx);
