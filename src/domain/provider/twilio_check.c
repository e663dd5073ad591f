/* SPDX-License-Identifier: MIT */
/* twilio_check.c — what Twilio can't carry. */
#include <stdio.h>

#include "base/limits.h"
#include "domain/provider/interactive_text.h"
#include "domain/provider/twilio.h"
#include "domain/provider/twilio_ops.h"

static int check_text(const char *field, struct wq_str text, struct wq_message_problem *p)
{
	if (wq_provider_characters(text) <= WQ_TWILIO_TEXT_MAX_CHARACTERS)
		return 0;
	(void)wq_provider_refuse(p, field,
	                         "is longer than the 1600 characters that Twilio carries");
	p->limit = WQ_TWILIO_TEXT_MAX_CHARACTERS;
	return WQ_MESSAGE_INVALID;
}

/* Without memory nothing is found; the request will not come about either. */
static int check_interactive_text(yyjson_val *interactive, struct wq_message_problem *p)
{
	struct wq_provider_request request;
	struct wq_arena a;
	struct wq_draft d;
	int rc;

	wq_arena_init(&a, WQ_PROVIDER_BODY_MAX_BYTES);
	wq_draft_begin(&d, &a, &request);
	rc = check_text("interactive", wq_interactive_text(&d, interactive), p);
	(void)wq_draft_end(&d);
	wq_arena_fini(&a);
	return rc;
}

/* With a picture its caption goes as the text; with others there is no place for one. */
static int check_media(const char *field, yyjson_val *media, struct wq_message_problem *p)
{
	bool picture = wq_str_ends(wq_str(field), "image");
	struct wq_str caption = wq_json_get_str(media, "caption");
	char text[96];

	(void)snprintf(text, sizeof(text), "%s.link", field);
	if (!wq_json_get_str(media, "link").n)
		return wq_provider_refuse(
			p, text,
			"is needed: Twilio fetches media itself from a public address, and takes neither "
			"the file nor an id of Meta's");
	(void)snprintf(text, sizeof(text), "%s.caption", field);
	if (!picture && caption.n)
		return wq_provider_refuse(p, text,
		                          "can't be sent: Twilio has captions for pictures alone");
	return check_text(text, caption, p);
}

static int check_template(yyjson_val *t, struct wq_message_problem *p)
{
	struct wq_str name = wq_json_get_str(t, "name");

	if (!wq_str_starts(name, "HX"))
		return wq_provider_refuse(p, "template.name",
		                          "is not the HX… id of one of Twilio's content templates");
	return wq_twilio_variables_check(wq_json_get(t, "components"), p);
}

static int check_interactive(yyjson_val *interactive, struct wq_message_problem *p)
{
	enum wq_message_kind kind = WQ_MESSAGE_KINDS;
	yyjson_val *media = wq_interactive_media(interactive, &kind);

	if (!wq_interactive_is_text(interactive))
		return wq_provider_refuse(p, "interactive.type",
		                          "can be sent through Twilio as a template alone");
	if (media && kind != WQ_MESSAGE_IMAGE)
		return wq_provider_refuse(p, "interactive.header",
		                          "can be text or a picture alone with Twilio");
	if (media && check_media("interactive.header.image", media, p))
		return WQ_MESSAGE_INVALID;
	return check_interactive_text(interactive, p);
}

static int check_content(const struct wq_message *m, struct wq_message_problem *p)
{
	switch (m->kind) {
	case WQ_MESSAGE_TEXT:
		return check_text("text.body", wq_json_get_str(m->content, "body"), p);
	case WQ_MESSAGE_IMAGE:
		return check_media("image", m->content, p);
	case WQ_MESSAGE_VIDEO:
		return check_media("video", m->content, p);
	case WQ_MESSAGE_AUDIO:
		return check_media("audio", m->content, p);
	case WQ_MESSAGE_DOCUMENT:
		return check_media("document", m->content, p);
	case WQ_MESSAGE_STICKER:
		return check_media("sticker", m->content, p);
	case WQ_MESSAGE_INTERACTIVE:
		return check_interactive(m->content, p);
	case WQ_MESSAGE_TEMPLATE:
		return check_template(m->content, p);
	case WQ_MESSAGE_CONTACTS:
		return wq_provider_refuse(p, "type",
		                          "is contacts, which Twilio sends as files alone");
	case WQ_MESSAGE_REACTION:
		return wq_provider_refuse(p, "type", "is a reaction, which Twilio can't send");
	case WQ_MESSAGE_READ:
		return wq_provider_refuse(
			p, "type", "is a read receipt, which Twilio sends with typing alone");
	default:
		return 0;
	}
}

int wq_twilio_check(const struct wq_message *m, struct wq_message_problem *p)
{
	if (m->kind == WQ_MESSAGE_TYPING)
		return m->reply_to.n ? 0
		                     : wq_provider_refuse(
					       p, "replyTo",
					       "is needed: the message that is being answered");
	if (m->recipient == WQ_RECIPIENT_GROUP)
		return wq_provider_refuse(p, "to", "is a group, which Twilio does not reach");
	if (m->recipient == WQ_RECIPIENT_JID)
		return wq_provider_refuse(p, "to", "is an address that Twilio does not know");
	return check_content(m, p);
}
