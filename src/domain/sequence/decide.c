/* SPDX-License-Identifier: MIT */
/* decide.c — person first, then hours, then the window. */
#include "domain/sequence/decide.h"

static struct wq_step_decision behind_closed(enum wq_seq_closed closed)
{
	static const struct wq_step_decision answers[WQ_SEQ_CLOSEDS] = {
		[WQ_SEQ_CLOSED_PENDING] = { .what = WQ_STEP_PENDING, .why = "window_closed" },
		[WQ_SEQ_CLOSED_SKIP] = { .what = WQ_STEP_SKIP, .why = "window_closed" },
		[WQ_SEQ_CLOSED_TEMPLATE] = { .what = WQ_STEP_SEND, .why = "", .fallback = true },
		[WQ_SEQ_CLOSED_FAIL] = { .what = WQ_STEP_STOP, .why = "window_closed" },
		[WQ_SEQ_CLOSED_FORCE] = { .what = WQ_STEP_SEND, .why = "", .forced = true },
	};

	return answers[closed];
}

struct wq_step_decision wq_step_decide(const struct wq_step_facts *f, enum wq_seq_closed closed)
{
	const struct wq_can_wish wish = { .now_ms = f->now_ms, .template = f->template };
	struct wq_can_send can = wq_can_send(&f->can, &wish, NULL);

	if (can.reason == WQ_CAN_OPTED_OUT)
		return (struct wq_step_decision){ .what = WQ_STEP_STOP, .why = "opted_out" };
	if (can.reason == WQ_CAN_BLOCKED || f->blocked_probable)
		return (struct wq_step_decision){ .what = WQ_STEP_PAUSE, .why = "blocked" };
	if (!f->reachable)
		return (struct wq_step_decision){ .what = WQ_STEP_PENDING, .why = "no_address" };
	if (f->open_ms > f->now_ms)
		return (struct wq_step_decision){ .what = WQ_STEP_WAIT,
			                          .until_ms = f->open_ms,
			                          .why = "outside_hours" };
	if (can.reason == WQ_CAN_NO_MARKETING)
		return (struct wq_step_decision){ .what = WQ_STEP_SKIP, .why = "no_marketing" };
	if (can.can)
		return (struct wq_step_decision){ .what = WQ_STEP_SEND, .why = "" };
	return behind_closed(closed);
}
