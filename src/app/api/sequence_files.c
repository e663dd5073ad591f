/* SPDX-License-Identifier: MIT */
/* sequence_files.c — all sequences of an account as one JSON, out and in.
 *
 *   import   judge all ──► list what is there ──► keep the point to go back to ──► put, one by one ──► answer
 *
 * One that is wrong is named, and nothing is changed.  A crash on the way leaves some of them in: the same import again
 * changes what is missing alone.
 */
#include <stdio.h>

#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "store/registry.h"
#include "store/sequence_run.h"

enum { BODY_MAX_BYTES = 8 << 20, ARENA_MAX_BYTES = 64 << 20 };

/* An import, or an export. */
struct files {
	struct wq_seq_put *puts;
	struct wq_str *ids; /* of an export */
	size_t n, at;
	struct wq_str run;
	struct wq_buf body;
	struct wq_jsonw w;
	int64_t changed, was; /* was: the version before */
};

static struct files *files_of(struct wq_sequence_call *c)
{
	return c->more;
}

static struct files *make(struct wq_sequence_call *c)
{
	struct files *f = wq_arena_alloc(wq_exchange_arena(c->x), sizeof(*f));

	if (!f) {
		wq_sequence_fail(c, WQ_ENOMEM, "");
		return NULL;
	}
	wq_arena_fini(&c->arena);
	wq_arena_init(&c->arena, ARENA_MAX_BYTES);
	wq_buf_init(&f->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&f->w, &f->body);
	c->more = f;
	return f;
}

static void give_up(struct wq_sequence_call *c, int rc, const char *error)
{
	wq_buf_fini(&files_of(c)->body);
	wq_sequence_fail(c, rc, error);
}

static void export_next(struct wq_sequence_call *c);

static void on_one(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct files *f = files_of(c);
	const struct wq_redis_value *version;
	struct wq_str spec;
	int64_t ver;

	if (rc != 0) {
		give_up(c, rc, cmd->error);
		return;
	}
	if (wq_seq_read_fields(cmd) && wq_seq_read_at(cmd, 0, &ver, &version)) {
		spec = wq_fields_get(version, "spec");
		wq_jsonw_object(&f->w);
		wq_jsonw_put_str(&f->w, "id", f->ids[f->at]);
		if (spec.n > 2) { /* its members */
			(void)wq_buf_add_char(&f->body, ',');
			(void)wq_buf_add_str(&f->body, wq_strn(spec.p + 1, spec.n - 2));
		}
		wq_jsonw_object_end(&f->w);
	}
	f->at++;
	export_next(c);
}

static void export_next(struct wq_sequence_call *c)
{
	struct files *f = files_of(c);
	int rc;

	if (f->at == f->n) {
		wq_jsonw_array_end(&f->w);
		wq_jsonw_object_end(&f->w);
		wq_api_reply(wq_sequence_leave(c), 200, &f->w);
		return;
	}
	rc = wq_seq_read_start(&c->keys, &c->cmd, f->ids[f->at], 0, 0, 1, on_one);
	if (rc < 0)
		give_up(c, rc, "");
}

static void on_ids(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct files *f = files_of(c);
	const struct wq_redis_value *fields;
	struct wq_str id;

	if (rc != 0) {
		give_up(c, rc, cmd->error);
		return;
	}
	f->ids = wq_arena_alloc(&c->arena, WQ_SEQUENCES_MAX * sizeof(*f->ids));
	while (f->ids && f->n < WQ_SEQUENCES_MAX && wq_seq_list_at(cmd, f->n, &id, &fields)) {
		f->ids[f->n] = wq_strn(wq_arena_copy(&c->arena, id), id.n);
		if (!f->ids[f->n++].p)
			f->ids = NULL;
	}
	if (!f->ids) {
		give_up(c, WQ_ENOMEM, "");
		return;
	}
	wq_jsonw_object(&f->w);
	wq_jsonw_key(&f->w, "sequences");
	wq_jsonw_array(&f->w);
	export_next(c);
}

static void handle_export(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, NULL);
	int rc;

	if (!c || !make(c))
		return;
	rc = wq_seq_list_start(&c->keys, &c->cmd, wq_str(""), 0, WQ_SEQUENCES_MAX, on_ids);
	if (rc < 0)
		give_up(c, rc, "");
}

static void import_next(struct wq_sequence_call *c);

static void on_imported(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct files *f = files_of(c);
	int64_t version = rc == 0 ? wq_seq_put_answer(cmd) : 0;

	if (rc != 0) {
		give_up(c, rc, cmd->error);
		return;
	}
	if (version <= 0) {
		wq_buf_fini(&f->body);
		wq_reply_problem(
			wq_sequence_leave(c), 409, "too_many",
			"the account has %d sequences, and no more can be: sequences[%zu] and "
			"those behind it are not in",
			WQ_SEQUENCES_MAX, f->at);
		return;
	}
	wq_jsonw_object(&f->w);
	wq_jsonw_put_str(&f->w, "id", f->puts[f->at].id);
	wq_jsonw_put_int(&f->w, "version", version);
	wq_jsonw_object_end(&f->w);
	f->at++;
	import_next(c);
}

static void import_next(struct wq_sequence_call *c)
{
	struct files *f = files_of(c);
	char run[WQ_SEQ_ID_MAX_BYTES + WQ_ACCOUNT_ID_MAX_BYTES + 2];
	int rc;

	if (f->at == f->n) {
		wq_jsonw_array_end(&f->w);
		wq_jsonw_key(&f->w, "run");
		snprintf(run, sizeof(run), "%.*s.%.*s", WQ_STR_ARG(f->run), WQ_STR_ARG(c->account));
		wq_jsonw_text(&f->w, run);
		wq_jsonw_object_end(&f->w);
		wq_api_reply(wq_sequence_leave(c), 200, &f->w);
		return;
	}
	rc = wq_seq_put_start(&c->keys, &c->cmd, &f->puts[f->at], on_imported);
	if (rc < 0)
		give_up(c, rc, "");
}

static void on_kept(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct files *f = files_of(c);

	if (rc != 0) {
		give_up(c, rc, cmd->error);
		return;
	}
	wq_jsonw_object(&f->w);
	wq_jsonw_key(&f->w, "data");
	wq_jsonw_array(&f->w);
	import_next(c);
}

/* The version that each of the import has; 0: none. */
static int write_before(struct wq_sequence_call *c, const struct wq_redis_cmd *cmd,
                        struct wq_buf *out)
{
	struct files *f = files_of(c);
	const struct wq_redis_value *fields;
	struct wq_jsonw w;
	struct wq_str id;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	for (size_t i = 0; i < f->n; i++) {
		int64_t version = 0;

		for (size_t n = 0; wq_seq_list_at(cmd, n, &id, &fields) && !version; n++)
			if (wq_str_eq(id, f->puts[i].id))
				version = wq_fields_int(fields, "ver");
		wq_jsonw_key_str(&w, f->puts[i].id);
		wq_jsonw_int(&w, version);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static void on_there(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct wq_seq_run r = { .what = "import", .by = c->by };
	struct wq_buf before;

	if (rc != 0) {
		give_up(c, rc, cmd->error);
		return;
	}
	wq_buf_init(&before, WQ_API_ANSWER_MAX_BYTES);
	rc = write_before(c, cmd, &before);
	r.before = wq_buf_str(&before);
	r.id = files_of(c)->run;
	if (rc == 0)
		rc = wq_seq_run_begin_start(&c->keys, &c->cmd, &r, on_kept);
	wq_buf_fini(&before);
	if (rc < 0)
		give_up(c, rc, "");
}

/* False: answered. */
static bool judge_one(struct wq_sequence_call *c, yyjson_val *v, size_t i)
{
	struct wq_sequence_problem p = { .field = "" };
	struct wq_seq_put *put = &files_of(c)->puts[i];
	int rc = wq_sequence_prepare(put, v, wq_sequence_beside, &c->arena, &p);

	put->id = wq_json_get_str(v, "id");
	put->id.n = put->id.p ? wq_str_find(put->id, '.') : 0;
	put->rev = -2;
	put->by = c->by;
	put->what = wq_str("imported");
	if (rc == 0 && !wq_sequence_id_is_good(put->id)) {
		snprintf(p.field, sizeof(p.field), "id");
		snprintf(p.what, sizeof(p.what), "has 1 to %d letters, digits, - and _",
		         WQ_SEQ_ID_MAX_BYTES);
		rc = WQ_SEQUENCE_INVALID;
	}
	for (size_t n = 0; n < i && rc == 0; n++)
		if (wq_str_eq(files_of(c)->puts[n].id, put->id)) {
			snprintf(p.field, sizeof(p.field), "id");
			snprintf(p.what, sizeof(p.what), "is that of sequences[%zu] too", n);
			rc = WQ_SEQUENCE_INVALID;
		}
	if (rc == WQ_SEQUENCE_INVALID)
		wq_reply_problem(wq_sequence_leave(c), 422, "invalid_sequence",
		                 "sequences[%zu]%s%s %s: nothing was imported", i,
		                 *p.field ? "." : "", p.field, p.what);
	else if (rc != 0)
		give_up(c, rc, "");
	return rc == 0;
}

static void handle_import(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "sequences", NULL };
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, NULL);
	yyjson_val *list = c ? wq_json_get(yyjson_doc_get_root(c->doc), "sequences") : NULL, *v;
	struct files *f = c ? make(c) : NULL;
	yyjson_arr_iter it;
	int rc;

	if (!f)
		return;
	if (!wq_api_members(x, yyjson_doc_get_root(c->doc), members)) {
		(void)wq_sequence_leave(c);
		return;
	}
	f->n = yyjson_is_arr(list) ? yyjson_arr_size(list) : 0;
	if (f->n < 1 || f->n > WQ_SEQ_IMPORT_MAX) {
		wq_reply_problem(wq_sequence_leave(c), 422, "invalid_sequence",
		                 "sequences is a list of 1 to %d", WQ_SEQ_IMPORT_MAX);
		return;
	}
	f->puts = wq_arena_alloc(&c->arena, f->n * sizeof(*f->puts));
	f->run = wq_sequence_run_id(&c->arena);
	if (!f->puts || !f->run.p) {
		give_up(c, WQ_ENOMEM, "");
		return;
	}
	yyjson_arr_iter_init(list, &it);
	for (size_t i = 0; (v = yyjson_arr_iter_next(&it)); i++)
		if (!judge_one(c, v, i))
			return;
	rc = wq_seq_list_start(&c->keys, &c->cmd, wq_str(""), 0, WQ_SEQUENCES_MAX, on_there);
	if (rc < 0)
		give_up(c, rc, "");
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/sequences/export", .handle = handle_export,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "{sequences: any[]}",
	  .summary = "all definitions of an account, as an import takes them" },
	{ .method = WQ_POST, .pattern = "/api/sequences/import", .handle = handle_import,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .body_max_bytes = BODY_MAX_BYTES,
	  .body = "exact {sequences: any[]}", .answer = "{data: ImportedSequence[], run: string}",
	  .example = "{\"sequences\":[{\"id\":\"imported\",\"name\":\"Imported\",\"steps\":[{\"message\":"
	             "{\"text\":{\"body\":\"Hello\"}}}]}]}",
	  .summary = "definitions in, all or none: new ones are made, others get another version; `run` undoes it" },
};
/* clang-format on */

int wq_api_sequence_files_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
