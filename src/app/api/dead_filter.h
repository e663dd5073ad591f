/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_filter.h — which dead letters are meant, as callers write it: error, name, account, since, until.
 *
 * The same five in a query, in a body and on the command line; moments as in moment.h.
 */
#include "app/api/api.h"
#include "queue/dead_letter.h"

/* NULL, or the name of the member that cannot be used; wq_dead_filter_problem says why.  Texts are borrowed. */
const char *wq_dead_filter_set(struct wq_dead_filter *f, const char *member, struct wq_str text,
                               int64_t now_ms);
const char *wq_dead_filter_problem(const char *member);

/* False: the exchange is answered (400).  What the filter borrows lives as long as the exchange, or as the body. */
bool wq_dead_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_dead_filter *f);
bool wq_dead_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                            struct wq_dead_filter *f);
/* The five names; NULL ends them. */
extern const char *const wq_dead_filter_members[];
