/* SPDX-License-Identifier: MIT */
/* ops_inspector.c — what people do to a queue: queue/inspector.h, op by op.  What they look at is in ops_look.c. */
#include "driver/driver.h"
#include "queue/inspector.h"
#include "queue/job_policy.h"

enum { IDS_MAX = 4096, ID_MAX_BYTES = 128 };

struct act {
	struct wq_inspect i;
	struct driver *d;
	int code;
	uint64_t n;
	char ids[IDS_MAX][ID_MAX_BYTES]; /* that a clean took */
	size_t ids_n;
};

static struct act act; /* one at a time */

static struct wq_str id_of(yyjson_val *request)
{
	return wq_json_get_str(request, "id");
}

static uint32_t number(yyjson_val *request, const char *name)
{
	return (uint32_t)wq_json_get_int(request, name, 0);
}

static void on_id(struct wq_inspect *i, struct wq_str id)
{
	if (act.ids_n < IDS_MAX)
		snprintf(act.ids[act.ids_n++], ID_MAX_BYTES, "%.*s", WQ_STR_ARG(id));
}

static void on_done(struct wq_inspect *i, int rc)
{
	act.code = i->code;
	act.n = i->n;
	if (rc != 0)
		driver_die(i->error, rc);
	driver_done(act.d, rc);
}

static struct wq_inspect *begin(struct driver *d)
{
	act.d = d;
	act.ids_n = 0;
	wq_inspect_init(&act.i, d->loop, &d->ref, on_done);
	act.i.on_id = on_id;
	return &act.i;
}

/* What the call that started it returned → its code. */
static int end(struct driver *d, int started)
{
	if (started < 0)
		driver_die("inspect", started);
	driver_wait(d);
	return act.code;
}

/* null, or an error. */
static void finish(struct driver *d, int started)
{
	int code = end(d, started);

	if (code < 0)
		driver_refuse(d, code, NULL);
	else
		wq_jsonw_null(&d->out);
}

static void op_pause(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_pause(begin(d)));
}

static void op_resume(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_resume(begin(d)));
}

static void op_promote(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_promote(begin(d), id_of(request)));
}

static void op_promote_all(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_promote_all(begin(d)));
}

static void op_change_delay(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_change_delay(begin(d), id_of(request),
	                                  wq_json_get_int(request, "ms", 0)));
}

static void op_change_priority(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_change_priority(begin(d), id_of(request), number(request, "priority"),
	                                     driver_flag(request, "lifo")));
}

static enum wq_finished finished_of(yyjson_val *request)
{
	return wq_str_is(wq_json_get_str(request, "state"), "completed") ? WQ_FINISHED_COMPLETED
	                                                                 : WQ_FINISHED_FAILED;
}

static void op_retry(struct driver *d, yyjson_val *request)
{
	struct wq_retry how = { .state = finished_of(request),
		                .reset_made = driver_flag(request, "resetAttemptsMade"),
		                .reset_started = driver_flag(request, "resetAttemptsStarted") };

	finish(d, wq_inspect_retry(begin(d), id_of(request), &how));
}

static void op_retry_all(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_retry_all(begin(d), finished_of(request),
	                               wq_json_get_int(request, "timestamp", 0)));
}

/* 1 removed, 0 held. */
static void op_remove(struct driver *d, yyjson_val *request)
{
	int code = end(d, wq_inspect_remove(begin(d), id_of(request),
	                                    driver_flag(request, "children")));

	if (code < 0)
		driver_refuse(d, code, NULL);
	else
		wq_jsonw_int(&d->out, code != WQ_CHANGE_HELD);
}

static void op_remove_pending(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_remove_pending(begin(d), id_of(request)));
}

static void op_detach(struct driver *d, yyjson_val *request)
{
	int code = end(d, wq_inspect_detach(begin(d), id_of(request)));

	if (code < 0)
		driver_refuse(d, code, NULL);
	else
		wq_jsonw_bool(&d->out, code == WQ_CHANGE_DONE);
}

static enum wq_place place_of(struct wq_str name)
{
	static const char *const names[WQ_PLACES] = { "wait",      "paused",      "active",
		                                      "delayed",   "prioritized", "waiting-children",
		                                      "completed", "failed" };

	for (size_t i = 0; i < WQ_PLACES; i++)
		if (wq_str_is(name, names[i]))
			return (enum wq_place)i;
	driver_die("place", 0);
}

static void op_clean(struct driver *d, yyjson_val *request)
{
	int code = end(d,
	               wq_inspect_clean_place(begin(d), place_of(wq_json_get_str(request, "state")),
	                                      wq_json_get_int(request, "grace", 0),
	                                      number(request, "limit")));

	if (code < 0) {
		driver_refuse(d, code, NULL);
		return;
	}
	wq_jsonw_array(&d->out);
	for (size_t i = 0; i < act.ids_n; i++)
		wq_jsonw_text(&d->out, act.ids[i]);
	wq_jsonw_array_end(&d->out);
}

static void op_drain(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_drain(begin(d), driver_flag(request, "delayed")));
}

static void op_obliterate(struct driver *d, yyjson_val *request)
{
	int code = end(d, wq_inspect_obliterate(begin(d), driver_flag(request, "force")));

	if (code < 0)
		driver_refuse(d, 0, wq_inspect_code_text(code));
	else
		wq_jsonw_null(&d->out);
}

static void op_concurrency(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_concurrency(begin(d), number(request, "n")));
}

static void op_rate(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_rate(begin(d), number(request, "max"), number(request, "ms")));
}

static void op_hold(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_hold(begin(d), number(request, "ms")));
}

static void op_update_data(struct driver *d, yyjson_val *request)
{
	finish(d,
	       wq_inspect_update_data(begin(d), id_of(request), wq_json_get_str(request, "data")));
}

static void op_progress(struct driver *d, yyjson_val *request)
{
	finish(d, wq_inspect_progress(begin(d), id_of(request), wq_json_get_str(request, "value")));
}

/* How many rows the log has. */
static void op_add_log(struct driver *d, yyjson_val *request)
{
	int code = end(d, wq_inspect_log(begin(d), id_of(request), wq_json_get_str(request, "row"),
	                                 number(request, "keep")));

	if (code < 0)
		driver_refuse(d, code, NULL);
	else
		wq_jsonw_int(&d->out, (int64_t)act.n);
}

/* As a worker does: the job's own options say how many rows stay. */
static void op_worker_log(struct driver *d, yyjson_val *request)
{
	const struct held *h = held_find(wq_ref_base(&d->ref), id_of(request));
	struct wq_job_policy policy;

	wq_job_policy_read(&policy, h->job->opts);
	end(d, wq_inspect_log(begin(d), id_of(request), wq_json_get_str(request, "row"),
	                      policy.logs < 0 ? 0 : (uint32_t)policy.logs));
	wq_jsonw_int(&d->out, (int64_t)act.n);
}

static void op_dedup_forget(struct driver *d, yyjson_val *request)
{
	end(d, wq_inspect_dedup_forget(begin(d), id_of(request)));
	wq_jsonw_int(&d->out, (int64_t)act.n);
}

const struct driver_op driver_inspector_ops[] = {
	{ "pause", op_pause },
	{ "resume", op_resume },
	{ "promote", op_promote },
	{ "promoteAll", op_promote_all },
	{ "changeDelay", op_change_delay },
	{ "changePriority", op_change_priority },
	{ "retry", op_retry },
	{ "retryAll", op_retry_all },
	{ "remove", op_remove },
	{ "removeUnprocessedChildren", op_remove_pending },
	{ "removeChildDependency", op_detach },
	{ "clean", op_clean },
	{ "drain", op_drain },
	{ "obliterate", op_obliterate },
	{ "setConcurrency", op_concurrency },
	{ "setRateLimit", op_rate },
	{ "rateLimit", op_hold },
	{ "updateData", op_update_data },
	{ "progress", op_progress },
	{ "addLog", op_add_log },
	{ "workerLog", op_worker_log },
	{ "removeDedupKey", op_dedup_forget },
	{ NULL, NULL },
};
