/* SPDX-License-Identifier: MIT */
/* pending_one.c — one entry: shown, taken, given back, skipped, done. */
#include <stdio.h>

#include "app/api/pending_call.h"
#include "base/assert.h"
#include "base/err.h"

struct one {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id, account;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
};

static void missing(struct wq_exchange *x)
{
	wq_reply_problem(x, 404, "pending_not_found", "there is no such entry");
}

/* NULL: answered. */
static struct one *begin(struct wq_exchange *x, struct wq_api *api)
{
	struct one *o = wq_arena_alloc(wq_exchange_arena(x), sizeof(*o));

	if (!o) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*o = (struct one){ .x = x, .api = api };
	if (!wq_pending_id_read(wq_exchange_param(x, "id"), &o->id, &o->account) ||
	    !wq_pending_sees_account(x, api, o->account) ||
	    wq_send_keys_init(&o->keys, api->redis, o->account) < 0) {
		missing(x);
		return NULL;
	}
	return o;
}

static void started(struct one *o, int rc)
{
	if (rc < 0)
		wq_pending_fail(o->x, rc, "");
}

/* Who changes it came second. */
static void conflict(struct one *o, const struct wq_pending *p)
{
	if (wq_str_is(p->state, "taken"))
		wq_reply_problem(o->x, 409, "pending_taken", "%.*s has taken it",
		                 WQ_STR_ARG(p->by));
	else if (wq_str_is(p->state, "open"))
		wq_reply_problem(o->x, 409, "pending_open", "nobody has taken it");
	else
		wq_reply_problem(o->x, 409, "pending_ended", "it waits no more: %.*s%s%.*s",
		                 WQ_STR_ARG(p->state), p->by.n ? " by " : "", WQ_STR_ARG(p->by));
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct one *o = WQ_OWNER(cmd, struct one, cmd);
	struct wq_pending p;
	struct wq_buf body;
	struct wq_jsonw w;
	int answer = rc == 0 ? wq_pending_answer(cmd, &p) : 0;

	if (rc != 0 || answer == WQ_EPROTO) {
		wq_pending_fail(o->x, rc ? rc : answer, cmd->error);
		return;
	}
	if (answer == WQ_PENDING_MISSING) {
		missing(o->x);
		return;
	}
	if (answer == WQ_PENDING_NOT) {
		conflict(o, &p);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_pending(&w, &p, o->account, wq_loop_wall_ms(o->api->loop));
	wq_api_reply(o->x, 200, &w);
}

void wq_pending_show_handle(struct wq_exchange *x, void *api)
{
	struct one *o = begin(x, api);

	if (o)
		started(o, wq_pending_show_start(&o->keys, &o->cmd, o->id, on_answer));
}

/* Of the body: who, and what else it may say.  False: answered. */
static bool take_body(struct wq_exchange *x, yyjson_val *body, const char *const *members,
                      struct wq_pending_change *c)
{
	int64_t minutes = WQ_PENDING_LEASE_MS / 60000;

	if (!wq_api_members(x, body, members) || !wq_pending_by(x, body, &c->by) ||
	    !wq_pending_text(x, body, "note", WQ_PENDING_NOTE_MAX_BYTES, &c->note) ||
	    !wq_api_count(x, body, "minutes", WQ_PENDING_LEASE_MAX_MIN, &minutes))
		return false;
	if (minutes < 1) {
		wq_reply_problem(x, 422, "invalid_pending", "minutes: 1 to %d",
		                 WQ_PENDING_LEASE_MAX_MIN);
		return false;
	}
	c->lease_ms = minutes * 60000;
	return true;
}

static void change(struct wq_exchange *x, void *api, const char *act, const char *const *members)
{
	struct wq_pending_change c = { .act = act };
	yyjson_doc *doc;
	struct one *o;

	if (!wq_api_body(x, &doc))
		return;
	if (take_body(x, yyjson_doc_get_root(doc), members, &c) && (o = begin(x, api))) {
		c.id = o->id;
		c.any = wq_str_is(wq_str(act), "release") &&
		        wq_api_caller(x)->role >= WQ_ROLE_MANAGER;
		started(o, wq_pending_change_start(&o->keys, &o->cmd, 0, &c, on_answer));
	}
	wq_json_free(doc);
}

void wq_pending_take_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "by", "minutes", NULL };

	change(x, api, "take", members);
}

/* A manager gives back what another one took. */
void wq_pending_release_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "by", NULL };

	change(x, api, "release", members);
}

void wq_pending_skip_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "by", "note", NULL };

	change(x, api, "skipped", members);
}

void wq_pending_done_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "by", "note", NULL };

	change(x, api, "done", members);
}
