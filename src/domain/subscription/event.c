/* SPDX-License-Identifier: MIT */
/* event.c — names for what the sink took in. */
#include "domain/subscription/event.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/calendar.h"
#include "base/err.h"
#include "base/limits.h"
#include "store/subscription.h"

#define PREFIX "process-"
#define SYSTEM "system-"
enum { WORD_MAX_BYTES = 48 };

/* Words of others become part of a type only when they are such words. */
static bool is_word(struct wq_str s)
{
	if (s.n == 0 || s.n > WORD_MAX_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		      s.p[i] == '_' || s.p[i] == '-'))
			return false;
	return true;
}

static void set_type(struct wq_event *e, const char *group, struct wq_str word,
                     const char *otherwise)
{
	if (!is_word(word))
		word = wq_str(otherwise);
	snprintf(e->type, sizeof(e->type), "%s.%.*s", group, WQ_STR_ARG(word));
}

/* One of our own: GROUP.WORD. */
static void name_own(struct wq_event *e, struct wq_str type)
{
	struct wq_str rest = type, group;

	e->kind = wq_str("system");
	e->field = wq_str("");
	if (wq_str_next(&rest, '.', &group) && is_word(group) && is_word(rest))
		snprintf(e->type, sizeof(e->type), "%.*s", WQ_STR_ARG(type));
	else
		snprintf(e->type, sizeof(e->type), "system.event");
}

static void name_it(struct wq_event *e, yyjson_val *data)
{
	struct wq_str field = wq_json_get_str(data, "field");

	e->field = field.n ? field : wq_str("messages");
	if (wq_str_starts(e->name, SYSTEM)) {
		name_own(e,
		         wq_strn(e->name.p + sizeof(SYSTEM) - 1, e->name.n - (sizeof(SYSTEM) - 1)));
	} else if (wq_str_is(e->name, "webhook")) {
		e->kind = wq_str("webhook");
		snprintf(e->type, sizeof(e->type), "webhook");
	} else if (wq_str_is(e->name, PREFIX "message")) {
		e->kind = wq_str("message");
		set_type(e, "message", wq_str("received"), "received");
	} else if (wq_str_is(e->name, PREFIX "status")) {
		e->kind = wq_str("status");
		set_type(e, "message", wq_json_get_str(wq_json_get(data, "status"), "status"),
		         "status");
	} else if (wq_str_is(e->name, PREFIX "event") || !wq_str_starts(e->name, PREFIX)) {
		e->kind = wq_str("event");
		set_type(e, "account", field, "event");
	} else {
		e->kind = wq_strn(e->name.p + sizeof(PREFIX) - 1, e->name.n - (sizeof(PREFIX) - 1));
		set_type(e, "message", e->kind, "event");
	}
}

struct wq_event wq_event_of(struct wq_str id, const struct wq_redis_value *fields)
{
	return (struct wq_event){ .id = id,
		                  .provider = wq_stream_field(fields, "provider"),
		                  .account = wq_stream_field(fields, "account"),
		                  .name = wq_stream_field(fields, "name"),
		                  .data = wq_stream_field(fields, "data") };
}

int wq_event_init(struct wq_event *e)
{
	yyjson_val *root;

	e->doc = NULL;
	if (!wq_str_is(e->name, "webhook") &&
	    wq_json_parse(&e->doc, e->data, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_RAISE(WQ_ENOMEM);
	root = yyjson_doc_get_root(e->doc);
	e->business = wq_json_get_str(root, "businessId");
	e->number = wq_json_get_str(root, "phoneNumberId");
	name_it(e, root);
	return 0;
}

void wq_event_fini(struct wq_event *e)
{
	wq_json_free(e->doc);
	e->doc = NULL;
}

int64_t wq_event_time_ms(struct wq_str id)
{
	uint64_t ms;

	return wq_str_to_u64(wq_strn(id.p, wq_str_find(id, '-')), WQ_TIME_MAX_MS, &ms) ? (int64_t)ms
	                                                                               : 0;
}

static void write_time(struct wq_jsonw *w, int64_t ms)
{
	struct wq_date d = wq_date_from_days(ms / WQ_DAY_MS);
	int of_day = (int)(ms % WQ_DAY_MS);
	char text[48];

	snprintf(text, sizeof(text), "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%03dZ",
	         (int64_t)d.year, (int)d.month, (int)d.day, of_day / 3600000, of_day / 60000 % 60,
	         of_day / 1000 % 60, of_day % 1000);
	wq_jsonw_text(w, text);
}

void wq_event_write(struct wq_jsonw *w, const struct wq_event *e)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", e->id);
	wq_jsonw_put_text(w, "type", e->type);
	wq_jsonw_key(w, "timestamp");
	write_time(w, wq_event_time_ms(e->id));
	wq_jsonw_put_str(w, "provider", e->provider);
	wq_jsonw_put_str(w, "account", e->account);
	wq_jsonw_key(w, "data");
	if (e->doc)
		wq_jsonw_raw(w, e->data);
	else
		wq_jsonw_str(w, e->data);
	wq_jsonw_object_end(w);
}
