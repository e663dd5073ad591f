/* SPDX-License-Identifier: MIT */
/* messages.c — our own shape of asking: one message, or many at once. */
#include "app/api/messages.h"

#include <stdio.h>

#include "app/api/message_ask.h"
#include "base/err.h"

/* One request that asks for messages. */
struct asking {
	struct wq_ask ask;
	bool many;
};

static bool is_many(const struct wq_ask *a)
{
	return WQ_OWNER(a, struct asking, ask)->many;
}

static void answer_items(struct wq_ask *a, struct wq_jsonw *w)
{
	for (size_t i = 0; i < a->submit.n; i++) {
		const struct wq_submission *it = &a->submit.items[i];

		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "id", it->id);
		wq_jsonw_put_text(w, "state", "queued");
		wq_jsonw_put_bool(w, "known", it->made == WQ_LETTER_BEFORE);
		wq_jsonw_object_end(w);
	}
}

static void answer(struct wq_ask *a)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	if (is_many(a)) {
		wq_jsonw_object(&w);
		wq_jsonw_key(&w, "data");
		wq_jsonw_array(&w);
	}
	answer_items(a, &w);
	if (is_many(a)) {
		wq_jsonw_array_end(&w);
		wq_jsonw_object_end(&w);
	}
	wq_api_reply(wq_ask_leave(a), 202, &w);
}

static void refuse(struct wq_ask *a, size_t i, const struct wq_message_problem *p)
{
	char place[32] = "";

	if (is_many(a))
		snprintf(place, sizeof(place), "messages[%zu].", i);
	wq_reply_problem(wq_ask_leave(a), 422, "invalid_message", "%s%s %s", place, p->field,
	                 p->what);
}

/* False: answered. */
static bool take_one(struct wq_ask *a, size_t i, yyjson_val *value)
{
	struct wq_message_problem p = { .limit = 0 };

	return wq_ask_take(a, i,
	                   wq_message_read(&a->submit.items[i].message, value,
	                                   wq_loop_wall_ms(a->api->loop), &a->arena, &p),
	                   &p);
}

/* False: answered. */
static bool take_messages(struct asking *as)
{
	struct wq_ask *a = &as->ask;
	yyjson_val *root = yyjson_doc_get_root(a->doc), *list = wq_json_get(root, "messages"),
		   *value;
	yyjson_arr_iter it;
	size_t n;

	as->many = yyjson_is_arr(list) && !yyjson_is_str(wq_json_get(root, "messaging_product"));
	n = as->many ? yyjson_arr_size(list) : 1;
	if (n < 1 || n > WQ_SUBMIT_MAX) {
		wq_reply_problem(wq_ask_leave(a), 422, "invalid_message",
		                 "messages: 1 to %d at once", WQ_SUBMIT_MAX);
		return false;
	}
	if (!wq_ask_room(a, n))
		return false;
	if (!as->many)
		return take_one(a, 0, root);
	yyjson_arr_iter_init(list, &it);
	for (size_t i = 0; (value = yyjson_arr_iter_next(&it)); i++)
		if (!take_one(a, i, value))
			return false;
	return true;
}

static void handle_ask(struct wq_exchange *x, void *api)
{
	struct asking *as = wq_arena_alloc(wq_exchange_arena(x), sizeof(*as));

	if (!as) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	as->ask = (struct wq_ask){ .x = x, .api = api, .refuse = refuse, .done = answer };
	if (wq_ask_begin(&as->ask) && take_messages(as))
		wq_ask_submit(&as->ask);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/api/messages", .handle = handle_ask, .done = 202,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT),
	  .body_max_bytes = WQ_API_MESSAGES_MAX_BYTES,
	  .body = "Message|{messages: Message[]}", .answer = "Queued|{data: Queued[]}",
	  .example = "{\"to\":\"+593991234567\",\"type\":\"text\",\"text\":{\"body\":\"hello\"}}",
	  .summary = "send a message, or up to 10,000; with an Idempotency-Key once, however often it is asked for" },
	{ .method = WQ_GET, .pattern = "/api/messages/:id", .handle = wq_message_show_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "Sent",
	  .summary = "how far a message has come, with its whole timeline" },
	{ .method = WQ_POST, .pattern = "/api/messages/:id/cancel", .handle = wq_message_cancel_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT),
	  .answer = "{changed: 0..}", .summary = "take back a message that has not been tried" },
	{ .method = WQ_PATCH, .pattern = "/api/messages/:id", .handle = wq_message_move_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT),
	  .body = "exact {scheduledAt: string|0..}", .answer = "{changed: 0..}",
	  .example = "{\"scheduledAt\":\"2027-01-01T00:00:00Z\"}",
	  .summary = "another moment for a message that has not been tried" },
};
/* clang-format on */

int wq_api_messages_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
