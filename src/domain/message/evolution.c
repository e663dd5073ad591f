/* SPDX-License-Identifier: MIT */
/* evolution.c — the bodies of Evolution's send routes.
 *
 * `delay`, mentions and conversions are Evolution's own business and left out: whoever carries the message may be
 * another provider.
 */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/reading.h"

static const struct route {
	const char *op;
	enum wq_message_kind kind;
	const char *word;    /* as loose.c has it; NULL: nobody else can send that */
	const char *content; /* the member that holds it; NULL: the body itself */
	const char *known_by; /* the member that no other route's body has */
} routes[] = {
	{ "sendMedia", WQ_MESSAGE_IMAGE, "media", NULL, "mediatype" },
	{ "sendWhatsAppAudio", WQ_MESSAGE_AUDIO, "voice", NULL, "audio" },
	{ "sendPtv", WQ_MESSAGE_VIDEO, "video", NULL, "video" },
	{ "sendSticker", WQ_MESSAGE_STICKER, "sticker", NULL, "sticker" },
	{ "sendLocation", WQ_MESSAGE_LOCATION, "location", NULL, "latitude" },
	{ "sendContact", WQ_MESSAGE_CONTACTS, "contact", "contact", "contact" },
	{ "sendReaction", WQ_MESSAGE_REACTION, "reaction", NULL, "reaction" },
	{ "sendPoll", WQ_MESSAGE_TEXT, NULL, NULL, "values" },
	{ "sendList", WQ_MESSAGE_INTERACTIVE, "list", NULL, "sections" },
	{ "sendButtons", WQ_MESSAGE_INTERACTIVE, "buttons", NULL, "buttons" },
	{ "sendTemplate", WQ_MESSAGE_TEMPLATE, "template", NULL, "language" },
	{ "sendStatus", WQ_MESSAGE_TEXT, NULL, NULL, "statusJidList" },
	{ "sendText", WQ_MESSAGE_TEXT, "text", NULL, "text" },
};

static const struct route *find_route(struct wq_str op, yyjson_val *root)
{
	for (size_t i = 0; i < WQ_COUNT(routes); i++)
		if (op.p ? wq_str_is_nocase(op, routes[i].op)
		         : wq_reading_get(root, wq_str(routes[i].known_by)) != NULL)
			return &routes[i];
	return NULL;
}

/* A reaction's is in its key. */
static void read_recipient(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot number = wq_reading_find(root, "number");
	yyjson_val *key = wq_reading_get(root, wq_str("key"));

	if (!number.v && r->m->kind == WQ_MESSAGE_REACTION)
		number = (struct wq_spot){ wq_reading_get(key, wq_str("remoteJid")),
			                   wq_str("key.remoteJid") };
	wq_reading_to(r, number);
	if (r->rc == 0 && !r->m->to.p)
		(void)wq_reading_fail(r, wq_reading_join(r, "", number.key), 0, "is missing");
}

static void read_quoted(struct wq_reading *r, yyjson_val *root)
{
	yyjson_val *key = wq_reading_get(wq_reading_get(root, wq_str("quoted")), wq_str("key"));
	struct wq_spot id = wq_reading_find(key, "id");

	id.key = wq_str("quoted.key.id");
	if (id.v)
		r->m->reply_to = wq_reading_text(r, id, WQ_WA_MESSAGE_ID_MAX_CHARS);
}

static void read_content(struct wq_reading *r, yyjson_val *root, const struct route *route)
{
	yyjson_val *v = root;

	if (route->content) {
		r->base = route->content;
		v = wq_reading_get(root, wq_str(route->content));
	}
	if (v)
		wq_loose_content(r, v, route->word);
	else
		(void)wq_reading_fail(r, r->base, 0, "is missing");
}

void wq_reading_evolution(struct wq_reading *r, struct wq_str op, yyjson_val *root)
{
	const struct route *route = find_route(op, root);

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
	read_recipient(r, root);
	wq_reading_common(r, root);
	read_quoted(r, root);
	if (r->rc == 0)
		read_content(r, root, route);
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
