/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution_ops.h — the functions of wq_evolution, for the files that hold them. */
#include "domain/provider/core.h"

int wq_evolution_check(const struct wq_message *m, struct wq_message_problem *p);
int wq_evolution_request(struct wq_arena *a, const struct wq_account *account,
                         const struct wq_message *m, struct wq_str opaque,
                         struct wq_provider_request *out);
int wq_evolution_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                        const struct wq_call *call, struct wq_answer *out);

/* evolution_interactive.c: the body of sendButtons or sendList behind its "number", for those that have one. */
bool wq_evolution_is_native(yyjson_val *interactive);
const char *wq_evolution_native_op(yyjson_val *interactive);
void wq_evolution_write_native(struct wq_jsonw *w, yyjson_val *interactive);
