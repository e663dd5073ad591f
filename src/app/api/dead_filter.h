/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_filter.h — which dead letters are meant, as callers write it: error, name, account, since, until.
 *
 * The same five in a query, in a body and on the command line.  A moment is a date in ISO 8601 (without an offset in
 * the time zone of the program), milliseconds since 1970, or how long ago: 90s, 2h, 7d.
 */
#include "app/api/api.h"
#include "queue/dead_letter.h"

/* False: no moment. */
bool wq_dead_moment_parse(struct wq_str text, int64_t now_ms, int64_t *ms);
/* What wq_dead_moment_parse takes, for people. */
extern const char wq_dead_moment_form[];

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
