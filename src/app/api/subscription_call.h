/* SPDX-License-Identifier: MIT */
#pragma once
/* subscription_call.h — one request to /api/subscriptions/:id…: what it needs until its answer. */
#include "app/api/api.h"
#include "app/api/queue_view.h"
#include "app/subscriptions/part.h"
#include "domain/subscription/change.h"

struct wq_subscription_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id;
	struct wq_redis_cmd cmd;
	struct wq_subscription sub;   /* as it was read; finished by the end */
	yyjson_doc *body;             /* of the request; freed by the end */
	struct wq_buf asked, spec;    /* as it is wished for; as it shall be kept */
	char new_id[WQ_SUB_ID_MAX_BYTES + 1];
	struct wq_sub_put put;
	char secret[WQ_STANDARD_WEBHOOK_SECRET_BYTES]; /* a new one; "" */
	int status;                   /* of a good answer */
	struct wq_delivery delivery;  /* of a test */
	struct wq_sub_replay replay;
	struct wq_buf from, to;       /* of a replay */
	int64_t events;
};

/* NULL: the exchange is answered. */
struct wq_subscription_call *wq_subscription_call_begin(struct wq_exchange *x, void *api);
static inline struct wq_subscription_call *wq_subscription_call_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct wq_subscription_call, cmd);
}
/* What a start returned; below 0 the call is answered and over. */
void wq_subscription_call_started(struct wq_subscription_call *c, int rc);
/* Answers for a Redis that could not do it, and ends. */
void wq_subscription_call_fail(struct wq_subscription_call *c, int rc, const char *error);
/* Gives back what it owns; the handler answers right behind. */
void wq_subscription_call_end(struct wq_subscription_call *c);
/* Ends and answers 404. */
void wq_subscription_call_missing(struct wq_subscription_call *c);

/* subscription_view.c */
void wq_view_subscription(struct wq_jsonw *w, const struct wq_sub_seen *s, const char *secret);
void wq_view_tested(struct wq_jsonw *w, const struct wq_delivery *d);
void wq_view_attempts(struct wq_jsonw *w, const struct wq_redis_value *rows);

/* subscription_more.c */
void wq_subscription_test_handle(struct wq_exchange *x, void *api);
void wq_subscription_replay_handle(struct wq_exchange *x, void *api);
void wq_subscription_attempts_handle(struct wq_exchange *x, void *api);
