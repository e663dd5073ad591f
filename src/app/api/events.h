/* SPDX-License-Identifier: MIT */
#pragma once
/* events.h — GET /api/events: events as they come, by server-sent events, with the filters of subscriptions.
 *
 * Each listener reads the stream of events from its own place, which a Last-Event-ID sets: what it missed comes first,
 * as far as it is still kept.  While somebody listens, events are made even without a subscription.
 */
#include "app/api/api.h"

/* The route; `a->subs` is there.  0 or a raised error. */
int wq_api_events_routes(struct wq_api *a);
