/* SPDX-License-Identifier: MIT */
/* message_one.c — one message: shown, cancelled, put off.
 *
 * What changes a message changes its record first: from then on no worker sends it as it was.  Its job follows, and one
 * that is left behind by a crash ends by itself when its time comes.
 */
#include "app/api/message_call.h"
#include "app/api/message_view.h"
#include "base/err.h"
#include "queue/when.h"

struct one {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_ref ref;
	struct wq_inspect inspect;
	int64_t due_ms; /* 0: it is cancelled */
};

void wq_message_fail(struct wq_exchange *x, int rc, const char *error)
{
	if (rc == WQ_EFULL) {
		wq_reply_header(x, "Retry-After", wq_str("1"));
		wq_reply_problem(x, 503, "too_busy", "too many messages wait to be added");
	} else if (rc == WQ_ETOOBIG) {
		wq_reply_problem(x, 413, "too_large", "this is more than can be sent at once");
	} else {
		wq_api_reply_redis(x, rc, error);
	}
}

int wq_message_ref(struct wq_api *api, struct wq_ref *ref)
{
	return wq_ref_init(ref, api->redis, wq_str(api->prefix), wq_str(wq_outbound_queue), NULL);
}

static struct wq_exchange *leave(struct one *o)
{
	wq_ref_fini(&o->ref);
	return o->x;
}

static void missing(struct one *o)
{
	wq_reply_problem(leave(o), 404, "message_not_found", "there is no such message");
}

/* Whether the account of that very id is one whose messages the caller may see; one that carries for all is not. */
static bool sees_account(struct wq_exchange *x, const struct wq_api *api, struct wq_str account)
{
	const struct wq_caller *caller = wq_api_caller(x);
	const struct wq_account *a;

	return caller->business.n == 0 ||
	       (wq_accounts_find(api->accounts, caller->business, account, &a) == 0 &&
	        wq_str_eq(a->id, account) && wq_api_sees(x, a->business));
}

/* Ids of ours name their account; those of jobs that others added are looked for in the account that is asked for, or
 * in the one that carries what names none.  NULL: answered. */
static struct one *begin(struct wq_exchange *x, struct wq_api *api)
{
	struct one *o = wq_arena_alloc(wq_exchange_arena(x), sizeof(*o));
	const struct wq_account *a;
	struct wq_str account;

	if (!o) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*o = (struct one){ .x = x, .api = api, .id = wq_exchange_param(x, "id") };
	account = wq_submit_account_of(o->id);
	if (!account.p)
		account = wq_exchange_query(x, "account");
	if (!account.p && wq_accounts_find(api->accounts, account, account, &a) == 0)
		account = a->id;
	if (o->id.n > WQ_MESSAGE_ID_MAX_BYTES || !sees_account(x, api, account) ||
	    wq_send_keys_init(&o->keys, api->redis, account) < 0) {
		missing(o);
		return NULL;
	}
	return o;
}

static struct one *one_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct one, cmd);
}

static void started(struct one *o, int rc)
{
	if (rc < 0)
		wq_message_fail(leave(o), rc, "");
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct one *o = one_of(cmd);
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		wq_message_fail(leave(o), rc, cmd->error);
		return;
	}
	if (!wq_letter_there(cmd)) {
		missing(o);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_message(&w, o->id, cmd);
	wq_api_reply(leave(o), 200, &w);
}

void wq_message_show_handle(struct wq_exchange *x, void *api)
{
	struct one *o = begin(x, api);

	if (o)
		started(o, wq_letter_show_start(&o->keys, &o->cmd, o->id, on_shown));
}

static void on_job_changed(struct wq_inspect *i, int rc)
{
	struct one *o = WQ_OWNER(i, struct one, inspect);

	if (rc != 0)
		wq_message_fail(leave(o), rc, i->error ? i->error : "");
	else
		wq_reply_json(leave(o), 200, wq_str("{\"changed\":1}"));
}

static void change_job(struct one *o)
{
	int64_t delay = o->due_ms - wq_loop_wall_ms(o->api->loop);
	int rc = wq_message_ref(o->api, &o->ref);

	wq_inspect_init(&o->inspect, o->api->loop, &o->ref, on_job_changed);
	if (rc == 0)
		rc = o->due_ms ? wq_inspect_change_delay(&o->inspect, o->id, delay > 0 ? delay : 0)
		               : wq_inspect_remove(&o->inspect, o->id, false);
	started(o, rc);
}

static void on_changed(struct wq_redis_cmd *cmd, int rc)
{
	struct one *o = one_of(cmd);
	struct wq_str state;
	int answer;

	if (rc != 0) {
		wq_message_fail(leave(o), rc, cmd->error);
		return;
	}
	answer = wq_letter_change_answer(cmd, &state);
	if (answer == WQ_EPROTO)
		wq_message_fail(leave(o), answer, "");
	else if (answer > 0)
		change_job(o);
	else if (answer < 0)
		missing(o);
	else
		wq_reply_problem(leave(o), 409, "too_late", "it is too late: the message is %.*s",
		                 WQ_STR_ARG(state));
}

static void change(struct one *o)
{
	started(o, wq_letter_change_start(&o->keys, &o->cmd, o->id, wq_loop_wall_ms(o->api->loop),
	                                  o->due_ms, on_changed));
}

void wq_message_cancel_handle(struct wq_exchange *x, void *api)
{
	struct one *o = begin(x, api);

	if (o)
		change(o);
}

void wq_message_move_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "scheduledAt", NULL };
	yyjson_doc *doc;
	int64_t due;
	bool good;
	struct one *o;

	if (!wq_api_body(x, &doc))
		return;
	if (!wq_api_members(x, yyjson_doc_get_root(doc), members)) {
		wq_json_free(doc);
		return;
	}
	good = wq_when_read(wq_json_get(yyjson_doc_get_root(doc), "scheduledAt"), NULL, &due);
	wq_json_free(doc);
	if (!good || due <= 0) {
		wq_reply_problem(
			x, 422, "invalid_moment",
			"scheduledAt must be a date such as 2027-01-31T12:00:00Z, or milliseconds since 1970");
		return;
	}
	o = begin(x, api);
	if (!o)
		return;
	o->due_ms = due;
	change(o);
}
