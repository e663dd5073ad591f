/* SPDX-License-Identifier: MIT */
/* job.c — the data of jobs. */
#include "domain/inbound/job.h"

#include "domain/inbound/render.h"
#include "domain/inbound/write.h"

enum wq_inbound_queue wq_inbound_job_queue(enum wq_inbound_kind k)
{
	if (k == WQ_INBOUND_MESSAGE)
		return WQ_INBOUND_QUEUE_MESSAGES;
	return k == WQ_INBOUND_STATUS ? WQ_INBOUND_QUEUE_STATUSES : WQ_INBOUND_QUEUE_EVENTS;
}

const char *wq_inbound_job_name(enum wq_inbound_kind k)
{
	switch (k) {
	case WQ_INBOUND_MESSAGE:
		return "process-message";
	case WQ_INBOUND_STATUS:
		return "process-status";
	case WQ_INBOUND_ECHO:
		return "process-echo";
	case WQ_INBOUND_HISTORY:
		return "process-history";
	default:
		return "process-event";
	}
}

/* Of a parameter that is there twice both: who reads it sees the last. */
static void write_params(struct wq_jsonw *w, const struct wq_inbound *u)
{
	wq_jsonw_object(w);
	for (size_t i = 0; i < u->params_n; i++) {
		wq_jsonw_key_str(w, u->params[i].name);
		wq_jsonw_str(w, u->params[i].value);
	}
	wq_jsonw_object_end(w);
}

/* The provider's own words for what has no shape of its own here. */
static void write_value(struct wq_jsonw *w, const struct wq_inbound *u)
{
	wq_jsonw_key(w, "value");
	if (u->value)
		wq_jsonw_value(w, u->value);
	else if (u->params_n)
		write_params(w, u);
	else
		wq_jsonw_null(w);
}

static bool knows(const struct wq_inbound_person *p)
{
	return p->contact || p->name.p || p->username.p || p->wa_id.p || p->phone.p ||
	       p->user_id.p || p->lid.p;
}

void wq_inbound_write_job(struct wq_jsonw *w, const struct wq_inbound *u)
{
	bool message = u->kind == WQ_INBOUND_MESSAGE, status = u->kind == WQ_INBOUND_STATUS;
	bool written = message || u->kind == WQ_INBOUND_ECHO ||
	               (u->kind == WQ_INBOUND_HISTORY && u->message.type.p);

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "businessId", u->business);
	wq_jsonw_put_str(w, "phoneNumberId", u->number);
	if (!message && !status)
		wq_write_str(w, "field", u->field);
	if (written) {
		wq_jsonw_key(w, "message");
		wq_inbound_write_message(w, u);
	} else if (status) {
		wq_jsonw_key(w, "status");
		wq_render_status(w, u);
	} else {
		write_value(w, u);
	}
	wq_jsonw_put_int(w, "timestamp", u->received_ms);
	if (knows(&u->person)) {
		wq_jsonw_key(w, "contact");
		wq_render_contact(w, &u->person);
	}
	wq_write_str(w, "provider", wq_str(wq_provider_name(u->provider)));
	if (!message)
		wq_write_str(w, "kind", wq_str(wq_inbound_kind_name(u->kind)));
	wq_write_time(w, "sentAt", u->time_ms);
	wq_write_str(w, "conversation", u->conversation);
	wq_jsonw_object_end(w);
}
