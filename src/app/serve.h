/* SPDX-License-Identifier: MIT */
#pragma once
/* serve.h — `willaq serve`: the server on a Redis of the user's. */
#include "app/cli/command.h"

enum wq_exit wq_serve_run(const struct wq_settings *s, const struct wq_args *args);
