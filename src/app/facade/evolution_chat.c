/* SPDX-License-Identifier: MIT */
/* evolution_chat.c — messages marked as read, and typing shown. */
#include <stdio.h>

#include "app/facade/evolution_core.h"
#include "base/err.h"
#include "base/limits.h"

enum { ANSWER_MAX_BYTES = 1024, SIGNAL_MAX_BYTES = 4096 };

static void answer_read(struct wq_ask *a)
{
	wq_reply_json(wq_ask_leave(a), 201,
	              wq_str("{\"message\":\"Read messages\",\"read\":\"success\"}"));
}

static void refuse_read(struct wq_ask *a, size_t i, const struct wq_message_problem *p)
{
	const char *field = strcmp(p->field, "to") == 0 ? "remoteJid" : "id";

	wq_reply_problem(wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID, "readMessages[%zu].%s %s", i,
	                 field, p->what);
}

/* Our own shape of a signal: {"type", "to", "replyTo"?}. */
static int read_signal(struct wq_ask *a, struct wq_message *m, const char *type, yyjson_val *to,
                       yyjson_val *id, struct wq_message_problem *p)
{
	yyjson_val *root = NULL;
	struct wq_buf text;
	struct wq_jsonw w;
	int rc;

	wq_buf_init(&text, SIGNAL_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "type", type);
	wq_jsonw_key(&w, "to");
	wq_jsonw_value(&w, to);
	if (id) {
		wq_jsonw_key(&w, "replyTo");
		wq_jsonw_value(&w, id);
	}
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_json_parse_in(&root, wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, &a->arena);
	wq_buf_fini(&text);
	return rc == 0 ? wq_message_read(m, root, wq_loop_wall_ms(a->api->loop), &a->arena, p) : rc;
}

static bool lack(struct wq_message_problem *p, const char *field)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "is missing");
	return true;
}

static bool take_read(struct wq_ask *a, size_t i, yyjson_val *one, const struct wq_account *account)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_message *m = &a->submit.items[i].message;
	yyjson_val *to = wq_json_get(one, "remoteJid"), *id = wq_json_get(one, "id");
	bool lacks = (!to && lack(&p, "to")) || (!id && lack(&p, "id"));
	int rc = lacks ? WQ_MESSAGE_INVALID : read_signal(a, m, "read", to, id, &p);

	m->account = account->id;
	return wq_ask_take(a, i, rc, &p);
}

static bool take_reads(struct wq_ask *a, const struct wq_account *account)
{
	yyjson_val *list = wq_json_get(yyjson_doc_get_root(a->doc), "readMessages"), *one;
	size_t n = yyjson_arr_size(list), i, max;

	if (n < 1 || n > WQ_FACADE_READS_MAX) {
		wq_reply_problem(wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID,
		                 "readMessages is no list of 1 to %d messages",
		                 WQ_FACADE_READS_MAX);
		return false;
	}
	if (!wq_ask_room(a, n))
		return false;
	yyjson_arr_foreach(list, i, max, one)
	{
		if (!take_read(a, i, one, account))
			return false;
	}
	return true;
}

void wq_evolution_read_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_ask *a;

	if (!wq_evolution_instance(x, api, &account))
		return;
	a = wq_evolution_ask(x, api, answer_read, refuse_read);
	if (a && take_reads(a, account))
		wq_ask_submit(a);
}

/* Of Evolution 1 it is among the options. */
static yyjson_val *presence_of(const struct wq_ask *a)
{
	yyjson_val *root = yyjson_doc_get_root(a->doc), *word = wq_json_get(root, "presence");

	return word ? word : wq_json_get(wq_json_get(root, "options"), "presence");
}

static void answer_presence(struct wq_ask *a)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "presence");
	wq_jsonw_value(&w, presence_of(a));
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_ask_leave(a), 201, &w);
}

static void refuse_presence(struct wq_ask *a, size_t i, const struct wq_message_problem *p)
{
	(void)i;
	if (strcmp(p->field, "to") == 0)
		wq_reply_problem(wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID, "number %s", p->what);
	else
		wq_reply_problem(
			wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID,
			"presence cannot be shown by this account: it takes a message that is "
			"answered, as POST /api/messages names it in replyTo");
}

static bool take_presence(struct wq_ask *a, const struct wq_account *account)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_message *m = &a->submit.items[0].message;
	struct wq_str word = wq_json_str(presence_of(a));
	yyjson_val *to = wq_json_get(yyjson_doc_get_root(a->doc), "number");
	int rc;

	if (!wq_str_is(word, "composing") && !wq_str_is(word, "recording")) {
		wq_reply_problem(wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID,
		                 "presence is neither composing nor recording: nothing else can be "
		                 "shown");
		return false;
	}
	rc = !to && lack(&p, "to") ? WQ_MESSAGE_INVALID : read_signal(a, m, "typing", to, NULL, &p);
	m->account = account->id;
	return wq_ask_take(a, 0, rc, &p);
}

void wq_evolution_presence_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_ask *a;

	if (!wq_evolution_instance(x, api, &account))
		return;
	a = wq_evolution_ask(x, api, answer_presence, refuse_presence);
	if (a && wq_ask_room(a, 1) && take_presence(a, account))
		wq_ask_submit(a);
}
