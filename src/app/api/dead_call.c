/* SPDX-License-Identifier: MIT */
/* dead_call.c — begin and end of a request to dead letters. */
#include "app/api/dead_call.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

static void on_gone(struct wq_exchange *x)
{
	struct wq_dead_call *c = wq_exchange_data(x);

	if (c)
		wq_dead_walk_stop(&c->walk);
}

/* False: answered. */
static bool open_queue(struct wq_dead_call *c)
{
	const char *why = NULL;
	int rc = wq_dead_ref_init(&c->ref, c->api->redis, wq_str(c->api->prefix),
	                          wq_exchange_param(c->x, "name"), &why);

	if (rc == WQ_EINVAL)
		wq_reply_problem(c->x, 400, "invalid_queue", "%s", why);
	else if (rc < 0)
		wq_api_reply_redis(c->x, rc, "");
	return rc == 0;
}

struct wq_dead_call *wq_dead_call_begin(struct wq_exchange *x, void *api, yyjson_doc *doc)
{
	struct wq_dead_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));

	if (!c) {
		wq_json_free(doc);
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_dead_call){ .x = x, .api = api };
	if (!open_queue(c)) {
		wq_json_free(doc);
		return NULL;
	}
	c->doc = doc;
	c->id = wq_exchange_param(x, "id");
	wq_buf_init(&c->text, WQ_DEAD_TEXT_MAX_BYTES);
	wq_buf_init(&c->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&c->w, &c->body);
	wq_exchange_set_data(x, c);
	wq_exchange_on_gone(x, on_gone);
	return c;
}

static void on_checked(struct wq_queue_check *check, int rc)
{
	struct wq_dead_call *c = WQ_OWNER(check, struct wq_dead_call, check);
	struct wq_exchange *x = c->x;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, "");
	} else if (wq_exchange_gone(x)) { /* nobody waits for it: not begun */
		wq_dead_call_end(c);
		wq_reply_problem(x, 503, "gone", "the caller has gone");
	} else if (check->refused) {
		wq_dead_call_end(c);
		wq_reply_problem(x, 409, "queue_refused", "%s", check->why);
	} else {
		wq_dead_call_started(c, c->start(c));
	}
}

void wq_dead_call_change(struct wq_dead_call *c, int (*start)(struct wq_dead_call *c))
{
	c->start = start;
	wq_dead_call_started(c, wq_queue_check_start(&c->check, &c->ref, on_checked));
}

int wq_dead_call_walk(struct wq_dead_call *c,
                      enum wq_dead_wish (*on_letter)(struct wq_dead_walk *w,
                                                     const struct wq_dead_letter *l),
                      void (*on_end)(struct wq_dead_walk *w, int rc))
{
	c->walk.filter = c->filter;
	c->walk.user = c;
	c->walk.on_letter = on_letter;
	c->walk.on_end = on_end;
	return wq_dead_walk_start(&c->walk, c->api->loop, &c->ref);
}

void wq_dead_call_end(struct wq_dead_call *c)
{
	wq_exchange_set_data(c->x, NULL);
	wq_dead_walk_forget(&c->walk);
	wq_dead_one_fini(&c->one);
	wq_redis_forget(&c->growth.cmd);
	wq_change_forget(&c->change);
	wq_json_free(c->doc);
	wq_buf_fini(&c->text);
	wq_buf_fini(&c->body);
	wq_ref_fini(&c->ref);
}

/* The exchange, and the call in it, are gone with the answer: what the call owns goes first. */
static struct wq_exchange *leave(struct wq_dead_call *c)
{
	struct wq_exchange *x = c->x;

	wq_dead_call_end(c);
	return x;
}

void wq_dead_call_fail(struct wq_dead_call *c, int rc, const char *error)
{
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES];

	snprintf(text, sizeof(text), "%s", error);
	if (rc == WQ_ECANCELED)
		wq_reply_problem(leave(c), 503, "gone", "the caller has gone");
	else
		wq_api_reply_redis(leave(c), rc, text);
}

void wq_dead_call_refuse(struct wq_dead_call *c, int code)
{
	struct wq_exchange *x = leave(c);
	const char *why = wq_dead_code_text(code);

	if (code == WQ_DEAD_MISSING)
		wq_reply_problem(x, 404, "letter_not_found", "%s", why);
	else if (code == WQ_DEAD_CHANGED)
		wq_reply_problem(x, 409, "letter_changed", "%s", why);
	else if (code == WQ_DEAD_STATE)
		wq_reply_problem(x, 409, "letter_in_work", "%s", why);
	else if (code == WQ_DEAD_FOREIGN)
		wq_reply_problem(x, 409, "queue_refused", "%s", why);
	else if (code == WQ_DEAD_TOO_LARGE)
		wq_reply_problem(x, 413, "letter_too_large", "%s", why);
	else
		wq_reply_problem(x, 409, "not_possible", "%s", why);
}

void wq_dead_call_started(struct wq_dead_call *c, int rc)
{
	if (rc == WQ_EINVAL || rc == WQ_ETOOBIG)
		wq_reply_problem(leave(c), 400, "invalid_parameter",
		                 "a name or a number is too large");
	else if (rc < 0)
		wq_dead_call_fail(c, rc, "");
}

void wq_dead_call_reply(struct wq_dead_call *c, int status)
{
	struct wq_buf body = c->body;
	struct wq_jsonw w = c->w;

	c->body = (struct wq_buf){ 0 };
	w.out = &body;
	wq_api_reply(leave(c), status, &w);
}
