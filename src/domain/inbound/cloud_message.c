/* SPDX-License-Identifier: MIT */
/* cloud_message.c — one message: written to us, from the phone (an echo), or of the past. */
#include "domain/inbound/cloud.h"

enum {
	FROM, FROM_USER, FROM_PARENT, ID, TIMESTAMP, GROUP, TO, TO_USER, TO_PARENT, ERRORS, IDENTITY, HISTORY, KEYS
};
static const struct wq_str keys[KEYS] = {
	[FROM] = WQ_STR("from"),
	[FROM_USER] = WQ_STR("from_user_id"),
	[FROM_PARENT] = WQ_STR("from_parent_user_id"),
	[ID] = WQ_STR("id"),
	[TIMESTAMP] = WQ_STR("timestamp"),
	[GROUP] = WQ_STR("group_id"),
	[TO] = WQ_STR("to"),
	[TO_USER] = WQ_STR("to_user_id"),
	[TO_PARENT] = WQ_STR("to_parent_user_id"),
	[ERRORS] = WQ_STR("errors"),
	[IDENTITY] = WQ_STR("identity"),
	[HISTORY] = WQ_STR("history_context"),
};

/* The other one: of what we sent, to whom. */
static void read_person(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val **v)
{
	bool ours = u->kind == WQ_INBOUND_ECHO || v[TO] || v[TO_USER];
	struct wq_inbound_person *p = &u->person;

	u->message.from_us = ours && u->kind == WQ_INBOUND_HISTORY;
	p->phone = wq_inbound_text(c->run, v[ours ? TO : FROM]);
	p->user_id = wq_json_str(v[ours ? TO_USER : FROM_USER]);
	p->parent_id = wq_json_str(v[ours ? TO_PARENT : FROM_PARENT]);
	p->identity_hash = wq_inbound_get_str(v[IDENTITY], "hash");
	if (!wq_inbound_is_digits(p->phone)) {
		p->wa_id = p->phone;
		p->phone = wq_strn(NULL, 0);
	}
	wq_cloud_meet(c, u);
}

void wq_cloud_read_message(struct wq_cloud_change *c, yyjson_val *item, enum wq_inbound_kind k)
{
	yyjson_val *v[KEYS];
	struct wq_inbound u;
	struct wq_str chat;
	const char *kind;

	wq_json_pick(item, keys, KEYS, v);
	wq_cloud_init(&u, c, k, item);
	u.id = wq_json_str(v[ID]);
	u.time_ms = wq_inbound_time(v[TIMESTAMP]);
	wq_cloud_content(c->run, &u.message, item);
	u.message.group_id = wq_json_str(v[GROUP]);
	u.message.history_status = wq_inbound_get_str(v[HISTORY], "status");
	wq_cloud_error(&u, v[ERRORS]);
	read_person(c, &u, v);
	chat = wq_cloud_chat(&u.person, &kind);
	if (u.message.group_id.n) {
		chat = u.message.group_id;
		kind = "group";
	}
	if (k == WQ_INBOUND_HISTORY) /* imported whenever there is time for it: it is in no order */
		chat = wq_str("");
	wq_inbound_emit_by_id(c->run, &u, kind, chat);
}
