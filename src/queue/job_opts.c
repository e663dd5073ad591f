/* SPDX-License-Identifier: MIT */
/* job_opts.c — one pass over the options: each is looked up in a table, checked, and written under its stored name. */
#include "queue/job_opts.h"

#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"
#include "queue/job_id.h"

enum { SENTENCE_BYTES = 160 };

struct reader {
	struct wq_add_item *item;
	struct wq_arena *arena;
	struct wq_jsonw out;
	struct wq_job_parent parent; /* id.p == NULL: none */
	uint32_t failure;            /* ON_FAILURE bits that are true */
	bool parent_given;           /* by the caller: the options' own does not count */
	bool attempts;               /* written already */
	const char *why;
};

/* What becomes of one option. */
struct option {
	const char *name;   /* public */
	const char *stored; /* NULL: the same */
	/* Checks and uses it; false: r->why tells.  NULL: anything goes. */
	bool (*use)(struct reader *r, const struct option *o, yyjson_val *v);
	/* Writes it in another way than as it is. */
	void (*write)(struct reader *r, const struct option *o, yyjson_val *v);
	uint32_t bit;
};

enum { FAIL_PARENT = 1, REMOVE_DEPENDENCY = 2, IGNORE_DEPENDENCY = 4, CONTINUE_PARENT = 8 };

/* The sentence begins with the field's name. */
static bool refuse(struct reader *r, const char *field, const char *says)
{
	char text[SENTENCE_BYTES];
	int n = snprintf(text, sizeof(text), "%s %s", field, says);

	r->why = wq_arena_copy(r->arena,
	                       wq_strn(text, n < SENTENCE_BYTES ? (size_t)n : SENTENCE_BYTES - 1));
	if (!r->why)
		r->why = "an option cannot be used";
	return false;
}

/* As JavaScript sees it. */
static bool truthy(yyjson_val *v)
{
	if (yyjson_is_bool(v))
		return yyjson_get_bool(v);
	if (yyjson_is_num(v))
		return yyjson_get_num(v) != 0;
	if (yyjson_is_str(v))
		return yyjson_get_len(v) > 0;
	return yyjson_is_obj(v) || yyjson_is_arr(v);
}

/* A whole number of 0 or more, up to `max`. */
static bool whole(yyjson_val *v, int64_t max, int64_t *out)
{
	double d = yyjson_get_num(v);

	if (!yyjson_is_num(v) || d < 0 || d != floor(d) || d > (double)max)
		return false;
	*out = (int64_t)d;
	return true;
}

/* Twice the same key: readers would disagree about which one counts. */
static bool once(struct reader *r, yyjson_val *obj, const char *field)
{
	yyjson_obj_iter it = yyjson_obj_iter_with(obj), rest;
	yyjson_val *key, *other;

	if (yyjson_obj_size(obj) > WQ_JOB_OPTS_MAX_FIELDS)
		return refuse(r, field, "has too many fields");
	while ((key = yyjson_obj_iter_next(&it)) != NULL) {
		rest = it;
		while ((other = yyjson_obj_iter_next(&rest)) != NULL)
			if (yyjson_equals(key, other))
				return refuse(r, field, "has the same field twice");
	}
	return true;
}

static bool use_whole(struct reader *r, const struct option *o, yyjson_val *v)
{
	int64_t n;

	if (yyjson_is_null(v) || whole(v, WQ_JSON_INT_MAX, &n))
		return true;
	return refuse(r, o->name, "is not a whole number of 0 or more");
}

static bool use_attempts(struct reader *r, const struct option *o, yyjson_val *v)
{
	r->attempts = true;
	return use_whole(r, o, v);
}

static bool use_job_id(struct reader *r, const struct option *o, yyjson_val *v)
{
	struct wq_str id = wq_json_str(v);

	if (yyjson_is_null(v) || (id.p && id.n == 0))
		return true;
	if (!id.p)
		return refuse(r, o->name, "is not a text");
	r->why = wq_job_id_problem(id);
	r->item->id = id;
	return r->why == NULL;
}

static bool use_delay(struct reader *r, const struct option *o, yyjson_val *v)
{
	double ms = yyjson_get_num(v);

	if (yyjson_is_null(v))
		return true;
	if (!yyjson_is_num(v) || !isfinite(ms))
		return refuse(r, o->name, "is not a number of milliseconds");
	if (ms > (double)WQ_JOB_DELAY_MAX_MS)
		return refuse(r, o->name, "is more than ten years");
	r->item->delay_ms = ms > 0 ? (int64_t)ms : 0;
	return true;
}

static bool use_priority(struct reader *r, const struct option *o, yyjson_val *v)
{
	int64_t n;

	if (!truthy(v) && !yyjson_is_str(v))
		return true;
	if (yyjson_is_num(v) && yyjson_get_num(v) != floor(yyjson_get_num(v)))
		return refuse(r, o->name, "is not a whole number");
	if (!whole(v, WQ_JOB_PRIORITY_MAX, &n))
		return refuse(r, o->name, "is not between 0 and 2097151");
	r->item->priority = (uint32_t)n;
	return true;
}

static bool use_lifo(struct reader *r, const struct option *o, yyjson_val *v)
{
	(void)o;
	if (truthy(v))
		r->item->flags |= WQ_ADD_LIFO;
	return true;
}

static bool use_timestamp(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!truthy(v) && !yyjson_is_str(v))
		return true;
	if (whole(v, WQ_TIMESTAMP_MAX_MS, &r->item->timestamp_ms))
		return true;
	return refuse(r, o->name, "is not a time in milliseconds since 1970");
}

static bool use_size_limit(struct reader *r, const struct option *o, yyjson_val *v)
{
	size_t n = r->item->data.n ? r->item->data.n : sizeof("{}") - 1;

	if (!yyjson_is_num(v) && !yyjson_is_null(v))
		return refuse(r, o->name, "is not a number of bytes");
	if (truthy(v) && (double)n > yyjson_get_num(v))
		return refuse(r, o->name, "is less than the size of the data");
	return true;
}

static bool use_on_failure(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!truthy(v))
		return true;
	if (r->failure)
		return refuse(
			r, o->name,
			"cannot be used with another option of what a failure does to the parent");
	r->failure = o->bit;
	return true;
}

static bool use_backoff(struct reader *r, const struct option *o, yyjson_val *v)
{
	yyjson_val *jitter = wq_json_get(v, "jitter"), *delay = wq_json_get(v, "delay");

	if (yyjson_is_num(v) && !(yyjson_get_num(v) >= 0))
		return refuse(r, o->name, "is not a number of milliseconds");
	if (yyjson_is_num(v) || !truthy(v))
		return true;
	if (!yyjson_is_obj(v))
		return refuse(r, o->name, "is neither a number nor an object");
	if (!once(r, v, o->name))
		return false;
	if (!wq_json_get_str(v, "type").n)
		return refuse(r, "backoff.type", "is missing");
	if (delay && (!yyjson_is_num(delay) || yyjson_get_num(delay) < 0))
		return refuse(r, "backoff.delay", "is not a number of milliseconds");
	if (yyjson_is_num(jitter) && !(yyjson_get_num(jitter) >= 0 && yyjson_get_num(jitter) <= 1))
		return refuse(r, "backoff.jitter", "is not between 0 and 1");
	return true;
}

static void write_backoff(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!truthy(v) && !yyjson_is_num(v))
		return;
	wq_jsonw_key(&r->out, o->name);
	if (yyjson_is_obj(v)) {
		wq_jsonw_value(&r->out, v);
		return;
	}
	wq_jsonw_object(&r->out);
	wq_jsonw_put_text(&r->out, "type", "fixed");
	wq_jsonw_key(&r->out, "delay");
	wq_jsonw_value(&r->out, v);
	wq_jsonw_object_end(&r->out);
}

/* bool, a number, or {age, count, limit}. */
static bool use_keep(struct reader *r, const struct option *o, yyjson_val *v)
{
	static const char *const fields[] = { "age", "count", "limit" };

	if (yyjson_is_null(v) || yyjson_is_bool(v) || yyjson_is_num(v))
		return true;
	if (!yyjson_is_obj(v))
		return refuse(r, o->name, "is neither true, false, a number nor an object");
	if (!once(r, v, o->name))
		return false;
	for (size_t i = 0; i < WQ_COUNT(fields); i++) {
		yyjson_val *field = wq_json_get(v, fields[i]);

		if (field && !yyjson_is_num(field))
			return refuse(r, o->name,
			              "has an age, count or limit that is not a number");
	}
	return true;
}

static bool use_parent(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!truthy(v) || r->parent_given)
		return true;
	if (!yyjson_is_obj(v))
		return refuse(r, o->name, "is not an object");
	if (!once(r, v, o->name))
		return false;
	r->parent.id = wq_json_get_str(v, "id");
	r->parent.queue = wq_json_get_str(v, "queue");
	if (!r->parent.id.n)
		return refuse(r, "parent.id", "is missing");
	if (!r->parent.queue.n)
		return refuse(r, "parent.queue", "is missing");
	if (wq_str_find(r->parent.queue, ':') == r->parent.queue.n)
		return refuse(r, "parent.queue",
		              "is not a prefix, a colon and the name of a queue");
	return true;
}

static void write_parent(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (r->parent_given)
		return; /* written once, at the end */
	wq_jsonw_key(&r->out, o->name);
	wq_jsonw_value(&r->out, v);
}

static bool use_dedup(struct reader *r, const struct option *o, yyjson_val *v)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} modes[] = {
		{ "replace", WQ_ADD_REPLACE },
		{ "extend", WQ_ADD_EXTEND },
		{ "keepLastIfActive", WQ_ADD_KEEP_LAST },
		{ "reschedule", WQ_ADD_RESCHEDULE },
	};
	struct wq_add_item *item = r->item;
	yyjson_val *ttl = wq_json_get(v, "ttl");

	if (!truthy(v))
		return true;
	if (!yyjson_is_obj(v))
		return refuse(r, o->name, "is not an object");
	if (!once(r, v, o->name))
		return false;
	item->dedup_id = wq_json_get_str(v, "id");
	if (!item->dedup_id.n)
		return refuse(r, o->name, "has no id");
	if (item->dedup_id.n > WQ_JOB_ID_MAX_BYTES)
		return refuse(r, o->name, "has an id that is too long");
	item->dedup_ttl_ms = 0;
	if (ttl && !yyjson_is_null(ttl) && !whole(ttl, WQ_JOB_DELAY_MAX_MS, &item->dedup_ttl_ms))
		return refuse(r, o->name, "has a ttl that is not a number of milliseconds");
	for (size_t i = 0; i < WQ_COUNT(modes); i++)
		if (truthy(wq_json_get(v, modes[i].name)))
			item->flags |= modes[i].flag;
	return true;
}

static bool use_telemetry(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!yyjson_is_obj(v) && !yyjson_is_null(v))
		return refuse(r, o->name, "is not an object");
	return once(r, v, o->name);
}

static void write_telemetry(struct reader *r, const struct option *o, yyjson_val *v)
{
	static const char *const names[][2] = { { "metadata", "tm" }, { "omitContext", "omc" } };

	(void)o;
	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		yyjson_val *field = wq_json_get(v, names[i][0]);

		if (!field)
			continue;
		wq_jsonw_key(&r->out, names[i][1]);
		wq_jsonw_value(&r->out, field);
	}
}

static bool use_repeat(struct reader *r, const struct option *o, yyjson_val *v)
{
	return !truthy(v) ||
	       refuse(r, o->name, "is not an option of one job: make a job scheduler");
}

/* Stored in a field of its own. */
static bool use_repeat_key(struct reader *r, const struct option *o, yyjson_val *v)
{
	if (!truthy(v))
		return true;
	r->item->scheduler = wq_json_str(v);
	return r->item->scheduler.p || refuse(r, o->name, "is not a text");
}

static void write_nothing(struct reader *r, const struct option *o, yyjson_val *v)
{
	(void)r;
	(void)o;
	(void)v;
}

static const struct option options[] = {
	{ .name = "attempts", .use = use_attempts },
	{ .name = "backoff", .use = use_backoff, .write = write_backoff },
	{ .name = "continueParentOnFailure", .stored = "cpof", .use = use_on_failure, .bit = CONTINUE_PARENT },
	{ .name = "debounce", .stored = "de", .use = use_dedup },
	{ .name = "deduplication", .stored = "de", .use = use_dedup },
	{ .name = "delay", .use = use_delay },
	{ .name = "failParentOnFailure", .stored = "fpof", .use = use_on_failure, .bit = FAIL_PARENT },
	{ .name = "ignoreDependencyOnFailure", .stored = "idof", .use = use_on_failure, .bit = IGNORE_DEPENDENCY },
	{ .name = "jobId", .use = use_job_id },
	{ .name = "keepLogs", .stored = "kl", .use = use_whole },
	{ .name = "lifo", .use = use_lifo },
	{ .name = "parent", .use = use_parent, .write = write_parent },
	{ .name = "priority", .use = use_priority },
	{ .name = "removeDependencyOnFailure", .stored = "rdof", .use = use_on_failure, .bit = REMOVE_DEPENDENCY },
	{ .name = "removeOnComplete", .use = use_keep },
	{ .name = "removeOnFail", .use = use_keep },
	{ .name = "repeat", .use = use_repeat },
	{ .name = "repeatJobKey", .use = use_repeat_key, .write = write_nothing },
	{ .name = "sizeLimit", .use = use_size_limit },
	{ .name = "stackTraceLimit", .use = use_whole },
	{ .name = "telemetry", .use = use_telemetry, .write = write_telemetry },
	{ .name = "timestamp", .use = use_timestamp },
};

static const struct option *option_of(struct wq_str name)
{
	for (size_t i = 0; i < WQ_COUNT(options); i++)
		if (wq_str_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static bool use_option(struct reader *r, yyjson_val *key, yyjson_val *v)
{
	struct wq_str name = wq_json_str(key);
	const struct option *o = option_of(name);

	if (o && o->use && !o->use(r, o, v))
		return false;
	if (o && o->write) {
		o->write(r, o, v);
		return true;
	}
	wq_jsonw_key_str(&r->out, o && o->stored ? wq_str(o->stored) : name);
	wq_jsonw_value(&r->out, v);
	return true;
}

static bool use_all(struct reader *r, yyjson_val *opts)
{
	yyjson_obj_iter it = yyjson_obj_iter_with(opts);
	yyjson_val *key;

	if (!once(r, opts, "opts"))
		return false;
	if (wq_json_get(opts, "deduplication") && wq_json_get(opts, "debounce"))
		return refuse(r, "debounce", "is the old name of deduplication: use one of them");
	while ((key = yyjson_obj_iter_next(&it)) != NULL)
		if (!use_option(r, key, yyjson_obj_iter_get_val(key)))
			return false;
	if (r->item->dedup_id.n && r->parent.id.n)
		return refuse(r, "deduplication", "cannot be used with a parent");
	return true;
}

/* What the job's hash holds of its parent. */
static int store_parent(struct reader *r, struct wq_buf *buf)
{
	static const char *const names[] = { "fpof", "rdof", "idof", "cpof" };
	struct wq_add_item *item = r->item;
	struct wq_jsonw w;
	int rc;

	wq_buf_clear(buf);
	rc = wq_buf_add_str(buf, r->parent.queue);
	rc = rc < 0 ? rc : wq_buf_add_char(buf, ':');
	rc = rc < 0 ? rc : wq_buf_add_str(buf, r->parent.id);
	if (rc < 0)
		return rc;
	item->parent_key = wq_strn(wq_arena_copy(r->arena, wq_buf_str(buf)), buf->n);
	wq_buf_clear(buf);
	wq_jsonw_begin(&w, buf);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "id", r->parent.id);
	wq_jsonw_put_str(&w, "queueKey", r->parent.queue);
	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		if (!(r->failure & WQ_BIT(i)))
			continue;
		wq_jsonw_put_bool(&w, names[i], true);
	}
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	if (rc < 0)
		return rc;
	item->parent = wq_strn(wq_arena_copy(r->arena, wq_buf_str(buf)), buf->n);
	return item->parent_key.p && item->parent.p ? 0 : WQ_ENOMEM;
}

static void write_given_parent(struct reader *r)
{
	wq_jsonw_key(&r->out, "parent");
	wq_jsonw_object(&r->out);
	wq_jsonw_put_str(&r->out, "id", r->parent.id);
	wq_jsonw_put_str(&r->out, "queue", r->parent.queue);
	wq_jsonw_object_end(&r->out);
}

static int read_into(struct reader *r, yyjson_val *opts, struct wq_buf *buf)
{
	int rc;

	wq_jsonw_begin(&r->out, buf);
	wq_jsonw_object(&r->out);
	if (!use_all(r, opts))
		return WQ_EINVAL;
	if (!r->attempts)
		wq_jsonw_put_int(&r->out, "attempts", 0);
	if (r->parent_given)
		write_given_parent(r);
	wq_jsonw_object_end(&r->out);
	rc = wq_jsonw_end(&r->out);
	if (rc < 0)
		return rc;
	r->item->opts = wq_strn(wq_arena_copy(r->arena, wq_buf_str(buf)), buf->n);
	if (!r->item->opts.p)
		return WQ_ENOMEM;
	return r->parent.id.n ? store_parent(r, buf) : 0;
}

int wq_job_opts_read(struct wq_add_item *item, yyjson_val *opts, const struct wq_job_parent *parent,
                     struct wq_arena *arena, const char **why)
{
	struct reader r = { .item = item, .arena = arena };
	struct wq_buf buf;
	int rc;

	if (parent) {
		r.parent = *parent;
		r.parent_given = true;
	}
	*item = (struct wq_add_item){ .base = item->base, .name = item->name, .data = item->data };
	wq_buf_init(&buf, WQ_JOB_OPTS_MAX_BYTES);
	if (opts && !yyjson_is_null(opts) && !yyjson_is_obj(opts))
		rc = refuse(&r, "opts", "is not an object") ? 0 : WQ_EINVAL;
	else
		rc = read_into(&r, opts, &buf);
	wq_buf_fini(&buf);
	if (rc == WQ_ETOOBIG)
		r.why = "the options are too large";
	else if (rc == WQ_ENOMEM)
		r.why = "out of memory";
	*why = r.why;
	return rc;
}
