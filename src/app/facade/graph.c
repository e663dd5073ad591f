/* SPDX-License-Identifier: MIT */
/* graph.c — the routes, and the manners that all of them share. */
#include "app/facade/graph.h"

#include <stdio.h>

#include "app/facade/account.h"
#include "app/facade/graph_core.h"
#include "app/facade/graph_media.h"
#include "app/facade/graph_message.h"
#include "base/err.h"
#include "base/limits.h"

enum { VERSION_MAX_BYTES = 8 };

static bool is_number(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* "24.0": any will do, for what is taken is the same in all; Meta knows paths without one too. */
static bool is_version(struct wq_str s)
{
	struct wq_str major;

	return s.n <= VERSION_MAX_BYTES && wq_str_next(&s, '.', &major) && is_number(major) &&
	       is_number(s);
}

bool wq_graph_facade_enter(struct wq_exchange *x)
{
	struct wq_str version = wq_exchange_param(x, "version");
	char text[VERSION_MAX_BYTES + 2];

	if (!version.p)
		return true;
	if (!is_version(version)) {
		wq_reply_problem(x, 400, WQ_GRAPH_NO_PATH,
		                 "a version is written as v24.0 in the path");
		return false;
	}
	(void)snprintf(text, sizeof(text), "v%.*s", WQ_STR_ARG(version));
	wq_reply_header(x, "facebook-api-version", wq_str(text));
	return true;
}

bool wq_graph_facade_account(struct wq_exchange *x, struct wq_api *api, struct wq_str number,
                             const struct wq_account **out)
{
	int found = wq_facade_account(x, api, number, out);

	if (found == WQ_ACCOUNT_NOT_LOADED)
		wq_api_reply_redis(x, WQ_EAWAY, "");
	else if (found != 0)
		wq_reply_problem(x, 400, WQ_GRAPH_NO_SUCH,
		                 "none of this server's accounts that your key sees has the phone "
		                 "number id in the path");
	return found == 0;
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/v:version/:phone_number_id/messages", .handle = wq_graph_message_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .body_max_bytes = WQ_FACADE_BODY_MAX_BYTES, .body = "GraphMessage", .answer = "GraphSent|GraphDone",
	  .example = "{\"messaging_product\":\"whatsapp\",\"to\":\"+593991234567\","
	             "\"type\":\"text\",\"text\":{\"body\":\"hello\"}}",
	  .summary = "Meta's own: send a message, mark one as read, show that one is being typed" },
	{ .method = WQ_POST, .pattern = "/v:version/:phone_number_id/media", .handle = wq_graph_upload_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .body_max_bytes = WQ_FACADE_UPLOAD_MAX_BYTES, .answer = "{id: string}",
	  .summary = "Meta's own: upload a file (multipart/form-data), which is passed on to the account's provider" },
	{ .method = WQ_GET, .pattern = "/v:version/:id", .handle = wq_graph_object_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .query = "{phone_number_id?: string, fields?: string}", .answer = "GraphFile|GraphNumber",
	  .summary = "Meta's own: a file, with the address to fetch it from; or a phone number" },
	{ .method = WQ_GET, .pattern = "/v:version/:media_id/file", .handle = wq_graph_file_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .query = "{phone_number_id?: string}", .media = "application/octet-stream", .answer = "string",
	  .summary = "The bytes of a file, at the address that a look-up gives" },
	{ .method = WQ_DELETE, .pattern = "/v:version/:id", .handle = wq_graph_delete_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .query = "{phone_number_id?: string}", .answer = "GraphDone", .summary = "Meta's own: delete a file" },
	{ .method = WQ_POST, .pattern = "/:phone_number_id/media", .handle = wq_graph_upload_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .body_max_bytes = WQ_FACADE_UPLOAD_MAX_BYTES },
	{ .method = WQ_POST, .pattern = "/:phone_number_id/messages", .handle = wq_graph_message_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_graph_tell, .refusal = "GraphRefusal",
	  .body_max_bytes = WQ_FACADE_BODY_MAX_BYTES },
};
/* clang-format on */

int wq_graph_facade_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
