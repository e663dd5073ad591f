/* SPDX-License-Identifier: MIT */
/* job_request.c — the data of all jobs first, as text in one buffer; then each job. */
#include "app/api/job_request.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"
#include "queue/job_opts.h"

static yyjson_val *job_at(yyjson_val *v, size_t i)
{
	return yyjson_is_arr(v) ? yyjson_arr_get(v, i) : v;
}

/* What a sentence of one job is in a list of them. */
static const char *of_job(const struct wq_job_request *r, size_t i, struct wq_arena *arena,
                          const char *why)
{
	char text[256], *copy;

	if (!r->list)
		return why;
	snprintf(text, sizeof(text), "job %zu: %s", i, why);
	copy = wq_arena_copy(arena, wq_str(text));
	return copy ? copy : why;
}

/* Lengths now, places when nothing moves any more. */
static int write_data(struct wq_job_request *r, yyjson_val *v)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		yyjson_val *data = wq_json_get(job_at(v, i), "data");
		size_t before = r->data.n;
		struct wq_jsonw w;

		wq_jsonw_begin(&w, &r->data);
		if (data)
			wq_jsonw_value(&w, data);
		rc = wq_jsonw_end(&w);
		r->items[i].data.n = r->data.n - before;
	}
	for (size_t i = 0, at = 0; rc == 0 && i < r->n; at += r->items[i++].data.n)
		r->items[i].data.p = r->data.p + at;
	return rc;
}

static const char *unknown_member(yyjson_val *job)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(job);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter))) {
		struct wq_str name = wq_json_str(key);

		if (!wq_str_is(name, "name") && !wq_str_is(name, "data") &&
		    !wq_str_is(name, "opts"))
			return "a job has name, data and opts, and nothing else";
	}
	return NULL;
}

static int read_one(struct wq_add_item *item, yyjson_val *job, struct wq_arena *arena,
                    const char **why)
{
	item->name = wq_json_get_str(job, "name");
	if (!item->name.p) {
		*why = "a job needs a name: a string";
		return WQ_EINVAL;
	}
	*why = unknown_member(job);
	if (*why)
		return WQ_EINVAL;
	return wq_job_opts_read(item, wq_json_get(job, "opts"), NULL, arena, why);
}

static int read_all(struct wq_job_request *r, yyjson_val *v, struct wq_str base,
                    struct wq_arena *arena, const char **why)
{
	int rc = write_data(r, v);

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		r->items[i].base = base;
		rc = read_one(&r->items[i], job_at(v, i), arena, why);
		if (rc < 0)
			*why = of_job(r, i, arena, *why);
	}
	return rc;
}

int wq_job_request_read(struct wq_job_request *r, yyjson_val *v, struct wq_str base,
                        struct wq_arena *arena, const char **why)
{
	*r = (struct wq_job_request){ .list = yyjson_is_arr(v) };
	*why = "out of memory";
	r->n = r->list ? yyjson_arr_size(v) : 1;
	if (!r->list && !yyjson_is_obj(v)) {
		*why = "a job is an object with name, data and opts; or a list of those";
		return WQ_EINVAL;
	}
	if (r->n == 0 || r->n > WQ_ADD_ALL_MAX_ITEMS) {
		*why = "a list of jobs must not be empty, or longer than what is added at once";
		return WQ_EINVAL;
	}
	wq_buf_init(&r->data, WQ_API_ANSWER_MAX_BYTES);
	r->items = wq_arena_alloc(arena, r->n * sizeof(*r->items));
	return r->items ? read_all(r, v, base, arena, why) : WQ_ETOOBIG;
}

void wq_job_request_fini(struct wq_job_request *r)
{
	wq_buf_fini(&r->data);
	*r = (struct wq_job_request){ .n = 0 };
}

void wq_job_request_view(struct wq_jsonw *w, const struct wq_add_outcome *o)
{
	static const char *const words[] = {
		[WQ_ADD_NEW] = "added",
		[WQ_ADD_DUPLICATE] = "duplicate",
		[WQ_ADD_DEDUPLICATED] = "deduplicated",
	};

	wq_jsonw_object(w);
	if (o->code < 0) {
		wq_jsonw_put_int(w, "code", o->code);
		wq_jsonw_put_text(w, "error", wq_add_code_text(o->code));
	} else {
		wq_jsonw_put_str(w, "id", o->id);
		wq_jsonw_put_text(w, "status", words[o->code]);
	}
	wq_jsonw_object_end(w);
}
