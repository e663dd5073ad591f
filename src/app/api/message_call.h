/* SPDX-License-Identifier: MIT */
#pragma once
/* message_call.h — what the routes of /api/messages share. */
#include "app/api/api.h"
#include "app/sending/part.h"
#include "domain/account/directory.h"
#include "domain/send/submit.h"
#include "queue/inspector.h"

/* Answers for what could not be done. */
void wq_message_fail(struct wq_exchange *x, int rc, const char *error);
/* The queue of outbound messages; 0 or a raised error. */
int wq_message_ref(struct wq_api *api, struct wq_ref *ref);

/* message_one.c */
void wq_message_show_handle(struct wq_exchange *x, void *api);
void wq_message_cancel_handle(struct wq_exchange *x, void *api);
void wq_message_move_handle(struct wq_exchange *x, void *api);
