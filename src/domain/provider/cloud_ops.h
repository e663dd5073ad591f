/* SPDX-License-Identifier: MIT */
#pragma once
/* cloud_ops.h — the three functions of wq_cloud, for the files that hold them. */
#include "domain/provider/core.h"

int wq_cloud_check(const struct wq_message *m, struct wq_message_problem *p);
int wq_cloud_request(struct wq_arena *a, const struct wq_account *account,
                     const struct wq_message *m, struct wq_str opaque,
                     struct wq_provider_request *out);
/* Graph's error, if the answer is one. */
void wq_cloud_read_error(struct wq_answer_reader *r);
int wq_cloud_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                    const struct wq_call *call, struct wq_answer *out);
