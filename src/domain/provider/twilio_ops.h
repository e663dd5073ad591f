/* SPDX-License-Identifier: MIT */
#pragma once
/* twilio_ops.h — the functions of wq_twilio, for the files that hold them. */
#include "domain/provider/core.h"

int wq_twilio_check(const struct wq_message *m, struct wq_message_problem *p);
int wq_twilio_request(struct wq_arena *a, const struct wq_account *account,
                      const struct wq_message *m, struct wq_str opaque,
                      struct wq_provider_request *out);
int wq_twilio_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                     const struct wq_call *call, struct wq_answer *out);

/* twilio_variables.c: a template's parameters as Twilio's variables, one after the other. */
struct wq_twilio_variable {
	struct wq_str name;   /* p == NULL: by its number */
	unsigned number;      /* from 1 */
	struct wq_str value;  /* p == NULL: nothing that Twilio could carry */
};
/* Calls `each` for every one, until it answers false. */
void wq_twilio_variables(yyjson_val *components,
                         bool (*each)(void *ctx, const struct wq_twilio_variable *v), void *ctx);
/* WQ_MESSAGE_INVALID, or 0. */
int wq_twilio_variables_check(yyjson_val *components, struct wq_message_problem *p);
/* {"1": …} */
void wq_twilio_variables_write(struct wq_jsonw *w, yyjson_val *components);
