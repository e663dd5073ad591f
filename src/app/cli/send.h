/* SPDX-License-Identifier: MIT */
#pragma once
/* send.h — `willaq send`: one message, and how far it comes. */
#include "app/cli/command.h"

extern const struct wq_option wq_send_options[];
enum wq_exit wq_send_run(const struct wq_settings *s, const struct wq_args *args);
