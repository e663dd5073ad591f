/* SPDX-License-Identifier: MIT */
#pragma once
/* can_send_view.h — what people are shown of the question whether somebody may be written to. */
#include "base/json.h"
#include "domain/window/can_send.h"
#include "store/window.h"

struct wq_can_ask {
	struct wq_str account, to; /* its id; whom, if it was a name */
	bool windowless;
	struct wq_can_wish wish;   /* without its moment */
	const struct wq_rates *rates;
};
/* {"canSend", "reason", "cost", …} */
void wq_view_can_send(struct wq_jsonw *w, const struct wq_can_ask *ask,
                      const struct wq_window_facts *seen);
