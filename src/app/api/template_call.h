/* SPDX-License-Identifier: MIT */
#pragma once
/* template_call.h — one call of /api/templates, and whose version it is about. */
#include "app/accounts/part.h"
#include "app/api/api.h"
#include "domain/template/check.h"
#include "store/template.h"

struct wq_template_call_api {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_arena arena;
	yyjson_doc *body; /* NULL: none */
	struct wq_redis_cmd cmd;
	struct wq_registry registry;
	char id[WQ_TEMPLATE_ID_MAX_BYTES];
	/* whose */
	enum wq_template_of of;
	struct wq_str business, account; /* ids, in the arena; empty: none */
};

/* NULL: answered.  `reads`: it has a body. */
struct wq_template_call_api *wq_template_call_begin(struct wq_exchange *x, void *api, bool reads);
/* By the ids or names that were given (p == NULL: none).  False: answered. */
bool wq_template_call_whose(struct wq_template_call_api *c, struct wq_str account,
                            struct wq_str business);
/* Gives back what it holds; the exchange is still to be answered. */
struct wq_exchange *wq_template_call_leave(struct wq_template_call_api *c);
void wq_template_call_fail(struct wq_template_call_api *c, int rc, const char *error);
/* False, always: answered with what is wrong with a text. */
bool wq_template_call_refuse(struct wq_template_call_api *c, int rc,
                             const struct wq_template_problem *p);

/* template_preview.c */
void wq_template_preview_handle(struct wq_exchange *x, void *api);
void wq_template_check_handle(struct wq_exchange *x, void *api);
