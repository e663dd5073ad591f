/* SPDX-License-Identifier: MIT */
#pragma once
/* events.h — `willaq events`: events as they come, straight from Redis, until Ctrl-C.
 *
 *   willaq events [--events message.*] [--since 1h | --after ID] [--limit N] [--json]
 *
 * A line for each, or the event's JSON.  While it runs, events are made even without a subscription.  When Redis goes
 * away it waits, and goes on behind the last event that it showed.
 */
#include "app/cli/command.h"

extern const struct wq_option wq_events_options[];
enum wq_exit wq_events_run(const struct wq_settings *s, const struct wq_args *args);
