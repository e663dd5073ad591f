/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_call.h — one request to /api/templates/provider…: what it needs until its answer. */
#include "app/api/api.h"
#include "domain/account/directory.h"
#include "domain/template/provider_act.h"

struct wq_provider_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str account; /* its id, of the exchange's memory */
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_provider_act act;
	yyjson_doc *body;      /* freed by wq_provider_call_leave */
	struct wq_str kind, language, data; /* of a mapping */
};

/* The account of the query, or that carries what names none; *out lives until the loop's next turn.  NULL: answered. */
struct wq_provider_call *wq_provider_call_begin(struct wq_exchange *x, void *api,
                                                const struct wq_account **out);
/* Gives back all but the exchange. */
struct wq_exchange *wq_provider_call_leave(struct wq_provider_call *c);

/* provider_mappings.c */
void wq_provider_mappings_handle(struct wq_exchange *x, void *api);
void wq_provider_map_handle(struct wq_exchange *x, void *api);
void wq_provider_unmap_handle(struct wq_exchange *x, void *api);
