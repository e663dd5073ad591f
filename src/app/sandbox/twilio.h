/* SPDX-License-Identifier: MIT */
#pragma once
/* twilio.h — what the files of the sandbox's Twilio share. */
#include "app/sandbox/core.h"
#include "app/sandbox/form.h"

/* The credentials that a request shows. */
struct wq_sandbox_twilio_caller {
	struct wq_str user, password; /* of the exchange's arena */
};
/* Any user that looks like one, with any password; false: there are none. */
bool wq_sandbox_twilio_sign_in(struct wq_exchange *x, struct wq_sandbox_twilio_caller *out);
bool wq_sandbox_twilio_is_sid(struct wq_str s, const char *front);

/* Twilio's error of that code, its message and HTTP status; fmt NULL: the table's message. */
void wq_sandbox_twilio_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void wq_sandbox_twilio_refuse(struct wq_sandbox *sb, struct wq_exchange *x,
                              const struct wq_graph_error *e);

/* "queued", "sent", "delivered", "read", "failed" or "undelivered". */
const char *wq_sandbox_twilio_status(const struct wq_record_entry *e, int64_t now_ms,
                                     uint32_t step_ms);
/* The word for a status that fails with `code`. */
const char *wq_sandbox_twilio_failure(int code);
/* The message as Twilio shows it, of an accepted send. */
void wq_sandbox_twilio_write(const struct wq_record_entry *e, const struct wq_form *f,
                             const char *status, struct wq_jsonw *w);
/* Answers with JSON that a writer that ended with `rc` wrote into *body; frees it. */
void wq_sandbox_twilio_answer(struct wq_sandbox *sb, struct wq_exchange *x, int status,
                              struct wq_buf *body, int rc);

int wq_sandbox_twilio_messages_routes(struct wq_sandbox *sb, struct wq_server *s);
int wq_sandbox_twilio_objects_routes(struct wq_sandbox *sb, struct wq_server *s);
