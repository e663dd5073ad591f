/* SPDX-License-Identifier: MIT */
/* library_add.c — adds of the library: options read, everything copied into one request, its outcome told.
 *
 * A request owns an arena with all that its items borrow, and the document of its options.
 */
#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "queue/flow_tree.h"
#include "queue/library.h"

struct request {
	struct willaq *w;
	struct wq_arena arena;
	yyjson_doc **docs; /* in the arena */
	size_t docs_n;
	struct wq_add one;
	struct wq_add_all all;
	union {
		willaq_added_cb one;
		willaq_added_all_cb all;
	} cb;
	void *ctx;
};

static void request_free(struct request *r)
{
	for (size_t i = 0; r->docs && i < r->docs_n; i++)
		wq_json_free(r->docs[i]);
	wq_arena_fini(&r->arena);
	wq_free(r);
}

/* `docs`: options that it may hold. */
static struct request *request_new(struct willaq *w, size_t docs)
{
	struct request *r = wq_zalloc(sizeof(*r));

	if (!r)
		return NULL;
	r->w = w;
	wq_arena_init(&r->arena, WQ_LIBRARY_REQUEST_MAX_BYTES);
	r->docs = wq_arena_alloc(&r->arena, (docs + 1) * sizeof(yyjson_doc *));
	if (!r->docs) {
		request_free(r);
		return NULL;
	}
	return r;
}

static int outcome_code(int code)
{
	switch (code) {
	case WQ_ADD_PARENT_MISSING:
	case WQ_ADD_PARENT_OTHER:
		return WILLAQ_NO_PARENT;
	case WQ_ADD_FOREIGN:
		return WILLAQ_FOREIGN;
	default:
		return code < 0 ? WILLAQ_REFUSED : 0;
	}
}

static const char *text_of(int code, const char *error)
{
	return error && *error ? error : willaq_error_text(code);
}

static struct wq_str copy(struct request *r, const char *text, int *rc)
{
	char *p = text ? wq_arena_copy(&r->arena, wq_str(text)) : NULL;

	if (text && !p)
		*rc = WQ_ENOMEM;
	return wq_str(p);
}

/* Options of one job; 0, or a code with *why. */
static int read_opts(struct request *r, struct wq_add_item *item, const char *opts,
                     const char **why)
{
	yyjson_val *root = NULL;

	if (opts) {
		yyjson_doc *doc = wq_json_read(wq_str(opts), WQ_JOB_JSON_DEPTH_MAX, why);

		if (!doc)
			return WQ_EINVAL;
		r->docs[r->docs_n++] = doc;
		root = yyjson_doc_get_root(doc);
	}
	return wq_job_opts_read(item, root, NULL, &r->arena, why);
}

static int read_spec(struct request *r, struct wq_add_item *item, struct wq_str base,
                     const struct willaq_job_spec *s, const char **why)
{
	int rc = 0;

	item->base = base;
	item->name = copy(r, s->name ? s->name : "", &rc);
	item->data = copy(r, s->data, &rc);
	if (rc == 0 && s->data) {
		yyjson_doc *doc = wq_json_read(item->data, WQ_JOB_JSON_DEPTH_MAX, why);

		if (!doc)
			return WQ_EINVAL;
		wq_json_free(doc);
	}
	return rc < 0 ? rc : read_opts(r, item, s->opts, why);
}

static void on_one(struct wq_add *a, int rc)
{
	struct request *r = WQ_OWNER(a, struct request, one);
	int code = rc != 0 ? willaq_code(rc) : outcome_code(a->outcome.code);
	const char *error = text_of(code, rc != 0 ? a->error : NULL);
	const char *id = code == 0 ? wq_arena_copy(&r->arena, a->outcome.id) : NULL;

	if (r->cb.one)
		r->cb.one(r->ctx, code, id, error);
	request_free(r);
}

/* Nothing was started. */
static int give_up(struct request *r, int rc, const char *why)
{
	struct willaq *w = r->w;

	(void)willaq_fail(w, willaq_code(rc), why);
	request_free(r);
	return willaq_code(rc);
}

int willaq_add(struct willaq_queue *q, const char *name, const char *data, const char *opts,
               willaq_added_cb cb, void *ctx)
{
	struct willaq_job_spec s = { name, data, opts };
	struct request *r = request_new(q->w, 1);
	const char *why = NULL;
	int rc = 0;

	if (!r)
		return willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
	r->cb.one = cb;
	r->ctx = ctx;
	rc = read_spec(r, &r->one.item, copy(r, wq_ref_base(&q->ref).p, &rc), &s, &why);
	if (rc == 0)
		rc = wq_producer_add(q->w->producer, &r->one, on_one);
	return rc < 0 ? give_up(r, rc, why) : 0;
}

static void on_all(struct wq_add_all *a, int rc)
{
	struct request *r = WQ_OWNER(a, struct request, all);
	const char **ids = wq_arena_alloc(&r->arena, a->n * sizeof(*ids));
	int code = rc != 0 ? willaq_code(rc) : ids ? 0 : WILLAQ_NO_MEMORY;

	for (size_t i = 0; rc == 0 && ids && i < a->n; i++) {
		int each = outcome_code(a->outcomes[i].code);

		if (each == 0)
			ids[i] = wq_arena_copy(&r->arena, a->outcomes[i].id);
		else if (code == 0)
			code = each;
	}
	if (r->cb.all)
		r->cb.all(r->ctx, code, rc == 0 ? ids : NULL, rc == 0 && ids ? a->n : 0,
		          text_of(code, rc != 0 ? a->error : NULL));
	request_free(r);
}

int willaq_add_bulk(struct willaq_queue *q, const struct willaq_job_spec *jobs, size_t n,
                    willaq_added_all_cb cb, void *ctx)
{
	struct request *r;
	struct wq_add_item *items;
	struct wq_str base;
	const char *why = NULL;
	int rc = 0;

	if (n == 0 || n > WQ_ADD_ALL_MAX_ITEMS)
		return willaq_fail(q->w, n ? WILLAQ_TOO_BIG : WILLAQ_INVALID,
		                   "1 to 1000 jobs go at once");
	r = request_new(q->w, n);
	if (!r)
		return willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
	r->cb.all = cb;
	r->ctx = ctx;
	base = copy(r, wq_ref_base(&q->ref).p, &rc);
	items = wq_arena_alloc(&r->arena, n * sizeof(*items));
	if (!items)
		rc = WQ_ENOMEM;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = read_spec(r, &items[i], base, &jobs[i], &why);
	r->all.items = items;
	r->all.n = n;
	if (rc == 0)
		rc = wq_producer_add_all(q->w->producer, &r->all, on_all);
	return rc < 0 ? give_up(r, rc, why) : 0;
}

int willaq_add_flow(struct willaq *w, const char *prefix, const char *tree, willaq_added_all_cb cb,
                    void *ctx)
{
	struct request *r = request_new(w, 1);
	struct wq_flow_tree flow = { 0 };
	const char *why = NULL;
	yyjson_doc *doc;
	struct wq_str own;
	int rc = 0;

	if (!r)
		return willaq_fail(w, WILLAQ_NO_MEMORY, NULL);
	r->cb.all = cb;
	r->ctx = ctx;
	own = copy(r, prefix ? prefix : "bull", &rc);
	doc = wq_json_read(wq_str(tree ? tree : ""), WQ_JOB_JSON_DEPTH_MAX, &why);
	if (!doc)
		return give_up(r, WQ_EINVAL, why);
	r->docs[r->docs_n++] = doc;
	if (rc == 0)
		rc = wq_flow_tree_read(&flow, yyjson_doc_get_root(doc), own, &r->arena, &why);
	r->all.items = flow.items;
	r->all.n = flow.n;
	if (rc == 0)
		rc = wq_producer_add_all(w->producer, &r->all, on_all);
	return rc < 0 ? give_up(r, rc, why) : 0;
}
