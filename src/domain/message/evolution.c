/* SPDX-License-Identifier: MIT */
/* evolution.c — the bodies of Evolution's send routes. */
#include "base/assert.h"
#include "domain/message/reading.h"

static const struct {
	const char *op;
	enum wq_message_kind kind;
	const char *word, *content; /* as loose.c has it; NULL: the body itself */
} routes[] = {
	{ "sendText", WQ_MESSAGE_TEXT, "text", NULL },
	{ "sendMedia", WQ_MESSAGE_IMAGE, "media", NULL },
	{ "sendWhatsAppAudio", WQ_MESSAGE_AUDIO, "voice", NULL },
	{ "sendPtv", WQ_MESSAGE_VIDEO, "video", NULL },
	{ "sendSticker", WQ_MESSAGE_STICKER, "sticker", NULL },
	{ "sendLocation", WQ_MESSAGE_LOCATION, "location", NULL },
	{ "sendTemplate", WQ_MESSAGE_TEMPLATE, "template", NULL },
};

void wq_reading_evolution(struct wq_reading *r, struct wq_str op, yyjson_val *root)
{
	yyjson_val *key = wq_reading_get(wq_reading_get(root, wq_str("quoted")), wq_str("key"));
	struct wq_spot quoted = wq_reading_find(key, "id");

	quoted.key = wq_str("quoted.key.id");
	wq_reading_to(r, wq_reading_find(root, "number"));
	if (r->rc == 0 && !r->m->to.p)
		(void)wq_reading_fail(r, "number", 0, "is missing");
	r->m->reply_to = wq_reading_text(r, quoted, 512);
	for (size_t i = 0; i < WQ_COUNT(routes); i++) {
		if (!wq_str_is(op, routes[i].op))
			continue;
		r->m->kind = routes[i].kind;
		wq_loose_content(r, root, routes[i].word);
		return;
	}
	(void)wq_reading_fail(r, "", 0, "has a route that is not known");
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
