/* SPDX-License-Identifier: MIT */
/* dead_run.c — one walk over dead letters, and what is told of it. */
#include "app/api/dead_run.h"

#include "app/api/dead_view.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

struct dead_run {
	struct wq_run run;
	struct wq_dead_walk walk;
	enum wq_dead_wish wish;
};

static struct dead_run *of(const struct wq_run *run)
{
	return WQ_OWNER(run, struct dead_run, run);
}

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
		wq_jsonw_put_str(w, texts[i].name, texts[i].text);
	}
	for (size_t i = 0; i < WQ_COUNT(moments); i++) {
		if (!moments[i].ms)
			continue;
		wq_jsonw_put_int(w, moments[i].name, moments[i].ms);
	}
	wq_jsonw_object_end(w);
}

static void view(struct wq_jsonw *w, const struct wq_run *run)
{
	const struct dead_run *d = of(run);

	wq_jsonw_put_str(w, "queue", wq_dead_queue_of(run->ref.queue));
	wq_jsonw_put_text(w, "kind", d->wish == WQ_DEAD_RETRY ? "retry" : "clean");
	put_filter(w, &d->walk.filter);
	wq_jsonw_put_int(w, "rate", d->walk.per_second);
	wq_view_dead_counts(w, &d->walk);
	wq_jsonw_put_int(w, "done", (int64_t)d->walk.done);
	wq_jsonw_put_int(w, "missed", (int64_t)d->walk.missed);
}

static int start(struct wq_run *run)
{
	return wq_dead_walk_start(&of(run)->walk, wq_runs_loop(run->runs), &run->ref);
}

static void stop(struct wq_run *run)
{
	wq_dead_walk_stop(&of(run)->walk);
}

static void destroy(struct wq_run *run)
{
	struct dead_run *d = of(run);

	wq_dead_walk_forget(&d->walk);
	wq_free(d);
}

static void on_walked(struct wq_dead_walk *w, int rc)
{
	struct wq_run *run = w->user;

	wq_run_ended(run, rc, w->error);
	wq_info("dead_letters_run", WQ_S("id", run->id), WQ_S("state", wq_run_state_name(run)),
	        WQ_I("done", (int64_t)w->done), WQ_I("missed", (int64_t)w->missed));
}

static enum wq_dead_wish on_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	(void)l;
	return of(w->user)->wish;
}

static int prepare(struct dead_run *d, const struct wq_ref *dead,
                   const struct wq_dead_run_wish *wish)
{
	struct wq_dead_filter *f = &d->walk.filter;
	struct wq_str *texts[] = { &f->error, &f->name, &f->account };
	int rc = wq_ref_init(&d->run.ref, dead->redis, dead->prefix, dead->queue, NULL);

	d->wish = wish->wish;
	d->walk.filter = wish->filter;
	d->walk.per_second = wish->per_second;
	d->walk.on_letter = on_letter;
	d->walk.on_end = on_walked;
	d->walk.user = &d->run;
	for (size_t i = 0; rc == 0 && i < WQ_COUNT(texts); i++)
		rc = wq_run_keep(&d->run, texts[i]);
	return rc;
}

int wq_dead_run_begin(struct wq_runs *r, const struct wq_ref *dead,
                      const struct wq_dead_run_wish *wish, wq_run_begun *on_begun, void *ctx)
{
	static const struct wq_run_kind kind = {
		.view = view, .start = start, .stop = stop, .free = destroy
	};
	struct dead_run *d;
	int rc;

	if (wq_runs_full(r))
		return WQ_EFULL;
	d = wq_zalloc(sizeof(*d));
	if (!d)
		return WQ_RAISE(WQ_ENOMEM);
	wq_run_init(&d->run, r, &kind);
	rc = prepare(d, dead, wish);
	if (rc == 0)
		rc = wq_run_begin(&d->run, on_begun, ctx);
	if (rc < 0)
		wq_run_drop(&d->run);
	return rc;
}

struct wq_run *wq_dead_run_find(struct wq_runs *r, const struct wq_ref *dead, struct wq_str id)
{
	struct wq_run *run = wq_runs_find(r, id);

	return run && wq_str_eq(run->ref.queue, dead->queue) ? run : NULL;
}
