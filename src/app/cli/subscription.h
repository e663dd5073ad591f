/* SPDX-License-Identifier: MIT */
#pragma once
/* subscription.h — `willaq subscription list`, and show, pause, resume or remove one. */
#include "app/cli/command.h"

extern const struct wq_option wq_subscription_options[];
enum wq_exit wq_subscription_run(const struct wq_settings *s, const struct wq_args *args);
