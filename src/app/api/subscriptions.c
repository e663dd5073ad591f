/* SPDX-License-Identifier: MIT */
/* subscriptions.c — made, listed, changed, paused, rotated, deleted. */
#include "app/api/subscriptions.h"

#include "app/api/subscription_call.h"
#include "base/alloc.h"
#include "base/err.h"

struct wq_subscription_call *wq_subscription_call_begin(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	struct wq_str id = wq_exchange_param(x, "id");

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	if (id.n > WQ_SUB_ID_MAX_BYTES || wq_str_find(id, ':') < id.n) {
		wq_reply_problem(x, 404, "subscription_not_found", "there is no such subscription");
		return NULL;
	}
	*c = (struct wq_subscription_call){ .x = x, .api = api, .id = id, .status = 200 };
	wq_buf_init(&c->asked, 2 * WQ_SUB_SPEC_MAX_BYTES);
	wq_buf_init(&c->spec, 2 * WQ_SUB_SPEC_MAX_BYTES);
	wq_buf_init(&c->from, 64);
	wq_buf_init(&c->to, 64);
	return c;
}

void wq_subscription_call_end(struct wq_subscription_call *c)
{
	wq_subscription_fini(&c->sub);
	wq_json_free(c->body);
	c->body = NULL;
	if (c->asked.p)
		wq_wipe(c->asked.p, c->asked.n);
	wq_buf_fini(&c->asked);
	wq_buf_fini(&c->spec);
	wq_buf_fini(&c->from);
	wq_buf_fini(&c->to);
}

void wq_subscription_call_fail(struct wq_subscription_call *c, int rc, const char *error)
{
	wq_subscription_call_end(c);
	wq_api_reply_redis(c->x, rc, error);
}

void wq_subscription_call_started(struct wq_subscription_call *c, int rc)
{
	if (rc < 0)
		wq_subscription_call_fail(c, rc, "");
}

void wq_subscription_call_missing(struct wq_subscription_call *c)
{
	wq_subscription_call_end(c);
	wq_reply_problem(c->x, 404, "subscription_not_found", "there is no such subscription");
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	struct wq_sub_seen seen;
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
		return;
	}
	if (wq_sub_list_count(cmd) == 0) {
		wq_subscription_call_missing(c);
		return;
	}
	wq_sub_list_at(cmd, 0, &seen);
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_subscription(&w, &seen, c->secret);
	wq_subscription_call_end(c);
	wq_api_reply(c->x, c->status, &w);
	wq_wipe(c->secret, sizeof(c->secret));
}

static void show(struct wq_subscription_call *c)
{
	wq_subscription_call_started(c, wq_sub_list_start(&c->api->subs->keys, &c->cmd, c->id, 0, 1,
	                                                  on_shown));
}

static void handle_show(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = wq_subscription_call_begin(x, api);

	if (c)
		show(c);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	uint64_t next = (uint64_t)c->events;
	struct wq_sub_seen seen;
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	for (size_t i = 0; i < wq_sub_list_count(cmd); i++, next++) {
		wq_sub_list_at(cmd, i, &seen);
		wq_view_subscription(&w, &seen, NULL);
	}
	wq_jsonw_array_end(&w);
	wq_jsonw_put_int(&w, "total", (int64_t)wq_sub_list_total(cmd));
	wq_view_next(&w, next > (uint64_t)c->events && next < wq_sub_list_total(cmd) ? next : 0);
	wq_jsonw_object_end(&w);
	wq_subscription_call_end(c);
	wq_api_reply(c->x, 200, &w);
}

static void handle_list(struct wq_exchange *x, void *api)
{
	uint64_t first = 0, count = WQ_API_PAGE_DEFAULT;
	struct wq_subscription_call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_SUBSCRIPTIONS_MAX, &count) ||
	    !wq_api_query_count(x, "cursor", 0, WQ_SUBSCRIPTIONS_MAX, &first))
		return;
	c = wq_subscription_call_begin(x, api);
	if (!c)
		return;
	c->events = (int64_t)first;
	wq_subscription_call_started(c, wq_sub_list_start(&c->api->subs->keys, &c->cmd, wq_str(""),
	                                                  first, count, on_listed));
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	int64_t answer = rc == 0 ? wq_sub_put_answer(cmd) : 0;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
	} else if (answer > 0) {
		if (c->api->subs->deliverer)
			wq_deliverer_poke(c->api->subs->deliverer);
		show(c);
	} else if (answer == WQ_SUB_MISSING) {
		wq_subscription_call_missing(c);
	} else {
		wq_subscription_call_end(c);
		if (answer == WQ_SUB_TOO_MANY)
			wq_reply_problem(c->x, 409, "too_many",
			                 "there are %d subscriptions, and no more can be",
			                 WQ_SUBSCRIPTIONS_MAX);
		else
			wq_reply_problem(
				c->x, 409, "changed_meanwhile",
				"somebody else has changed it meanwhile: read it, and try again");
	}
}

static void put(struct wq_subscription_call *c)
{
	c->put.id = c->id;
	c->put.spec = wq_buf_str(&c->spec);
	c->put.now_ms = wq_loop_wall_ms(c->api->loop);
	wq_subscription_call_started(c, wq_sub_put_start(&c->api->subs->keys, &c->cmd, &c->put,
	                                                 on_put));
}

/* Judges what is asked for, and stores it if it can be. */
static void judge_and_put(struct wq_subscription_call *c)
{
	const char *why;
	int rc = wq_subscription_judge(&c->spec, c->id, wq_buf_str(&c->asked),
	                               c->api->subs->ways.ring, &why);

	if (rc == 0) {
		put(c);
	} else if (rc == WQ_EINVAL) {
		wq_subscription_call_end(c);
		wq_reply_problem(c->x, 400, "invalid_subscription", "%s", why);
	} else {
		wq_subscription_call_fail(c, rc, "");
	}
}

/* An id of its own, and a secret unless there is one, or nothing is signed there. */
static int make_new(struct wq_subscription_call *c, yyjson_val *body)
{
	int rc = wq_subscription_make_id(c->new_id);

	c->id = wq_str(c->new_id);
	if (rc == 0 && wq_subscription_lacks_secret(body))
		rc = wq_standard_webhook_make_secret(c->secret);
	return rc == 0 ? wq_subscription_merge(&c->asked, NULL, body, wq_str(c->secret)) : rc;
}

/* NULL: answered. */
static struct wq_subscription_call *begin_with_body(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c;
	yyjson_doc *body;

	if (!wq_api_body(x, &body))
		return NULL;
	if (!body) {
		wq_reply_problem(x, 400, "invalid_json",
		                 "the body tells what to change: an object");
		return NULL;
	}
	if (!wq_api_members(x, yyjson_doc_get_root(body), wq_subscription_members)) {
		wq_json_free(body);
		return NULL;
	}
	c = wq_subscription_call_begin(x, api);
	if (!c)
		wq_json_free(body);
	else
		c->body = body;
	return c;
}

static void handle_create(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = begin_with_body(x, api);
	int rc;

	if (!c)
		return;
	rc = make_new(c, yyjson_doc_get_root(c->body));
	c->status = 201;
	c->put.state = wq_str("active");
	if (rc < 0)
		wq_subscription_call_fail(c, rc, "");
	else
		judge_and_put(c);
}

/* What is there, to be changed; c->sub holds it. */
static bool take_old(struct wq_subscription_call *c, struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sub_seen seen;
	const char *why;

	if (rc == 0 && wq_sub_list_count(cmd) == 0) {
		wq_subscription_call_missing(c);
		return false;
	}
	if (rc == 0) {
		wq_sub_list_at(cmd, 0, &seen);
		c->put.rev = seen.rev;
		rc = wq_subscription_init(&c->sub, c->id, seen.spec, &why);
	}
	if (rc == 0)
		return true;
	wq_subscription_call_fail(c, rc, rc == WQ_EINVAL ? "" : cmd->error);
	return false;
}

static void on_old(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);

	if (!take_old(c, cmd, rc))
		return;
	rc = wq_subscription_merge(&c->asked, yyjson_doc_get_root(c->sub.doc),
	                           yyjson_doc_get_root(c->body), wq_str(""));
	if (rc < 0)
		wq_subscription_call_fail(c, rc, "");
	else
		judge_and_put(c);
}

static void handle_update(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = begin_with_body(x, api);

	if (c)
		wq_subscription_call_started(c, wq_sub_list_start(&c->api->subs->keys, &c->cmd,
		                                                  c->id, 0, 1, on_old));
}

static void on_old_secret(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	int64_t until = wq_loop_wall_ms(c->api->loop) + WQ_SUB_ROTATE_MS;

	if (!take_old(c, cmd, rc))
		return;
	rc = wq_standard_webhook_make_secret(c->secret);
	if (rc == 0)
		rc = wq_subscription_rotate(&c->asked, &c->sub, wq_str(c->secret), until);
	if (rc < 0)
		wq_subscription_call_fail(c, rc, "");
	else
		judge_and_put(c);
}

static void handle_rotate(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = wq_subscription_call_begin(x, api);

	if (c)
		wq_subscription_call_started(c, wq_sub_list_start(&c->api->subs->keys, &c->cmd,
		                                                  c->id, 0, 1, on_old_secret));
}

static void set_state(struct wq_exchange *x, void *api, const char *state, const char *why)
{
	struct wq_subscription_call *c = wq_subscription_call_begin(x, api);

	if (!c)
		return;
	c->put.rev = -1;
	c->put.state = wq_str(state);
	c->put.why = wq_str(why);
	put(c);
}

static void handle_pause(struct wq_exchange *x, void *api)
{
	set_state(x, api, "paused", "paused");
}

static void handle_resume(struct wq_exchange *x, void *api)
{
	set_state(x, api, "active", "");
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
	} else if (wq_sub_remove_answer(cmd) == 0) {
		wq_subscription_call_missing(c);
	} else {
		wq_subscription_call_end(c);
		wq_reply_json(c->x, 200, wq_str("{\"changed\":1}"));
	}
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = wq_subscription_call_begin(x, api);

	if (c)
		wq_subscription_call_started(c, wq_sub_remove_start(&c->api->subs->keys, &c->cmd,
		                                                    c->id, on_removed));
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/subscriptions", .handle = handle_list,
	  .query = "{limit?: 1..200, cursor?: 0..}",
	  .answer = "{data: Subscription[], total: 0.., next_cursor: string|null}",
	  .summary = "subscriptions, the newest first" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions", .handle = handle_create, .done = 201,
	  .body = "SubscriptionWish", .answer = "Subscription",
	  .example = "{\"url\":\"https://example.com/hook\",\"events\":[\"message.*\"]}",
	  .summary = "subscribe an endpoint, a queue or a stream; the secret of its signature is shown this once" },
	{ .method = WQ_GET, .pattern = "/api/subscriptions/:id", .handle = handle_show, .answer = "Subscription",
	  .summary = "one subscription" },
	{ .method = WQ_PATCH, .pattern = "/api/subscriptions/:id", .handle = handle_update, .body = "SubscriptionWish",
	  .answer = "Subscription", .example = "{\"events\":[\"message.received\"]}",
	  .summary = "change what is named; null takes it away" },
	{ .method = WQ_DELETE, .pattern = "/api/subscriptions/:id", .handle = handle_remove, .answer = "Changed",
	  .summary = "unsubscribe; what waits for it is gone" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions/:id/pause", .handle = handle_pause,
	  .answer = "Subscription",
	  .summary = "deliver nothing; what comes waits" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions/:id/resume", .handle = handle_resume,
	  .answer = "Subscription",
	  .summary = "deliver again, also after it was disabled, and what failed at once" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions/:id/rotate-secret", .handle = handle_rotate,
	  .answer = "Subscription",
	  .summary = "a new secret, shown this once; the old one signs beside it for a day" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions/:id/test", .handle = wq_subscription_test_handle,
	  .answer = "{delivered: boolean, status: 0.., took_ms: 0.., why: string}",
	  .summary = "post an event of type subscription.test at once, and tell how that went" },
	{ .method = WQ_POST, .pattern = "/api/subscriptions/:id/replay", .handle = wq_subscription_replay_handle,
	  .body = "exact {since: string|0.., until?: string|0.., rate?: 1..10000}",
	  .answer = "{events: 0..}",
	  .example = "{\"since\":\"2026-01-01T00:00:00Z\",\"rate\":10}",
	  .summary = "deliver once more what came in a stretch of time, so many a second" },
	{ .method = WQ_GET, .pattern = "/api/subscriptions/:id/deliveries", .handle = wq_subscription_attempts_handle,
	  .query = "{limit?: 1..200}", .answer = "{data: Delivery[], next_cursor: null}",
	  .summary = "the last attempts, the newest first" },
};
/* clang-format on */

int wq_api_subscriptions_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
