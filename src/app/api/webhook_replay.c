/* SPDX-License-Identifier: MIT */
/* webhook_replay.c — the body is judged, then one webhook is replayed, or a run begins; or a walk that only counts. */
#include "app/api/webhook_replay.h"

#include "app/api/dead_run.h"
#include "app/api/queue_view.h"
#include "app/api/webhook_call.h"
#include "app/api/webhook_filter.h"
#include "app/api/webhook_run.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"

/* What a body says beside a filter. */
struct wish {
	struct wq_str to; /* URL; p NULL: jobs are made */
	struct wq_str secret;
	int64_t rate;
	bool all, dry;
};

/* False: the exchange is answered. */
static bool read_target(struct wq_exchange *x, yyjson_val *body, struct wish *wish)
{
	yyjson_val *to = wq_json_get(body, "to"), *secret = wq_json_get(body, "secret");
	const char *why = "it is text";
	struct wq_url url;

	wish->to = wq_json_str(to);
	wish->secret = wq_json_str(secret);
	if (to && (!wish->to.p || wish->to.n >= WQ_CLIENT_URL_MAX_BYTES ||
	           !wq_url_parse(wish->to, &url, &why) ||
	           (!wq_str_is(url.scheme, "http") && !wq_str_is(url.scheme, "https")))) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "to must be a URL of http or https: %s", why);
		return false;
	}
	if (secret && (!wish->secret.n || !to)) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "secret must be a text that signs what is posted, beside \"to\"");
		return false;
	}
	return true;
}

/* 0 or WQ_ENOMEM. */
static int set_target(struct wq_webhook_call *c, const struct wish *wish,
                      struct wq_webhook_target *t)
{
	const struct wq_webhook_logs *logs = c->api->webhook_logs;

	*t = (struct wq_webhook_target){ .client = logs->client, .guarded = true };
	if (!wish->to.p) {
		t->sink = logs->again;
		return 0;
	}
	t->url = wq_arena_copy(wq_exchange_arena(c->x), wish->to);
	if (!t->url)
		return WQ_ENOMEM;
	t->secrets = logs->secrets.of;
	return wish->secret.p ? wq_webhook_target_sign(t, wish->secret) : 0;
}

/* one */

static void on_replayed(struct wq_webhook_replay *r, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(r, struct wq_webhook_call, replay);

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, r->error);
		return;
	}
	if (r->code != WQ_REPLAY_DONE) {
		wq_webhook_call_refuse(c, r->code);
		return;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "updates", (int64_t)r->updates);
	wq_jsonw_key(&c->w, "status");
	if (r->status)
		wq_jsonw_int(&c->w, r->status);
	else
		wq_jsonw_null(&c->w);
	wq_jsonw_object_end(&c->w);
	wq_webhook_call_reply(c, 200);
}

static void replay_one(struct wq_webhook_call *c, const struct wish *wish)
{
	struct wq_api *a = c->api;
	int rc = set_target(c, wish, &c->target);

	if (rc == 0)
		rc = wq_webhook_replay_start(&c->replay, a->loop, &a->webhook_logs->log, &c->target,
		                             wq_exchange_param(c->x, "id"), on_replayed);
	if (rc == WQ_EINVAL)
		wq_webhook_call_refuse(c, WQ_REPLAY_MISSING);
	else
		wq_webhook_call_started(c, rc);
}

static void handle_one(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "to", "secret", NULL };
	struct wish wish = { .all = false };
	struct wq_webhook_call *c;
	yyjson_doc *doc;

	if (!wq_api_body(x, &doc))
		return;
	if (wq_api_members(x, yyjson_doc_get_root(doc), members) &&
	    read_target(x, yyjson_doc_get_root(doc), &wish)) {
		c = wq_webhook_call_begin(x, api);
		if (c)
			replay_one(c, &wish);
	}
	wq_json_free(doc);
}

/* a dry run */

static enum wq_webhook_wish sample(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	struct wq_webhook_call *c = w->user;

	if (c->n++ < WQ_API_DEAD_SAMPLES)
		wq_view_webhook(&c->w, r, WQ_WEBHOOK_ROW);
	return WQ_WEBHOOK_LEAVE;
}

static void on_counted(struct wq_webhook_walk *w, int rc)
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

/* The texts of the filter are copied: the body goes before the walk ends. */
static bool keep_filter(struct wq_webhook_call *c)
{
	struct wq_webhook_filter *f = &c->walk.filter;
	struct wq_str *texts[] = { &f->id, &f->account, &f->kind, &f->provider };

	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		char *copy = texts[i]->n ? wq_arena_copy(wq_exchange_arena(c->x), *texts[i]) : NULL;

		if (texts[i]->n && !copy)
			return false;
		*texts[i] = wq_strn(copy, texts[i]->n);
	}
	return true;
}

static void count(struct wq_webhook_call *c)
{
	if (!keep_filter(c)) {
		wq_webhook_call_fail(c, WQ_ENOMEM, "");
		return;
	}
	c->walk.oldest_first = true;
	c->walk.taken_only = true;
	c->walk.look_max = WQ_API_DEAD_LOOKS;
	wq_jsonw_object(&c->w);
	wq_jsonw_put_bool(&c->w, "dry_run", true);
	wq_jsonw_key(&c->w, "samples");
	wq_jsonw_array(&c->w);
	wq_webhook_call_started(c, wq_webhook_call_walk(c, sample, on_counted));
}

/* a real one */

static void on_begun(void *ctx, struct wq_run *run, int rc)
{
	struct wq_webhook_call *c = ctx;

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, "the run could not be told of");
		return;
	}
	wq_run_view(&c->w, run);
	wq_webhook_call_reply(c, 202);
}

static void begin_run(struct wq_webhook_call *c, const struct wish *wish)
{
	struct wq_webhook_run_wish w = { .filter = c->walk.filter,
		                         .per_second = (uint32_t)wish->rate };
	struct wq_webhook_logs *logs = c->api->webhook_logs;
	int rc = set_target(c, wish, &w.target);

	if (rc == 0)
		rc = wq_webhook_run_begin(logs->runs, &logs->log, &w, on_begun, c);
	if (rc == WQ_EFULL)
		wq_reply_problem(wq_webhook_call_end(c), 429, "too_many_runs",
		                 "%d runs are under way: wait for one to end, or stop it",
		                 WQ_API_DEAD_RUNS_MAX);
	else
		wq_webhook_call_started(c, rc);
}

/* False: the exchange is answered. */
static bool read_wish(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                      struct wq_webhook_filter *f, struct wish *wish)
{
	static const char *const members[] = { "id",    "account", "kind", "provider", "outcome", "since",  "until",
		                               "all", "rate",    "dry_run", "to",    "secret",  NULL };
	bool any;

	if (!wq_api_members(x, body, members) || !wq_webhook_filter_of_body(x, body, now_ms, f) ||
	    !wq_api_flag(x, body, "all", &wish->all) ||
	    !wq_api_flag(x, body, "dry_run", &wish->dry) ||
	    !wq_api_count(x, body, "rate", WQ_API_DEAD_RATE_MAX, &wish->rate) ||
	    !read_target(x, body, wish))
		return false;
	any = !wq_webhook_filter_is_empty(f);
	if (f->outcome == WQ_WEBHOOK_REFUSED)
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "what was refused has no body to be replayed");
	else if (wish->all == any)
		wq_reply_problem(
			x, 400, wish->all ? "invalid_parameter" : "filter_needed",
			wish->all
				? "all means webhooks of any kind: leave it out, or the filter"
				: "which webhooks? A filter is needed (id, account, kind, provider, outcome, "
				  "since, until), or \"all\": true");
	else
		return true;
	return false;
}

static void handle_many(struct wq_exchange *x, void *api)
{
	struct wq_webhook_filter f = { .since_ms = 0 };
	struct wish wish = { .all = false };
	struct wq_webhook_call *c;
	struct wq_api *a = api;
	yyjson_doc *doc;

	if (!wq_api_body(x, &doc))
		return;
	if (read_wish(x, yyjson_doc_get_root(doc), wq_loop_wall_ms(a->loop), &f, &wish)) {
		c = wq_webhook_call_begin(x, a);
		if (c)
			c->walk.filter = f;
		if (c && wish.dry)
			count(c);
		else if (c)
			begin_run(c, &wish);
	}
	wq_json_free(doc);
}

/* what is known of runs */

static void put_told(struct wq_webhook_call *c, const struct wq_dead_runs_call *ask)
{
	for (size_t i = 0; i < ask->n; i++)
		wq_run_view_told(&c->w, wq_dead_runs_text(ask, i), wq_loop_wall_ms(c->api->loop));
}

static void on_read(struct wq_dead_runs_call *ask, int rc)
{
	struct wq_webhook_call *c = WQ_OWNER(ask, struct wq_webhook_call, ask);
	bool all = !wq_exchange_param(c->x, "run").p;

	if (rc != 0) {
		wq_webhook_call_fail(c, rc, ask->cmd.error);
		return;
	}
	if (!all && ask->n == 0) {
		wq_reply_problem(wq_webhook_call_end(c), 404, "run_not_found",
		                 "there is no such run, or it ended more than a day ago");
		return;
	}
	if (all) {
		wq_jsonw_object(&c->w);
		wq_jsonw_key(&c->w, "data");
		wq_jsonw_array(&c->w);
	}
	put_told(c, ask);
	if (all) {
		wq_jsonw_array_end(&c->w);
		wq_view_next(&c->w, 0);
		wq_jsonw_object_end(&c->w);
	}
	wq_webhook_call_reply(c, 200);
}

/* A run of this process is told at once, any other by what lies in Redis. */
static void ask(struct wq_exchange *x, struct wq_api *a, enum wq_dead_runs_what what)
{
	struct wq_webhook_logs *logs = a->webhook_logs;
	struct wq_str id = wq_exchange_param(x, "run");
	struct wq_run *run = id.p ? wq_runs_find(logs->runs, id) : NULL;
	struct wq_webhook_call *c = wq_webhook_call_begin(x, a);

	if (!c)
		return;
	if (!run) {
		wq_webhook_call_started(c, wq_dead_runs_start(&c->ask, &logs->runs_ref, what,
		                                              id.p ? id : wq_str(""), wq_str(""),
		                                              on_read));
		return;
	}
	if (what == WQ_DEAD_RUNS_STOP)
		wq_run_stop(run);
	wq_run_view(&c->w, run);
	wq_webhook_call_reply(c, 200);
}

static void handle_runs(struct wq_exchange *x, void *api)
{
	ask(x, api, WQ_DEAD_RUNS_READ);
}

static void handle_stop(struct wq_exchange *x, void *api)
{
	ask(x, api, WQ_DEAD_RUNS_STOP);
}

int wq_api_webhook_replay_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_POST, "/api/webhook-logs/:id/replay", handle_one,
		  .summary = "Make the jobs of a webhook once more, or post it to a URL, signed anew",
		  .body = "exact {to?: string, secret?: string}", .example = "{}",
		  .answer = "{updates: 0.., status: 0..|null}" },
		{ WQ_POST, "/api/webhook-logs/replay", handle_many,
		  .summary = "The same of all webhooks like that, so many a second; or only count them",
		  .body = "WebhookWish",
		  .example = "{\"since\":\"2h\",\"kind\":\"messages\",\"rate\":50,\"dry_run\":true}",
		  .answer = "WebhookRun", .done = 202, .also = "WebhookPlan" },
		{ WQ_GET, "/api/webhook-logs/replay", handle_runs, .summary = "Replays of many, the newest first",
		  .answer = "{data: WebhookRun[], next_cursor: null}" },
		{ WQ_GET, "/api/webhook-logs/replay/:run", handle_runs, .summary = "How far a replay is",
		  .answer = "WebhookRun" },
		{ WQ_DELETE, "/api/webhook-logs/replay/:run", handle_stop,
		  .summary = "Stop it behind the webhook in flight", .answer = "WebhookRun" },
	};
	/* clang-format on */
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(routes); i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
