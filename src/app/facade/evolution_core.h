/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution_core.h — what the routes of the Evolution façade share; for src/app/facade alone. */
#include "app/api/message_ask.h"
#include "domain/account/account.h"

/* evolution_problem.c: struct wq_route's tell. */
int wq_evolution_tell(const struct wq_exchange *x, const struct wq_problem *p, struct wq_buf *out);
/* The code of what is wrong with a message: told as a list within the list. */
#define WQ_EVOLUTION_INVALID "invalid_message"

/* evolution.c: the account of the path.  False: answered. */
bool wq_evolution_instance(struct wq_exchange *x, struct wq_api *api,
                           const struct wq_account **out);
/* One that has what `a` says, and whose body was read.  NULL: answered. */
struct wq_ask *wq_evolution_ask(struct wq_exchange *x, struct wq_api *api,
                                void (*done)(struct wq_ask *a),
                                void (*refuse)(struct wq_ask *a, size_t i,
                                               const struct wq_message_problem *p));

/* evolution_message.c: POST /message/:op/:instance. */
void wq_evolution_message_handle(struct wq_exchange *x, void *api);
/* evolution_view.c: what Evolution answers to who sends. */
void wq_evolution_view(struct wq_jsonw *w, const struct wq_submission *it, int64_t now_ms);
/* The address that Evolution has for it. */
void wq_evolution_jid(struct wq_jsonw *w, const struct wq_message *m);
/* evolution_chat.c: POST /chat/markMessageAsRead/:instance and /chat/sendPresence/:instance. */
void wq_evolution_read_handle(struct wq_exchange *x, void *api);
void wq_evolution_presence_handle(struct wq_exchange *x, void *api);
