/* SPDX-License-Identifier: MIT */
/* cloud_content.c — what a message says, by its type; a type that we do not know says nothing, and is kept. */
#include "domain/inbound/cloud.h"

typedef void (*read_fn)(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v);

static void read_typed(struct wq_inbound_run *run, struct wq_inbound_message *m, struct wq_str type,
                       yyjson_val *body);

static void read_text(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	m->text = wq_inbound_get_str(v, "body");
}

static void read_media(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("caption"), WQ_STR("filename"),
		                              WQ_STR("mime_type"), WQ_STR("sha256"),
		                              WQ_STR("id"), WQ_STR("url"),
		                              WQ_STR("voice"), WQ_STR("animated") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(v, keys, WQ_COUNT(keys), f);
	m->text = wq_json_str(f[0]);
	m->media_name = wq_json_str(f[1]);
	m->media_mime = wq_json_str(f[2]);
	m->media_sha256 = wq_json_str(f[3]);
	m->media_id = wq_inbound_text(run, f[4]);
	m->media_url = wq_json_str(f[5]);
	m->voice = wq_inbound_true(f[6]);
	m->animated = wq_inbound_true(f[7]);
}

static void read_reaction(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	m->target_id = wq_inbound_get_str(v, "message_id");
	m->emoji = wq_inbound_get_str(v, "emoji");
}

static void read_location(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("latitude"), WQ_STR("longitude"),
		                              WQ_STR("name"), WQ_STR("address"), WQ_STR("url") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(v, keys, WQ_COUNT(keys), f);
	m->has_place = yyjson_is_num(f[0]) && yyjson_is_num(f[1]);
	m->latitude = yyjson_get_num(f[0]);
	m->longitude = yyjson_get_num(f[1]);
	m->place_name = wq_json_str(f[2]);
	m->place_address = wq_json_str(f[3]);
	m->place_url = wq_json_str(f[4]);
}

static void read_contacts(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *first = yyjson_is_arr(v) ? yyjson_arr_get_first(v) : v;

	m->text = wq_inbound_get_str(wq_inbound_get(first, "name"), "formatted_name");
}

static void read_button(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	m->choice_id = wq_inbound_get_str(v, "payload");
	m->choice_title = wq_inbound_get_str(v, "text");
	m->text = m->choice_title;
}

static void read_interactive(struct wq_inbound_run *run, struct wq_inbound_message *m,
                             yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("id"), WQ_STR("title"), WQ_STR("description"),
		                              WQ_STR("name"), WQ_STR("body"),
		                              WQ_STR("response_json"), WQ_STR("response") };
	yyjson_val *f[WQ_COUNT(keys)];

	m->inner_type = wq_inbound_get_str(v, "type");
	wq_json_pick(wq_inbound_get_by(v, m->inner_type), keys, WQ_COUNT(keys), f);
	m->choice_id = wq_inbound_either(wq_json_str(f[0]), wq_json_str(f[3]));
	if (!m->choice_id.p)
		m->choice_id = wq_json_str(f[6]);
	m->choice_title = wq_inbound_either(wq_json_str(f[1]), wq_json_str(f[4]));
	m->choice_details = wq_json_str(f[2]);
	m->form = wq_json_str(f[5]);
	m->text = m->choice_title;
}

static void read_order(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	m->catalog_id = wq_inbound_text(run, wq_inbound_get(v, "catalog_id"));
	m->text = wq_inbound_get_str(v, "text");
}

static void read_system(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("body"), WQ_STR("wa_id"), WQ_STR("user_id"),
		                              WQ_STR("parent_user_id"), WQ_STR("type"),
		                              WQ_STR("new_wa_id") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(v, keys, WQ_COUNT(keys), f);
	m->text = wq_json_str(f[0]);
	m->new_wa_id = wq_inbound_text(run, f[5] ? f[5] : f[1]);
	m->new_user_id = wq_json_str(f[2]);
	m->new_parent_id = wq_json_str(f[3]);
	m->system_type = wq_json_str(f[4]);
}

static void read_unsupported(struct wq_inbound_run *run, struct wq_inbound_message *m,
                             yyjson_val *v)
{
	m->inner_type = wq_inbound_get_str(v, "type");
}

/* What the message is from now on; its replies and referrals stay those of the first. */
static void read_edit(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	yyjson_val *inner = wq_inbound_get(v, "message");
	struct wq_str type = wq_inbound_get_str(inner, "type");

	m->inner_type = type;
	if (!wq_str_is(type, "edit"))
		read_typed(run, m, type, wq_inbound_get_by(inner, type));
	m->target_id = wq_inbound_get_str(v, "original_message_id");
	m->inner_type = type;
}

static void read_revoke(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	m->target_id = wq_inbound_get_str(v, "original_message_id");
}

static const struct {
	struct wq_str type;
	read_fn read;
} types[] = {
	{ WQ_STR("text"), read_text },           { WQ_STR("image"), read_media },
	{ WQ_STR("audio"), read_media },         { WQ_STR("video"), read_media },
	{ WQ_STR("document"), read_media },      { WQ_STR("sticker"), read_media },
	{ WQ_STR("interactive"), read_interactive }, { WQ_STR("button"), read_button },
	{ WQ_STR("reaction"), read_reaction },   { WQ_STR("location"), read_location },
	{ WQ_STR("contacts"), read_contacts },   { WQ_STR("order"), read_order },
	{ WQ_STR("system"), read_system },       { WQ_STR("unsupported"), read_unsupported },
	{ WQ_STR("edit"), read_edit },           { WQ_STR("revoke"), read_revoke },
};

static void read_typed(struct wq_inbound_run *run, struct wq_inbound_message *m, struct wq_str type,
                       yyjson_val *body)
{
	for (size_t i = 0; i < WQ_COUNT(types); i++) {
		if (wq_str_eq(types[i].type, type)) {
			types[i].read(run, m, body);
			return;
		}
	}
}

static void read_context(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("from"), WQ_STR("id"), WQ_STR("forwarded"),
		                              WQ_STR("frequently_forwarded"),
		                              WQ_STR("referred_product") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(v, keys, WQ_COUNT(keys), f);
	m->reply_from = wq_inbound_text(run, f[0]);
	m->reply_id = wq_json_str(f[1]);
	m->forwarded_often = wq_inbound_true(f[3]);
	m->forwarded = m->forwarded_often || wq_inbound_true(f[2]);
	m->catalog_id = wq_inbound_text(run, wq_inbound_get(f[4], "catalog_id"));
	m->product_id = wq_inbound_text(run, wq_inbound_get(f[4], "product_retailer_id"));
}

static void read_referral(struct wq_inbound_run *run, struct wq_inbound_referral *r, yyjson_val *v)
{
	static const struct wq_str keys[] = { WQ_STR("source_url"), WQ_STR("source_id"),
		                              WQ_STR("source_type"), WQ_STR("body"),
		                              WQ_STR("headline"), WQ_STR("media_type"),
		                              WQ_STR("image_url"), WQ_STR("video_url"),
		                              WQ_STR("thumbnail_url"), WQ_STR("ctwa_clid") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(v, keys, WQ_COUNT(keys), f);
	r->there = true;
	r->source_url = wq_json_str(f[0]);
	r->source_id = wq_inbound_text(run, f[1]);
	r->source_type = wq_json_str(f[2]);
	r->body = wq_json_str(f[3]);
	r->headline = wq_json_str(f[4]);
	r->media_type = wq_json_str(f[5]);
	r->media_url = wq_inbound_either(wq_json_str(f[6]), wq_json_str(f[7]));
	r->thumbnail_url = wq_json_str(f[8]);
	r->clid = wq_json_str(f[9]);
}

void wq_cloud_content(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *item)
{
	static const struct wq_str keys[] = { WQ_STR("type"), WQ_STR("context"),
		                              WQ_STR("referral") };
	yyjson_val *f[WQ_COUNT(keys)];

	wq_json_pick(item, keys, WQ_COUNT(keys), f);
	m->type = wq_json_str(f[0]);
	for (size_t i = 0; i < WQ_COUNT(types) && !m->type.p; i++)
		if (wq_inbound_get_by(item, types[i].type))
			m->type = types[i].type;
	if (f[1])
		read_context(run, m, f[1]);
	if (yyjson_is_obj(f[2]))
		read_referral(run, &m->referral, f[2]);
	read_typed(run, m, m->type, wq_inbound_get_by(item, m->type));
}
