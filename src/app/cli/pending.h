/* SPDX-License-Identifier: MIT */
#pragma once
/* pending.h — `willaq pending`: what waits for people, straight on Redis, no server needed.
 *
 *   willaq pending list|show|counts                   look
 *   willaq pending take|release|skip|done|send ID     change, in the name of --by
 */
#include "app/cli/command.h"

extern const struct wq_option wq_pending_options[];
enum wq_exit wq_pending_run(const struct wq_settings *s, const struct wq_args *args);
