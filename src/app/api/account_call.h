/* SPDX-License-Identifier: MIT */
#pragma once
/* account_call.h — one request to /api/whatsapp/accounts…: what it needs until its answer. */
#include "app/accounts/part.h"
#include "app/api/api.h"
#include "app/api/queue_view.h"
#include "domain/account/act.h"

struct wq_account_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id;
	struct wq_redis_cmd cmd;
	struct wq_account_keys keys;
	struct wq_account_act act;
	yyjson_doc *body;              /* of the request; freed by the end */
	struct wq_registry_list list;
	int status;                    /* of a good answer */
};

/* NULL: the exchange is answered. */
struct wq_account_call *wq_account_call_begin(struct wq_exchange *x, void *api);

/* account_view.c: one account, without credentials.  `seen` NULL: it is of the environment. */
void wq_view_account(struct wq_jsonw *w, const struct wq_account *a,
                     const struct wq_account_record *r, const struct wq_account_seen *seen,
                     const struct wq_account_ways *ways);
/* The same of what Redis holds; WQ_ENOMEM: `w` is of no use. */
int wq_view_account_seen(struct wq_jsonw *w, const struct wq_account_seen *seen,
                         const struct wq_account_ways *ways);

/* account_holds.c: what keeps its messages from being sent, of wq_send_holds_start. */
void wq_view_holds(struct wq_jsonw *w, const struct wq_redis_cmd *cmd, int64_t now_ms);
void wq_account_holds_handle(struct wq_exchange *x, void *api);
void wq_account_release_handle(struct wq_exchange *x, void *api);
