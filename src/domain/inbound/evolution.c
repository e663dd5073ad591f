/* SPDX-License-Identifier: MIT */
/* evolution.c — a webhook of Evolution's: {event, instance, data}; `data` is one update, or an array of them.
 *
 * Left out on purpose: `apikey`, which is a secret, and `date_time`, which is local time that says it is UTC (it only
 * tells a redelivered event from one that happened again).
 */
#include "domain/inbound/evolution.h"

#include "base/limits.h"

static void emit(struct wq_evolution *e, struct wq_inbound *u, yyjson_val *key)
{
	const char *kind;
	struct wq_str chat = wq_evolution_meet(u, key, &kind);

	wq_inbound_emit(e->run, u, NULL, 0, kind, chat);
}

static bool from_me(yyjson_val *key)
{
	return wq_inbound_true(wq_inbound_get(key, "fromMe"));
}

static void read_message(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *key = wq_inbound_get(u->value, "key");
	bool by_api = wq_str_is(u->field, "send.message");
	const char *kind;
	struct wq_str chat;

	u->kind = from_me(key) || by_api ? WQ_INBOUND_ECHO : WQ_INBOUND_MESSAGE;
	u->id = wq_inbound_get_str(key, "id");
	u->time_ms = wq_inbound_time(wq_inbound_get(u->value, "messageTimestamp"));
	u->message.by_api = by_api;
	if (u->kind == WQ_INBOUND_MESSAGE)
		u->person.name = wq_inbound_get_str(u->value, "pushName");
	wq_evolution_content(u);
	chat = wq_evolution_meet(u, key, &kind);
	if (wq_str_is(u->field, "messages.set")) {
		u->message.from_us = from_me(key);
		u->kind = WQ_INBOUND_HISTORY;
		chat = wq_str("");
	}
	wq_inbound_emit_by_id(e->run, u, kind, chat);
}

static enum wq_message_state state_of(yyjson_val *v)
{
	static const struct {
		const char *word;
		enum wq_message_state state;
	} states[] = {
		/* by the number that Baileys has for them */
		{ "ERROR", WQ_STATE_FAILED },    { "PENDING", WQ_STATE_QUEUED },
		{ "SERVER_ACK", WQ_STATE_SENT }, { "DELIVERY_ACK", WQ_STATE_DELIVERED },
		{ "READ", WQ_STATE_READ },       { "PLAYED", WQ_STATE_PLAYED },
		{ "DELETED", WQ_STATE_DELETED },
	};
	int64_t number = wq_inbound_int(v, -1);

	for (size_t i = 0; i < WQ_COUNT(states); i++)
		if (wq_str_is(wq_json_str(v), states[i].word) || number == (int64_t)i)
			return states[i].state;
	return WQ_STATE_UNKNOWN;
}

/* Somebody took a message back. */
static void read_revoked(struct wq_evolution *e, struct wq_inbound *u, yyjson_val *key,
                         struct wq_str id)
{
	u->kind = from_me(key) ? WQ_INBOUND_ECHO : WQ_INBOUND_MESSAGE;
	u->message.type = wq_str("revoke");
	u->message.target_id = id;
	emit(e, u, key);
}

static void read_ack(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *status = wq_inbound_get(u->value, "status");
	struct wq_str id = wq_inbound_get_str(u->value, "keyId"), chat;
	const char *kind;

	u->status.state = state_of(status);
	if (wq_inbound_get(u->value, "pollUpdates")) {
		u->kind = WQ_INBOUND_ACTION;
		u->id = id;
		u->event.event = wq_str("poll");
		emit(e, u, u->value);
		return;
	}
	if (u->status.state == WQ_STATE_DELETED) {
		read_revoked(e, u, u->value, id);
		return;
	}
	if (!from_me(u->value)) { /* of a message that was not ours: read on the phone, perhaps */
		emit(e, u, u->value);
		return;
	}
	u->kind = WQ_INBOUND_STATUS;
	u->id = id;
	u->status.word = wq_inbound_text(e->run, status);
	u->status.participant = wq_inbound_get_str(u->value, "participant");
	chat = wq_evolution_meet(u, u->value, &kind);
	u->status.group_id = u->message.group_id;
	{
		struct wq_str parts[] = { u->number, id, u->status.word, u->status.participant };

		wq_inbound_emit(e->run, u, parts, id.n ? WQ_COUNT(parts) : 0, kind, chat);
	}
}

/* Raised for any protocol message: only edits and revocations are what it says. */
static void read_edited(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *key = wq_inbound_get(u->value, "key"), *type = wq_inbound_get(u->value, "type");
	yyjson_val *edited = wq_inbound_get(u->value, "editedMessage");
	int64_t number = wq_inbound_int(type, -1);

	u->time_ms = wq_inbound_time(wq_inbound_get(u->value, "timestampMs"));
	if (number == 0 || wq_str_is(wq_json_str(type), "REVOKE")) {
		read_revoked(e, u, key, wq_inbound_get_str(key, "id"));
		return;
	}
	if (number == 14 || wq_str_is(wq_json_str(type), "MESSAGE_EDIT")) {
		u->kind = from_me(key) ? WQ_INBOUND_ECHO : WQ_INBOUND_MESSAGE;
		u->message.type = wq_str("edit");
		u->message.inner_type = wq_str("text");
		u->message.target_id = wq_inbound_get_str(key, "id");
		u->message.text = wq_inbound_either(
			wq_inbound_get_str(edited, "conversation"),
			wq_inbound_get_str(wq_inbound_get(edited, "extendedTextMessage"), "text"));
	}
	emit(e, u, key);
}

static void read_deleted(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *key = wq_inbound_get(u->value, "key");

	key = key ? key : u->value;
	read_revoked(e, u, key, wq_inbound_get_str(key, "id"));
}

static void read_presence(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *of = wq_inbound_get(u->value, "presences"), *key, *one;
	yyjson_obj_iter all = yyjson_obj_iter_with(of); /* the loop of the name would step on from NULL */

	u->kind = WQ_INBOUND_PRESENCE;
	while ((key = yyjson_obj_iter_next(&all))) {
		one = yyjson_obj_iter_get_val(key);
		u->event.event = wq_inbound_get_str(one, "lastKnownPresence");
		u->event.subject_id = wq_json_str(key);
	}
	emit(e, u, u->value);
}

static void read_call(struct wq_evolution *e, struct wq_inbound *u)
{
	u->kind = WQ_INBOUND_CALL;
	u->id = wq_inbound_get_str(u->value, "id");
	u->event.event = wq_inbound_get_str(u->value, "status");
	emit(e, u, u->value);
}

static void read_contact(struct wq_evolution *e, struct wq_inbound *u)
{
	u->kind = WQ_INBOUND_CONTACT;
	u->event.event = wq_strn(u->field.p + sizeof("contacts.") - 1,
	                         u->field.n - (sizeof("contacts.") - 1));
	u->person.name = wq_inbound_get_str(u->value, "pushName");
	emit(e, u, u->value);
}

static void read_group(struct wq_evolution *e, struct wq_inbound *u)
{
	u->kind = WQ_INBOUND_GROUP;
	u->event.event = wq_inbound_get_str(u->value, "action");
	u->event.subject_id = wq_inbound_get_str(u->value, "id");
	wq_inbound_emit(e->run, u, NULL, 0, "", wq_str(""));
}

static void read_session(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *data = u->value, *reason = wq_inbound_get(data, "statusReason");

	u->kind = WQ_INBOUND_SESSION;
	u->event.event = wq_inbound_either(wq_inbound_get_str(data, "state"),
	                                   wq_inbound_get_str(data, "status"));
	if (!reason)
		reason = wq_inbound_get(data, "disconnectionReasonCode");
	if (!reason)
		reason = wq_inbound_get(data, "statusCode");
	u->event.reason = wq_inbound_text(e->run, reason);
	u->event.details = wq_inbound_get_str(data, "message");
	wq_inbound_emit(e->run, u, NULL, 0, "", wq_str(""));
}

static void read_error(struct wq_evolution *e, struct wq_inbound *u)
{
	yyjson_val *message = wq_inbound_get(u->value, "message");

	u->kind = WQ_INBOUND_ERROR;
	u->error.code = wq_inbound_int(wq_inbound_get(u->value, "status"), 0);
	u->error.title = wq_inbound_get_str(u->value, "error");
	u->error.message = wq_json_str(yyjson_is_arr(message) ? yyjson_arr_get_first(message)
	                                                      : message);
	wq_inbound_emit(e->run, u, NULL, 0, "", wq_str(""));
}

static void read_other(struct wq_evolution *e, struct wq_inbound *u)
{
	wq_inbound_emit(e->run, u, NULL, 0, "", wq_str(""));
}

typedef void (*read_fn)(struct wq_evolution *e, struct wq_inbound *u);

static read_fn reader_of(struct wq_str event)
{
	static const struct {
		const char *event;
		read_fn read;
	} events[] = {
		{ "messages.upsert", read_message },   { "messages.update", read_ack },
		{ "send.message", read_message },      { "messages.set", read_message },
		{ "messages.edited", read_edited },    { "messages.delete", read_deleted },
		{ "presence.update", read_presence },  { "call", read_call },
		{ "contacts.upsert", read_contact },   { "contacts.update", read_contact },
		{ "contacts.set", read_contact },      { "groups.upsert", read_group },
		{ "group.update", read_group },        { "group-participants.update", read_group },
		{ "connection.update", read_session }, { "qrcode.updated", read_session },
		{ "status.instance", read_session },   { "logout.instance", read_session },
		{ "remove.instance", read_session },   { "instance.create", read_session },
		{ "instance.delete", read_session },   { "error", read_error },
	};

	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (wq_str_is(event, events[i].event))
			return events[i].read;
	return read_other;
}

static void read_one(struct wq_evolution *e, yyjson_val *value)
{
	struct wq_inbound u;

	wq_inbound_init(&u, e->run, WQ_PROVIDER_EVOLUTION, e->event);
	u.number = e->instance;
	if (!u.business.n)
		u.business = e->instance;
	u.number_display = e->display;
	u.value = value;
	if (yyjson_is_obj(value) || !value)
		reader_of(e->event)(e, &u);
	else
		read_other(e, &u);
}

static int read_root(struct wq_evolution *e, yyjson_val *root)
{
	static const struct wq_str keys[] = { WQ_STR("event"), WQ_STR("instance"), WQ_STR("data"),
		                              WQ_STR("date_time"), WQ_STR("sender") };
	yyjson_val *v[WQ_COUNT(keys)], *item;
	struct wq_str instance = e->run->hook->instance;
	size_t i, n;

	wq_json_pick(root, keys, WQ_COUNT(keys), v);
	e->event = wq_json_str(v[0]);
	e->instance = instance.n ? instance : wq_json_str(v[1]);
	e->display = wq_evolution_digits(wq_json_str(v[4]));
	e->run->stamp = wq_json_str(v[3]);
	if (!e->event.n)
		return WQ_INBOUND_NOT_OURS;
	if (yyjson_is_arr(v[2]) && yyjson_arr_size(v[2]) > WQ_WEBHOOK_UPDATES_MAX)
		return WQ_INBOUND_TOO_MANY;
	if (yyjson_is_arr(v[2]))
		yyjson_arr_foreach(v[2], i, n, item) read_one(e, item);
	else
		read_one(e, v[2]);
	return e->run->rc;
}

int wq_evolution_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                              wq_on_inbound on_update, void *user)
{
	struct wq_inbound_run run;
	struct wq_evolution e = { .run = &run };
	yyjson_val *root;

	wq_inbound_begin(&run, r, hook, on_update, user);
	if (wq_inbound_parse(&run, WQ_EVOLUTION_BODY_MAX_BYTES, &root) != 0)
		return run.rc;
	return read_root(&e, root);
}
