/* SPDX-License-Identifier: MIT */
/* account_holds.c — what keeps an account's messages from being sent: looked at, and ended by hand. */
#include "app/api/account_call.h"
#include "base/err.h"
#include "base/log.h"
#include "store/send.h"

struct call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	yyjson_doc *body; /* until it is answered */
};

static void put_stopped(struct wq_jsonw *w, const struct wq_send_stopped *t)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", t->name);
	wq_jsonw_put_str(w, "language", t->language);
	wq_jsonw_put_str(w, "reason", t->why);
	wq_jsonw_put_moment(w, "since", t->since_ms);
	wq_jsonw_put_moment(w, "until", t->until_ms);
	wq_jsonw_object_end(w);
}

void wq_view_holds(struct wq_jsonw *w, const struct wq_redis_cmd *cmd, int64_t now_ms)
{
	struct wq_send_stopped t;
	struct wq_send_hold h;

	wq_send_holds_answer(cmd, now_ms, &h);
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "held", h.held);
	wq_jsonw_put_str(w, "reason", h.why);
	wq_jsonw_put_moment(w, "since", h.since_ms);
	wq_jsonw_put_moment(w, "until", h.until_ms);
	wq_jsonw_put_bool(w, "templates_held", h.templates_until_ms != 0);
	wq_jsonw_put_moment(w, "templates_until", h.templates_until_ms);
	wq_jsonw_key(w, "stopped_templates");
	wq_jsonw_array(w);
	for (size_t i = 0; i < h.stopped; i++) {
		wq_send_stopped_at(cmd, i, &t);
		if (t.until_ms < 0 || t.until_ms > now_ms)
			put_stopped(w, &t);
	}
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static struct wq_exchange *leave(struct call *c)
{
	wq_json_free(c->body);
	return c->x;
}

/* NULL: answered. */
static struct call *begin(struct wq_exchange *x, struct wq_api *api)
{
	struct call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	const struct wq_caller *caller = wq_api_caller(x);
	const struct wq_account *a;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct call){ .x = x, .api = api, .id = wq_exchange_param(x, "id") };
	rc = wq_accounts_find(api->accounts, caller->business, c->id, &a);
	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_api_reply_redis(x, WQ_EAWAY, "");
		return NULL;
	}
	if (rc != 0 || !wq_str_eq(a->id, c->id) || !wq_api_sees(x, a->business) ||
	    wq_send_keys_init(&c->keys, api->redis, c->id) < 0) {
		wq_reply_problem(x, 404, "account_not_found", "there is no such account");
		return NULL;
	}
	return c;
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		wq_api_reply_redis(leave(c), rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_holds(&w, cmd, wq_loop_wall_ms(c->api->loop));
	wq_api_reply(leave(c), 200, &w);
}

void wq_account_holds_handle(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api);
	int rc = c ? wq_send_holds_start(&c->keys, &c->cmd, on_shown) : 0;

	if (rc < 0)
		wq_api_reply_redis(leave(c), rc, "");
}

static void on_released(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	bool ended = rc == 0 && wq_send_effect_ended(cmd);

	if (rc != 0) {
		wq_api_reply_redis(leave(c), rc, cmd->error);
		return;
	}
	wq_info("account_released", WQ_SL("account", c->id),
	        WQ_SL("key", wq_api_caller(c->x)->key));
	wq_reply_json(leave(c), 200, wq_str(ended ? "{\"changed\":1}" : "{\"changed\":0}"));
}

void wq_account_release_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "template", NULL };
	struct call *c;
	yyjson_val *root;
	yyjson_doc *body;
	struct wq_str template;
	int rc;

	if (!wq_api_body(x, &body))
		return;
	root = yyjson_doc_get_root(body);
	c = !body || wq_api_members(x, root, members) ? begin(x, api) : NULL;
	if (!c) {
		wq_json_free(body);
		return;
	}
	c->body = body;
	template = wq_json_get_str(root, "template");
	if (wq_json_get(root, "template") && wq_str_find(template, '|') >= template.n) {
		wq_reply_problem(leave(c), 422, "invalid_template",
		                 "template must be its name and language, as \"welcome|en_US\"");
		return;
	}
	rc = wq_send_effect_start(&c->keys, &c->cmd, wq_loop_wall_ms(c->api->loop),
	                          template.n ? WQ_EFFECT_GO : WQ_EFFECT_RELEASE, template, 0,
	                          wq_str(""), on_released);
	if (rc < 0)
		wq_api_reply_redis(leave(c), rc, "");
}
