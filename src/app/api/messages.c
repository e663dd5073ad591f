/* SPDX-License-Identifier: MIT */
/* messages.c — bodies to submissions, all of a body checked before anything is kept. */
#include "app/api/messages.h"

#include <stdio.h>

#include "app/api/message_call.h"
#include "base/err.h"
#include "base/hmac.h"
#include "domain/message/read.h"
#include "domain/provider/provider.h"

enum { MEMORY_MAX_BYTES = 67108864, KEY_MAX_BYTES = 256 };

/* One request that asks for messages. */
struct asking {
	struct wq_exchange *x;
	struct wq_api *api;
	yyjson_doc *doc;
	struct wq_arena arena;
	struct wq_ref ref;
	struct wq_submit submit;
	bool many;
};

static struct wq_exchange *leave(struct asking *a)
{
	struct wq_exchange *x = a->x;

	wq_json_free(a->doc);
	wq_ref_fini(&a->ref);
	wq_arena_fini(&a->arena);
	return x;
}

static void answer_items(struct asking *a, struct wq_jsonw *w)
{
	for (size_t i = 0; i < a->submit.n; i++) {
		const struct wq_submission *it = &a->submit.items[i];

		wq_jsonw_object(w);
		wq_jsonw_key(w, "id");
		wq_jsonw_str(w, it->id);
		wq_jsonw_key(w, "state");
		wq_jsonw_text(w, "queued");
		wq_jsonw_key(w, "known");
		wq_jsonw_bool(w, it->made == WQ_LETTER_BEFORE);
		wq_jsonw_object_end(w);
	}
}

/* The keys of one request are used by all of its messages, or by none. */
static bool used_otherwise(const struct asking *a)
{
	for (size_t i = 0; i < a->submit.n; i++)
		if (a->submit.items[i].made == WQ_LETTER_OTHER)
			return true;
	return false;
}

static void on_submitted(struct wq_submit *s, int rc)
{
	struct asking *a = WQ_OWNER(s, struct asking, submit);
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		wq_message_fail(leave(a), rc, s->error);
		return;
	}
	if (used_otherwise(a)) {
		wq_reply_problem(leave(a), 422, "idempotency_key_used",
		                 "this Idempotency-Key was used for another body");
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	if (a->many) {
		wq_jsonw_object(&w);
		wq_jsonw_key(&w, "data");
		wq_jsonw_array(&w);
	}
	answer_items(a, &w);
	if (a->many) {
		wq_jsonw_array_end(&w);
		wq_jsonw_object_end(&w);
	}
	wq_api_reply(leave(a), 202, &w);
}

static void refuse(struct asking *a, size_t i, const struct wq_message_problem *p)
{
	char place[32] = "";

	if (a->many)
		snprintf(place, sizeof(place), "messages[%zu].", i);
	wq_reply_problem(leave(a), 422, "invalid_message", "%s%s %s", place, p->field, p->what);
}

/* Why it can't be sent from where it shall be; NULL: it can. */
static const char *account_problem(int rc)
{
	switch (rc) {
	case WQ_ACCOUNT_NONE:
		return "there is no account to send from: make one, or set WHATSAPP_TOKEN and "
		       "WHATSAPP_PHONE_NUMBER_ID";
	case WQ_ACCOUNT_UNKNOWN:
		return "account: there is none of that name";
	case WQ_ACCOUNT_FOREIGN:
		return "account: it is another business's";
	default:
		return NULL;
	}
}

/* A business's key sends for that business.  False: answered. */
static bool take_business(struct asking *a, struct wq_message *m)
{
	const struct wq_caller *caller = wq_api_caller(a->x);
	const char *own;

	if (caller->business.n == 0)
		return true;
	if (m->business.n > 0 && !wq_api_sees(a->x, m->business)) {
		wq_reply_problem(leave(a), 403, "forbidden", "this key is of another business");
		return false;
	}
	own = wq_arena_copy(&a->arena, caller->business);
	if (!own)
		wq_message_fail(leave(a), WQ_ENOMEM, "");
	m->business = wq_str(own);
	return own != NULL;
}

/* False: answered. */
static bool take_one(struct asking *a, size_t i, yyjson_val *value)
{
	struct wq_submission *it = &a->submit.items[i];
	struct wq_message_problem p = { .limit = 0 };
	const struct wq_account *account;
	int rc = wq_message_read(&it->message, value, wq_loop_wall_ms(a->api->loop), &a->arena, &p),
	    found;

	if (rc == 0 && !take_business(a, &it->message))
		return false;
	if (rc == 0) {
		found = wq_accounts_find(a->api->accounts, it->message.business,
		                         it->message.account, &account);
		/* That there is one is not theirs to know. */
		if (found == WQ_ACCOUNT_FOREIGN && wq_api_caller(a->x)->business.n > 0)
			found = WQ_ACCOUNT_UNKNOWN;
		if (found == WQ_ACCOUNT_NOT_LOADED) {
			wq_message_fail(leave(a), WQ_EAWAY, "");
			return false;
		}
		if (found != 0) {
			wq_reply_problem(leave(a), 422, "no_account", "%s", account_problem(found));
			return false;
		}
		rc = wq_providers[account->provider]->check(&it->message, &p);
	}
	if (rc == WQ_MESSAGE_INVALID) {
		refuse(a, i, &p);
		return false;
	}
	if (rc == 0) {
		char *id = wq_arena_copy(&a->arena, account->id);

		it->account = wq_str(id);
		rc = id ? 0 : WQ_ENOMEM;
	}
	if (rc != 0)
		wq_message_fail(leave(a), rc, "");
	return rc == 0;
}

/* The digests of the key, one for each message, and of what was asked for.  False: answered. */
static bool take_key(struct asking *a)
{
	struct wq_str key = wq_exchange_header(a->x, "Idempotency-Key");
	unsigned char sum[WQ_SHA256_BYTES];
	char *print, *once;

	if (!key.p)
		return true;
	if (!key.n || key.n > KEY_MAX_BYTES) {
		wq_reply_problem(leave(a), 400, "invalid_key",
		                 "an Idempotency-Key has 1 to %d bytes", KEY_MAX_BYTES);
		return false;
	}
	print = wq_arena_alloc(&a->arena, 2 * sizeof(sum) + 1);
	if (!print || wq_sha256(wq_exchange_request(a->x)->body, sum) < 0) {
		wq_message_fail(leave(a), WQ_ENOMEM, "");
		return false;
	}
	wq_hex_encode(sum, sizeof(sum), print);
	for (size_t i = 0; i < a->submit.n; i++) {
		struct wq_submission *it = &a->submit.items[i];

		once = wq_arena_alloc(&a->arena, 2 * sizeof(sum) + 24);
		if (!once || wq_sha256(key, sum) < 0) {
			wq_message_fail(leave(a), WQ_ENOMEM, "");
			return false;
		}
		wq_hex_encode(sum, sizeof(sum), once);
		snprintf(once + 2 * sizeof(sum), 24, "-%zu", i);
		it->once = wq_str(once);
		it->print = wq_str(print);
	}
	return true;
}

/* False: answered. */
static bool take_messages(struct asking *a)
{
	yyjson_val *root = yyjson_doc_get_root(a->doc), *list = wq_json_get(root, "messages"),
		   *value;
	yyjson_arr_iter it;
	size_t n;

	a->many = yyjson_is_arr(list) && !yyjson_is_str(wq_json_get(root, "messaging_product"));
	n = a->many ? yyjson_arr_size(list) : 1;
	if (n < 1 || n > WQ_SUBMIT_MAX) {
		wq_reply_problem(leave(a), 422, "invalid_message", "messages: 1 to %d at once",
		                 WQ_SUBMIT_MAX);
		return false;
	}
	a->submit.items = wq_arena_alloc(&a->arena, n * sizeof(*a->submit.items));
	a->submit.n = n;
	if (!a->submit.items) {
		wq_message_fail(leave(a), WQ_ENOMEM, "");
		return false;
	}
	if (!a->many)
		return take_one(a, 0, root);
	yyjson_arr_iter_init(list, &it);
	for (size_t i = 0; (value = yyjson_arr_iter_next(&it)); i++)
		if (!take_one(a, i, value))
			return false;
	return true;
}

static void handle_ask(struct wq_exchange *x, void *api)
{
	struct asking *a = wq_arena_alloc(wq_exchange_arena(x), sizeof(*a));
	int rc;

	if (!a) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*a = (struct asking){ .x = x, .api = api };
	if (!wq_api_body(x, &a->doc))
		return;
	wq_arena_init(&a->arena, MEMORY_MAX_BYTES);
	if (!take_messages(a) || !take_key(a))
		return;
	rc = wq_message_ref(a->api, &a->ref);
	a->submit.loop = a->api->loop;
	a->submit.redis = a->api->redis;
	a->submit.producer = a->api->producer;
	a->submit.arena = &a->arena;
	a->submit.queue_base = wq_ref_base(&a->ref);
	a->submit.keep_s = a->api->message_keep_s;
	a->submit.cb = on_submitted;
	if (rc == 0)
		rc = wq_submit_start(&a->submit);
	if (rc < 0)
		wq_message_fail(leave(a), rc, "");
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
