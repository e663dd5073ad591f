/* SPDX-License-Identifier: MIT */
/* cloud.c — a webhook of Meta's: entry → changes → value, and in it arrays of messages, statuses and all the rest.
 *
 *   {object, entry: [{id, time, changes: [{field, value}]}]}
 *
 * Off-spec and taken all the same: no `object`; an object where an array belongs (it counts as its only element); a
 * change without the envelope around it, as the dashboard's test button sends it; `field` beside the changes or inside
 * the value.
 */
#include "domain/inbound/cloud.h"

#include "base/limits.h"

enum { ENTRY_ID, ENTRY_TIME, ENTRY_CHANGES, ENTRY_FIELD, ENTRY_KEYS };
static const struct wq_str entry_keys[ENTRY_KEYS] = { WQ_STR("id"), WQ_STR("time"),
	                                              WQ_STR("changes"), WQ_STR("field") };

enum { CHANGE_VALUE, CHANGE_FIELD, CHANGE_KEYS };
static const struct wq_str change_keys[CHANGE_KEYS] = { WQ_STR("value"), WQ_STR("field") };

/* What is in a value: METADATA and CONTACTS for all updates of it, then arrays of updates. */
enum {
	VALUE_METADATA, VALUE_CONTACTS, VALUE_MESSAGES, VALUE_STATUSES, VALUE_ERRORS, VALUE_ECHOES, VALUE_HISTORY,
	VALUE_STATE_SYNC, VALUE_PREFERENCES, VALUE_USER_IDS, VALUE_ACTIONS, VALUE_CALLS, VALUE_GROUPS, VALUE_FIELD,
	VALUE_KEYS,
	VALUE_FIRST_ARRAY = VALUE_MESSAGES,
	VALUE_BEHIND_ARRAYS = VALUE_FIELD,
};
static const struct wq_str value_keys[VALUE_KEYS] = {
	WQ_STR("metadata"), WQ_STR("contacts"), WQ_STR("messages"), WQ_STR("statuses"), WQ_STR("errors"),
	WQ_STR("message_echoes"), WQ_STR("history"), WQ_STR("state_sync"), WQ_STR("user_preferences"),
	WQ_STR("user_id_update"), WQ_STR("user_actions"), WQ_STR("calls"), WQ_STR("groups"), WQ_STR("field"),
};
static const enum wq_inbound_kind value_kinds[VALUE_KEYS] = {
	[VALUE_MESSAGES] = WQ_INBOUND_MESSAGE,       [VALUE_STATUSES] = WQ_INBOUND_STATUS,
	[VALUE_ERRORS] = WQ_INBOUND_ERROR,           [VALUE_ECHOES] = WQ_INBOUND_ECHO,
	[VALUE_HISTORY] = WQ_INBOUND_HISTORY,        [VALUE_STATE_SYNC] = WQ_INBOUND_CONTACT,
	[VALUE_PREFERENCES] = WQ_INBOUND_PREFERENCE, [VALUE_USER_IDS] = WQ_INBOUND_USER_ID,
	[VALUE_ACTIONS] = WQ_INBOUND_ACTION,         [VALUE_CALLS] = WQ_INBOUND_CALL,
	[VALUE_GROUPS] = WQ_INBOUND_GROUP,
};

/* Walks twice when there may be too many updates: then nothing is handed out before they are counted. */
struct walk {
	struct wq_inbound_run *run;
	bool counting;
	size_t n;
};

static size_t count_of(yyjson_val *v)
{
	return yyjson_is_arr(v) ? yyjson_arr_size(v) : yyjson_is_obj(v);
}

static void read_one(struct wq_cloud_change *c, yyjson_val *item, enum wq_inbound_kind k)
{
	if (!yyjson_is_obj(item)) {
		struct wq_inbound u;

		wq_cloud_init(&u, c, WQ_INBOUND_OTHER, item);
		wq_inbound_emit(c->run, &u, NULL, 0, "", wq_str(""));
	} else if (k == WQ_INBOUND_STATUS) {
		wq_cloud_read_status(c, item);
	} else if (k == WQ_INBOUND_MESSAGE || k == WQ_INBOUND_ECHO) {
		if (wq_str_is(c->field, "history"))
			k = WQ_INBOUND_HISTORY;
		else if (wq_str_ends(c->field, "message_echoes"))
			k = WQ_INBOUND_ECHO;
		wq_cloud_read_message(c, item, k);
	} else {
		wq_cloud_read_item(c, item, k);
	}
}

/* The errors of a value are of one thing that went wrong. */
static void read_errors(struct wq_cloud_change *c, yyjson_val *errors)
{
	struct wq_inbound u;
	const char *kind;
	struct wq_str chat;

	wq_cloud_init(&u, c, WQ_INBOUND_ERROR, c->value);
	wq_cloud_error(&u, errors);
	wq_cloud_meet_only(c, &u);
	chat = wq_cloud_chat(&u.person, &kind);
	wq_inbound_emit(c->run, &u, NULL, 0, kind, chat);
}

static void read_array(struct wq_cloud_change *c, yyjson_val *array, size_t which)
{
	yyjson_val *item;
	size_t i, n;

	if (which == VALUE_ERRORS)
		read_errors(c, array);
	else if (!yyjson_is_arr(array))
		read_one(c, array, value_kinds[which]);
	else
		yyjson_arr_foreach(array, i, n, item) read_one(c, item, value_kinds[which]);
}

static void read_metadata(struct wq_cloud_change *c, yyjson_val *metadata)
{
	static const struct wq_str keys[] = { WQ_STR("display_phone_number"),
		                              WQ_STR("phone_number_id") };
	yyjson_val *v[WQ_COUNT(keys)];

	wq_json_pick(metadata, keys, WQ_COUNT(keys), v);
	c->number_display = wq_inbound_text(c->run, v[0]);
	c->number = wq_inbound_text(c->run, v[1]);
}

static void read_value(struct walk *w, struct wq_cloud_change *c)
{
	yyjson_val *v[VALUE_KEYS];
	size_t n = 0;

	wq_json_pick(c->value, value_keys, VALUE_KEYS, v);
	for (size_t i = VALUE_FIRST_ARRAY; i < VALUE_BEHIND_ARRAYS; i++)
		n += i == VALUE_ERRORS ? count_of(v[i]) > 0 : count_of(v[i]);
	w->n += n ? n : 1;
	if (w->counting)
		return;
	if (!c->field.p)
		c->field = wq_json_str(v[VALUE_FIELD]);
	read_metadata(c, v[VALUE_METADATA]);
	c->contacts = v[VALUE_CONTACTS];
	if (n == 0)
		wq_cloud_read_event(c);
	for (size_t i = VALUE_FIRST_ARRAY; i < VALUE_BEHIND_ARRAYS; i++)
		if (count_of(v[i]) > 0)
			read_array(c, v[i], i);
}

static void read_change(struct walk *w, yyjson_val *change, yyjson_val *const entry[ENTRY_KEYS])
{
	struct wq_cloud_change c = { .run = w->run };
	yyjson_val *v[CHANGE_KEYS];

	wq_json_pick(change, change_keys, CHANGE_KEYS, v);
	c.value = v[CHANGE_VALUE] ? v[CHANGE_VALUE] : change;
	c.field = wq_inbound_either(wq_json_str(v[CHANGE_FIELD]), wq_json_str(entry[ENTRY_FIELD]));
	c.business = w->run->hook->business;
	if (!c.business.n)
		c.business = wq_inbound_text(w->run, entry[ENTRY_ID]);
	c.entry_ms = wq_inbound_time(entry[ENTRY_TIME]);
	read_value(w, &c);
}

static void read_entry(struct walk *w, yyjson_val *entry)
{
	yyjson_val *v[ENTRY_KEYS], *change;
	size_t i, n;

	wq_json_pick(entry, entry_keys, ENTRY_KEYS, v);
	if (yyjson_is_arr(v[ENTRY_CHANGES]))
		yyjson_arr_foreach(v[ENTRY_CHANGES], i, n, change) read_change(w, change, v);
	else if (v[ENTRY_CHANGES])
		read_change(w, v[ENTRY_CHANGES], v);
}

static void read_root(struct walk *w, yyjson_val *root, yyjson_val *entries)
{
	yyjson_val *none[ENTRY_KEYS] = { NULL }, *entry;
	size_t i, n;

	w->n = 0;
	if (yyjson_is_arr(entries))
		yyjson_arr_foreach(entries, i, n, entry) read_entry(w, entry);
	else if (entries)
		read_entry(w, entries);
	else
		read_change(w, root, none);
}

/* entry, or NULL for a change that stands alone; false: it is no webhook of WhatsApp's. */
static bool is_ours(yyjson_val *root, yyjson_val **entries)
{
	static const struct wq_str keys[] = { WQ_STR("object"), WQ_STR("entry"), WQ_STR("field"),
		                              WQ_STR("value") };
	yyjson_val *v[WQ_COUNT(keys)];

	wq_json_pick(root, keys, WQ_COUNT(keys), v);
	*entries = v[1];
	if (yyjson_is_str(v[0]) && !wq_str_is(wq_json_str(v[0]), "whatsapp_business_account"))
		return false;
	if (v[1])
		return yyjson_is_ctn(v[1]);
	return yyjson_is_str(v[2]) && yyjson_is_obj(v[3]);
}

int wq_cloud_webhook_read(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                          wq_on_inbound on_update, void *user)
{
	struct wq_inbound_run run;
	struct walk w = { .run = &run };
	yyjson_val *root, *entries;

	wq_inbound_begin(&run, r, hook, on_update, user);
	if (wq_inbound_parse(&run, WQ_CLOUD_BODY_MAX_BYTES, &root) != 0)
		return run.rc;
	if (!is_ours(root, &entries))
		return WQ_INBOUND_NOT_OURS;
	if (yyjson_doc_get_val_count(r->pool.doc) > WQ_WEBHOOK_UPDATES_MAX) {
		w.counting = true;
		read_root(&w, root, entries);
		w.counting = false;
		if (w.n > WQ_WEBHOOK_UPDATES_MAX)
			return WQ_INBOUND_TOO_MANY;
	}
	read_root(&w, root, entries);
	return run.rc;
}
