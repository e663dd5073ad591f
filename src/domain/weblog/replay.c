/* SPDX-License-Identifier: MIT */
/* replay.c — read, then taken by the sink or posted. */
#include "domain/weblog/replay.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"

const char *wq_webhook_replayed_text(enum wq_webhook_replayed code)
{
	static const char *const texts[] = {
		"it was replayed",
		"there is no such webhook, or it has gone from the log",
		"its bytes were not kept: --webhook-log-body was off, or it was refused",
		"it is too large to be replayed",
		"too many jobs wait: nothing is added until they are fewer",
		"the endpoint did not take it",
		"the endpoint did not answer",
	};

	return texts[code];
}

static void finish(struct wq_webhook_replay *r, int rc)
{
	wq_hook_fini(&r->hook);
	r->cb(r, rc);
}

static void told(struct wq_webhook_replay *r, enum wq_webhook_replayed code)
{
	r->code = code;
	finish(r, 0);
}

/* jobs */

/* Its data with a further member; what is no object stays as it is. */
static int mark(struct wq_webhook_replay *r, struct wq_sink_update *u)
{
	static const char member[] = "\"replayOf\":\"";
	const char *id = r->page.rows[0].id;
	size_t n = u->data.n, max = n + sizeof(member) + strlen(id) + 4;
	bool empty = n > 1 && u->data.p[n - 2] == '{';
	char *to;

	if (n < 2 || u->data.p[n - 1] != '}')
		return 0;
	to = wq_arena_alloc(&r->hook.arena, max);
	if (!to)
		return WQ_ETOOBIG;
	memcpy(to, u->data.p, n - 1);
	n = n - 1 +
	    (size_t)snprintf(to + n - 1, max - n + 1, "%s%s%s\"}", empty ? "" : ",", member, id);
	u->data = wq_strn(to, n);
	return 0;
}

static enum wq_provider provider_of(const struct wq_webhook_row *row)
{
	unsigned p = 0;

	while (p < WQ_PROVIDERS && !wq_str_is(row->provider, wq_provider_name((enum wq_provider)p)))
		p++;
	return (enum wq_provider)p;
}

/* As it was read when it came, but that nothing counts as seen. */
static int read_stored(struct wq_webhook_replay *r)
{
	const struct wq_webhook_row *row = &r->page.rows[0];
	const struct wq_webhook webhook = { .body = row->body, .business = row->business,
		                            .instance = row->business, .now_ms = row->at_ms };
	enum wq_provider provider = provider_of(row);
	int rc;

	if (provider == WQ_PROVIDERS)
		return WQ_EINVAL;
	wq_inbound_reader_init(&r->reader);
	rc = wq_hook_read(&r->hook, &r->reader, provider, &webhook);
	wq_inbound_reader_fini(&r->reader);
	for (size_t i = 0; rc == 0 && i < r->hook.post.updates_n; i++) {
		r->hook.updates[i].digest = wq_str("");
		rc = mark(r, &r->hook.updates[i]);
	}
	return rc;
}

static void on_taken(struct wq_intake *i, int rc)
{
	struct wq_webhook_replay *r = WQ_OWNER(i, struct wq_webhook_replay, intake);

	r->updates = i->fresh;
	r->error = i->error;
	if (rc == WQ_SINK_BACKLOG)
		told(r, WQ_REPLAY_BACKLOG);
	else
		finish(r, rc);
}

static void make_jobs(struct wq_webhook_replay *r)
{
	int rc = read_stored(r);

	if (rc == WQ_ETOOBIG || rc == WQ_EINVAL) {
		told(r, WQ_REPLAY_TOO_LARGE);
		return;
	}
	r->intake.post = r->hook.post;
	if (rc == 0)
		rc = wq_sink_take(r->target->sink, &r->intake, on_taken);
	if (rc < 0)
		finish(r, rc);
}

/* a URL */

static void on_answer(struct wq_call *call, int rc)
{
	struct wq_webhook_replay *r = WQ_OWNER(call, struct wq_webhook_replay, call);

	r->status = call->status;
	r->error = rc < 0 ? wq_call_why(call) : "";
	if (rc < 0)
		told(r, WQ_REPLAY_UNANSWERED);
	else
		told(r, call->status >= 200 && call->status < 300 ? WQ_REPLAY_DONE
		                                                  : WQ_REPLAY_REFUSED);
}

static void post(struct wq_webhook_replay *r)
{
	int rc;

	wq_call_fini(&r->call);
	rc = wq_webhook_target_aim(r->target, &r->page.rows[0], &r->page.arena, &r->call);
	if (rc == 0)
		rc = wq_call_start(r->target->client, &r->call, on_answer);
	if (rc == 0)
		return;
	r->error = rc == WQ_EDENIED ? "its address is not a public one" : wq_err_text(rc);
	told(r, WQ_REPLAY_UNANSWERED);
}

/* both */

static void on_read(struct wq_webhook_page *p, int rc)
{
	struct wq_webhook_replay *r = WQ_OWNER(p, struct wq_webhook_replay, page);

	r->error = p->cmd.error;
	if (rc != 0)
		finish(r, rc);
	else if (p->n == 0)
		told(r, WQ_REPLAY_MISSING);
	else if (p->rows[0].refused || p->rows[0].body_bytes == 0)
		told(r, WQ_REPLAY_NO_BODY);
	else if (!p->rows[0].body.p)
		told(r, WQ_REPLAY_TOO_LARGE);
	else if (r->target->sink)
		make_jobs(r);
	else
		post(r);
}

int wq_webhook_replay_start(struct wq_webhook_replay *r, struct wq_loop *l,
                            const struct wq_webhook_log *log,
                            const struct wq_webhook_target *target, struct wq_str id,
                            void (*cb)(struct wq_webhook_replay *r, int rc))
{
	r->loop = l;
	r->log = log;
	r->target = target;
	r->cb = cb;
	r->code = WQ_REPLAY_DONE;
	r->updates = 0;
	r->status = 0;
	r->error = "";
	return wq_webhook_log_one(log, &r->page, id, on_read);
}

void wq_webhook_replay_cancel(struct wq_webhook_replay *r)
{
	wq_call_cancel(&r->call);
}

void wq_webhook_replay_fini(struct wq_webhook_replay *r)
{
	wq_webhook_page_fini(&r->page);
	wq_hook_fini(&r->hook);
	wq_call_fini(&r->call);
}
