/* SPDX-License-Identifier: MIT */
/* job.c — one job: show, logs, remove, retry, promote, and what may be changed of it. */
#include <inttypes.h>
#include <stdio.h>

#include "app/api/queue_view.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/err.h"
#include "base/limits.h"

enum { ROWS_DEFAULT = 50, PRIORITY_MAX = 2097151 };

static void print_job(const struct wq_job_seen *s)
{
	const struct wq_job *j = s->job;
	char text[64];

	wq_grid_field("id", j->id);
	wq_grid_field("name", j->name);
	wq_grid_field("state", wq_str(wq_job_state_name(s->state)));
	wq_grid_field_time("added", j->timestamp_ms);
	wq_grid_field_time("started", j->processed_on_ms);
	wq_grid_field_time("ended", j->finished_on_ms);
	snprintf(text, sizeof(text), "%" PRIu32 " made, %" PRIu32 " started", j->attempts_made,
	         j->attempts_started);
	wq_grid_field("attempts", wq_str(text));
	wq_grid_field("data", s->whole ? j->data : wq_str("(too large to show)"));
	wq_grid_field("opts", j->opts);
	wq_grid_field("progress", j->progress);
	wq_grid_field("returned", j->returnvalue);
	wq_grid_field("failed", j->failed_reason);
	wq_grid_field("stacktrace", j->stacktrace);
	wq_grid_field("worker", j->worker);
	wq_grid_field("scheduler", j->scheduler);
	wq_grid_field("parent", j->parent_key);
	snprintf(text, sizeof(text), "%" PRIu64 " rows", s->log_rows);
	wq_grid_field("log", wq_str(text));
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct wq_job_seen seen = { .job = NULL };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!wq_queue_cli_looked(c, wq_look_job(&c->look, c->id, &seen)))
		return code;
	if (!seen.job) {
		fprintf(stderr, "willaq: there is no such job\n");
	} else if (c->json) {
		wq_view_job_seen(&c->w, &seen);
		code = wq_queue_cli_print(c);
	} else {
		print_job(&seen);
		code = WQ_EXIT_DONE;
	}
	wq_job_seen_fini(&seen);
	return code;
}

static enum wq_exit logs(struct wq_queue_cli *c)
{
	struct wq_log_page page = { .total = 0 };
	uint64_t from = 0, n = ROWS_DEFAULT;

	if (!wq_queue_cli_count(c, "from", UINT32_MAX, &from) ||
	    !wq_queue_cli_count(c, "limit", WQ_LOOK_PAGE_MAX, &n))
		return WQ_EXIT_USAGE;
	if (!wq_queue_cli_looked(c, wq_look_logs(&c->look, c->id, from, n ? (uint32_t)n : 1, true,
	                                         &page)))
		return WQ_EXIT_FAILED;
	if (c->json)
		wq_view_logs(&c->w, &page);
	for (size_t i = 0; !c->json && i < page.rows.n; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%" PRIu64, from + i);
		wq_grid_field(number, page.rows.at[i]);
	}
	wq_log_page_fini(&page);
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

static enum wq_exit remove_job(struct wq_queue_cli *c)
{
	bool children = wq_queue_cli_flag(c, "children");

	if (!wq_queue_cli_confirmed(c, children ? "the job and all that it depends on" : "the job"))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(c, wq_inspect_remove(&c->inspect, c->id, children), "deleted");
}

static enum wq_exit retry(struct wq_queue_cli *c)
{
	bool reset = wq_queue_cli_flag(c, "reset");
	enum wq_job_state state = WQ_JOB_FAILED;
	struct wq_retry how = { .reset_made = reset, .reset_started = reset };

	if (!wq_queue_cli_state(c, &state))
		return WQ_EXIT_USAGE;
	how.state = state == WQ_JOB_COMPLETED ? WQ_FINISHED_COMPLETED : WQ_FINISHED_FAILED;
	return wq_queue_cli_change(c, wq_inspect_retry(&c->inspect, c->id, &how),
	                           "to be run once more");
}

static enum wq_exit promote(struct wq_queue_cli *c)
{
	return wq_queue_cli_change(c, wq_inspect_promote(&c->inspect, c->id), "promoted");
}

static enum wq_exit change_data(struct wq_queue_cli *c)
{
	struct wq_str json = wq_str(c->args->at[3]);
	const char *why = "";
	yyjson_doc *doc = wq_json_read(json, WQ_API_JSON_DEPTH_MAX, &why);

	if (!doc) {
		fprintf(stderr, "willaq: the data is not JSON: %s\n", why);
		return WQ_EXIT_USAGE;
	}
	wq_json_free(doc);
	return wq_queue_cli_change(c, wq_inspect_update_data(&c->inspect, c->id, json), "changed");
}

/* False: a sentence was printed. */
static bool argument(const struct wq_queue_cli *c, enum wq_setting_type type, int64_t max,
                     int64_t *value)
{
	struct wq_setting_def d = { .name = "", .type = type, .max = max, .unit_ms = 1000 };
	const char *why = NULL;

	if (wq_value_parse(&d, wq_str(c->args->at[3]), value, &why) && *value >= 0)
		return true;
	fprintf(stderr, "willaq: \"%s\" is not %s\n", c->args->at[3],
	        type == WQ_SETTING_MS ? "a time, as 30s or 2h" : "a number from 0 to 2097151");
	return false;
}

static enum wq_exit change_delay(struct wq_queue_cli *c)
{
	int64_t ms = 0;

	if (!argument(c, WQ_SETTING_MS, INT64_C(315360000000), &ms))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(c, wq_inspect_change_delay(&c->inspect, c->id, ms), "changed");
}

static enum wq_exit change_priority(struct wq_queue_cli *c)
{
	int64_t priority = 0;

	if (!argument(c, WQ_SETTING_COUNT, PRIORITY_MAX, &priority))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(c,
	                           wq_inspect_change_priority(&c->inspect, c->id,
	                                                      (uint32_t)priority,
	                                                      wq_queue_cli_flag(c, "front")),
	                           "changed");
}

static enum wq_exit add_log(struct wq_queue_cli *c)
{
	if (!wq_queue_cli_changed(c, wq_inspect_log(&c->inspect, c->id, wq_str(c->args->at[3]), 0)))
		return WQ_EXIT_FAILED;
	printf("%" PRIu64 " %s in its log\n", c->inspect.n, c->inspect.n == 1 ? "row" : "rows");
	return WQ_EXIT_DONE;
}

const struct wq_queue_action wq_job_actions[] = {
	{ "show", "QUEUE ID", 2, 2, show, false },
	{ "logs", "QUEUE ID [--limit N] [--from N]", 2, 2, logs, false },
	{ "retry", "QUEUE ID [--state failed|completed] [--reset]", 2, 2, retry, true },
	{ "promote", "QUEUE ID", 2, 2, promote, true },
	{ "data", "QUEUE ID JSON", 3, 3, change_data, true },
	{ "delay", "QUEUE ID TIME", 3, 3, change_delay, true },
	{ "priority", "QUEUE ID N [--front]", 3, 3, change_priority, true },
	{ "log", "QUEUE ID ROW", 3, 3, add_log, true },
	{ "remove", "QUEUE ID [--children] --yes", 2, 2, remove_job, true },
	{ NULL, NULL, 0, 0, NULL, false },
};
