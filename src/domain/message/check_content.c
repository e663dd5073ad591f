/* SPDX-License-Identifier: MIT */
/* check_content.c — the kinds whose content is flat, and the table of all. */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/files.h"
#include "domain/message/rule.h"

static const struct wq_rule text_rules[] = {
	{ .key = "body", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_TEXT_MAX_CHARS, .required = true },
	{ .key = "preview_url", .type = WQ_RULE_BOOL },
	{ .key = NULL },
};

#define MEDIA_SOURCE                                                             \
	{ .key = "id", .type = WQ_RULE_DIGITS, .min = 1, .max = WQ_WA_MEDIA_ID_MAX_DIGITS }, \
	{ .key = "link", .type = WQ_RULE_LINK, .min = 1, .max = WQ_WA_LINK_MAX_CHARS }, \
	{ .key = "mime_type", .type = WQ_RULE_TEXT, .min = 3, .max = WQ_FILE_TYPE_MAX_CHARS }
#define CAPTION { .key = "caption", .type = WQ_RULE_TEXT, .max = WQ_WA_CAPTION_MAX_CHARS }

const struct wq_rule wq_rules_image[] = { MEDIA_SOURCE, CAPTION, { .key = NULL } };

const struct wq_rule wq_rules_document[] = {
	MEDIA_SOURCE,
	CAPTION,
	{ .key = "filename", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_FILENAME_MAX_CHARS },
	{ .key = NULL },
};

static bool no_caption(struct wq_checking *c, yyjson_val *v)
{
	(void)v;
	return wq_rule_fail(c, NULL, 0, "can't be there: audio and stickers have no caption");
}

static const struct wq_rule audio_rules[] = {
	MEDIA_SOURCE,
	{ .key = "caption", .type = WQ_RULE_ANY, .more = no_caption },
	{ .key = "voice", .type = WQ_RULE_BOOL },
	{ .key = NULL },
};

static const struct wq_rule sticker_rules[] = {
	MEDIA_SOURCE,
	{ .key = "caption", .type = WQ_RULE_ANY, .more = no_caption },
	{ .key = NULL },
};

const struct wq_rule wq_rules_location[] = {
	{ .key = "latitude", .type = WQ_RULE_DEGREES, .max = 90, .required = true },
	{ .key = "longitude", .type = WQ_RULE_DEGREES, .max = 180, .required = true },
	{ .key = "name", .type = WQ_RULE_TEXT, .max = WQ_WA_PLACE_MAX_CHARS },
	{ .key = "address", .type = WQ_RULE_TEXT, .max = WQ_WA_PLACE_MAX_CHARS },
	{ .key = NULL },
};

static const struct wq_rule phone_rules[] = {
	{ .key = "phone", .type = WQ_RULE_TEXT, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS },
	{ .key = "wa_id", .type = WQ_RULE_DIGITS, .max = WQ_WA_MEDIA_ID_MAX_DIGITS },
	{ .key = "type", .type = WQ_RULE_TEXT, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS },
	{ .key = NULL },
};

static const struct wq_rule name_rules[] = {
	{ .key = "formatted_name", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS,
	  .required = true },
	{ .key = "first_name", .type = WQ_RULE_TEXT, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS },
	{ .key = "last_name", .type = WQ_RULE_TEXT, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS },
	{ .key = NULL },
};

static const struct wq_rule contact_rules[] = {
	{ .key = "name", .type = WQ_RULE_OBJECT, .required = true, .of = name_rules },
	{ .key = "phones", .type = WQ_RULE_OBJECTS, .max = WQ_WA_CONTACTS_MAX, .of = phone_rules },
	{ .key = "emails", .type = WQ_RULE_OBJECTS, .max = WQ_WA_CONTACTS_MAX },
	{ .key = "urls", .type = WQ_RULE_OBJECTS, .max = WQ_WA_CONTACTS_MAX },
	{ .key = "addresses", .type = WQ_RULE_OBJECTS, .max = WQ_WA_CONTACTS_MAX },
	{ .key = "org", .type = WQ_RULE_OBJECT },
	{ .key = "birthday", .type = WQ_RULE_TEXT, .max = WQ_WA_CONTACT_TEXT_MAX_CHARS },
	{ .key = NULL },
};

/* "" takes the reaction back. */
static bool check_emoji(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str s = wq_json_str(v);

	return s.n == 0 || wq_is_emoji(s) || wq_rule_fail(c, NULL, 1, "is not one emoji");
}

static const struct wq_rule reaction_rules[] = {
	{ .key = "message_id", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_MESSAGE_ID_MAX_CHARS, .required = true },
	{ .key = "emoji", .type = WQ_RULE_TEXT, .max = WQ_WA_EMOJI_MAX_CHARS, .required = true, .more = check_emoji },
	{ .key = NULL },
};

/* Base64, or a data: URL, of a type that was said. */
static bool check_data(struct wq_checking *c, yyjson_val *media, yyjson_val *data)
{
	struct wq_str base64 = wq_json_str(data), type = wq_file_data_url(base64, &base64);
	int64_t n = wq_file_base64_bytes(base64);

	if (n < 0)
		return wq_rule_fail(c, "data", 0, "is no base64");
	if (n > WQ_FILE_DATA_MAX_BYTES)
		return wq_rule_fail(c, "data", WQ_FILE_DATA_MAX_BYTES,
		                    "is a file of more than %d bytes: give its address instead",
		                    WQ_FILE_DATA_MAX_BYTES);
	return type.n || wq_reading_get(media, wq_str("mime_type")) ||
	       wq_rule_fail(c, "mime_type", 0, "is missing: what the data are, as \"image/png\"");
}

static bool check_upload(struct wq_checking *c, yyjson_val *upload)
{
	return !upload || yyjson_is_bool(upload) || wq_str_is(wq_json_str(upload), "once") ||
	       wq_rule_fail(c, "upload", 0, "is none of true, false and \"once\"");
}

bool wq_check_media_source(struct wq_checking *c, yyjson_val *media)
{
	yyjson_val *id = wq_reading_get(media, wq_str("id"));
	yyjson_val *link = wq_reading_get(media, wq_str("link"));
	yyjson_val *data = wq_reading_get(media, wq_str("data"));

	if (!check_upload(c, wq_reading_get(media, wq_str("upload"))))
		return false;
	if (id && link)
		return wq_rule_fail(c, "link", 0, "is there beside id: one of the two");
	if (data && (id || link))
		return wq_rule_fail(c, "data", 0, "is there beside %s: one of the two",
		                    id ? "id" : "link");
	if (data)
		return check_data(c, media, data);
	return id || link ||
	       wq_rule_fail(c, "link", 0, "is missing: the address of the file, or its id");
}

/* What is asked of each kind; a function where it takes more than rows. */
static const struct kind {
	struct wq_rule rule;
	bool (*check)(struct wq_checking *c, yyjson_val *v);
} kinds[WQ_MESSAGE_KINDS] = {
	[WQ_MESSAGE_TEXT] = { { .type = WQ_RULE_OBJECT, .of = text_rules }, NULL },
	[WQ_MESSAGE_IMAGE] = { { .type = WQ_RULE_OBJECT, .of = wq_rules_image }, wq_check_media_source },
	[WQ_MESSAGE_VIDEO] = { { .type = WQ_RULE_OBJECT, .of = wq_rules_image }, wq_check_media_source },
	[WQ_MESSAGE_AUDIO] = { { .type = WQ_RULE_OBJECT, .of = audio_rules }, wq_check_media_source },
	[WQ_MESSAGE_DOCUMENT] = { { .type = WQ_RULE_OBJECT, .of = wq_rules_document }, wq_check_media_source },
	[WQ_MESSAGE_STICKER] = { { .type = WQ_RULE_OBJECT, .of = sticker_rules }, wq_check_media_source },
	[WQ_MESSAGE_LOCATION] = { { .type = WQ_RULE_OBJECT, .of = wq_rules_location }, NULL },
	[WQ_MESSAGE_CONTACTS] = { { .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_CONTACTS_MAX,
	                            .of = contact_rules }, NULL },
	[WQ_MESSAGE_REACTION] = { { .type = WQ_RULE_OBJECT, .of = reaction_rules }, NULL },
	[WQ_MESSAGE_INTERACTIVE] = { { .type = WQ_RULE_OBJECT }, wq_content_check_interactive },
	[WQ_MESSAGE_TEMPLATE] = { { .type = WQ_RULE_OBJECT }, wq_content_check_template },
};

bool wq_content_check(struct wq_reading *r)
{
	struct wq_checking c = { .r = r };
	const struct kind *k = &kinds[r->m->kind];

	if (!r->m->content)
		return true;
	return wq_rule_check(&c, r->m->content, &k->rule) &&
	       (!k->check || k->check(&c, r->m->content));
}
