/* SPDX-License-Identifier: MIT */
/* cloud_event.c — all that is neither message nor status: what the account, its numbers and templates, and people's
 * settings went through. */
#include "domain/inbound/cloud.h"

/* Elements of arrays. */

static void read_preference(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	u->event.event = wq_inbound_get_str(item, "value");
	u->event.category = wq_inbound_get_str(item, "category");
	u->event.details = wq_inbound_get_str(item, "detail");
	u->person.wa_id = wq_inbound_text(c->run, wq_inbound_get(item, "wa_id"));
	u->person.user_id = wq_inbound_get_str(item, "user_id");
	wq_cloud_meet(c, u);
}

/* The person is the one whom we know: by the ids that were. */
static void read_user_id(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	yyjson_val *user = wq_inbound_get(item, "user_id");
	yyjson_val *parent = wq_inbound_get(item, "parent_user_id");

	u->event.was = wq_inbound_get_str(user, "previous");
	u->event.now = wq_inbound_get_str(user, "current");
	u->event.details = wq_inbound_get_str(item, "detail");
	u->person.wa_id = wq_inbound_text(c->run, wq_inbound_get(item, "wa_id"));
	u->person.user_id = u->event.was;
	u->person.parent_id = wq_inbound_get_str(parent, "previous");
	u->message.new_user_id = u->event.now;
	u->message.new_parent_id = wq_inbound_get_str(parent, "current");
	wq_cloud_meet(c, u);
}

static void read_state_sync(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	yyjson_val *contact = wq_inbound_get(item, "contact");
	struct wq_inbound_person *p = &u->person;

	u->event.event = wq_inbound_get_str(item, "action");
	u->event.subject_type = wq_inbound_get_str(item, "type");
	p->name = wq_inbound_either(wq_inbound_get_str(contact, "full_name"),
	                            wq_inbound_get_str(contact, "first_name"));
	p->username = wq_inbound_get_str(contact, "username");
	p->user_id = wq_inbound_get_str(contact, "user_id");
	p->wa_id = wq_inbound_text(c->run, wq_inbound_get(contact, "phone_number"));
	u->time_ms = wq_inbound_time(wq_inbound_get(wq_inbound_get(item, "metadata"), "timestamp"));
	wq_cloud_meet(c, u);
}

static void read_action(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	yyjson_val *data = wq_inbound_get(item, "marketing_messages_link_click_data");

	u->event.event = wq_inbound_get_str(item, "action_type");
	u->event.subject_type = wq_inbound_get_str(data, "click_component");
	u->event.subject_id = wq_inbound_text(c->run, wq_inbound_get(data, "product_id"));
	u->event.details = wq_inbound_get_str(data, "tracking_token");
	wq_cloud_meet_only(c, u);
}

static void read_call(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	bool ours = wq_str_is(wq_inbound_get_str(item, "direction"), "BUSINESS_INITIATED");

	u->id = wq_inbound_get_str(item, "id");
	u->event.event = wq_inbound_either(wq_inbound_get_str(item, "event"),
	                                   wq_inbound_get_str(item, "status"));
	u->event.details = wq_inbound_get_str(item, "direction");
	u->person.wa_id = wq_inbound_text(c->run, wq_inbound_get(item, ours ? "to" : "from"));
	u->person.user_id = wq_inbound_get_str(item, ours ? "to_user_id" : "from_user_id");
	wq_cloud_meet(c, u);
}

static void read_group(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	u->event.subject_id = wq_inbound_text(c->run, wq_inbound_get(item, "group_id"));
	u->event.event = wq_inbound_either(wq_inbound_get_str(item, "type"),
	                                   wq_inbound_get_str(item, "event"));
	wq_cloud_error(u, wq_inbound_get(item, "errors"));
}

static void read_history(struct wq_cloud_change *c, struct wq_inbound *u, yyjson_val *item)
{
	yyjson_val *metadata = wq_inbound_get(item, "metadata");

	u->event.phase = wq_inbound_int(wq_inbound_get(metadata, "phase"), -1);
	u->event.chunk = wq_inbound_int(wq_inbound_get(metadata, "chunk_order"), -1);
	u->event.progress = wq_inbound_int(wq_inbound_get(metadata, "progress"), -1);
	wq_cloud_error(u, wq_inbound_get(item, "errors"));
}

void wq_cloud_read_item(struct wq_cloud_change *c, yyjson_val *item, enum wq_inbound_kind k)
{
	static void (*const readers[WQ_INBOUND_KINDS])(struct wq_cloud_change *c,
	                                               struct wq_inbound *u, yyjson_val *item) = {
		[WQ_INBOUND_PREFERENCE] = read_preference, [WQ_INBOUND_USER_ID] = read_user_id,
		[WQ_INBOUND_CONTACT] = read_state_sync,    [WQ_INBOUND_ACTION] = read_action,
		[WQ_INBOUND_CALL] = read_call,             [WQ_INBOUND_GROUP] = read_group,
		[WQ_INBOUND_HISTORY] = read_history,
	};
	struct wq_inbound u;
	const char *kind;
	struct wq_str chat;
	int64_t time_ms = wq_inbound_time(wq_inbound_get(item, "timestamp"));

	wq_cloud_init(&u, c, k, item);
	u.time_ms = time_ms ? time_ms : u.time_ms;
	if (readers[k])
		readers[k](c, &u, item);
	chat = wq_cloud_chat(&u.person, &kind);
	wq_inbound_emit(c->run, &u, NULL, 0, kind, chat);
}

/* Values of their own. */
enum {
	EVENT, DECISION, STATUS, REASON, REJECTION_REASON, TEMPLATE_ID, TEMPLATE_NAME, TEMPLATE_LANGUAGE,
	TEMPLATE_CATEGORY, OLD_QUALITY, NEW_QUALITY, OLD_CATEGORY, NEW_CATEGORY, CORRECT_CATEGORY, CATEGORY_TIME,
	DISPLAY, LIMIT, OLD_LIMIT, NEW_LIMIT, VERIFIED_NAME, USERNAME, ENTITY_TYPE, ENTITY_ID, ALERT, BAN, VIOLATION,
	RESTRICTION, DISABLE, OTHER_INFO, REJECTION, TIER, REQUESTER, LIMIT_OF_PHONE, DISCONNECTION, KEYS
};
static const struct wq_str keys[KEYS] = {
	[EVENT] = WQ_STR("event"),
	[DECISION] = WQ_STR("decision"),
	[STATUS] = WQ_STR("status"),
	[REASON] = WQ_STR("reason"),
	[REJECTION_REASON] = WQ_STR("rejection_reason"),
	[TEMPLATE_ID] = WQ_STR("message_template_id"),
	[TEMPLATE_NAME] = WQ_STR("message_template_name"),
	[TEMPLATE_LANGUAGE] = WQ_STR("message_template_language"),
	[TEMPLATE_CATEGORY] = WQ_STR("message_template_category"),
	[OLD_QUALITY] = WQ_STR("previous_quality_score"),
	[NEW_QUALITY] = WQ_STR("new_quality_score"),
	[OLD_CATEGORY] = WQ_STR("previous_category"),
	[NEW_CATEGORY] = WQ_STR("new_category"),
	[CORRECT_CATEGORY] = WQ_STR("correct_category"),
	[CATEGORY_TIME] = WQ_STR("category_update_timestamp"),
	[DISPLAY] = WQ_STR("display_phone_number"),
	[LIMIT] = WQ_STR("max_daily_conversations_per_business"),
	[OLD_LIMIT] = WQ_STR("old_limit"),
	[NEW_LIMIT] = WQ_STR("current_limit"),
	[VERIFIED_NAME] = WQ_STR("requested_verified_name"),
	[USERNAME] = WQ_STR("username"),
	[ENTITY_TYPE] = WQ_STR("entity_type"),
	[ENTITY_ID] = WQ_STR("entity_id"),
	[ALERT] = WQ_STR("alert_info"),
	[BAN] = WQ_STR("ban_info"),
	[VIOLATION] = WQ_STR("violation_info"),
	[RESTRICTION] = WQ_STR("restriction_info"),
	[DISABLE] = WQ_STR("disable_info"),
	[OTHER_INFO] = WQ_STR("other_info"),
	[REJECTION] = WQ_STR("rejection_info"),
	[TIER] = WQ_STR("volume_tier_info"),
	[REQUESTER] = WQ_STR("requester"),
	[LIMIT_OF_PHONE] = WQ_STR("max_daily_conversation_per_phone"),
	[DISCONNECTION] = WQ_STR("disconnection_info"),
};

/* What is in the value weighs more than the field: Meta's own examples have wrong ones. */
static enum wq_inbound_kind kind_of(struct wq_str field, yyjson_val *const v[KEYS])
{
	static const struct {
		struct wq_str field;
		enum wq_inbound_kind kind;
	} fields[] = {
		{ WQ_STR("message_template_status_update"), WQ_INBOUND_TEMPLATE },
		{ WQ_STR("message_template_quality_update"), WQ_INBOUND_TEMPLATE },
		{ WQ_STR("message_template_components_update"), WQ_INBOUND_TEMPLATE },
		{ WQ_STR("template_category_update"), WQ_INBOUND_TEMPLATE },
		{ WQ_STR("phone_number_quality_update"), WQ_INBOUND_QUALITY },
		{ WQ_STR("business_capability_update"), WQ_INBOUND_QUALITY },
		{ WQ_STR("phone_number_name_update"), WQ_INBOUND_NUMBER },
		{ WQ_STR("business_username_update"), WQ_INBOUND_NUMBER },
		{ WQ_STR("security"), WQ_INBOUND_NUMBER },
		{ WQ_STR("account_update"), WQ_INBOUND_ACCOUNT },
		{ WQ_STR("account_alerts"), WQ_INBOUND_ACCOUNT },
		{ WQ_STR("account_review_update"), WQ_INBOUND_ACCOUNT },
		{ WQ_STR("partner_solutions"), WQ_INBOUND_ACCOUNT },
		{ WQ_STR("payment_configuration_update"), WQ_INBOUND_ACCOUNT },
		{ WQ_STR("history"), WQ_INBOUND_HISTORY },
		{ WQ_STR("smb_app_state_sync"), WQ_INBOUND_CONTACT },
		{ WQ_STR("user_preferences"), WQ_INBOUND_PREFERENCE },
		{ WQ_STR("user_id_update"), WQ_INBOUND_USER_ID },
		{ WQ_STR("calls"), WQ_INBOUND_CALL },
	};

	if (v[TEMPLATE_ID] || v[TEMPLATE_NAME])
		return WQ_INBOUND_TEMPLATE;
	if (v[LIMIT] || v[NEW_LIMIT] || v[LIMIT_OF_PHONE])
		return WQ_INBOUND_QUALITY;
	for (size_t i = 0; i < WQ_COUNT(fields); i++)
		if (wq_str_eq(fields[i].field, field))
			return fields[i].kind;
	if (wq_str_starts(field, "group_"))
		return WQ_INBOUND_GROUP;
	if (v[BAN] || v[VIOLATION] || v[RESTRICTION] || v[ALERT])
		return WQ_INBOUND_ACCOUNT;
	return WQ_INBOUND_OTHER;
}

static struct wq_str first_of(yyjson_val *const v[KEYS], const int *which, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (yyjson_is_str(v[which[i]]))
			return wq_json_str(v[which[i]]);
	return wq_strn(NULL, 0);
}

static void read_before_and_after(struct wq_cloud_change *c, struct wq_inbound_event *e,
                                  yyjson_val *const v[KEYS])
{
	static const int before[] = { OLD_QUALITY, OLD_CATEGORY, OLD_LIMIT };
	static const int after[] = { NEW_QUALITY, NEW_CATEGORY, NEW_LIMIT, VERIFIED_NAME,
		                     USERNAME };

	e->was = first_of(v, before, WQ_COUNT(before));
	e->now = first_of(v, after, WQ_COUNT(after));
	if (v[CORRECT_CATEGORY]) { /* to come: "new" is still the present one */
		e->was = wq_json_str(v[NEW_CATEGORY]);
		e->now = wq_json_str(v[CORRECT_CATEGORY]);
		e->until_ms = wq_inbound_time(v[CATEGORY_TIME]);
	}
	e->limit = wq_inbound_text(c->run, v[LIMIT]       ? v[LIMIT]
	                                   : v[NEW_LIMIT] ? v[NEW_LIMIT]
	                                                  : v[LIMIT_OF_PHONE]);
}

static void read_template(struct wq_cloud_change *c, struct wq_inbound_event *e,
                          yyjson_val *const v[KEYS])
{
	e->subject_id = wq_inbound_text(c->run, v[TEMPLATE_ID]);
	e->subject_name = wq_json_str(v[TEMPLATE_NAME]);
	e->language = wq_json_str(v[TEMPLATE_LANGUAGE]);
	e->category = wq_json_str(v[TEMPLATE_CATEGORY]);
	if (v[OTHER_INFO]) {
		e->reason = wq_inbound_either(e->reason,
		                              wq_inbound_get_str(v[OTHER_INFO], "title"));
		e->details = wq_inbound_get_str(v[OTHER_INFO], "description");
	}
	if (v[REJECTION])
		e->details = wq_inbound_get_str(v[REJECTION], "reason");
	if (v[DISABLE])
		e->until_ms = wq_inbound_time(wq_inbound_get(v[DISABLE], "disable_date"));
}

static void read_restrictions(struct wq_inbound_event *e, yyjson_val *restrictions)
{
	yyjson_val *item;
	size_t i, n;

	e->subject_type = wq_inbound_get_str(yyjson_arr_get_first(restrictions),
	                                     "restriction_type");
	yyjson_arr_foreach(restrictions, i, n, item)
	{
		int64_t until_ms = wq_inbound_time(wq_inbound_get(item, "expiration"));

		if (until_ms > e->until_ms)
			e->until_ms = until_ms;
	}
}

static void read_account(struct wq_cloud_change *c, struct wq_inbound_event *e,
                         yyjson_val *const v[KEYS])
{
	if (v[BAN]) {
		e->now = wq_inbound_get_str(v[BAN], "waba_ban_state");
		e->details = wq_inbound_get_str(v[BAN], "waba_ban_date");
	}
	if (v[DISCONNECTION])
		e->reason = wq_inbound_get_str(v[DISCONNECTION], "reason");
	if (v[VIOLATION])
		e->reason = wq_inbound_get_str(v[VIOLATION], "violation_type");
	if (v[RESTRICTION])
		read_restrictions(e, v[RESTRICTION]);
	if (v[TIER]) {
		e->now = wq_inbound_get_str(v[TIER], "tier");
		e->category = wq_inbound_get_str(v[TIER], "pricing_category");
	}
	if (v[ALERT]) {
		e->event = wq_inbound_get_str(v[ALERT], "alert_type");
		e->severity = wq_inbound_get_str(v[ALERT], "alert_severity");
		e->now = wq_inbound_get_str(v[ALERT], "alert_status");
		e->details = wq_inbound_get_str(v[ALERT], "alert_description");
	}
	if (v[ENTITY_ID]) {
		e->subject_id = wq_inbound_text(c->run, v[ENTITY_ID]);
		e->subject_type = wq_json_str(v[ENTITY_TYPE]);
	}
	if (v[REQUESTER])
		e->subject_id = wq_inbound_text(c->run, v[REQUESTER]);
}

void wq_cloud_read_event(struct wq_cloud_change *c)
{
	static const int events[] = { EVENT, DECISION, STATUS };
	static const int reasons[] = { REASON, REJECTION_REASON };
	yyjson_val *v[KEYS];
	struct wq_inbound u;
	const char *kind;
	struct wq_str chat;

	wq_json_pick(c->value, keys, KEYS, v);
	wq_cloud_init(&u, c, kind_of(c->field, v), c->value);
	u.event.event = first_of(v, events, WQ_COUNT(events));
	u.event.reason = first_of(v, reasons, WQ_COUNT(reasons));
	u.number_display = wq_inbound_either(u.number_display, wq_inbound_text(c->run, v[DISPLAY]));
	read_before_and_after(c, &u.event, v);
	if (u.kind == WQ_INBOUND_TEMPLATE)
		read_template(c, &u.event, v);
	else
		read_account(c, &u.event, v);
	wq_cloud_meet_only(c, &u);
	chat = wq_cloud_chat(&u.person, &kind);
	wq_inbound_emit(c->run, &u, NULL, 0, kind, chat);
}
