/* SPDX-License-Identifier: MIT */
#pragma once
/* graph_core.h — what the routes of the Graph façade share; for src/app/facade alone. */
#include "app/api/api.h"
#include "domain/account/account.h"

/* graph_problem.c: struct wq_route's tell, from our codes to Meta's. */
int wq_graph_tell(const struct wq_exchange *x, const struct wq_problem *p, struct wq_buf *out);
/* Codes of problems that only this façade has. */
#define WQ_GRAPH_MISSING "parameter_missing"
#define WQ_GRAPH_INVALID "parameter_invalid"
#define WQ_GRAPH_NO_PATH "unknown_path"
#define WQ_GRAPH_NO_SUCH "no_such_object"
#define WQ_GRAPH_OWN_TOKEN "account_token_refused"

/* Checks the version and says which one answers.  False: answered. */
bool wq_graph_facade_enter(struct wq_exchange *x);
/* The account behind the path's parameter of that name.  False: answered. */
bool wq_graph_facade_account(struct wq_exchange *x, struct wq_api *api, struct wq_str number,
                             const struct wq_account **out);
