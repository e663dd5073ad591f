/* SPDX-License-Identifier: MIT */
/* read.c — which shape it is, and those of producers: our own, job and instance, which differ in names alone. */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/reading.h"

enum { TYPE_ECHO_MAX_BYTES = 24 };

/* The words that people have for a kind, and what else they say. */
static const struct word {
	const char *word;
	enum wq_message_kind kind;
	bool any_media; /* which of them, the content tells */
} words[] = {
	{ "text", WQ_MESSAGE_TEXT, false },
	{ "image", WQ_MESSAGE_IMAGE, false },
	{ "video", WQ_MESSAGE_VIDEO, false },
	{ "audio", WQ_MESSAGE_AUDIO, false },
	{ "document", WQ_MESSAGE_DOCUMENT, false },
	{ "sticker", WQ_MESSAGE_STICKER, false },
	{ "location", WQ_MESSAGE_LOCATION, false },
	{ "contacts", WQ_MESSAGE_CONTACTS, false },
	{ "reaction", WQ_MESSAGE_REACTION, false },
	{ "interactive", WQ_MESSAGE_INTERACTIVE, false },
	{ "template", WQ_MESSAGE_TEMPLATE, false },
	{ "read", WQ_MESSAGE_READ, false },
	{ "typing", WQ_MESSAGE_TYPING, false },
	{ "media", WQ_MESSAGE_IMAGE, true },
	{ "voice", WQ_MESSAGE_AUDIO, false },
	{ "ptt", WQ_MESSAGE_AUDIO, false },
	{ "photo", WQ_MESSAGE_IMAGE, false },
	{ "picture", WQ_MESSAGE_IMAGE, false },
	{ "file", WQ_MESSAGE_DOCUMENT, false },
	{ "contact", WQ_MESSAGE_CONTACTS, false },
	{ "button", WQ_MESSAGE_INTERACTIVE, false },
	{ "buttons", WQ_MESSAGE_INTERACTIVE, false },
	{ "list", WQ_MESSAGE_INTERACTIVE, false },
};

static const struct word *find_word(struct wq_str text)
{
	for (size_t i = 0; i < WQ_COUNT(words); i++)
		if (wq_str_is_nocase(text, words[i].word))
			return &words[i];
	return NULL;
}

/* Only what looks like a word is told back: it may be anything, a phone too. */
static void fail_type(struct wq_reading *r, struct wq_spot type, struct wq_str text)
{
	const char *field = wq_reading_join(r, "", type.key);
	bool word = text.n > 0 && text.n <= TYPE_ECHO_MAX_BYTES;

	if (wq_str_is_nocase(text, "poll")) {
		(void)wq_reading_fail(r, field, 0,
		                      "is a poll, which the interface of WhatsApp's businesses "
		                      "does not have");
		return;
	}
	for (size_t i = 0; i < text.n && word; i++)
		word = (text.p[i] >= 'a' && text.p[i] <= 'z') ||
		       (text.p[i] >= 'A' && text.p[i] <= 'Z') || text.p[i] == '_';
	(void)wq_reading_fail(
		r, field, 0,
		"is %.*s%snone of text, image, video, audio, document, sticker, media, "
		"location, contacts, reaction, interactive, template, read, typing",
		word ? (int)text.n : 0, word ? text.p : "", word ? ": " : "");
}

/* The one content that is there, when nobody says which. */
static const struct word *guess(struct wq_reading *r, yyjson_val *root, struct wq_spot type)
{
	const struct word *found = NULL;

	for (size_t i = 0; i <= WQ_MESSAGE_TEMPLATE; i++) {
		if (!wq_reading_get(root, wq_str(words[i].word)))
			continue;
		if (found) {
			(void)wq_reading_fail(r, words[i].word, 0,
			                      "is there beside %s: a message has one content",
			                      found->word);
			return NULL;
		}
		found = &words[i];
	}
	if (!found)
		(void)wq_reading_fail(r, wq_reading_join(r, "", type.key), 0, "is missing");
	return found;
}

/* A text is named, and nothing is written out: whoever knows the texts makes it (template/use.h). */
static bool is_use(struct wq_reading *r, yyjson_val *root, struct wq_spot type)
{
	struct wq_str text = wq_json_str(type.v);

	r->m->use = wq_reading_get(root, wq_str("use"));
	if (!r->m->use || wq_reading_get(root, wq_str("content")))
		return false;
	for (size_t i = 0; i <= WQ_MESSAGE_TEMPLATE; i++)
		if (wq_reading_get(root, wq_str(words[i].word)))
			return false;
	if (!yyjson_is_obj(r->m->use))
		(void)wq_reading_fail(r, "use", 0,
		                      "is no object: {\"template\": …, \"variables\": {…}}");
	else if (text.n > 0 && !wq_str_is_nocase(text, "text"))
		(void)wq_reading_fail(r, "use", 0, "makes a text, and the type is another");
	return true;
}

static const struct word *read_type(struct wq_reading *r, yyjson_val *root, struct wq_spot type)
{
	struct wq_str text = wq_reading_text(r, type, WQ_MESSAGE_NAME_MAX_CHARS);
	const struct word *word;

	if (r->rc != 0)
		return NULL;
	if (!text.p)
		return guess(r, root, type);
	word = find_word(text);
	if (!word)
		fail_type(r, type, text);
	return word;
}

static void read_signal(struct wq_reading *r)
{
	if (r->m->kind == WQ_MESSAGE_TYPING && r->m->to.p)
		return; /* enough for who needs no message to type in answer to */
	if (r->rc == 0 && !r->m->reply_to.p)
		(void)wq_reading_fail(r, "replyTo", 0, "is missing: the message that it is about");
}

/* Under the kind's own name, or "content". */
static void read_content(struct wq_reading *r, yyjson_val *root, const struct word *word)
{
	struct wq_spot s = wq_reading_find(root, wq_message_kind_name(r->m->kind));

	if (!s.v || word->any_media)
		s = wq_reading_find(root, "content");
	if (!s.v && !wq_str_is(wq_str(word->word), wq_message_kind_name(r->m->kind)))
		s = wq_reading_find(root, word->word);
	if (!s.v) {
		(void)wq_reading_fail(r,
		                      wq_reading_get(root, wq_str("messageType")) ? "content"
		                                                                  : word->word,
		                      0, "is missing");
		return;
	}
	r->base = wq_reading_join(r, "", s.key);
	wq_loose_content(r, s.v, word->word);
}

/* Only of our own shape: what a producer of jobs calls `id` is a number in its own table, and another producer has the
 * same one. */
static void read_id(struct wq_reading *r, yyjson_val *root)
{
	if (wq_reading_find(root, "messageType message_type instanceName recipientPhone").v)
		return;
	r->m->id = wq_reading_text(r, wq_reading_find(root, "id"), WQ_MESSAGE_ID_MAX_BYTES);
	for (size_t i = 0; i < r->m->id.n; i++)
		if (r->m->id.p[i] <= ' ' || r->m->id.p[i] > '~')
			(void)wq_reading_fail(
				r, "id", 0,
				"has something else than ASCII's letters, digits and signs in it");
}

int wq_message_read_template(struct wq_message *m, yyjson_val *v, const char *base,
                             struct wq_arena *a, struct wq_message_problem *p)
{
	struct wq_reading r;

	wq_reading_begin(&r, m, 0, a, p);
	m->kind = WQ_MESSAGE_TEMPLATE;
	r.base = base;
	wq_loose_content(&r, v, "template");
	return wq_reading_end(&r);
}

static void read_fallback(struct wq_reading *r, struct wq_spot s)
{
	const char *base = wq_reading_join(r, "", s.key);
	struct wq_message_problem p;
	struct wq_message m;

	if (!s.v || r->rc != 0)
		return;
	r->rc = wq_message_read_template(&m, s.v, base, r->arena, &p);
	if (r->rc == WQ_MESSAGE_INVALID)
		*r->p = p;
	r->m->fallback = m.content;
}

static void read_closed(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot way = wq_reading_find(root, "whenClosed when_closed");
	struct wq_spot s = wq_reading_find(root, "fallback fallbackTemplate fallback_template");
	struct wq_str word = wq_reading_text(r, way, WQ_MESSAGE_NAME_MAX_CHARS);

	if (r->rc != 0)
		return;
	if (word.p && !wq_when_closed_from(word, &r->m->when_closed))
		(void)wq_reading_fail(r, wq_reading_join(r, "", way.key), 0,
		                      "is none of fail, template, pending, force");
	if (s.v && !word.p)
		r->m->when_closed = WQ_CLOSED_TEMPLATE;
	if (s.v && r->m->when_closed != WQ_CLOSED_TEMPLATE)
		(void)wq_reading_fail(r, wq_reading_join(r, "", s.key), 0,
		                      "is for whenClosed: template alone");
	read_fallback(r, s);
}

void wq_reading_own(struct wq_reading *r, yyjson_val *root)
{
	struct wq_message *m = r->m;
	struct wq_spot type = wq_reading_find(root, "type messageType message_type");
	struct wq_spot group = wq_reading_find(root, "recipientType recipient_type");
	const struct word *word;

	if (!type.v && wq_reading_get(root, wq_str("content")))
		type.key = wq_str("messageType");
	read_id(r, root);
	if (wq_str_is(wq_reading_text(r, group, WQ_MESSAGE_NAME_MAX_CHARS), "group"))
		m->recipient = WQ_RECIPIENT_GROUP;
	wq_reading_to(r, wq_reading_find(root, "to recipientPhone recipient_phone recipient phone "
	                                       "phoneNumber number"));
	wq_reading_common(r, root);
	read_closed(r, root);
	word = is_use(r, root, type) ? &words[0] : read_type(r, root, type);
	if (!word)
		return;
	m->kind = word->kind;
	if (m->kind == WQ_MESSAGE_READ || m->kind == WQ_MESSAGE_TYPING)
		read_signal(r);
	else if (!m->to.p && r->rc == 0)
		(void)wq_reading_fail(
			r, wq_reading_get(root, wq_str("instanceName")) ? "recipientPhone" : "to",
			0, "is missing");
	else if (!is_use(r, root, type))
		read_content(r, root, word);
}

/* The body of one of its routes: "number", and nothing that says a type. */
static bool is_evolution(yyjson_val *root)
{
	return wq_reading_get(root, wq_str("number")) &&
	       !wq_reading_find(root, "to recipientPhone type messageType message_type content").v;
}

int wq_message_read(struct wq_message *m, yyjson_val *root, int64_t now_ms, struct wq_arena *a,
                    struct wq_message_problem *p)
{
	struct wq_reading r;

	wq_reading_begin(&r, m, now_ms, a, p);
	if (!yyjson_is_obj(root))
		(void)wq_reading_fail(&r, "", 0, "is no JSON object");
	else if (wq_reading_get(root, wq_str("messaging_product")))
		wq_reading_graph(&r, root);
	else if (is_evolution(root))
		wq_reading_evolution(&r, wq_strn(NULL, 0), root);
	else
		wq_reading_own(&r, root);
	return wq_reading_end(&r);
}

int wq_message_read_graph(struct wq_message *m, yyjson_val *root, int64_t now_ms,
                          struct wq_arena *a, struct wq_message_problem *p)
{
	struct wq_reading r;

	wq_reading_begin(&r, m, now_ms, a, p);
	if (yyjson_is_obj(root))
		wq_reading_graph(&r, root);
	else
		(void)wq_reading_fail(&r, "", 0, "is no JSON object");
	return wq_reading_end(&r);
}
