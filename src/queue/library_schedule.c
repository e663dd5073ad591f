/* SPDX-License-Identifier: MIT */
/* library_schedule.c — job schedulers of the library: put, read, removed.
 *
 * put: whose queue is it, and of what version? ─► read by that version's rules, and written, in one step ─► told
 */
#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "queue/job_opts.h"
#include "queue/library.h"
#include "queue/queue_check.h"

struct put {
	struct willaq_queue *q;
	struct wq_arena arena; /* all that `opts` borrows */
	struct wq_scheduler_opts opts;
	struct wq_queue_check check;
	struct wq_scheduler_upsert upsert;
	willaq_scheduled_cb cb;
	void *ctx;
};

/* Of those that are, or of the one that is removed. */
struct read {
	struct willaq_queue *q;
	struct wq_redis_cmd cmd;
	willaq_schedulers_cb cb;
	willaq_changed_cb removed_cb;
	void *ctx;
};

static void put_free(struct put *p)
{
	wq_arena_fini(&p->arena);
	wq_free(p);
}

static void tell(struct put *p, int code, const char *job_id, const char *error)
{
	if (p->cb)
		p->cb(p->ctx, code, job_id, code == 0 ? p->upsert.delay_ms : 0,
		      error && *error ? error : willaq_error_text(code));
	willaq_queue_unuse(p->q);
	put_free(p);
}

static int code_of(int code)
{
	if (code == WQ_SCHEDULER_MADE)
		return 0;
	return code == WQ_SCHEDULER_OVER ? WILLAQ_OVER : WILLAQ_BUSY;
}

static void on_upserted(struct wq_scheduler_upsert *u, int rc)
{
	struct put *p = WQ_OWNER(u, struct put, upsert);
	int code = rc != 0 ? willaq_code(rc) : code_of(u->code);
	const char *id = code == 0 ? wq_arena_copy(&p->arena, u->job_id) : NULL;

	tell(p, code, id, rc != 0 ? u->cmd.error : NULL);
}

static void on_checked(struct wq_queue_check *c, int rc)
{
	struct put *p = WQ_OWNER(c, struct put, check);
	struct willaq *w = p->q->w;
	const char *why = NULL;

	if (rc != 0 || c->refused) {
		tell(p, rc != 0 ? willaq_code(rc) : WILLAQ_FOREIGN, NULL, rc != 0 ? NULL : c->why);
		return;
	}
	wq_schedules_set_major(&w->schedules, c->seen.major);
	rc = wq_scheduler_upsert(&p->upsert, &w->schedules, w->loop, &p->q->ref, &p->opts,
	                         on_upserted, &why);
	if (rc < 0)
		tell(p, willaq_code(rc), NULL, why);
}

static struct wq_str copy(struct wq_arena *a, const char *text, int *rc)
{
	char *p = text ? wq_arena_copy(a, wq_str(text)) : NULL;

	if (text && !p)
		*rc = WQ_ENOMEM;
	return wq_str(p ? p : "");
}

/* The template of its jobs; 0, or a code with *why. */
static int read_template(struct put *p, const struct willaq_scheduler *s, const char **why)
{
	struct wq_scheduler_record *r = &p->opts.record;
	struct wq_add_item item = { .data = r->data };
	yyjson_doc *doc = NULL;
	int rc = 0;

	if (r->data.n) {
		rc = wq_json_parse(&doc, r->data, WQ_JOB_JSON_DEPTH_MAX);
		wq_json_free(doc);
		*why = "the data is no JSON";
	}
	if (rc < 0 || !s->opts)
		return rc;
	*why = "the options are no JSON";
	rc = wq_json_parse(&doc, wq_str(s->opts), WQ_JOB_JSON_DEPTH_MAX);
	if (rc == 0)
		rc = wq_job_opts_read(&item, yyjson_doc_get_root(doc), NULL, &p->arena, why);
	wq_json_free(doc);
	r->opts = item.opts;
	if (rc == 0 && (item.id.n || item.delay_ms || item.timestamp_ms || item.parent_key.n)) {
		*why = "jobs of a scheduler have no jobId, delay, timestamp or parent of their own";
		return WQ_EINVAL;
	}
	return rc;
}

static int fill(struct put *p, const struct willaq_scheduler *s, const char **why)
{
	int rc = 0;

	p->opts = (struct wq_scheduler_opts){
		.record = { .id = copy(&p->arena, s->id, &rc),
		            .name = copy(&p->arena, s->name, &rc),
		            .data = copy(&p->arena, s->data, &rc),
		            .pattern = copy(&p->arena, s->cron, &rc),
		            .tz = copy(&p->arena, s->zone, &rc),
		            .every_ms = s->every_ms,
		            .offset_ms = s->offset_ms,
		            .limit = s->limit,
		            .start_ms = s->start_ms,
		            .end_ms = s->end_ms },
		.immediately = s->immediately,
	};
	return rc < 0 ? rc : read_template(p, s, why);
}

int willaq_scheduler_put(struct willaq_queue *q, const struct willaq_scheduler *s,
                         willaq_scheduled_cb cb, void *ctx)
{
	struct put *p = wq_zalloc(sizeof(*p));
	const char *why = NULL;
	int rc;

	if (!p)
		return willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
	p->q = q;
	p->cb = cb;
	p->ctx = ctx;
	wq_arena_init(&p->arena, WQ_LIBRARY_REQUEST_MAX_BYTES);
	rc = fill(p, s, &why);
	if (rc == 0)
		rc = wq_queue_check_start(&p->check, &q->ref, on_checked);
	if (rc < 0) {
		(void)willaq_fail(q->w, willaq_code(rc), rc == WQ_ENOMEM ? NULL : why);
		put_free(p);
		return willaq_code(rc);
	}
	willaq_queue_use(q);
	return 0;
}

static void read_free(struct read *r)
{
	willaq_queue_unuse(r->q);
	wq_free(r);
}

static const char *text(struct wq_arena *a, struct wq_str s, int *rc)
{
	char *p = s.n ? wq_arena_copy(a, s) : NULL;

	if (s.n && !p)
		*rc = WQ_ENOMEM;
	return p;
}

static int copy_seen(struct willaq_scheduler_seen *out, struct wq_arena *a,
                     const struct wq_scheduler_seen *s)
{
	const struct wq_scheduler_record *r = &s->record;
	int rc = 0;

	*out = (struct willaq_scheduler_seen){ .is = { .id = text(a, r->id, &rc),
		                                       .cron = text(a, r->pattern, &rc),
		                                       .zone = text(a, r->tz, &rc),
		                                       .every_ms = r->every_ms,
		                                       .offset_ms = r->offset_ms,
		                                       .limit = r->limit,
		                                       .start_ms = r->start_ms,
		                                       .end_ms = r->end_ms,
		                                       .name = text(a, r->name, &rc),
		                                       .data = text(a, r->data, &rc),
		                                       .opts = text(a, r->opts, &rc) },
		                               .next_ms = s->next_ms,
		                               .made = s->made };
	return rc;
}

static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct read *r = WQ_OWNER(cmd, struct read, cmd);
	struct willaq_scheduler_seen *list = NULL;
	struct wq_scheduler_seen seen;
	struct wq_arena arena;
	size_t n = rc == 0 ? wq_scheduler_read_count(cmd) : 0;

	wq_arena_init(&arena, WQ_LIBRARY_REQUEST_MAX_BYTES);
	if (n > 0) {
		list = wq_arena_alloc(&arena, n * sizeof(*list));
		rc = list ? 0 : WQ_ENOMEM;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = wq_scheduler_read_at(cmd, i, &seen) ? copy_seen(&list[i], &arena, &seen)
		                                         : WQ_EPROTO;
	r->cb(r->ctx, willaq_code(rc), rc == 0 ? list : NULL, rc == 0 ? n : 0,
	      rc == 0 ? wq_scheduler_read_total(cmd) : 0,
	      rc != 0 && cmd->error[0] ? cmd->error : willaq_error_text(willaq_code(rc)));
	wq_arena_fini(&arena);
	read_free(r);
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct read *r = WQ_OWNER(cmd, struct read, cmd);
	uint64_t n = rc == 0 && wq_redis_int(cmd->reply, 0) == 1;
	int code = rc != 0 ? willaq_code(rc) : n ? 0 : WILLAQ_NO_JOB;
	const char *error = code == WILLAQ_NO_JOB ? "no such scheduler" : cmd->error;

	if (r->removed_cb)
		r->removed_cb(r->ctx, code, n, *error ? error : willaq_error_text(code));
	read_free(r);
}

static struct read *read_new(struct willaq_queue *q, void *ctx)
{
	struct read *r = wq_zalloc(sizeof(*r));

	if (!r) {
		(void)willaq_fail(q->w, WILLAQ_NO_MEMORY, NULL);
		return NULL;
	}
	r->q = q;
	r->ctx = ctx;
	willaq_queue_use(q);
	return r;
}

/* `rc` of the call that started it. */
static int started(struct read *r, int rc)
{
	struct willaq *w = r->q->w;

	if (rc == 0)
		return 0;
	read_free(r);
	return willaq_fail(w, willaq_code(rc), NULL);
}

static int look(struct willaq_queue *q, const struct wq_scheduler_query *query,
                willaq_schedulers_cb cb, void *ctx)
{
	struct read *r = read_new(q, ctx);

	if (!r)
		return WILLAQ_NO_MEMORY;
	r->cb = cb;
	return started(r, wq_scheduler_read_start(&q->ref, &r->cmd, query, on_read));
}

int willaq_schedulers(struct willaq_queue *q, uint64_t first, uint64_t n, willaq_schedulers_cb cb,
                      void *ctx)
{
	if (n == 0)
		return willaq_fail(q->w, WILLAQ_INVALID, "1 to 1000 schedulers are read at once");
	return look(q,
	            &(struct wq_scheduler_query){ .first = first, .count = n, .ascending = true },
	            cb, ctx);
}

int willaq_scheduler_get(struct willaq_queue *q, const char *id, willaq_schedulers_cb cb, void *ctx)
{
	if (!id || !*id)
		return willaq_fail(q->w, WILLAQ_INVALID, "a scheduler has an id");
	return look(q, &(struct wq_scheduler_query){ .id = wq_str(id) }, cb, ctx);
}

int willaq_scheduler_remove(struct willaq_queue *q, const char *id, willaq_changed_cb cb, void *ctx)
{
	struct read *r;

	if (!id || !*id)
		return willaq_fail(q->w, WILLAQ_INVALID, "a scheduler has an id");
	r = read_new(q, ctx);
	if (!r)
		return WILLAQ_NO_MEMORY;
	r->removed_cb = cb;
	return started(r, wq_scheduler_remove_start(&q->ref, &r->cmd, wq_str(id), on_removed));
}
