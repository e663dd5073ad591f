/* SPDX-License-Identifier: MIT */
/* evolution_content.c — who, and what, in the words of WhatsApp Web, into Meta's. */
#include "domain/inbound/evolution.h"

enum { WRAPPERS_MAX = 4, OFTEN = 5 };

typedef void (*read_fn)(struct wq_inbound_message *m, yyjson_val *v);

static struct wq_str name_of(struct wq_str jid)
{
	struct wq_str name = wq_strn(jid.p, wq_str_find(jid, '@'));

	return wq_strn(name.p, wq_str_find(name, ':')); /* without the device */
}

struct wq_str wq_evolution_digits(struct wq_str jid)
{
	bool phone = wq_str_ends(jid, "@s.whatsapp.net") || wq_str_ends(jid, "@c.us");

	return phone && wq_inbound_is_digits(name_of(jid)) ? name_of(jid) : wq_strn(NULL, 0);
}

static void know(struct wq_inbound_person *p, struct wq_str jid)
{
	struct wq_str phone = wq_evolution_digits(jid);

	if (wq_str_ends(jid, "@lid"))
		p->lid = name_of(jid);
	else if (phone.p)
		p->phone = p->wa_id = phone;
}

struct wq_str wq_evolution_meet(struct wq_inbound *u, yyjson_val *key, const char **kind)
{
	static const struct wq_str keys[] = { WQ_STR("remoteJid"), WQ_STR("remoteJidAlt"),
		                              WQ_STR("participant"), WQ_STR("participantAlt"),
		                              WQ_STR("chatId"), WQ_STR("from"), WQ_STR("id") };
	yyjson_val *v[WQ_COUNT(keys)];
	struct wq_str chat;
	bool group;

	wq_json_pick(key, keys, WQ_COUNT(keys), v);
	chat = wq_json_str(v[0] ? v[0] : v[4] ? v[4] : v[5] ? v[5] : v[6]);
	group = wq_str_ends(chat, "@g.us") || wq_str_ends(chat, "@broadcast");
	know(&u->person, group ? wq_json_str(v[3]) : wq_json_str(v[1]));
	know(&u->person, group ? wq_json_str(v[2]) : chat);
	if (wq_str_ends(chat, "@g.us"))
		u->message.group_id = chat;
	*kind = wq_str_ends(chat, "@g.us")        ? "group"
	        : wq_str_ends(chat, "@lid")       ? "lid"
	        : wq_str_ends(chat, "@broadcast") ? "broadcast"
	                                          : "phone";
	return wq_str_find(chat, '@') < chat.n ? name_of(chat) : wq_strn(NULL, 0);
}

static void read_extended(struct wq_inbound_message *m, yyjson_val *v)
{
	m->text = wq_inbound_get_str(v, "text");
}

static void read_media(struct wq_inbound_message *m, yyjson_val *v)
{
	m->text = wq_inbound_get_str(v, "caption");
	m->media_mime = wq_inbound_get_str(v, "mimetype");
	m->media_sha256 = wq_inbound_get_str(v, "fileSha256");
	m->media_name = wq_inbound_either(wq_inbound_get_str(v, "fileName"),
	                                  wq_inbound_get_str(v, "title"));
	m->voice = wq_inbound_true(wq_inbound_get(v, "ptt"));
	m->animated = wq_inbound_true(wq_inbound_get(v, "isAnimated"));
}

static void read_location(struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *latitude = wq_inbound_get(v, "degreesLatitude");
	yyjson_val *longitude = wq_inbound_get(v, "degreesLongitude");

	m->has_place = yyjson_is_num(latitude) && yyjson_is_num(longitude);
	m->latitude = yyjson_get_num(latitude);
	m->longitude = yyjson_get_num(longitude);
	m->place_name = wq_inbound_get_str(v, "name");
	m->place_address = wq_inbound_get_str(v, "address");
	m->place_url = wq_inbound_get_str(v, "url");
}

static void read_contact(struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *first = yyjson_arr_get_first(wq_inbound_get(v, "contacts"));

	first = first ? first : v;
	m->text = wq_inbound_get_str(first, "displayName");
	m->form = wq_inbound_get_str(first, "vcard");
}

static void read_reaction(struct wq_inbound_message *m, yyjson_val *v)
{
	m->target_id = wq_inbound_get_str(wq_inbound_get(v, "key"), "id");
	m->emoji = wq_inbound_get_str(v, "text");
}

static void choose(struct wq_inbound_message *m, const char *inner, struct wq_str id,
                   struct wq_str title)
{
	m->inner_type = wq_str(inner);
	m->choice_id = id;
	m->choice_title = title;
	m->text = title;
}

static void read_button(struct wq_inbound_message *m, yyjson_val *v)
{
	choose(m, "button_reply", wq_inbound_get_str(v, "selectedButtonId"),
	       wq_inbound_get_str(v, "selectedDisplayText"));
}

static void read_template_button(struct wq_inbound_message *m, yyjson_val *v)
{
	choose(m, "", wq_inbound_get_str(v, "selectedId"),
	       wq_inbound_get_str(v, "selectedDisplayText"));
	m->inner_type = wq_strn(NULL, 0);
}

static void read_list(struct wq_inbound_message *m, yyjson_val *v)
{
	choose(m, "list_reply",
	       wq_inbound_get_str(wq_inbound_get(v, "singleSelectReply"), "selectedRowId"),
	       wq_inbound_get_str(v, "title"));
	m->choice_details = wq_inbound_get_str(v, "description");
}

static void read_flow(struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *native = wq_inbound_get(v, "nativeFlowResponseMessage");

	choose(m, "nfm_reply", wq_inbound_get_str(native, "name"),
	       wq_inbound_get_str(wq_inbound_get(v, "body"), "text"));
	m->form = wq_inbound_get_str(native, "paramsJson");
}

static const struct {
	const char *key, *type;
	read_fn read;
} types[] = {
	{ "extendedTextMessage", "text", read_extended },
	{ "imageMessage", "image", read_media },
	{ "videoMessage", "video", read_media },
	{ "ptvMessage", "video", read_media },
	{ "audioMessage", "audio", read_media },
	{ "documentMessage", "document", read_media },
	{ "stickerMessage", "sticker", read_media },
	{ "locationMessage", "location", read_location },
	{ "liveLocationMessage", "location", read_location },
	{ "contactMessage", "contacts", read_contact },
	{ "contactsArrayMessage", "contacts", read_contact },
	{ "reactionMessage", "reaction", read_reaction },
	{ "buttonsResponseMessage", "interactive", read_button },
	{ "templateButtonReplyMessage", "button", read_template_button },
	{ "listResponseMessage", "interactive", read_list },
	{ "interactiveResponseMessage", "interactive", read_flow },
};

static void read_context(struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *ad = wq_inbound_get(v, "externalAdReply");
	struct wq_str from = wq_inbound_get_str(v, "participant");

	m->reply_id = wq_inbound_get_str(v, "stanzaId");
	m->reply_from = wq_inbound_either(wq_evolution_digits(from), from);
	m->forwarded = wq_inbound_true(wq_inbound_get(v, "isForwarded"));
	m->forwarded_often = wq_inbound_int(wq_inbound_get(v, "forwardingScore"), 0) >= OFTEN;
	if (!wq_inbound_get(ad, "sourceUrl") && !wq_inbound_get(ad, "ctwaClid"))
		return;
	m->referral.there = true;
	m->referral.source_url = wq_inbound_get_str(ad, "sourceUrl");
	m->referral.source_id = wq_inbound_get_str(ad, "sourceId");
	m->referral.source_type = wq_inbound_get_str(ad, "sourceType");
	m->referral.headline = wq_inbound_get_str(ad, "title");
	m->referral.body = wq_inbound_get_str(ad, "body");
	m->referral.clid = wq_inbound_get_str(ad, "ctwaClid");
	m->referral.thumbnail_url = wq_inbound_get_str(ad, "thumbnailUrl");
}

/* Vanishing, seen once, with a caption: the message is within. */
static yyjson_val *unwrap(yyjson_val *message)
{
	static const char *const wrappers[] = { "ephemeralMessage", "viewOnceMessage",
		                                "viewOnceMessageV2", "viewOnceMessageV2Extension",
		                                "documentWithCaptionMessage" };

	for (int depth = 0; depth < WRAPPERS_MAX; depth++) {
		yyjson_val *inner = NULL;

		for (size_t i = 0; i < WQ_COUNT(wrappers) && !inner; i++)
			inner = wq_inbound_get(wq_inbound_get(message, wrappers[i]), "message");
		if (!inner)
			break;
		message = inner;
	}
	return message;
}

void wq_evolution_content(struct wq_inbound *u)
{
	yyjson_val *message = unwrap(wq_inbound_get(u->value, "message"));
	yyjson_val *context = wq_inbound_get(u->value, "contextInfo");
	struct wq_inbound_message *m = &u->message;
	yyjson_val *part;

	m->text = wq_inbound_get_str(message, "conversation");
	if (m->text.p)
		m->type = wq_str("text");
	for (size_t i = 0; i < WQ_COUNT(types) && !m->type.p; i++) {
		part = wq_inbound_get(message, types[i].key);
		if (!part)
			continue;
		m->type = wq_str(types[i].type);
		types[i].read(m, part);
		context = context ? context : wq_inbound_get(part, "contextInfo");
	}
	if (!m->type.p) {
		m->type = wq_str("unsupported");
		m->inner_type = wq_inbound_get_str(u->value, "messageType");
	}
	if (m->media_mime.p) { /* the bytes are asked for by the message's id, or lie in a store */
		m->media_id = u->id;
		m->media_url = wq_inbound_get_str(wq_inbound_get(u->value, "message"), "mediaUrl");
	}
	if (context)
		read_context(m, context);
}
