/* SPDX-License-Identifier: MIT */
/* accounts.c — accounts looked at and changed. */
#include "app/api/accounts.h"

#include <stdio.h>

#include "app/api/account_call.h"
#include "app/api/businesses.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"

enum { WHY_MAX_BYTES = 400 };
static const char default_business[] = "default";

static struct wq_account_call *call_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct wq_account_call, cmd);
}

/* Credentials stand anywhere in it, also under names that mean nothing. */
static void free_body(yyjson_doc *body)
{
	wq_account_wipe(yyjson_doc_get_root(body));
	wq_json_free(body);
}

static void end(struct wq_account_call *c)
{
	wq_account_act_fini(&c->act);
	free_body(c->body);
	c->body = NULL;
}

static void fail(struct wq_account_call *c, int rc, const char *error)
{
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES];

	snprintf(text, sizeof(text), "%s", error);
	end(c);
	wq_api_reply_redis(c->x, rc, text);
}

static void missing(struct wq_account_call *c)
{
	end(c);
	wq_reply_problem(c->x, 404, "account_not_found", "there is no such account");
}

struct wq_account_call *wq_account_call_begin(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	struct wq_str id = wq_exchange_param(x, "id");

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_account_call){ .x = x, .api = api, .id = id, .status = 200 };
	if (id.n > WQ_ACCOUNT_ID_MAX_BYTES) {
		missing(c);
		return NULL;
	}
	wq_account_keys_init(&c->keys, c->api->redis, wq_str(c->api->prefix));
	return c;
}

static const struct wq_account_ways *ways_of(const struct wq_account_call *c)
{
	return &c->api->accounts_part->ways;
}

/* Of the environment; NULL: there is none of that id. */
static const struct wq_account *env_account(const struct wq_account_call *c, struct wq_str id)
{
	const struct wq_accounts_part *p = c->api->accounts_part;

	for (unsigned i = 0; i < p->env_n; i++)
		if (wq_str_eq(p->env[i].id, id))
			return &p->env[i];
	return NULL;
}

static void answer_view(struct wq_account_call *c, const struct wq_account *env,
                        const struct wq_account_seen *seen)
{
	struct wq_jsonw w;
	struct wq_buf body;
	int rc = 0;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	if (env)
		wq_view_account(&w, env, NULL, NULL, ways_of(c));
	else
		rc = wq_view_account_seen(&w, seen, ways_of(c));
	end(c);
	if (rc < 0) {
		wq_buf_fini(&body);
		wq_api_reply_redis(c->x, rc, "");
		return;
	}
	wq_api_reply(c->x, c->status, &w);
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_call *c = call_of(cmd);
	struct wq_account_seen seen;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return;
	}
	if (wq_registry_list_count(cmd) == 0) {
		missing(c);
		return;
	}
	wq_account_list_at(cmd, 0, &seen);
	if (wq_api_sees(c->x, seen.business))
		answer_view(c, NULL, &seen);
	else
		missing(c);
}

static void show(struct wq_account_call *c)
{
	int rc;

	c->list = (struct wq_registry_list){ .id = c->id };
	rc = wq_registry_list_start(&c->keys.acc, &c->cmd, &c->list, on_shown);
	if (rc < 0)
		fail(c, rc, "");
}

static void handle_show(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = wq_account_call_begin(x, api);
	const struct wq_account *env;

	if (!c)
		return;
	env = wq_api_sees(x, wq_str("")) ? env_account(c, c->id) : NULL;
	if (env)
		answer_view(c, env, NULL);
	else
		show(c);
}

static bool env_fits(const struct wq_account_call *c, const struct wq_account *a)
{
	const struct wq_registry_list *l = &c->list;

	return l->first == 0 && !l->of_one &&
	       (!l->provider.n || wq_str_is(l->provider, wq_provider_name(a->provider))) &&
	       (!l->state.n || wq_str_is(l->state, wq_account_state_names[a->state]));
}

static int write_page(struct wq_account_call *c, struct wq_jsonw *w)
{
	const struct wq_accounts_part *p = c->api->accounts_part;
	int rc = 0;

	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
	for (unsigned i = 0; i < p->env_n; i++)
		if (env_fits(c, &p->env[i]))
			wq_view_account(w, &p->env[i], NULL, NULL, ways_of(c));
	for (size_t i = 0; i < wq_registry_list_count(&c->cmd) && rc == 0; i++) {
		struct wq_account_seen seen;

		wq_account_list_at(&c->cmd, i, &seen);
		rc = wq_view_account_seen(w, &seen, ways_of(c));
	}
	wq_jsonw_array_end(w);
	wq_view_next(w, wq_registry_list_next(&c->cmd));
	wq_jsonw_object_end(w);
	return rc;
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_call *c = call_of(cmd);
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	rc = write_page(c, &w);
	end(c);
	if (rc < 0) {
		wq_buf_fini(&body);
		wq_api_reply_redis(c->x, rc, "");
		return;
	}
	wq_api_reply(c->x, 200, &w);
}

/* False: the exchange is answered. */
static bool read_filters(struct wq_account_call *c)
{
	const struct wq_caller *caller = wq_api_caller(c->x);
	struct wq_str business = wq_exchange_query(c->x, "business");
	enum wq_provider provider;
	enum wq_account_state state;

	c->list.provider = wq_exchange_query(c->x, "provider");
	c->list.state = wq_exchange_query(c->x, "state");
	if (c->list.provider.n && !wq_account_provider_from(c->list.provider, &provider)) {
		wq_reply_problem(c->x, 400, "invalid_parameter",
		                 "provider must be cloud, evolution or twilio");
		return false;
	}
	if (c->list.state.n && !wq_account_state_from(c->list.state, &state)) {
		wq_reply_problem(c->x, 400, "invalid_parameter",
		                 "state must be ACTIVE, SUSPENDED or PENDING");
		return false;
	}
	if (business.n && !wq_api_sees(c->x, business)) {
		wq_reply_problem(c->x, 403, "forbidden", "this key is of another business");
		return false;
	}
	c->list.business = business.n ? business : caller->business;
	c->list.of_one = c->list.business.n > 0;
	return true;
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c;
	uint64_t first = 0, count = WQ_API_PAGE_DEFAULT;
	int rc;

	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &count) ||
	    !wq_api_query_count(x, "cursor", 0, WQ_ACCOUNTS_MAX, &first))
		return;
	c = wq_account_call_begin(x, api);
	if (!c)
		return;
	c->list.first = first;
	c->list.count = count;
	if (!read_filters(c))
		return;
	rc = wq_registry_list_start(&c->keys.acc, &c->cmd, &c->list, on_listed);
	if (rc < 0)
		fail(c, rc, "");
}

static void refuse(struct wq_account_call *c)
{
	static const struct {
		int status;
		const char *code;
	} answers[WQ_DIDS] = {
		[WQ_DID_INVALID] = { 400, "invalid_account" },
		[WQ_DID_NO_KEY] = { 409, "no_secret_key" },
		[WQ_DID_NOT_FOUND] = { 404, "account_not_found" },
		[WQ_DID_TOO_MANY] = { 409, "too_many" },
		[WQ_DID_CHANGED] = { 409, "changed_meanwhile" },
		[WQ_DID_NUMBER_TAKEN] = { 409, "number_taken" },
		[WQ_DID_NAME_TAKEN] = { 409, "name_taken" },
		[WQ_DID_LAST_RANK] = { 409, "last_of_rank" },
		[WQ_DID_REFUSED] = { 422, "credentials_refused" },
		[WQ_DID_UNREACHABLE] = { 502, "provider_unreachable" },
		[WQ_DID_IN_USE] = { 409, "account_in_use" },
	};
	enum wq_account_did did = c->act.did;
	char why[WHY_MAX_BYTES];

	wq_account_act_tell(&c->act, why, sizeof(why));
	end(c);
	wq_reply_problem(c->x, answers[did].status, answers[did].code, "%s%s", why,
	                 did == WQ_DID_IN_USE    ? " (?force=true)"
	                 : did == WQ_DID_REFUSED ? "; \"verify\": false keeps it all the same"
	                                         : "");
}

static void on_done(struct wq_account_act *a)
{
	struct wq_account_call *c = WQ_OWNER(a, struct wq_account_call, act);
	static const char *const words[] = { "created", "updated", "verified", "removed" };

	if (a->did == WQ_DID_FAILED) {
		fail(c, a->rc, a->error);
		return;
	}
	if (a->did != WQ_DID_IT) {
		refuse(c);
		return;
	}
	wq_info("account_changed", WQ_SL("account", a->id), WQ_S("how", words[a->doing]),
	        WQ_SL("key", wq_api_caller(c->x)->key));
	if (c->api->accounts)
		wq_accounts_poke(c->api->accounts);
	if (a->doing == WQ_ACCOUNT_REMOVE) {
		end(c);
		wq_reply_json(c->x, 200, wq_str("{\"changed\":1}"));
		return;
	}
	c->id = a->id;
	show(c);
}

static void act(struct wq_account_call *c, enum wq_account_doing doing)
{
	const struct wq_caller *caller = wq_api_caller(c->x);

	if (doing != WQ_ACCOUNT_CREATE && env_account(c, c->id)) {
		end(c);
		wq_reply_problem(c->x, 409, "of_the_environment",
		                 "this account is made of the server's settings: change it there");
		return;
	}
	c->act.doing = doing;
	c->act.ways = ways_of(c);
	c->act.keys = &c->keys;
	c->act.client = c->api->client;
	c->act.trusted = caller->business.n == 0;
	c->act.body = yyjson_doc_get_root(c->body);
	if (doing != WQ_ACCOUNT_CREATE) {
		c->act.id = c->id;
		c->act.business = caller->business;
	}
	c->act.cb = on_done;
	wq_account_act_start(&c->act, c->api->loop);
}

static bool is_known(struct wq_str name)
{
	const char *const *const lists[] = { wq_account_members, wq_account_credentials,
		                             wq_account_wishes };

	for (size_t i = 0; i < WQ_COUNT(lists); i++)
		for (size_t j = 0; lists[i][j]; j++)
			if (wq_str_is(name, lists[i][j]))
				return true;
	return false;
}

/* False: answered. */
static bool check_members(struct wq_exchange *x, yyjson_val *body)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(body);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter))) {
		struct wq_str name = wq_json_str(key);

		if (is_known(name))
			continue;
		if (name.n > WQ_API_ECHO_MAX_BYTES)
			name.n = WQ_API_ECHO_MAX_BYTES;
		wq_reply_problem(x, 400, "unknown_member",
		                 "the body has a member \"%.*s\" that means nothing here",
		                 WQ_STR_ARG(name));
		return false;
	}
	return true;
}

/* NULL: answered. */
static struct wq_account_call *begin_with_body(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = wq_account_call_begin(x, api);
	yyjson_doc *body;
	bool verify = true;

	if (!c || !wq_api_body(x, &body))
		return NULL;
	if (!body) {
		wq_reply_problem(x, 400, "invalid_json",
		                 "the body tells what the account is: an object");
		return NULL;
	}
	if (!check_members(x, yyjson_doc_get_root(body)) ||
	    !wq_api_flag(x, yyjson_doc_get_root(body), "verify", &verify)) {
		free_body(body); /* it is answered: c is gone */
		return NULL;
	}
	c->body = body;
	c->act.unchecked = !verify;
	return c;
}

/* Whose it will be.  False: answered. */
static bool take_business(struct wq_account_call *c)
{
	const struct wq_caller *caller = wq_api_caller(c->x);
	yyjson_val *v = wq_json_get(yyjson_doc_get_root(c->body), "business");
	struct wq_str named = wq_json_str(v);

	if (v && !wq_business_id_is(named)) {
		end(c);
		wq_reply_problem(c->x, 400, "invalid_account",
		                 "business must be an id: 1 to 64 of A-Z a-z 0-9 . _ -");
		return false;
	}
	if (v && !wq_api_sees(c->x, named)) {
		end(c);
		wq_reply_problem(c->x, 403, "forbidden", "this key is of another business");
		return false;
	}
	c->act.business = v                        ? named
	                  : caller->business.n > 0 ? caller->business
	                                           : wq_str(default_business);
	return true;
}

static void handle_create(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = begin_with_body(x, api);

	if (!c || !take_business(c))
		return;
	c->status = 201;
	act(c, WQ_ACCOUNT_CREATE);
}

/* A manager works with an account, an admin lends it credentials.  False: answered. */
static bool may_change(struct wq_account_call *c)
{
	yyjson_val *body = yyjson_doc_get_root(c->body);
	bool needs_admin = wq_json_get(body, "base_url") != NULL;

	for (size_t i = 0; wq_account_credentials[i]; i++)
		needs_admin |= wq_json_get(body, wq_account_credentials[i]) != NULL;
	if (wq_json_get(body, "business")) {
		end(c);
		wq_reply_problem(
			c->x, 400, "invalid_account",
			"business stays as it was: make another account for the other business");
		return false;
	}
	if (!needs_admin || wq_api_caller(c->x)->role >= WQ_ROLE_ADMIN)
		return true;
	end(c);
	wq_reply_problem(c->x, 403, "forbidden",
	                 "credentials and addresses are changed by keys with the role admin");
	return false;
}

static void handle_update(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = begin_with_body(x, api);

	if (c && may_change(c))
		act(c, WQ_ACCOUNT_UPDATE);
}

static void handle_verify(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c = wq_account_call_begin(x, api);

	if (c)
		act(c, WQ_ACCOUNT_VERIFY);
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	struct wq_account_call *c;
	bool force = false;

	if (!wq_api_query_flag(x, "force", &force))
		return;
	c = wq_account_call_begin(x, api);
	if (!c)
		return;
	c->act.forced = force;
	act(c, WQ_ACCOUNT_REMOVE);
}

/* clang-format off: read by column */
#define ACCOUNTS(p) \
	{ .method = WQ_GET, .pattern = p, .handle = handle_list, .access = WQ_API_FROM(WQ_ROLE_VIEWER), \
	  .query = "{business?: string, provider?: Provider, state?: AccountState, limit?: 1..1000, cursor?: 0..}", \
	  .answer = "{data: Account[], next_cursor: string|null}", \
	  .summary = "the numbers that messages are sent from, the oldest first" }, \
	{ .method = WQ_POST, .pattern = p, .handle = handle_create, .done = 201, \
	  .access = WQ_API_FROM(WQ_ROLE_ADMIN), .body_max_bytes = WQ_ACCOUNT_BODY_MAX_BYTES, \
	  .body = "NewAccount", .answer = "Account", .example = \
	  "{\"provider\":\"cloud\",\"name\":\"Sales\",\"phone_number_id\":\"100000000000001\"," \
	  "\"access_token\":\"EAAB-your-token\",\"verify\":false}", \
	  .summary = "add an account; its provider is asked first whether the credentials are good" }, \
	{ .method = WQ_GET, .pattern = p "/:id", .handle = handle_show, .access = WQ_API_FROM(WQ_ROLE_VIEWER), \
	  .answer = "Account", .summary = "one account" }, \
	{ .method = WQ_PATCH, .pattern = p "/:id", .handle = handle_update, \
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .body_max_bytes = WQ_ACCOUNT_BODY_MAX_BYTES, \
	  .body = "AccountWish", .answer = "Account", .example = "{\"state\":\"SUSPENDED\",\"reason\":\"holidays\"}", \
	  .summary = "change what is named; null takes it away" }, \
	{ .method = WQ_DELETE, .pattern = p "/:id", .handle = handle_remove, \
	  .access = WQ_API_FROM(WQ_ROLE_ADMIN), .query = "{force?: boolean}", .answer = "Changed", \
	  .summary = "remove an account; one with work or history only by force" }, \
	{ .method = WQ_POST, .pattern = p "/:id/verify", .handle = handle_verify, \
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .answer = "Account", \
	  .summary = "ask its provider again: credentials, quality, tier" }, \
	{ .method = WQ_GET, .pattern = p "/:id/holds", .handle = wq_account_holds_handle, \
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "AccountHolds", \
	  .summary = "what keeps its messages from being sent" }, \
	{ .method = WQ_POST, .pattern = p "/:id/release", .handle = wq_account_release_handle, \
	  .access = WQ_API_FROM(WQ_ROLE_MANAGER), .body = "exact {template?: string}", \
	  .example = "{}", .answer = "Changed", \
	  .summary = "send again what an answer of its provider held, or one template (\"name|language\")" }
static const struct wq_route routes[] = { ACCOUNTS("/api/whatsapp/accounts"), ACCOUNTS("/api/accounts") };
/* clang-format on */

int wq_api_accounts_routes(struct wq_api *a)
{
	int rc = wq_api_businesses_routes(a);

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
