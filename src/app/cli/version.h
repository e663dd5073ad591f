/* SPDX-License-Identifier: MIT */
#pragma once
/* version.h — `willaq version`. */
#include "app/cli/command.h"

extern const struct wq_option wq_version_options[];
enum wq_exit wq_version_run(const struct wq_settings *s, const struct wq_args *args);
