/* SPDX-License-Identifier: MIT */
/* receipt.c — a status, from its job into the record of its message; a failure also to whatever it means for others.
 *
 * A status of no message of ours is kept for a while: it may have overtaken the answer to its send.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "domain/send/opaque.h"
#include "domain/send/sender_core.h"

enum { LATER_MS = 1000 };

struct receipt {
	struct wq_list link; /* of the sender */
	struct wq_sender *sender;
	struct wq_task *task;
	struct wq_desk *desk;
	struct wq_status_rider ride;
	struct wq_redis_cmd effect;
	enum wq_provider provider;
	yyjson_doc *doc;     /* owned */
	struct wq_buf price; /* JSON */
	struct wq_str to;    /* who it is about, as a digest; empty: not told */
	char digest[WQ_PERSON_HEX_BYTES + 1];
};

static void end(struct receipt *r, const char *result)
{
	struct wq_sender *s = r->sender;
	struct wq_task *task = r->task;

	wq_list_remove(&r->link);
	wq_buf_fini(&r->price);
	wq_json_free(r->doc);
	wq_free(r);
	if (result)
		wq_task_complete(task, wq_str(result));
	else
		wq_task_delay(task, LATER_MS);
	wq_sender_one_gone(s);
}

static bool read_provider(struct wq_str name, enum wq_provider *out)
{
	for (unsigned p = 0; p < WQ_PROVIDERS; p++)
		if (wq_str_is(name, wq_provider_name((enum wq_provider)p))) {
			*out = (enum wq_provider)p;
			return true;
		}
	return false;
}

/* The recipient as messages name him: "+" and digits. */
static int read_person(struct receipt *r, struct wq_str phone)
{
	char text[32];
	int rc;

	if (wq_str_starts(phone, "+"))
		phone = wq_strn(phone.p + 1, phone.n - 1);
	if (!phone.n || phone.n > sizeof(text) - 2)
		return 0;
	text[0] = '+';
	memcpy(text + 1, phone.p, phone.n);
	rc = wq_person_of(wq_strn(text, phone.n + 1), r->digest);
	r->to = wq_str(rc == 0 ? r->digest : "");
	return rc;
}

/* One that is larger than any price is none. */
static int read_price(struct receipt *r, yyjson_val *pricing)
{
	struct wq_jsonw w;
	int rc;

	if (!yyjson_is_obj(pricing))
		return 0;
	wq_jsonw_begin(&w, &r->price);
	wq_jsonw_value(&w, pricing);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		r->ride.status.price = wq_buf_str(&r->price);
	return rc == WQ_ETOOBIG ? 0 : rc;
}

/* Whose message it is, as the send itself gave it along. */
static int read_opaque(struct receipt *r, struct wq_str text)
{
	int64_t number;
	int rc = wq_opaque_read(text, r->desk->opaque, &r->ride.status.id, &number);

	return rc < 0 ? rc : 0;
}

/* Words that the record knows; another one tells nothing of how far it came. */
static bool is_known(struct wq_str state)
{
	static const char *const words[] = { "sent",   "delivered", "read",
		                             "played", "failed",    "deleted" };

	for (size_t i = 0; i < WQ_COUNT(words); i++)
		if (wq_str_is(state, words[i]))
			return true;
	return false;
}

/* 0; 1: it tells nothing of a message; < 0: out of memory. */
static int read_status(struct receipt *r)
{
	struct wq_letter_status *out = &r->ride.status;
	yyjson_val *root = yyjson_doc_get_root(r->doc), *status = wq_json_get(root, "status");
	yyjson_val *error = yyjson_arr_get_first(wq_json_get(status, "errors"));
	int rc;

	out->provider_id = wq_json_get_str(status, "id");
	out->state = wq_json_get_str(status, "status");
	out->at_ms = wq_json_get_int(root, "sentAt", wq_json_get_int(root, "timestamp", 0));
	out->code = wq_json_get_int(error, "code", 0);
	out->why = wq_json_get_str(error, "title");
	if (!out->why.n)
		out->why = wq_json_get_str(error, "message"); /* all that Twilio has */
	if (!out->why.n && wq_str_is(out->state, "failed"))
		out->why = wq_str("the provider gives no reason");
	if (!out->provider_id.n || out->provider_id.n > WQ_PROVIDER_ID_MAX_BYTES ||
	    !is_known(out->state))
		return 1;
	rc = read_person(r, wq_json_get_str(status, "recipient_id"));
	if (rc == 0)
		rc = read_opaque(r, wq_json_get_str(status, "biz_opaque_callback_data"));
	return rc == 0 ? read_price(r, wq_json_get(status, "pricing")) : rc;
}

/* 0; 1: it is nobody's of ours; 2: later; < 0: out of memory. */
static int find_desk(struct receipt *r)
{
	yyjson_val *root = yyjson_doc_get_root(r->doc);
	const struct wq_account *a;
	int rc;

	if (!read_provider(wq_json_get_str(root, "provider"), &r->provider))
		return 1;
	rc = wq_accounts_by_number(r->sender->accounts, r->provider,
	                           wq_json_get_str(root, "phoneNumberId"), &a);
	if (rc != 0)
		return rc == WQ_ACCOUNT_NOT_LOADED ? 2 : 1;
	r->desk = wq_sender_desk(r->sender, a);
	return r->desk ? 0 : WQ_ENOMEM;
}

static void on_effect(struct wq_redis_cmd *cmd, int rc)
{
	bool done = rc == 0 && wq_send_affected(cmd) == 0;

	end(WQ_OWNER(cmd, struct receipt, effect), done ? "{\"outcome\":\"applied\"}" : NULL);
}

/* 0: under way; 1: it means nothing beyond its own message; < 0: not now.  `news`: the record did not know it; if it
 * did, we may have been here before, and are again unless that adds up. */
static int affect_others(struct receipt *r, bool news)
{
	const struct wq_letter_status *s = &r->ride.status;
	const struct wq_answer a = { .as = WQ_REFUSED, .code = s->code, .retry_after_ms = -1 };
	const struct wq_send_try t = { .number = 1 };
	struct wq_verdict v;
	struct wq_send_plan p;

	if (!wq_str_is(s->state, "failed") || !s->code)
		return 1;
	v = wq_judge(r->provider, &a, 1, 0);
	p = wq_send_plan(&v, &a, &t);
	if (!p.affects || p.subject == WQ_SUBJECT_TEMPLATE || p.subject == WQ_SUBJECT_CREDENTIAL ||
	    (p.subject == WQ_SUBJECT_PERSON && !r->to.n) || (p.effect == WQ_EFFECT_SLOW && !news))
		return 1;
	return wq_send_effect_start(&r->desk->keys, &r->effect, wq_desk_now_ms(r->desk), p.effect,
	                            p.subject == WQ_SUBJECT_PERSON ? r->to : wq_str(""),
	                            p.effect_ms, s->why, on_effect);
}

static void on_noted(struct wq_rider *rider, int rc, const struct wq_redis_cmd *cmd, size_t at)
{
	struct receipt *r = WQ_OWNER(rider, struct receipt, ride.rider);
	struct wq_str id;
	int outcome = rc == 0 ? wq_letter_status_answer(cmd, at, &id) : WQ_EPROTO;
	int more = outcome >= 0 ? affect_others(r, outcome == 1) : 1;

	if (outcome == WQ_EPROTO || more < 0)
		end(r, NULL);
	else if (more > 0)
		end(r, outcome == 1   ? "{\"outcome\":\"applied\"}"
		       : outcome == 0 ? "{\"outcome\":\"known\"}"
		                      : "{\"outcome\":\"unknown message\"}");
}

static void on_run(void *ctx, struct wq_task *task)
{
	struct wq_sender *s = ctx;
	struct receipt *r = wq_zalloc(sizeof(*r));
	int rc;

	if (!r) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, LATER_MS);
		return;
	}
	r->sender = s;
	r->task = task;
	wq_buf_init(&r->price, WQ_LETTER_PRICE_MAX_BYTES);
	wq_list_push(&s->receipts, &r->link);
	rc = s->closing ? 2 : wq_json_parse(&r->doc, task->job->data, WQ_JOB_JSON_DEPTH_MAX);
	if (rc == 0)
		rc = find_desk(r);
	if (rc == 0)
		rc = read_status(r);
	if (rc == 0) {
		r->ride.rider.told = on_noted;
		wq_convoy_join(&r->desk->statuses, &r->ride.rider);
	} else {
		end(r, rc == 1 || rc == WQ_EPARSE ? "{\"outcome\":\"not ours\"}" : NULL);
	}
}

void wq_sender_receipts(struct wq_sender *s, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = s, .run = on_run };
}
