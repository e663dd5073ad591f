/* SPDX-License-Identifier: MIT */
/* evolution_view.c — a message as Evolution answers it: {"key", "message", "messageType", "messageTimestamp", …}. */
#include "app/facade/evolution_core.h"

static const char *type_of(const struct wq_message *m)
{
	static const char *const types[WQ_MESSAGE_KINDS] = {
		[WQ_MESSAGE_TEXT] = "conversation",
		[WQ_MESSAGE_IMAGE] = "imageMessage",
		[WQ_MESSAGE_VIDEO] = "videoMessage",
		[WQ_MESSAGE_AUDIO] = "audioMessage",
		[WQ_MESSAGE_DOCUMENT] = "documentMessage",
		[WQ_MESSAGE_STICKER] = "stickerMessage",
		[WQ_MESSAGE_LOCATION] = "locationMessage",
		[WQ_MESSAGE_REACTION] = "reactionMessage",
		[WQ_MESSAGE_TEMPLATE] = "templateMessage",
	};

	if (m->kind == WQ_MESSAGE_CONTACTS)
		return yyjson_arr_size(m->content) > 1 ? "contactsArrayMessage" : "contactMessage";
	if (m->kind == WQ_MESSAGE_INTERACTIVE)
		return wq_str_is(wq_json_get_str(m->content, "type"), "list") ? "listMessage"
		                                                              : "buttonsMessage";
	return types[m->kind] ? types[m->kind] : "conversation";
}

static void pass(struct wq_jsonw *w, const char *key, yyjson_val *v)
{
	if (!v)
		return;
	wq_jsonw_key(w, key);
	wq_jsonw_value(w, v);
}

void wq_evolution_jid(struct wq_jsonw *w, const struct wq_message *m)
{
	char jid[WQ_WA_PHONE_MAX_DIGITS + sizeof("@s.whatsapp.net")];
	size_t n = m->to.n - 1;

	if (m->recipient != WQ_RECIPIENT_PHONE || m->to.n < 2 || n > WQ_WA_PHONE_MAX_DIGITS) {
		wq_jsonw_str(w, m->to.p ? m->to : wq_str(""));
		return;
	}
	memcpy(jid, m->to.p + 1, n);
	memcpy(jid + n, "@s.whatsapp.net", sizeof("@s.whatsapp.net"));
	wq_jsonw_text(w, jid);
}

static void write_key(struct wq_jsonw *w, const struct wq_message *m, struct wq_str id)
{
	wq_jsonw_key(w, "key");
	wq_jsonw_object(w);
	wq_jsonw_key(w, "remoteJid");
	wq_evolution_jid(w, m);
	wq_jsonw_put_bool(w, "fromMe", true);
	wq_jsonw_put_str(w, "id", id);
	wq_jsonw_object_end(w);
}

static void write_location(struct wq_jsonw *w, yyjson_val *c)
{
	pass(w, "degreesLatitude", wq_json_get(c, "latitude"));
	pass(w, "degreesLongitude", wq_json_get(c, "longitude"));
	pass(w, "name", wq_json_get(c, "name"));
	pass(w, "address", wq_json_get(c, "address"));
}

static void write_contacts(struct wq_jsonw *w, yyjson_val *c)
{
	yyjson_val *name = wq_json_get(yyjson_arr_get_first(c), "name");

	pass(w, "displayName", wq_json_get(name, "formatted_name"));
	if (yyjson_arr_size(c) > 1)
		pass(w, "contacts", c);
}

static void write_body(struct wq_jsonw *w, const struct wq_message *m)
{
	yyjson_val *c = m->content;

	switch (m->kind) {
	case WQ_MESSAGE_LOCATION:
		write_location(w, c);
		break;
	case WQ_MESSAGE_CONTACTS:
		write_contacts(w, c);
		break;
	case WQ_MESSAGE_REACTION:
		write_key(w, m, m->reply_to);
		pass(w, "text", wq_json_get(c, "emoji"));
		break;
	case WQ_MESSAGE_INTERACTIVE:
		pass(w, "contentText", wq_json_get(wq_json_get(c, "body"), "text"));
		break;
	default:
		pass(w, "url", wq_json_get(c, "link"));
		pass(w, "caption", wq_json_get(c, "caption"));
		pass(w, "fileName", wq_json_get(c, "filename"));
		pass(w, "ptt", wq_json_get(c, "voice"));
		pass(w, "name", wq_json_get(c, "name"));
	}
}

static void write_content(struct wq_jsonw *w, const struct wq_message *m)
{
	wq_jsonw_key(w, "message");
	wq_jsonw_object(w);
	if (m->kind == WQ_MESSAGE_TEXT) {
		pass(w, "conversation", wq_json_get(m->content, "body"));
	} else {
		wq_jsonw_key(w, type_of(m));
		wq_jsonw_object(w);
		write_body(w, m);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_object_end(w);
}

void wq_evolution_view(struct wq_jsonw *w, const struct wq_submission *it, int64_t now_ms)
{
	const struct wq_message *m = &it->message;

	wq_jsonw_object(w);
	write_key(w, m, it->id);
	wq_jsonw_put_text(w, "status", "PENDING");
	write_content(w, m);
	if (m->reply_to.p && m->kind != WQ_MESSAGE_REACTION) {
		wq_jsonw_key(w, "contextInfo");
		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "stanzaId", m->reply_to);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_put_text(w, "messageType", type_of(m));
	wq_jsonw_put_int(w, "messageTimestamp", now_ms / 1000);
	wq_jsonw_put_str(w, "instanceId", it->account);
	wq_jsonw_put_text(w, "source", "unknown");
	wq_jsonw_object_end(w);
}
