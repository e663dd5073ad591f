/* SPDX-License-Identifier: MIT */
#pragma once
/* template.h — `willaq template`: texts to fill in, straight on Redis, no server needed.
 *
 *   willaq template list|show|preview|check|set|remove [KIND [LANGUAGE [FILE|-]]]
 *   willaq template provider …   those at the provider (template_provider.h)
 *
 * A preview shows the examples of variables that are not given, unless --variables says what is given.
 */
#include "app/cli/command.h"

extern const struct wq_option wq_template_options[];
enum wq_exit wq_template_run(const struct wq_settings *s, const struct wq_args *args);
