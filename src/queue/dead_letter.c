/* SPDX-License-Identifier: MIT */
/* dead_letter.c — the history is read, the job is what stands around it. */
#include "queue/dead_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json_member.h"
#include "base/limits.h"
#include "queue/dead_data.h"

/* The id is a number in letters that others wrote. */
static struct wq_str text_of(yyjson_val *v, char number[24])
{
	if (!yyjson_is_int(v))
		return wq_json_str(v);
	if (yyjson_is_uint(v))
		snprintf(number, 24, "%" PRIu64, yyjson_get_uint(v));
	else
		snprintf(number, 24, "%" PRId64, yyjson_get_sint(v));
	return wq_str(number);
}

static void read_account(struct wq_dead_letter *l, yyjson_val *data)
{
	static const char *const keys[] = { "businessId", "accountId" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !l->account.n; i++)
		l->account = text_of(wq_json_get(data, keys[i]), l->number);
}

int wq_dead_letter_read(struct wq_dead_letter *l, const struct wq_job *job)
{
	yyjson_val *root, *dlq, *wrapped;

	*l = (struct wq_dead_letter){ .job = job };
	if (job->data.p && wq_json_parse(&l->doc, job->data, WQ_JOB_JSON_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_ENOMEM;
	root = yyjson_doc_get_root(l->doc);
	dlq = wq_json_get(root, "dlq");
	l->queue = wq_json_get_str(dlq, "queue");
	l->id = text_of(wq_json_get(dlq, "id"), l->id_number);
	l->reason = wq_json_get_str(dlq, "failedReason");
	l->attempts_made = wq_json_get_int(dlq, "attemptsMade", 0);
	l->failed_at_ms = wq_json_get_int(dlq, "failedAt", job->timestamp_ms);
	l->stacktrace = wq_json_get(dlq, "stacktrace");
	l->opts = wq_json_get(dlq, "opts");
	l->parent_key = wq_json_get_str(dlq, "parentKey");
	l->parent = wq_json_get(dlq, "parent");
	wrapped = wq_json_get(dlq, "wrapped");
	l->text = yyjson_equals_str(wrapped, "text") && yyjson_is_str(wq_json_get(root, "value"));
	l->wrapped = l->text || (yyjson_get_bool(wrapped) && wq_json_get(root, "value"));
	read_account(l, root);
	return 0;
}

void wq_dead_letter_fini(struct wq_dead_letter *l)
{
	wq_json_free(l->doc);
	l->doc = NULL;
}

static int add_pair(struct wq_buf *out, struct wq_str a, struct wq_str b)
{
	int rc = wq_buf_add_str(out, a);

	return rc == 0 ? wq_buf_add_str(out, b) : rc;
}

/* The object without what lies from `from` to `to`, and without one of the commas at its sides. */
static int add_without(struct wq_buf *out, struct wq_str s, size_t from, size_t to)
{
	size_t before = from;

	if (s.p[to] == ',')
		return add_pair(out, wq_strn(s.p, from), wq_strn(s.p + to + 1, s.n - to - 1));
	while (before > 0 && s.p[before - 1] != ',' && s.p[before - 1] != '{')
		before--;
	if (before > 0 && s.p[before - 1] == ',')
		before--;
	return add_pair(out, wq_strn(s.p, before), wq_strn(s.p + to, s.n - to));
}

static int add_value(struct wq_buf *out, yyjson_val *v)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_value(&w, v);
	return wq_jsonw_end(&w);
}

int wq_dead_letter_data_add(const struct wq_dead_letter *l, struct wq_buf *out)
{
	struct wq_str data = l->job->data;
	yyjson_val *root = yyjson_doc_get_root(l->doc);
	struct wq_json_member m = { 0 };

	if (l->text)
		return wq_buf_add_str(out, wq_json_get_str(root, "value"));
	if (l->wrapped && wq_json_member_find(data, "value", &m))
		return wq_buf_add_str(out, m.value);
	if (yyjson_is_obj(wq_json_get(root, "dlq")) && wq_json_member_find(data, "dlq", &m))
		return add_without(out, data, m.from, m.to);
	return data.n ? wq_buf_add_str(out, data) : wq_buf_add_text(out, "{}");
}

int wq_dead_letter_parent_add(const struct wq_dead_letter *l, struct wq_buf *out)
{
	return yyjson_is_obj(l->parent) ? add_value(out, l->parent) : wq_buf_add_text(out, "{}");
}

int wq_dead_letter_opts_add(const struct wq_dead_letter *l, struct wq_buf *out)
{
	if (yyjson_is_obj(l->opts))
		return add_value(out, l->opts);
	return wq_buf_add_text(out, "{\"attempts\":0}");
}

/* The history with its mark of what the data are now. */
static void write_history(struct wq_jsonw *w, yyjson_val *dlq, yyjson_doc *doc)
{
	yyjson_val *key, *v;
	size_t i, max;

	wq_jsonw_key(w, "dlq");
	wq_jsonw_object(w);
	yyjson_obj_foreach(dlq, i, max, key, v)
	{
		if (yyjson_equals_str(key, "wrapped"))
			continue;
		wq_jsonw_key_str(w, wq_json_str(key));
		wq_jsonw_value(w, v);
	}
	wq_dead_mark_write(w, doc);
	wq_jsonw_object_end(w);
}

int wq_dead_letter_edit_add(const struct wq_dead_letter *l, struct wq_str json, struct wq_buf *out)
{
	yyjson_val *dlq = wq_json_get(yyjson_doc_get_root(l->doc), "dlq");
	struct wq_jsonw w;
	yyjson_doc *doc;
	int rc = wq_json_parse(&doc, json, WQ_JOB_JSON_DEPTH_MAX);

	if (rc < 0)
		return rc;
	if (!yyjson_is_obj(dlq)) { /* no history to keep */
		wq_json_free(doc);
		return wq_buf_add_str(out, json);
	}
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_dead_data_write(&w, doc, json);
	write_history(&w, dlq, doc);
	wq_jsonw_object_end(&w);
	wq_json_free(doc);
	return wq_jsonw_end(&w);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool holds(struct wq_str text, struct wq_str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++) {
		size_t k = 0;

		while (k < part.n && lower(text.p[i + k]) == lower(part.p[k]))
			k++;
		if (k == part.n)
			return true;
	}
	return false;
}

bool wq_dead_filter_takes(const struct wq_dead_filter *f, const struct wq_dead_letter *l)
{
	return (!f->error.n || holds(l->reason, f->error)) &&
	       (!f->name.n || wq_str_eq(f->name, l->job->name)) &&
	       (!f->account.n || wq_str_eq(f->account, l->account)) &&
	       (!f->since_ms || l->failed_at_ms >= f->since_ms) &&
	       (!f->until_ms || l->failed_at_ms < f->until_ms);
}

bool wq_dead_filter_is_empty(const struct wq_dead_filter *f)
{
	return !f->error.n && !f->name.n && !f->account.n && !f->since_ms && !f->until_ms;
}
