/* SPDX-License-Identifier: MIT */
#pragma once
/* event.h — one entry of the stream of events: what it is about, and how subscribers get it.
 *
 *   kind   message, status, event (all else that an account is told of), system (our own, domain/event/line.h), webhook
 *          (a request as it came)
 *   type   message.received; message.sent, message.delivered, message.read, message.failed …; account.FIELD;
 *          subscription.disabled, server.started …; webhook
 *   field  Meta's name of what was subscribed to there: messages, message_template_status_update …
 */
#include <stdint.h>

#include "base/json.h"
#include "io/redis/redis.h"

enum { WQ_EVENT_TYPE_MAX_BYTES = 80 };
/* The header of a request as it came that tells its path and query. */
#define WQ_EVENT_RAW_URI "X-Forwarded-Uri"

struct wq_event {
	struct wq_str id, provider, account, name, data; /* borrowed */
	struct wq_str kind, field, business, number;
	char type[WQ_EVENT_TYPE_MAX_BYTES];
	yyjson_doc *doc; /* of the data; NULL: they are no JSON */
};

/* Of an entry of the stream: the first five, which borrow from it. */
struct wq_event wq_event_of(struct wq_str id, const struct wq_redis_value *fields);
/* Fills the rest from the first five.  0 or WQ_ENOMEM (raised). */
int wq_event_init(struct wq_event *e);
/* Twice is fine, zeroed is fine. */
void wq_event_fini(struct wq_event *e);
/* When it came, by its id. */
int64_t wq_event_time_ms(struct wq_str id);
/* {"id", "type", "timestamp", "provider", "account", "data"} */
void wq_event_write(struct wq_jsonw *w, const struct wq_event *e);
