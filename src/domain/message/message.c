/* SPDX-License-Identifier: MIT */
/* message.c — the words of a message, and it as JSON. */
#include "domain/message/message.h"

const char *const wq_send_class_names[WQ_CLASSES] = { "strict", "at-least-once", "at-most-once" };

const char *const wq_when_closed_names[WQ_CLOSED_WAYS] = { NULL, "fail", "template", "pending",
	                                                   "force" };

bool wq_when_closed_from(struct wq_str name, enum wq_when_closed *out)
{
	for (int i = WQ_CLOSED_FAIL; i < WQ_CLOSED_WAYS; i++) {
		if (!wq_str_is_nocase(name, wq_when_closed_names[i]))
			continue;
		*out = (enum wq_when_closed)i;
		return true;
	}
	return false;
}

const char *wq_message_kind_name(enum wq_message_kind k)
{
	static const char *const names[WQ_MESSAGE_KINDS] = {
		[WQ_MESSAGE_TEXT] = "text",
		[WQ_MESSAGE_IMAGE] = "image",
		[WQ_MESSAGE_VIDEO] = "video",
		[WQ_MESSAGE_AUDIO] = "audio",
		[WQ_MESSAGE_DOCUMENT] = "document",
		[WQ_MESSAGE_STICKER] = "sticker",
		[WQ_MESSAGE_LOCATION] = "location",
		[WQ_MESSAGE_CONTACTS] = "contacts",
		[WQ_MESSAGE_REACTION] = "reaction",
		[WQ_MESSAGE_INTERACTIVE] = "interactive",
		[WQ_MESSAGE_TEMPLATE] = "template",
		[WQ_MESSAGE_READ] = "read",
		[WQ_MESSAGE_TYPING] = "typing",
	};

	return k < WQ_MESSAGE_KINDS ? names[k] : "unknown";
}

static void member(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.p)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void moment(struct wq_jsonw *w, const char *key, int64_t ms)
{
	if (!ms)
		return;
	wq_jsonw_put_int(w, key, ms);
}

static void flag(struct wq_jsonw *w, const char *key, bool v)
{
	if (!v)
		return;
	wq_jsonw_put_bool(w, key, true);
}

static void write_content(struct wq_jsonw *w, const struct wq_message *m)
{
	const char *kind = wq_message_kind_name(m->kind);

	member(w, "type", wq_str(kind));
	if (!m->content)
		return;
	wq_jsonw_key(w, kind);
	wq_jsonw_value(w, m->content);
}

void wq_message_write(struct wq_jsonw *w, const struct wq_message *m)
{
	wq_jsonw_object(w);
	member(w, "id", m->id);
	member(w, "businessId", m->business);
	member(w, "account", m->account);
	member(w, "conversationId", m->conversation);
	member(w, "reference", m->reference);
	member(w, "to", m->to);
	if (m->recipient == WQ_RECIPIENT_GROUP)
		member(w, "recipientType", wq_str("group"));
	member(w, "identityHash", m->identity);
	write_content(w, m);
	if (m->use) {
		wq_jsonw_key(w, "use");
		wq_jsonw_value(w, m->use);
	}
	member(w, "replyTo", m->reply_to);
	moment(w, "scheduledAt", m->scheduled_ms);
	moment(w, "expiresAt", m->expires_ms);
	if (m->priority != WQ_PRIORITY_NORMAL)
		wq_jsonw_put_int(w, "priority", m->priority);
	if (m->send_class != WQ_CLASS_STRICT)
		member(w, "class", wq_str(wq_send_class_names[m->send_class]));
	flag(w, "force", m->forced);
	flag(w, "bulk", m->bulk);
	if (m->when_closed != WQ_CLOSED_UNSAID)
		member(w, "whenClosed", wq_str(wq_when_closed_names[m->when_closed]));
	if (m->fallback) {
		wq_jsonw_key(w, "fallback");
		wq_jsonw_value(w, m->fallback);
	}
	wq_jsonw_object_end(w);
}
