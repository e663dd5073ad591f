/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook.h — `willaq webhook`: the log of webhooks, straight from Redis.
 *
 *   willaq webhook list|show|body|stats     look
 *   willaq webhook replay ID                one webhook
 *   willaq webhook replay --since 2h …      many: tells which first, and asks
 *
 * Tables, or the API's JSON with --json.  A URL to replay to is the operator's: private ones are as good as any.
 */
#include "app/api/webhook_view.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"

extern const struct wq_option wq_webhook_options[];
enum wq_exit wq_webhook_run(const struct wq_settings *s, const struct wq_args *args);

extern const struct wq_queue_action wq_webhook_looks[], wq_webhook_replays[]; /* end with NULL */

/* False: a sentence was printed. */
bool wq_webhook_cli_log(struct wq_queue_cli *c, struct wq_webhook_log *log);
bool wq_webhook_cli_filter(struct wq_queue_cli *c, struct wq_webhook_filter *f);
/* walk->user becomes c.  Waits for the end; false: it was stopped, or a sentence was printed. */
bool wq_webhook_cli_walk(struct wq_queue_cli *c, const struct wq_webhook_log *log,
                         struct wq_webhook_walk *walk);

/* Rows for people. */
void wq_webhook_cli_grid(struct wq_grid *g);
void wq_webhook_cli_row(struct wq_grid *g, const struct wq_webhook_row *r);
