/* SPDX-License-Identifier: MIT */
#pragma once
/* news.h — works the jobs of the queue `account-events`, which the sink fills with what providers tell of accounts: a
 * handler for a worker.  What it means is note.h's to say; a job of anything else is completed, and that is all.
 *
 * Twice    the same job twice writes the same.
 * Close    the worker first; then what is in flight ends, and it is gone.
 */
#include "domain/account/directory.h"
#include "queue/worker.h"

struct wq_account_news;

/* All is borrowed.  0 or a raised error. */
int wq_account_news_create(struct wq_account_news **out, struct wq_loop *l, struct wq_redis *redis,
                           const char *prefix, const struct wq_accounts *accounts);
void wq_account_news_handler(struct wq_account_news *n, struct wq_handler *out);
void wq_account_news_add_metrics(struct wq_account_news *n, struct wq_metrics *m);
/* on_closed (may be NULL) runs from the loop.  NULL is fine and tells nobody. */
void wq_account_news_close(struct wq_account_news *n, void (*on_closed)(void *ctx), void *ctx);
