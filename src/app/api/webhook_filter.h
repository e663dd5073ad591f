/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_filter.h — which webhooks are meant, as callers write it: id, account, kind, provider, outcome, since, until.
 *
 * The same seven in a query, in a body and on the command line; moments as in moment.h.
 */
#include "app/api/api.h"
#include "domain/weblog/filter.h"

/* The names; NULL ends them. */
extern const char *const wq_webhook_filter_members[];

/* NULL, or the name of the member that cannot be used; wq_webhook_filter_problem says why.  Texts are borrowed. */
const char *wq_webhook_filter_set(struct wq_webhook_filter *f, const char *member,
                                  struct wq_str text, int64_t now_ms);
const char *wq_webhook_filter_problem(const char *member);
/* NULL, or what is wrong with it as a whole. */
const char *wq_webhook_filter_judge(const struct wq_webhook_filter *f);

/* False: the exchange is answered (400).  What the filter borrows lives as long as the exchange, or as the body. */
bool wq_webhook_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_webhook_filter *f);
bool wq_webhook_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                               struct wq_webhook_filter *f);
