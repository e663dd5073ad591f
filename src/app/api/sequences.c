/* SPDX-License-Identifier: MIT */
/* sequences.c — made, listed, changed, paused, deleted. */
#include "app/api/sequences.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "store/registry.h"

const char *const wq_sequence_beside[] = { "id",       "account",    "state",      "version", "step_count",
	                                   "contacts", "created_at", "changed_at", NULL };

struct wq_exchange *wq_sequence_leave(struct wq_sequence_call *c)
{
	wq_json_free(c->doc);
	c->doc = NULL;
	wq_arena_fini(&c->arena);
	return c->x;
}

void wq_sequence_fail(struct wq_sequence_call *c, int rc, const char *error)
{
	wq_api_reply_redis(wq_sequence_leave(c), rc, error);
}

void wq_sequence_missing(struct wq_sequence_call *c)
{
	wq_reply_problem(wq_sequence_leave(c), 404, "sequence_not_found",
	                 "there is no such sequence");
}

void wq_sequence_list_reply(struct wq_sequence_call *c, struct wq_jsonw *w, int64_t next)
{
	char cursor[24];

	snprintf(cursor, sizeof(cursor), "%" PRId64, next);
	wq_api_list_end(w, next >= 0 ? cursor : NULL);
	wq_api_reply(wq_sequence_leave(c), 200, w);
}

void wq_sequence_started(struct wq_sequence_call *c, int rc)
{
	if (rc < 0)
		wq_sequence_fail(c, rc, "");
}

/* By id, name or number; copied.  False: answered. */
static bool take_account(struct wq_sequence_call *c, struct wq_str hint)
{
	const struct wq_account *a;
	int rc = wq_accounts_find(c->api->accounts, wq_api_caller(c->x)->business, hint, &a);

	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_api_reply_redis(c->x, WQ_EAWAY, "");
		return false;
	}
	if (rc != 0 || !wq_api_sees(c->x, a->business)) {
		wq_reply_problem(c->x, 404, c->id.n ? "sequence_not_found" : "account_not_found",
		                 c->id.n ? "there is no such sequence"
		                         : "there is no such account");
		return false;
	}
	c->account = wq_strn(wq_arena_copy(wq_exchange_arena(c->x), a->id), a->id.n);
	rc = c->account.p ? wq_send_keys_init(&c->keys, c->api->redis, c->account) : WQ_ENOMEM;
	if (rc < 0)
		wq_api_reply_redis(c->x, rc, "");
	return rc == 0;
}

struct wq_sequence_call *wq_sequence_begin(struct wq_exchange *x, void *api, const char *param)
{
	struct wq_sequence_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	struct wq_str hint = wq_exchange_query(x, "account");
	size_t dot;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_sequence_call){ .x = x, .api = api, .status = 200 };
	c->by = wq_api_caller(x)->key;
	if (!c->by.n)
		c->by = wq_str("settings");
	if (param) {
		c->id = wq_exchange_param(x, param);
		dot = wq_str_find(c->id, '.');
		if (dot < c->id.n)
			hint = wq_strn(c->id.p + dot + 1, c->id.n - dot - 1);
		c->id.n = dot;
	}
	if (!take_account(c, hint))
		return NULL;
	if (param && !wq_sequence_id_is_good(c->id)) {
		wq_sequence_missing(c);
		return NULL;
	}
	wq_arena_init(&c->arena, WQ_SEQ_MEMORY_MAX_BYTES);
	return c;
}

struct wq_sequence_call *wq_sequence_begin_with_body(struct wq_exchange *x, void *api,
                                                     const char *param)
{
	struct wq_sequence_call *c;
	yyjson_doc *doc;

	if (!wq_api_body(x, &doc))
		return NULL;
	if (!doc) {
		wq_reply_problem(x, 400, "invalid_json",
		                 "the body tells what is wanted: an object");
		return NULL;
	}
	c = wq_sequence_begin(x, api, param);
	if (!c)
		wq_json_free(doc);
	else
		c->doc = doc;
	return c;
}

bool wq_sequence_page(struct wq_sequence_call *c, uint64_t most)
{
	c->count = WQ_API_PAGE_DEFAULT < most ? WQ_API_PAGE_DEFAULT : most;
	if (wq_api_query_count(c->x, "limit", 1, most, &c->count) &&
	    wq_api_query_count(c->x, "cursor", 0, INT32_MAX, &c->first))
		return true;
	(void)wq_sequence_leave(c);
	return false;
}

bool wq_sequence_judge(struct wq_sequence_call *c, yyjson_val *root)
{
	struct wq_sequence_problem p;
	int rc = wq_sequence_prepare(&c->put, root, wq_sequence_beside, &c->arena, &p);

	if (rc == WQ_SEQUENCE_INVALID)
		wq_reply_problem(wq_sequence_leave(c), 422, "invalid_sequence", "%s%s%s", p.field,
		                 *p.field ? " " : "", p.what);
	else if (rc == WQ_ETOOBIG)
		wq_reply_problem(wq_sequence_leave(c), 413, "too_large",
		                 "this is more than a sequence holds");
	else if (rc < 0)
		wq_sequence_fail(c, rc, "");
	return rc == 0;
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields, *version;
	struct wq_jsonw w;
	struct wq_buf body;
	int64_t at;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	fields = wq_seq_read_fields(cmd);
	if (!fields || !wq_seq_read_at(cmd, 0, &at, &version)) {
		wq_sequence_missing(c);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_sequence(&w, c->account, c->id, fields, version);
	wq_api_reply(wq_sequence_leave(c), c->status, &w);
}

static void show(struct wq_sequence_call *c)
{
	wq_sequence_started(c, wq_seq_read_start(&c->keys, &c->cmd, c->id, 0, 0, 1, on_shown));
}

static void handle_show(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c)
		show(c);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_str id;
	struct wq_jsonw w;
	struct wq_buf body;
	uint64_t next;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; wq_seq_list_at(cmd, i, &id, &fields); i++)
		wq_view_sequence(&w, c->account, id, fields, NULL);
	next = c->first + c->count;
	wq_sequence_list_reply(c, &w, next < wq_seq_list_total(cmd) ? (int64_t)next : -1);
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, NULL);

	if (c && wq_sequence_page(c, WQ_SEQUENCES_MAX))
		wq_sequence_started(c, wq_seq_list_start(&c->keys, &c->cmd, wq_str(""), c->first,
		                                         c->count, on_listed));
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	int64_t answer = rc == 0 ? wq_seq_put_answer(cmd) : 0;

	if (rc != 0)
		wq_sequence_fail(c, rc, cmd->error);
	else if (answer > 0)
		show(c);
	else if (answer == WQ_SEQ_MISSING)
		wq_sequence_missing(c);
	else if (answer == WQ_SEQ_EXISTS)
		wq_reply_problem(wq_sequence_leave(c), 409, "sequence_exists",
		                 "there is a sequence of that id: change it, or take another id");
	else if (answer == WQ_SEQ_TOO_MANY)
		wq_reply_problem(wq_sequence_leave(c), 409, "too_many",
		                 "the account has %d sequences, and no more can be",
		                 WQ_SEQUENCES_MAX);
	else
		wq_reply_problem(wq_sequence_leave(c), 409, "changed_meanwhile",
		                 "somebody else has changed it meanwhile: read it, and try again");
}

void wq_sequence_store(struct wq_sequence_call *c)
{
	c->put.id = c->id;
	c->put.by = c->by;
	wq_sequence_started(c, wq_seq_put_start(&c->keys, &c->cmd, &c->put, on_put));
}

/* As asked for, or one of its own.  False: answered. */
static bool take_id(struct wq_sequence_call *c, yyjson_val *body)
{
	c->id = wq_json_get_str(body, "id");
	if (c->id.p)
		c->id.n = wq_str_find(c->id, '.');
	if (wq_json_get(body, "id") && !wq_sequence_id_is_good(c->id)) {
		wq_reply_problem(wq_sequence_leave(c), 422, "invalid_sequence",
		                 "id has 1 to %d letters, digits, - and _", WQ_SEQ_ID_MAX_BYTES);
		return false;
	}
	if (c->id.n)
		return true;
	c->id = wq_sequence_run_id(&c->arena);
	if (!c->id.p)
		wq_sequence_fail(c, WQ_ENOMEM, "");
	return c->id.p != NULL;
}

static void handle_create(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, NULL);
	yyjson_val *body = c ? yyjson_doc_get_root(c->doc) : NULL;

	if (!c || !wq_sequence_judge(c, body) || !take_id(c, body))
		return;
	c->status = 201;
	c->put.what = wq_str("created");
	wq_sequence_store(c);
}

/* What is named takes the place of what was. */
static void on_old(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *version;
	yyjson_val *root = NULL;
	struct wq_str text;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	if (!wq_seq_read_fields(cmd) || !wq_seq_read_at(cmd, 0, &c->put.rev, &version)) {
		wq_sequence_missing(c);
		return;
	}
	text = wq_sequence_merge(wq_fields_get(version, "spec"), yyjson_doc_get_root(c->doc),
	                         wq_sequence_beside, &c->arena);
	rc = text.p ? wq_json_parse_in(&root, text, WQ_JOB_JSON_DEPTH_MAX, &c->arena) : WQ_ENOMEM;
	if (rc < 0) {
		wq_sequence_fail(c, rc, "");
		return;
	}
	if (!wq_sequence_judge(c, root))
		return;
	c->put.what = wq_str("changed");
	wq_sequence_store(c);
}

static void handle_update(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, "id");

	if (!c)
		return;
	wq_sequence_started(c, wq_seq_read_start(&c->keys, &c->cmd, c->id, 0, 0, 1, on_old));
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	int64_t inside, answer;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	answer = wq_seq_remove_answer(cmd, &inside);
	if (answer == 1)
		wq_reply_json(wq_sequence_leave(c), 200, wq_str("{\"changed\":1}"));
	else if (answer == 0)
		wq_reply_problem(wq_sequence_leave(c), 409, "sequence_in_use",
		                 "%lld contacts are in it: archive it, or stop them first",
		                 (long long)inside);
	else
		wq_sequence_missing(c);
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c)
		wq_sequence_started(c, wq_seq_remove_start(&c->keys, &c->cmd, c->id, on_removed));
}

static void set_state(struct wq_sequence_call *c);

static void on_state(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	int64_t held;

	if (rc != 0)
		wq_sequence_fail(c, rc, cmd->error);
	else if (wq_seq_state_answer(cmd, &held) == WQ_SEQ_MISSING)
		wq_sequence_missing(c);
	else if (held > 0)
		set_state(c);
	else
		show(c);
}

static void set_state(struct wq_sequence_call *c)
{
	wq_sequence_started(c, wq_seq_state_start(&c->keys, &c->cmd, c->id, 0, c->state, c->by,
	                                          on_state));
}

static void handle_state(struct wq_exchange *x, void *api, const char *state)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (!c)
		return;
	c->state = state;
	set_state(c);
}

static void handle_pause(struct wq_exchange *x, void *api)
{
	handle_state(x, api, "paused");
}

static void handle_resume(struct wq_exchange *x, void *api)
{
	handle_state(x, api, "active");
}

static void handle_archive(struct wq_exchange *x, void *api)
{
	handle_state(x, api, "archived");
}

/* Nothing is stored. */
static void handle_check(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, NULL);
	struct wq_jsonw w;
	struct wq_buf body;

	if (!c || !wq_sequence_judge(c, yyjson_doc_get_root(c->doc)))
		return;
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "definition");
	wq_jsonw_raw(&w, c->put.spec);
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_sequence_leave(c), 200, &w);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/sequences", .handle = handle_list,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string, limit?: 1..1000, cursor?: 0..}",
	  .answer = "{data: Sequence[], next_cursor: string|null}",
	  .summary = "the sequences of an account, with how many contacts are in them" },
	{ .method = WQ_POST, .pattern = "/api/sequences", .handle = handle_create, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}",
	  .body_max_bytes = 2 * WQ_SEQ_MAX_BYTES, .body = "SequenceWish", .answer = "Sequence",
	  .example = "{\"id\":\"welcome\",\"name\":\"Welcome\",\"steps\":[{\"delay\":\"1h\",\"message\":"
	             "{\"text\":{\"body\":\"Hello\"}}}]}",
	  .summary = "a new sequence" },
	{ .method = WQ_POST, .pattern = "/api/sequences/check", .handle = handle_check,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}",
	  .body_max_bytes = 2 * WQ_SEQ_MAX_BYTES, .body = "SequenceWish", .answer = "{definition: any}",
	  .example = "{\"name\":\"Welcome\",\"steps\":[{\"message\":{\"text\":{\"body\":\"Hello\"}}}]}",
	  .summary = "is this a sequence, and what is wrong with it" },
	{ .method = WQ_GET, .pattern = "/api/sequences/:id", .handle = handle_show,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "Sequence",
	  .summary = "one sequence with its definition" },
	{ .method = WQ_PATCH, .pattern = "/api/sequences/:id", .handle = handle_update,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}",
	  .body_max_bytes = 2 * WQ_SEQ_MAX_BYTES, .body = "SequenceWish", .answer = "Sequence",
	  .example = "{\"name\":\"Welcome, again\"}",
	  .summary = "another version: what is named is changed, null takes it away; who is in it keeps theirs" },
	{ .method = WQ_DELETE, .pattern = "/api/sequences/:id", .handle = handle_remove,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .answer = "Changed",
	  .summary = "delete a sequence that nobody is in, with its history" },
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/pause", .handle = handle_pause,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .query = "{account?: string}", .answer = "Sequence",
	  .summary = "no step of it is sent; what comes due waits" },
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/resume", .handle = handle_resume,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .query = "{account?: string}", .answer = "Sequence",
	  .summary = "its steps are sent again, what waited at once" },
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/archive", .handle = handle_archive,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .answer = "Sequence",
	  .summary = "nobody begins it any more; who is in it goes on" },
};
/* clang-format on */

int wq_api_sequences_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	if (rc == 0)
		rc = wq_api_sequence_versions_routes(a);
	if (rc == 0)
		rc = wq_api_sequence_runs_routes(a);
	if (rc == 0)
		rc = wq_api_sequence_files_routes(a);
	return rc == 0 ? wq_api_enrolments_routes(a) : rc;
}
