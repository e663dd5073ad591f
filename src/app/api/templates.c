/* SPDX-License-Identifier: MIT */
/* templates.c — texts listed, looked at, written and removed. */
#include "app/api/templates.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/template_call.h"
#include "base/err.h"

struct wq_exchange *wq_template_call_leave(struct wq_template_call_api *c)
{
	struct wq_exchange *x = c->x;

	wq_json_free(c->body);
	c->body = NULL;
	wq_arena_fini(&c->arena);
	return x;
}

void wq_template_call_fail(struct wq_template_call_api *c, int rc, const char *error)
{
	wq_api_reply_redis(wq_template_call_leave(c), rc, error);
}

bool wq_template_call_refuse(struct wq_template_call_api *c, int rc,
                             const struct wq_template_problem *p)
{
	char text[sizeof(p->name) + sizeof(p->what) + 48];

	if (rc < 0) {
		wq_template_call_fail(c, rc, "");
		return false;
	}
	wq_template_problem_text(p, text, sizeof(text));
	wq_reply_problem(wq_template_call_leave(c), 422,
	                 rc == WQ_TEMPLATE_INVALID ? "invalid_template" : "invalid_variables", "%s",
	                 text);
	return false;
}

struct wq_template_call_api *wq_template_call_begin(struct wq_exchange *x, void *api, bool reads)
{
	struct wq_template_call_api *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	yyjson_doc *body = NULL;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	if (reads && !wq_api_body(x, &body))
		return NULL;
	*c = (struct wq_template_call_api){ .x = x, .api = api, .body = body };
	wq_arena_init(&c->arena, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	wq_registry_init(&c->registry, c->api->redis, wq_str(c->api->prefix),
	                 WQ_TEMPLATES_REGISTRY);
	return c;
}

static bool keep(struct wq_template_call_api *c, struct wq_str s, struct wq_str *out)
{
	char *copy = wq_arena_copy(&c->arena, s.n ? s : wq_str(""));

	*out = wq_strn(copy, copy ? s.n : 0);
	if (!copy)
		wq_template_call_fail(c, WQ_ENOMEM, "");
	return copy != NULL;
}

static bool take_account(struct wq_template_call_api *c, struct wq_str name)
{
	struct wq_str own = wq_api_caller(c->x)->business;
	const struct wq_account *a;
	int rc = wq_accounts_find(c->api->accounts, own.n ? own : wq_strn(NULL, 0), name, &a);

	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_template_call_fail(c, WQ_EAWAY, "");
		return false;
	}
	/* An only account of the environment answers to any name; here it has to be meant. */
	if (rc != 0 || !wq_api_sees(c->x, a->business) ||
	    (!wq_str_eq(name, a->id) && !wq_str_eq(name, a->name) && !wq_str_eq(name, a->number))) {
		wq_reply_problem(wq_template_call_leave(c), 404, "account_not_found",
		                 "there is no such account");
		return false;
	}
	c->of = WQ_TEMPLATE_ACCOUNT;
	return keep(c, a->id, &c->account) && keep(c, a->business, &c->business);
}

bool wq_template_call_whose(struct wq_template_call_api *c, struct wq_str account,
                            struct wq_str business)
{
	struct wq_str own = wq_api_caller(c->x)->business;

	c->of = WQ_TEMPLATE_ALL;
	if (account.n)
		return take_account(c, account);
	if (business.n && !wq_api_sees(c->x, business)) {
		wq_reply_problem(wq_template_call_leave(c), 403, "forbidden",
		                 "this key is of another business");
		return false;
	}
	if (!business.n)
		business = own;
	if (business.n)
		c->of = WQ_TEMPLATE_BUSINESS;
	return keep(c, business, &c->business);
}

static bool is_asked_for(struct wq_exchange *x, const struct wq_template_own *o)
{
	struct wq_str kind = wq_exchange_query(x, "kind"),
		      language = wq_exchange_query(x, "language"),
		      business = wq_exchange_query(x, "business"),
		      account = wq_exchange_query(x, "account");

	if (o->of > WQ_TEMPLATE_ALL && !wq_api_sees(x, o->business))
		return false;
	if (kind.n && !wq_str_eq(kind, o->kind))
		return false;
	if (language.n && !wq_str_eq(language, o->language))
		return false;
	if (business.n && !wq_str_eq(business, o->business))
		return false;
	return !account.n || (o->of == WQ_TEMPLATE_ACCOUNT && wq_str_eq(account, o->owner));
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_api *a = api;
	uint64_t first = 0, count = WQ_API_PAGE_DEFAULT;
	struct wq_template_row row;
	struct wq_arena arena;
	char next[24] = "";
	struct wq_buf body;
	struct wq_jsonw w;

	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &count) ||
	    !wq_api_query_count(x, "cursor", 0, 2 * WQ_TEMPLATES_OWN_MAX, &first))
		return;
	wq_arena_init(&arena, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	wq_api_list_begin(&w, &body);
	while (count > 0 && wq_template_row_at(wq_accounts_templates(a->accounts), first, &row)) {
		first++;
		if (!is_asked_for(x, &row.own))
			continue;
		wq_template_row_write(&w, &row, &arena);
		wq_arena_reset(&arena);
		count--;
	}
	if (count == 0 && wq_template_row_at(wq_accounts_templates(a->accounts), first, &row))
		snprintf(next, sizeof(next), "%" PRIu64, first);
	wq_api_list_end(&w, next);
	wq_arena_fini(&arena);
	wq_api_reply(x, 200, &w);
}

static void answer_row(struct wq_template_call_api *c, int status,
                       const struct wq_template_row *row)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_template_row_write(&w, row, &c->arena);
	wq_api_reply(wq_template_call_leave(c), status, &w);
}

/* The one that a message would be made from. */
static void handle_show(struct wq_exchange *x, void *api)
{
	struct wq_template_call_api *c = wq_template_call_begin(x, api, false);
	struct wq_template_row row = { .base = { NULL, 0 } };
	struct wq_template_found f;

	if (!c || !wq_template_call_whose(c, wq_exchange_query(x, "account"),
	                                  wq_exchange_query(x, "business")))
		return;
	row.own.kind = wq_exchange_param(x, "kind");
	if (!wq_templates_find(wq_accounts_templates(c->api->accounts), c->business, c->account,
	                       row.own.kind, wq_exchange_query(x, "language"), &f)) {
		wq_reply_problem(wq_template_call_leave(c), 404, "template_not_found",
		                 "there is no text of that kind");
		return;
	}
	row.own.of = f.of;
	row.own.language = f.language;
	row.own.source = f.source;
	row.own.owner = f.of == WQ_TEMPLATE_ACCOUNT    ? c->account
	                : f.of == WQ_TEMPLATE_BUSINESS ? c->business
	                                               : wq_str("");
	row.base = f.base;
	answer_row(c, 200, &row);
}

/* Kind and language of the path; false: answered. */
static bool take_path(struct wq_template_call_api *c, struct wq_template_put *p)
{
	p->kind = wq_exchange_param(c->x, "kind");
	p->language = wq_exchange_param(c->x, "language");
	p->of = (int)c->of;
	p->owner = c->of == WQ_TEMPLATE_ACCOUNT ? c->account : c->business;
	p->business = c->business;
	p->id = c->id;
	if (wq_template_kind_is(p->kind) && wq_template_language_is(p->language) &&
	    wq_template_id(c->id, p->of, p->owner, p->kind, p->language))
		return true;
	wq_reply_problem(wq_template_call_leave(c), 400, "invalid_parameter",
	                 "a kind is 1 to 64 of a-z 0-9 _, a language two letters: es, or es_EC");
	return false;
}

/* NULL: answered. */
static struct wq_template_call_api *done(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_template_call_api *c = WQ_OWNER(cmd, struct wq_template_call_api, cmd);
	int64_t answer = rc == 0 ? wq_template_answer(cmd) : 0;

	if (rc != 0)
		wq_template_call_fail(c, rc, cmd->error);
	else if (answer == WQ_TEMPLATE_TOO_MANY)
		wq_reply_problem(wq_template_call_leave(c), 409, "too_many",
		                 "there are %d versions of texts, and no more can be",
		                 WQ_TEMPLATES_OWN_MAX);
	else if (answer == WQ_TEMPLATE_GONE)
		wq_reply_problem(wq_template_call_leave(c), 404, "template_not_found",
		                 "there is no such version; texts of willaq's own stay");
	else
		return c;
	return NULL;
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_template_call_api *c = done(cmd, rc);
	struct wq_template_row row = { .base = { NULL, 0 } };
	struct wq_template_found ours;

	if (!c)
		return;
	wq_templates_poke(c->api->accounts_part->templates);
	row.own = (struct wq_template_own){
		.of = c->of,
		.owner = c->of == WQ_TEMPLATE_ACCOUNT ? c->account : c->business,
		.kind = wq_exchange_param(c->x, "kind"),
		.language = wq_exchange_param(c->x, "language"),
		.source = wq_json_get_str(yyjson_doc_get_root(c->body), "source"),
		.by = wq_api_caller(c->x)->key,
		.changed_ms = wq_loop_wall_ms(c->api->loop),
	};
	if (wq_templates_find(NULL, wq_strn(NULL, 0), wq_strn(NULL, 0), row.own.kind,
	                      row.own.language, &ours))
		row.base = ours.source;
	answer_row(c, wq_template_answer(cmd) == WQ_TEMPLATE_ADDED ? 201 : 200, &row);
}

static void handle_put(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "source", "account", "business", NULL };
	struct wq_template_call_api *c = wq_template_call_begin(x, api, true);
	struct wq_template_put p = { .of = 0 };
	struct wq_template_problem problem;
	struct wq_template t;
	yyjson_val *root;
	int rc;

	if (!c)
		return;
	root = c->body ? yyjson_doc_get_root(c->body) : NULL;
	if (!wq_api_members(x, root, members)) {
		(void)wq_template_call_leave(c);
		return;
	}
	if (!wq_template_call_whose(c, wq_json_get_str(root, "account"),
	                            wq_json_get_str(root, "business")) ||
	    !take_path(c, &p))
		return;
	p.source = wq_json_get_str(root, "source");
	p.by = wq_api_caller(x)->key;
	p.now_ms = wq_loop_wall_ms(c->api->loop);
	rc = wq_template_check(&t, p.kind, p.language, p.source.p ? p.source : wq_str(""),
	                       &c->arena, &problem);
	if (rc != 0) {
		(void)wq_template_call_refuse(c, rc, &problem);
		return;
	}
	rc = wq_template_put_start(&c->registry, &c->cmd, &p, on_put);
	if (rc < 0)
		wq_template_call_fail(c, rc, "");
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_template_call_api *c = done(cmd, rc);

	if (!c)
		return;
	wq_templates_poke(c->api->accounts_part->templates);
	wq_reply_json(wq_template_call_leave(c), 200, wq_str("{\"changed\":1}"));
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	struct wq_template_call_api *c = wq_template_call_begin(x, api, false);
	struct wq_template_put p = { .of = 0 };
	int rc;

	if (!c ||
	    !wq_template_call_whose(c, wq_exchange_query(x, "account"),
	                            wq_exchange_query(x, "business")) ||
	    !take_path(c, &p))
		return;
	rc = wq_template_remove_start(&c->registry, &c->cmd, p.id, wq_loop_wall_ms(c->api->loop),
	                              on_removed);
	if (rc < 0)
		wq_template_call_fail(c, rc, "");
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/templates", .handle = handle_list, .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{kind?: string, language?: string, business?: string, account?: string, limit?: 1..1000,"
	           " cursor?: 0..}",
	  .answer = "{data: Template[], next_cursor: string|null}",
	  .summary = "texts to fill in: willaq's own, then versions of others" },
	{ .method = WQ_GET, .pattern = "/api/templates/:kind", .handle = handle_show,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{language?: string, business?: string, account?: string}",
	  .answer = "Template", .summary = "the text that a message of that kind is made from" },
	{ .method = WQ_PUT, .pattern = "/api/templates/:kind/:language", .handle = handle_put,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .body_max_bytes = WQ_TEMPLATE_REQUEST_MAX_BYTES,
	  .body = "exact {source: string, account?: string, business?: string}", .answer = "Template", .done = 201,
	  .also = "Template", .example = "{\"source\":\"Hola {{name}}, gracias por escribirnos.\"}",
	  .summary = "write one's own version of a text, for an account, a business, or all" },
	{ .method = WQ_DELETE, .pattern = "/api/templates/:kind/:language", .handle = handle_remove,
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .query = "{business?: string, account?: string}",
	  .answer = "Changed", .summary = "remove one's own version of a text" },
	{ .method = WQ_POST, .pattern = "/api/templates/preview", .handle = wq_template_preview_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .body_max_bytes = WQ_TEMPLATE_REQUEST_MAX_BYTES,
	  .body = "exact {template?: string, source?: string, language?: string, account?: string, business?: string,"
	          " currency?: string, timeZone?: string, variables?: any, examples?: boolean}",
	  .answer = "TemplatePreview",
	  .example = "{\"template\":\"viewing_reminder\",\"language\":\"es\",\"examples\":true}",
	  .summary = "what a text becomes, without sending it; `examples` stand in for variables that are not given" },
	{ .method = WQ_POST, .pattern = "/api/templates/check", .handle = wq_template_check_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .body_max_bytes = WQ_TEMPLATE_REQUEST_MAX_BYTES,
	  .body = "exact {source: string, kind?: string, language?: string}", .answer = "TemplateCheck",
	  .example = "{\"source\":\"Hola {{name}\",\"kind\":\"greeting\",\"language\":\"es\"}",
	  .summary = "whether a source is a text, and where it is not" },
};
/* clang-format on */

int wq_api_templates_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
