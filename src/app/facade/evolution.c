/* SPDX-License-Identifier: MIT */
/* evolution.c — the routes, and what all of them begin with. */
#include "app/facade/evolution.h"

#include "app/facade/account.h"
#include "app/facade/evolution_core.h"
#include "base/err.h"
#include "base/limits.h"

enum { ANSWER_MAX_BYTES = 1024 };

bool wq_evolution_instance(struct wq_exchange *x, struct wq_api *api, const struct wq_account **out)
{
	struct wq_str name = wq_exchange_param(x, "instance");
	int found = wq_facade_account(x, api, name, out);

	if (found == WQ_ACCOUNT_NOT_LOADED)
		wq_api_reply_redis(x, WQ_EAWAY, "");
	else if (found != 0)
		wq_reply_problem(x, 404, "instance_not_found",
		                 "The \"%.*s\" instance does not exist",
		                 (int)(name.n < WQ_API_ECHO_MAX_BYTES ? name.n
		                                                      : WQ_API_ECHO_MAX_BYTES),
		                 name.p);
	return found == 0;
}

struct wq_ask *wq_evolution_ask(struct wq_exchange *x, struct wq_api *api,
                                void (*done)(struct wq_ask *a),
                                void (*refuse)(struct wq_ask *a, size_t i,
                                               const struct wq_message_problem *p))
{
	struct wq_ask *a = wq_arena_alloc(wq_exchange_arena(x), sizeof(*a));

	if (!a) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*a = (struct wq_ask){ .x = x, .api = api, .refuse = refuse, .done = done };
	return wq_ask_begin(a) ? a : NULL;
}

/* What clients ask before they send. */
static void handle_state(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_buf body;
	struct wq_jsonw w;

	if (!wq_evolution_instance(x, api, &account))
		return;
	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "instance");
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "instanceName", wq_exchange_param(x, "instance"));
	wq_jsonw_put_text(&w, "state", account->state == WQ_ACCOUNT_ACTIVE ? "open" : "close");
	wq_jsonw_object_end(&w);
	wq_jsonw_object_end(&w);
	wq_api_reply(x, 200, &w);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/message/:op/:instance", .handle = wq_evolution_message_handle, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_evolution_tell, .refusal = "EvolutionRefusal",
	  .body_max_bytes = WQ_API_MESSAGES_MAX_BYTES, .body = "EvolutionMessage", .answer = "EvolutionSent",
	  .example = "{\"number\":\"593991234567\",\"text\":\"hello\"}",
	  .summary = "Evolution's own: send a message (sendText, sendMedia, sendWhatsAppAudio, …)" },
	{ .method = WQ_POST, .pattern = "/chat/markMessageAsRead/:instance", .handle = wq_evolution_read_handle,
	  .done = 201, .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_evolution_tell, .refusal = "EvolutionRefusal",
	  .body = "{readMessages: {remoteJid: string, fromMe?: boolean, id: string}[]}",
	  .answer = "{message: string, read: string}",
	  .summary = "Evolution's own: mark messages as read" },
	{ .method = WQ_POST, .pattern = "/chat/sendPresence/:instance", .handle = wq_evolution_presence_handle,
	  .done = 201, .access = WQ_API_FROM(WQ_ROLE_AGENT), .tell = wq_evolution_tell, .refusal = "EvolutionRefusal",
	  .body = "{number: string, presence: 'composing'|'recording', delay?: 0..}",
	  .answer = "{presence: string}",
	  .summary = "Evolution's own: show that something is being typed" },
	{ .method = WQ_GET, .pattern = "/instance/connectionState/:instance", .handle = handle_state,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .tell = wq_evolution_tell, .refusal = "EvolutionRefusal",
	  .answer = "{instance: {instanceName: string, state: 'open'|'close'}}",
	  .summary = "Evolution's own: whether an account sends" },
};
/* clang-format on */

int wq_evolution_facade_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
