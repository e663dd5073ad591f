/* SPDX-License-Identifier: MIT */
/* run.c — runs in a list; each has its timer and one call, by which it tells how far it is. */
#include "app/api/run.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/random.h"

enum { ARENA_MAX_BYTES = 65536, FIRST_NOTE_MS = 100 };

struct wq_runs {
	struct wq_list all;
	unsigned n;
	struct wq_loop *loop;
	struct wq_post closed;
	void (*done)(void *ctx); /* NULL: it is not closing */
	void *ctx;
};

static bool has_ended(const struct wq_run *run)
{
	return run->state >= WQ_RUN_DONE;
}

/* what there is to tell */

const char *wq_run_state_name(const struct wq_run *run)
{
	static const char *const names[] = {
		[WQ_RUN_BEGINNING] = "running", [WQ_RUN_RUNNING] = "running",
		[WQ_RUN_STOPPING] = "stopping", [WQ_RUN_DONE] = "done",
		[WQ_RUN_STOPPED] = "stopped",   [WQ_RUN_FAILED] = "failed",
	};

	return names[run->state];
}

void wq_run_view(struct wq_jsonw *w, const struct wq_run *run)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", run->id);
	wq_jsonw_put_text(w, "state", wq_run_state_name(run));
	run->kind->view(w, run);
	wq_jsonw_put_int(w, "started_at", run->started_ms);
	wq_jsonw_put_int(w, "updated_at", wq_loop_wall_ms(run->runs->loop));
	wq_jsonw_put_moment(w, "ended_at", run->ended_ms);
	wq_jsonw_put_str_or_null(w, "error", wq_str(run->error));
	wq_jsonw_object_end(w);
}

void wq_run_view_told(struct wq_jsonw *w, struct wq_str told, int64_t now_ms)
{
	yyjson_doc *doc = wq_json_read(told, WQ_API_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *key, *v;
	bool lost = yyjson_is_null(wq_json_get(root, "ended_at")) &&
	            now_ms - wq_json_get_int(root, "updated_at", 0) > WQ_API_DEAD_RUN_LOST_MS;
	size_t i, max;

	wq_jsonw_object(w);
	yyjson_obj_foreach(root, i, max, key, v)
	{
		wq_jsonw_key_str(w, wq_json_str(key));
		if (lost && yyjson_equals_str(key, "state"))
			wq_jsonw_text(w, "lost");
		else
			wq_jsonw_value(w, v);
	}
	wq_jsonw_object_end(w);
	wq_json_free(doc);
}

/* a run's life */

void wq_run_drop(struct wq_run *run)
{
	struct wq_runs *r = run->runs;
	struct wq_ref ref = run->ref;
	struct wq_arena arena = run->arena;

	wq_list_remove(&run->link);
	r->n--;
	wq_redis_forget(&run->call.cmd);
	wq_timer_stop(&run->timer);
	wq_buf_fini(&run->text);
	run->kind->free(run);
	wq_arena_fini(&arena);
	wq_ref_fini(&ref);
	if (r->done && r->n == 0)
		wq_post_send(&r->closed);
}

static void on_told(struct wq_dead_runs_call *c, int rc);

/* 0, or why it could not begin to. */
static int tell(struct wq_run *run)
{
	struct wq_jsonw w;
	int rc;

	run->last = has_ended(run);
	wq_buf_clear(&run->text);
	wq_jsonw_begin(&w, &run->text);
	wq_run_view(&w, run);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_dead_runs_start(&run->call, &run->ref, WQ_DEAD_RUNS_NOTE, wq_str(run->id),
		                        wq_buf_str(&run->text), on_told);
	run->telling = rc == 0;
	return rc;
}

/* It was told, or could not be; the run may be gone then. */
static void told(struct wq_run *run, int rc)
{
	unsigned tries = run->runs->done ? 1 : WQ_API_DEAD_RUN_NOTES;

	if (run->last && (rc == 0 || ++run->tries >= tries))
		wq_run_drop(run);
	else
		wq_timer_start(&run->timer,
		               has_ended(run) && !run->last ? 0 : WQ_API_DEAD_RUN_NOTE_MS);
}

static void on_timer(struct wq_timer *t)
{
	struct wq_run *run = WQ_OWNER(t, struct wq_run, timer);
	int rc = run->telling ? 0 : tell(run);

	if (rc < 0)
		told(run, rc);
}

void wq_run_ended(struct wq_run *run, int rc, const char *error)
{
	run->state = rc == 0 ? WQ_RUN_DONE : rc == WQ_ECANCELED ? WQ_RUN_STOPPED : WQ_RUN_FAILED;
	run->ended_ms = wq_loop_wall_ms(run->runs->loop);
	if (run->state == WQ_RUN_FAILED && !run->error[0])
		snprintf(run->error, sizeof(run->error), "%s",
		         rc < 0 && !error[0] ? wq_err_text(rc) : error);
	wq_timer_start(&run->timer, 0); /* it goes from there, not from inside its work */
}

/* The first telling has come through, or has not. */
static void begun(struct wq_run *run, int rc)
{
	wq_run_begun *cb = run->on_begun;

	run->on_begun = NULL;
	if (rc == 0 && run->state == WQ_RUN_BEGINNING) {
		run->state = WQ_RUN_RUNNING;
		rc = run->kind->start(run);
	}
	if (rc == 0)
		wq_timer_start(&run->timer, FIRST_NOTE_MS);
	if (cb)
		cb(run->ctx, run, rc);
	if (rc != 0)
		wq_run_drop(run);
}

static void on_told(struct wq_dead_runs_call *c, int rc)
{
	struct wq_run *run = WQ_OWNER(c, struct wq_run, call);

	run->telling = false;
	if (run->state == WQ_RUN_BEGINNING) {
		begun(run, rc);
		return;
	}
	if (rc == 0 && c->stop)
		wq_run_stop(run);
	told(run, rc);
}

void wq_run_init(struct wq_run *run, struct wq_runs *r, const struct wq_run_kind *kind)
{
	run->runs = r;
	run->kind = kind;
	run->started_ms = wq_loop_wall_ms(r->loop);
	wq_list_init(&run->link);
	wq_list_push(&r->all, &run->link);
	r->n++;
	wq_timer_init(&run->timer, r->loop, on_timer);
	wq_arena_init(&run->arena, ARENA_MAX_BYTES);
	wq_buf_init(&run->text, WQ_API_DEAD_RUN_MAX_BYTES);
}

int wq_run_keep(struct wq_run *run, struct wq_str *text)
{
	char *copy = text->n ? wq_arena_copy(&run->arena, *text) : NULL;

	if (text->n && !copy)
		return WQ_RAISE(WQ_ENOMEM);
	*text = wq_strn(copy, text->n);
	return 0;
}

/* Sorts by age, and is not to be guessed. */
static int make_id(struct wq_run *run)
{
	uint32_t random;
	int rc = wq_random_bytes(&random, sizeof(random));

	snprintf(run->id, sizeof(run->id), "%" PRId64 "-%08" PRIx32, run->started_ms, random);
	return rc;
}

int wq_run_begin(struct wq_run *run, wq_run_begun *on_begun, void *ctx)
{
	int rc = make_id(run);

	run->on_begun = on_begun;
	run->ctx = ctx;
	return rc == 0 ? tell(run) : rc;
}

void wq_run_stop(struct wq_run *run)
{
	if (has_ended(run))
		return;
	if (run->state == WQ_RUN_RUNNING)
		run->state = WQ_RUN_STOPPING;
	run->kind->stop(run);
}

/* all of them */

bool wq_runs_full(const struct wq_runs *r)
{
	return r->n >= WQ_API_DEAD_RUNS_MAX || r->done;
}

struct wq_loop *wq_runs_loop(const struct wq_runs *r)
{
	return r->loop;
}

struct wq_run *wq_runs_find(struct wq_runs *r, struct wq_str id)
{
	for (struct wq_list *l = r->all.next; l != &r->all; l = l->next) {
		struct wq_run *run = WQ_OWNER(l, struct wq_run, link);

		if (wq_str_is(id, run->id))
			return run;
	}
	return NULL;
}

static void on_closed(struct wq_post *p)
{
	struct wq_runs *r = WQ_OWNER(p, struct wq_runs, closed);
	void (*done)(void *ctx) = r->done;
	void *ctx = r->ctx;

	wq_free(r);
	done(ctx);
}

int wq_runs_create(struct wq_runs **out, struct wq_loop *loop)
{
	struct wq_runs *r = wq_zalloc(sizeof(*r));

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	r->loop = loop;
	wq_list_init(&r->all);
	wq_post_init(&r->closed, loop, on_closed);
	*out = r;
	return 0;
}

void wq_runs_close(struct wq_runs *r, void (*done)(void *ctx), void *ctx)
{
	struct wq_list *next;

	r->done = done;
	r->ctx = ctx;
	for (struct wq_list *l = r->all.next; l != &r->all; l = next) {
		struct wq_run *run = WQ_OWNER(l, struct wq_run, link);
		bool comes_back = run->kind->cut && run->kind->cut(run);

		next = l->next;
		if (wq_redis_ready(run->ref.redis) || comes_back)
			wq_run_stop(run);
		else if (run->on_begun)
			begun(run, WQ_EAWAY);
		else
			wq_run_drop(run);
	}
	if (r->n == 0)
		wq_post_send(&r->closed);
}
