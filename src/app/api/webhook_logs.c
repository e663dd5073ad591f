/* SPDX-License-Identifier: MIT */
/* webhook_logs.c — pages of the log, one webhook, its bytes, counts; webhook_replay.c replays. */
#include "app/api/webhook_logs.h"

#include "app/api/run.h"
#include "app/api/webhook_call.h"
#include "app/api/webhook_filter.h"
#include "app/api/webhook_replay.h"
#include "app/settings/settings.h"
#include "app/sink/part.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

/* Of descriptions. */
#define FILTER                                                                                      \
	"id?: string, account?: string, kind?: string, provider?: string, outcome?: WebhookOutcome, " \
	"since?: string, until?: string"

/* False: the exchange is answered. */
static bool read_filter(struct wq_exchange *x, const struct wq_api *a, struct wq_webhook_filter *f)
{
	return wq_webhook_filter_of_query(x, wq_loop_wall_ms(a->loop), f);
}

/* a page */

static enum wq_webhook_wish list_row(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	struct wq_webhook_call *c = w->user;

	if (c->n == c->limit)
		return WQ_WEBHOOK_ENOUGH;
	wq_view_webhook(&c->w, r, WQ_WEBHOOK_ROW);
	c->n++;
	return WQ_WEBHOOK_LEAVE;
}

static void on_listed(struct wq_webhook_walk *w, int rc)
{
	struct wq_webhook_call *c = w->user;

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, w->error);
		return;
	}
	wq_jsonw_array_end(&c->w);
	wq_view_webhook_counts(&c->w, w);
	wq_view_webhook_next(&c->w, &w->next);
	wq_jsonw_object_end(&c->w);
	wq_webhook_call_reply(c, 200);
}

/* False: the exchange is answered. */
static bool read_cursor(struct wq_exchange *x, struct wq_webhook_place *from)
{
	struct wq_str cursor = wq_exchange_query(x, "cursor");

	if (!cursor.p || wq_webhook_place_parse(from, cursor))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "cursor must be the next_cursor of a page before");
	return false;
}

static bool read_order(struct wq_exchange *x, bool *oldest_first)
{
	struct wq_str order = wq_exchange_query(x, "order");

	*oldest_first = wq_str_is(order, "asc");
	if (!order.p || *oldest_first || wq_str_is(order, "desc"))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "order must be asc or desc");
	return false;
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_webhook_place from = { .taken = "" };
	struct wq_webhook_filter f = { .since_ms = 0 };
	uint64_t limit = WQ_API_PAGE_DEFAULT;
	struct wq_webhook_call *c;
	bool oldest_first;

	if (!read_filter(x, api, &f) ||
	    !wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &limit) || !read_cursor(x, &from) ||
	    !read_order(x, &oldest_first))
		return;
	c = wq_webhook_call_begin(x, api);
	if (!c)
		return;
	c->walk.filter = f;
	c->walk.goes_on = !wq_webhook_place_ended(&from);
	c->walk.from = from;
	c->walk.oldest_first = oldest_first;
	c->limit = limit;
	c->walk.look_max = WQ_WEBHOOK_PAGE_LOOKS;
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_jsonw_array(&c->w);
	wq_webhook_call_started(c, wq_webhook_call_walk(c, list_row, on_listed));
}

/* one webhook */

/* The row, or NULL: answered. */
static const struct wq_webhook_row *found(struct wq_webhook_page *p, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(p, struct wq_webhook_call, page);

	if (rc == 0 && p->n == 1)
		return &p->rows[0];
	if (rc == 0)
		wq_webhook_call_refuse(c, WQ_REPLAY_MISSING);
	else
		wq_webhook_call_fail(c, rc, p->cmd.error);
	return NULL;
}

static void on_shown(struct wq_webhook_page *p, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(p, struct wq_webhook_call, page);
	const struct wq_webhook_row *r = found(p, rc);

	if (!r)
		return;
	wq_view_webhook(&c->w, r, WQ_WEBHOOK_FULL);
	wq_webhook_call_reply(c, 200);
}

/* Not as what it says it is: bytes of others' are no page of this server. */
static void reply_bytes(struct wq_webhook_call *c, const struct wq_webhook_row *r)
{
	struct wq_arena arena = c->page.arena; /* in which the body lies: freed when it was answered */
	struct wq_str body = r->body;
	bool json = !r->type.n;
	struct wq_exchange *x;

	c->page.arena = (struct wq_arena){ 0 };
	x = wq_webhook_call_end(c);
	wq_reply_header(x, "Content-Disposition", wq_str("attachment"));
	wq_reply(x, 200, json ? "application/json" : "application/octet-stream", body);
	wq_arena_fini(&arena);
}

static void on_body(struct wq_webhook_page *p, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(p, struct wq_webhook_call, page);
	const struct wq_webhook_row *r = found(p, rc);

	if (!r)
		return;
	if (r->refused || !r->body_bytes || !r->body.p) {
		wq_webhook_call_refuse(c, r->body.p ? WQ_REPLAY_NO_BODY : WQ_REPLAY_TOO_LARGE);
		return;
	}
	reply_bytes(c, r);
}

static void look_at(struct wq_exchange *x, struct wq_api *a,
                    void (*cb)(struct wq_webhook_page *p, int rc))
{
	struct wq_webhook_call *c = wq_webhook_call_begin(x, a);
	int rc;

	if (!c)
		return;
	rc = wq_webhook_log_one(&a->webhook_logs->log, &c->page, wq_exchange_param(x, "id"), cb);
	if (rc == WQ_EINVAL)
		wq_webhook_call_refuse(c, WQ_REPLAY_MISSING);
	else
		wq_webhook_call_started(c, rc);
}

static void handle_one(struct wq_exchange *x, void *api)
{
	look_at(x, api, on_shown);
}

static void handle_body(struct wq_exchange *x, void *api)
{
	look_at(x, api, on_body);
}

/* counts */

static enum wq_webhook_wish tally_row(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	wq_webhook_tally_add(&((struct wq_webhook_call *)w->user)->tally, r);
	return WQ_WEBHOOK_LEAVE;
}

static void on_tallied(struct wq_webhook_walk *w, int rc)
{
	struct wq_webhook_call *c = w->user;

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, w->error);
		return;
	}
	wq_view_webhook_tally(&c->w, &c->tally, w);
	wq_jsonw_object_end(&c->w);
	wq_webhook_call_reply(c, 200);
}

static void on_stats(struct wq_webhook_stats *s, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(s, struct wq_webhook_call, stats);

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, s->cmd.error);
		return;
	}
	wq_jsonw_object(&c->w);
	wq_view_webhook_stats(&c->w, s);
	c->walk.look_max = WQ_WEBHOOK_PAGE_LOOKS;
	wq_webhook_call_started(c, wq_webhook_call_walk(c, tally_row, on_tallied));
}

static void handle_stats(struct wq_exchange *x, void *api)
{
	struct wq_webhook_filter f = { .since_ms = 0 };
	struct wq_webhook_call *c;

	if (!read_filter(x, api, &f))
		return;
	c = wq_webhook_call_begin(x, api);
	if (!c)
		return;
	c->walk.filter = f;
	wq_webhook_call_started(c, wq_webhook_stats_start(&c->api->webhook_logs->log, &c->stats,
	                                                  on_stats));
}

/* all of it */

static int add_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_GET, "/api/webhook-logs", handle_list,
		  .summary = "Webhooks that came, the newest first: those that were taken, and some of those refused",
		  .query = "{" FILTER ", order?: 'asc'|'desc', limit?: 1..1000, cursor?: string}",
		  .answer = "{data: Webhook[], seen: 0.., matched: 0.., next_cursor: string|null}" },
		{ WQ_GET, "/api/webhook-logs/stats", handle_stats,
		  .summary = "How many there are, and what became of the newest",
		  .query = "{" FILTER "}", .answer = "WebhookStats" },
		{ WQ_GET, "/api/webhook-logs/:id", handle_one, .summary = "One webhook with its body",
		  .answer = "Webhook" },
		{ WQ_GET, "/api/webhook-logs/:id/body", handle_body,
		  .summary = "The bytes of one, as they came", .answer = "any" },
	};
	/* clang-format on */
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(routes); i++)
		rc = wq_api_route(a, routes[i]);
	return rc == 0 ? wq_api_webhook_replay_routes(a) : rc;
}

int wq_api_webhook_logs_start(struct wq_api *a, const struct wq_settings *s, const char *secret,
                              struct wq_client *client)
{
	const struct wq_sink_limits limits = { .waiting_max = WQ_API_DEAD_RUNS_MAX * 8,
		                               .waiting_max_bytes = WQ_WEBHOOK_PAGE_MAX_BYTES };
	struct wq_webhook_logs *logs = wq_zalloc(sizeof(*logs));
	const char *why = NULL;
	struct wq_sink_opts o;
	int rc;

	if (!logs)
		return WQ_RAISE(WQ_ENOMEM);
	a->webhook_logs = logs;
	logs->client = client;
	wq_sink_part_opts(s, &o);
	o.log_max = 0;
	o.again = true;
	rc = wq_webhook_log_init(&logs->log, a->redis, o.prefix);
	if (rc == 0)
		rc = wq_sink_secrets_read(&logs->secrets, s, secret);
	if (rc == 0)
		rc = wq_sink_create(&logs->again, a->loop, a->redis, &o, &limits, &why);
	if (rc == 0)
		rc = wq_webhook_log_ref(&logs->log, &logs->runs_ref);
	if (rc == 0)
		rc = wq_runs_create(&logs->runs, a->loop);
	return rc == 0 ? add_routes(a) : rc;
}

static void destroy(struct wq_webhook_logs *logs)
{
	wq_sink_secrets_fini(&logs->secrets);
	wq_ref_fini(&logs->runs_ref);
	wq_free(logs);
}

static void on_sink_closed(void *ctx)
{
	struct wq_webhook_logs *logs = ctx;
	void (*done)(void *ctx) = logs->closed;
	void *done_ctx = logs->ctx;

	destroy(logs);
	done(done_ctx);
}

static void on_runs_closed(void *ctx)
{
	struct wq_webhook_logs *logs = ctx;

	wq_sink_close(logs->again, on_sink_closed, logs);
}

bool wq_api_webhook_logs_close(struct wq_api *a, void (*done)(void *ctx), void *ctx)
{
	struct wq_webhook_logs *logs = a->webhook_logs;

	a->webhook_logs = NULL;
	if (!logs || !logs->again) {
		if (logs)
			destroy(logs);
		return false;
	}
	logs->closed = done;
	logs->ctx = ctx;
	if (logs->runs)
		wq_runs_close(logs->runs, on_runs_closed, logs);
	else
		on_runs_closed(logs);
	return true;
}
