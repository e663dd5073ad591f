/* SPDX-License-Identifier: MIT */
/* check.c — the envelope of a message, and the types with a flat object; interactive and template have files of their
 * own. */
#include "app/sandbox/check.h"

#include "app/sandbox/check_parts.h"
#include "base/assert.h"

enum { DIGITS_MIN = 5, DIGITS_MAX = 17, CONTACTS_MAX = 257, OPAQUE_MAX = 512, HASH_MAX = 512 };
enum { GROUP_ID_MAX = 256, BSUID_MAX = 140, MESSAGE_ID_MAX = 512 };

static bool optional_bool(yyjson_val *obj, const char *path, const char *key,
                          struct wq_graph_error *e)
{
	yyjson_val *v = wq_json_get(obj, key);

	return !v || yyjson_is_bool(v) ||
	       wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s['%s'] must be a boolean.", path,
	                          key);
}

static bool optional_text(yyjson_val *obj, const char *path, const char *key, unsigned max,
                          struct wq_graph_error *e)
{
	const struct wq_check_text t = { key, 0, max, false };

	return wq_check_text(obj, path, &t, WQ_GRAPH_INVALID, WQ_GRAPH_INVALID, e);
}

static bool required_text(yyjson_val *obj, const char *path, const char *key, unsigned min,
                          unsigned max, struct wq_graph_error *e)
{
	const struct wq_check_text t = { key, min, max, true };

	return wq_check_text(obj, path, &t, WQ_GRAPH_INVALID, WQ_GRAPH_INVALID, e);
}

static bool check_text(yyjson_val *v, struct wq_graph_error *e)
{
	return required_text(v, "text", "body", 1, 4096, e) &&
	       optional_bool(v, "text", "preview_url", e);
}

static bool no_caption(yyjson_val *v, const char *type, struct wq_graph_error *e)
{
	return !wq_json_get(v, "caption") ||
	       wq_graph_error_set(e, WQ_GRAPH_INVALID,
	                          "Unexpected key \"caption\" on param \"%s\".", type);
}

static bool check_image(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_media(v, "image", e) && optional_text(v, "image", "caption", 1024, e);
}

static bool check_video(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_media(v, "video", e) && optional_text(v, "video", "caption", 1024, e);
}

static bool check_audio(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_media(v, "audio", e) && no_caption(v, "audio", e) &&
	       optional_bool(v, "audio", "voice", e);
}

static bool check_document(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_media(v, "document", e) &&
	       optional_text(v, "document", "caption", 1024, e) &&
	       optional_text(v, "document", "filename", 240, e);
}

static bool check_sticker(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_media(v, "sticker", e) && no_caption(v, "sticker", e);
}

static bool check_location(yyjson_val *v, struct wq_graph_error *e)
{
	return wq_check_degrees(v, "location", "latitude", 90, e) &&
	       wq_check_degrees(v, "location", "longitude", 180, e) &&
	       optional_text(v, "location", "name", 1000, e) &&
	       optional_text(v, "location", "address", 1000, e);
}

static bool check_contacts(yyjson_val *v, struct wq_graph_error *e)
{
	yyjson_val *contact;
	size_t i, n;

	if (yyjson_arr_size(v) < 1 || yyjson_arr_size(v) > CONTACTS_MAX)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param %s must have from 1 to 257 elements.", "contacts");
	yyjson_arr_foreach(v, i, n, contact)
	{
		yyjson_val *name = wq_json_get(contact, "name");

		if (!yyjson_is_obj(name))
			return wq_graph_error_set(e, WQ_GRAPH_INVALID,
			                          "The parameter contacts[]['%s'] is required.",
			                          "name");
		if (!required_text(name, "contacts[]['name']", "formatted_name", 1, 1024, e))
			return false;
	}
	return true;
}

static bool check_reaction(yyjson_val *v, struct wq_graph_error *e)
{
	return required_text(v, "reaction", "message_id", 1, MESSAGE_ID_MAX, e) &&
	       required_text(v, "reaction", "emoji", 0, 32, e);
}

static const struct type {
	const char *name;
	bool array;
	bool (*check)(yyjson_val *v, struct wq_graph_error *e);
} types[] = {
	{ "text", false, check_text },
	{ "image", false, check_image },
	{ "video", false, check_video },
	{ "audio", false, check_audio },
	{ "document", false, check_document },
	{ "sticker", false, check_sticker },
	{ "location", false, check_location },
	{ "contacts", true, check_contacts },
	{ "reaction", false, check_reaction },
	{ "interactive", false, wq_check_interactive },
	{ "template", false, wq_check_template },
};

static const char type_names[] =
	"AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, "
	"STICKER, TEMPLATE, TEXT, VIDEO";

static const struct type *find_type(struct wq_str name)
{
	for (size_t i = 0; i < WQ_COUNT(types); i++)
		if (wq_str_is_nocase(name, types[i].name))
			return &types[i];
	return NULL;
}

static bool check_content(yyjson_val *root, struct wq_graph_message *m, struct wq_graph_error *e)
{
	yyjson_val *type = wq_json_get(root, "type");
	const struct type *t;

	m->type = type ? wq_json_str(type) : wq_str("text");
	t = m->type.p ? find_type(m->type) : NULL;
	if (!t)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param type must be one of {%s} - got \"%.*s\".",
		                          type_names, (int)(m->type.n < 40 ? m->type.n : 40),
		                          m->type.p ? m->type.p : "");
	m->type = wq_str(t->name);
	m->content = wq_json_get(root, t->name);
	if (!m->content)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "The parameter %s is required.",
		                          t->name);
	if (t->array ? !yyjson_is_arr(m->content) : !yyjson_is_obj(m->content))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s must be %s.", t->name,
		                          t->array ? "an array" : "a JSON object");
	if (t->check == check_text)
		m->text = wq_json_get_str(m->content, "body");
	if (t->check == wq_check_interactive)
		m->interactive = wq_json_get_str(m->content, "type");
	return t->check(m->content, e);
}

/* A number with or without "+", spaces, dashes, dots and brackets, as the API takes it. */
static bool is_phone(struct wq_str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (!strchr(" -.()", s.p[i]) && !(s.p[i] == '+' && i == 0))
			return false;
	}
	return digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}

/* "US.1349…", "US.ENT.…" */
static bool is_bsuid(struct wq_str s)
{
	if (s.n < 4 || s.n > BSUID_MAX || s.p[2] != '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      c == '.'))
			return false;
	}
	return true;
}

static bool check_recipient(yyjson_val *root, struct wq_graph_message *m, struct wq_graph_error *e)
{
	yyjson_val *kind = wq_json_get(root, "recipient_type");
	yyjson_val *to = wq_json_get(root, "to"), *bsuid = wq_json_get(root, "recipient");

	m->group = wq_str_is(wq_json_str(kind), "group");
	if (kind && !m->group && !wq_str_is(wq_json_str(kind), "individual"))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param %s must be one of {INDIVIDUAL, GROUP}.",
		                          "recipient_type");
	if (!to && !bsuid)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "The parameter %s is required.",
		                          "to");
	if (to) {
		m->to = wq_json_str(to);
		if (!m->to.p)
			return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s must be a string.",
			                          "to");
		if (m->group ? m->to.n == 0 || m->to.n > GROUP_ID_MAX : !is_phone(m->to))
			return wq_graph_error_set(e, WQ_GRAPH_INVALID,
			                          "Param %s is not a valid WhatsApp recipient.",
			                          "to");
		return true;
	}
	m->bsuid = wq_json_str(bsuid);
	if (!m->bsuid.p || !is_bsuid(m->bsuid))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s is not a valid user ID.",
		                          "recipient");
	return true;
}

static bool check_extras(yyjson_val *root, struct wq_graph_message *m, struct wq_graph_error *e)
{
	yyjson_val *context = wq_json_get(root, "context");

	if (context && !yyjson_is_obj(context))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s must be a JSON object.",
		                          "context");
	if (context && !required_text(context, "context", "message_id", 1, MESSAGE_ID_MAX, e))
		return false;
	m->opaque = wq_json_get_str(root, "biz_opaque_callback_data");
	return optional_text(root, "message", "biz_opaque_callback_data", OPAQUE_MAX, e) &&
	       optional_text(root, "message", "recipient_identity_key_hash", HASH_MAX, e);
}

static bool check_receipt(yyjson_val *root, struct wq_graph_error *e)
{
	yyjson_val *typing = wq_json_get(root, "typing_indicator");

	if (!wq_str_is(wq_json_get_str(root, "status"), "read"))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s must be one of {READ}.",
		                          "status");
	if (!required_text(root, "message", "message_id", 1, MESSAGE_ID_MAX, e))
		return false;
	if (typing && !wq_str_is(wq_json_get_str(typing, "type"), "text"))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "Param %s must be one of {TEXT}.",
		                          "typing_indicator['type']");
	return true;
}

bool wq_graph_check(yyjson_val *root, struct wq_graph_message *out, struct wq_graph_error *why)
{
	yyjson_val *product = wq_json_get(root, "messaging_product");

	*out = (struct wq_graph_message){ .receipt = false };
	if (!yyjson_is_obj(root))
		return wq_graph_error_set(why, WQ_GRAPH_INVALID, "The %s is not a JSON object.",
		                          "body");
	if (!product)
		return wq_graph_error_set(why, WQ_GRAPH_INVALID, "The parameter %s is required.",
		                          "messaging_product");
	if (!wq_str_is_nocase(wq_json_str(product), "whatsapp"))
		return wq_graph_error_set(why, WQ_GRAPH_INVALID,
		                          "Param %s must be one of {WHATSAPP}.",
		                          "messaging_product");
	out->receipt = wq_json_get(root, "status") != NULL;
	if (out->receipt)
		return check_receipt(root, why);
	return check_recipient(root, out, why) && check_content(root, out, why) &&
	       check_extras(root, out, why);
}
