/* SPDX-License-Identifier: MIT */
/* dead_data.c — the job's bytes stay as they are, but for a member "dlq" that it had before. */
#include "queue/dead_data.h"

#include "base/err.h"
#include "base/limits.h"

/* What is no object becomes an empty one; for lack of memory nothing is written at all. */
static void write_object_or_none(struct wq_jsonw *w, const char *key, struct wq_str json)
{
	yyjson_doc *doc;

	if (wq_json_parse(&doc, json, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM && w->rc == 0)
		w->rc = WQ_ENOMEM;
	wq_jsonw_key(w, key);
	wq_jsonw_raw(w, yyjson_is_obj(yyjson_doc_get_root(doc)) ? json : wq_str("{}"));
	wq_json_free(doc);
}

void wq_dead_mark_write(struct wq_jsonw *w, yyjson_doc *doc)
{
	if (yyjson_is_obj(yyjson_doc_get_root(doc)))
		return;
	wq_jsonw_key(w, "wrapped");
	wq_jsonw_raw(w, doc ? wq_str("true") : wq_str("\"text\""));
}

static void write_history(struct wq_jsonw *w, const struct wq_dead *d, yyjson_doc *doc)
{
	wq_jsonw_key(w, "dlq");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "queue", d->queue);
	wq_jsonw_put_str(w, "id", d->job->id);
	wq_jsonw_put_str(w, "failedReason", d->reason);
	wq_jsonw_put_int(w, "attemptsMade", (int64_t)d->job->attempts_made + 1);
	wq_jsonw_key(w, "stacktrace");
	wq_jsonw_raw(w, d->stacktrace.n ? d->stacktrace : wq_str("[]"));
	wq_jsonw_put_int(w, "failedAt", d->failed_at_ms);
	write_object_or_none(w, "opts", d->job->opts);
	if (d->job->parent_key.n) {
		wq_jsonw_put_str(w, "parentKey", d->job->parent_key);
		write_object_or_none(w, "parent", d->job->parent);
	}
	wq_dead_mark_write(w, doc);
	wq_jsonw_object_end(w);
}

/* The members of an object as they were written: what stands between its braces. */
static struct wq_str members_of(struct wq_str object)
{
	size_t first = wq_str_find(object, '{') + 1, end = object.n;

	while (object.p[end - 1] != '}')
		end--;
	return wq_strn(object.p + first, end - 1 - first);
}

static void write_object(struct wq_jsonw *w, yyjson_val *root, struct wq_str data)
{
	size_t i, max;
	yyjson_val *key, *v;

	if (!wq_json_get(root, "dlq")) {
		if (yyjson_obj_size(root) > 0)
			wq_jsonw_raw(w, members_of(data));
		return;
	}
	yyjson_obj_foreach(root, i, max, key, v)
	{
		if (yyjson_equals_str(key, "dlq"))
			continue;
		wq_jsonw_value(w, key);
		w->comma = false;
		wq_jsonw_raw(w, wq_str(":"));
		w->comma = false;
		wq_jsonw_value(w, v);
	}
}

void wq_dead_data_write(struct wq_jsonw *w, yyjson_doc *doc, struct wq_str data)
{
	yyjson_val *root = yyjson_doc_get_root(doc);

	if (yyjson_is_obj(root)) {
		write_object(w, root, data);
		return;
	}
	wq_jsonw_key(w, "value");
	if (doc)
		wq_jsonw_raw(w, data);
	else
		wq_jsonw_str(w, data);
}

int wq_dead_data_add(struct wq_buf *out, const struct wq_dead *d)
{
	struct wq_jsonw w;
	yyjson_doc *doc;

	if (wq_json_parse(&doc, d->job->data, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_ENOMEM;
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_dead_data_write(&w, doc, d->job->data);
	write_history(&w, d, doc);
	wq_jsonw_object_end(&w);
	wq_json_free(doc);
	return wq_jsonw_end(&w);
}
