/* SPDX-License-Identifier: MIT */
/* dead_run.c — one run after the other in a list; each has its walk, its timer and its call. */
#include "app/api/dead_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/dead_view.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/random.h"
#include "io/loop/timer.h"

/* In this order: what stands behind STOPPING has ended. */
enum state { BEGINNING, RUNNING, STOPPING, DONE, STOPPED, FAILED };

enum { ARENA_MAX_BYTES = 65536, FIRST_NOTE_MS = 100 };

static const char *const names[] = {
	"beginning", "running", "stopping", "done", "stopped", "failed"
};

struct wq_dead_runs {
	struct wq_list all;
	unsigned n;
	struct wq_loop *loop;
	struct wq_post closed;
	void (*done)(void *ctx); /* NULL: it is not closing */
	void *ctx;
};

struct wq_dead_run {
	struct wq_list link;
	struct wq_dead_runs *runs;
	char id[WQ_DEAD_RUN_ID_BYTES];
	enum state state;
	struct wq_ref ref;
	struct wq_arena arena; /* texts of the filter */
	struct wq_dead_walk walk;
	enum wq_dead_wish wish;
	int64_t started_ms, ended_ms;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_timer timer;
	struct wq_dead_runs_call call;
	struct wq_buf text;
	bool telling, last; /* what is being told, or was told last, is the end */
	unsigned tries;     /* to tell the end */
	void (*on_begun)(void *ctx, struct wq_dead_run *run, int rc);
	void *ctx;
};

static bool has_ended(const struct wq_dead_run *run)
{
	return run->state >= DONE;
}

/* what there is to tell */

static void put_filter(struct wq_jsonw *w, const struct wq_dead_filter *f)
{
	const struct {
		const char *name;
		struct wq_str text;
	} texts[] = { { "error", f->error }, { "name", f->name }, { "account", f->account } };
	const struct {
		const char *name;
		int64_t ms;
	} moments[] = { { "since", f->since_ms }, { "until", f->until_ms } };

	wq_jsonw_key(w, "filter");
	wq_jsonw_object(w);
	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		if (!texts[i].text.n)
			continue;
		wq_jsonw_key(w, texts[i].name);
		wq_jsonw_str(w, texts[i].text);
	}
	for (size_t i = 0; i < WQ_COUNT(moments); i++) {
		if (!moments[i].ms)
			continue;
		wq_jsonw_key(w, moments[i].name);
		wq_jsonw_int(w, moments[i].ms);
	}
	wq_jsonw_object_end(w);
}

static void put_int(struct wq_jsonw *w, const char *key, int64_t n)
{
	wq_jsonw_key(w, key);
	wq_jsonw_int(w, n);
}

void wq_view_dead_run(struct wq_jsonw *w, const struct wq_dead_run *run)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "id");
	wq_jsonw_text(w, run->id);
	wq_jsonw_key(w, "queue");
	wq_jsonw_str(w, wq_dead_queue_of(run->ref.queue));
	wq_jsonw_key(w, "kind");
	wq_jsonw_text(w, run->wish == WQ_DEAD_RETRY ? "retry" : "clean");
	wq_jsonw_key(w, "state");
	wq_jsonw_text(w, names[run->state == BEGINNING ? RUNNING : run->state]);
	put_filter(w, &run->walk.filter);
	put_int(w, "rate", run->walk.per_second);
	wq_view_dead_counts(w, &run->walk);
	put_int(w, "done", (int64_t)run->walk.done);
	put_int(w, "missed", (int64_t)run->walk.missed);
	put_int(w, "started_at", run->started_ms);
	put_int(w, "updated_at", wq_loop_wall_ms(run->runs->loop));
	wq_jsonw_key(w, "ended_at");
	if (run->ended_ms)
		wq_jsonw_int(w, run->ended_ms);
	else
		wq_jsonw_null(w);
	wq_jsonw_key(w, "error");
	if (run->error[0])
		wq_jsonw_text(w, run->error);
	else
		wq_jsonw_null(w);
	wq_jsonw_object_end(w);
}

void wq_view_dead_run_told(struct wq_jsonw *w, struct wq_str told, int64_t now_ms)
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

static void destroy(struct wq_dead_run *run)
{
	struct wq_dead_runs *r = run->runs;

	wq_list_remove(&run->link);
	r->n--;
	wq_dead_walk_forget(&run->walk);
	wq_redis_forget(&run->call.cmd);
	wq_timer_stop(&run->timer);
	wq_buf_fini(&run->text);
	wq_arena_fini(&run->arena);
	wq_ref_fini(&run->ref);
	wq_free(run);
	if (r->done && r->n == 0)
		wq_post_send(&r->closed);
}

static void on_told(struct wq_dead_runs_call *c, int rc);

/* 0, or why it could not begin to. */
static int tell(struct wq_dead_run *run)
{
	struct wq_jsonw w;
	int rc;

	run->last = has_ended(run);
	wq_buf_clear(&run->text);
	wq_jsonw_begin(&w, &run->text);
	wq_view_dead_run(&w, run);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_dead_runs_start(&run->call, &run->ref, WQ_DEAD_RUNS_NOTE, wq_str(run->id),
		                        wq_buf_str(&run->text), on_told);
	run->telling = rc == 0;
	return rc;
}

/* It was told, or could not be; the run may be gone then. */
static void told(struct wq_dead_run *run, int rc)
{
	unsigned tries = run->runs->done ? 1 : WQ_API_DEAD_RUN_NOTES;

	if (run->last && (rc == 0 || ++run->tries >= tries))
		destroy(run);
	else
		wq_timer_start(&run->timer,
		               has_ended(run) && !run->last ? 0 : WQ_API_DEAD_RUN_NOTE_MS);
}

static void on_timer(struct wq_timer *t)
{
	struct wq_dead_run *run = WQ_OWNER(t, struct wq_dead_run, timer);
	int rc = run->telling ? 0 : tell(run);

	if (rc < 0)
		told(run, rc);
}

static void ended(struct wq_dead_run *run, enum state state, const char *error)
{
	run->state = state;
	run->ended_ms = wq_loop_wall_ms(run->runs->loop);
	snprintf(run->error, sizeof(run->error), "%s", error);
	wq_info("dead_letters_run", WQ_S("id", run->id), WQ_S("state", names[state]),
	        WQ_I("done", (int64_t)run->walk.done), WQ_I("missed", (int64_t)run->walk.missed));
	wq_timer_start(&run->timer, 0); /* it goes from there, not from inside its walk */
}

static void on_walked(struct wq_dead_walk *w, int rc)
{
	struct wq_dead_run *run = w->user;

	if (rc == 0)
		ended(run, DONE, "");
	else if (rc == WQ_ECANCELED)
		ended(run, STOPPED, "");
	else
		ended(run, FAILED, rc < 0 && !w->error[0] ? wq_err_text(rc) : w->error);
}

static enum wq_dead_wish on_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	(void)l;
	return ((struct wq_dead_run *)w->user)->wish;
}

/* The first telling has come through, or has not. */
static void begun(struct wq_dead_run *run, int rc)
{
	void (*cb)(void *ctx, struct wq_dead_run *one, int outcome) = run->on_begun;

	run->on_begun = NULL;
	if (rc == 0 && run->state == BEGINNING) {
		run->state = RUNNING;
		rc = wq_dead_walk_start(&run->walk, run->runs->loop, &run->ref);
	}
	if (rc == 0)
		wq_timer_start(&run->timer, FIRST_NOTE_MS);
	if (cb)
		cb(run->ctx, run, rc);
	if (rc != 0)
		destroy(run);
}

static void on_told(struct wq_dead_runs_call *c, int rc)
{
	struct wq_dead_run *run = WQ_OWNER(c, struct wq_dead_run, call);

	run->telling = false;
	if (run->state == BEGINNING) {
		begun(run, rc);
		return;
	}
	if (rc == 0 && c->stop)
		wq_dead_run_stop(run);
	told(run, rc);
}

/* Sorts by age, and is not to be guessed. */
static int make_id(struct wq_dead_run *run)
{
	uint32_t random;
	int rc = wq_random_bytes(&random, sizeof(random));

	snprintf(run->id, sizeof(run->id), "%" PRId64 "-%08" PRIx32, run->started_ms, random);
	return rc;
}

static int copy_texts(struct wq_dead_run *run, struct wq_dead_filter *f)
{
	struct wq_str *texts[] = { &f->error, &f->name, &f->account };

	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		char *copy = texts[i]->n ? wq_arena_copy(&run->arena, *texts[i]) : NULL;

		if (texts[i]->n && !copy)
			return WQ_RAISE(WQ_ENOMEM);
		*texts[i] = wq_strn(copy, texts[i]->n);
	}
	return 0;
}

static int prepare(struct wq_dead_run *run, const struct wq_ref *dead,
                   const struct wq_dead_run_wish *wish)
{
	int rc = wq_ref_init(&run->ref, dead->redis, dead->prefix, dead->queue, NULL);

	run->started_ms = wq_loop_wall_ms(run->runs->loop);
	run->wish = wish->wish;
	run->walk.filter = wish->filter;
	run->walk.per_second = wish->per_second;
	run->walk.on_letter = on_letter;
	run->walk.on_end = on_walked;
	run->walk.user = run;
	if (rc == 0)
		rc = make_id(run);
	return rc == 0 ? copy_texts(run, &run->walk.filter) : rc;
}

int wq_dead_run_begin(struct wq_dead_runs *r, const struct wq_ref *dead,
                      const struct wq_dead_run_wish *wish, struct wq_dead_run **out,
                      void (*on_begun)(void *ctx, struct wq_dead_run *run, int rc), void *ctx)
{
	struct wq_dead_run *run;
	int rc;

	if (r->n >= WQ_API_DEAD_RUNS_MAX || r->done)
		return WQ_EFULL;
	run = wq_zalloc(sizeof(*run));
	if (!run)
		return WQ_RAISE(WQ_ENOMEM);
	run->runs = r;
	run->on_begun = on_begun;
	run->ctx = ctx;
	wq_list_init(&run->link);
	wq_list_push(&r->all, &run->link);
	r->n++;
	wq_timer_init(&run->timer, r->loop, on_timer);
	wq_arena_init(&run->arena, ARENA_MAX_BYTES);
	wq_buf_init(&run->text, WQ_API_DEAD_RUN_MAX_BYTES);
	rc = prepare(run, dead, wish);
	if (rc == 0)
		rc = tell(run);
	if (rc < 0)
		destroy(run);
	else
		*out = run;
	return rc;
}

struct wq_dead_run *wq_dead_run_find(struct wq_dead_runs *r, const struct wq_ref *dead,
                                     struct wq_str id)
{
	for (struct wq_list *l = r->all.next; l != &r->all; l = l->next) {
		struct wq_dead_run *run = WQ_OWNER(l, struct wq_dead_run, link);

		if (wq_str_is(id, run->id) && wq_str_eq(run->ref.queue, dead->queue))
			return run;
	}
	return NULL;
}

void wq_dead_run_stop(struct wq_dead_run *run)
{
	if (has_ended(run))
		return;
	if (run->state == RUNNING)
		run->state = STOPPING;
	wq_dead_walk_stop(&run->walk);
}

/* all of them */

static void on_closed(struct wq_post *p)
{
	struct wq_dead_runs *r = WQ_OWNER(p, struct wq_dead_runs, closed);
	void (*done)(void *ctx) = r->done;
	void *ctx = r->ctx;

	wq_free(r);
	done(ctx);
}

int wq_dead_runs_create(struct wq_dead_runs **out, struct wq_loop *loop)
{
	struct wq_dead_runs *r = wq_zalloc(sizeof(*r));

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	r->loop = loop;
	wq_list_init(&r->all);
	wq_post_init(&r->closed, loop, on_closed);
	*out = r;
	return 0;
}

void wq_dead_runs_close(struct wq_dead_runs *r, void (*done)(void *ctx), void *ctx)
{
	struct wq_list *next;

	r->done = done;
	r->ctx = ctx;
	for (struct wq_list *l = r->all.next; l != &r->all; l = next) {
		struct wq_dead_run *run = WQ_OWNER(l, struct wq_dead_run, link);

		next = l->next;
		if (wq_redis_ready(run->ref.redis))
			wq_dead_run_stop(run);
		else if (run->on_begun)
			begun(run, WQ_EAWAY);
		else
			destroy(run);
	}
	if (r->n == 0)
		wq_post_send(&r->closed);
}
