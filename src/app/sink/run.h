/* SPDX-License-Identifier: MIT */
#pragma once
/* run.h — `willaq sink`: webhooks in, jobs of BullMQ out, and nothing else. */
#include "app/cli/command.h"

enum wq_exit wq_sink_run(const struct wq_settings *s, const struct wq_args *args);
/* `willaq proxy --to URL`: the sink in front of a receiver that is there already. */
enum wq_exit wq_proxy_run(const struct wq_settings *s, const struct wq_args *args);
extern const struct wq_option wq_proxy_options[];
