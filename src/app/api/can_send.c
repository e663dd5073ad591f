/* SPDX-License-Identifier: MIT */
/* can_send.c — of a contact, or of any name that one may be written to by. */
#include "app/api/can_send.h"

#include "app/api/can_send_view.h"
#include "app/api/contact_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/send/person.h"

struct asking {
	struct wq_contact_call *call;
	struct wq_can_ask ask;
	char person[WQ_PERSON_HEX_BYTES + 1];
	struct wq_redis_cmd cmd;
};

static void on_facts(struct wq_redis_cmd *cmd, int rc)
{
	struct asking *a = WQ_OWNER(cmd, struct asking, cmd);
	struct wq_window_facts seen;

	if (rc != 0) {
		wq_contact_call_fail(a->call, rc, cmd->error);
		return;
	}
	wq_window_facts_answer(cmd, &seen);
	if (!seen.there) {
		wq_contact_call_missing(a->call);
		return;
	}
	wq_jsonw_begin(&a->call->w, &a->call->out);
	wq_view_can_send(&a->call->w, &a->ask, &seen);
	wq_contact_call_reply(a->call);
}

/* False: answered. */
static bool read_wish(struct wq_exchange *x, struct wq_str category, bool template, bool forced,
                      struct wq_can_wish *w)
{
	*w = (struct wq_can_wish){ .template = template || category.n > 0, .forced = forced };
	if (!category.n || wq_rate_category_from(category, &w->category))
		return true;
	wq_reply_problem(x, 422, "invalid_category",
	                 "category: must be marketing, utility, authentication or service");
	return false;
}

static void start(struct asking *a)
{
	struct wq_contact_call *c = a->call;
	const struct wq_account *account;

	if (a->ask.wish.category == WQ_RATE_SERVICE)
		a->ask.wish = (struct wq_can_wish){ .forced = a->ask.wish.forced };
	if (wq_accounts_find(c->api->accounts, wq_strn(NULL, 0), c->account, &account) == 0)
		a->ask.windowless = wq_account_windowless(account);
	a->ask.account = c->account;
	a->ask.rates = c->api->rates;
	wq_contact_call_started(c, wq_window_facts_start(&c->keys, &a->cmd, 0, c->id,
	                                                 wq_str(a->person), on_facts));
}

/* NULL: answered. */
static struct asking *make(struct wq_contact_call *c, struct wq_can_wish wish)
{
	struct asking *a = c ? wq_arena_alloc(wq_exchange_arena(c->x), sizeof(*a)) : NULL;

	if (c && !a)
		wq_contact_call_fail(c, WQ_ENOMEM, "");
	if (a)
		*a = (struct asking){ .call = c, .ask.wish = wish };
	return a;
}

static void handle_contact(struct wq_exchange *x, void *api)
{
	bool template = false, forced = false;
	struct wq_can_wish wish;
	struct asking *a;

	if (!wq_api_query_flag(x, "template", &template) ||
	    !wq_api_query_flag(x, "force", &forced) ||
	    !read_wish(x, wq_exchange_query(x, "category"), template, forced, &wish))
		return;
	a = make(wq_contact_call_of_one(x, api, NULL), wish);
	if (a)
		start(a);
}

/* A phone in any punctuation, or another name as it is.  False: answered. */
static bool take_name(struct asking *a, struct wq_str to)
{
	struct wq_arena *arena = wq_exchange_arena(a->call->x);
	struct wq_str phone = to.n ? wq_phone_read(to, arena) : to;
	const char *copy;

	if (!to.n || to.n > WQ_WA_ADDRESS_MAX_BYTES) {
		wq_reply_problem(wq_contact_call_end(a->call), 422, "invalid_recipient",
		                 "to: is missing: a phone, a user id, or a LID");
		return false;
	}
	copy = wq_arena_copy(arena, phone.n ? phone : to);
	if (copy && wq_person_of(wq_str(copy), a->person) == 0) {
		a->ask.to = wq_str(copy);
		return true;
	}
	wq_contact_call_fail(a->call, WQ_ENOMEM, "");
	return false;
}

static void handle_name(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "to", "account", "businessId", "category", "template", "force",
		                               NULL };
	bool template = false, forced = false;
	struct wq_can_wish wish;
	yyjson_doc *body;
	yyjson_val *root;
	struct asking *a;

	if (!wq_contact_call_body(x, &body))
		return;
	root = yyjson_doc_get_root(body);
	if (!wq_api_members(x, root, members) || !wq_api_flag(x, root, "template", &template) ||
	    !wq_api_flag(x, root, "force", &forced) ||
	    !read_wish(x, wq_json_get_str(root, "category"), template, forced, &wish)) {
		wq_json_free(body);
		return;
	}
	a = make(wq_contact_call_begin(x, api, body), wish);
	if (a && take_name(a, wq_json_get_str(root, "to")))
		start(a);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/api/can-send", .handle = handle_name,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .body = "exact {to: string, account?: string, businessId?: string, category?: RateCategory,"
	          " template?: boolean, force?: boolean}",
	  .answer = "CanSend", .example = "{\"to\":\"+593991234567\",\"category\":\"utility\"}",
	  .summary = "may somebody be written to now, why, and for how much" },
	{ .method = WQ_GET, .pattern = "/api/contacts/:id/can-send", .handle = handle_contact,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{category?: RateCategory, template?: boolean, force?: boolean}", .answer = "CanSend",
	  .summary = "the same of a contact" },
};
/* clang-format on */

int wq_api_can_send_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
