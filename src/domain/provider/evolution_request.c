/* SPDX-License-Identifier: MIT */
/* evolution_request.c — a message as Evolution wants to be asked: a route for each kind. */
#include <stdio.h>

#include "domain/message/files.h"
#include "domain/provider/evolution.h"
#include "domain/provider/evolution_ops.h"
#include "domain/provider/interactive_text.h"

enum { TYPING_MS = 3000 }; /* the gateway holds its answer that long */

static const char *const media_types[WQ_MESSAGE_KINDS] = {
	[WQ_MESSAGE_IMAGE] = "image",
	[WQ_MESSAGE_VIDEO] = "video",
	[WQ_MESSAGE_AUDIO] = "audio",
	[WQ_MESSAGE_DOCUMENT] = "document",
};

static bool is_voice(const struct wq_message *m)
{
	return m->kind == WQ_MESSAGE_AUDIO && yyjson_is_true(wq_json_get(m->content, "voice"));
}

static const char *op_of(const struct wq_account *account, const struct wq_message *m)
{
	static const char *const ops[WQ_MESSAGE_KINDS] = {
		[WQ_MESSAGE_TEXT] = "message/sendText",
		[WQ_MESSAGE_IMAGE] = "message/sendMedia",
		[WQ_MESSAGE_VIDEO] = "message/sendMedia",
		[WQ_MESSAGE_AUDIO] = "message/sendMedia",
		[WQ_MESSAGE_DOCUMENT] = "message/sendMedia",
		[WQ_MESSAGE_STICKER] = "message/sendSticker",
		[WQ_MESSAGE_LOCATION] = "message/sendLocation",
		[WQ_MESSAGE_CONTACTS] = "message/sendContact",
		[WQ_MESSAGE_REACTION] = "message/sendReaction",
		[WQ_MESSAGE_READ] = "chat/markMessageAsRead",
		[WQ_MESSAGE_TYPING] = "chat/sendPresence",
	};
	enum wq_message_kind kind;

	if (is_voice(m))
		return "message/sendWhatsAppAudio";
	if (m->kind != WQ_MESSAGE_INTERACTIVE)
		return ops[m->kind];
	if (account->native_buttons && wq_evolution_is_native(m->content))
		return wq_evolution_native_op(m->content);
	return wq_interactive_media(m->content, &kind) ? "message/sendMedia" : "message/sendText";
}

static void pair_if(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	if (value.n)
		wq_jsonw_put_str(w, key, value);
}

/* Digits of a phone, without its plus; any other address as it is. */
static struct wq_str number_of(const struct wq_message *m)
{
	struct wq_str to = m->to;

	return m->recipient == WQ_RECIPIENT_PHONE && to.n && to.p[0] == '+'
	               ? wq_strn(to.p + 1, to.n - 1)
	               : to;
}

/* Where only a JID will do. */
static struct wq_str jid_of(struct wq_draft *d, const struct wq_message *m)
{
	struct wq_str number = number_of(m);

	wq_draft_add(d, number);
	if (wq_str_find(number, '@') == number.n)
		wq_draft_add(d, wq_str(m->recipient == WQ_RECIPIENT_GROUP ? "@g.us"
		                                                          : "@s.whatsapp.net"));
	return wq_draft_take(d);
}

/* What was written to us, by its id. */
static void write_key(struct wq_jsonw *w, struct wq_str jid, struct wq_str id)
{
	wq_jsonw_put_str(w, "remoteJid", jid);
	wq_jsonw_put_bool(w, "fromMe", false);
	wq_jsonw_put_str(w, "id", id);
}

static void write_text(struct wq_jsonw *w, yyjson_val *text)
{
	yyjson_val *preview = wq_json_get(text, "preview_url");

	wq_jsonw_put_str(w, "text", wq_json_get_str(text, "body"));
	if (!yyjson_is_bool(preview))
		return;
	wq_jsonw_put_bool(w, "linkPreview", yyjson_get_bool(preview));
}

/* An address, or base64 without anything around it. */
static struct wq_str source_of(yyjson_val *media)
{
	struct wq_str data = wq_json_get_str(media, "data");

	if (!data.p)
		return wq_json_get_str(media, "link");
	(void)wq_file_data_url(data, &data);
	return data;
}

static struct wq_str type_of(yyjson_val *media)
{
	struct wq_str said = wq_json_get_str(media, "mime_type"),
		      data = wq_json_get_str(media, "data");

	return said.n || !data.p ? said : wq_file_data_url(data, &data);
}

static void write_media(struct wq_jsonw *w, enum wq_message_kind kind, yyjson_val *media,
                        struct wq_str caption)
{
	wq_jsonw_put_text(w, "mediatype", media_types[kind]);
	wq_jsonw_put_str(w, "media", source_of(media));
	pair_if(w, "mimetype", type_of(media));
	pair_if(w, "caption", caption);
	pair_if(w, "fileName", wq_json_get_str(media, "filename"));
}

static void write_voice(struct wq_jsonw *w, yyjson_val *audio)
{
	wq_jsonw_put_str(w, "audio", source_of(audio));
	wq_jsonw_put_bool(w, "encoding", true);
}

/* Both texts are needed there; what is missing is said by the other one, or by the numbers. */
static void write_location(struct wq_jsonw *w, yyjson_val *location, struct wq_str numbers)
{
	struct wq_str name = wq_json_get_str(location, "name"),
		      address = wq_json_get_str(location, "address");

	name = name.n || address.n ? name : numbers;
	wq_jsonw_key(w, "latitude");
	wq_jsonw_value(w, wq_json_get(location, "latitude"));
	wq_jsonw_key(w, "longitude");
	wq_jsonw_value(w, wq_json_get(location, "longitude"));
	wq_jsonw_put_str(w, "name", name.n ? name : address);
	wq_jsonw_put_str(w, "address", address.n ? address : name);
}

static void write_contact(struct wq_jsonw *w, yyjson_val *contact)
{
	yyjson_val *phone = yyjson_arr_get_first(wq_json_get(contact, "phones"));
	yyjson_val *email = yyjson_arr_get_first(wq_json_get(contact, "emails"));
	yyjson_val *url = yyjson_arr_get_first(wq_json_get(contact, "urls"));

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "fullName",
	                 wq_json_get_str(wq_json_get(contact, "name"), "formatted_name"));
	wq_jsonw_put_str(w, "phoneNumber", wq_json_get_str(phone, "phone"));
	pair_if(w, "wuid", wq_json_get_str(phone, "wa_id"));
	pair_if(w, "organization", wq_json_get_str(wq_json_get(contact, "org"), "company"));
	pair_if(w, "email", wq_json_get_str(email, "email"));
	pair_if(w, "url", wq_json_get_str(url, "url"));
	wq_jsonw_object_end(w);
}

static void write_contacts(struct wq_jsonw *w, yyjson_val *contacts)
{
	yyjson_val *contact;
	size_t i, max;

	wq_jsonw_key(w, "contact");
	wq_jsonw_array(w);
	yyjson_arr_foreach(contacts, i, max, contact) write_contact(w, contact);
	wq_jsonw_array_end(w);
}

static void write_reaction(struct wq_jsonw *w, yyjson_val *reaction, struct wq_str jid)
{
	wq_jsonw_key(w, "key");
	wq_jsonw_object(w);
	write_key(w, jid, wq_json_get_str(reaction, "message_id"));
	wq_jsonw_object_end(w);
	wq_jsonw_put_str(w, "reaction", wq_json_get_str(reaction, "emoji"));
}

static void write_read(struct wq_jsonw *w, const struct wq_message *m, struct wq_str jid)
{
	wq_jsonw_key(w, "readMessages");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	write_key(w, jid, m->reply_to);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
}

static void write_typing(struct wq_jsonw *w)
{
	wq_jsonw_put_text(w, "presence", "composing");
	wq_jsonw_put_int(w, "delay", TYPING_MS);
}

static void write_interactive(struct wq_jsonw *w, const struct wq_account *account,
                              const struct wq_message *m, struct wq_str text)
{
	enum wq_message_kind kind;
	yyjson_val *media = wq_interactive_media(m->content, &kind);

	if (account->native_buttons && wq_evolution_is_native(m->content))
		wq_evolution_write_native(w, m->content);
	else if (media)
		write_media(w, kind, media, text);
	else
		wq_jsonw_put_str(w, "text", text);
}

static struct wq_str numbers_of(struct wq_draft *d, yyjson_val *location)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%.15g, %.15g",
	               yyjson_get_num(wq_json_get(location, "latitude")),
	               yyjson_get_num(wq_json_get(location, "longitude")));
	wq_draft_add(d, wq_str(text));
	return wq_draft_take(d);
}

/* What was made beforehand: the text of what is interactive, of a bare place, or a JID. */
static struct wq_str prepare(struct wq_draft *d, const struct wq_message *m)
{
	if (m->kind == WQ_MESSAGE_INTERACTIVE)
		return wq_interactive_text(d, m->content);
	if (m->kind == WQ_MESSAGE_LOCATION)
		return numbers_of(d, m->content);
	if (m->kind == WQ_MESSAGE_REACTION || m->kind == WQ_MESSAGE_READ)
		return jid_of(d, m);
	return wq_str("");
}

static void write_content(struct wq_jsonw *w, const struct wq_account *account,
                          const struct wq_message *m, struct wq_str prepared)
{
	switch (m->kind) {
	case WQ_MESSAGE_TEXT:
		write_text(w, m->content);
		break;
	case WQ_MESSAGE_STICKER:
		wq_jsonw_put_str(w, "sticker", source_of(m->content));
		break;
	case WQ_MESSAGE_LOCATION:
		write_location(w, m->content, prepared);
		break;
	case WQ_MESSAGE_CONTACTS:
		write_contacts(w, m->content);
		break;
	case WQ_MESSAGE_REACTION:
		write_reaction(w, m->content, prepared);
		break;
	case WQ_MESSAGE_INTERACTIVE:
		write_interactive(w, account, m, prepared);
		break;
	case WQ_MESSAGE_READ:
		write_read(w, m, prepared);
		break;
	case WQ_MESSAGE_TYPING:
		write_typing(w);
		break;
	default:
		if (is_voice(m))
			write_voice(w, m->content);
		else
			write_media(w, m->kind, m->content, wq_json_get_str(m->content, "caption"));
	}
}

static void write_quoted(struct wq_jsonw *w, struct wq_str id)
{
	wq_jsonw_key(w, "quoted");
	wq_jsonw_object(w);
	wq_jsonw_key(w, "key");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", id);
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

static void write_body(struct wq_draft *d, const struct wq_account *account,
                       const struct wq_message *m)
{
	struct wq_str prepared = prepare(d, m);
	bool keyed = m->kind == WQ_MESSAGE_REACTION || m->kind == WQ_MESSAGE_READ;

	wq_draft_json_begin(d);
	wq_jsonw_object(&d->w);
	if (!keyed)
		wq_jsonw_put_str(&d->w, "number", number_of(m));
	write_content(&d->w, account, m, prepared);
	if (m->reply_to.n && !keyed && m->kind != WQ_MESSAGE_TYPING)
		write_quoted(&d->w, m->reply_to);
	wq_jsonw_object_end(&d->w);
	wq_draft_json_end(d);
}

int wq_evolution_request(struct wq_arena *a, const struct wq_account *account,
                         const struct wq_message *m, struct wq_str opaque,
                         struct wq_provider_request *out)
{
	struct wq_draft d;

	wq_draft_begin(&d, a, out);
	d.rc = wq_provider_recheck(&wq_evolution, m);
	if (d.rc < 0)
		return wq_draft_end(&d);
	wq_draft_add(&d, account->base_url);
	wq_draft_add(&d, wq_str("/"));
	wq_draft_add(&d, wq_str(op_of(account, m)));
	wq_draft_add(&d, wq_str("/"));
	wq_draft_add_escaped(&d, account->number);
	wq_draft_url(&d, "POST");
	wq_draft_add(&d, account->secret);
	wq_draft_header(&d, "apikey");
	write_body(&d, account, m);
	return wq_draft_end(&d);
}
