/* SPDX-License-Identifier: MIT */
/* businesses.c — businesses and keys listed, made and removed. */
#include "app/api/businesses.h"

#include "app/api/queue_view.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/business/key.h"
#include "store/business.h"

enum { NAME_MAX_BYTES = 100 };

struct call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_redis_cmd cmd;
	struct wq_business_keys keys;
	struct wq_registry_list list;
	struct wq_str id, name, business; /* of the path or the body */
	enum wq_role role;
	struct wq_new_key made;
	yyjson_doc *body;
	void (*view)(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields);
	const char *missing; /* "business", "key" */
	int64_t now_ms;
};

static void end(struct call *c)
{
	wq_json_free(c->body);
	c->body = NULL;
	wq_wipe(&c->made, sizeof(c->made));
}

static void fail(struct call *c, int rc, const char *error)
{
	end(c);
	wq_api_reply_redis(c->x, rc, error);
}

static void missing(struct call *c)
{
	const char *what = c->missing;

	end(c);
	wq_reply_problem(c->x, 404, what[0] == 'k' ? "key_not_found" : "business_not_found",
	                 "there is no such %s", what);
}

/* NULL: answered. */
static struct call *begin(struct wq_exchange *x, void *api, const char *what)
{
	struct call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct call){ .x = x, .api = api, .missing = what };
	c->id = wq_exchange_param(x, "id");
	c->now_ms = wq_loop_wall_ms(c->api->loop);
	wq_business_keys_init(&c->keys, c->api->redis, wq_str(c->api->prefix));
	return c;
}

void wq_view_business(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str_or_null(w, "id", id);
	wq_jsonw_put_str_or_null(w, "name", wq_fields_get(fields, "name"));
	wq_jsonw_put_int(w, "created_at", wq_fields_int(fields, "created"));
	wq_jsonw_object_end(w);
}

void wq_view_key(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str_or_null(w, "id", id);
	wq_jsonw_put_str_or_null(w, "name", wq_fields_get(fields, "name"));
	wq_jsonw_put_str_or_null(w, "role", wq_fields_get(fields, "role"));
	wq_jsonw_put_str_or_null(w, "business", wq_fields_get(fields, "business"));
	wq_jsonw_put_int(w, "created_at", wq_fields_int(fields, "created"));
	wq_jsonw_object_end(w);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	for (size_t i = 0; i < wq_registry_list_count(cmd); i++) {
		const struct wq_redis_value *fields;
		struct wq_str id;

		wq_registry_list_at(cmd, i, &id, &fields);
		c->view(&w, id, fields);
	}
	wq_jsonw_array_end(&w);
	wq_view_next(&w, wq_registry_list_next(cmd));
	wq_jsonw_object_end(&w);
	end(c);
	wq_api_reply(c->x, 200, &w);
}

static void list(struct call *c, const struct wq_registry *g)
{
	uint64_t first = 0, count = WQ_API_PAGE_DEFAULT;
	int rc;

	if (!wq_api_query_count(c->x, "limit", 1, WQ_API_PAGE_MAX, &count) ||
	    !wq_api_query_count(c->x, "cursor", 0, WQ_API_KEYS_MAX, &first))
		return;
	c->list.first = first;
	c->list.count = count;
	rc = wq_registry_list_start(g, &c->cmd, &c->list, on_listed);
	if (rc < 0)
		fail(c, rc, "");
}

/* Who is of one business sees that one. */
static void handle_businesses(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, "business");

	if (!c)
		return;
	c->view = wq_view_business;
	c->list.id = wq_api_caller(x)->business;
	list(c, &c->keys.biz);
}

static void handle_keys(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, "key");
	struct wq_str business = wq_exchange_query(x, "business");

	if (!c)
		return;
	if (business.n && !wq_api_sees(x, business)) {
		wq_reply_problem(x, 403, "forbidden", "this key is of another business");
		return;
	}
	c->view = wq_view_key;
	c->list.business = business.n ? business : wq_api_caller(x)->business;
	c->list.of_one = c->list.business.n > 0;
	list(c, &c->keys.key);
}

/* Told as it was made, and never again. */
static void answer_key(struct call *c)
{
	struct wq_jsonw w;
	struct wq_buf body;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str_or_null(&w, "id", wq_str(c->made.id));
	wq_jsonw_put_str_or_null(&w, "name", c->name);
	wq_jsonw_put_str_or_null(&w, "role", wq_str(wq_role_names[c->role]));
	wq_jsonw_put_str_or_null(&w, "business", c->business);
	wq_jsonw_put_int(&w, "created_at", c->now_ms);
	wq_jsonw_put_str_or_null(&w, "key", wq_str(c->made.key));
	wq_jsonw_object_end(&w);
	end(c);
	wq_api_reply(c->x, 201, &w);
}

static void answer_business(struct call *c, int status)
{
	struct wq_jsonw w;
	struct wq_buf body;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str_or_null(&w, "id", c->id);
	wq_jsonw_put_str_or_null(&w, "name", c->name);
	wq_jsonw_object_end(&w);
	end(c);
	wq_api_reply(c->x, status, &w);
}

static void refuse(struct call *c, const struct wq_redis_cmd *cmd, int64_t answer)
{
	int64_t accounts = 0, keys = 0;

	if (answer == WQ_BUSINESS_MISSING) {
		missing(c);
		return;
	}
	wq_business_in_use(cmd, &accounts, &keys);
	end(c);
	if (answer == WQ_BUSINESS_IN_USE)
		wq_reply_problem(c->x, 409, "business_in_use",
		                 "it has %lld accounts and %lld keys: remove those first",
		                 (long long)accounts, (long long)keys);
	else if (answer == WQ_BUSINESS_EXISTS)
		wq_reply_problem(c->x, 409, "business_exists", "there is a business of that id");
	else
		wq_reply_problem(c->x, 409, "too_many", "there are 10000, and no more can be");
}

/* NULL: answered; otherwise it was done. */
static struct call *done(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	int64_t answer;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return NULL;
	}
	answer = wq_business_answer(cmd);
	if (answer == WQ_BUSINESS_DONE)
		return c;
	refuse(c, cmd, answer);
	return NULL;
}

static void on_key_made(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);

	if (!c)
		return;
	wq_info("api_key_made", WQ_S("key", c->made.id), WQ_SL("business", c->business),
	        WQ_S("role", wq_role_names[c->role]), WQ_SL("by", wq_api_caller(c->x)->key));
	wq_keyring_put(c->api->keyring, wq_str(c->made.id), wq_str(c->made.sum), c->role,
	               c->business);
	answer_key(c);
}

static void on_business_made(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);

	if (c)
		answer_business(c, 201);
}

static void on_business_named(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);

	if (c)
		answer_business(c, 200);
}

static void answer_removed(struct call *c)
{
	end(c);
	wq_reply_json(c->x, 200, wq_str("{\"changed\":1}"));
}

static void on_business_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);

	if (c)
		answer_removed(c);
}

static void on_key_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);

	if (!c)
		return;
	wq_keyring_drop(c->api->keyring, c->id);
	answer_removed(c);
}

static bool invalid(struct call *c, const char *what)
{
	end(c);
	wq_reply_problem(c->x, 400, "invalid_parameter", "%s", what);
	return false;
}

/* False: answered. */
static bool read_body(struct call *c, const char *const *members)
{
	yyjson_val *root, *name;
	yyjson_doc *body;

	if (!wq_api_body(c->x, &body))
		return false;
	if (!body)
		return invalid(c, "the body tells what is wanted: an object");
	root = yyjson_doc_get_root(body);
	if (!wq_api_members(c->x, root, members)) {
		wq_json_free(body); /* it is answered: c is gone */
		return false;
	}
	c->body = body;
	name = wq_json_get(root, "name");
	c->name = wq_json_str(name);
	if (name && !yyjson_is_null(name) && (!c->name.p || c->name.n > NAME_MAX_BYTES))
		return invalid(c, "name must be a text of up to 100 bytes");
	return true;
}

static void handle_make_business(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "id", "name", NULL };
	struct call *c = begin(x, api, "business");
	int rc;

	if (!c || !read_body(c, members))
		return;
	c->id = wq_json_get_str(yyjson_doc_get_root(c->body), "id");
	if (!wq_business_id_is(c->id)) {
		invalid(c, "id must be 1 to 64 of A-Z a-z 0-9 . _ -: the businessId of jobs");
		return;
	}
	rc = wq_business_put_start(&c->keys, &c->cmd, c->id, c->name, true, c->now_ms,
	                           on_business_made);
	if (rc < 0)
		fail(c, rc, "");
}

static void handle_name_business(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "name", NULL };
	struct call *c = begin(x, api, "business");
	int rc;

	if (!c || !read_body(c, members))
		return;
	rc = wq_business_put_start(&c->keys, &c->cmd, c->id, c->name, false, c->now_ms,
	                           on_business_named);
	if (rc < 0)
		fail(c, rc, "");
}

static void handle_remove_business(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, "business");
	int rc = c ? wq_business_remove_start(&c->keys, &c->cmd, c->id, on_business_removed) : 0;

	if (rc < 0)
		fail(c, rc, "");
}

/* Whose key, and what it may: no more than who makes it.  False: answered. */
static bool read_key(struct call *c)
{
	yyjson_val *root = yyjson_doc_get_root(c->body), *business = wq_json_get(root, "business");
	struct wq_str own = wq_api_caller(c->x)->business;

	if (!wq_role_from(wq_json_get_str(root, "role"), &c->role))
		return invalid(c, "role must be viewer, agent, manager or admin");
	c->business = business ? wq_json_str(business) : own;
	if (business && !yyjson_is_null(business) && !wq_business_id_is(c->business))
		return invalid(c, "business must be the id of one, or null: all of them");
	if (own.n == 0 || wq_str_eq(own, c->business))
		return true;
	end(c);
	wq_reply_problem(c->x, 403, "forbidden", "this key is of another business");
	return false;
}

static void handle_make_key(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "business", "role", "name", NULL };
	struct call *c = begin(x, api, "business");
	struct wq_key_put p;
	int rc;

	if (!c || !read_body(c, members) || !read_key(c))
		return;
	rc = wq_key_make(&c->made);
	p = (struct wq_key_put){ .id = wq_str(c->made.id),
		                 .business = c->business,
		                 .role = wq_str(wq_role_names[c->role]),
		                 .name = c->name,
		                 .sum = wq_str(c->made.sum),
		                 .now_ms = c->now_ms };
	if (rc == 0)
		rc = wq_key_put_start(&c->keys, &c->cmd, &p, on_key_made);
	if (rc < 0)
		fail(c, rc, "");
}

static void handle_remove_key(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, "key");
	struct wq_str own;
	int rc;

	if (!c)
		return;
	own = wq_api_caller(x)->business;
	rc = wq_key_remove_start(&c->keys, &c->cmd, c->id, own.n > 0, own, c->now_ms,
	                         on_key_removed);
	if (rc < 0)
		fail(c, rc, "");
}

static void on_rotated(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = done(cmd, rc);
	struct wq_jsonw w;
	struct wq_buf body;

	if (!c)
		return;
	wq_info("api_key_rotated", WQ_SL("key", c->id), WQ_SL("by", wq_api_caller(c->x)->key));
	wq_keyring_rotate(c->api->keyring, c->id, wq_str(c->made.sum));
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str_or_null(&w, "id", c->id);
	wq_jsonw_put_str_or_null(&w, "key", wq_str(c->made.key));
	wq_jsonw_object_end(&w);
	end(c);
	wq_api_reply(c->x, 200, &w);
}

static void handle_rotate_key(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, "key");
	struct wq_str own;
	int rc;

	if (!c)
		return;
	own = wq_api_caller(x)->business;
	rc = wq_key_make(&c->made);
	if (rc == 0)
		rc = wq_key_rotate_start(&c->keys, &c->cmd, c->id, wq_str(c->made.sum), own.n > 0,
		                         own, c->now_ms, on_rotated);
	if (rc < 0)
		fail(c, rc, "");
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/businesses", .handle = handle_businesses,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{limit?: 1..1000, cursor?: 0..}",
	  .answer = "{data: Business[], next_cursor: string|null}", .summary = "businesses, the oldest first" },
	{ .method = WQ_POST, .pattern = "/api/businesses", .handle = handle_make_business, .done = 201,
	  .body = "exact {id: string, name?: string|null}", .answer = "Business",
	  .example = "{\"id\":\"acme\",\"name\":\"Acme\"}",
	  .summary = "add a business; its id is the businessId of jobs" },
	{ .method = WQ_PATCH, .pattern = "/api/businesses/:id", .handle = handle_name_business,
	  .body = "exact {name: string|null}", .answer = "Business", .example = "{\"name\":\"Acme Ltd\"}",
	  .summary = "give a business another name" },
	{ .method = WQ_DELETE, .pattern = "/api/businesses/:id", .handle = handle_remove_business, .answer = "Changed",
	  .summary = "remove a business that has neither accounts nor keys" },
	{ .method = WQ_GET, .pattern = "/api/keys", .handle = handle_keys, .access = WQ_API_FROM(WQ_ROLE_ADMIN),
	  .query = "{business?: string, limit?: 1..1000, cursor?: 0..}",
	  .answer = "{data: ApiKey[], next_cursor: string|null}", .summary = "keys of the API, without what they are" },
	{ .method = WQ_POST, .pattern = "/api/keys", .handle = handle_make_key, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_ADMIN),
	  .body = "exact {business?: string|null, role: Role, name?: string|null}",
	  .answer = "ApiKey", .example = "{\"business\":\"acme\",\"role\":\"agent\"}",
	  .summary = "make a key; it is shown this once" },
	{ .method = WQ_POST, .pattern = "/api/keys/:id/rotate", .handle = handle_rotate_key,
	  .access = WQ_API_FROM(WQ_ROLE_ADMIN), .answer = "{id: string, key: string}",
	  .summary = "make it another key, shown this once; what it was opens nothing from then on" },
	{ .method = WQ_DELETE, .pattern = "/api/keys/:id", .handle = handle_remove_key,
	  .access = WQ_API_FROM(WQ_ROLE_ADMIN), .answer = "Changed",
	  .summary = "remove a key; it opens nothing from then on" },
};
/* clang-format on */

int wq_api_businesses_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
