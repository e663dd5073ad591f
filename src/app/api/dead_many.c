/* SPDX-License-Identifier: MIT */
/* dead_many.c — the body is judged, then whose queue it is, then a run begins; or a walk that only counts. */
#include "app/api/dead_many.h"

#include "app/api/dead_call.h"
#include "app/api/dead_filter.h"
#include "app/api/dead_run.h"
#include "app/api/queue_view.h"
#include "base/err.h"
#include "base/limits.h"

struct many {
	struct wq_dead_call *call;
	struct wq_dead_run_wish wish;
	bool dry;
	struct wq_dead_runs_call ask;
};

/* a dry run */

static enum wq_dead_wish sample(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct wq_dead_call *c = w->user;

	if (c->n++ < WQ_API_DEAD_SAMPLES)
		wq_view_letter(&c->w, l, &c->ref, WQ_DEAD_ROW);
	return WQ_DEAD_LEAVE;
}

static void on_counted(struct wq_dead_walk *w, int rc)
{
	struct wq_dead_call *c = w->user;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, w->error);
		return;
	}
	wq_jsonw_array_end(&c->w);
	wq_view_dead_counts(&c->w, w);
	wq_view_next(&c->w, w->next);
	wq_jsonw_object_end(&c->w);
	wq_dead_call_reply(c, 200);
}

static int count(struct wq_dead_call *c)
{
	c->walk.look_max = WQ_API_DEAD_LOOKS;
	wq_jsonw_object(&c->w);
	wq_jsonw_put_bool(&c->w, "dry_run", true);
	wq_jsonw_key(&c->w, "samples");
	wq_jsonw_array(&c->w);
	return wq_dead_call_walk(c, sample, on_counted);
}

/* a real one */

static void on_begun(void *ctx, struct wq_run *run, int rc)
{
	struct wq_dead_call *c = ctx;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, "the run could not be told of");
		return;
	}
	wq_run_view(&c->w, run);
	wq_dead_call_reply(c, 202);
}

static void refuse_run(struct wq_dead_call *c)
{
	struct wq_exchange *x = c->x;

	wq_dead_call_end(c);
	wq_reply_problem(x, 429, "too_many_runs",
	                 "%d runs are under way: wait for one to end, or stop it",
	                 WQ_API_DEAD_RUNS_MAX);
}

static int begin_run(struct wq_dead_call *c)
{
	struct many *m = c->user;
	int rc;

	if (m->dry)
		return count(c);
	rc = wq_dead_run_begin(c->api->dead_runs, &c->ref, &m->wish, on_begun, c);
	if (rc != WQ_EFULL)
		return rc;
	refuse_run(c);
	return 0;
}

/* False: the exchange is answered. */
static bool read_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms, struct many *m)
{
	static const char *const members[] = { "error", "name", "account", "since", "until",
		                               "all",   "rate", "dry_run", NULL };
	bool all = false, any;
	int64_t rate = 0;

	if (!wq_api_members(x, body, members) ||
	    !wq_dead_filter_of_body(x, body, now_ms, &m->wish.filter) ||
	    !wq_api_flag(x, body, "all", &all) || !wq_api_flag(x, body, "dry_run", &m->dry) ||
	    !wq_api_count(x, body, "rate", WQ_API_DEAD_RATE_MAX, &rate))
		return false;
	m->wish.per_second = (uint32_t)rate;
	any = !wq_dead_filter_is_empty(&m->wish.filter);
	if (all != any)
		return true;
	wq_reply_problem(
		x, 400, all ? "invalid_parameter" : "filter_needed",
		all ? "all means letters of any kind: leave it out, or the filter"
		    : "which letters? A filter is needed (error, name, account, since, until), or "
		      "\"all\": true");
	return false;
}

static void begin(struct wq_exchange *x, struct wq_api *a, enum wq_dead_wish wish)
{
	struct many *m = wq_arena_alloc(wq_exchange_arena(x), sizeof(*m));
	struct wq_dead_call *c;
	yyjson_doc *doc;

	if (!m) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	m->wish.wish = wish;
	if (!wq_api_body(x, &doc))
		return;
	if (!read_body(x, yyjson_doc_get_root(doc), wq_loop_wall_ms(a->loop), m)) {
		wq_json_free(doc);
		return;
	}
	c = wq_dead_call_begin(x, a, doc);
	if (!c)
		return;
	m->call = c;
	c->user = m;
	c->filter = m->wish.filter;
	wq_dead_call_change(c, begin_run);
}

static void handle_retry(struct wq_exchange *x, void *api)
{
	begin(x, api, WQ_DEAD_RETRY);
}

static void handle_clean(struct wq_exchange *x, void *api)
{
	begin(x, api, WQ_DEAD_REMOVE);
}

/* what is known of runs */

static void on_read(struct wq_dead_runs_call *ask, int rc)
{
	struct wq_dead_call *c = WQ_OWNER(ask, struct many, ask)->call;
	struct wq_exchange *x = c->x;
	bool all = !wq_exchange_param(x, "run").p;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, ask->cmd.error);
		return;
	}
	if (!all && ask->n == 0) {
		wq_dead_call_end(c);
		wq_reply_problem(x, 404, "run_not_found",
		                 "there is no such run, or it ended more than a day ago");
		return;
	}
	if (all) {
		wq_jsonw_object(&c->w);
		wq_jsonw_key(&c->w, "data");
		wq_jsonw_array(&c->w);
	}
	for (size_t i = 0; i < ask->n; i++)
		wq_run_view_told(&c->w, wq_dead_runs_text(ask, i), wq_loop_wall_ms(c->api->loop));
	if (all) {
		wq_jsonw_array_end(&c->w);
		wq_view_next(&c->w, 0);
		wq_jsonw_object_end(&c->w);
	}
	wq_dead_call_reply(c, 200);
}

/* A run of this process is told at once, any other by what lies in Redis. */
static void ask(struct wq_exchange *x, struct wq_api *a, enum wq_dead_runs_what what)
{
	struct many *m = wq_arena_alloc(wq_exchange_arena(x), sizeof(*m));
	struct wq_str id = wq_exchange_param(x, "run");
	struct wq_dead_call *c;
	struct wq_run *run;

	if (!m) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	c = wq_dead_call_begin(x, a, NULL);
	if (!c)
		return;
	run = id.p ? wq_dead_run_find(a->dead_runs, &c->ref, id) : NULL;
	if (!run) {
		m->call = c;
		if (!id.p)
			id = wq_str("");
		wq_dead_call_started(c, wq_dead_runs_start(&m->ask, &c->ref, what, id, wq_str(""),
		                                           on_read));
		return;
	}
	if (what == WQ_DEAD_RUNS_STOP)
		wq_run_stop(run);
	wq_run_view(&c->w, run);
	wq_dead_call_reply(c, 200);
}

static void handle_runs(struct wq_exchange *x, void *api)
{
	ask(x, api, WQ_DEAD_RUNS_READ);
}

static void handle_stop(struct wq_exchange *x, void *api)
{
	ask(x, api, WQ_DEAD_RUNS_STOP);
}

int wq_api_dead_many_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_POST, "/api/dlq/:name/retry", handle_retry,
		  .summary = "Run the jobs of all letters like that once more, so many a second; or only count them",
		  .body = "LetterWish",
		  .example = "{\"error\":\"time-out\",\"since\":\"2h\",\"rate\":10,\"dry_run\":true}",
		  .answer = "LetterRun", .done = 202, .also = "LetterPlan" },
		{ WQ_POST, "/api/dlq/:name/clean", handle_clean,
		  .summary = "Delete all letters like that; or only count them",
		  .body = "LetterWish", .example = "{\"until\":\"30d\",\"dry_run\":true}",
		  .answer = "LetterRun", .done = 202, .also = "LetterPlan" },
		{ WQ_GET, "/api/dlq/:name/runs", handle_runs,
		  .summary = "What is and was done to many letters, the newest first",
		  .answer = "{data: LetterRun[], next_cursor: null}" },
		{ WQ_GET, "/api/dlq/:name/runs/:run", handle_runs, .summary = "How far a run is",
		  .answer = "LetterRun" },
		{ WQ_DELETE, "/api/dlq/:name/runs/:run", handle_stop,
		  .summary = "Stop it behind the letter in flight", .answer = "LetterRun" },
	};
	/* clang-format on */
	int rc = wq_runs_create(&a->dead_runs, a->loop);

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(routes); i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
