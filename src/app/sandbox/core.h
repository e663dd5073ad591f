/* SPDX-License-Identifier: MIT */
#pragma once
/* core.h — what the files of the sandbox share, and nobody else sees. */
#include "app/sandbox/buckets.h"
#include "app/sandbox/check.h"
#include "app/sandbox/ids.h"
#include "app/sandbox/instances.h"
#include "app/sandbox/media.h"
#include "app/sandbox/record.h"
#include "app/sandbox/sandbox.h"
#include "app/sandbox/webhook_body.h"
#include "app/sandbox/webhook_out.h"
#include "io/server/exchange.h"

enum wq_sandbox_metric {
	WQ_SANDBOX_POSTS,
	WQ_SANDBOX_ACCEPTED,
	WQ_SANDBOX_DUPLICATES,
	WQ_SANDBOX_WEBHOOK_POSTS,
	WQ_SANDBOX_WEBHOOKS_DELIVERED,
	WQ_SANDBOX_WEBHOOKS_GIVEN_UP,
	WQ_SANDBOX_WEBHOOKS_WAITING,
	WQ_SANDBOX_METRICS
};

struct wq_sandbox {
	struct wq_loop *loop;
	struct wq_faults faults;
	struct wq_buckets buckets;
	struct wq_instances instances;
	struct wq_sandbox_ids ids;
	struct wq_record *record;
	struct wq_webhooks *webhooks;
	struct wq_media media;
	struct wq_list held; /* sends whose answer waits */
	struct wq_list templates; /* graph_templates.c */
	uint64_t templates_made;
	unsigned templates_held;
	uint32_t status_delay_ms;
	uint64_t seed;
	uint64_t media_key; /* makes the hash of a media URL */
	bool releasing;
	struct wq_metric metrics[WQ_SANDBOX_METRICS];
	void (*on_closed)(void *ctx);
	void *ctx;
};

/* The version ("23.0") and a token are as they should be; otherwise false, and x was answered. */
bool wq_graph_enter(struct wq_sandbox *sb, struct wq_exchange *x);
bool wq_graph_has_token(struct wq_exchange *x);
/* Answers with an error; details as of wq_graph_error_set. */
void wq_graph_refuse(struct wq_sandbox *sb, struct wq_exchange *x, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void wq_graph_refuse_with(struct wq_sandbox *sb, struct wq_exchange *x,
                          const struct wq_graph_error *e);
/* Answers 200 with the JSON that was written into *body by a writer that ended with `rc`; frees *body. */
void wq_graph_answer(struct wq_exchange *x, struct wq_buf *body, int rc);
/* {"success":true} */
void wq_graph_succeed(struct wq_exchange *x);
/* "23.0" */
bool wq_graph_is_version(struct wq_str s);
/* Digits, at most 32 of them. */
bool wq_graph_is_id(struct wq_str s);

/* The number that belongs to a phone number id: always the same. */
void wq_sandbox_display_number(struct wq_str phone_number_id, char out[16]);
/* The side a webhook goes to; it borrows both. */
struct wq_webhook_account wq_sandbox_account(struct wq_str phone_number_id, char number[16]);

struct wq_accepted {
	struct wq_str phone_number_id;
	struct wq_str id;        /* of the message */
	struct wq_str recipient; /* wa_id or group id; n == 0: none */
	struct wq_str bsuid;     /* n == 0: none */
	const struct wq_graph_message *message;
	bool v23;
	int failed_code; /* of the status `failed` */
};
struct wq_send;
/* Meta's webhooks: a status, or an answer of the recipient's. */
void wq_sandbox_send_status(struct wq_send *send, const struct wq_accepted *a,
                            enum wq_status status, uint64_t delay_ms);
void wq_sandbox_send_reply(struct wq_send *send, const struct wq_accepted *a, uint64_t delay_ms);

int wq_graph_messages_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_graph_media_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_graph_templates_routes(struct wq_sandbox *sb, struct wq_server *s);
void wq_sandbox_templates_fini(struct wq_sandbox *sb);
int wq_graph_objects_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_sandbox_twilio_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_sandbox_evolution_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_limits_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_questions_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_faults_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_lists_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_control_inbound_routes(struct wq_sandbox *sb, struct wq_server *s);
/* All of a table. */
int wq_sandbox_add_routes(struct wq_sandbox *sb, struct wq_server *s, const struct wq_route *routes,
                          size_t n);
/* graph_media.c: looks up GET /v:N/:id if the id is one of a file; false: it is not. */
bool wq_graph_media_look_up(struct wq_sandbox *sb, struct wq_exchange *x, struct wq_str id);
/* send.c: answers all that is held. */
void wq_sandbox_release_held(struct wq_sandbox *sb);
