/* SPDX-License-Identifier: MIT */
/* graph.c — what Meta itself takes: the content is the common form already. */
#include "base/limits.h"
#include "domain/message/reading.h"

/* {"status": "read", "message_id", "typing_indicator"?} */
static void read_receipt(struct wq_reading *r, yyjson_val *root, struct wq_str status)
{
	yyjson_val *typing = wq_reading_get(root, wq_str("typing_indicator"));
	struct wq_spot id = wq_reading_find(root, "message_id");

	if (!wq_str_is(status, "read"))
		(void)wq_reading_fail(r, "status", 0, "is not read");
	r->m->kind = typing ? WQ_MESSAGE_TYPING : WQ_MESSAGE_READ;
	if (typing && !wq_str_is(wq_json_get_str(typing, "type"), "text"))
		(void)wq_reading_fail(r, "typing_indicator.type", 0, "is not text");
	r->m->reply_to = wq_reading_text(r, id, WQ_WA_MESSAGE_ID_MAX_CHARS);
	if (r->rc == 0 && !r->m->reply_to.p)
		(void)wq_reading_fail(r, "message_id", 0, "is missing");
}

static bool has_at(struct wq_str s)
{
	return wq_str_find(s, '@') < s.n;
}

/* `to` wins where both are there. */
static void read_recipient(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot type = wq_reading_find(root, "recipient_type");
	struct wq_str word = wq_reading_text(r, type, WQ_MESSAGE_NAME_MAX_CHARS);
	struct wq_spot to = wq_reading_find(root, "to recipient");

	if (wq_str_is_nocase(word, "group"))
		r->m->recipient = WQ_RECIPIENT_GROUP;
	else if (word.p && !wq_str_is_nocase(word, "individual"))
		(void)wq_reading_fail(r, "recipient_type", 0, "is neither individual nor group");
	wq_reading_to(r, to);
	if (r->rc == 0 && !r->m->to.p)
		(void)wq_reading_fail(r, "to", 0, "is missing");
	/* Meta says of a group that it is one, and knows none by so many digits. */
	if (r->m->recipient == WQ_RECIPIENT_GROUP && !wq_str_is_nocase(word, "group") &&
	    !has_at(wq_json_str(to.v)))
		(void)wq_reading_fail(r, "to", WQ_WA_PHONE_MAX_DIGITS, "has more than %d digits",
		                      WQ_WA_PHONE_MAX_DIGITS);
}

static void read_kind(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot type = wq_reading_find(root, "type");
	struct wq_str word = wq_reading_text(r, type, WQ_MESSAGE_NAME_MAX_CHARS);
	int kind = word.p ? 0 : WQ_MESSAGE_TEXT;
	yyjson_val *content;

	while (word.p && kind <= WQ_MESSAGE_TEMPLATE &&
	       !wq_str_is_nocase(word, wq_message_kind_name((enum wq_message_kind)kind)))
		kind++;
	if (kind > WQ_MESSAGE_TEMPLATE) {
		(void)wq_reading_fail(r, "type", 0,
		                      "is none of text, image, video, audio, document, sticker, "
		                      "location, contacts, reaction, interactive, template");
		return;
	}
	r->m->kind = (enum wq_message_kind)kind;
	r->base = wq_message_kind_name(r->m->kind);
	content = wq_reading_get(root, wq_str(r->base));
	if (content)
		wq_loose_graph(r, content);
	else
		(void)wq_reading_fail(r, r->base, 0, "is missing");
}

static void read_extras(struct wq_reading *r, yyjson_val *root)
{
	yyjson_val *context = wq_reading_get(root, wq_str("context"));
	struct wq_spot id = wq_reading_find(context, "message_id");

	if (context && !yyjson_is_obj(context))
		(void)wq_reading_fail(r, "context", 0, "is no object");
	id.key = wq_str("context.message_id");
	r->m->reply_to = wq_reading_text(r, id, WQ_WA_MESSAGE_ID_MAX_CHARS);
	if (r->rc == 0 && context && !r->m->reply_to.p)
		(void)wq_reading_fail(r, "context.message_id", 0, "is missing");
	r->m->reference = wq_reading_text(r, wq_reading_find(root, "biz_opaque_callback_data"),
	                                  WQ_WA_OPAQUE_MAX_CHARS);
	r->m->identity = wq_reading_text(r, wq_reading_find(root, "recipient_identity_key_hash"),
	                                 WQ_WA_OPAQUE_MAX_CHARS);
}

void wq_reading_graph(struct wq_reading *r, yyjson_val *root)
{
	struct wq_str product = wq_json_str(wq_reading_get(root, wq_str("messaging_product")));
	yyjson_val *status = wq_reading_get(root, wq_str("status"));

	if (!wq_str_is_nocase(product, "whatsapp"))
		(void)wq_reading_fail(r, "messaging_product", 0,
		                      product.p ? "is not whatsapp" : "is missing");
	else if (status)
		read_receipt(r, root, wq_json_str(status));
	else {
		read_recipient(r, root);
		read_kind(r, root);
		read_extras(r, root);
	}
}
