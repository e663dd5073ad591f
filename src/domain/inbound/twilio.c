/* SPDX-License-Identifier: MIT */
/* twilio.c — a webhook of Twilio's: one form is one update; an Event Streams sink brings an array of JSON.
 *
 *   MessageStatus is there        how far one of ours came
 *   SmsStatus=received            somebody wrote
 *   Payload and Level             the debugger: something went wrong
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "domain/inbound/form.h"

#define CHANNEL "whatsapp:"

/* "whatsapp:+593…" without what is in front. */
static struct wq_str address(struct wq_str s)
{
	const size_t n = sizeof(CHANNEL) - 1;

	return wq_str_starts(s, CHANNEL) ? wq_strn(s.p + n, s.n - n) : s;
}

/* Digits, or missing: it is another kind of address. */
static struct wq_str phone(struct wq_str s)
{
	struct wq_str a = address(s);

	if (a.n && a.p[0] == '+')
		a = wq_strn(a.p + 1, a.n - 1);
	return wq_inbound_is_digits(a) ? a : wq_strn(NULL, 0);
}

static enum wq_message_state state_of(struct wq_str word)
{
	static const struct {
		const char *word;
		enum wq_message_state state;
	} states[] = {
		{ "accepted", WQ_STATE_QUEUED }, { "scheduled", WQ_STATE_QUEUED },
		{ "queued", WQ_STATE_QUEUED },   { "sending", WQ_STATE_QUEUED },
		{ "sent", WQ_STATE_SENT },       { "delivered", WQ_STATE_DELIVERED },
		{ "read", WQ_STATE_READ },       { "undelivered", WQ_STATE_FAILED },
		{ "failed", WQ_STATE_FAILED },   { "canceled", WQ_STATE_CANCELLED },
	};

	for (size_t i = 0; i < WQ_COUNT(states); i++)
		if (wq_str_is_nocase(word, states[i].word))
			return states[i].state;
	return WQ_STATE_UNKNOWN;
}

static int64_t code_of(struct wq_str s)
{
	uint64_t code;

	return wq_str_to_u64(s, INT32_MAX, &code) ? (int64_t)code : 0;
}

static void set_people(struct wq_inbound *u, struct wq_str ours, struct wq_str theirs,
                       struct wq_str external)
{
	struct wq_inbound_person *p = &u->person;

	u->number = wq_inbound_either(phone(ours), address(ours));
	u->number_display = u->number;
	p->phone = phone(theirs);
	if (external.n)
		p->user_id = address(external);
	else if (!p->phone.p && theirs.n)
		p->user_id = address(theirs);
}

static void emit(struct wq_inbound_run *run, struct wq_inbound *u)
{
	const struct wq_inbound_person *p = &u->person;
	bool known = u->status.state != WQ_STATE_UNKNOWN;
	/* Callbacks and Event Streams write one word in two ways. */
	struct wq_str word = known ? wq_str(wq_message_state_name(u->status.state))
	                           : u->status.word;
	struct wq_str parts[] = { u->id, word };
	const char *kind = p->user_id.n ? "user" : "phone";
	struct wq_str chat = p->user_id.n ? p->user_id : wq_inbound_either(p->wa_id, p->phone);

	if (u->kind == WQ_INBOUND_MESSAGE)
		wq_inbound_emit_by_id(run, u, kind, chat);
	else if (u->kind == WQ_INBOUND_STATUS && u->id.n)
		wq_inbound_emit(run, u, parts, WQ_COUNT(parts), kind, chat);
	else
		wq_inbound_emit(run, u, NULL, 0, kind, chat);
}

static void read_media(struct wq_inbound_message *m, const struct wq_inbound_form *f)
{
	struct wq_str mime = wq_inbound_form_said(f, "MediaContentType0");

	m->media_url = wq_inbound_form_said(f, "MediaUrl0");
	m->media_mime = mime;
	if (wq_str_starts(mime, "image/webp"))
		m->type = wq_str("sticker");
	else if (wq_str_starts(mime, "image/"))
		m->type = wq_str("image");
	else if (wq_str_starts(mime, "video/"))
		m->type = wq_str("video");
	else if (wq_str_starts(mime, "audio/"))
		m->type = wq_str("audio");
	else if (wq_str_is(mime, "text/vcard") || wq_str_is(mime, "text/x-vcard"))
		m->type = wq_str("contacts");
	else
		m->type = wq_str("document");
}

/* A number of the form's; the value is copied because strtod wants an end. */
static bool read_degrees(struct wq_str s, double max, double *out)
{
	char text[32], *end;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	*out = strtod(text, &end);
	return end == text + s.n && *out >= -max && *out <= max;
}

static bool read_place(struct wq_inbound_message *m, const struct wq_inbound_form *f)
{
	if (!read_degrees(wq_inbound_form_said(f, "Latitude"), 90, &m->latitude) ||
	    !read_degrees(wq_inbound_form_said(f, "Longitude"), 180, &m->longitude))
		return false;
	m->has_place = true;
	m->place_name = wq_inbound_form_said(f, "Label");
	m->place_address = wq_inbound_form_said(f, "Address");
	m->type = wq_str("location");
	return true;
}

/* Buttons of templates and of messages, lists, flows. */
static bool read_choice(struct wq_inbound_message *m, const struct wq_inbound_form *f)
{
	struct wq_str form = wq_inbound_either(wq_inbound_form_said(f, "FlowData"),
	                                       wq_inbound_form_said(f, "InteractiveData"));
	struct wq_str list = wq_inbound_form_said(f, "ListId");
	struct wq_str payload = wq_inbound_form_said(f, "ButtonPayload");
	struct wq_str text = wq_inbound_form_said(f, "ButtonText");

	if (list.p) {
		m->type = wq_str("interactive");
		m->inner_type = wq_str("list_reply");
		m->choice_id = list;
		m->choice_title = wq_inbound_form_said(f, "ListTitle");
		m->choice_details = wq_inbound_form_said(f, "ListDescription");
	} else if (payload.p || text.p) {
		bool session = wq_inbound_form_said(f, "ButtonType").p ||
		               wq_str_is(wq_inbound_form_get(f, "MessageType"), "interactive");

		m->type = wq_str(session ? "interactive" : "button");
		m->inner_type = session ? wq_str("button_reply") : wq_strn(NULL, 0);
		m->choice_id = payload;
		m->choice_title = text;
	} else if (form.p) {
		m->type = wq_str("interactive");
		m->inner_type = wq_str("nfm_reply");
		m->choice_id = wq_str("flow");
		m->form = form;
	}
	return m->type.p != NULL;
}

static void read_referral(struct wq_inbound_referral *r, const struct wq_inbound_form *f)
{
	r->source_url = wq_inbound_form_said(f, "ReferralSourceUrl");
	r->source_id = wq_inbound_form_said(f, "ReferralSourceId");
	r->source_type = wq_inbound_form_said(f, "ReferralSourceType");
	r->headline = wq_inbound_form_said(f, "ReferralHeadline");
	r->body = wq_inbound_form_said(f, "ReferralBody");
	r->clid = wq_inbound_form_said(f, "ReferralCtwaClid");
	r->media_url = wq_inbound_form_said(f, "ReferralMediaUrl");
	r->there = r->source_url.p || r->source_id.p || r->clid.p;
}

static void read_message(struct wq_inbound_run *run, struct wq_inbound *u,
                         const struct wq_inbound_form *f)
{
	struct wq_inbound_message *m = &u->message;
	struct wq_str sender = wq_inbound_form_said(f, "OriginalRepliedMessageSender");

	u->kind = WQ_INBOUND_MESSAGE;
	u->field = wq_str("inbound");
	set_people(u, wq_inbound_form_get(f, "To"), wq_inbound_form_get(f, "From"),
	           wq_inbound_form_said(f, "ExternalUserId"));
	u->person.wa_id = wq_inbound_either(wq_inbound_form_said(f, "WaId"), u->person.phone);
	u->person.name = wq_inbound_form_said(f, "ProfileName");
	m->text = wq_inbound_form_get(f, "Body");
	m->reply_id = wq_inbound_form_said(f, "OriginalRepliedMessageSid");
	m->reply_from = wq_inbound_either(phone(sender), sender);
	m->forwarded_often = wq_str_is(wq_inbound_form_get(f, "FrequentlyForwarded"), "true");
	m->forwarded = m->forwarded_often || wq_str_is(wq_inbound_form_get(f, "Forwarded"), "true");
	read_referral(&m->referral, f);
	if (wq_inbound_form_said(f, "MediaUrl0").p)
		read_media(m, f);
	else if (!read_place(m, f) && !read_choice(m, f))
		m->type = wq_str("text");
	emit(run, u);
}

static void read_status(struct wq_inbound_run *run, struct wq_inbound *u,
                        const struct wq_inbound_form *f)
{
	u->kind = WQ_INBOUND_STATUS;
	u->field = wq_str("status");
	u->status.word = wq_inbound_form_get(f, "MessageStatus");
	u->status.state = state_of(u->status.word);
	u->status.opaque = run->hook->opaque;
	set_people(u, wq_inbound_form_get(f, "From"), wq_inbound_form_get(f, "To"),
	           wq_inbound_form_said(f, "ExternalUserId"));
	u->error.code = code_of(wq_inbound_form_get(f, "ErrorCode"));
	u->error.message = wq_inbound_form_said(f, "ChannelStatusMessage");
	emit(run, u);
}

/* Its payload is JSON in text; what it holds is told as far as it can be read. */
static void read_debugger(struct wq_inbound_run *run, struct wq_inbound *u,
                          const struct wq_inbound_form *f)
{
	yyjson_val *root = NULL;
	int rc = wq_json_pool_read(&run->reader->pool, wq_inbound_form_get(f, "Payload"),
	                           WQ_WEBHOOK_DEPTH_MAX, &root);

	if (rc == WQ_ENOMEM) {
		run->rc = rc;
		return;
	}
	u->kind = WQ_INBOUND_ERROR;
	u->field = wq_str("debugger");
	u->id = wq_inbound_get_str(root, "resource_sid");
	u->event.severity = wq_inbound_form_said(f, "Level");
	u->error.code = wq_inbound_int(wq_inbound_get(root, "error_code"), 0);
	u->error.message = wq_inbound_get_str(wq_inbound_get(root, "more_info"), "msg");
	emit(run, u);
}

static void read_form(struct wq_inbound_run *run)
{
	struct wq_inbound_form f = { .n = 0 };
	struct wq_inbound u;

	if (wq_inbound_form_read(run, run->hook->body, &f) != 0)
		return;
	wq_inbound_init(&u, run, WQ_PROVIDER_TWILIO, wq_str("other"));
	if (!u.business.n)
		u.business = wq_inbound_form_said(&f, "AccountSid");
	u.id = wq_inbound_either(wq_inbound_form_said(&f, "MessageSid"),
	                         wq_inbound_form_said(&f, "SmsSid"));
	u.params = f.params;
	u.params_n = f.n;
	if (!u.id.n && !wq_inbound_form_said(&f, "AccountSid").n)
		run->rc = WQ_INBOUND_NOT_OURS;
	else if (wq_inbound_form_said(&f, "MessageStatus").n)
		read_status(run, &u, &f);
	else if (wq_str_is(wq_inbound_form_get(&f, "SmsStatus"), "received") ||
	         wq_inbound_form_get(&f, "Body").p)
		read_message(run, &u, &f);
	else if (wq_inbound_form_get(&f, "Payload").p)
		read_debugger(run, &u, &f);
	else
		emit(run, &u);
}

static void read_event(struct wq_inbound_run *run, yyjson_val *item)
{
	yyjson_val *data = wq_inbound_get(item, "data");
	struct wq_inbound u;

	wq_inbound_init(&u, run, WQ_PROVIDER_TWILIO, wq_inbound_get_str(item, "type"));
	u.value = item;
	if (!u.business.n)
		u.business = wq_inbound_get_str(data, "accountSid");
	u.id = wq_inbound_get_str(data, "messageSid");
	u.status.word = wq_inbound_get_str(data, "messageStatus");
	u.status.state = state_of(u.status.word);
	if (u.status.word.n)
		u.kind = WQ_INBOUND_STATUS;
	set_people(&u, wq_inbound_get_str(data, "from"), wq_inbound_get_str(data, "to"),
	           wq_strn(NULL, 0));
	u.error.code = wq_inbound_int(wq_inbound_get(data, "errorCode"), 0);
	emit(run, &u);
}

static void read_events(struct wq_inbound_run *run)
{
	yyjson_val *root, *item;
	size_t i, n;

	if (wq_inbound_parse(run, WQ_CLOUD_BODY_MAX_BYTES, &root) != 0)
		return;
	if (!yyjson_is_arr(root))
		run->rc = WQ_INBOUND_NOT_OURS;
	else if (yyjson_arr_size(root) > WQ_WEBHOOK_UPDATES_MAX)
		run->rc = WQ_INBOUND_TOO_MANY;
	else
		yyjson_arr_foreach(root, i, n, item) read_event(run, item);
}

int wq_twilio_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                           wq_on_inbound on_update, void *user)
{
	struct wq_inbound_run run;
	struct wq_str start = wq_str_trim(hook->body);

	wq_inbound_begin(&run, r, hook, on_update, user);
	if (run.rc == 0 && hook->body.n > WQ_CLOUD_BODY_MAX_BYTES)
		run.rc = WQ_INBOUND_TOO_LARGE;
	else if (run.rc == 0 && start.n && (start.p[0] == '[' || start.p[0] == '{'))
		read_events(&run);
	else if (run.rc == 0)
		read_form(&run);
	return run.rc;
}
