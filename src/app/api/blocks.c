/* SPDX-License-Identifier: MIT */
/* blocks.c — three routes, each one script. */
#include "app/api/blocks.h"

#include <stdio.h>

#include "app/api/block_view.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/account/directory.h"

enum { CURSOR_BYTES = 96 };

struct call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str contact;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	char account[WQ_ACCOUNT_ID_MAX_BYTES + 1];
};

static struct call *call_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct call, cmd);
}

/* `account` as it is named, empty: the one that carries what names none; `exact`: its id alone will do.  NULL: it is
 * answered. */
static struct call *begin(struct wq_exchange *x, struct wq_api *api, struct wq_str account,
                          bool exact)
{
	struct call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	const struct wq_account *a;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct call){ .x = x, .api = api };
	rc = wq_accounts_find(api->accounts, wq_api_caller(x)->business, account, &a);
	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_api_reply_redis(x, WQ_EAWAY, "");
		return NULL;
	}
	if (rc != 0 || !wq_api_sees(x, a->business) || (exact && !wq_str_eq(a->id, account)) ||
	    wq_send_keys_init(&c->keys, api->redis, a->id) < 0) {
		if (exact)
			wq_reply_problem(x, 404, "contact_not_found", "there is no such contact");
		else
			wq_reply_problem(x, 404, "account_not_found", "there is no such account");
		return NULL;
	}
	snprintf(c->account, sizeof(c->account), "%.*s", WQ_STR_ARG(a->id));
	return c;
}

static void started(struct call *c, int rc)
{
	if (rc < 0)
		wq_api_reply_redis(c->x, rc, "");
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = call_of(cmd);
	struct wq_block_place next;
	struct wq_block_issue issue;
	char cursor[CURSOR_BYTES] = "";
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_api_reply_redis(c->x, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; i < wq_block_list_count(cmd); i++) {
		wq_block_list_at(cmd, i, &issue);
		wq_view_issue(&w, wq_str(c->account), &issue);
	}
	if (wq_block_list_next(cmd, &next))
		snprintf(cursor, sizeof(cursor), "%.*s-%.*s", WQ_STR_ARG(next.ms),
		         WQ_STR_ARG(next.id));
	wq_api_list_end(&w, cursor);
	wq_api_reply(c->x, 200, &w);
}

/* "MS-ID"; false: answered. */
static bool read_cursor(struct wq_exchange *x, struct wq_block_place *from)
{
	struct wq_str text = wq_exchange_query(x, "cursor");
	size_t dash = wq_str_find(text, '-');
	uint64_t ms;

	*from = (struct wq_block_place){ .ms = wq_strn(text.p, dash < text.n ? dash : 0) };
	if (!text.n)
		return true;
	if (dash < text.n)
		from->id = wq_strn(text.p + dash + 1, text.n - dash - 1);
	if (from->id.n && wq_str_to_u64(from->ms, INT64_MAX, &ms))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "cursor must be one that a page has given");
	return false;
}

static bool read_state(struct wq_exchange *x, struct wq_str *state)
{
	*state = wq_exchange_query(x, "state");
	if (!state->n || wq_str_is(*state, "watched") || wq_str_is(*state, "probable") ||
	    wq_str_is(*state, "confirmed"))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "state must be watched, probable or confirmed");
	return false;
}

static void handle_list(struct wq_exchange *x, void *api)
{
	uint64_t count = WQ_API_PAGE_DEFAULT;
	struct wq_block_place from;
	struct wq_str state;
	struct call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &count) || !read_cursor(x, &from) ||
	    !read_state(x, &state))
		return;
	c = begin(x, api, wq_exchange_query(x, "account"), false);
	if (c)
		started(c, wq_block_list_start(&c->keys, &c->cmd, state, from, count, on_listed));
}

static void on_rates(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = call_of(cmd);
	struct wq_block_rates rates;
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_api_reply_redis(c->x, rc, cmd->error);
		return;
	}
	wq_block_rates_answer(cmd, &rates);
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_block_rates(&w, wq_str(c->account), &rates);
	wq_api_reply(c->x, 200, &w);
}

static void handle_rates(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api, wq_exchange_query(x, "account"), false);

	if (c)
		started(c, wq_block_rates_start(&c->keys, &c->cmd, 0, on_rates));
}

static void on_undone(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = call_of(cmd);
	int answer = rc == 0 ? wq_block_undo_answer(cmd) : 0;

	if (rc != 0 || answer == WQ_EPROTO) {
		wq_api_reply_redis(c->x, rc != 0 ? rc : answer, rc != 0 ? cmd->error : "");
	} else if (answer < 0) {
		wq_reply_problem(c->x, 404, "contact_not_found", "there is no such contact");
	} else {
		wq_info("block_undone", WQ_SL("contact", c->contact), WQ_S("account", c->account),
		        WQ_SL("key", wq_api_caller(c->x)->key));
		wq_reply_json(c->x, 200, wq_str(answer ? "{\"changed\":1}" : "{\"changed\":0}"));
	}
}

/* False: answered. */
static bool read_reason(struct wq_exchange *x, yyjson_doc *body, struct wq_str *why)
{
	static const char *const members[] = { "reason", NULL };
	yyjson_val *root = yyjson_doc_get_root(body), *given = wq_json_get(root, "reason");

	if (body && !wq_api_members(x, root, members))
		return false;
	*why = given ? wq_json_str(given) : wq_str("a person took it back");
	if (why->p && why->n <= WQ_BLOCK_REASON_MAX_BYTES)
		return true;
	wq_reply_problem(x, 422, "invalid_reason", "reason must be a text of at most %d bytes",
	                 WQ_BLOCK_REASON_MAX_BYTES);
	return false;
}

static void handle_undo(struct wq_exchange *x, void *api)
{
	struct wq_str contact = WQ_STR(""), account = WQ_STR(""), why;
	struct call *c = NULL;
	yyjson_doc *body;

	if (!wq_api_body(x, &body))
		return;
	if (read_reason(x, body, &why)) {
		if (wq_block_id_read(wq_exchange_param(x, "id"), &contact, &account))
			c = begin(x, api, account, true);
		else
			wq_reply_problem(x, 404, "contact_not_found", "there is no such contact");
	}
	if (c) {
		c->contact = contact;
		started(c, wq_block_undo_start(&c->keys, &c->cmd, 0, contact, why, on_undone));
	}
	wq_json_free(body); /* what was written to Redis is copied */
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/delivery-issues", .handle = handle_list,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{account?: string, state?: 'watched'|'probable'|'confirmed', limit?: 1..1000, cursor?: string}",
	  .answer = "{data: DeliveryIssue[], next_cursor: string|null}",
	  .summary = "contacts who do not get what is sent to them, the latest first" },
	{ .method = WQ_GET, .pattern = "/api/delivery-issues/rates", .handle = handle_rates,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "DeliveryRates",
	  .summary = "how an account delivers, and how often its verdicts were wrong" },
	{ .method = WQ_POST, .pattern = "/api/delivery-issues/:id/reverse", .handle = handle_undo,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {reason?: string}", .answer = "Changed",
	  .example = "{\"reason\":\"she called: her phone was off\"}",
	  .summary = "take back what was found of a contact: it gets messages again" },
};
/* clang-format on */

int wq_api_blocks_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
