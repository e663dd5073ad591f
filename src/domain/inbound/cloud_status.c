/* SPDX-License-Identifier: MIT */
/* cloud_status.c — how far a message came. */
#include "domain/inbound/cloud.h"

enum {
	ID, STATUS, TIMESTAMP, RECIPIENT_ID, RECIPIENT_USER_ID, RECIPIENT_PARENT, RECIPIENT_TYPE, PARTICIPANT,
	PARTICIPANT_USER, OPAQUE, CONVERSATION, PRICING, ERRORS, IDENTITY, PARENT_OLD_NAME, KEYS
};
static const struct wq_str keys[KEYS] = {
	[ID] = WQ_STR("id"),
	[STATUS] = WQ_STR("status"),
	[TIMESTAMP] = WQ_STR("timestamp"),
	[RECIPIENT_ID] = WQ_STR("recipient_id"),
	[RECIPIENT_USER_ID] = WQ_STR("recipient_user_id"),
	[RECIPIENT_PARENT] = WQ_STR("recipient_parent_user_id"),
	[RECIPIENT_TYPE] = WQ_STR("recipient_type"),
	[PARTICIPANT] = WQ_STR("recipient_participant_id"),
	[PARTICIPANT_USER] = WQ_STR("recipient_participant_user_id"),
	[OPAQUE] = WQ_STR("biz_opaque_callback_data"),
	[CONVERSATION] = WQ_STR("conversation"),
	[PRICING] = WQ_STR("pricing"),
	[ERRORS] = WQ_STR("errors"),
	[IDENTITY] = WQ_STR("recipient_identity_key_hash"),
	[PARENT_OLD_NAME] = WQ_STR("parent_recipient_user_id"),
};

static enum wq_message_state state_of(struct wq_str word)
{
	static const struct {
		struct wq_str word;
		enum wq_message_state state;
	} states[] = {
		{ WQ_STR("sent"), WQ_STATE_SENT },     { WQ_STR("delivered"), WQ_STATE_DELIVERED },
		{ WQ_STR("read"), WQ_STATE_READ },     { WQ_STR("played"), WQ_STATE_PLAYED },
		{ WQ_STR("failed"), WQ_STATE_FAILED }, { WQ_STR("deleted"), WQ_STATE_DELETED },
	};

	for (size_t i = 0; i < WQ_COUNT(states); i++)
		if (wq_str_eq(word, states[i].word))
			return states[i].state;
	return WQ_STATE_UNKNOWN;
}

static void read_pricing(struct wq_inbound_status *s, yyjson_val *pricing)
{
	static const struct wq_str words[] = { WQ_STR("billable"), WQ_STR("pricing_model"),
		                               WQ_STR("type"), WQ_STR("category") };
	yyjson_val *v[WQ_COUNT(words)];

	if (!yyjson_is_obj(pricing))
		return;
	wq_json_pick(pricing, words, WQ_COUNT(words), v);
	s->has_pricing = true;
	s->pricing_model = wq_json_str(v[1]);
	s->pricing_type = wq_json_str(v[2]);
	s->pricing_category = wq_json_str(v[3]);
	/* `billable` is going away: then the type tells. */
	s->billable = yyjson_is_bool(v[0]) ? yyjson_is_true(v[0])
	                                   : wq_str_is(s->pricing_type, "regular");
}

static void read_conversation(struct wq_inbound_status *s, yyjson_val *conversation)
{
	s->conversation_id = wq_inbound_get_str(conversation, "id");
	s->expires_ms = wq_inbound_time(wq_inbound_get(conversation, "expiration_timestamp"));
	s->conversation_type = wq_inbound_get_str(wq_inbound_get(conversation, "origin"), "type");
}

/* Of a group: who of it; the group itself is told apart. */
static void read_recipient(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val **v)
{
	struct wq_inbound_person *p = &u->person;
	struct wq_str recipient = wq_inbound_text(c->run, v[RECIPIENT_ID]);

	if (wq_str_is(wq_json_str(v[RECIPIENT_TYPE]), "group")) {
		u->status.group_id = recipient;
		recipient = wq_inbound_text(c->run, v[PARTICIPANT]);
		p->user_id = wq_json_str(v[PARTICIPANT_USER]);
		u->status.participant = wq_inbound_either(recipient, p->user_id);
	} else {
		u->status.participant = wq_inbound_text(c->run, v[PARTICIPANT]);
		p->user_id = wq_json_str(v[RECIPIENT_USER_ID]);
		p->parent_id = wq_inbound_either(wq_json_str(v[RECIPIENT_PARENT]),
		                                 wq_json_str(v[PARENT_OLD_NAME]));
	}
	p->wa_id = recipient;
	p->identity_hash = wq_json_str(v[IDENTITY]);
	wq_cloud_meet(c, u);
}

void wq_cloud_read_status(struct wq_cloud_change *c, yyjson_val *item)
{
	struct wq_inbound u;
	struct wq_inbound_status *s = &u.status;
	struct wq_str parts[3], chat;
	yyjson_val *v[KEYS];
	const char *kind;

	wq_json_pick(item, keys, KEYS, v);
	wq_cloud_init(&u, c, WQ_INBOUND_STATUS, item);
	u.id = wq_json_str(v[ID]);
	u.time_ms = wq_inbound_time(v[TIMESTAMP]);
	s->word = wq_json_str(v[STATUS]);
	s->state = state_of(s->word);
	s->opaque = wq_json_str(v[OPAQUE]);
	read_recipient(c, &u, v);
	read_conversation(s, v[CONVERSATION]);
	read_pricing(s, v[PRICING]);
	wq_cloud_error(&u, v[ERRORS]);
	chat = wq_cloud_chat(&u.person, &kind);
	if (s->group_id.n) {
		chat = s->group_id;
		kind = "group";
	}
	parts[0] = u.id;
	parts[1] = s->word;
	parts[2] = s->participant;
	wq_inbound_emit(c->run, &u, parts, u.id.n ? WQ_COUNT(parts) : 0, kind, chat);
}
