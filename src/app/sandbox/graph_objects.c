/* SPDX-License-Identifier: MIT */
/* graph_objects.c — what an id stands for: a file or a phone number; tokens; calls that just succeed; and all else. */
#include <stdio.h>

#include "app/sandbox/core.h"
#include "base/limits.h"

enum { ANSWER_MAX_BYTES = 4096, MEDIA_ID_DIGITS = 15, TOKEN_AGE_S = 86400 };

/* Fields of a phone number; NULL: made from its id. */
static const struct {
	const char *name, *json;
} fields[] = {
	{ "display_phone_number", NULL },
	{ "verified_name", "\"Sandbox\"" },
	{ "quality_rating", "\"GREEN\"" },
	{ "status", "\"CONNECTED\"" },
	{ "name_status", "\"APPROVED\"" },
	{ "code_verification_status", "\"VERIFIED\"" },
	{ "platform_type", "\"CLOUD_API\"" },
	{ "account_mode", "\"SANDBOX\"" },
	{ "is_on_biz_app", "false" },
	{ "throughput", "{\"level\":\"STANDARD\"}" },
	{ "health_status", "{\"can_send_message\":\"AVAILABLE\"}" },
	{ "whatsapp_business_manager_messaging_limit", "\"TIER_UNLIMITED\"" },
};
enum { FIELDS_SHOWN = 7 }; /* unless the caller names others */

static bool wanted(struct wq_str list, size_t i)
{
	struct wq_str name;

	if (!list.p)
		return i < FIELDS_SHOWN;
	while (wq_str_next(&list, ',', &name))
		if (wq_str_is(wq_str_trim(name), fields[i].name))
			return true;
	return false;
}

static void write_field(struct wq_str id, size_t i, struct wq_jsonw *w)
{
	char number[16];

	wq_jsonw_key(w, fields[i].name);
	if (fields[i].json) {
		wq_jsonw_raw(w, wq_str(fields[i].json));
		return;
	}
	wq_sandbox_display_number(id, number);
	wq_jsonw_text(w, number);
}

static void answer_phone_number(struct wq_exchange *x, struct wq_str id)
{
	struct wq_str list = wq_exchange_query(x, "fields");
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	for (size_t i = 0; i < WQ_COUNT(fields); i++)
		if (wanted(list, i))
			write_field(id, i, &w);
	wq_jsonw_put_str(&w, "id", id);
	wq_jsonw_object_end(&w);
	wq_graph_answer(x, &body, wq_jsonw_end(&w));
}

static void handle_object(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str id = wq_exchange_param(x, "id");

	if (!wq_graph_enter(sb, x))
		return;
	if (wq_graph_media_look_up(sb, x, id))
		return;
	if (!wq_graph_is_id(id) || (id.n == MEDIA_ID_DIGITS && wq_str_starts(id, "61"))) {
		wq_graph_refuse(sb, x, WQ_GRAPH_NO_OBJECT, NULL);
		return;
	}
	answer_phone_number(x, id);
}

static void write_token(int64_t now_s, struct wq_jsonw *w)
{
	static const char fixed[] =
		"\"app_id\":\"920000000000001\",\"type\":\"SYSTEM_USER\",\"application\":\"Sandbox\","
		"\"data_access_expires_at\":0,\"expires_at\":0,\"is_valid\":true,"
		"\"scopes\":[\"whatsapp_business_management\",\"whatsapp_business_messaging\"],"
		"\"granular_scopes\":[{\"scope\":\"whatsapp_business_messaging\"}],"
		"\"user_id\":\"930000000000001\"";

	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_object(w);
	wq_jsonw_raw(w, wq_str(fixed));
	wq_jsonw_put_int(w, "issued_at", now_s - TOKEN_AGE_S);
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

static void handle_debug_token(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_buf body;
	struct wq_jsonw w;

	if (!wq_graph_enter(sb, x))
		return;
	if (wq_exchange_query(x, "input_token").n == 0) {
		wq_graph_refuse(sb, x, 100, "The parameter input_token is required.");
		return;
	}
	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	write_token(wq_loop_wall_ms(sb->loop) / 1000, &w);
	wq_graph_answer(x, &body, wq_jsonw_end(&w));
}

static void handle_success(struct wq_exchange *x, void *ctx)
{
	if (wq_graph_enter(ctx, x))
		wq_graph_succeed(x);
}

static void handle_unknown(struct wq_exchange *x, void *ctx)
{
	if (wq_str_starts(wq_exchange_request(x)->path, "/_sandbox"))
		wq_reply_problem(x, 404, "not_found",
		                 "There is nothing at this path; GET / tells what there is.");
	else if (wq_exchange_request(x)->method == WQ_GET)
		wq_graph_refuse(ctx, x, 2500, NULL);
	else
		wq_graph_refuse(ctx, x, WQ_GRAPH_NO_OBJECT, NULL);
}

int wq_graph_objects_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/v:version/:id", .handle = handle_object,
		  .summary = "A phone number, or where a file is" },
		{ .method = WQ_GET, .pattern = "/v:version/debug_token", .handle = handle_debug_token,
		  .summary = "What a token may do: every one may do all" },
		{ .method = WQ_GET, .pattern = "/debug_token", .handle = handle_debug_token },
		{ .method = WQ_POST, .pattern = "/v:version/:id/register", .handle = handle_success },
		{ .method = WQ_POST, .pattern = "/v:version/:id/deregister", .handle = handle_success },
		{ .method = WQ_POST, .pattern = "/v:version/:id/subscribed_apps", .handle = handle_success },
		{ .method = WQ_GET, .pattern = "/*path", .handle = handle_unknown },
		{ .method = WQ_POST, .pattern = "/*path", .handle = handle_unknown },
		{ .method = WQ_DELETE, .pattern = "/*path", .handle = handle_unknown },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
