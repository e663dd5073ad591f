/* SPDX-License-Identifier: MIT */
/* render.c — what other providers sent, as Meta would have sent it. */
#include "domain/inbound/render.h"

#include <stdio.h>

#include "base/assert.h"
#include "domain/inbound/write.h"

typedef void (*render_fn)(struct wq_jsonw *w, const struct wq_inbound_message *m);

/* Meta's timestamps are seconds, as text. */
static void write_seconds(struct wq_jsonw *w, int64_t ms)
{
	char text[24];

	wq_jsonw_key(w, "timestamp");
	wq_jsonw_str(w, wq_strn(text, (size_t)snprintf(text, sizeof(text), "%lld",
	                                               (long long)(ms / 1000))));
}

static void render_text(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "body", m->text);
}

static void render_media(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	if (m->text.n)
		wq_write_str(w, "caption", m->text);
	wq_write_str(w, "filename", m->media_name);
	wq_write_str(w, "mime_type", m->media_mime);
	wq_write_str(w, "sha256", m->media_sha256);
	wq_write_str(w, "id", m->media_id);
	wq_write_str(w, "url", m->media_url);
}

static void render_audio(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	render_media(w, m);
	wq_jsonw_put_bool(w, "voice", m->voice);
}

static void render_sticker(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	render_media(w, m);
	wq_jsonw_put_bool(w, "animated", m->animated);
}

static void render_reaction(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "message_id", m->target_id);
	if (m->emoji.n)
		wq_write_str(w, "emoji", m->emoji);
}

static void render_location(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	if (m->has_place) {
		wq_jsonw_key(w, "latitude");
		wq_jsonw_float(w, m->latitude);
		wq_jsonw_key(w, "longitude");
		wq_jsonw_float(w, m->longitude);
	}
	wq_write_str(w, "name", m->place_name);
	wq_write_str(w, "address", m->place_address);
	wq_write_str(w, "url", m->place_url);
}

static void render_button(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "payload", m->choice_id);
	wq_write_str(w, "text", m->choice_title);
}

static void render_interactive(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	bool form = m->form.p != NULL;

	wq_write_str(w, "type", m->inner_type);
	wq_jsonw_key_str(w, m->inner_type);
	wq_jsonw_object(w);
	wq_write_str(w, form ? "name" : "id", m->choice_id);
	wq_write_str(w, form ? "body" : "title", m->choice_title);
	wq_write_str(w, "description", m->choice_details);
	wq_write_str(w, "response_json", m->form);
	wq_jsonw_object_end(w);
}

static void render_unsupported(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "type", m->inner_type);
}

static void render_revoke(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "original_message_id", m->target_id);
}

static void render_edit(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_write_str(w, "original_message_id", m->target_id);
	wq_jsonw_key(w, "message");
	wq_jsonw_object(w);
	wq_write_str(w, "type", m->inner_type);
	wq_jsonw_key(w, "text");
	wq_jsonw_object(w);
	wq_write_str(w, "body", m->text);
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

/* Meta's is an array: each of ours is one vCard. */
static void render_contacts(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	if (m->text.n) {
		wq_jsonw_key(w, "name");
		wq_jsonw_object(w);
		wq_write_str(w, "formatted_name", m->text);
		wq_jsonw_object_end(w);
	}
	wq_write_str(w, "vcard", m->form);
	wq_write_str(w, "url", m->media_url);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
}

static void render_body(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	static const struct {
		const char *type;
		render_fn render;
	} types[] = {
		{ "text", render_text },
		{ "image", render_media },
		{ "video", render_media },
		{ "audio", render_audio },
		{ "document", render_media },
		{ "sticker", render_sticker },
		{ "reaction", render_reaction },
		{ "location", render_location },
		{ "button", render_button },
		{ "interactive", render_interactive },
		{ "edit", render_edit },
		{ "revoke", render_revoke },
		{ "unsupported", render_unsupported },
	};

	wq_write_str(w, "type", m->type);
	if (wq_str_is(m->type, "contacts")) {
		wq_jsonw_key(w, "contacts");
		render_contacts(w, m);
	}
	for (size_t i = 0; i < WQ_COUNT(types); i++) {
		if (!wq_str_is(m->type, types[i].type))
			continue;
		wq_jsonw_key(w, types[i].type);
		wq_jsonw_object(w);
		types[i].render(w, m);
		wq_jsonw_object_end(w);
		return;
	}
}

static void render_context(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	if (!m->reply_id.n && !m->forwarded)
		return;
	wq_jsonw_key(w, "context");
	wq_jsonw_object(w);
	wq_write_str(w, "from", m->reply_from);
	wq_write_str(w, "id", m->reply_id);
	wq_write_true(w, "forwarded", m->forwarded && !m->forwarded_often);
	wq_write_true(w, "frequently_forwarded", m->forwarded_often);
	wq_jsonw_object_end(w);
}

static void render_referral(struct wq_jsonw *w, const struct wq_inbound_referral *r)
{
	bool video = wq_str_is(r->media_type, "video");

	if (!r->there)
		return;
	wq_jsonw_key(w, "referral");
	wq_jsonw_object(w);
	wq_write_str(w, "source_url", r->source_url);
	wq_write_str(w, "source_id", r->source_id);
	wq_write_str(w, "source_type", r->source_type);
	wq_write_str(w, "headline", r->headline);
	wq_write_str(w, "body", r->body);
	wq_write_str(w, "media_type", r->media_type);
	wq_write_str(w, video ? "video_url" : "image_url", r->media_url);
	wq_write_str(w, "thumbnail_url", r->thumbnail_url);
	wq_write_str(w, "ctwa_clid", r->clid);
	wq_jsonw_object_end(w);
}

static void render_message(struct wq_jsonw *w, const struct wq_inbound *u)
{
	const struct wq_inbound_person *p = &u->person;
	bool echo = u->kind == WQ_INBOUND_ECHO || u->message.from_us;

	wq_jsonw_object(w);
	if (echo)
		wq_write_str(w, "from", u->number_display.p ? u->number_display : u->number);
	wq_write_str(w, echo ? "to" : "from", p->wa_id.p ? p->wa_id : p->phone);
	wq_write_str(w, echo ? "to_user_id" : "from_user_id", p->user_id);
	wq_write_str(w, "id", u->id);
	write_seconds(w, u->time_ms ? u->time_ms : u->received_ms);
	render_body(w, &u->message);
	render_context(w, &u->message);
	render_referral(w, &u->message.referral);
	wq_write_str(w, "group_id", u->message.group_id);
	wq_jsonw_object_end(w);
}

void wq_inbound_write_message(struct wq_jsonw *w, const struct wq_inbound *u)
{
	if (u->provider == WQ_PROVIDER_CLOUD && u->value)
		wq_jsonw_value(w, u->value);
	else
		render_message(w, u);
}

static void render_error(struct wq_jsonw *w, const struct wq_inbound_error *e)
{
	if (!e->code && !e->title.p && !e->message.p)
		return;
	wq_jsonw_key(w, "errors");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "code", e->code);
	wq_write_str(w, "title", e->title);
	wq_write_str(w, "message", e->message);
	if (e->details.p) {
		wq_jsonw_key(w, "error_data");
		wq_jsonw_object(w);
		wq_write_str(w, "details", e->details);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
}

void wq_render_status(struct wq_jsonw *w, const struct wq_inbound *u)
{
	const struct wq_inbound_status *s = &u->status;
	bool known = s->state != WQ_STATE_UNKNOWN;

	if (u->provider == WQ_PROVIDER_CLOUD && u->value) {
		wq_jsonw_value(w, u->value);
		return;
	}
	wq_jsonw_object(w);
	wq_write_str(w, "id", u->id);
	wq_write_str(w, "status", known ? wq_str(wq_message_state_name(s->state)) : s->word);
	write_seconds(w, u->time_ms ? u->time_ms : u->received_ms);
	if (s->group_id.n) {
		wq_write_str(w, "recipient_id", s->group_id);
		wq_write_str(w, "recipient_type", wq_str("group"));
		wq_write_str(w, "recipient_participant_id", s->participant);
	} else {
		wq_write_str(w, "recipient_id",
		             u->person.wa_id.p ? u->person.wa_id : u->person.phone);
		wq_write_str(w, "recipient_user_id", u->person.user_id);
	}
	wq_write_str(w, "biz_opaque_callback_data", s->opaque);
	render_error(w, &u->error);
	wq_jsonw_object_end(w);
}

void wq_render_contact(struct wq_jsonw *w, const struct wq_inbound_person *p)
{
	if (p->contact) {
		wq_jsonw_value(w, p->contact);
		return;
	}
	wq_jsonw_object(w);
	if (p->name.p || p->username.p) {
		wq_jsonw_key(w, "profile");
		wq_jsonw_object(w);
		wq_write_str(w, "name", p->name);
		wq_write_str(w, "username", p->username);
		wq_jsonw_object_end(w);
	}
	wq_write_str(w, "wa_id", p->wa_id.p ? p->wa_id : p->phone);
	wq_write_str(w, "user_id", p->user_id);
	wq_write_str(w, "parent_user_id", p->parent_id);
	wq_write_str(w, "lid", p->lid);
	wq_jsonw_object_end(w);
}
