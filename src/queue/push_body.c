/* SPDX-License-Identifier: MIT */
/* push_body.c — one object, and the option names that are stored short written out. */
#include "queue/push_body.h"

#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

static const struct {
	const char *stored, *name;
} names[] = {
	{ "fpof", "failParentOnFailure" },
	{ "rdof", "removeDependencyOnFailure" },
	{ "idof", "ignoreDependencyOnFailure" },
	{ "cpof", "continueParentOnFailure" },
	{ "kl", "keepLogs" },
	{ "de", "deduplication" },
};

static struct wq_str full_name(struct wq_str stored)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (wq_str_is(stored, names[i].stored))
			return wq_str(names[i].name);
	return stored;
}

static void write_telemetry(struct wq_jsonw *w, yyjson_val *opts)
{
	yyjson_val *metadata = wq_json_get(opts, "tm"), *omits = wq_json_get(opts, "omc");

	if (!metadata && !omits)
		return;
	wq_jsonw_key(w, "telemetry");
	wq_jsonw_object(w);
	if (metadata) {
		wq_jsonw_key(w, "metadata");
		wq_jsonw_value(w, metadata);
	}
	if (omits) {
		wq_jsonw_key(w, "omitContext");
		wq_jsonw_value(w, omits);
	}
	wq_jsonw_object_end(w);
}

/* For want of memory nothing is taken for broken: the endpoint would get another job than was added. */
static int write_opts(struct wq_jsonw *w, struct wq_str text)
{
	yyjson_doc *doc;
	yyjson_val *opts, *key, *v;
	size_t i, max;

	if (wq_json_parse(&doc, text, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_ENOMEM;
	opts = yyjson_doc_get_root(doc);

	wq_jsonw_key(w, "opts");
	wq_jsonw_object(w);
	if (yyjson_is_obj(opts)) {
		yyjson_obj_foreach(opts, i, max, key, v)
		{
			if (yyjson_equals_str(key, "tm") || yyjson_equals_str(key, "omc"))
				continue;
			wq_jsonw_key_str(w, full_name(wq_json_str(key)));
			wq_jsonw_value(w, v);
		}
		write_telemetry(w, opts);
	}
	wq_jsonw_object_end(w);
	wq_json_free(doc);
	return 0;
}

/* JSON as it was written, else as a string. */
static int write_data(struct wq_jsonw *w, struct wq_str data)
{
	yyjson_doc *doc;

	if (wq_json_parse(&doc, data, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_ENOMEM;
	wq_jsonw_key(w, "data");
	if (doc)
		wq_jsonw_raw(w, data);
	else
		wq_jsonw_str(w, data);
	wq_json_free(doc);
	return 0;
}

static int write_parent(struct wq_jsonw *w, struct wq_str parent)
{
	yyjson_doc *doc;

	if (wq_json_parse(&doc, parent, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_ENOMEM;
	if (yyjson_is_obj(yyjson_doc_get_root(doc))) {
		wq_jsonw_key(w, "parent");
		wq_jsonw_raw(w, parent);
	}
	wq_json_free(doc);
	return 0;
}

int wq_push_body_add(struct wq_buf *out, struct wq_str queue, const struct wq_job *j,
                     struct wq_str token)
{
	struct wq_jsonw w;
	int rc, written;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "queue", queue);
	wq_jsonw_put_str(&w, "id", j->id);
	wq_jsonw_put_str(&w, "name", j->name);
	rc = write_data(&w, j->data);
	if (rc == 0)
		rc = write_opts(&w, j->opts);
	wq_jsonw_put_int(&w, "timestamp", j->timestamp_ms);
	wq_jsonw_put_int(&w, "attemptsMade", j->attempts_made);
	wq_jsonw_put_int(&w, "attemptsStarted", j->attempts_started);
	wq_jsonw_put_str(&w, "token", token);
	if (rc == 0)
		rc = write_parent(&w, j->parent);
	wq_jsonw_object_end(&w);
	written = wq_jsonw_end(&w);
	return rc < 0 ? rc : written;
}

int wq_push_header_add(struct wq_buf *out, struct wq_str text)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		rc = c > 0x20 && c < 0x7f && c != '%' ? wq_buf_add_char(out, (char)c)
		                                      : wq_buf_addf(out, "%%%02X", c);
	}
	return rc;
}
