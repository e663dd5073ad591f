/* SPDX-License-Identifier: MIT */
/* webhook_run.c — one walk over the log, each webhook replayed before the next, and what is told of it. */
#include "app/api/webhook_run.h"

#include <stdio.h>

#include "app/api/webhook_filter.h"
#include "app/api/webhook_view.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

struct webhook_run {
	struct wq_run run;
	const struct wq_webhook_log *log;
	struct wq_webhook_walk walk;
	struct wq_webhook_replay replay;
	struct wq_webhook_target target;
	uint64_t updates;
	unsigned refusals; /* in a row */
};

static struct webhook_run *of(const struct wq_run *run)
{
	return WQ_OWNER(run, struct webhook_run, run);
}

static void put_text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void put_filter(struct wq_jsonw *w, const struct wq_webhook_filter *f)
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
		wq_jsonw_put_int(w, "since", f->since_ms);
	if (f->until_ms)
		wq_jsonw_put_int(w, "until", f->until_ms);
	wq_jsonw_object_end(w);
}

static void view(struct wq_jsonw *w, const struct wq_run *run)
{
	const struct webhook_run *r = of(run);

	wq_jsonw_key(w, "to");
	if (r->target.sink)
		wq_jsonw_null(w);
	else
		wq_jsonw_text(w, r->target.url);
	put_filter(w, &r->walk.filter);
	wq_jsonw_put_int(w, "rate", r->walk.per_second);
	wq_view_webhook_counts(w, &r->walk);
	wq_jsonw_put_int(w, "done", (int64_t)r->walk.done);
	wq_jsonw_put_int(w, "missed", (int64_t)r->walk.missed);
	wq_jsonw_put_int(w, "updates", (int64_t)r->updates);
}

static int start(struct wq_run *run)
{
	return wq_webhook_walk_start(&of(run)->walk, wq_runs_loop(run->runs), of(run)->log);
}

static void stop(struct wq_run *run)
{
	wq_webhook_walk_stop(&of(run)->walk);
}

/* What is in flight comes back in any case. */
static bool cut(struct wq_run *run)
{
	wq_webhook_replay_cancel(&of(run)->replay);
	return of(run)->walk.acting;
}

static void destroy(struct wq_run *run)
{
	struct webhook_run *r = of(run);

	wq_webhook_walk_forget(&r->walk);
	wq_webhook_replay_fini(&r->replay);
	wq_webhook_target_fini(&r->target);
	wq_free(r);
}

static void on_walked(struct wq_webhook_walk *w, int rc)
{
	struct wq_run *run = w->user;

	wq_run_ended(run, rc, w->error);
	wq_info("webhooks_replayed", WQ_S("id", run->id), WQ_S("state", wq_run_state_name(run)),
	        WQ_I("done", (int64_t)w->done), WQ_I("missed", (int64_t)w->missed));
}

static bool endpoint_fails(const struct wq_webhook_replay *r)
{
	return r->code == WQ_REPLAY_REFUSED || r->code == WQ_REPLAY_UNANSWERED;
}

static void on_replayed(struct wq_webhook_replay *replay, int rc)
{
	struct webhook_run *r = WQ_OWNER(replay, struct webhook_run, replay);
	char *error = r->run.error;
	size_t room = sizeof(r->run.error);

	if (rc != 0) {
		snprintf(error, room, "%s",
		         replay->error[0] ? replay->error : wq_err_text(rc < 0 ? rc : WQ_EREPLY));
		wq_webhook_walk_failed(&r->walk, rc, error);
		return;
	}
	r->updates += replay->code == WQ_REPLAY_DONE ? replay->updates : 0;
	r->refusals = endpoint_fails(replay) ? r->refusals + 1 : 0;
	if (replay->code == WQ_REPLAY_BACKLOG || r->refusals >= WQ_WEBHOOK_RUN_REFUSALS) {
		snprintf(error, room, "%s%s%.100s", wq_webhook_replayed_text(replay->code),
		         replay->error[0] ? ": " : "", replay->error);
		wq_webhook_walk_failed(&r->walk, WQ_EREPLY, error);
		return;
	}
	wq_webhook_walk_acted(&r->walk, replay->code == WQ_REPLAY_DONE);
}

static enum wq_webhook_wish on_row(struct wq_webhook_walk *w, const struct wq_webhook_row *row)
{
	struct webhook_run *r = of(w->user);
	int rc = wq_webhook_replay_start(&r->replay, wq_runs_loop(r->run.runs), r->log, &r->target,
	                                 wq_str(row->id), on_replayed);

	if (rc == 0)
		return WQ_WEBHOOK_ACT;
	snprintf(r->run.error, sizeof(r->run.error), "%s", wq_err_text(rc));
	wq_webhook_walk_stop(w);
	return WQ_WEBHOOK_ENOUGH;
}

static int keep_texts(struct webhook_run *r)
{
	struct wq_webhook_filter *f = &r->walk.filter;
	struct wq_str url = wq_str(r->target.url ? r->target.url : "");
	struct wq_str *texts[] = { &f->id, &f->account, &f->kind, &f->provider, &url };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(texts); i++)
		rc = wq_run_keep(&r->run, texts[i]);
	r->target.url = rc == 0 ? url.p : NULL;
	return rc;
}

static int prepare(struct webhook_run *r, const struct wq_webhook_log *log,
                   const struct wq_webhook_run_wish *wish)
{
	int rc = wq_webhook_log_ref(log, &r->run.ref);

	r->log = log;
	r->walk.filter = wish->filter;
	r->walk.per_second = wish->per_second;
	r->walk.oldest_first = true;
	r->walk.taken_only = true;
	r->walk.on_row = on_row;
	r->walk.on_end = on_walked;
	r->walk.user = &r->run;
	return rc == 0 ? keep_texts(r) : rc;
}

int wq_webhook_run_begin(struct wq_runs *runs, const struct wq_webhook_log *log,
                         const struct wq_webhook_run_wish *wish, wq_run_begun *on_begun, void *ctx)
{
	static const struct wq_run_kind kind = {
		.view = view, .start = start, .stop = stop, .cut = cut, .free = destroy
	};
	bool full = wq_runs_full(runs);
	struct webhook_run *r = full ? NULL : wq_zalloc(sizeof(*r));
	struct wq_webhook_target target = wish->target;
	int rc;

	if (!r) {
		wq_webhook_target_fini(&target);
		return full ? WQ_EFULL : WQ_RAISE(WQ_ENOMEM);
	}
	r->target = target;
	wq_run_init(&r->run, runs, &kind);
	rc = prepare(r, log, wish);
	if (rc == 0)
		rc = wq_run_begin(&r->run, on_begun, ctx);
	if (rc < 0)
		wq_run_drop(&r->run);
	return rc;
}
