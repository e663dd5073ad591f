/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — `willaq sandbox`. */
#include "app/cli/command.h"

enum wq_exit wq_sandbox_run(const struct wq_settings *s, const struct wq_args *args);
