/* SPDX-License-Identifier: MIT */
/* pending_add.c — something for a person to do, because somebody says so. */
#include "app/api/pending_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/message/read.h"

enum { CONTACT_MAX_BYTES = 64, PRIORITY_USUAL = 5 };

struct add {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str account;
	struct wq_pending_new entry;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
};

static void on_added(struct wq_redis_cmd *cmd, int rc)
{
	struct add *a = WQ_OWNER(cmd, struct add, cmd);
	struct wq_pending p;
	struct wq_buf body;
	struct wq_jsonw w;
	int answer = rc == 0 ? wq_pending_answer(cmd, &p) : 0;

	if (rc != 0 || answer == WQ_EPROTO) {
		wq_pending_fail(a->x, rc ? rc : answer, cmd->error);
		return;
	}
	if (answer != WQ_PENDING_DONE) {
		wq_reply_problem(a->x, 404, "contact_not_found", "there is no such contact");
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_pending(&w, &p, a->account, wq_loop_wall_ms(a->api->loop));
	wq_api_reply(a->x, 201, &w);
}

static bool refuse(struct add *a, const char *what)
{
	wq_reply_problem(a->x, 422, "invalid_pending", "%s", what);
	return false;
}

/* False: answered. */
static bool take_contact(struct add *a, yyjson_val *body)
{
	struct wq_str given = wq_json_get_str(body, "contact");
	size_t dot = wq_str_find(given, '.');

	if (!given.n || dot == given.n || dot > CONTACT_MAX_BYTES)
		return refuse(a,
		              "contact is the id of a contact, as c0123456789abcdef0123.ACCOUNT");
	a->entry.contact = wq_strn(given.p, dot);
	a->account = wq_strn(given.p + dot + 1, given.n - dot - 1);
	if (wq_pending_sees_account(a->x, a->api, a->account) &&
	    wq_send_keys_init(&a->keys, a->api->redis, a->account) == 0)
		return true;
	wq_reply_problem(a->x, 404, "contact_not_found", "there is no such contact");
	return false;
}

static int keep_message(struct add *a, yyjson_val *message)
{
	struct wq_buf b;
	struct wq_jsonw w;
	char *copy;
	int rc;

	wq_buf_init(&b, WQ_LETTER_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_value(&w, message);
	rc = wq_jsonw_end(&w);
	copy = rc == 0 ? wq_arena_copy(wq_exchange_arena(a->x), wq_buf_str(&b)) : NULL;
	a->entry.data = wq_strn(copy, b.n);
	wq_buf_fini(&b);
	return rc == 0 && !copy ? WQ_ENOMEM : rc;
}

/* A message that could never be sent is refused now; whom it is to does not matter yet.  False: answered. */
static bool take_message(struct add *a, yyjson_val *body)
{
	const struct wq_pending somebody = { .phone = WQ_STR("+12025550100") };
	struct wq_pending_words words = { .message = wq_json_get(body, "message"),
		                          .text = a->entry.text };
	struct wq_message_problem problem = { .limit = 0 };
	struct wq_message m;
	struct wq_str json;
	int rc;

	if (!words.message && !words.text.p)
		return true;
	if (words.message && (!yyjson_is_obj(words.message) || words.text.p))
		return refuse(a, "message is an object, and stands instead of text");
	rc = wq_pending_message(&somebody, a->account, &words, 0, wq_exchange_arena(a->x), &m,
	                        &json, &problem);
	if (rc == WQ_MESSAGE_INVALID) {
		wq_reply_problem(a->x, 422, "invalid_message", "%s%s %s",
		                 words.message ? "message." : "", problem.field, problem.what);
		return false;
	}
	if (rc == 0 && words.message)
		rc = keep_message(a, words.message);
	if (rc != 0)
		wq_pending_fail(a->x, rc, "");
	return rc == 0;
}

/* False: answered. */
static bool take_rest(struct add *a, yyjson_val *body)
{
	yyjson_val *why = wq_json_get(body, "reason");

	a->entry.why = why ? wq_json_str(why) : wq_str("by_hand");
	a->entry.priority = PRIORITY_USUAL;
	if (!wq_pending_why_is(a->entry.why))
		return refuse(a, "reason is a word of a-z 0-9 _ . -, of at most 64");
	if (!wq_api_count(a->x, body, "priority", WQ_PENDING_PRIORITY_MAX, &a->entry.priority) ||
	    !wq_pending_text(a->x, body, "text", WQ_LETTER_DATA_MAX_BYTES, &a->entry.text) ||
	    !wq_pending_text(a->x, body, "note", WQ_PENDING_NOTE_MAX_BYTES, &a->entry.note))
		return false;
	return a->entry.priority > 0 || refuse(a, "priority: 1 (first) to 10");
}

void wq_pending_add_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "contact", "reason",  "priority", "text",
		                               "message", "note",    NULL };
	struct add *a = wq_arena_alloc(wq_exchange_arena(x), sizeof(*a));
	yyjson_doc *doc;
	yyjson_val *root;
	int rc = 0;

	if (!a) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*a = (struct add){ .x = x, .api = api };
	if (!wq_api_body(x, &doc))
		return;
	root = yyjson_doc_get_root(doc);
	if (wq_api_members(x, root, members) && take_contact(a, root) && take_rest(a, root) &&
	    take_message(a, root)) {
		a->entry.id = wq_pending_id(wq_exchange_arena(x));
		a->account.p = wq_arena_copy(wq_exchange_arena(x), a->account);
		rc = a->entry.id.p && a->account.p
		             ? wq_pending_add_start(&a->keys, &a->cmd, 0, &a->entry, on_added)
		             : WQ_ENOMEM;
	}
	wq_json_free(doc);
	if (rc < 0)
		wq_pending_fail(x, rc, "");
}
