/* SPDX-License-Identifier: MIT */
/* dead_letter.c — finds the member "dlq" in text that is known to be JSON, and what stands around it. */
#include "queue/dead_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

static const struct wq_str key_text = WQ_STR("\"dlq\"");

/* Behind the string that begins at `i`. */
static size_t skip_string(struct wq_str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i + 1;
}

/* Behind the value, comma or not, that begins at `i`: at the ',' or '}' of the object that holds it. */
static size_t skip_value(struct wq_str s, size_t i)
{
	unsigned depth = 0;

	while (i < s.n) {
		char c = s.p[i];

		if (c == '"') {
			i = skip_string(s, i);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if (depth && (c == '}' || c == ']'))
			depth--;
		else if (!depth && (c == '}' || c == ','))
			return i;
		i++;
	}
	return s.n;
}

/* Where the last member "dlq" of an object begins and ends (at the ',' or '}' behind it); false: it has none. */
static bool find_member(struct wq_str s, size_t *from, size_t *to)
{
	size_t i = wq_str_find(s, '{') + 1;
	bool found = false;

	while (i < s.n && s.p[i] != '}') {
		size_t key = i, end;

		while (key < s.n && s.p[key] != '"' && s.p[key] != '}')
			key++;
		if (key >= s.n || s.p[key] == '}')
			break;
		end = skip_string(s, key);
		i = skip_value(s, end);
		if (end <= s.n && wq_str_eq(wq_strn(s.p + key, end - key), key_text)) {
			*from = key;
			*to = i;
			found = true;
		}
		if (i < s.n && s.p[i] == ',')
			i++;
	}
	return found && *to < s.n;
}

static void read_account(struct wq_dead_letter *l, yyjson_val *data)
{
	static const char *const keys[] = { "businessId", "accountId" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !l->account.n; i++) {
		yyjson_val *v = wq_json_get(data, keys[i]);

		l->account = wq_json_str(v);
		if (!yyjson_is_int(v))
			continue;
		snprintf(l->number, sizeof(l->number), "%" PRId64, yyjson_get_sint(v));
		l->account = wq_str(l->number);
	}
}

void wq_dead_letter_read(struct wq_dead_letter *l, const struct wq_job *job)
{
	yyjson_val *root, *dlq;

	*l = (struct wq_dead_letter){ .job = job };
	l->doc = job->data.p ? wq_json_read(job->data, WQ_JOB_JSON_DEPTH_MAX, NULL) : NULL;
	root = yyjson_doc_get_root(l->doc);
	dlq = wq_json_get(root, "dlq");
	l->queue = wq_json_get_str(dlq, "queue");
	l->id = wq_json_get_str(dlq, "id");
	l->reason = wq_json_get_str(dlq, "failedReason");
	l->attempts_made = wq_json_get_int(dlq, "attemptsMade", 0);
	l->failed_at_ms = wq_json_get_int(dlq, "failedAt", job->timestamp_ms);
	l->stacktrace = wq_json_get(dlq, "stacktrace");
	l->opts = wq_json_get(dlq, "opts");
	l->wrapped = yyjson_get_bool(wq_json_get(dlq, "wrapped"));
	read_account(l, root);
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
	size_t from = 0, to = 0;

	if (!yyjson_is_obj(wq_json_get(root, "dlq")) || !find_member(data, &from, &to))
		return data.n ? wq_buf_add_str(out, data) : wq_buf_add_text(out, "{}");
	if (l->wrapped)
		return add_value(out, wq_json_get(root, "value"));
	return add_without(out, data, from, to);
}

int wq_dead_letter_opts_add(const struct wq_dead_letter *l, struct wq_buf *out)
{
	if (yyjson_is_obj(l->opts))
		return add_value(out, l->opts);
	return wq_buf_add_text(out, "{\"attempts\":0}");
}

/* The history with its mark of what the data are. */
static void write_history(struct wq_jsonw *w, yyjson_val *dlq, bool wrapped)
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
	if (wrapped) {
		wq_jsonw_key(w, "wrapped");
		wq_jsonw_bool(w, true);
	}
	wq_jsonw_object_end(w);
}

int wq_dead_letter_edit_add(const struct wq_dead_letter *l, struct wq_str json, struct wq_buf *out)
{
	yyjson_val *dlq = wq_json_get(yyjson_doc_get_root(l->doc), "dlq");
	yyjson_doc *doc = wq_json_read(json, WQ_JOB_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *key, *v;
	size_t i, max;
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	if (yyjson_is_obj(root)) {
		yyjson_obj_foreach(root, i, max, key, v)
		{
			if (yyjson_equals_str(key, "dlq"))
				continue;
			wq_jsonw_key_str(&w, wq_json_str(key));
			wq_jsonw_value(&w, v);
		}
	} else {
		wq_jsonw_key(&w, "value");
		wq_jsonw_raw(&w, json);
	}
	if (yyjson_is_obj(dlq))
		write_history(&w, dlq, !yyjson_is_obj(root));
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
