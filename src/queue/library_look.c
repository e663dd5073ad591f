/* SPDX-License-Identifier: MIT */
/* library_look.c — looks at a queue, and changes of it, for the library: a request each, gone with its callback. */
#include "base/alloc.h"
#include "base/err.h"
#include "queue/inspector.h"
#include "queue/library.h"

struct look {
	struct willaq_queue *q;
	struct wq_look look;
	struct wq_queue_counts counts;
	void (*cb)(void *ctx, int code, const struct willaq_counts *counts, const char *error);
	void *ctx;
};

struct change {
	struct willaq_queue *q;
	struct wq_inspect inspect;
	willaq_changed_cb cb;
	void *ctx;
	char *id; /* owned; NULL: of no job */
};

static void on_counts(struct wq_look *k, int rc)
{
	struct look *l = WQ_OWNER(k, struct look, look);
	const uint64_t *of = l->counts.of;
	const struct willaq_counts counts = { .waiting = of[WQ_JOB_WAITING], .active = of[WQ_JOB_ACTIVE],
		                              .delayed = of[WQ_JOB_DELAYED], .prioritized = of[WQ_JOB_PRIORITIZED],
		                              .waiting_children = of[WQ_JOB_WAITING_CHILDREN],
		                              .completed = of[WQ_JOB_COMPLETED], .failed = of[WQ_JOB_FAILED],
		                              .paused = l->counts.paused };
	int code = willaq_code(rc);

	l->cb(l->ctx, code, code == 0 ? &counts : NULL, willaq_error_text(code));
	willaq_queue_unuse(l->q);
	wq_free(l);
}

int willaq_counts(struct willaq_queue *q,
                  void (*cb)(void *ctx, int code, const struct willaq_counts *counts,
                             const char *error),
                  void *ctx)
{
	struct look *l = wq_zalloc(sizeof(*l));
	int rc;

	if (!l)
		return willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
	l->q = q;
	l->cb = cb;
	l->ctx = ctx;
	wq_look_init(&l->look, &q->ref, on_counts);
	rc = wq_look_counts(&l->look, wq_loop_wall_ms(q->w->loop), &l->counts);
	if (rc < 0) {
		wq_free(l);
		return willaq_fail(q->w, willaq_code(rc), NULL);
	}
	willaq_queue_use(q);
	return 0;
}

static void change_free(struct change *c)
{
	wq_free(c->id);
	wq_free(c);
}

static void on_changed(struct wq_inspect *i, int rc)
{
	struct change *c = WQ_OWNER(i, struct change, inspect);
	int code = rc != 0 ? willaq_code(rc) : i->code == WQ_CHANGE_DONE ? 0 : WILLAQ_NO_JOB;
	const char *said = rc == 0 && i->code != 0 ? wq_inspect_code_text(i->code) : i->error;

	if (c->cb)
		c->cb(c->ctx, code, i->n, said && *said ? said : willaq_error_text(code));
	willaq_queue_unuse(c->q);
	change_free(c);
}

static struct change *change_new(struct willaq_queue *q, const char *id, willaq_changed_cb cb,
                                 void *ctx)
{
	struct change *c = wq_zalloc(sizeof(*c));

	if (!c)
		return NULL;
	c->q = q;
	c->cb = cb;
	c->ctx = ctx;
	c->id = wq_strdup(id);
	if (!c->id) {
		wq_free(c);
		return NULL;
	}
	wq_inspect_init(&c->inspect, q->w->loop, &q->ref, on_changed);
	return c;
}

/* `rc` of the call that started it. */
static int started(struct willaq_queue *q, struct change *c, int rc)
{
	if (rc == 0) {
		willaq_queue_use(q);
		return 0;
	}
	change_free(c);
	return willaq_fail(q->w, willaq_code(rc), NULL);
}

int willaq_pause(struct willaq_queue *q, willaq_changed_cb cb, void *ctx)
{
	struct change *c = change_new(q, "", cb, ctx);

	return c ? started(q, c, wq_inspect_pause(&c->inspect))
	         : willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
}

int willaq_resume(struct willaq_queue *q, willaq_changed_cb cb, void *ctx)
{
	struct change *c = change_new(q, "", cb, ctx);

	return c ? started(q, c, wq_inspect_resume(&c->inspect))
	         : willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
}

int willaq_retry(struct willaq_queue *q, const char *id, willaq_changed_cb cb, void *ctx)
{
	const struct wq_retry how = { .state = WQ_FINISHED_FAILED };
	struct change *c = change_new(q, id, cb, ctx);

	return c ? started(q, c, wq_inspect_retry(&c->inspect, wq_str(c->id), &how))
	         : willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
}

int willaq_remove(struct willaq_queue *q, const char *id, willaq_changed_cb cb, void *ctx)
{
	struct change *c = change_new(q, id, cb, ctx);

	return c ? started(q, c, wq_inspect_remove(&c->inspect, wq_str(c->id), true))
	         : willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
}

int willaq_drain(struct willaq_queue *q, bool delayed, willaq_changed_cb cb, void *ctx)
{
	struct change *c = change_new(q, "", cb, ctx);

	return c ? started(q, c, wq_inspect_drain(&c->inspect, delayed))
	         : willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
}
