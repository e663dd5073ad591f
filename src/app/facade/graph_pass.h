/* SPDX-License-Identifier: MIT */
#pragma once
/* graph_pass.h — one request that is passed on to an account's provider; for src/app/facade alone.
 *
 * It lives in the memory of its exchange: whoever answers leaves first.
 */
#include "app/facade/graph_core.h"
#include "domain/provider/provider.h"
#include "io/client/client.h"

struct wq_graph_pass {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_call call;
	struct wq_str id;      /* of the file; of the exchange's memory, as all that follows */
	struct wq_str number;  /* of the account */
	const char *base_url;
	char *authorization; /* wiped when it is left */
	bool guarded;
	/* What follows when the look-up has found the file; `found` is its answer. */
	void (*found)(struct wq_graph_pass *p, yyjson_val *found);
};

/* For a request whose account is known, and may be asked for files.  NULL: answered. */
struct wq_graph_pass *wq_graph_pass_begin(struct wq_exchange *x, struct wq_api *api,
                                          const struct wq_account *account);
/* The exchange, still to be answered. */
struct wq_exchange *wq_graph_pass_leave(struct wq_graph_pass *p);
/* Asks the provider: `cb` follows, or an answer.  `url` and `body` stay until then. */
void wq_graph_pass_start(struct wq_graph_pass *p, const char *method, const char *url,
                         struct wq_str body, size_t max_bytes,
                         void (*cb)(struct wq_call *call, int rc));
struct wq_graph_pass *wq_graph_pass_of(struct wq_call *call);
/* Answers for a call that failed: rc as client.h. */
void wq_graph_pass_fail(struct wq_graph_pass *p, int rc);
/* Answers what the provider answered, as it is.  Only that its own token is bad is not the caller's error. */
void wq_graph_pass_relay(struct wq_graph_pass *p);
/* base_url, '/', a, and b behind it; NULL: answered, for there is no memory. */
const char *wq_graph_pass_url(struct wq_graph_pass *p, struct wq_str a, const char *b);
