/* SPDX-License-Identifier: MIT */
/* pending.c — lists and counts, and who may see what. */
#include "app/api/pending.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/pending_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/pending/listing.h"

struct list {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_pending_listing listing;
};

struct count {
	struct wq_exchange *x;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
};

void wq_pending_fail(struct wq_exchange *x, int rc, const char *error)
{
	if (rc == WQ_EFULL) {
		wq_reply_header(x, "Retry-After", wq_str("1"));
		wq_reply_problem(x, 503, "too_busy", "too many messages wait to be added");
	} else if (rc == WQ_ETOOBIG) {
		wq_reply_problem(x, 413, "too_large",
		                 "this is more than fits: ask for less, by limit");
	} else {
		wq_api_reply_redis(x, rc, error);
	}
}

bool wq_pending_sees_account(struct wq_exchange *x, const struct wq_api *api, struct wq_str account)
{
	const struct wq_caller *caller = wq_api_caller(x);
	const struct wq_account *a;

	return caller->business.n == 0 ||
	       (wq_accounts_find(api->accounts, caller->business, account, &a) == 0 &&
	        wq_str_eq(a->id, account) && wq_api_sees(x, a->business));
}

/* The one that is named, by id, name or number. */
static bool one_account(struct wq_exchange *x, const struct wq_api *api, struct wq_str account,
                        struct wq_str *id)
{
	const struct wq_account *a;
	int rc = wq_accounts_find(api->accounts, wq_api_caller(x)->business, account, &a);

	if (rc == WQ_ACCOUNT_NOT_LOADED) {
		wq_api_reply_redis(x, WQ_EAWAY, "");
		return false;
	}
	if (rc != 0 || !wq_api_sees(x, a->business)) {
		wq_reply_problem(x, 404, "account_not_found", "there is no such account");
		return false;
	}
	id->n = a->id.n;
	id->p = wq_arena_copy(wq_exchange_arena(x), a->id);
	if (!id->p)
		wq_api_reply_redis(x, WQ_ENOMEM, "");
	return id->p != NULL;
}

bool wq_pending_accounts(struct wq_exchange *x, const struct wq_api *api, struct wq_str account,
                         struct wq_str **ids, size_t *n)
{
	size_t most = wq_accounts_count(api->accounts);
	const struct wq_account *a;
	const void *at = NULL;

	most = account.n ? 1 : most < WQ_PENDING_ACCOUNTS_MAX ? most : WQ_PENDING_ACCOUNTS_MAX;
	*n = 0;
	*ids = wq_arena_alloc(wq_exchange_arena(x), (most + 1) * sizeof(**ids));
	if (*ids && account.n) {
		*n = 1;
		return one_account(x, api, account, *ids);
	}
	while (*ids && *n < most && (a = wq_accounts_next(api->accounts, &at))) {
		char *copy;

		if (!wq_api_sees(x, a->business))
			continue;
		copy = wq_arena_copy(wq_exchange_arena(x), a->id);
		if (!copy)
			*ids = NULL;
		else
			(*ids)[(*n)++] = wq_strn(copy, a->id.n);
	}
	if (!*ids)
		wq_api_reply_redis(x, WQ_ENOMEM, "");
	return *ids != NULL;
}

bool wq_pending_text(struct wq_exchange *x, yyjson_val *body, const char *name, size_t max,
                     struct wq_str *out)
{
	yyjson_val *v = wq_json_get(body, name);

	*out = wq_json_str(v);
	if ((v && !yyjson_is_null(v) && !out->p) || out->n > max) {
		wq_reply_problem(x, 422, "invalid_pending",
		                 "%s must be a text of at most %zu bytes", name, max);
		return false;
	}
	return true;
}

bool wq_pending_by(struct wq_exchange *x, yyjson_val *body, struct wq_str *by)
{
	*by = wq_json_get_str(body, "by");
	if (!wq_json_get(body, "by")) {
		*by = wq_api_caller(x)->key;
		if (!by->n)
			*by = wq_str("settings");
	}
	if (wq_pending_by_is(*by))
		return true;
	wq_reply_problem(x, 422, "invalid_pending", "by says who it is, in 1 to %d bytes",
	                 WQ_PENDING_BY_MAX_BYTES);
	return false;
}

static void on_listed(struct wq_pending_listing *l, int rc)
{
	struct list *c = WQ_OWNER(l, struct list, listing);
	char cursor[64];
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_pending_fail(c->x, rc, l->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; i < l->n; i++)
		wq_view_pending(&w, &l->rows[i].p, l->rows[i].account,
		                wq_loop_wall_ms(c->api->loop));
	snprintf(cursor, sizeof(cursor), "%" PRId64 "-%.*s", l->next_score, WQ_STR_ARG(l->next_id));
	wq_api_list_end(&w, l->more ? cursor : NULL);
	wq_api_reply(c->x, 200, &w);
}

/* "c….ACCOUNT" or "c…".  False: answered. */
static bool take_contact(struct wq_exchange *x, struct wq_str *contact, struct wq_str *account)
{
	struct wq_str given = *contact;
	size_t dot = wq_str_find(given, '.');

	if (dot == given.n)
		return true;
	*contact = wq_strn(given.p, dot);
	given = wq_strn(given.p + dot + 1, given.n - dot - 1);
	if (!account->n || wq_str_eq(*account, given)) {
		*account = given;
		return true;
	}
	wq_reply_problem(x, 404, "contact_not_found", "there is no such contact in that account");
	return false;
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct list *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	struct wq_str account = wq_exchange_query(x, "account"), *ids;
	struct wq_pending_wish wish = { .contact = wq_exchange_query(x, "contact"),
		                        .why = wq_exchange_query(x, "reason"),
		                        .sequence = wq_exchange_query(x, "sequence"),
		                        .by = wq_exchange_query(x, "by"),
		                        .assigned = wq_exchange_query(x, "assigned"),
		                        .state = wq_exchange_query(x, "state"),
		                        .count = WQ_API_PAGE_DEFAULT };
	size_t n;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*c = (struct list){ .x = x, .api = api };
	if (wish.state.n && !wq_str_is(wish.state, "open") && !wq_str_is(wish.state, "taken")) {
		wq_reply_problem(x, 400, "invalid_query", "state is open or taken");
		return;
	}
	if (!wq_api_query_count(x, "limit", 1, WQ_PENDING_PAGE_MAX, &wish.count) ||
	    !take_contact(x, &wish.contact, &account) ||
	    !wq_pending_accounts(x, api, account, &ids, &n))
		return;
	c->listing = (struct wq_pending_listing){ .loop = c->api->loop,
		                                  .redis = c->api->redis,
		                                  .arena = wq_exchange_arena(x),
		                                  .accounts = ids,
		                                  .accounts_n = n,
		                                  .wish = wish,
		                                  .cb = on_listed };
	if (!wq_pending_listing_from(&c->listing, wq_exchange_query(x, "cursor"))) {
		wq_reply_problem(x, 400, "invalid_query", "cursor is none that a page ended with");
		return;
	}
	rc = wq_pending_listing_start(&c->listing);
	if (rc < 0)
		wq_pending_fail(x, rc, "");
}

static void on_counted(struct wq_redis_cmd *cmd, int rc)
{
	struct count *c = WQ_OWNER(cmd, struct count, cmd);
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_pending_fail(c->x, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_pending_counts(&w, cmd);
	wq_api_reply(c->x, 200, &w);
}

/* Of one account: the one that is named, or the one that carries what names none. */
static void handle_counts(struct wq_exchange *x, void *api)
{
	struct count *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	struct wq_str account;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*c = (struct count){ .x = x };
	if (!one_account(x, api, wq_exchange_query(x, "account"), &account))
		return;
	rc = wq_send_keys_init(&c->keys, ((struct wq_api *)api)->redis, account);
	if (rc == 0)
		rc = wq_pending_counts_start(&c->keys, &c->cmd, on_counted);
	if (rc < 0)
		wq_pending_fail(x, rc, "");
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_GET, .pattern = "/api/pending", .handle = handle_list, .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{account?: string, contact?: string, reason?: string, sequence?: string, by?: string,"
	           " assigned?: string, state?: 'open'|'taken', limit?: 1..200, cursor?: string}",
	  .answer = "{data: Pending[], next_cursor: string|null}",
	  .summary = "what waits for a person, the most urgent first; of one account or of all" },
	{ .method = WQ_GET, .pattern = "/api/pending/counts", .handle = handle_counts,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .query = "{account?: string}", .answer = "PendingCounts",
	  .summary = "how much of it there is in one account" },
	{ .method = WQ_POST, .pattern = "/api/pending", .handle = wq_pending_add_handle, .done = 201,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .answer = "Pending",
	  .body = "exact {contact: string, reason?: string, priority?: 1..10, text?: string, message?: any,"
	          " note?: string}",
	  .example = "{\"contact\":\"c0123456789abcdef0123.default\",\"reason\":\"call_back\"}",
	  .summary = "something for a person to do" },
	{ .method = WQ_GET, .pattern = "/api/pending/:id", .handle = wq_pending_show_handle,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER), .answer = "Pending",
	  .summary = "one of them, also for 90 days after its end" },
	{ .method = WQ_POST, .pattern = "/api/pending/:id/take", .handle = wq_pending_take_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {by?: string, minutes?: 1..1440}",
	  .example = "{\"by\":\"ana\"}", .answer = "Pending",
	  .summary = "it is theirs alone for a while" },
	{ .method = WQ_POST, .pattern = "/api/pending/:id/release", .handle = wq_pending_release_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {by?: string}", .example = "{\"by\":\"ana\"}",
	  .answer = "Pending", .summary = "it is anybody's again" },
	{ .method = WQ_POST, .pattern = "/api/pending/:id/send", .handle = wq_pending_send_handle, .done = 202,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT),
	  .body_max_bytes = WQ_LETTER_MEMORY_MAX_BYTES,
	  .body = "exact {by?: string, text?: string, message?: any, force?: boolean}", .answer = "PendingSent",
	  .example = "{\"by\":\"ana\",\"text\":\"hello, is this still of interest?\"}",
	  .summary = "send its message, or another one instead: once, however often it is asked for" },
	{ .method = WQ_POST, .pattern = "/api/pending/:id/skip", .handle = wq_pending_skip_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {by?: string, note?: string}",
	  .example = "{\"by\":\"ana\",\"note\":\"has called\"}", .answer = "Pending",
	  .summary = "it is not to be done" },
	{ .method = WQ_POST, .pattern = "/api/pending/:id/done", .handle = wq_pending_done_handle,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .body = "exact {by?: string, note?: string}",
	  .example = "{\"by\":\"ana\"}", .answer = "Pending", .summary = "it has been done elsewhere" },
};
/* clang-format on */

int wq_api_pending_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
