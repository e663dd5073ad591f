/* SPDX-License-Identifier: MIT */
/* sequence_runs.c — changes of many contacts at once: begun, looked at, undone. */
#include <stdio.h>

#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/random.h"
#include "store/registry.h"
#include "store/sequence_run.h"

enum { RANDOM_BYTES = 10, PAGE_MAX = 100, TAG_MAX_BYTES = 64 };

struct wq_str wq_sequence_run_id(struct wq_arena *a)
{
	unsigned char bytes[RANDOM_BYTES];
	char *id = wq_random_bytes(bytes, sizeof(bytes)) == 0
	                   ? wq_arena_alloc(a, 2 + 2 * RANDOM_BYTES)
	                   : NULL;

	if (!id)
		return wq_strn(NULL, 0);
	id[0] = 's';
	wq_hex_encode(bytes, sizeof(bytes), id + 1);
	return wq_strn(id, 1 + 2 * RANDOM_BYTES);
}

static void put_outer(struct wq_jsonw *w, const char *key, struct wq_str id, struct wq_str account)
{
	char outer[WQ_SEQ_ID_MAX_BYTES + WQ_ACCOUNT_ID_MAX_BYTES + 2];

	snprintf(outer, sizeof(outer), "%.*s.%.*s", WQ_STR_ARG(id), WQ_STR_ARG(account));
	wq_jsonw_put_str_or_null(w, key, id.n ? wq_str(outer) : id);
}

static void put_number(struct wq_jsonw *w, const char *key, int64_t n, bool moment)
{
	if (moment)
		wq_jsonw_put_moment(w, key, n);
	else
		wq_jsonw_put_int(w, key, n);
}

void wq_view_sequence_run(struct wq_jsonw *w, struct wq_str account, struct wq_str id,
                          const struct wq_redis_value *fields)
{
	wq_jsonw_object(w);
	put_outer(w, "id", id, account);
	wq_jsonw_put_str(w, "what", wq_fields_get(fields, "what"));
	put_outer(w, "sequence", wq_fields_get(fields, "seq"), account);
	wq_jsonw_put_str(w, "tag", wq_fields_get(fields, "tag"));
	wq_jsonw_put_str(w, "by", wq_fields_get(fields, "by"));
	wq_jsonw_put_str(w, "reason", wq_fields_get(fields, "why"));
	wq_jsonw_put_str(w, "state", wq_fields_get(fields, "state"));
	put_number(w, "looked", wq_fields_int(fields, "looked"), false);
	put_number(w, "changed", wq_fields_int(fields, "changed"), false);
	put_outer(w, "undoes", wq_fields_get(fields, "undoes"), account);
	put_number(w, "started_at", wq_fields_int(fields, "made"), true);
	put_number(w, "ended_at", wq_fields_int(fields, "ended"), true);
	wq_jsonw_object_end(w);
}

static void run_missing(struct wq_sequence_call *c)
{
	wq_reply_problem(wq_sequence_leave(c), 404, "run_not_found",
	                 "there is no such change of many, or it is kept no more");
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_str id;
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	if (!wq_seq_list_at(cmd, 0, &id, &fields)) {
		run_missing(c);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_sequence_run(&w, c->account, id, fields);
	wq_api_reply(wq_sequence_leave(c), c->status, &w);
}

static void show(struct wq_sequence_call *c)
{
	wq_sequence_started(c, wq_seq_run_list_start(&c->keys, &c->cmd, c->id, 0, 1, on_shown));
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
		wq_view_sequence_run(&w, c->account, id, fields);
	next = c->first + c->count;
	wq_sequence_list_reply(c, &w, next < wq_seq_list_total(cmd) ? (int64_t)next : -1);
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, NULL);

	if (c && wq_sequence_page(c, PAGE_MAX))
		wq_sequence_started(c, wq_seq_run_list_start(&c->keys, &c->cmd, wq_str(""),
		                                             c->first, c->count, on_listed));
}

static void on_begun(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	int64_t begun = rc == 0 ? wq_seq_run_begun(cmd) : 0;

	if (rc != 0)
		wq_sequence_fail(c, rc, cmd->error);
	else if (begun == 1)
		show(c);
	else if (begun == 0)
		wq_reply_problem(wq_sequence_leave(c), 409, "too_many",
		                 "%d changes of many are under way in this account: wait for one",
		                 WQ_SEQ_RUNS_MAX);
	else if (c->version)
		run_missing(c);
	else
		wq_sequence_missing(c);
}

/* Under an id of its own. */
static void begin(struct wq_sequence_call *c, struct wq_seq_run *r)
{
	c->id = wq_sequence_run_id(wq_exchange_arena(c->x));
	if (!c->id.p) {
		wq_sequence_fail(c, WQ_ENOMEM, "");
		return;
	}
	r->id = c->id;
	r->by = c->by;
	c->status = 202;
	wq_sequence_started(c, wq_seq_run_begin_start(&c->keys, &c->cmd, r, on_begun));
}

/* NULL: it is none of them. */
static const char *what_of(struct wq_str text)
{
	static const char *const whats[] = { "enrol", "pause", "resume", "stop", "move" };

	for (size_t i = 0; i < WQ_COUNT(whats); i++)
		if (wq_str_is(text, whats[i]))
			return whats[i];
	return NULL;
}

static void handle_bulk(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "do", "tag", "reason", "replace", "again", NULL };
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, "id");
	yyjson_val *body = c ? yyjson_doc_get_root(c->doc) : NULL;
	bool replace = false, again = false;
	struct wq_seq_run r;

	if (!c)
		return;
	r = (struct wq_seq_run){ .what = what_of(wq_json_get_str(body, "do")),
		                 .seq = c->id,
		                 .tag = wq_json_get_str(body, "tag"),
		                 .why = wq_json_get_str(body, "reason") };
	if (!wq_api_members(x, body, members) || !wq_api_flag(x, body, "replace", &replace) ||
	    !wq_api_flag(x, body, "again", &again)) {
		(void)wq_sequence_leave(c);
		return;
	}
	r.flags = (replace ? WQ_ENROL_REPLACE : 0) | (again ? WQ_ENROL_AGAIN : 0);
	if (!r.what || r.why.n > WQ_SEQ_WHO_MAX_BYTES || r.tag.n > TAG_MAX_BYTES ||
	    (r.what && wq_str_is(wq_str(r.what), "enrol") && !r.tag.n))
		wq_reply_problem(
			wq_sequence_leave(c), 422, "invalid_change",
			"do is enrol (with the tag of those who begin), pause, resume, stop or move; "
			"a reason has up to %d bytes, a tag up to %d",
			WQ_SEQ_WHO_MAX_BYTES, TAG_MAX_BYTES);
	else
		begin(c, &r);
}

static void handle_undo(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");
	struct wq_seq_run r;

	if (!c)
		return;
	r = (struct wq_seq_run){ .what = "undo", .undoes = c->id };
	c->version = 1;
	begin(c, &r);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/bulk", .handle = handle_bulk, .done = 202,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .body = "SequenceBulk",
	  .answer = "SequenceRun", .example = "{\"do\":\"enrol\",\"tag\":\"lead\"}",
	  .summary = "all contacts of a tag begin it, or all that are in it are changed; can be undone for 30 days" },
	{ .method = WQ_GET, .pattern = "/api/sequence-runs", .handle = handle_list,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string, limit?: 1..100, cursor?: 0..}",
	  .answer = "{data: SequenceRun[], next_cursor: string|null}",
	  .summary = "changes of many and imports, the newest first: each is a point to go back to" },
	{ .method = WQ_GET, .pattern = "/api/sequence-runs/:id", .handle = handle_show,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "SequenceRun",
	  .summary = "how far one has come" },
	{ .method = WQ_POST, .pattern = "/api/sequence-runs/:id/undo", .handle = handle_undo, .done = 202,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .answer = "SequenceRun",
	  .summary = "back to what was before it: contacts to their places, definitions to their versions" },
};
/* clang-format on */

int wq_api_sequence_runs_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
