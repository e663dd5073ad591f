/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution.h — what the files of the sandbox's Evolution API share.
 *
 * An instance is there as soon as it is named, and open; what it was told (its webhook, its key) is remembered, for
 * WQ_SANDBOX_INSTANCES_MAX of them: beyond, the oldest is forgotten.
 */
#include "app/sandbox/send.h"
#include "base/list.h"
#include "base/map.h"

enum { WQ_INSTANCE_NAME_MAX_BYTES = 128, WQ_INSTANCE_KEY_MAX_BYTES = 128, WQ_INSTANCE_URL_MAX_BYTES = 1024,
       WQ_INSTANCE_ID_BYTES = 37 };

struct wq_instance {
	struct wq_list link;
	struct wq_map_node node;
	bool closed;
	char name[WQ_INSTANCE_NAME_MAX_BYTES], key[WQ_INSTANCE_KEY_MAX_BYTES];
	char url[WQ_INSTANCE_URL_MAX_BYTES]; /* "": the sandbox's own */
};

/* Made if need be; NULL: out of memory (raised), or the name is too long. */
struct wq_instance *wq_instances_get(struct wq_instances *i, struct wq_str name);
/* A UUID that is always the same for a name. */
void wq_instance_id(struct wq_str name, char out[WQ_INSTANCE_ID_BYTES]);

/* The instance that the path names, if the request shows a key; NULL: x was answered. */
struct wq_instance *wq_sandbox_evolution_enter(struct wq_sandbox *sb, struct wq_exchange *x);

/* Evolution's error of that code (verdict.h), with its HTTP status; fmt NULL: the usual text. */
void wq_sandbox_evolution_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* `number`: of an error that names it. */
void wq_sandbox_evolution_refuse(struct wq_exchange *x, const struct wq_graph_error *e,
                                 struct wq_str number);
/* Answers with JSON that a writer that ended with `rc` wrote into *body; frees it. */
void wq_sandbox_evolution_answer(struct wq_exchange *x, int status, struct wq_buf *body, int rc);

/* A message that is sent, out of a request's body. */
struct wq_sandbox_evolution_message {
	struct wq_str op, jid, id, instance;
	yyjson_val *root; /* the request's */
	int64_t at_s;
};
/* "sendText" and its like. */
bool wq_sandbox_evolution_is_op(struct wq_str op);
/* NULL: it is all there; otherwise what is wrong, as the gateway's own check tells it. */
const char *wq_sandbox_evolution_check(struct wq_str op, yyjson_val *root);
/* "text", "image", …: what it is called elsewhere. */
const char *wq_sandbox_evolution_type(struct wq_str op, yyjson_val *root);
/* Its text or caption; p == NULL: none. */
struct wq_str wq_sandbox_evolution_text(struct wq_str op, yyjson_val *root);
/* As the answer and the webhook send.message show it. */
void wq_sandbox_evolution_write_message(const struct wq_sandbox_evolution_message *m,
                                        struct wq_jsonw *w);

int wq_sandbox_evolution_messages_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_sandbox_evolution_instances_routes(struct wq_sandbox *sb, struct wq_server *s);
