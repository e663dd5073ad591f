/* SPDX-License-Identifier: MIT */
/* webhook_run.c — one run after the other in a list; each has its walk, its replay, its timer and its call. */
#include "app/api/webhook_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/webhook_filter.h"
#include "app/api/webhook_view.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/random.h"

/* In this order: what stands behind STOPPING has ended. */
enum state { BEGINNING, RUNNING, STOPPING, DONE, STOPPED, FAILED };

enum { ARENA_MAX_BYTES = 65536, FIRST_NOTE_MS = 100 };

static const char *const names[] = {
	"beginning", "running", "stopping", "done", "stopped", "failed"
};

struct wq_webhook_runs {
	struct wq_list all;
	unsigned n;
	struct wq_loop *loop;
	const struct wq_webhook_log *log;
	struct wq_ref ref;
	struct wq_post closed;
	void (*done)(void *ctx); /* NULL: it is not closing */
	void *ctx;
};

struct wq_webhook_run {
	struct wq_list link;
	struct wq_webhook_runs *runs;
	char id[WQ_WEBHOOK_RUN_ID_BYTES];
	enum state state;
	struct wq_arena arena; /* texts of the filter, URL */
	struct wq_webhook_walk walk;
	struct wq_webhook_replay replay;
	struct wq_webhook_target target;
	uint64_t updates;
	unsigned refusals; /* in a row */
	int64_t started_ms, ended_ms;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_timer timer;
	struct wq_dead_runs_call call;
	struct wq_buf text;
	bool telling, last; /* what is being told, or was told last, is the end */
	unsigned tries;     /* to tell the end */
	void (*on_begun)(void *ctx, struct wq_webhook_run *run, int rc);
	void *ctx;
};

static bool has_ended(const struct wq_webhook_run *run)
{
	return run->state >= DONE;
}

/* what there is to tell */

static void put_int(struct wq_jsonw *w, const char *key, int64_t n)
{
	wq_jsonw_key(w, key);
	wq_jsonw_int(w, n);
}

static void put_text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_key(w, key);
	wq_jsonw_str(w, s);
}

static void put_filter(struct wq_jsonw *w, const struct wq_webhook_filter *f, int64_t until_ms)
{
	wq_jsonw_key(w, "filter");
	wq_jsonw_object(w);
	put_text(w, "id", f->id);
	put_text(w, "account", f->account);
	put_text(w, "kind", f->kind);
	put_text(w, "provider", f->provider);
	if (f->outcome)
		put_text(w, "outcome", wq_str(wq_webhook_outcome_name(f->outcome)));
	if (f->since_ms)
		put_int(w, "since", f->since_ms);
	if (until_ms)
		put_int(w, "until", until_ms);
	wq_jsonw_object_end(w);
}

static void put_counts(struct wq_jsonw *w, const struct wq_webhook_run *run)
{
	put_int(w, "rate", run->walk.per_second);
	wq_view_webhook_counts(w, &run->walk);
	put_int(w, "done", (int64_t)run->walk.done);
	put_int(w, "missed", (int64_t)run->walk.missed);
	put_int(w, "updates", (int64_t)run->updates);
	put_int(w, "started_at", run->started_ms);
	put_int(w, "updated_at", wq_loop_wall_ms(run->runs->loop));
}

void wq_view_webhook_run(struct wq_jsonw *w, const struct wq_webhook_run *run)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "id");
	wq_jsonw_text(w, run->id);
	wq_jsonw_key(w, "state");
	wq_jsonw_text(w, names[run->state == BEGINNING ? RUNNING : run->state]);
	wq_jsonw_key(w, "to");
	if (run->target.sink)
		wq_jsonw_null(w);
	else
		wq_jsonw_text(w, run->target.url);
	put_filter(w, &run->walk.filter, run->walk.filter.until_ms);
	put_counts(w, run);
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

/* a run's life */

static void destroy(struct wq_webhook_run *run)
{
	struct wq_webhook_runs *r = run->runs;

	wq_list_remove(&run->link);
	r->n--;
	wq_webhook_walk_forget(&run->walk);
	wq_webhook_replay_fini(&run->replay);
	wq_webhook_target_fini(&run->target);
	wq_redis_forget(&run->call.cmd);
	wq_timer_stop(&run->timer);
	wq_buf_fini(&run->text);
	wq_arena_fini(&run->arena);
	wq_free(run);
	if (r->done && r->n == 0)
		wq_post_send(&r->closed);
}

static void on_told(struct wq_dead_runs_call *c, int rc);

/* 0, or why it could not begin to. */
static int tell(struct wq_webhook_run *run)
{
	struct wq_jsonw w;
	int rc;

	run->last = has_ended(run);
	wq_buf_clear(&run->text);
	wq_jsonw_begin(&w, &run->text);
	wq_view_webhook_run(&w, run);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_dead_runs_start(&run->call, &run->runs->ref, WQ_DEAD_RUNS_NOTE,
		                        wq_str(run->id), wq_buf_str(&run->text), on_told);
	run->telling = rc == 0;
	return rc;
}

/* It was told, or could not be; the run may be gone then. */
static void told(struct wq_webhook_run *run, int rc)
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
	struct wq_webhook_run *run = WQ_OWNER(t, struct wq_webhook_run, timer);
	int rc = run->telling ? 0 : tell(run);

	if (rc < 0)
		told(run, rc);
}

static void on_walked(struct wq_webhook_walk *w, int rc)
{
	struct wq_webhook_run *run = w->user;

	run->state = rc == 0 ? DONE : rc == WQ_ECANCELED ? STOPPED : FAILED;
	run->ended_ms = wq_loop_wall_ms(run->runs->loop);
	if (run->state == FAILED && !run->error[0])
		snprintf(run->error, sizeof(run->error), "%s",
		         rc < 0 && !w->error[0] ? wq_err_text(rc) : w->error);
	wq_info("webhooks_replayed", WQ_S("id", run->id), WQ_S("state", names[run->state]),
	        WQ_I("done", (int64_t)w->done), WQ_I("missed", (int64_t)w->missed));
	wq_timer_start(&run->timer, 0); /* it goes from there, not from inside its walk */
}

static bool endpoint_fails(const struct wq_webhook_replay *r)
{
	return r->code == WQ_REPLAY_REFUSED || r->code == WQ_REPLAY_UNANSWERED;
}

static void on_replayed(struct wq_webhook_replay *r, int rc)
{
	struct wq_webhook_run *run = WQ_OWNER(r, struct wq_webhook_run, replay);

	if (rc != 0) {
		snprintf(run->error, sizeof(run->error), "%s",
		         r->error[0] ? r->error : wq_err_text(rc < 0 ? rc : WQ_EREPLY));
		wq_webhook_walk_failed(&run->walk, rc, run->error);
		return;
	}
	run->updates += r->code == WQ_REPLAY_DONE ? r->updates : 0;
	run->refusals = endpoint_fails(r) ? run->refusals + 1 : 0;
	if (r->code == WQ_REPLAY_BACKLOG || run->refusals >= WQ_WEBHOOK_RUN_REFUSALS) {
		snprintf(run->error, sizeof(run->error), "%s%s%.100s",
		         wq_webhook_replayed_text(r->code), r->error[0] ? ": " : "", r->error);
		wq_webhook_walk_failed(&run->walk, WQ_EREPLY, run->error);
		return;
	}
	wq_webhook_walk_acted(&run->walk, r->code == WQ_REPLAY_DONE);
}

static enum wq_webhook_wish on_row(struct wq_webhook_walk *w, const struct wq_webhook_row *row)
{
	struct wq_webhook_run *run = w->user;
	int rc = wq_webhook_replay_start(&run->replay, run->runs->loop, run->runs->log,
	                                 &run->target, wq_str(row->id), on_replayed);

	if (rc == 0)
		return WQ_WEBHOOK_ACT;
	snprintf(run->error, sizeof(run->error), "%s", wq_err_text(rc));
	wq_webhook_walk_stop(w);
	return WQ_WEBHOOK_ENOUGH;
}

/* The first telling has come through, or has not. */
static void begun(struct wq_webhook_run *run, int rc)
{
	void (*cb)(void *ctx, struct wq_webhook_run *one, int outcome) = run->on_begun;

	run->on_begun = NULL;
	if (rc == 0 && run->state == BEGINNING) {
		run->state = RUNNING;
		rc = wq_webhook_walk_start(&run->walk, run->runs->loop, run->runs->log);
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
	struct wq_webhook_run *run = WQ_OWNER(c, struct wq_webhook_run, call);

	run->telling = false;
	if (run->state == BEGINNING) {
		begun(run, rc);
		return;
	}
	if (rc == 0 && c->stop)
		wq_webhook_run_stop(run);
	told(run, rc);
}

/* Sorts by age, and is not to be guessed. */
static int make_id(struct wq_webhook_run *run)
{
	uint32_t random;
	int rc = wq_random_bytes(&random, sizeof(random));

	snprintf(run->id, sizeof(run->id), "%" PRId64 "-%08" PRIx32, run->started_ms, random);
	return rc;
}

static int copy_texts(struct wq_webhook_run *run)
{
	struct wq_webhook_filter *f = &run->walk.filter;
	struct wq_str *texts[] = { &f->id, &f->account, &f->kind, &f->provider };

	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		char *copy = texts[i]->n ? wq_arena_copy(&run->arena, *texts[i]) : NULL;

		if (texts[i]->n && !copy)
			return WQ_RAISE(WQ_ENOMEM);
		*texts[i] = wq_strn(copy, texts[i]->n);
	}
	if (run->target.url)
		run->target.url = wq_arena_copy(&run->arena, wq_str(run->target.url));
	return run->target.sink || run->target.url ? 0 : WQ_RAISE(WQ_ENOMEM);
}

static int prepare(struct wq_webhook_run *run, const struct wq_webhook_run_wish *wish)
{
	int rc;

	run->started_ms = wq_loop_wall_ms(run->runs->loop);
	run->walk.filter = wish->filter;
	run->walk.per_second = wish->per_second;
	run->walk.oldest_first = true;
	run->walk.taken_only = true;
	run->walk.on_row = on_row;
	run->walk.on_end = on_walked;
	run->walk.user = run;
	rc = make_id(run);
	return rc == 0 ? copy_texts(run) : rc;
}

int wq_webhook_run_begin(struct wq_webhook_runs *r, const struct wq_webhook_run_wish *wish,
                         void (*on_begun)(void *ctx, struct wq_webhook_run *run, int rc), void *ctx)
{
	bool full = r->n >= WQ_API_DEAD_RUNS_MAX || r->done;
	struct wq_webhook_run *run = full ? NULL : wq_zalloc(sizeof(*run));
	struct wq_webhook_target target = wish->target;
	int rc;

	if (!run) {
		wq_webhook_target_fini(&target);
		return full ? WQ_EFULL : WQ_RAISE(WQ_ENOMEM);
	}
	run->runs = r;
	run->target = target;
	run->on_begun = on_begun;
	run->ctx = ctx;
	wq_list_init(&run->link);
	wq_list_push(&r->all, &run->link);
	r->n++;
	wq_timer_init(&run->timer, r->loop, on_timer);
	wq_arena_init(&run->arena, ARENA_MAX_BYTES);
	wq_buf_init(&run->text, WQ_API_DEAD_RUN_MAX_BYTES);
	rc = prepare(run, wish);
	if (rc == 0)
		rc = tell(run);
	if (rc < 0)
		destroy(run);
	return rc;
}

struct wq_webhook_run *wq_webhook_run_find(struct wq_webhook_runs *r, struct wq_str id)
{
	for (struct wq_list *l = r->all.next; l != &r->all; l = l->next) {
		struct wq_webhook_run *run = WQ_OWNER(l, struct wq_webhook_run, link);

		if (wq_str_is(id, run->id))
			return run;
	}
	return NULL;
}

void wq_webhook_run_stop(struct wq_webhook_run *run)
{
	if (has_ended(run))
		return;
	if (run->state == RUNNING)
		run->state = STOPPING;
	wq_webhook_walk_stop(&run->walk);
}

/* all of them */

const struct wq_ref *wq_webhook_runs_ref(const struct wq_webhook_runs *r)
{
	return &r->ref;
}

static void on_closed(struct wq_post *p)
{
	struct wq_webhook_runs *r = WQ_OWNER(p, struct wq_webhook_runs, closed);
	void (*done)(void *ctx) = r->done;
	void *ctx = r->ctx;

	wq_ref_fini(&r->ref);
	wq_free(r);
	done(ctx);
}

int wq_webhook_runs_create(struct wq_webhook_runs **out, struct wq_loop *loop,
                           const struct wq_webhook_log *log)
{
	struct wq_webhook_runs *r = wq_zalloc(sizeof(*r));
	int rc;

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	r->loop = loop;
	r->log = log;
	wq_list_init(&r->all);
	wq_post_init(&r->closed, loop, on_closed);
	rc = wq_webhook_log_ref(log, &r->ref);
	if (rc == 0)
		*out = r;
	else
		wq_free(r);
	return rc;
}

void wq_webhook_runs_close(struct wq_webhook_runs *r, void (*done)(void *ctx), void *ctx)
{
	struct wq_list *next;

	r->done = done;
	r->ctx = ctx;
	for (struct wq_list *l = r->all.next; l != &r->all; l = next) {
		struct wq_webhook_run *run = WQ_OWNER(l, struct wq_webhook_run, link);

		next = l->next;
		wq_webhook_replay_cancel(&run->replay);
		if (wq_redis_ready(r->ref.redis) || run->walk.acting)
			wq_webhook_run_stop(run); /* what is in flight comes back in any case */
		else if (run->on_begun)
			begun(run, WQ_EAWAY);
		else
			destroy(run);
	}
	if (r->n == 0)
		wq_post_send(&r->closed);
}
