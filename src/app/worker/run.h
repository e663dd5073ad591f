/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — `willaq worker`: works queues until it is stopped. */
#include "app/cli/command.h"

extern const struct wq_option wq_worker_command_options[];
enum wq_exit wq_worker_command_run(const struct wq_settings *s, const struct wq_args *args);
