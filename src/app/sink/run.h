/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — `willaq sink`: webhooks in, jobs of BullMQ out, and nothing else. */
#include "app/cli/command.h"

enum wq_exit wq_sink_run(const struct wq_settings *s, const struct wq_args *args);
