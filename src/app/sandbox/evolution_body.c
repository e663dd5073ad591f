/* SPDX-License-Identifier: MIT */
/* evolution_body.c — what Evolution is asked to send, judged, and shown as Baileys has it. */
#include "app/sandbox/evolution.h"
#include "base/assert.h"

enum { POLL_MIN = 2, POLL_MAX = 10 };

/* What each route sends: its content's place in the request, and the kind of message that it becomes. */
static const struct op {
	const char *name, *field, *type, *kind;
} ops[] = {
	{ "sendText", "text", "text", "conversation" },
	{ "sendMedia", "media", "media", NULL },
	{ "sendWhatsAppAudio", "audio", "audio", "audioMessage" },
	{ "sendPtv", "video", "video", "ptvMessage" },
	{ "sendSticker", "sticker", "sticker", "stickerMessage" },
	{ "sendLocation", "latitude", "location", "locationMessage" },
	{ "sendContact", "contact", "contacts", "contactMessage" },
	{ "sendReaction", "key", "reaction", "reactionMessage" },
	{ "sendPoll", "values", "poll", "pollCreationMessageV3" },
	{ "sendList", "sections", "interactive", "listMessage" },
	{ "sendButtons", "buttons", "interactive", "interactiveMessage" },
};

static const struct op *find(struct wq_str op)
{
	for (size_t i = 0; i < WQ_COUNT(ops); i++)
		if (wq_str_is(op, ops[i].name))
			return &ops[i];
	return NULL;
}

bool wq_sandbox_evolution_is_op(struct wq_str op)
{
	return find(op) != NULL;
}

static bool is_media_type(struct wq_str s)
{
	return wq_str_is(s, "image") || wq_str_is(s, "document") || wq_str_is(s, "video") ||
	       wq_str_is(s, "audio");
}

static const char *check_location(yyjson_val *root)
{
	if (!yyjson_is_num(wq_json_get(root, "latitude")) ||
	    !yyjson_is_num(wq_json_get(root, "longitude")))
		return "latitude and longitude are numbers";
	if (!wq_json_get_str(root, "name").n || !wq_json_get_str(root, "address").n)
		return "The \"name\" and \"address\" cannot be empty";
	return NULL;
}

static const char *check_reaction(yyjson_val *root)
{
	yyjson_val *key = wq_json_get(root, "key");

	if (!wq_json_get_str(key, "id").n || !wq_json_get_str(key, "remoteJid").n ||
	    !yyjson_is_bool(wq_json_get(key, "fromMe")))
		return "key needs id, remoteJid and fromMe";
	return wq_json_get_str(root, "reaction").p ? NULL : "The \"reaction\" must be a string";
}

static const char *check_list(yyjson_val *root, const struct op *o)
{
	size_t n = yyjson_arr_size(wq_json_get(root, o->field));

	if (n == 0)
		return "The list cannot be empty";
	if (wq_str_is(wq_str(o->name), "sendPoll") && (n < POLL_MIN || n > POLL_MAX))
		return "values has 2 to 10 items";
	if (wq_str_is(wq_str(o->name), "sendList") &&
	    (!wq_json_get_str(root, "footerText").n || !wq_json_get_str(root, "buttonText").n))
		return "The \"footerText\" and \"buttonText\" cannot be empty";
	return NULL;
}

const char *wq_sandbox_evolution_check(struct wq_str op, yyjson_val *root)
{
	const struct op *o = find(op);

	if (!yyjson_is_obj(root))
		return "The body is not an object";
	if (wq_str_is(wq_str(o->name), "sendReaction"))
		return check_reaction(root);
	if (!wq_json_get_str(root, "number").n)
		return "The \"number\" cannot be empty";
	if (wq_str_is(wq_str(o->name), "sendLocation"))
		return check_location(root);
	if (wq_json_get(root, "buttons") || wq_json_get(root, "sections") ||
	    wq_str_is(wq_str(o->name), "sendContact") || wq_str_is(wq_str(o->name), "sendPoll"))
		return check_list(root, o);
	if (!wq_json_get_str(root, o->field).n)
		return wq_str_is(wq_str(o->field), "text") ? "The \"text\" cannot be empty"
		                                           : "Owned media must be a url or base64";
	if (wq_str_is(wq_str(o->name), "sendMedia") &&
	    !is_media_type(wq_json_get_str(root, "mediatype")))
		return "mediatype is not one of enum values: image,document,video,audio";
	return NULL;
}

const char *wq_sandbox_evolution_type(struct wq_str op, yyjson_val *root)
{
	static const char *const types[] = { "image", "document", "video", "audio" };
	struct wq_str media = wq_json_get_str(root, "mediatype");

	for (size_t i = 0; media.n && i < WQ_COUNT(types); i++)
		if (wq_str_is(media, types[i]))
			return types[i];
	return find(op)->type;
}

struct wq_str wq_sandbox_evolution_text(struct wq_str op, yyjson_val *root)
{
	return wq_json_get_str(root, wq_str_is(op, "sendText") ? "text" : "caption");
}

static const char *kind_of(const struct wq_sandbox_evolution_message *m)
{
	struct wq_str media = wq_json_get_str(m->root, "mediatype");
	const char *kind = find(m->op)->kind;

	if (kind)
		return kind;
	if (wq_str_is(media, "image"))
		return "imageMessage";
	if (wq_str_is(media, "video"))
		return "videoMessage";
	return wq_str_is(media, "audio") ? "audioMessage" : "documentMessage";
}

static void pair(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	if (!value.p)
		return;
	wq_jsonw_put_str(w, key, value);
}

static void value(struct wq_jsonw *w, const char *key, yyjson_val *v)
{
	if (!v)
		return;
	wq_jsonw_key(w, key);
	wq_jsonw_value(w, v);
}

/* {"conversation": …}, or {"imageMessage": {…}} with what is known of it. */
static void write_content(const struct wq_sandbox_evolution_message *m, struct wq_jsonw *w)
{
	wq_jsonw_key(w, "message");
	wq_jsonw_object(w);
	wq_jsonw_key(w, kind_of(m));
	if (wq_str_is(m->op, "sendText")) {
		wq_jsonw_str(w, wq_json_get_str(m->root, "text"));
	} else {
		wq_jsonw_object(w);
		pair(w, "caption", wq_json_get_str(m->root, "caption"));
		pair(w, "fileName", wq_json_get_str(m->root, "fileName"));
		value(w, "degreesLatitude", wq_json_get(m->root, "latitude"));
		value(w, "degreesLongitude", wq_json_get(m->root, "longitude"));
		pair(w, "name", wq_json_get_str(m->root, "name"));
		pair(w, "address", wq_json_get_str(m->root, "address"));
		value(w, "key", wq_json_get(m->root, "key"));
		pair(w, "text", wq_json_get_str(m->root, "reaction"));
		wq_jsonw_object_end(w);
	}
	wq_jsonw_object_end(w);
}

void wq_sandbox_evolution_write_message(const struct wq_sandbox_evolution_message *m,
                                        struct wq_jsonw *w)
{
	char id[WQ_INSTANCE_ID_BYTES];

	wq_instance_id(m->instance, id);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "key");
	wq_jsonw_object(w);
	pair(w, "remoteJid", m->jid);
	wq_jsonw_put_bool(w, "fromMe", true);
	pair(w, "id", m->id);
	wq_jsonw_object_end(w);
	pair(w, "pushName", wq_str("Você"));
	pair(w, "status", wq_str("PENDING"));
	write_content(m, w);
	pair(w, "messageType", wq_str(kind_of(m)));
	wq_jsonw_put_int(w, "messageTimestamp", m->at_s);
	pair(w, "instanceId", wq_str(id));
	pair(w, "source", wq_str("web"));
	wq_jsonw_object_end(w);
}
