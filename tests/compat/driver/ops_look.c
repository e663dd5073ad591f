/* SPDX-License-Identifier: MIT */
/* ops_look.c — what people see of a queue: store/look.h, op by op. */
#include "driver/driver.h"
#include "store/look.h"

enum { CHILDREN = 100, PRIORITIES_MAX = 16, ROWS_MAX = 100 };

struct looking {
	struct wq_look l;
	struct driver *d;
};

static void on_seen(struct wq_look *l, int rc)
{
	if (rc != 0)
		driver_die(l->cmd.error, rc);
	driver_done(((struct looking *)(void *)l)->d, rc);
}

static struct wq_look *begin(struct looking *one, struct driver *d)
{
	one->d = d;
	wq_look_init(&one->l, &d->ref, on_seen);
	return &one->l;
}

static void end(struct driver *d, int started)
{
	if (started < 0)
		driver_die("look", started);
	driver_wait(d);
}

static void member(struct driver *d, const char *name, int64_t value)
{
	wq_jsonw_key(&d->out, name);
	wq_jsonw_int(&d->out, value);
}

static void text_member(struct driver *d, const char *name, struct wq_str value)
{
	wq_jsonw_key(&d->out, name);
	if (value.p)
		wq_jsonw_str(&d->out, value);
	else
		wq_jsonw_null(&d->out);
}

static void op_counts(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_queue_counts c = { 0 };

	end(d, wq_look_counts(begin(&one, d), driver_now(), &c));
	wq_jsonw_object(&d->out);
	for (enum wq_job_state s = WQ_JOB_WAITING; s < WQ_JOB_STATES; s++)
		member(d, wq_job_state_name(s), (int64_t)c.of[s]);
	wq_jsonw_object_end(&d->out);
}

static void op_limited(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_queue_counts c = { 0 };

	end(d, wq_look_counts(begin(&one, d), driver_now(), &c));
	wq_jsonw_bool(&d->out, c.held_ms != 0);
}

static void op_state(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_job_seen seen = { 0 };

	end(d, wq_look_job(begin(&one, d), wq_json_get_str(request, "id"), &seen));
	wq_jsonw_text(&d->out, wq_job_state_name(seen.state));
	wq_job_seen_fini(&seen);
}

static void write_job(struct driver *d, const struct wq_job *j)
{
	wq_jsonw_object(&d->out);
	text_member(d, "id", j->id);
	text_member(d, "name", j->name);
	text_member(d, "data", j->data);
	member(d, "attemptsMade", j->attempts_made);
	member(d, "attemptsStarted", j->attempts_started);
	member(d, "delay", j->delay_ms);
	member(d, "priority", j->priority);
	member(d, "stalledCounter", j->stalls);
	member(d, "timestamp", j->timestamp_ms);
	if (j->processed_on_ms)
		member(d, "processedOn", j->processed_on_ms);
	if (j->finished_on_ms)
		member(d, "finishedOn", j->finished_on_ms);
	if (j->failed_reason.p)
		text_member(d, "failedReason", j->failed_reason);
	text_member(d, "progress", j->progress);
	text_member(d, "returnvalue", j->returnvalue);
	wq_jsonw_object_end(&d->out);
}

static void op_read(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_job_seen seen = { 0 };

	end(d, wq_look_job(begin(&one, d), wq_json_get_str(request, "id"), &seen));
	if (seen.job)
		write_job(d, seen.job);
	else
		wq_jsonw_null(&d->out);
	wq_job_seen_fini(&seen);
}

static void op_dependency_counts(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_job_seen seen = { 0 };

	end(d, wq_look_job(begin(&one, d), wq_json_get_str(request, "id"), &seen));
	wq_jsonw_object(&d->out);
	member(d, "processed", (int64_t)seen.children_processed);
	member(d, "unprocessed", (int64_t)seen.children_pending);
	member(d, "ignored", (int64_t)seen.children_ignored);
	member(d, "failed", (int64_t)seen.children_failed);
	wq_jsonw_object_end(&d->out);
	wq_job_seen_fini(&seen);
}

static void write_children(struct driver *d, struct wq_str id, enum wq_children kind)
{
	struct looking one;
	struct wq_children_page page = { 0 };
	bool pairs = kind == WQ_CHILDREN_PROCESSED || kind == WQ_CHILDREN_IGNORED;

	end(d, wq_look_children(begin(&one, d), id, kind, wq_str(""), CHILDREN, &page));
	if (pairs)
		wq_jsonw_object(&d->out);
	else
		wq_jsonw_array(&d->out);
	for (size_t i = 0; i + 1 < page.rows.n; i += 2) {
		char key[256];

		snprintf(key, sizeof(key), "%.*s", WQ_STR_ARG(page.rows.at[i]));
		if (pairs)
			wq_jsonw_key(&d->out, key);
		wq_jsonw_str(&d->out, page.rows.at[pairs ? i + 1 : i]);
	}
	if (pairs)
		wq_jsonw_object_end(&d->out);
	else
		wq_jsonw_array_end(&d->out);
	wq_children_page_fini(&page);
}

static void op_dependencies(struct driver *d, yyjson_val *request)
{
	static const struct {
		const char *name;
		enum wq_children kind;
	} kinds[] = { { "processed", WQ_CHILDREN_PROCESSED },
		      { "unprocessed", WQ_CHILDREN_PENDING },
		      { "ignored", WQ_CHILDREN_IGNORED },
		      { "failed", WQ_CHILDREN_FAILED } };

	wq_jsonw_object(&d->out);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		wq_jsonw_key(&d->out, kinds[i].name);
		write_children(d, wq_json_get_str(request, "id"), kinds[i].kind);
	}
	wq_jsonw_object_end(&d->out);
}

/* {state, start, end, asc}; end -1: to the last. */
static void op_page(struct driver *d, yyjson_val *request)
{
	int64_t start = wq_json_get_int(request, "start", 0),
		last = wq_json_get_int(request, "end", -1);
	struct wq_page_query q = { .state = wq_job_state_find(wq_json_get_str(request, "state")),
		                   .from = (uint64_t)start,
		                   .n = last < 0 ? WQ_LOOK_PAGE_MAX : (uint32_t)(last - start + 1),
		                   .ascending = driver_flag(request, "asc"),
		                   .ids_only = true };
	struct looking one;
	struct wq_job_page page = { 0 };

	end(d, wq_look_page(begin(&one, d), &q, &page));
	wq_jsonw_array(&d->out);
	for (size_t i = 0; i < page.ids.n; i++)
		wq_jsonw_str(&d->out, page.ids.at[i]);
	wq_jsonw_array_end(&d->out);
	wq_job_page_fini(&page);
}

static void op_logs(struct driver *d, yyjson_val *request)
{
	int64_t start = wq_json_get_int(request, "start", 0),
		last = wq_json_get_int(request, "end", -1);
	struct looking one;
	struct wq_log_page page = { 0 };

	end(d, wq_look_logs(begin(&one, d), wq_json_get_str(request, "id"), (uint64_t)start,
	                    last < 0 ? ROWS_MAX : (uint32_t)(last - start + 1),
	                    driver_flag(request, "asc"), &page));
	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "logs");
	wq_jsonw_array(&d->out);
	for (size_t i = 0; i < page.rows.n; i++)
		wq_jsonw_str(&d->out, page.rows.at[i]);
	wq_jsonw_array_end(&d->out);
	member(d, "count", (int64_t)page.total);
	wq_jsonw_object_end(&d->out);
	wq_log_page_fini(&page);
}

static void op_metrics(struct driver *d, yyjson_val *request)
{
	bool completed = wq_str_is(wq_json_get_str(request, "type"), "completed");
	struct looking one;
	struct wq_queue_metrics m = { 0 };

	end(d,
	    wq_look_metrics(begin(&one, d), completed ? WQ_FINISHED_COMPLETED : WQ_FINISHED_FAILED,
	                    ROWS_MAX, &m));
	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "meta");
	wq_jsonw_object(&d->out);
	member(d, "count", (int64_t)m.count);
	member(d, "prevTS", m.previous_ms);
	member(d, "prevCount", (int64_t)m.previous_count);
	wq_jsonw_object_end(&d->out);
	wq_jsonw_key(&d->out, "data");
	wq_jsonw_array(&d->out);
	for (size_t i = 0; i < m.n; i++)
		wq_jsonw_int(&d->out, (int64_t)m.minutes[i]);
	wq_jsonw_array_end(&d->out);
	member(d, "count", (int64_t)m.total);
	wq_jsonw_object_end(&d->out);
	wq_queue_metrics_fini(&m);
}

static void op_per_priority(struct driver *d, yyjson_val *request)
{
	uint32_t priorities[PRIORITIES_MAX];
	uint64_t counts[PRIORITIES_MAX] = { 0 };
	uint32_t n = 0;
	size_t i, max;
	yyjson_val *v;
	struct looking one;

	yyjson_arr_foreach(wq_json_get(request, "priorities"), i, max, v) if (n < PRIORITIES_MAX)
		priorities[n++] = (uint32_t)yyjson_get_int(v);
	end(d, wq_look_priorities(begin(&one, d), priorities, n, counts));
	wq_jsonw_object(&d->out);
	for (i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%u", priorities[i]);
		member(d, name, (int64_t)counts[i]);
	}
	wq_jsonw_object_end(&d->out);
}

static void op_dedup_owner(struct driver *d, yyjson_val *request)
{
	struct looking one;
	struct wq_rows rows = { 0 };

	end(d, wq_look_dedup(begin(&one, d), wq_json_get_str(request, "id"), &rows));
	if (rows.n == 1)
		wq_jsonw_str(&d->out, rows.at[0]);
	else
		wq_jsonw_null(&d->out);
	wq_rows_fini(&rows);
}

const struct driver_op driver_look_ops[] = {
	{ "counts", op_counts },
	{ "limited", op_limited },
	{ "state", op_state },
	{ "read", op_read },
	{ "dependencyCounts", op_dependency_counts },
	{ "dependencies", op_dependencies },
	{ "page", op_page },
	{ "logs", op_logs },
	{ "metrics", op_metrics },
	{ "perPriority", op_per_priority },
	{ "dedupOwner", op_dedup_owner },
	{ NULL, NULL },
};
