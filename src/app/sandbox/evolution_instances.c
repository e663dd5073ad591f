/* SPDX-License-Identifier: MIT */
/* evolution_instances.c — instances: their state, their webhook; and the order that closes one. */
#include <stdio.h>

#include "app/sandbox/control.h"
#include "app/sandbox/evolution.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"

enum { ANSWER_MAX_BYTES = WQ_SANDBOX_INSTANCES_MAX * 2048 };

static const char *state_of(const struct wq_instance *i)
{
	return i->closed ? "close" : "open";
}

static void handle_state(struct wq_exchange *x, void *ctx)
{
	struct wq_instance *i = wq_sandbox_evolution_enter(ctx, x);
	struct wq_buf body;
	struct wq_jsonw w;

	if (!i)
		return;
	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "instance");
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "instanceName", i->name);
	wq_jsonw_put_text(&w, "state", state_of(i));
	wq_jsonw_object_end(&w);
	wq_jsonw_object_end(&w);
	wq_sandbox_evolution_answer(x, 200, &body, wq_jsonw_end(&w));
}

static void answer_webhook(struct wq_exchange *x, const struct wq_instance *i, int status)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_bool(&w, "enabled", i->url[0] != '\0');
	wq_jsonw_put_text(&w, "url", i->url);
	wq_jsonw_raw(&w, wq_str("\"events\":[],\"webhookByEvents\":false,\"webhookBase64\":false"));
	wq_jsonw_object_end(&w);
	wq_sandbox_evolution_answer(x, status, &body, wq_jsonw_end(&w));
}

static void handle_find(struct wq_exchange *x, void *ctx)
{
	struct wq_instance *i = wq_sandbox_evolution_enter(ctx, x);

	if (i)
		answer_webhook(x, i, 200);
}

/* NULL: done; otherwise what is wrong. */
static const char *set_webhook(struct wq_instance *i, yyjson_val *root)
{
	yyjson_val *webhook = wq_json_get(root, "webhook");
	struct wq_str url = wq_json_get_str(webhook, "url");

	if (!yyjson_is_obj(webhook))
		return "instance requires property \"webhook\"";
	if (yyjson_is_false(wq_json_get(webhook, "enabled"))) {
		i->url[0] = '\0';
		return NULL;
	}
	if (!(wq_str_starts(url, "http://") || wq_str_starts(url, "https://")) ||
	    url.n >= sizeof(i->url))
		return "Invalid \"url\" property";
	(void)snprintf(i->url, sizeof(i->url), "%.*s", WQ_STR_ARG(url));
	return NULL;
}

static void handle_set(struct wq_exchange *x, void *ctx)
{
	struct wq_instance *i = wq_sandbox_evolution_enter(ctx, x);
	struct wq_graph_error e;
	const char *why;
	yyjson_doc *doc;

	if (!i)
		return;
	doc = wq_json_read(wq_exchange_request(x)->body, WQ_SANDBOX_JSON_DEPTH_MAX, NULL);
	why = set_webhook(i, yyjson_doc_get_root(doc));
	wq_json_free(doc);
	if (!why) {
		answer_webhook(x, i, 201);
		return;
	}
	wq_sandbox_evolution_error_set(&e, WQ_EVOLUTION_VALIDATION, "%s", why);
	wq_sandbox_evolution_refuse(x, &e, wq_str(""));
}

/* An order: {"state":"close"} and sends are refused, {"state":"open"} and they are taken again. */
static void handle_order(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	yyjson_doc *doc = wq_control_read(x);
	struct wq_str state = wq_json_get_str(yyjson_doc_get_root(doc), "state");
	bool is_close = wq_str_is(state, "close"), known = is_close || wq_str_is(state, "open");
	struct wq_instance *i = wq_instances_get(&sb->instances, wq_exchange_param(x, "instance"));

	if (!doc)
		return;
	wq_json_free(doc);
	if (!known || !i) {
		wq_reply_problem(x, 400, "bad_instance",
		                 "state is open or close; a name has 127 bytes at most.");
		return;
	}
	i->closed = is_close;
	wq_reply(x, 204, NULL, wq_strn(NULL, 0));
}

int wq_sandbox_evolution_instances_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/instance/connectionState/:instance", .handle = handle_state,
		  .summary = "Whether an instance is open" },
		{ .method = WQ_POST, .pattern = "/webhook/set/:instance", .handle = handle_set,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201,
		  .summary = "Where an instance's webhooks go" },
		{ .method = WQ_GET, .pattern = "/webhook/find/:instance", .handle = handle_find },
		{ .method = WQ_PATCH, .pattern = "/_sandbox/instances/:instance", .handle = handle_order,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 204,
		  .summary = "Open or close an instance of Evolution's" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
