/* SPDX-License-Identifier: MIT */
#pragma once
/* control.h — what the routes under /_sandbox share.  Only control*.c include it. */
#include "app/sandbox/core.h"

/* Answers with the JSON in *body, written by a writer that ended with `rc`; frees *body. */
void wq_control_answer(struct wq_exchange *x, int status, struct wq_buf *body, int rc);
/* The body, an object; NULL: x was answered. */
yyjson_doc *wq_control_read(struct wq_exchange *x);
/* A missing value leaves *out as it is; false: not a number within bounds.  Percentages become millionths. */
bool wq_control_ms(yyjson_val *v, uint32_t *out);
bool wq_control_percent(yyjson_val *v, uint32_t *out);
/* "cloud", "evolution", "twilio"; missing: -1. */
bool wq_control_provider(yyjson_val *v, int *out);
