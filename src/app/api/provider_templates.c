/* SPDX-License-Identifier: MIT */
/* provider_templates.c — listed as they are known, looked at anew, made and deleted. */
#include "app/api/provider_templates.h"

#include <stdio.h>

#include "app/api/provider_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/template/provider_definition.h"

struct wq_exchange *wq_provider_call_leave(struct wq_provider_call *c)
{
	wq_provider_act_fini(&c->act);
	wq_json_free(c->body);
	c->body = NULL;
	return c->x;
}

struct wq_provider_call *wq_provider_call_begin(struct wq_exchange *x, void *api,
                                                const struct wq_account **out)
{
	struct wq_provider_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	char *id = NULL;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_provider_call){ .x = x, .api = api };
	rc = wq_accounts_find(c->api->accounts, wq_api_caller(x)->business,
	                      wq_exchange_query(x, "account"), out);
	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_api_reply_redis(x, WQ_EAWAY, "");
		return NULL;
	}
	if (rc != 0 || !wq_api_sees(x, (*out)->business)) {
		wq_reply_problem(x, 404, "account_not_found", "there is no such account");
		return NULL;
	}
	id = wq_arena_copy(wq_exchange_arena(x), (*out)->id);
	c->account = wq_str(id);
	rc = id ? wq_send_keys_init(&c->keys, c->api->redis, c->account) : WQ_ENOMEM;
	if (rc == 0)
		return c;
	wq_api_reply_redis(x, rc, "");
	return NULL;
}

static void text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	if (s.n)
		wq_jsonw_str(w, s);
	else
		wq_jsonw_null(w);
}

static void moment(struct wq_jsonw *w, const char *key, int64_t ms)
{
	wq_jsonw_key(w, key);
	if (ms > 0)
		wq_jsonw_int(w, ms);
	else
		wq_jsonw_null(w);
}

static void write_one(struct wq_jsonw *w, const struct wq_provider_template *t)
{
	yyjson_doc *doc = NULL;
	int rc = t->components.n ? wq_json_parse(&doc, t->components, WQ_JOB_JSON_DEPTH_MAX)
	                         : WQ_EPARSE;

	wq_jsonw_object(w);
	text(w, "name", t->name);
	text(w, "language", t->language);
	text(w, "id", t->id);
	text(w, "status", t->status);
	text(w, "category", t->category);
	text(w, "quality", t->quality);
	text(w, "reason", wq_str_is(t->reason, "NONE") ? wq_str("") : t->reason);
	wq_jsonw_key(w, "parameters");
	wq_jsonw_int(w, rc == 0 ? wq_provider_text_places(
					  wq_provider_body_of(yyjson_doc_get_root(doc)))
	                        : 0);
	wq_jsonw_key(w, "components");
	if (rc == 0)
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
	else
		wq_jsonw_null(w);
	moment(w, "known_at", t->at_ms);
	wq_jsonw_object_end(w);
	wq_json_free(doc);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(cmd, struct wq_provider_call, cmd);
	struct wq_provider_template t;
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		wq_api_reply_redis(c->x, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; wq_ptpl_list_at(cmd, i, &t); i++)
		write_one(&w, &t);
	wq_jsonw_array_end(&w);
	text(&w, "next_cursor", wq_ptpl_list_next(cmd));
	moment(&w, "synced_at", wq_ptpl_synced(cmd));
	wq_jsonw_object_end(&w);
	wq_api_reply(c->x, 200, &w);
}

static void handle_list(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);
	struct wq_ptpl_list l = { .after = wq_exchange_query(x, "cursor"),
		                  .status = wq_exchange_query(x, "status"),
		                  .language = wq_exchange_query(x, "language"),
		                  .count = WQ_API_PAGE_DEFAULT };
	int rc;

	if (!c || !wq_api_query_count(x, "limit", 1, WQ_PROVIDER_TEMPLATES_BATCH, &l.count))
		return;
	rc = wq_ptpl_list_start(&c->keys, &c->cmd, &l, on_listed);
	if (rc < 0)
		wq_api_reply_redis(x, rc, "");
}

/* True: it was done. */
static bool did(struct wq_provider_call *c, int rc)
{
	const struct wq_provider_act *a = &c->act;
	char why[256];

	if (rc == 0 && a->did == WQ_PROVIDER_DID_IT)
		return true;
	snprintf(why, sizeof(why), "%s", rc == 0 ? a->why : a->error);
	rc = rc == 0 ? 0 : rc;
	switch (rc == 0 ? a->did : WQ_PROVIDER_DID_IT) {
	case WQ_PROVIDER_NO_WABA:
		wq_reply_problem(
			wq_provider_call_leave(c), 409, "no_waba",
			"templates are of a WhatsApp Business account: the account needs its waba_id");
		break;
	case WQ_PROVIDER_UNKNOWN:
		wq_reply_problem(
			wq_provider_call_leave(c), 404, "template_not_found",
			"there is none of that name in that language, as far as is known: sync first");
		break;
	case WQ_PROVIDER_REFUSED:
		wq_reply_problem(wq_provider_call_leave(c), 422, "template_refused",
		                 "Meta refuses it: %s", why);
		break;
	case WQ_PROVIDER_UNREACHABLE:
		wq_reply_problem(wq_provider_call_leave(c), 502, "provider_unreachable", "%s", why);
		break;
	default:
		wq_api_reply_redis(wq_provider_call_leave(c), rc, why);
	}
	return false;
}

static void start(struct wq_provider_call *c, enum wq_provider_doing doing,
                  const struct wq_account *account, void (*cb)(struct wq_provider_act *a, int rc))
{
	int rc;

	c->act.doing = doing;
	c->act.loop = c->api->loop;
	c->act.redis = c->api->redis;
	c->act.client = c->api->client;
	c->act.account = account;
	c->act.cb = cb;
	rc = wq_provider_act_start(&c->act);
	if (rc < 0)
		wq_api_reply_redis(wq_provider_call_leave(c), rc, "");
}

static void on_counted(struct wq_provider_act *a, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(a, struct wq_provider_call, act);
	char body[64];

	if (!did(c, rc))
		return;
	snprintf(body, sizeof(body), "{\"%s\":%zu}",
	         a->doing == WQ_PROVIDER_SYNC ? "known" : "deleted", a->known);
	wq_reply_json(wq_provider_call_leave(c), 200, wq_str(body));
}

static void handle_sync(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);

	if (c)
		start(c, WQ_PROVIDER_SYNC, account, on_counted);
}

static void handle_delete(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);

	if (!c)
		return;
	c->act.name = wq_exchange_param(x, "name");
	c->act.language = wq_exchange_query(x, "language");
	if (!wq_provider_template_name_is(c->act.name) ||
	    (c->act.language.n && !wq_provider_language_is(c->act.language))) {
		wq_reply_problem(x, 404, "template_not_found", "no template can have that name");
		return;
	}
	start(c, WQ_PROVIDER_DELETE, account, on_counted);
}

static void on_made(struct wq_provider_act *a, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(a, struct wq_provider_call, act);
	struct wq_buf body;
	struct wq_jsonw w;

	if (!did(c, rc))
		return;
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	text(&w, "name", a->name);
	text(&w, "language", a->language);
	text(&w, "id", wq_str(a->id));
	text(&w, "status", wq_str(a->status));
	text(&w, "category", wq_str(a->category));
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_provider_call_leave(c), 201, &w);
}

static void handle_create(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);
	struct wq_message_problem p;

	if (!c || !wq_api_body(x, &c->body))
		return;
	c->act.wish = yyjson_doc_get_root(c->body);
	if (wq_provider_wish_check(c->act.wish, &p) != 0) {
		wq_reply_problem(wq_provider_call_leave(c), 422, "invalid_template", "%s %s",
		                 p.field, p.what);
		return;
	}
	start(c, WQ_PROVIDER_CREATE, account, on_made);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/templates/provider", .handle = handle_list,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{account?: string, status?: string, language?: string, limit?: 1..500, cursor?: string}",
	  .answer = "{data: ProviderTemplate[], next_cursor: string|null, synced_at: 0..|null}",
	  .summary = "templates at the provider, as they are known" },
	{ .method = WQ_POST, .pattern = "/api/templates/provider/sync", .handle = handle_sync,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .query = "{account?: string}", .answer = "{known: 0..}",
	  .summary = "look at all of them anew" },
	{ .method = WQ_POST, .pattern = "/api/templates/provider", .handle = handle_create, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}",
	  .body = "{name: string, language: string, category: string, components: any[]}",
	  .answer = "{name: string, language: string, id: string|null, status: string|null, category: string|null}",
	  .example = "{\"name\":\"visit_reminder\",\"language\":\"es\",\"category\":\"UTILITY\","
	             "\"components\":[{\"type\":\"BODY\",\"text\":\"Hola {{1}}, te esperamos.\","
	             "\"example\":{\"body_text\":[[\"Ana\"]]}}]}",
	  .summary = "ask the provider for one more" },
	{ .method = WQ_DELETE, .pattern = "/api/templates/provider/:name", .handle = handle_delete,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string, language?: string}",
	  .answer = "{deleted: 0..}", .summary = "delete one, in one language or in all" },
	{ .method = WQ_GET, .pattern = "/api/templates/provider/mappings", .handle = wq_provider_mappings_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}",
	  .answer = "{data: ProviderMapping[], next_cursor: null}",
	  .summary = "which of them stand for kinds of ours" },
	{ .method = WQ_PUT, .pattern = "/api/templates/provider/mappings/:kind/:language",
	  .handle = wq_provider_map_handle, .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}",
	  .body = "exact {name: string, language?: string, parameters?: string[]}", .answer = "ProviderMapping",
	  .example = "{\"name\":\"visit_reminder\",\"parameters\":[\"name\"]}",
	  .summary = "this approved template stands for that kind" },
	{ .method = WQ_DELETE, .pattern = "/api/templates/provider/mappings/:kind/:language",
	  .handle = wq_provider_unmap_handle, .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{account?: string}",
	  .answer = "{changed: 0..}", .summary = "none does any more" },
};
/* clang-format on */

int wq_api_provider_templates_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
