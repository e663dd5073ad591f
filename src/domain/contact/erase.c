/* SPDX-License-Identifier: MIT */
/* erase.c — stretch by stretch, so that no call holds Redis for long. */
#include "domain/contact/erase.h"

#include "base/limits.h"

enum { ERASE, JOBS, NEXT };

static struct wq_contact_erase *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_contact_erase, flow);
}

static void on_erased(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_erase *e = WQ_OWNER(cmd, struct wq_contact_erase, cmd);
	struct wq_str id;
	int answer = 0;

	e->error = cmd->error;
	if (rc == 0) {
		answer = wq_contact_forgot(cmd);
		rc = answer < WQ_CONTACT_MISSING ? answer : 0;
	}
	e->found = e->found || (rc == 0 && answer >= 0);
	e->more = rc == 0 && answer > 0;
	wq_buf_clear(&e->jobs);
	e->at = 0;
	for (size_t i = 0; rc == 0 && wq_contact_forgot_at(cmd, i, &id); i++, e->messages++) {
		rc = wq_buf_add_str(&e->jobs, id);
		if (rc == 0)
			rc = wq_buf_add_char(&e->jobs, ' ');
	}
	wq_flow_resume(&e->flow, rc);
}

static enum wq_flow_next run_erase(struct wq_flow *f)
{
	struct wq_contact_erase *e = self(f);

	return wq_flow_after(f, JOBS,
	                     wq_contact_forget_start(e->keys, &e->cmd, e->now_ms, e->id, e->by,
	                                             e->why, on_erased));
}

static void on_removed(struct wq_inspect *i, int rc)
{
	struct wq_contact_erase *e = WQ_OWNER(i, struct wq_contact_erase, inspect);

	e->error = i->error ? i->error : "";
	wq_flow_resume(&e->flow, rc);
}

static enum wq_flow_next run_jobs(struct wq_flow *f)
{
	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return wq_flow_go(f, NEXT);
}

/* A job that runs right now stays, and finds its message without a text. */
static enum wq_flow_next run_next(struct wq_flow *f)
{
	struct wq_contact_erase *e = self(f);
	struct wq_str rest = wq_strn(e->jobs.p + e->at, e->jobs.n - e->at), id;

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	if (rest.n == 0 || !wq_str_next(&rest, ' ', &id))
		return e->more ? wq_flow_go(f, ERASE) : wq_flow_end(f, 0);
	e->at += id.n + 1;
	return wq_flow_after(f, NEXT, wq_inspect_remove(&e->inspect, id, false));
}

static const struct wq_flow_step steps[] = {
	[ERASE] = { "erase", run_erase, NULL, WQ_BIT(JOBS) },
	[JOBS] = { "jobs", run_jobs, NULL, WQ_BIT(NEXT) },
	[NEXT] = { "next", run_next, NULL, WQ_BIT(NEXT) | WQ_BIT(ERASE) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_contact_erase *e = self(f);

	wq_buf_fini(&e->jobs);
	e->cb(e, rc);
}

void wq_contact_erase_start(struct wq_contact_erase *e)
{
	e->error = "";
	e->found = false;
	e->messages = 0;
	wq_buf_init(&e->jobs, (size_t)WQ_CONTACT_ERASE_STEP * (WQ_MESSAGE_ID_MAX_BYTES + 1));
	wq_inspect_init(&e->inspect, e->loop, e->outbound, on_removed);
	wq_flow_init(&e->flow, e->loop, steps, on_end);
	wq_flow_start(&e->flow);
}
