/* SPDX-License-Identifier: MIT */
#pragma once
/* pending_call.h — what the routes of /api/pending share. */
#include "app/api/api.h"
#include "app/api/pending_view.h"
#include "domain/account/directory.h"
#include "domain/pending/pending.h"

/* Whether the account of that very id is one whose contacts the caller may see. */
bool wq_pending_sees_account(struct wq_exchange *x, const struct wq_api *api,
                             struct wq_str account);
/* The ids of all accounts whose contacts the caller may see, or of the one that `account` names, of the exchange's
 * memory.  False: answered. */
bool wq_pending_accounts(struct wq_exchange *x, const struct wq_api *api, struct wq_str account,
                         struct wq_str **ids, size_t *n);
/* Whoever the body says, or else the key.  False: answered. */
bool wq_pending_by(struct wq_exchange *x, yyjson_val *body, struct wq_str *by);
/* A text of the body of so many bytes at most; p == NULL: it is not there.  False: answered. */
bool wq_pending_text(struct wq_exchange *x, yyjson_val *body, const char *name, size_t max,
                     struct wq_str *out);
/* Answers for what could not be done. */
void wq_pending_fail(struct wq_exchange *x, int rc, const char *error);

/* pending_one.c */
void wq_pending_show_handle(struct wq_exchange *x, void *api);
void wq_pending_take_handle(struct wq_exchange *x, void *api);
void wq_pending_release_handle(struct wq_exchange *x, void *api);
void wq_pending_skip_handle(struct wq_exchange *x, void *api);
void wq_pending_done_handle(struct wq_exchange *x, void *api);
/* pending_send.c */
void wq_pending_send_handle(struct wq_exchange *x, void *api);
/* pending_add.c */
void wq_pending_add_handle(struct wq_exchange *x, void *api);
