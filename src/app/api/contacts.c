/* SPDX-License-Identifier: MIT */
/* contacts.c — what all of them share, one that is shown, and the table of routes. */
#include "app/api/contacts.h"

#include "app/api/contact_call.h"
#include "base/err.h"
#include "domain/send/submit.h"

static struct wq_contact_call *make(struct wq_exchange *x, struct wq_api *api, yyjson_doc *body)
{
	struct wq_contact_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));

	if (!c) {
		wq_json_free(body);
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_contact_call){ .x = x, .api = api, .body = body, .status = 200 };
	wq_buf_init(&c->out, WQ_API_ANSWER_MAX_BYTES);
	return c;
}

struct wq_exchange *wq_contact_call_end(struct wq_contact_call *c)
{
	wq_json_free(c->body);
	c->body = NULL;
	wq_buf_fini(&c->out);
	return c->x;
}

void wq_contact_call_fail(struct wq_contact_call *c, int rc, const char *error)
{
	wq_api_reply_redis(wq_contact_call_end(c), rc, error);
}

void wq_contact_call_missing(struct wq_contact_call *c)
{
	wq_reply_problem(wq_contact_call_end(c), 404, "contact_not_found",
	                 "there is no such contact");
}

void wq_contact_call_refuse(struct wq_contact_call *c)
{
	wq_reply_problem(wq_contact_call_end(c), 422, "invalid_contact", "%s %s", c->problem.field,
	                 c->problem.what);
}

void wq_contact_call_reply(struct wq_contact_call *c)
{
	struct wq_buf out = c->out; /* the call goes with its exchange */
	struct wq_jsonw w = c->w;

	wq_json_free(c->body);
	w.out = &out;
	wq_api_reply(c->x, c->status, &w);
}

void wq_contact_call_started(struct wq_contact_call *c, int rc)
{
	if (rc < 0)
		wq_contact_call_fail(c, rc, "");
}

bool wq_contact_call_body(struct wq_exchange *x, yyjson_doc **body)
{
	if (!wq_api_body(x, body))
		return false;
	if (*body)
		return true;
	wq_reply_problem(x, 400, "invalid_json", "the body tells what to do: an object");
	return false;
}

/* The account that is meant; NULL: there is none that the caller sees.  *rc: as wq_accounts_find. */
static const struct wq_account *find(struct wq_exchange *x, const struct wq_api *api,
                                     struct wq_str hint, int *rc)
{
	const struct wq_caller *caller = wq_api_caller(x);
	struct wq_str business = caller->business.n ? caller->business : wq_strn(NULL, 0);
	const struct wq_account *a = NULL;

	*rc = wq_accounts_find(api->accounts, business, hint, &a);
	return *rc == 0 && wq_api_sees(x, a->business) ? a : NULL;
}

/* False: answered. */
static bool take_account(struct wq_contact_call *c, struct wq_str hint, bool exact)
{
	int rc;
	const struct wq_account *a = find(c->x, c->api, hint, &rc);
	char *copy;

	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_contact_call_fail(c, WQ_EAWAY, "");
		return false;
	}
	if (exact && (!a || !wq_str_eq(a->id, hint))) {
		wq_contact_call_missing(c);
		return false;
	}
	if (!a || wq_send_keys_init(&c->keys, c->api->redis, a->id) < 0) {
		wq_reply_problem(wq_contact_call_end(c), 404, "account_not_found",
		                 hint.p ? "there is no such account"
		                        : "there is no account yet: make one, or name one");
		return false;
	}
	copy = wq_arena_copy(wq_exchange_arena(c->x), a->id);
	c->account = wq_strn(copy, a->id.n);
	if (!copy)
		wq_contact_call_fail(c, WQ_ENOMEM, "");
	return copy != NULL;
}

struct wq_contact_call *wq_contact_call_begin(struct wq_exchange *x, void *api, yyjson_doc *body)
{
	struct wq_contact_call *c = make(x, api, body);
	struct wq_str hint = wq_exchange_query(x, "account");

	if (!hint.n)
		hint = wq_json_get_str(yyjson_doc_get_root(body), "account");
	if (!hint.n)
		hint = wq_strn(NULL, 0);
	return c && take_account(c, hint, false) ? c : NULL;
}

struct wq_contact_call *wq_contact_call_of_one(struct wq_exchange *x, void *api, yyjson_doc *body)
{
	struct wq_contact_call *c = make(x, api, body);
	struct wq_str id = wq_exchange_param(x, "id"), account = wq_submit_account_of(id);

	if (!c)
		return NULL;
	if (id.n > WQ_MESSAGE_ID_MAX_BYTES || !account.p || id.p[0] != 'c') {
		wq_contact_call_missing(c);
		return NULL;
	}
	c->id = wq_strn(id.p, id.n - account.n - 1);
	return take_account(c, account, true) ? c : NULL;
}

static struct wq_contact_call *call_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct wq_contact_call, cmd);
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = call_of(cmd);
	struct wq_contact_row row;

	if (rc != 0) {
		wq_contact_call_fail(c, rc, cmd->error);
		return;
	}
	if (!wq_contact_show_answer(cmd, &row)) {
		wq_contact_call_missing(c);
		return;
	}
	wq_jsonw_begin(&c->w, &c->out);
	wq_view_contact(&c->w, &row, c->account, WQ_CONTACT_WHOLE, wq_loop_wall_ms(c->api->loop));
	wq_contact_call_reply(c);
}

void wq_contact_call_show(struct wq_contact_call *c, struct wq_str digest)
{
	wq_contact_call_started(c,
	                        wq_contact_show_start(&c->keys, &c->cmd, c->id, digest, on_shown));
}

static void handle_show(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = wq_contact_call_of_one(x, api, NULL);

	if (c)
		wq_contact_call_show(c, wq_str(""));
}

static bool tell_change(struct wq_contact_call *c)
{
	const struct wq_contact_change *ch = &c->change;
	struct wq_exchange *x = c->x;

	if (ch->answer == WQ_CONTACT_MADE || ch->answer == WQ_CONTACT_CHANGED)
		return true;
	if (ch->answer == WQ_CONTACT_MISSING) {
		wq_contact_call_missing(c);
		return false;
	}
	(void)wq_contact_call_end(c);
	if (ch->answer == WQ_CONTACT_STALE)
		wq_reply_problem(x, 409, "changed_meanwhile",
		                 "it has changed meanwhile: read it, and try again");
	else if (ch->answer == WQ_CONTACT_TAKEN)
		wq_reply_problem(x, 409, "contact_exists", "%s.%.*s has one of these names", ch->of,
		                 WQ_STR_ARG(c->account));
	else if (ch->answer == WQ_CONTACT_TWO)
		wq_reply_problem(
			x, 409, "two_contacts",
			"these names are of two contacts, %s.%.*s among them: merge them first",
			ch->of, WQ_STR_ARG(c->account));
	else
		wq_reply_problem(x, 422, "too_many", "it would have too many %s", ch->of);
	return false;
}

static void on_changed(struct wq_contact_change *ch, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(ch, struct wq_contact_call, change);

	if (rc != 0) {
		wq_contact_call_fail(c, rc, ch->error);
		return;
	}
	if (!tell_change(c))
		return;
	if (ch->answer == WQ_CONTACT_MADE && c->status == 200)
		c->status = 201;
	c->id = wq_str(ch->of);
	wq_contact_call_show(c, wq_str(""));
}

void wq_contact_call_change(struct wq_contact_call *c)
{
	c->change.loop = c->api->loop;
	c->change.keys = &c->keys;
	c->change.wish = &c->wish;
	c->change.id = c->id;
	c->change.cb = on_changed;
	wq_contact_change_start(&c->change);
}

#define FILTERS                                                                                    \
	"{limit?: 1..200, cursor?: string, account?: string, tag?: string, not_tag?: string,"     \
	" attribute?: string, assigned?: string, unread?: boolean, opted_out?: boolean,"          \
	" blocked?: boolean, window?: 'open'|'closed', q?: string, sort?: 'made'|'last',"         \
	" phone?: string, wa_id?: string, user_id?: string, parent_id?: string, lid?: string}"

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/contacts", .handle = wq_contact_list_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = FILTERS,
	  .answer = "{data: Contact[], next_cursor: string|null}",
	  .summary = "contacts of an account, the newest first, by filters, by the beginnings of words, or by a name" },
	{ .method = WQ_POST, .pattern = "/api/contacts", .handle = wq_contact_create_handle, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body_max_bytes = WQ_CONTACT_BODY_MAX_BYTES,
	  .query = "{upsert?: boolean}", .body = "ContactWish", .answer = "Contact", .also = "Contact",
	  .example = "{\"phone\":\"+593991234567\",\"name\":\"María Pérez\",\"tags\":[\"lead\"]}",
	  .summary = "a new contact; with upsert=true, or the one that has one of its names" },
	{ .method = WQ_GET, .pattern = "/api/contacts/:id", .handle = handle_show,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "Contact", .summary = "one contact" },
	{ .method = WQ_PATCH, .pattern = "/api/contacts/:id", .handle = wq_contact_update_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body_max_bytes = WQ_CONTACT_BODY_MAX_BYTES,
	  .body = "ContactWish", .answer = "Contact",
	  .example = "{\"name\":\"María Pérez\",\"add_tags\":[\"vip\"],\"attributes\":{\"city\":\"Quito\"}}",
	  .summary = "change what is named; null takes it away" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/assign", .handle = wq_contact_assign_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {to: string|null}", .answer = "Contact",
	  .example = "{\"to\":\"ana\"}", .summary = "who looks after it from now on" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/opt-out", .handle = wq_contact_opt_out_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {reason?: string}", .answer = "Contact",
	  .example = "{\"reason\":\"asked on the phone\"}",
	  .summary = "it gets nothing more, but what is forced" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/opt-in", .handle = wq_contact_opt_in_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {reason?: string}", .answer = "Contact",
	  .example = "{\"reason\":\"asked for it\"}", .summary = "it wants messages again" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/read", .handle = wq_contact_read_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .answer = "Contact", .summary = "all it wrote has been read" },
	{ .method = WQ_GET, .pattern = "/api/contacts/:id/messages", .handle = wq_contact_said_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{limit?: 1..200, cursor?: string}",
	  .answer = "{data: Said[], next_cursor: string|null}",
	  .summary = "what was said with it, the latest first, with how far our messages came" },
	{ .method = WQ_GET, .pattern = "/api/contacts/:id/notes", .handle = wq_contact_notes_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "{data: Note[], next_cursor: null}",
	  .summary = "notes on it, the oldest first" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/notes", .handle = wq_contact_note_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {text: string}", .answer = "Contact",
	  .example = "{\"text\":\"wants a garden\"}", .summary = "one note more" },
	{ .method = WQ_DELETE, .pattern = "/api/contacts/:id/notes/:note", .handle = wq_contact_unnote_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .answer = "Contact", .summary = "one note less" },
	{ .method = WQ_POST, .pattern = "/api/contacts/:id/merge", .handle = wq_contact_merge_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {with: string}", .answer = "Contact",
	  .example = "{\"with\":\"c00000000000000000000.default\"}",
	  .summary = "they are one person: the younger becomes a part of the older" },
	{ .method = WQ_GET, .pattern = "/api/contacts/:id/export", .handle = wq_contact_export_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT),
	  .answer = "{exported_at: 0.., contact: Contact, notes: Note[], messages: Said[]}",
	  .summary = "all that is kept of one person" },
	{ .method = WQ_DELETE, .pattern = "/api/contacts/:id", .handle = wq_contact_erase_handle,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{reason?: string}",
	  .answer = "{erased: boolean, messages: 0..}",
	  .summary = "all that is kept of one person goes; a row without him stays" },
	{ .method = WQ_GET, .pattern = "/api/contacts/erasures", .handle = wq_contact_erasures_handle,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string, limit?: 1..200, cursor?: string}",
	  .answer = "{data: Erasure[], next_cursor: string|null}",
	  .summary = "who was erased: when, by whom and why, the latest first" },
	{ .method = WQ_POST, .pattern = "/api/contacts/import", .handle = wq_contact_import_handle,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .body_max_bytes = WQ_CONTACT_IMPORT_MAX_BYTES,
	  .query = "{format: 'csv'|'jsonl', account?: string, dry_run?: boolean}",
	  .answer = "{lines: 0.., created: 0.., updated: 0.., refused: 0.., dry_run: boolean,"
	            " first_refusal: string|null}",
	  .summary = "contacts of a file: all of its lines, or, should one be wrong, none" },
	{ .method = WQ_GET, .pattern = "/api/conversations", .handle = wq_conversation_list_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = FILTERS,
	  .answer = "{data: Conversation[], next_cursor: string|null}",
	  .summary = "contacts by what happened last, each with the last message" },
	{ .method = WQ_GET, .pattern = "/api/conversations/:id", .handle = handle_show,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "Contact", .summary = "the contact of a conversation" },
	{ .method = WQ_GET, .pattern = "/api/conversations/:id/messages", .handle = wq_contact_said_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{limit?: 1..200, cursor?: string}",
	  .answer = "{data: Said[], next_cursor: string|null}", .summary = "what was said in it, the latest first" },
	{ .method = WQ_POST, .pattern = "/api/conversations/:id/read", .handle = wq_contact_read_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .answer = "Contact", .summary = "all of it has been read" },
	{ .method = WQ_POST, .pattern = "/api/conversations/:id/assign", .handle = wq_contact_assign_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {to: string|null}", .answer = "Contact",
	  .example = "{\"to\":\"ana\"}", .summary = "who looks after it from now on" },
};
/* clang-format on */

int wq_api_contacts_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
