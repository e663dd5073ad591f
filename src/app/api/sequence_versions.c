/* SPDX-License-Identifier: MIT */
/* sequence_versions.c — what a sequence was, who changed it, and back to what it was. */
#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "store/registry.h"

enum { PAGE_MAX = 200 };

static void answer_page(struct wq_sequence_call *c, struct wq_jsonw *w, size_t found)
{
	wq_sequence_list_reply(c, w, found == c->count ? (int64_t)(c->first + found) : -1);
}

static void on_versions(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_jsonw w;
	struct wq_buf body;
	int64_t version;
	size_t n = 0;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	if (!wq_seq_read_fields(cmd)) {
		wq_sequence_missing(c);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (; wq_seq_read_at(cmd, n, &version, &fields); n++)
		wq_view_version(&w, version, fields);
	answer_page(c, &w, n);
}

static void handle_versions(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c && wq_sequence_page(c, WQ_SEQ_VERSIONS_MAX))
		wq_sequence_started(c, wq_seq_read_start(&c->keys, &c->cmd, c->id, -1, c->first,
		                                         c->count, on_versions));
}

/* The version in the route; false: answered. */
static bool take_version(struct wq_sequence_call *c, struct wq_str text)
{
	uint64_t n;

	if (wq_str_to_u64(text, INT32_MAX, &n) && n > 0) {
		c->version = (int64_t)n;
		return true;
	}
	wq_reply_problem(wq_sequence_leave(c), 404, "version_not_found",
	                 "there is no such version of it");
	return false;
}

/* NULL: answered. */
static const struct wq_redis_value *version_of(struct wq_sequence_call *c, int rc, int64_t *version)
{
	const struct wq_redis_value *fields = NULL;

	if (rc != 0)
		wq_sequence_fail(c, rc, c->cmd.error);
	else if (!wq_seq_read_fields(&c->cmd))
		wq_sequence_missing(c);
	else if (!wq_seq_read_at(&c->cmd, 0, version, &fields) || wq_redis_count(fields) == 0)
		wq_reply_problem(wq_sequence_leave(c), 404, "version_not_found",
		                 "there is no such version of it, or it is kept no more");
	return wq_redis_count(fields) > 0 ? fields : NULL;
}

static void on_version(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_jsonw w;
	struct wq_buf body;
	int64_t version;

	fields = version_of(c, rc, &version);
	if (!fields)
		return;
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_version(&w, version, fields);
	wq_api_reply(wq_sequence_leave(c), 200, &w);
}

static void handle_version(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c && take_version(c, wq_exchange_param(x, "version")))
		wq_sequence_started(c, wq_seq_read_start(&c->keys, &c->cmd, c->id, c->version, 0, 1,
		                                         on_version));
}

/* It becomes the newest version: nothing of what was between is lost. */
static void on_restored(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	yyjson_val *root;
	int64_t version;

	fields = version_of(c, rc, &version);
	if (!fields)
		return;
	rc = wq_json_parse_in(&root, wq_fields_get(fields, "spec"), WQ_JOB_JSON_DEPTH_MAX,
	                      &c->arena);
	if (rc < 0) {
		wq_sequence_fail(c, rc, "");
		return;
	}
	if (!wq_sequence_judge(c, root))
		return;
	c->put.rev = -1;
	c->put.what = wq_str("restored");
	wq_sequence_store(c);
}

static void handle_restore(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c && take_version(c, wq_exchange_param(x, "version")))
		wq_sequence_started(c, wq_seq_read_start(&c->keys, &c->cmd, c->id, c->version, 0, 1,
		                                         on_restored));
}

static void on_changes(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct wq_jsonw w;
	struct wq_buf body;
	size_t n = 0;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (; n < wq_redis_count(cmd->reply); n++)
		wq_jsonw_raw(&w, wq_redis_str(wq_redis_at(cmd->reply, n)));
	answer_page(c, &w, n);
}

static void handle_changes(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");

	if (c && wq_sequence_page(c, PAGE_MAX))
		wq_sequence_started(c, wq_seq_changes_start(&c->keys, &c->cmd, c->id, c->first,
		                                            c->count, on_changes));
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/sequences/:id/versions", .handle = handle_versions,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string, limit?: 1..100, cursor?: 0..}",
	  .answer = "{data: SequenceVersion[], next_cursor: string|null}",
	  .summary = "its versions, the newest first, and how many contacts are in each" },
	{ .method = WQ_GET, .pattern = "/api/sequences/:id/versions/:version", .handle = handle_version,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "SequenceVersion",
	  .summary = "one version with its definition" },
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/versions/:version/restore", .handle = handle_restore,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}", .answer = "Sequence",
	  .summary = "back to what it was then, as the newest version" },
	{ .method = WQ_GET, .pattern = "/api/sequences/:id/changes", .handle = handle_changes,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string, limit?: 1..200, cursor?: 0..}",
	  .answer = "{data: SequenceChange[], next_cursor: string|null}",
	  .summary = "who changed what, and when; the newest first" },
};
/* clang-format on */

int wq_api_sequence_versions_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
