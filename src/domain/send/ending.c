/* SPDX-License-Identifier: MIT */
/* ending.c — how a message's job ends. */
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "domain/send/sender_core.h"

/* {"messageId", "id"}: the provider's, and ours. */
static void complete(struct wq_sending *l)
{
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, WQ_LETTER_RESULT_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "id", l->id);
	if (l->answer.id.n)
		wq_jsonw_put_str(&w, "messageId", l->answer.id);
	wq_jsonw_object_end(&w);
	wq_task_complete(l->task, wq_jsonw_end(&w) == 0 ? wq_buf_str(&b) : wq_str(""));
	wq_buf_fini(&b);
}

static void fail(struct wq_sending *l)
{
	const struct wq_failure f = { .reason = wq_str(l->why),
		                      .unrecoverable = l->ending == WQ_ENDING_FOR_GOOD,
		                      .wait_ms = l->wait_ms };

	wq_task_fail(l->task, &f);
}

void wq_sending_end(struct wq_sending *l)
{
	l->task->user = NULL;
	if (l->met_at && l->called && l->plan.end == WQ_SEND_END_FAILED)
		wq_sending_return_people(l);
	switch (l->ending) {
	case WQ_ENDING_COMPLETE:
		complete(l);
		break;
	case WQ_ENDING_DELAY:
		wq_task_delay(l->task, l->wait_ms);
		break;
	case WQ_ENDING_FAIL:
	case WQ_ENDING_FOR_GOOD:
		fail(l);
		break;
	}
}
