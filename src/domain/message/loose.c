/* SPDX-License-Identifier: MIT */
/* loose.c — contents as people write them: a bare text, an address, one of several names for one thing. */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "domain/message/files.h"
#include "domain/message/reading.h"

enum { NUMBER_BYTES_MAX = 32, DATA_CHARS_MIN = 64 };

/* A member of what was written as r->base. */
static void put(struct wq_reading *r, const char *key, struct wq_spot s)
{
	wq_reading_put(r, key, key, r->base, s);
}

static void write_text(struct wq_reading *r, yyjson_val *v, const char *word)
{
	struct wq_spot preview = wq_reading_find(v, "preview_url previewUrl linkPreview");

	(void)word;
	put(r, "body", wq_reading_find(v, "body text message"));
	if (preview.v)
		put(r, "preview_url", preview);
}

static void write_voice(struct wq_reading *r, const char *word)
{
	if (!wq_str_is(wq_str(word), "voice") && !wq_str_is(wq_str(word), "ptt"))
		return;
	wq_jsonw_put_bool(&r->w, "voice", true);
}

/* Where an address is expected, the file itself may stand: base64, or a data: URL. */
static bool is_data(struct wq_str s)
{
	return wq_str_starts(s, "data:") ||
	       (wq_str_find(s, ':') == s.n && s.n >= DATA_CHARS_MIN && wq_file_base64_bytes(s) > 0);
}

/* "image" is a word for a kind. */
static bool names_type(struct wq_spot type)
{
	struct wq_str s = wq_json_str(type.v);

	return wq_str_find(s, '/') < s.n;
}

static void write_source(struct wq_reading *r, yyjson_val *v, struct wq_spot link,
                         struct wq_spot id)
{
	struct wq_spot data = wq_reading_find(v, "data base64");
	struct wq_spot type = wq_reading_find(v, "mime_type mimeType mimetype");
	struct wq_spot upload = wq_reading_find(v, "upload");

	if (link.v && !data.v && is_data(wq_json_str(link.v))) {
		data = link;
		link.v = NULL;
	}
	if (data.v) {
		r->text.max = WQ_MESSAGE_CONTENT_MAX_BYTES + wq_json_str(data.v).n;
		put(r, "data", data);
	}
	if (data.v || names_type(type))
		put(r, "mime_type", type);
	if (upload.v)
		put(r, "upload", upload);
	if (link.v || (!id.v && !data.v))
		put(r, "link", link);
	if (id.v)
		put(r, "id", id);
}

static void write_media(struct wq_reading *r, yyjson_val *v, const char *word)
{
	bool captioned = r->m->kind == WQ_MESSAGE_IMAGE || r->m->kind == WQ_MESSAGE_VIDEO ||
	                 r->m->kind == WQ_MESSAGE_DOCUMENT;
	struct wq_spot link = wq_reading_find(v,
	                                      "link url mediaUrl media_url media fileUrl file_url "
	                                      "file image video audio document sticker");
	struct wq_spot id = wq_reading_find(v, "id mediaId media_id");
	struct wq_spot caption = wq_reading_find(v, "caption text body");
	struct wq_spot name = wq_reading_find(v, "filename fileName file_name name");
	struct wq_spot voice = wq_reading_find(v, "voice ptt");

	write_source(r, v, link, id);
	if (captioned || !wq_str_is(wq_json_str(caption.v), ""))
		put(r, "caption", caption);
	if (r->m->kind == WQ_MESSAGE_DOCUMENT)
		put(r, "filename", name);
	if (r->m->kind == WQ_MESSAGE_AUDIO && voice.v)
		put(r, "voice", voice);
	else
		write_voice(r, word);
}

/* Text that is a number becomes one. */
static void write_degrees(struct wq_reading *r, const char *key, struct wq_spot s)
{
	struct wq_str text = wq_str_trim(wq_json_str(s.v));
	char number[NUMBER_BYTES_MAX], *end;
	double degrees;

	if (text.n > 0 && text.n < sizeof(number) && !memchr(text.p, 'x', text.n)) {
		memcpy(number, text.p, text.n);
		number[text.n] = '\0';
		degrees = strtod(number, &end);
		if (end == number + text.n && isfinite(degrees)) {
			put(r, key, (struct wq_spot){ NULL, s.key });
			wq_jsonw_key(&r->w, key);
			wq_jsonw_float(&r->w, degrees);
			return;
		}
	}
	put(r, key, s);
}

static void write_location(struct wq_reading *r, yyjson_val *v, const char *word)
{
	(void)word;
	write_degrees(r, "latitude", wq_reading_find(v, "latitude lat"));
	write_degrees(r, "longitude", wq_reading_find(v, "longitude lng lon long"));
	put(r, "name", wq_reading_find(v, "name title"));
	put(r, "address", wq_reading_find(v, "address"));
}

/* The message that a reaction is to may be said as what it replies to. */
static void write_target(struct wq_reading *r, struct wq_spot target)
{
	if (!target.v && r->m->reply_to.p) {
		wq_jsonw_put_str(&r->w, "message_id", r->m->reply_to);
	} else {
		put(r, "message_id", target);
	}
}

static void write_reaction(struct wq_reading *r, yyjson_val *v, const char *word)
{
	struct wq_spot target = wq_reading_find(v, "message_id messageId id");
	yyjson_val *key = wq_reading_get(v, wq_str("key")); /* Evolution's */

	(void)word;
	if (yyjson_is_obj(key))
		target = (struct wq_spot){ wq_reading_get(key, wq_str("id")), wq_str("key.id") };
	write_target(r, target);
	put(r, "emoji", wq_reading_find(v, "emoji reaction text"));
}

static void write_template(struct wq_reading *r, yyjson_val *v, const char *word)
{
	(void)word;
	wq_loose_template(r, v);
}

static void write_interactive(struct wq_reading *r, yyjson_val *v, const char *word)
{
	wq_loose_interactive(r, v, word);
}

#define MEDIA { "id link data", "fileName mediaUrl mediaId fileUrl", "link", write_media, false }
/* How each kind is known to be in the common form already, and what a bare text means. */
static const struct kind {
	const char *known_by; /* one of these is there; NULL: it never is */
	const char *unless;   /* one of these is there too: names of another form */
	const char *text_is;  /* the member that a bare text is; NULL: it can't be one */
	void (*write)(struct wq_reading *r, yyjson_val *v, const char *word);
	bool takes_array;
} kinds[WQ_MESSAGE_KINDS] = {
	[WQ_MESSAGE_TEXT] = { "body", "previewUrl linkPreview", "body", write_text, false },
	[WQ_MESSAGE_IMAGE] = MEDIA,
	[WQ_MESSAGE_VIDEO] = MEDIA,
	[WQ_MESSAGE_AUDIO] = MEDIA,
	[WQ_MESSAGE_DOCUMENT] = MEDIA,
	[WQ_MESSAGE_STICKER] = MEDIA,
	[WQ_MESSAGE_LOCATION] = { "latitude", "", NULL, write_location, false },
	[WQ_MESSAGE_CONTACTS] = { NULL, "", NULL, NULL, true },
	[WQ_MESSAGE_REACTION] = { "message_id", "", "emoji", write_reaction, false },
	[WQ_MESSAGE_INTERACTIVE] = { "action", "", NULL, write_interactive, false },
	[WQ_MESSAGE_TEMPLATE] = { "name", WQ_LOOSE_PARAMETERS " templateName languageCode", NULL,
	                          write_template, false },
};

static bool has_numbers(yyjson_val *location)
{
	return yyjson_is_num(wq_json_get(location, "latitude")) &&
	       yyjson_is_num(wq_json_get(location, "longitude"));
}

static bool is_common(const struct wq_reading *r, yyjson_val *v)
{
	const struct kind *k = &kinds[r->m->kind];

	if (!*r->base || !k->known_by || !yyjson_is_obj(v) || !wq_reading_find(v, k->known_by).v ||
	    wq_reading_find(v, k->unless).v)
		return false;
	if (r->m->kind == WQ_MESSAGE_LOCATION)
		return has_numbers(v);
	return r->m->kind != WQ_MESSAGE_TEMPLATE ||
	       yyjson_is_obj(wq_reading_get(v, wq_str("language")));
}

/* Which media it is: by a word or a type said, or by how its address ends; -1: nothing tells. */
static int media_by_word(struct wq_str word)
{
	static const struct {
		const char *word;
		enum wq_message_kind kind;
	} words[] = {
		{ "image/webp", WQ_MESSAGE_STICKER }, { "image", WQ_MESSAGE_IMAGE },
		{ "photo", WQ_MESSAGE_IMAGE },        { "picture", WQ_MESSAGE_IMAGE },
		{ "video", WQ_MESSAGE_VIDEO },        { "audio", WQ_MESSAGE_AUDIO },
		{ "voice", WQ_MESSAGE_AUDIO },        { "ptt", WQ_MESSAGE_AUDIO },
		{ "document", WQ_MESSAGE_DOCUMENT },  { "file", WQ_MESSAGE_DOCUMENT },
		{ "pdf", WQ_MESSAGE_DOCUMENT },       { "application/", WQ_MESSAGE_DOCUMENT },
		{ "text/", WQ_MESSAGE_DOCUMENT },     { "sticker", WQ_MESSAGE_STICKER },
	};

	for (size_t i = 0; i < WQ_COUNT(words); i++)
		if (wq_str_starts(word, words[i].word))
			return (int)words[i].kind;
	return -1;
}

static int media_by_address(struct wq_str link)
{
	static const struct {
		const char *end;
		enum wq_message_kind kind;
	} ends[] = {
		{ ".jpg", WQ_MESSAGE_IMAGE },     { ".jpeg", WQ_MESSAGE_IMAGE },
		{ ".png", WQ_MESSAGE_IMAGE },     { ".webp", WQ_MESSAGE_STICKER },
		{ ".mp4", WQ_MESSAGE_VIDEO },     { ".3gp", WQ_MESSAGE_VIDEO },
		{ ".mp3", WQ_MESSAGE_AUDIO },     { ".ogg", WQ_MESSAGE_AUDIO },
		{ ".opus", WQ_MESSAGE_AUDIO },    { ".aac", WQ_MESSAGE_AUDIO },
		{ ".amr", WQ_MESSAGE_AUDIO },     { ".m4a", WQ_MESSAGE_AUDIO },
		{ ".pdf", WQ_MESSAGE_DOCUMENT },  { ".doc", WQ_MESSAGE_DOCUMENT },
		{ ".docx", WQ_MESSAGE_DOCUMENT }, { ".xls", WQ_MESSAGE_DOCUMENT },
		{ ".xlsx", WQ_MESSAGE_DOCUMENT }, { ".ppt", WQ_MESSAGE_DOCUMENT },
		{ ".pptx", WQ_MESSAGE_DOCUMENT }, { ".txt", WQ_MESSAGE_DOCUMENT },
		{ ".csv", WQ_MESSAGE_DOCUMENT },  { ".zip", WQ_MESSAGE_DOCUMENT },
	};

	link.n = wq_str_find(link, '?');
	link.n = wq_str_find(link, '#');
	for (size_t i = 0; i < WQ_COUNT(ends); i++) {
		size_t n = strlen(ends[i].end);

		if (link.n > n && wq_str_is_nocase(wq_strn(link.p + link.n - n, n), ends[i].end))
			return (int)ends[i].kind;
	}
	return -1;
}

static bool choose_media(struct wq_reading *r, yyjson_val *v, const char **word)
{
	static const char said[] =
		"mediaType media_type mediatype type mimeType mimetype mime_type";
	struct wq_spot type = wq_reading_find(v, said);
	struct wq_spot link = wq_reading_find(v,
	                                      "link url mediaUrl media_url media fileUrl file_url "
	                                      "file filename fileName file_name");
	struct wq_str address = yyjson_is_str(v) ? wq_json_str(v) : wq_json_str(link.v);
	int kind = type.v ? media_by_word(wq_json_str(type.v)) : media_by_address(address);
	const char *field = yyjson_is_str(v) ? r->base : wq_reading_join(r, r->base, type.key);

	if (type.v && kind < 0)
		return wq_reading_fail(r, field, 0,
		                       "is none of image, video, audio, document, sticker");
	if (kind < 0)
		return wq_reading_fail(
			r, field, 0,
			"%s, and the address does not tell image, video, audio, document or sticker",
			yyjson_is_str(v) ? "says no type" : "is missing");
	r->m->kind = (enum wq_message_kind)kind;
	*word = wq_str_is(wq_json_str(type.v), "ptt") || wq_str_is(wq_json_str(type.v), "voice")
	                ? "voice"
	                : "media";
	return true;
}

static bool is_digits(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static void write_bare(struct wq_reading *r, const struct kind *k, yyjson_val *v, const char *word)
{
	bool media = k->write == write_media;
	const char *member = media && is_digits(wq_json_str(v)) ? "id"
	                     : media && is_data(wq_json_str(v)) ? "data"
	                                                        : k->text_is;

	wq_reading_alias(r, member, r->base);
	if (media)
		r->text.max = WQ_MESSAGE_CONTENT_MAX_BYTES + wq_json_str(v).n;
	wq_jsonw_key(&r->w, member);
	wq_jsonw_value(&r->w, v);
	if (media)
		write_voice(r, word);
	if (k->write == write_reaction)
		write_target(r, (struct wq_spot){ NULL, wq_str("message_id") });
}

/* What has no form of any kind is left to the checks. */
static bool can_be_written(const struct kind *k, yyjson_val *v)
{
	if (yyjson_is_arr(v))
		return k->takes_array;
	return yyjson_is_obj(v) || (yyjson_is_str(v) && k->text_is);
}

/* {"content": {"image": {"link": …}}}: the content of its kind, one level down. */
static yyjson_val *unwrap(struct wq_reading *r, yyjson_val *v)
{
	const char *name = wq_message_kind_name(r->m->kind);
	yyjson_val *inner = wq_reading_get(v, wq_str(name));

	if (!yyjson_is_obj(inner))
		return v;
	r->base = wq_reading_join(r, r->base, wq_str(name));
	return inner;
}

static void write_anew(struct wq_reading *r, const struct kind *k, yyjson_val *v, const char *word)
{
	wq_reading_rewrite(r);
	if (r->m->kind == WQ_MESSAGE_CONTACTS) {
		wq_loose_contacts(r, v);
	} else {
		wq_jsonw_object(&r->w);
		if (yyjson_is_obj(v))
			k->write(r, v, word);
		else
			write_bare(r, k, v, word);
		wq_jsonw_object_end(&r->w);
	}
	wq_reading_rewritten(r);
}

void wq_loose_content(struct wq_reading *r, yyjson_val *v, const char *word)
{
	const struct kind *k;

	if (r->rc != 0 || (wq_str_is(wq_str(word), "media") && !choose_media(r, v, &word)))
		return;
	k = &kinds[r->m->kind];
	if (!is_common(r, v))
		v = unwrap(r, v);
	if (is_common(r, v) || !can_be_written(k, v))
		r->m->content = v;
	else
		write_anew(r, k, v, word);
}

void wq_loose_graph(struct wq_reading *r, yyjson_val *v)
{
	const struct kind *k = &kinds[r->m->kind];

	if (k->known_by && wq_reading_find(v, k->known_by).v && !is_common(r, v))
		wq_loose_content(r, v, "");
	else
		r->m->content = v;
}
