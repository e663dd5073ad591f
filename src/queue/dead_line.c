/* SPDX-License-Identifier: MIT */
/* dead_line.c — a job as it must have been, and its letter as the worker would have written it. */
#include "queue/dead_line.h"

#include "base/err.h"
#include "base/json_member.h"
#include "base/limits.h"
#include "queue/dead_data.h"

/* As it was written; "" when it is missing. */
static struct wq_str raw(struct wq_str line, const char *key)
{
	struct wq_json_member m;

	return wq_json_member_find(line, key, &m) ? m.value : wq_str("");
}

static struct wq_str text(yyjson_val *root, const char *key)
{
	struct wq_str s = wq_json_get_str(root, key);

	return s.p ? s : wq_str("");
}

static const char *problem(yyjson_val *root)
{
	if (!yyjson_is_obj(root))
		return "it is no JSON object";
	if (yyjson_get_bool(wq_json_get(root, "truncated")))
		return "the data of the job were left out when it was written";
	return wq_json_get(root, "data") ? NULL : "it has no member \"data\"";
}

static int refuse(struct wq_dead_line *d, const char *why)
{
	d->why = why;
	return WQ_EPARSE;
}

int wq_dead_line_read(struct wq_dead_line *d, struct wq_str line, struct wq_buf *out)
{
	struct wq_job job = { .id = wq_str("") };
	struct wq_dead dead = { .job = &job };
	yyjson_val *root;
	int64_t made;

	*d = (struct wq_dead_line){ .name = wq_str("") };
	if (wq_json_parse(&d->doc, line, WQ_JOB_JSON_DEPTH_MAX + 1) == WQ_ENOMEM)
		return WQ_ENOMEM;
	root = yyjson_doc_get_root(d->doc);
	if (problem(root))
		return refuse(d, problem(root));
	d->name = text(root, "name");
	made = wq_json_get_int(root, "attempts_made", 1);
	job.id = text(root, "job_id");
	job.data = raw(line, "data");
	if (!job.data.n)
		return refuse(d, "its member \"data\" is written in a way of its own");
	job.opts = yyjson_is_obj(wq_json_get(root, "opts")) ? raw(line, "opts") : wq_str("{}");
	job.attempts_made = made > 0 && made <= UINT32_MAX ? (uint32_t)made - 1 : 0;
	dead.queue = text(root, "queue");
	dead.reason = text(root, "reason");
	if (yyjson_is_arr(wq_json_get(root, "stacktrace")))
		dead.stacktrace = raw(line, "stacktrace");
	dead.failed_at_ms = wq_json_get_int(root, "failed_at", 0);
	return wq_dead_data_add(out, &dead);
}

void wq_dead_line_fini(struct wq_dead_line *d)
{
	wq_json_free(d->doc);
	d->doc = NULL;
}
