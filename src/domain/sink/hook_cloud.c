/* SPDX-License-Identifier: MIT */
/* hook_cloud.c — a webhook of Meta's: entry → changes → value, and in it messages, statuses and all the rest. */
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/sink/hook.h"

enum { CONVERSATION_MAX_BYTES = 256 };

/* Where an update stands. */
struct place {
	struct wq_hook *hook;
	yyjson_val *entry, *value;
	struct wq_str business, number, field;
	struct wq_buf text;
};

static void begin_data(struct place *p, struct wq_jsonw *w)
{
	wq_buf_clear(&p->text);
	wq_jsonw_begin(w, &p->text);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "businessId");
	wq_jsonw_str(w, p->business);
	wq_jsonw_key(w, "phoneNumberId");
	wq_jsonw_str(w, p->number);
}

static struct wq_str end_data(struct place *p, struct wq_jsonw *w)
{
	int rc;

	wq_jsonw_key(w, "timestamp");
	wq_jsonw_int(w, p->hook->now_ms);
	wq_jsonw_object_end(w);
	rc = wq_jsonw_end(w);
	if (rc < 0 && p->hook->rc == 0)
		p->hook->rc = rc;
	return wq_buf_str(&p->text);
}

/* Our number and the person, or the group. */
static struct wq_str conversation_of(const struct place *p, yyjson_val *message,
                                     char out[CONVERSATION_MAX_BYTES])
{
	static const char *const names[] = { "group_id", "from_user_id", "from" };
	struct wq_str who = { NULL, 0 };
	int n;

	for (size_t i = 0; i < WQ_COUNT(names) && !who.n; i++)
		who = wq_json_get_str(message, names[i]);
	n = snprintf(out, CONVERSATION_MAX_BYTES, "cloud:%.*s:%.*s", WQ_STR_ARG(p->number),
	             WQ_STR_ARG(who));
	return who.n && n > 0 && n < CONVERSATION_MAX_BYTES ? wq_strn(out, (size_t)n) : wq_str("");
}

static void add_message(struct place *p, yyjson_val *message)
{
	struct wq_str id = wq_json_get_str(message, "id");
	struct wq_str parts[] = { wq_str("message"), p->number, id };
	char text[CONVERSATION_MAX_BYTES];
	struct wq_str conversation = conversation_of(p, message, text);
	struct wq_jsonw w;

	begin_data(p, &w);
	wq_jsonw_key(&w, "message");
	wq_jsonw_value(&w, message);
	wq_jsonw_key(&w, "conversation");
	wq_jsonw_str(&w, conversation);
	wq_hook_add(p->hook, WQ_SINK_MESSAGES, "process-message", parts, id.n ? WQ_COUNT(parts) : 0,
	            id, end_data(p, &w));
	wq_hook_set_lane(p->hook, conversation);
}

static void add_status(struct place *p, yyjson_val *status)
{
	struct wq_str id = wq_json_get_str(status, "id");
	struct wq_str parts[] = { wq_str("status"), id, wq_json_get_str(status, "status"),
		                  wq_json_get_str(status, "recipient_participant_id") };
	struct wq_jsonw w;

	begin_data(p, &w);
	wq_jsonw_key(&w, "status");
	wq_jsonw_value(&w, status);
	wq_hook_add(p->hook, WQ_SINK_STATUSES, "process-status", parts, id.n ? WQ_COUNT(parts) : 0,
	            id, end_data(p, &w));
}

static void add_event(struct place *p)
{
	struct wq_str parts[1], data;
	struct wq_jsonw w;
	size_t n;

	begin_data(p, &w);
	wq_jsonw_key(&w, "field");
	wq_jsonw_str(&w, p->field);
	wq_jsonw_key(&w, "time");
	wq_jsonw_int(&w, wq_json_get_int(p->entry, "time", 0));
	wq_jsonw_key(&w, "value");
	wq_jsonw_value(&w, p->value);
	n = p->text.n;
	data = end_data(p, &w);
	parts[0] = wq_strn(data.p, n < data.n ? n : data.n); /* all but the time at which it came */
	wq_hook_add(p->hook, WQ_SINK_EVENTS, "process-event", parts, 1, wq_str(""), data);
}

static void read_change(struct place *p, yyjson_val *change)
{
	yyjson_val *messages, *statuses, *each;
	size_t i, n;

	p->value = wq_json_get(change, "value");
	p->field = wq_json_get_str(change, "field");
	p->number = wq_json_get_str(wq_json_get(p->value, "metadata"), "phone_number_id");
	if (p->number.n && !p->hook->post.account.n)
		p->hook->post.account = p->number;
	messages = wq_json_get(p->value, "messages");
	statuses = wq_json_get(p->value, "statuses");
	if (!messages && !statuses)
		add_event(p);
	yyjson_arr_foreach(messages, i, n, each) add_message(p, each);
	yyjson_arr_foreach(statuses, i, n, each) add_status(p, each);
}

int wq_hook_read_cloud(struct wq_hook *h, struct wq_str body, struct wq_str business,
                       int64_t now_ms)
{
	struct place p = { .hook = h };
	yyjson_val *entries, *changes, *change;
	size_t i, n, j, m;
	yyjson_doc *doc;
	int rc;

	wq_hook_init(h, "cloud", body, business, now_ms);
	doc = wq_json_read(body, WQ_WEBHOOK_DEPTH_MAX, NULL);
	entries = wq_json_get(yyjson_doc_get_root(doc), "entry");
	wq_buf_init(&p.text, WQ_WEBHOOK_MEMORY_MAX_BYTES);
	yyjson_arr_foreach(entries, i, n, p.entry)
	{
		p.business = business.n ? business : wq_json_get_str(p.entry, "id");
		changes = wq_json_get(p.entry, "changes");
		yyjson_arr_foreach(changes, j, m, change) read_change(&p, change);
	}
	if (h->post.account.n) {
		char *account = wq_arena_copy(&h->arena, h->post.account);

		h->post.account = account ? wq_strn(account, h->post.account.n) : wq_str("");
	}
	rc = wq_hook_end(h);
	wq_buf_fini(&p.text);
	wq_json_free(doc);
	return rc;
}
