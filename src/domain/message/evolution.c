/* SPDX-License-Identifier: MIT */
/* evolution.c — the bodies of Evolution's send routes.
 *
 * `delay`, mentions and conversions are Evolution's own business and left out: whoever carries the message may be
 * another provider.
 */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/reading.h"

#define FILES " url link media mediaUrl media_url fileUrl file_url file id mediaId media_id"
#define TEXTS " body text title message"

static const struct route {
	const char *op;
	enum wq_message_kind kind;
	const char *word;    /* as loose.c has it; NULL: nobody else can send that */
	const char *content; /* the member that holds it; NULL: the body itself */
	const char *known_by; /* the member that no other route's body has */
	const char *needs;    /* one of these has to be there, and the first is what people call it */
	const char *before;   /* the member that held it in Evolution 1; NULL: none */
} routes[] = {
	{ "sendMedia", WQ_MESSAGE_IMAGE, "media", NULL, "mediatype", "media" FILES, "mediaMessage" },
	{ "sendWhatsAppAudio", WQ_MESSAGE_AUDIO, "voice", NULL, "audio", "audio" FILES,
	  "audioMessage" },
	{ "sendPtv", WQ_MESSAGE_VIDEO, "video", NULL, "video", "video" FILES, NULL },
	{ "sendSticker", WQ_MESSAGE_STICKER, "sticker", NULL, "sticker", "sticker image" FILES,
	  "stickerMessage" },
	{ "sendLocation", WQ_MESSAGE_LOCATION, "location", NULL, "latitude", NULL, "locationMessage" },
	{ "sendContact", WQ_MESSAGE_CONTACTS, "contact", "contact", "contact", NULL,
	  "contactMessage" },
	{ "sendReaction", WQ_MESSAGE_REACTION, "reaction", NULL, "reaction",
	  "key message_id messageId replyTo", "reactionMessage" },
	{ "sendPoll", WQ_MESSAGE_TEXT, NULL, NULL, "values", NULL, NULL },
	{ "sendList", WQ_MESSAGE_INTERACTIVE, "list", NULL, "sections", "description" TEXTS,
	  "listMessage" },
	{ "sendButtons", WQ_MESSAGE_INTERACTIVE, "buttons", NULL, "buttons", "description" TEXTS,
	  "buttonMessage" },
	{ "sendTemplate", WQ_MESSAGE_TEMPLATE, "template", NULL, "language", NULL, NULL },
	{ "sendStatus", WQ_MESSAGE_TEXT, NULL, NULL, "statusJidList", NULL, NULL },
	{ "sendText", WQ_MESSAGE_TEXT, "text", NULL, "text", "text body message", "textMessage" },
};

static const struct route *find_route(struct wq_str op, yyjson_val *root)
{
	for (size_t i = 0; i < WQ_COUNT(routes); i++)
		if (op.p ? wq_str_is_nocase(op, routes[i].op)
		         : wq_reading_get(root, wq_str(routes[i].known_by)) != NULL)
			return &routes[i];
	return NULL;
}

/* Where the content is: in the body itself, or, as in Evolution 1, in a member of it. */
static yyjson_val *find_content(struct wq_reading *r, yyjson_val *root, const struct route *route)
{
	yyjson_val *inner = route->before ? wq_reading_get(root, wq_str(route->before)) : NULL;

	if (inner)
		r->base = route->before;
	else if (route->content)
		r->base = route->content;
	return inner ? inner : route->content ? wq_reading_get(root, wq_str(route->content)) : root;
}

/* A reaction's is in its key. */
static void read_recipient(struct wq_reading *r, yyjson_val *root, yyjson_val *content)
{
	struct wq_spot number = wq_reading_find(root, "number");
	yyjson_val *key = wq_reading_get(content, wq_str("key"));

	if (!number.v && r->m->kind == WQ_MESSAGE_REACTION)
		number = (struct wq_spot){ wq_reading_get(key, wq_str("remoteJid")),
			                   wq_str("key.remoteJid") };
	wq_reading_to(r, number);
	if (r->rc == 0 && !r->m->to.p)
		(void)wq_reading_fail(r, wq_reading_join(r, "", number.key), 0, "is missing");
}

/* In Evolution 1 it is among the options. */
static void read_quoted(struct wq_reading *r, yyjson_val *root)
{
	yyjson_val *options = wq_reading_get(root, wq_str("options"));
	yyjson_val *quoted = wq_reading_get(root, wq_str("quoted"));
	struct wq_spot id;

	if (!quoted)
		quoted = wq_reading_get(options, wq_str("quoted"));
	id = wq_reading_find(wq_reading_get(quoted, wq_str("key")), "id");
	id.key = wq_str("quoted.key.id");
	if (id.v)
		r->m->reply_to = wq_reading_text(r, id, WQ_WA_MESSAGE_ID_MAX_CHARS);
}

static void read_content(struct wq_reading *r, yyjson_val *v, const struct route *route)
{
	struct wq_spot needed;

	if (!v) {
		(void)wq_reading_fail(r, r->base, 0, "is missing");
		return;
	}
	if (route->needs && yyjson_is_obj(v)) {
		needed = wq_reading_find(v, route->needs);
		if (!needed.v)
			(void)wq_reading_fail(r, wq_reading_join(r, r->base, needed.key), 0,
			                      "is missing");
	}
	wq_loose_content(r, v, route->word);
}

void wq_reading_evolution(struct wq_reading *r, struct wq_str op, yyjson_val *root)
{
	const struct route *route = find_route(op, root);
	yyjson_val *content;

	if (!route) {
		(void)wq_reading_fail(r, "route", 0, "is none of Evolution's that send a message");
		return;
	}
	r->m->kind = route->kind;
	if (!route->word) {
		(void)wq_reading_fail(
			r, route->op, 0,
			"is for polls and statuses, which only Evolution itself can send");
		return;
	}
	content = find_content(r, root, route);
	read_recipient(r, root, content);
	wq_reading_common(r, root);
	read_quoted(r, root);
	if (r->rc == 0)
		read_content(r, content, route);
}

int wq_message_read_evolution(struct wq_message *m, struct wq_str op, yyjson_val *root,
                              int64_t now_ms, struct wq_arena *a, struct wq_message_problem *p)
{
	struct wq_reading r;

	wq_reading_begin(&r, m, now_ms, a, p);
	if (yyjson_is_obj(root))
		wq_reading_evolution(&r, op, root);
	else
		(void)wq_reading_fail(&r, "", 0, "is no JSON object");
	return wq_reading_end(&r);
}
