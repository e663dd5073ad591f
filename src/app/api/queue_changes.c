/* SPDX-License-Identifier: MIT */
/* queue_changes.c — changing a queue and its jobs.  Each handler reads the body and starts one change; on_changed
 * answers. */
#include "app/api/queue_call.h"
#include "app/api/queues.h"
#include "base/err.h"
#include "base/limits.h"

enum { PRIORITY_MAX = 2097151 };
/* What a time, and what a delay from now on, may be: scores stay exact. */
#define TIME_MAX_MS  INT64_C(9007199254740991)
#define DELAY_MAX_MS INT64_C(315360000000) /* ten years */

struct refusal {
	int status;
	const char *code;
};

static struct refusal refusal_of(int code)
{
	switch (code) {
	case WQ_CHANGE_MISSING:
		return (struct refusal){ 404, "job_not_found" };
	case WQ_CHANGE_ACTIVE:
		return (struct refusal){ 409, "jobs_active" };
	case WQ_CHANGE_HELD:
		return (struct refusal){ 409, "job_locked" };
	case WQ_CHANGE_STATE:
		return (struct refusal){ 409, "wrong_state" };
	case WQ_CHANGE_SCHEDULED:
		return (struct refusal){ 409, "job_of_scheduler" };
	default:
		return (struct refusal){ 409, "not_possible" };
	}
}

static void on_changed(struct wq_inspect *i, int rc)
{
	struct wq_queue_call *c = wq_queue_call_of_inspect(i);
	struct wq_exchange *x = c->x;
	struct refusal r;
	int code = i->code;

	if (rc != 0) {
		wq_queue_call_fail(c, rc, i->error);
		return;
	}
	if (code == WQ_CHANGE_DONE && c->id.p && i->n == 0)
		code = WQ_CHANGE_MISSING;
	if (code != WQ_CHANGE_DONE) {
		r = refusal_of(code);
		wq_queue_call_end(c);
		wq_reply_problem(x, r.status, r.code, "%s", wq_inspect_code_text(code));
		return;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", (int64_t)i->n);
	wq_jsonw_object_end(&c->w);
	wq_queue_call_reply(c, 200);
}

/* Nobody waits any more: what is under way ends after the part in flight. */
static void on_gone(struct wq_exchange *x)
{
	struct wq_queue_call *c = wq_exchange_data(x);

	wq_inspect_cancel(&c->inspect);
}

struct change;

/* What a body asks for; a change looks at its own. */
struct wanted {
	const struct change *change;
	yyjson_val *body; /* NULL: empty */
	bool delayed, force, reset, lifo;
	enum wq_finished finished;
	enum wq_job_state state;
	int64_t until, grace, limit, keep, delay, priority;
};

/* A way to change something. */
struct change {
	const char *members[5]; /* that a body may have */
	/* Optional.  False: the exchange is answered. */
	bool (*read)(struct wq_exchange *x, struct wanted *w);
	int (*start)(struct wq_queue_call *c, const struct wanted *w);
};

static void on_checked(struct wq_queue_check *check, int rc)
{
	struct wq_queue_call *c = WQ_OWNER(check, struct wq_queue_call, check);
	struct wq_exchange *x = c->x;
	const struct wanted *w = c->wanted;

	if (rc != 0) {
		wq_queue_call_fail(c, rc, "");
	} else if (wq_exchange_gone(x)) { /* nobody waits for it: not begun */
		wq_queue_call_end(c);
		wq_reply_problem(x, 503, "gone", "the caller has gone");
	} else if (check->refused) {
		wq_queue_call_end(c);
		wq_reply_problem(x, 409, "queue_refused", "%s", check->why);
	} else {
		wq_queue_call_started(c, w->change->start(c, w));
	}
}

/* The body is judged, then whose queue it is, then it is changed. */
static void begin(struct wq_exchange *x, void *api, const struct change *change)
{
	struct wanted *w = wq_arena_alloc(wq_exchange_arena(x), sizeof(*w));
	struct wq_queue_call *c = NULL;
	yyjson_doc *doc;

	if (!w) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*w = (struct wanted){ .change = change, .finished = WQ_FINISHED_FAILED };
	if (!wq_api_body(x, &doc))
		return;
	w->body = yyjson_doc_get_root(doc);
	if (wq_api_members(x, w->body, change->members) && (!change->read || change->read(x, w)))
		c = wq_queue_call_begin(x, api, NULL, on_changed);
	if (!c) {
		wq_json_free(doc);
		return;
	}
	c->doc = doc;
	c->wanted = w;
	wq_exchange_set_data(x, c);
	wq_exchange_on_gone(x, on_gone);
	wq_queue_call_started(c, wq_queue_check_start(&c->check, &c->ref, on_checked));
}

static int start_pause(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_pause(&c->inspect);
}

static void handle_pause(struct wq_exchange *x, void *api)
{
	static const struct change change = { .start = start_pause };

	begin(x, api, &change);
}

static int start_resume(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_resume(&c->inspect);
}

static void handle_resume(struct wq_exchange *x, void *api)
{
	static const struct change change = { .start = start_resume };

	begin(x, api, &change);
}

static int start_promote_all(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_promote_all(&c->inspect);
}

static void handle_promote_all(struct wq_exchange *x, void *api)
{
	static const struct change change = { .start = start_promote_all };

	begin(x, api, &change);
}

static bool read_drain(struct wq_exchange *x, struct wanted *w)
{
	return wq_api_flag(x, w->body, "delayed", &w->delayed);
}

static int start_drain(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_drain(&c->inspect, w->delayed);
}

static void handle_drain(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "delayed" }, read_drain, start_drain };

	begin(x, api, &change);
}

static bool read_finished(struct wq_exchange *x, struct wanted *w)
{
	struct wq_str name = wq_json_get_str(w->body, "state");

	if (!wq_json_get(w->body, "state"))
		return true;
	w->finished = wq_str_is(name, "completed") ? WQ_FINISHED_COMPLETED : WQ_FINISHED_FAILED;
	if (wq_str_is(name, "completed") || wq_str_is(name, "failed"))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "state must be completed or failed");
	return false;
}

static bool read_retry_all(struct wq_exchange *x, struct wanted *w)
{
	return read_finished(x, w) && wq_api_count(x, w->body, "until", TIME_MAX_MS, &w->until);
}

static int start_retry_all(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_retry_all(&c->inspect, w->finished, w->until);
}

static void handle_retry_all(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "state", "until" },
		                              read_retry_all,
		                              start_retry_all };

	begin(x, api, &change);
}

static bool read_clean(struct wq_exchange *x, struct wanted *w)
{
	w->state = wq_job_state_find(wq_json_get_str(w->body, "state"));
	if (w->state != WQ_JOB_STATES)
		return wq_api_count(x, w->body, "grace_ms", TIME_MAX_MS, &w->grace) &&
		       wq_api_count(x, w->body, "limit", UINT32_MAX, &w->limit);
	wq_reply_problem(
		x, 400, "invalid_parameter",
		"state is needed: waiting, active, delayed, prioritized, waiting-children, completed or failed");
	return false;
}

static int start_clean(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_clean(&c->inspect, w->state, w->grace, (uint64_t)w->limit);
}

static void handle_clean(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "state", "grace_ms", "limit" },
		                              read_clean,
		                              start_clean };

	begin(x, api, &change);
}

/* Its name has to be repeated: nothing brings it back. */
static bool read_obliterate(struct wq_exchange *x, struct wanted *w)
{
	struct wq_str name = wq_exchange_param(x, "name"),
		      confirm = wq_json_get_str(w->body, "confirm");

	if (confirm.p && wq_str_eq(confirm, name))
		return wq_api_flag(x, w->body, "force", &w->force);
	wq_reply_problem(x, 400, "not_confirmed",
	                 "confirm must be the name of the queue: all of it is deleted");
	return false;
}

static int start_obliterate(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_obliterate(&c->inspect, w->force);
}

static void handle_obliterate(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "force", "confirm" },
		                              read_obliterate,
		                              start_obliterate };

	begin(x, api, &change);
}

/* limits: of starts at once, of starts in a time, and none at all for a while */

static bool read_rate(struct wq_exchange *x, struct wanted *w, yyjson_val *rate)
{
	if (yyjson_is_null(rate))
		return true;
	if (!wq_api_count(x, rate, "max", UINT32_MAX, &w->limit) ||
	    !wq_api_count(x, rate, "duration_ms", UINT32_MAX, &w->grace))
		return false;
	if (w->limit > 0 && w->grace > 0)
		return true;
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "rate must be {\"max\": n, \"duration_ms\": n}, or null for none");
	return false;
}

static bool read_limits(struct wq_exchange *x, struct wanted *w)
{
	yyjson_val *rate = wq_json_get(w->body, "rate");

	if (!w->body || yyjson_obj_size(w->body) != 1) {
		wq_reply_problem(
			x, 400, "invalid_parameter",
			"one of concurrency (0: none), rate or hold_ms (0: go on) is needed, and only one");
		return false;
	}
	if (rate)
		return read_rate(x, w, rate);
	return wq_api_count(x, w->body, "concurrency", UINT32_MAX, &w->limit) &&
	       wq_api_count(x, w->body, "hold_ms", UINT32_MAX, &w->grace);
}

static int start_limits(struct wq_queue_call *c, const struct wanted *w)
{
	if (wq_json_get(w->body, "concurrency"))
		return wq_inspect_concurrency(&c->inspect, (uint32_t)w->limit);
	if (wq_json_get(w->body, "rate"))
		return wq_inspect_rate(&c->inspect, (uint32_t)w->limit, (uint32_t)w->grace);
	return wq_inspect_hold(&c->inspect, (uint32_t)w->grace);
}

static void handle_limits(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "concurrency", "rate", "hold_ms" },
		                              read_limits,
		                              start_limits };

	begin(x, api, &change);
}

/* of one job */

static int start_promote(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_promote(&c->inspect, c->id);
}

static void handle_promote(struct wq_exchange *x, void *api)
{
	static const struct change change = { .start = start_promote };

	begin(x, api, &change);
}

static bool read_retry(struct wq_exchange *x, struct wanted *w)
{
	return read_finished(x, w) && wq_api_flag(x, w->body, "reset_attempts", &w->reset);
}

static int start_retry(struct wq_queue_call *c, const struct wanted *w)
{
	struct wq_retry how = { .state = w->finished,
		                .reset_made = w->reset,
		                .reset_started = w->reset };

	return wq_inspect_retry(&c->inspect, c->id, &how);
}

static void handle_retry(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "state", "reset_attempts" },
		                              read_retry,
		                              start_retry };

	begin(x, api, &change);
}

static bool read_remove(struct wq_exchange *x, struct wanted *w)
{
	return wq_api_query_flag(x, "children", &w->force);
}

static int start_remove(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_remove(&c->inspect, c->id, w->force);
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	static const struct change change = { { NULL }, read_remove, start_remove };

	begin(x, api, &change);
}

static bool read_log(struct wq_exchange *x, struct wanted *w)
{
	if (wq_json_get_str(w->body, "row").p)
		return wq_api_count(x, w->body, "keep", UINT32_MAX, &w->keep);
	wq_reply_problem(x, 400, "invalid_parameter", "row is needed: a string");
	return false;
}

static int start_log(struct wq_queue_call *c, const struct wanted *w)
{
	return wq_inspect_log(&c->inspect, c->id, wq_json_get_str(w->body, "row"),
	                      (uint32_t)w->keep);
}

static void handle_log(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "row", "keep" }, read_log, start_log };

	begin(x, api, &change);
}

/* One change at a time: each is a step of its own in Redis. */
static bool read_patch(struct wq_exchange *x, struct wanted *w)
{
	int changes = (wq_json_get(w->body, "data") != NULL) +
	              (wq_json_get(w->body, "delay") != NULL) +
	              (wq_json_get(w->body, "priority") != NULL);

	if (changes == 1)
		return wq_api_count(x, w->body, "delay", DELAY_MAX_MS, &w->delay) &&
		       wq_api_count(x, w->body, "priority", PRIORITY_MAX, &w->priority) &&
		       wq_api_flag(x, w->body, "lifo", &w->lifo);
	wq_reply_problem(
		x, 400, "invalid_parameter",
		"one of data, delay (ms from now) or priority (with lifo) is needed, and only one");
	return false;
}

static int start_data(struct wq_queue_call *c, yyjson_val *data)
{
	struct wq_buf text;
	struct wq_jsonw w;
	int rc;

	wq_buf_init(&text, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_value(&w, data);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_inspect_update_data(&c->inspect, c->id, wq_buf_str(&text));
	wq_buf_fini(&text);
	return rc;
}

static int start_patch(struct wq_queue_call *c, const struct wanted *w)
{
	if (wq_json_get(w->body, "delay"))
		return wq_inspect_change_delay(&c->inspect, c->id, w->delay);
	if (wq_json_get(w->body, "priority"))
		return wq_inspect_change_priority(&c->inspect, c->id, (uint32_t)w->priority,
		                                  w->lifo);
	return start_data(c, wq_json_get(w->body, "data"));
}

static void handle_patch(struct wq_exchange *x, void *api)
{
	static const struct change change = { { "data", "delay", "priority", "lifo" },
		                              read_patch,
		                              start_patch };

	begin(x, api, &change);
}

int wq_api_queue_changes_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_POST, "/api/queues/:name/pause", handle_pause,
		  .summary = "Nothing of it starts until it is resumed", .answer = "Changed" },
		{ WQ_POST, "/api/queues/:name/resume", handle_resume,
		  .summary = "It goes on", .answer = "Changed" },
		{ WQ_POST, "/api/queues/:name/promote", handle_promote_all,
		  .summary = "All delayed jobs are due now", .answer = "Changed" },
		{ WQ_POST, "/api/queues/:name/retry", handle_retry_all,
		  .summary = "Run finished jobs once more; without a state those that failed",
		  .body = "exact {state?: 'completed'|'failed', until?: 0..}", .answer = "Changed",
		  .example = "{\"state\":\"failed\"}" },
		{ WQ_POST, "/api/queues/:name/clean", handle_clean,
		  .summary = "Delete old jobs of a state",
		  .body = "exact {state: State, grace_ms?: 0.., limit?: 0..}", .answer = "Changed",
		  .example = "{\"state\":\"completed\",\"grace_ms\":86400000,\"limit\":1000}" },
		{ WQ_POST, "/api/queues/:name/drain", handle_drain,
		  .summary = "Delete all that waits, and with delayed what is due later",
		  .body = "exact {delayed?: boolean}", .answer = "Changed",
		  .example = "{\"delayed\":true}" },
		{ WQ_POST, "/api/queues/:name/obliterate", handle_obliterate,
		  .summary = "Delete the whole queue; its name is repeated, force also takes jobs that are run",
		  .body = "exact {confirm: string, force?: boolean}", .answer = "Changed",
		  .example = "{\"confirm\":\"letters\"}" },
		{ WQ_PUT, "/api/queues/:name/limits", handle_limits,
		  .summary = "One of the limits of all workers together",
		  .body = "exact {concurrency: 0..}|exact {rate: {max: 1.., duration_ms: 1..}|null}|"
		          "exact {hold_ms: 0..}",
		  .answer = "Changed", .example = "{\"rate\":{\"max\":100,\"duration_ms\":1000}}" },
		{ WQ_PATCH, "/api/queues/:name/jobs/:id", handle_patch,
		  .summary = "Change a job: its data, when it is due, or its priority",
		  .body = "exact {data: any}|exact {delay: 0..}|exact {priority: 0..2097151, lifo?: boolean}",
		  .answer = "Changed", .example = "{\"priority\":2}" },
		{ WQ_DELETE, "/api/queues/:name/jobs/:id", handle_remove,
		  .summary = "Delete a job, and with children what it depends on",
		  .query = "{children?: boolean}", .answer = "Changed" },
		{ WQ_POST, "/api/queues/:name/jobs/:id/promote", handle_promote,
		  .summary = "A delayed job is due now", .answer = "Changed" },
		{ WQ_POST, "/api/queues/:name/jobs/:id/retry", handle_retry,
		  .summary = "Run a finished job once more; without a state one that failed",
		  .body = "exact {state?: 'completed'|'failed', reset_attempts?: boolean}", .answer = "Changed",
		  .example = "{\"reset_attempts\":true}" },
		{ WQ_POST, "/api/queues/:name/jobs/:id/logs", handle_log,
		  .summary = "Add a row to its log, of which the newest are kept",
		  .body = "exact {row: string, keep?: 0..}", .answer = "Changed",
		  .example = "{\"row\":\"seen by hand\"}" },
	};
	/* clang-format on */

	for (size_t i = 0; i < WQ_COUNT(routes); i++) {
		int rc = wq_api_route(a, routes[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}
