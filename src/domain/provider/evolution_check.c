/* SPDX-License-Identifier: MIT */
/* evolution_check.c — what a linked phone can't carry. */
#include <stdio.h>

#include "base/assert.h"
#include "domain/provider/evolution_ops.h"
#include "domain/provider/interactive_text.h"

static const char *const links[WQ_MESSAGE_KINDS] = {
	[WQ_MESSAGE_IMAGE] = "image.link",       [WQ_MESSAGE_VIDEO] = "video.link",
	[WQ_MESSAGE_AUDIO] = "audio.link",       [WQ_MESSAGE_DOCUMENT] = "document.link",
	[WQ_MESSAGE_STICKER] = "sticker.link",
};

static int check_media(const char *field, yyjson_val *media, struct wq_message_problem *p)
{
	if (wq_json_get_str(media, "link").n || wq_json_get_str(media, "data").n)
		return 0;
	return wq_provider_refuse(
		p, field,
		"is needed, or data: Evolution fetches media itself and knows no ids of Meta's");
}

static int check_contacts(yyjson_val *contacts, struct wq_message_problem *p)
{
	yyjson_val *contact;
	size_t i, max;

	yyjson_arr_foreach(contacts, i, max, contact)
	{
		yyjson_val *phone = yyjson_arr_get_first(wq_json_get(contact, "phones"));
		char field[48];

		if (wq_json_get_str(phone, "phone").n)
			continue;
		(void)snprintf(field, sizeof(field), "contacts[%zu].phones[0].phone", i);
		return wq_provider_refuse(p, field,
		                          "is needed: Evolution sends no contact without a phone");
	}
	return 0;
}

static int check_interactive(yyjson_val *interactive, struct wq_message_problem *p)
{
	enum wq_message_kind kind = WQ_MESSAGE_KINDS;
	yyjson_val *media = wq_interactive_media(interactive, &kind);
	char field[64];

	if (!wq_interactive_is_text(interactive))
		return wq_provider_refuse(p, "interactive.type",
		                          "is nothing that a number linked by QR can send");
	if (!media)
		return 0;
	(void)snprintf(field, sizeof(field), "interactive.header.%s", links[kind]);
	return check_media(field, media, p);
}

int wq_evolution_check(const struct wq_message *m, struct wq_message_problem *p)
{
	if (m->recipient == WQ_RECIPIENT_USER)
		return wq_provider_refuse(p, "to",
		                          "is an id of Meta's, which Evolution does not know");
	if (!m->to.n)
		return wq_provider_refuse(p, "to", "is needed");
	if (m->kind == WQ_MESSAGE_READ && !m->reply_to.n)
		return wq_provider_refuse(p, "replyTo", "is needed: the message that was read");
	if (m->kind == WQ_MESSAGE_TEMPLATE)
		return wq_provider_refuse(
			p, "type", "is a template, and there are none on a number linked by QR");
	if (m->kind == WQ_MESSAGE_CONTACTS)
		return check_contacts(m->content, p);
	if (m->kind == WQ_MESSAGE_INTERACTIVE)
		return check_interactive(m->content, p);
	return links[m->kind] ? check_media(links[m->kind], m->content, p) : 0;
}
