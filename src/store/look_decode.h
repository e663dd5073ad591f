/* SPDX-License-Identifier: MIT */
#pragma once
/* look_decode.h — answers of Redis as what a look promised; of look.c alone.
 *
 * Each fills l->out; 0, or a raised error, after which the result is as good as zeroed.
 */
#include "store/look.h"

int wq_look_take_counts(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_page(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_job(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_logs(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_metrics(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_children(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_priorities(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_workers(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_string(struct wq_look *l, const struct wq_redis_value *reply);
int wq_look_take_queues(struct wq_look *l, const struct wq_redis_value *reply);

/* Appends a copy; 0 or a raised error. */
int wq_rows_add(struct wq_rows *r, struct wq_str s);
