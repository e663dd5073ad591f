/* SPDX-License-Identifier: MIT */
/* queues.c — looking into a queue.  Each handler starts one look; its callback answers. */
#include "app/api/queues.h"

#include "app/api/queue_add.h"
#include "app/api/queue_call.h"
#include "app/api/queue_list.h"
#include "app/api/queue_schedulers.h"
#include "app/api/queue_view.h"
#include "base/limits.h"

enum { MINUTES_DEFAULT = 60, MINUTES_MAX = 20160 };

/* The call that a look belongs to; NULL: the look failed and that is answered. */
static struct wq_queue_call *looked(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = wq_queue_call_of_look(l);

	if (rc == 0)
		return c;
	wq_queue_call_fail(c, rc, l->cmd.error);
	return NULL;
}

static void refuse(struct wq_queue_call *c, int status, const char *code, const char *detail)
{
	struct wq_exchange *x = c->x;

	wq_queue_call_end(c);
	wq_reply_problem(x, status, code, "%s", detail);
}

static bool is_there(const struct wq_queue_counts *c)
{
	bool any = c->exists;

	for (unsigned s = 0; !any && s < WQ_JOB_STATES; s++)
		any = c->of[s] > 0;
	return any;
}

/* one queue: counts, then workers, then whose it is */

static void on_queue_checked(struct wq_queue_check *check, int rc)
{
	struct wq_queue_call *c = WQ_OWNER(check, struct wq_queue_call, check);
	const char *warning = check->refused ? check->why : check->warning;

	if (rc != 0) {
		wq_queue_call_fail(c, rc, "");
		return;
	}
	wq_view_queue_open(&c->w, c->ref.queue, &c->counts);
	wq_jsonw_key(&c->w, "workers");
	if (c->workers.known)
		wq_jsonw_int(&c->w, (int64_t)c->workers.n);
	else
		wq_jsonw_null(&c->w);
	wq_jsonw_key(&c->w, "warning");
	if (warning[0])
		wq_jsonw_text(&c->w, warning);
	else
		wq_jsonw_null(&c->w);
	wq_jsonw_object_end(&c->w);
	wq_queue_call_reply(c, 200);
}

static void on_queue_workers(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (c)
		wq_queue_call_started(c,
		                      wq_queue_check_start(&c->check, &c->ref, on_queue_checked));
}

static void on_queue_counts(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	if (!is_there(&c->counts)) {
		refuse(c, 404, "queue_not_found", "there is no such queue");
		return;
	}
	l->cb = on_queue_workers;
	wq_queue_call_started(c, wq_look_workers(l, &c->workers));
}

static void handle_queue(struct wq_exchange *x, void *api)
{
	struct wq_queue_call *c = wq_queue_call_begin(x, api, on_queue_counts, NULL);

	if (c)
		wq_queue_call_started(c, wq_look_counts(&c->look, wq_loop_wall_ms(c->api->loop),
		                                        &c->counts));
}

/* a page of jobs */

static void on_page(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	wq_view_page(&c->w, &c->page);
	wq_queue_call_reply(c, 200);
}

/* Stays as it is when it was not asked for.  False: answered. */
static bool read_order(struct wq_exchange *x, bool *ascending)
{
	struct wq_str order = wq_exchange_query(x, "order");

	if (!order.p)
		return true;
	*ascending = wq_str_is(order, "asc");
	if (*ascending || wq_str_is(order, "desc"))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "order must be asc or desc");
	return false;
}

/* False: answered. */
static bool read_page(struct wq_exchange *x, struct wq_page_query *q)
{
	struct wq_str state = wq_exchange_query(x, "state");
	uint64_t n = WQ_API_PAGE_DEFAULT;

	*q = (struct wq_page_query){ .state = WQ_JOB_WAITING };
	if (state.p)
		q->state = wq_job_state_find(state);
	if (q->state == WQ_JOB_STATES) {
		wq_reply_problem(
			x, 400, "invalid_parameter",
			"state must be waiting, active, delayed, prioritized, waiting-children, completed or failed");
		return false;
	}
	/* What runs next comes first, and what finished last. */
	q->ascending = q->state != WQ_JOB_COMPLETED && q->state != WQ_JOB_FAILED;
	if (!read_order(x, &q->ascending) ||
	    !wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &n) ||
	    !wq_api_query_count(x, "cursor", 0, UINT32_MAX, &q->from))
		return false;
	q->n = (uint32_t)n;
	return true;
}

static void handle_jobs(struct wq_exchange *x, void *api)
{
	struct wq_page_query q;
	struct wq_queue_call *c;

	if (!read_page(x, &q))
		return;
	c = wq_queue_call_begin(x, api, on_page, NULL);
	if (c)
		wq_queue_call_started(c, wq_look_page(&c->look, &q, &c->page));
}

/* one job */

static void on_job(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	if (!c->seen.job) {
		refuse(c, 404, "job_not_found", "there is no such job");
		return;
	}
	wq_view_job_seen(&c->w, &c->seen);
	wq_queue_call_reply(c, 200);
}

static void handle_job(struct wq_exchange *x, void *api)
{
	struct wq_queue_call *c = wq_queue_call_begin(x, api, on_job, NULL);

	if (c)
		wq_queue_call_started(c, wq_look_job(&c->look, c->id, &c->seen));
}

static void on_logs(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	wq_view_logs(&c->w, &c->logs);
	wq_queue_call_reply(c, 200);
}

static void handle_logs(struct wq_exchange *x, void *api)
{
	uint64_t n = WQ_API_PAGE_DEFAULT, from = 0;
	struct wq_queue_call *c;
	bool ascending = true;

	if (!read_order(x, &ascending) || !wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &n) ||
	    !wq_api_query_count(x, "cursor", 0, UINT32_MAX, &from))
		return;
	c = wq_queue_call_begin(x, api, on_logs, NULL);
	if (c)
		wq_queue_call_started(c, wq_look_logs(&c->look, c->id, from, (uint32_t)n, ascending,
		                                      &c->logs));
}

static void on_children(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	wq_view_children(&c->w, &c->children, c->kind);
	wq_queue_call_reply(c, 200);
}

static void handle_children(struct wq_exchange *x, void *api)
{
	static const char *const kinds[] = { "processed", "pending", "ignored", "failed" };
	struct wq_str kind = wq_exchange_query(x, "kind"), cursor = wq_exchange_query(x, "cursor");
	uint64_t n = WQ_API_PAGE_DEFAULT, from = 0;
	struct wq_queue_call *c;
	unsigned k = 0;

	while (k < WQ_COUNT(kinds) && !wq_str_is(kind, kinds[k]))
		k++;
	if (k == WQ_COUNT(kinds)) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "kind must be processed, pending, ignored or failed");
		return;
	}
	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &n) ||
	    !wq_api_query_count(x, "cursor", 0, UINT64_MAX, &from))
		return;
	c = wq_queue_call_begin(x, api, on_children, NULL);
	if (!c)
		return;
	c->kind = (enum wq_children)k;
	wq_queue_call_started(c, wq_look_children(&c->look, c->id, c->kind, cursor, (uint32_t)n,
	                                          &c->children));
}

/* completed, then failed */

static void on_failed_minutes(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "completed");
	wq_view_metrics(&c->w, &c->metrics[WQ_FINISHED_COMPLETED]);
	wq_jsonw_key(&c->w, "failed");
	wq_view_metrics(&c->w, &c->metrics[WQ_FINISHED_FAILED]);
	wq_jsonw_object_end(&c->w);
	wq_queue_call_reply(c, 200);
}

static void on_completed_minutes(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	l->cb = on_failed_minutes;
	wq_queue_call_started(c, wq_look_metrics(l, WQ_FINISHED_FAILED, c->look.n,
	                                         &c->metrics[WQ_FINISHED_FAILED]));
}

static void handle_metrics(struct wq_exchange *x, void *api)
{
	uint64_t n = MINUTES_DEFAULT;
	struct wq_queue_call *c;

	if (!wq_api_query_count(x, "minutes", 1, MINUTES_MAX, &n))
		return;
	c = wq_queue_call_begin(x, api, on_completed_minutes, NULL);
	if (!c)
		return;
	c->look.n = (uint32_t)n;
	wq_queue_call_started(c, wq_look_metrics(&c->look, WQ_FINISHED_COMPLETED, (uint32_t)n,
	                                         &c->metrics[WQ_FINISHED_COMPLETED]));
}

static void on_workers(struct wq_look *l, int rc)
{
	struct wq_queue_call *c = looked(l, rc);

	if (!c)
		return;
	if (!c->workers.known) {
		refuse(c, 503, "too_many_clients",
		       "Redis has too many clients to list them, or does not let us");
		return;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_view_workers(&c->w, &c->workers);
	wq_view_next(&c->w, 0);
	wq_jsonw_object_end(&c->w);
	wq_queue_call_reply(c, 200);
}

static void handle_workers(struct wq_exchange *x, void *api)
{
	struct wq_queue_call *c = wq_queue_call_begin(x, api, on_workers, NULL);

	if (c)
		wq_queue_call_started(c, wq_look_workers(&c->look, &c->workers));
}

int wq_api_queues_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_GET, "/api/queues", wq_queue_list_handle, .summary = "All queues, with their counts",
		  .query = "{limit?: 1..1000, cursor?: string}",
		  .answer = "{data: (Queue|{name: string})[], next_cursor: string|null}" },
		{ WQ_GET, "/api/queues/:name", handle_queue, .summary = "One queue: counts, limits, workers",
		  .answer = "Queue" },
		{ WQ_GET, "/api/queues/:name/jobs", handle_jobs, .summary = "Jobs of a state",
		  .query = "{state?: State, order?: 'asc'|'desc', limit?: 1..1000, cursor?: 0..}",
		  .answer = "{data: Job[], total: 0.., next_cursor: string|null}" },
		{ WQ_POST, "/api/queues/:name/jobs", wq_queue_add_handle,
		  .summary = "Add a job, with options as BullMQ has them, or a list of jobs, all or none",
		  .body = "NewJob|NewJob[]", .answer = "Added|{data: (Added|NotAdded)[]}", .done = 201,
		  .example = "{\"name\":\"welcome\",\"data\":{\"to\":\"a\"},"
		             "\"opts\":{\"delay\":60000,\"attempts\":3}}" },
		{ WQ_GET, "/api/queues/:name/jobs/:id", handle_job, .summary = "One job and where it stands",
		  .answer = "Job" },
		{ WQ_GET, "/api/queues/:name/jobs/:id/logs", handle_logs, .summary = "What was logged of a job",
		  .query = "{order?: 'asc'|'desc', limit?: 1..1000, cursor?: 0..}",
		  .answer = "{data: string[], total: 0.., next_cursor: string|null}" },
		{ WQ_GET, "/api/queues/:name/jobs/:id/children", handle_children, .summary = "Its children",
		  .query = "{kind: 'processed'|'pending'|'ignored'|'failed', limit?: 1..1000, cursor?: 0..}",
		  .answer = "{data: {key: string, returnvalue?: any, failed_reason?: string}[],"
		            " next_cursor: string|null}" },
		{ WQ_GET, "/api/queues/:name/metrics", handle_metrics,
		  .summary = "Jobs that finished, minute by minute, the newest first",
		  .query = "{minutes?: 1..20160}", .answer = "{completed: Minutes, failed: Minutes}" },
		{ WQ_GET, "/api/queues/:name/schedulers", wq_queue_schedulers_handle,
		  .summary = "What makes jobs again and again, those due first in front",
		  .query = "{limit?: 1..1000, cursor?: 0..}",
		  .answer = "{data: Scheduler[], total: 0.., next_cursor: string|null}" },
		{ WQ_DELETE, "/api/queues/:name/schedulers/:id", wq_queue_scheduler_remove_handle,
		  .summary = "End one, with its next job", .answer = "Changed" },
		{ WQ_GET, "/api/queues/:name/workers", handle_workers, .summary = "Who works the queue",
		  .answer = "{data: Worker[], next_cursor: string|null}" },
	};
	/* clang-format on */

	for (size_t i = 0; i < WQ_COUNT(routes); i++) {
		int rc = wq_api_route(a, routes[i]);

		if (rc < 0)
			return rc;
	}
	return wq_api_queue_changes_routes(a);
}
