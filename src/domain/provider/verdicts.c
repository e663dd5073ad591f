/* SPDX-License-Identifier: MIT */
/* verdicts.c — rows of people's own, read from JSON. */
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict_row.h"

enum { DEPTH = 8 };

struct own_row {
	enum wq_provider provider;
	struct wq_verdict_row row;
};

struct wq_verdicts {
	size_t n;
	struct own_row rows[];
};

/* Where we are, for who has to mend it. */
struct reader {
	struct wq_verdicts *v;
	const char *provider;
	struct wq_str key;
	char *why;
};

/* "cloud.131026: …" */
__attribute__((format(printf, 2, 3))) static int refuse(const struct reader *r, const char *fmt,
                                                        ...)
{
	char what[WQ_VERDICTS_WHY_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	(void)snprintf(r->why, WQ_VERDICTS_WHY_BYTES, "%s.%.*s: %s", r->provider,
	               (int)(r->key.n < 64 ? r->key.n : 64), r->key.p, what);
	return WQ_EPARSE;
}

static const struct wq_verdict_row *by_word(enum wq_provider p, struct wq_str word)
{
	const struct wq_verdict_table *t = wq_verdict_table(p);

	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].word && wq_str_is(word, t->rows[i].word))
			return &t->rows[i];
	return NULL;
}

/* The row that a key stands for, as the table has it. */
static int read_key(const struct reader *r, enum wq_provider p, struct wq_verdict_row *out)
{
	const struct wq_verdict_row *known = by_word(p, r->key);
	size_t slash = wq_str_find(r->key, '/');
	uint64_t code, subcode = 0;

	if (!known) {
		if (!wq_str_to_u64(wq_strn(r->key.p, slash), INT32_MAX, &code) || code == 0)
			return refuse(r, p == WQ_PROVIDER_EVOLUTION
			                         ? "is none of the words of docs/verdicts.md"
			                         : "is no error code, as 131026 or 190/463");
		if (slash < r->key.n &&
		    (!wq_str_to_u64(wq_strn(r->key.p + slash + 1, r->key.n - slash - 1), INT32_MAX,
		                    &subcode) ||
		     subcode == 0))
			return refuse(r, "has no subcode behind its \"/\"");
		known = wq_verdict_find(p, (int64_t)code, (int64_t)subcode);
		*out = known ? *known : (struct wq_verdict_row){ .action = WQ_ACTIONS };
		out->code = (int64_t)code;
		out->code_to = 0;
		out->subcode = (int64_t)subcode;
		return 0;
	}
	*out = *known;
	return 0;
}

static const char *nearest(struct wq_str word)
{
	unsigned best = 3;
	const char *name = NULL;

	for (int a = WQ_ACT_RETRY; a < WQ_ACT_SETTLE; a++) {
		unsigned d = wq_str_distance(word, wq_str(wq_action_name((enum wq_action)a)));

		if (d < best) {
			best = d;
			name = wq_action_name((enum wq_action)a);
		}
	}
	return name;
}

static int read_action(const struct reader *r, const char *member, yyjson_val *v,
                       enum wq_action *out)
{
	struct wq_str word = wq_json_str(v);
	const char *near;

	for (int a = WQ_ACT_RETRY; a < WQ_ACT_SETTLE; a++) {
		if (wq_str_is(word, wq_action_name((enum wq_action)a))) {
			*out = (enum wq_action)a;
			return 0;
		}
	}
	if (!word.p)
		return refuse(r, "%s is not text", member);
	near = nearest(word);
	return refuse(r, "%s \"%.*s\" is none of the actions%s%s%s", member,
	              (int)(word.n < 32 ? word.n : 32), word.p, near ? "; did you mean " : "",
	              near ? near : "", near ? "?" : "");
}

static int read_number(const struct reader *r, const char *member, yyjson_val *v, int64_t min,
                       int64_t max, int64_t *out)
{
	if (!yyjson_is_uint(v) || yyjson_get_uint(v) < (uint64_t)min ||
	    yyjson_get_uint(v) > (uint64_t)max)
		return refuse(r, "%s is no number from %lld to %lld", member, (long long)min,
		              (long long)max);
	*out = (int64_t)yyjson_get_uint(v);
	return 0;
}

static void act(struct wq_verdict_row *row, enum wq_action action)
{
	if (row->action == action)
		return;
	row->action = action;
	row->wait_ms = row->wait_max_ms = 0;
	row->attempts_max = 0;
	row->then = WQ_ACT_DONE;
}

/* The action before all others: it resets them. */
static int read_row(const struct reader *r, yyjson_val *obj, struct wq_verdict_row *row)
{
	enum wq_action action = row->action;
	yyjson_val *key, *value;
	size_t i, max;
	int64_t n = 0;
	int rc = 0;

	if (!yyjson_is_obj(obj))
		return refuse(r, "is no object");
	value = wq_json_get(obj, "action");
	if (value)
		rc = read_action(r, "action", value, &action);
	else if (action == WQ_ACTIONS)
		rc = refuse(r, "has no action, and the table has no such code");
	act(row, action);
	yyjson_obj_foreach(obj, i, max, key, value)
	{
		struct wq_str name = wq_json_str(key);

		if (rc < 0)
			break;
		if (wq_str_is(name, "action"))
			continue;
		if (wq_str_is(name, "waitMs")) {
			rc = read_number(r, "waitMs", value, 0, WQ_VERDICT_OWN_WAIT_MAX_MS,
			                 &row->wait_ms);
			row->wait_max_ms = row->wait_max_ms > row->wait_ms ? row->wait_max_ms : 0;
		} else if (wq_str_is(name, "attempts")) {
			rc = read_number(r, "attempts", value, 1, WQ_VERDICT_TRIES_MAX, &n);
			row->attempts_max = rc == 0 ? (unsigned)n : 0;
		} else if (wq_str_is(name, "then")) {
			rc = read_action(r, "then", value, &row->then);
		} else {
			rc = refuse(r, "knows action, waitMs, attempts and then, not \"%.*s\"",
			            (int)(name.n < 32 ? name.n : 32), name.p);
		}
	}
	if (rc == 0 && row->then != WQ_ACT_DONE && !row->attempts_max)
		rc = refuse(r, "has a then, but no attempts behind which it would come");
	return rc;
}

static int read_provider(struct reader *r, enum wq_provider p, yyjson_val *obj)
{
	yyjson_val *key, *value;
	size_t i, max;
	int rc = 0;

	r->key = wq_str("*");
	if (!yyjson_is_obj(obj))
		return refuse(r, "is no object of codes");
	yyjson_obj_foreach(obj, i, max, key, value)
	{
		struct own_row *own = &r->v->rows[r->v->n];

		r->key = wq_json_str(key);
		own->provider = p;
		rc = read_key(r, p, &own->row);
		if (rc == 0)
			rc = read_row(r, value, &own->row);
		if (rc < 0)
			return rc;
		r->v->n++;
	}
	return rc;
}

static size_t count(yyjson_val *root)
{
	yyjson_val *key, *value;
	size_t i, max, n = 0;

	yyjson_obj_foreach(root, i, max, key, value) n += yyjson_obj_size(value);
	return n;
}

static int read_all(struct reader *r, yyjson_val *root)
{
	yyjson_val *key, *value;
	size_t i, max;
	int rc = 0;

	yyjson_obj_foreach(root, i, max, key, value)
	{
		int p = 0;

		while (p < WQ_PROVIDERS &&
		       !wq_str_is(wq_json_str(key), wq_provider_name((enum wq_provider)p)))
			p++;
		if (p == WQ_PROVIDERS) {
			(void)snprintf(r->why, WQ_VERDICTS_WHY_BYTES,
			               "\"%.32s\" is no provider: cloud, evolution, twilio",
			               yyjson_get_str(key));
			return WQ_EPARSE;
		}
		r->provider = wq_provider_name((enum wq_provider)p);
		rc = read_provider(r, (enum wq_provider)p, value);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* The first thing that is wrong with the text as a whole. */
static const char *wrong_with(struct wq_str json, yyjson_val *root)
{
	if (json.n > WQ_VERDICTS_MAX_BYTES)
		return "larger than 256 KiB";
	if (!root)
		return "it is no JSON";
	if (!yyjson_is_obj(root))
		return "it is no object of providers";
	return count(root) > WQ_VERDICTS_ROWS_MAX ? "more than 1,000 rows" : NULL;
}

int wq_verdicts_read(struct wq_verdicts **out, struct wq_str json,
                     char why[static WQ_VERDICTS_WHY_BYTES])
{
	struct reader r = { .why = why };
	yyjson_doc *doc = NULL;
	yyjson_val *root;
	const char *wrong;
	int rc = json.n > WQ_VERDICTS_MAX_BYTES ? 0 : wq_json_parse(&doc, json, DEPTH);

	*out = NULL;
	why[0] = '\0';
	root = yyjson_doc_get_root(doc);
	wrong = rc == WQ_ENOMEM ? NULL : wrong_with(json, root);
	if (wrong) {
		(void)snprintf(why, WQ_VERDICTS_WHY_BYTES, "%s", wrong);
		rc = WQ_EPARSE;
	}
	if (rc == 0) {
		r.v = wq_zalloc(sizeof(*r.v) + (count(root) + 1) * sizeof(r.v->rows[0]));
		rc = r.v ? read_all(&r, root) : WQ_RAISE(WQ_ENOMEM);
	}
	wq_json_free(doc);
	if (rc == 0)
		*out = r.v;
	else
		wq_free(r.v);
	return rc;
}

void wq_verdicts_destroy(struct wq_verdicts *v)
{
	wq_free(v);
}

const struct wq_verdict_row *wq_verdicts_find(const struct wq_verdicts *v, enum wq_provider p,
                                              int64_t code, int64_t subcode)
{
	const struct wq_verdict_row *found = NULL;

	for (size_t i = 0; v && code && i < v->n; i++) {
		const struct own_row *own = &v->rows[i];

		if (own->provider != p || own->row.code != code)
			continue;
		if (own->row.subcode == subcode)
			return &own->row;
		if (!own->row.subcode)
			found = &own->row;
	}
	return found;
}
