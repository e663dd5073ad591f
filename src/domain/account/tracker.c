/* SPDX-License-Identifier: MIT */
/* tracker.c — one question at a time; the number of the last change moves on only with what was taken. */
#include "domain/account/tracker.h"

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

static int take_all(struct wq_tracker *f, const struct wq_registry_changes *changes)
{
	int rc = 0;

	for (size_t i = 0; i < changes->n && rc == 0; i++) {
		const struct wq_redis_value *fields;
		struct wq_str id;
		bool there = wq_registry_changes_at(&f->cmd, i, &id, &fields);

		rc = f->take(f, id, there ? fields : NULL);
	}
	return rc;
}

static int take_changes(struct wq_tracker *f, bool *more)
{
	struct wq_registry_changes changes;
	int rc;

	wq_registry_changes_answer(&f->cmd, &changes);
	if (changes.full)
		f->begin_all(f);
	f->sweeping |= changes.full;
	f->news |= changes.n > 0 || changes.full;
	rc = take_all(f, &changes);
	*more = changes.more && rc == 0;
	if (rc < 0)
		return rc;
	f->rev = changes.rev;
	if (changes.more)
		return 0;
	if (f->sweeping)
		f->end_all(f);
	f->sweeping = false;
	f->loaded = true;
	return 0;
}

static void on_changes(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_tracker *f = WQ_OWNER(cmd, struct wq_tracker, cmd);
	bool more = false, news;

	f->asking = false;
	if (rc == 0)
		rc = take_changes(f, &more);
	if (rc != 0 && !f->away)
		wq_warn("registry_not_read", WQ_S("what", f->what),
		        WQ_S("why", cmd->error[0] ? cmd->error : wq_err_text(rc)));
	f->away = rc != 0;
	wq_timer_start(&f->timer, more || (f->poked && rc == 0) ? 0 : WQ_ACCOUNTS_REFRESH_MS);
	f->poked = false;
	news = f->news && !more;
	if (news)
		f->news = false;
	if (news && f->changed)
		f->changed(f);
}

static void on_timer(struct wq_timer *t)
{
	struct wq_tracker *f = WQ_OWNER(t, struct wq_tracker, timer);

	if (f->asking)
		return;
	f->asking = wq_registry_changes_start(&f->registry, &f->cmd, f->rev, on_changes) == 0;
	if (!f->asking)
		wq_timer_start(&f->timer, WQ_ACCOUNTS_REFRESH_MS);
}

void wq_tracker_start(struct wq_tracker *f, struct wq_loop *loop)
{
	wq_timer_init(&f->timer, loop, on_timer);
	wq_timer_start(&f->timer, 0);
}

void wq_tracker_stop(struct wq_tracker *f)
{
	if (!f->timer.loop)
		return;
	wq_timer_stop(&f->timer);
	if (f->asking)
		wq_redis_forget(&f->cmd);
	f->asking = false;
}

void wq_tracker_poke(struct wq_tracker *f)
{
	f->poked = f->asking;
	if (!f->asking)
		wq_timer_start(&f->timer, 0);
}
