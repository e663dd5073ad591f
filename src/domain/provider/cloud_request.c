/* SPDX-License-Identifier: MIT */
/* cloud_request.c — a message as Meta wants to be asked. */
#include "base/err.h"
#include "domain/provider/cloud.h"
#include "domain/provider/cloud_ops.h"

/* Graph's words. */
static const char *const types[WQ_MESSAGE_KINDS] = {
	[WQ_MESSAGE_TEXT] = "text",         [WQ_MESSAGE_IMAGE] = "image",
	[WQ_MESSAGE_VIDEO] = "video",       [WQ_MESSAGE_AUDIO] = "audio",
	[WQ_MESSAGE_DOCUMENT] = "document", [WQ_MESSAGE_STICKER] = "sticker",
	[WQ_MESSAGE_LOCATION] = "location", [WQ_MESSAGE_CONTACTS] = "contacts",
	[WQ_MESSAGE_REACTION] = "reaction", [WQ_MESSAGE_INTERACTIVE] = "interactive",
	[WQ_MESSAGE_TEMPLATE] = "template",
};

static bool is_signal(const struct wq_message *m)
{
	return m->kind == WQ_MESSAGE_READ || m->kind == WQ_MESSAGE_TYPING;
}

int wq_cloud_check(const struct wq_message *m, struct wq_message_problem *p)
{
	if (is_signal(m))
		return m->reply_to.n
		               ? 0
		               : wq_provider_refuse(
					 p, "replyTo",
					 "is needed: the message that was read or is being answered");
	if (m->recipient == WQ_RECIPIENT_JID)
		return wq_provider_refuse(p, "to",
		                          "is an address that the Cloud API does not know");
	/* Meta may put our own country in front of a number without its plus, and write to a stranger. */
	if (m->recipient == WQ_RECIPIENT_PHONE && !wq_str_starts(m->to, "+"))
		return wq_provider_refuse(p, "to", "is a number without its plus");
	return 0;
}

static void write_recipient(struct wq_draft *d, const struct wq_message *m)
{
	struct wq_jsonw *w = &d->w;
	bool group = m->recipient == WQ_RECIPIENT_GROUP;

	wq_jsonw_put_text(w, "recipient_type", group ? "group" : "individual");
	wq_jsonw_put_str(w, m->recipient == WQ_RECIPIENT_USER ? "recipient" : "to", m->to);
	if (m->identity.n)
		wq_jsonw_put_str(w, "recipient_identity_key_hash", m->identity);
}

static void write_signal(struct wq_jsonw *w, const struct wq_message *m)
{
	wq_jsonw_put_text(w, "status", "read");
	wq_jsonw_put_str(w, "message_id", m->reply_to);
	if (m->kind != WQ_MESSAGE_TYPING)
		return;
	wq_jsonw_key(w, "typing_indicator");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "type", "text");
	wq_jsonw_object_end(w);
}

static void write_message(struct wq_draft *d, const struct wq_message *m, struct wq_str opaque)
{
	struct wq_jsonw *w = &d->w;

	write_recipient(d, m);
	if (m->reply_to.n && m->kind != WQ_MESSAGE_REACTION) {
		wq_jsonw_key(w, "context");
		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "message_id", m->reply_to);
		wq_jsonw_object_end(w);
	}
	if (opaque.n)
		wq_jsonw_put_str(w, "biz_opaque_callback_data", opaque);
	wq_jsonw_put_text(w, "type", types[m->kind]);
	wq_jsonw_key(w, types[m->kind]);
	wq_jsonw_value(w, m->content);
}

static void write_body(struct wq_draft *d, const struct wq_message *m, struct wq_str opaque)
{
	wq_draft_json_begin(d);
	wq_jsonw_object(&d->w);
	wq_jsonw_put_str(&d->w, "messaging_product", wq_str("whatsapp"));
	if (is_signal(m))
		write_signal(&d->w, m);
	else
		write_message(d, m, opaque);
	wq_jsonw_object_end(&d->w);
	wq_draft_json_end(d);
}

int wq_cloud_request(struct wq_arena *a, const struct wq_account *account,
                     const struct wq_message *m, struct wq_str opaque,
                     struct wq_provider_request *out)
{
	struct wq_draft d;

	wq_draft_begin(&d, a, out);
	d.rc = wq_provider_recheck(&wq_cloud, m);
	if (d.rc == 0 && opaque.n > WQ_PROVIDER_OPAQUE_MAX_BYTES)
		d.rc = WQ_ETOOBIG;
	wq_draft_add(&d, account->base_url);
	wq_draft_add(&d, wq_str("/"));
	wq_draft_add_escaped(&d, account->number);
	wq_draft_add(&d, wq_str("/messages"));
	wq_draft_url(&d, "POST");
	wq_draft_add(&d, wq_str("Bearer "));
	wq_draft_add(&d, account->secret);
	wq_draft_header(&d, "Authorization");
	write_body(&d, m, opaque);
	return wq_draft_end(&d);
}
