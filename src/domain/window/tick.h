/* SPDX-License-Identifier: MIT */
#pragma once
/* tick.h — windows that are about to close, and those that have, as a kind of the due clock: `window.closing` and
 * `window.closed` to the second. */
#include "base/metrics.h"
#include "domain/due/due.h"

struct wq_window_ticker {
	struct wq_metric closing, closed;
};
/* `t` outlives the clock. */
void wq_window_ticker_init(struct wq_window_ticker *t, struct wq_due *due);
void wq_window_ticker_add_metrics(struct wq_window_ticker *t, struct wq_metrics *m);
