/* SPDX-License-Identifier: MIT */
/* pending_send.c — what waited is sent; each reason why it is not has an answer of its own. */
#include <stdio.h>

#include "app/api/message_call.h"
#include "app/api/pending_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/pending/sending.h"

struct send {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_ref ref;
	struct wq_arena arena;
	yyjson_doc *doc;
	struct wq_pending_sending sending;
};

static struct wq_exchange *leave(struct send *s)
{
	wq_json_free(s->doc);
	wq_ref_fini(&s->ref);
	return s->x;
}

static void answer(struct send *s)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "id", wq_exchange_param(s->x, "id"));
	wq_jsonw_put_text(&w, "state", "sent");
	wq_jsonw_put_str(&w, "message_id", s->sending.message_id);
	wq_jsonw_put_bool(&w, "known", s->sending.item.made == WQ_LETTER_BEFORE);
	wq_jsonw_object_end(&w);
	wq_api_reply(s->x, 202, &w);
}

static void refuse_barred(const struct send *s)
{
	switch (s->sending.bar) {
	case WQ_PENDING_CLOSED:
		wq_reply_problem(
			s->x, 409, "window_closed",
			"the window of 24 hours is closed: send a template, or say \"force\": true");
		return;
	case WQ_PENDING_OPTED_OUT:
		wq_reply_problem(
			s->x, 409, "opted_out",
			"the contact wants nothing more: an exception says \"force\": true");
		return;
	case WQ_PENDING_BLOCKED:
		wq_reply_problem(
			s->x, 409, "blocked",
			"the contact seems to have blocked this number: \"force\": true sends all the same");
		return;
	default:
		wq_reply_problem(s->x, 409, "no_address",
		                 "no name of the contact can be written to");
	}
}

static void refuse(const struct send *s)
{
	const struct wq_pending_sending *g = &s->sending;

	switch (g->outcome) {
	case WQ_PENDING_HELD:
		wq_reply_problem(s->x, 409, "pending_taken", "%.*s has taken it",
		                 WQ_STR_ARG(g->holder));
		return;
	case WQ_PENDING_ENDED:
		wq_reply_problem(s->x, 409, "pending_ended", "it waits no more: %.*s%s%.*s%s%.*s",
		                 WQ_STR_ARG(g->state), g->holder.n ? " by " : "",
		                 WQ_STR_ARG(g->holder), g->message_id.n ? ", as " : "",
		                 WQ_STR_ARG(g->message_id));
		return;
	case WQ_PENDING_BARRED:
		refuse_barred(s);
		return;
	case WQ_PENDING_EMPTY:
		wq_reply_problem(s->x, 422, "invalid_message",
		                 "it has no message of its own: say text or message");
		return;
	case WQ_PENDING_INVALID:
		wq_reply_problem(s->x, 422, "invalid_message", "%s %s", g->problem.field,
		                 g->problem.what);
		return;
	case WQ_PENDING_OTHER:
		wq_reply_problem(
			s->x, 409, "pending_sent",
			"it was sent before, with other words, as %.*s: look at that message, then say done",
			WQ_STR_ARG(g->message_id));
		return;
	default:
		wq_reply_problem(s->x, 404, "pending_not_found", "there is no such entry");
	}
}

static void on_sent(struct wq_pending_sending *g, int rc)
{
	struct send *s = WQ_OWNER(g, struct send, sending);

	if (rc != 0)
		wq_pending_fail(s->x, rc, g->error);
	else if (g->outcome == WQ_PENDING_SENT)
		answer(s);
	else
		refuse(s);
}

/* The exchange's memory is given back with its answer: what else there is goes first. */
static void on_end(struct wq_pending_sending *g, int rc)
{
	struct send *s = WQ_OWNER(g, struct send, sending);

	(void)leave(s);
	on_sent(g, rc);
}

/* False: answered. */
static bool take_account(struct send *s)
{
	struct wq_pending_sending *g = &s->sending;
	const struct wq_account *a;

	if (!wq_pending_id_read(wq_exchange_param(s->x, "id"), &g->id, &g->account) ||
	    !wq_pending_sees_account(s->x, s->api, g->account)) {
		wq_reply_problem(leave(s), 404, "pending_not_found", "there is no such entry");
		return false;
	}
	if (wq_accounts_find(s->api->accounts, wq_api_caller(s->x)->business, g->account, &a) !=
	            0 ||
	    !wq_str_eq(a->id, g->account)) {
		wq_reply_problem(leave(s), 422, "no_account",
		                 "the account that it waits in is there no more");
		return false;
	}
	g->provider = a->provider;
	return true;
}

/* False: answered. */
static bool take_words(struct send *s)
{
	static const char *const members[] = { "by", "text", "message", "force", NULL };
	struct wq_pending_words *words = &s->sending.words;
	yyjson_val *root = yyjson_doc_get_root(s->doc);

	words->message = wq_json_get(root, "message");
	if (!wq_api_members(s->x, root, members) || !wq_pending_by(s->x, root, &s->sending.by) ||
	    !wq_api_flag(s->x, root, "force", &words->forced) ||
	    !wq_pending_text(s->x, root, "text", WQ_LETTER_DATA_MAX_BYTES, &words->text)) {
		(void)leave(s);
		return false;
	}
	if (words->message && (!yyjson_is_obj(words->message) || words->text.p)) {
		wq_reply_problem(leave(s), 422, "invalid_message",
		                 "message is an object, and stands instead of text");
		return false;
	}
	return true;
}

void wq_pending_send_handle(struct wq_exchange *x, void *api)
{
	struct send *s = wq_arena_alloc(wq_exchange_arena(x), sizeof(*s));
	int rc;

	if (!s) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*s = (struct send){ .x = x, .api = api };
	if (!wq_api_body(x, &s->doc))
		return;
	if (!take_words(s) || !take_account(s))
		return;
	rc = wq_message_ref(s->api, &s->ref);
	s->sending.loop = s->api->loop;
	s->sending.redis = s->api->redis;
	s->sending.producer = s->api->producer;
	s->sending.arena = wq_exchange_arena(x);
	s->sending.queue_base = wq_ref_base(&s->ref);
	s->sending.keep_s = s->api->message_keep_s;
	s->sending.cb = on_end;
	if (rc == 0)
		rc = wq_pending_sending_start(&s->sending);
	if (rc < 0)
		wq_pending_fail(leave(s), rc, "");
}
