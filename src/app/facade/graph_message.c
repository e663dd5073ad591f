/* SPDX-License-Identifier: MIT */
/* graph_message.c — POST /v:N/:phone_number_id/messages: messages, read receipts, typing.
 *
 * The answer is Meta's, with our id in the place of Meta's: that one is not known before the message was sent, and is
 * told by GET /api/messages/:id from then on.
 */
#include "app/facade/graph_message.h"
#include "app/api/message_ask.h"
#include "app/facade/graph_core.h"
#include "base/err.h"

enum { ANSWER_MAX_BYTES = 8192 };

static void write_contact(struct wq_jsonw *w, const struct wq_ask *a)
{
	const struct wq_message *m = &a->submit.items[0].message;
	yyjson_val *root = yyjson_doc_get_root(a->doc);
	yyjson_val *to = wq_json_get(root, "to");

	wq_jsonw_object(w);
	wq_jsonw_key(w, "input");
	wq_jsonw_value(w, to && !yyjson_is_null(to) ? to : wq_json_get(root, "recipient"));
	if (m->recipient == WQ_RECIPIENT_PHONE) {
		wq_jsonw_put_str(w, "wa_id", wq_strn(m->to.p + 1, m->to.n - 1));
	} else {
		wq_jsonw_key(w, m->recipient == WQ_RECIPIENT_USER ? "user_id" : "wa_id");
		wq_jsonw_str(w, m->to);
	}
	wq_jsonw_object_end(w);
}

static void write_sent(struct wq_jsonw *w, const struct wq_ask *a)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "messaging_product", "whatsapp");
	wq_jsonw_key(w, "contacts");
	wq_jsonw_array(w);
	write_contact(w, a);
	wq_jsonw_array_end(w);
	wq_jsonw_key(w, "messages");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", a->submit.items[0].id);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static void answer(struct wq_ask *a)
{
	enum wq_message_kind kind = a->submit.items[0].message.kind;
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	if (kind == WQ_MESSAGE_READ || kind == WQ_MESSAGE_TYPING)
		wq_jsonw_raw(&w, wq_str("{\"success\":true}"));
	else
		write_sent(&w, a);
	wq_api_reply(wq_ask_leave(a), 200, &w);
}

static void refuse(struct wq_ask *a, size_t i, const struct wq_message_problem *p)
{
	bool missing = wq_str_starts(wq_str(p->what), "is missing");

	(void)i;
	wq_reply_problem(wq_ask_leave(a), 400, missing ? WQ_GRAPH_MISSING : WQ_GRAPH_INVALID,
	                 "%s %s", p->field[0] ? p->field : "the body", p->what);
}

static bool take(struct wq_ask *a, const struct wq_account *account)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_message *m = &a->submit.items[0].message;
	int rc = wq_message_read_graph(m, yyjson_doc_get_root(a->doc),
	                               wq_loop_wall_ms(a->api->loop), &a->arena, &p);

	m->account = account->id;
	return wq_ask_take(a, 0, rc, &p);
}

void wq_graph_message_handle(struct wq_exchange *x, void *api)
{
	struct wq_ask *a = wq_arena_alloc(wq_exchange_arena(x), sizeof(*a));
	const struct wq_account *account;

	if (!a) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	if (!wq_graph_facade_enter(x) ||
	    !wq_graph_facade_account(x, api, wq_exchange_param(x, "phone_number_id"), &account))
		return;
	*a = (struct wq_ask){ .x = x, .api = api, .refuse = refuse, .done = answer };
	if (wq_ask_begin(a) && wq_ask_room(a, 1) && take(a, account))
		wq_ask_submit(a);
}
