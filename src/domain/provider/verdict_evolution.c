/* SPDX-License-Identifier: MIT */
/* verdict_evolution.c — Evolution has no codes: ours stand for what evolution_answer.c tells apart. */
#include "base/assert.h"
#include "base/clock.h"
#include "domain/provider/verdict_row.h"

/* Behind these the state of the instance decides; it is asked about once a minute anyway. */
#define HOLD .action = WQ_ACT_PAUSE, .wait_ms = WQ_SECONDS(60)
#define TWICE .action = WQ_ACT_RETRY, .attempts_max = 3, .then = WQ_ACT_DROP

/* clang-format off: read by column */
static const struct wq_verdict_row rows[] = {
	{ WQ_EVOLUTION_NOT_ON_WHATSAPP, .word = "not-on-whatsapp", .action = WQ_ACT_DROP,
	  .meaning = "the number has no WhatsApp (400, exists: false)" },
	{ WQ_EVOLUTION_VALIDATION, .word = "validation", .action = WQ_ACT_FIX,
	  .meaning = "the request is not as the gateway wants it (400)" },
	{ WQ_EVOLUTION_CLOSED, .word = "closed", HOLD,
	  .meaning = "the instance is not connected (400, \"Connection Closed\")" },
	{ WQ_EVOLUTION_BROKEN, .word = "broken", TWICE, .vague = WQ_VAGUE,
	  .meaning = "something broke during or after the send (400, \"Timed Out\", \"Connection Lost\", database)" },
	{ WQ_EVOLUTION_EXCEPTION, .word = "exception", .action = WQ_ACT_FIX,
	  .meaning = "the gateway could not send it (400, any other text)" },
	{ WQ_EVOLUTION_UNAUTHORIZED, .word = "unauthorized", .action = WQ_ACT_TOKEN,
	  .meaning = "the apikey is wrong or missing (401)" },
	{ WQ_EVOLUTION_FORBIDDEN, .word = "forbidden", .action = WQ_ACT_PAUSE,
	  .meaning = "the gateway does not allow it (403)" },
	{ WQ_EVOLUTION_NO_INSTANCE, .word = "no-instance", .action = WQ_ACT_PAUSE,
	  .meaning = "the instance does not exist (404)" },
	{ WQ_EVOLUTION_NO_ROUTE, .word = "no-route", .action = WQ_ACT_PAUSE,
	  .meaning = "the gateway has no such route: is its URL right? (404)" },
	{ WQ_EVOLUTION_DISGUISED, .word = "disguised", HOLD,
	  .meaning = "a failure told as success (200, error: true)" },
	{ WQ_EVOLUTION_NOT_AVAILABLE, .word = "not-available", .action = WQ_ACT_FIX,
	  .meaning = "not possible with this kind of instance (500)" },
	{ WQ_EVOLUTION_CRASH, .word = "crash", TWICE, .vague = WQ_VAGUE,
	  .meaning = "something went wrong within the gateway (500)" },
};
/* clang-format on */

const struct wq_verdict_table wq_verdicts_evolution = { rows, WQ_COUNT(rows) };
