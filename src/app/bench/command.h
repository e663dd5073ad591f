/* SPDX-License-Identifier: MIT */
#pragma once
/* command.h — `willaq bench`: finds out what is to be loaded, or compared.
 *
 * Each kind is a function of its own: it reads its options, opens what it needs, runs, tells, and leaves all as it was.
 */
#include "app/cli/command.h"

enum wq_exit wq_bench_command_run(const struct wq_settings *s, const struct wq_args *args);

/* queue.c, send.c, webhook.c */
enum wq_exit wq_bench_queue(const struct wq_settings *s, const struct wq_args *args);
enum wq_exit wq_bench_send(const struct wq_settings *s, const struct wq_args *args);
enum wq_exit wq_bench_webhook(const struct wq_settings *s, const struct wq_args *args);
/* compare.c: two results of --json. */
enum wq_exit wq_bench_compare(const char *before, const char *after);
