/* SPDX-License-Identifier: MIT */
/* webhook_call.c — begin and end of a request to the log of webhooks. */
#include "app/api/webhook_call.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

static void on_gone(struct wq_exchange *x)
{
	struct wq_webhook_call *c = wq_exchange_data(x);

	if (c)
		wq_webhook_walk_stop(&c->walk);
}

struct wq_webhook_call *wq_webhook_call_begin(struct wq_exchange *x, struct wq_api *a)
{
	struct wq_webhook_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	c->x = x;
	c->api = a;
	wq_buf_init(&c->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&c->w, &c->body);
	wq_exchange_set_data(x, c);
	wq_exchange_on_gone(x, on_gone);
	return c;
}

struct wq_exchange *wq_webhook_call_end(struct wq_webhook_call *c)
{
	struct wq_exchange *x = c->x;

	wq_exchange_set_data(x, NULL);
	wq_webhook_walk_forget(&c->walk);
	wq_webhook_page_fini(&c->page);
	wq_redis_forget(&c->stats.cmd);
	wq_redis_forget(&c->ask.cmd);
	wq_webhook_replay_fini(&c->replay);
	wq_webhook_target_fini(&c->target);
	wq_buf_fini(&c->body);
	return x;
}

void wq_webhook_call_fail(struct wq_webhook_call *c, int rc, const char *error)
{
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES];

	snprintf(text, sizeof(text), "%s", error);
	if (rc == WQ_ECANCELED)
		wq_reply_problem(wq_webhook_call_end(c), 503, "gone", "the caller has gone");
	else
		wq_api_reply_redis(wq_webhook_call_end(c), rc, text);
}

int wq_webhook_call_walk(struct wq_webhook_call *c,
                         enum wq_webhook_wish (*on_row)(struct wq_webhook_walk *w,
                                                        const struct wq_webhook_row *r),
                         void (*on_end)(struct wq_webhook_walk *w, int rc))
{
	c->walk.user = c;
	c->walk.on_row = on_row;
	c->walk.on_end = on_end;
	return wq_webhook_walk_start(&c->walk, c->api->loop, &c->api->webhook_logs->log);
}

void wq_webhook_call_refuse(struct wq_webhook_call *c, enum wq_webhook_replayed code)
{
	static const struct {
		int status;
		const char *code;
	} answers[] = {
		[WQ_REPLAY_DONE] = { 500, "" },
		[WQ_REPLAY_MISSING] = { 404, "webhook_not_found" },
		[WQ_REPLAY_NO_BODY] = { 409, "body_not_kept" },
		[WQ_REPLAY_TOO_LARGE] = { 413, "webhook_too_large" },
		[WQ_REPLAY_BACKLOG] = { 503, "backlog" },
		[WQ_REPLAY_REFUSED] = { 502, "endpoint_refused" },
		[WQ_REPLAY_UNANSWERED] = { 502, "endpoint_unanswered" },
	};
	const char *more = c->replay.error ? c->replay.error : "";
	char why[WQ_REDIS_REPLY_ERROR_MAX_BYTES], status[32] = "";

	if (code == WQ_REPLAY_REFUSED)
		snprintf(status, sizeof(status), ": it answered %d", c->replay.status);
	snprintf(why, sizeof(why), "%s%s%s%.100s", wq_webhook_replayed_text(code), status,
	         *more ? ": " : "", more);
	wq_reply_problem(wq_webhook_call_end(c), answers[code].status, answers[code].code, "%s",
	                 why);
}

void wq_webhook_call_started(struct wq_webhook_call *c, int rc)
{
	if (rc < 0)
		wq_webhook_call_fail(c, rc, "");
}

void wq_webhook_call_reply(struct wq_webhook_call *c, int status)
{
	struct wq_buf body = c->body;
	struct wq_jsonw w = c->w;

	c->body = (struct wq_buf){ 0 };
	w.out = &body;
	wq_api_reply(wq_webhook_call_end(c), status, &w);
}
