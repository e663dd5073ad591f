/* SPDX-License-Identifier: MIT */
/* job_read.c — messages are in Meta's shape, whoever sent them; what that has no room for stands beside them. */
#include "domain/inbound/job_read.h"

#include "base/limits.h"
#include "domain/inbound/cloud.h"

enum { BUSINESS, NUMBER, MESSAGE, CONTACT, PROVIDER, KIND, FIELD, VALUE, TIMESTAMP, SENT_AT, KEYS };
static const struct wq_str keys[KEYS] = {
	[BUSINESS] = WQ_STR("businessId"), [NUMBER] = WQ_STR("phoneNumberId"),
	[MESSAGE] = WQ_STR("message"),     [CONTACT] = WQ_STR("contact"),
	[PROVIDER] = WQ_STR("provider"),   [KIND] = WQ_STR("kind"),
	[FIELD] = WQ_STR("field"),         [VALUE] = WQ_STR("value"),
	[TIMESTAMP] = WQ_STR("timestamp"), [SENT_AT] = WQ_STR("sentAt"),
};

/* What holds for all updates of a job. */
struct job {
	struct wq_inbound_run run;
	struct wq_cloud_change change;
	yyjson_val *v[KEYS];
	enum wq_provider provider;
	struct wq_str thread; /* of history: who it is with */
	wq_on_inbound on_update;
	void *user;
};

/* What the job says of him, as far as the message does not. */
static void know(struct job *j, struct wq_inbound_person *p)
{
	yyjson_val *contact = j->v[CONTACT], *profile = wq_inbound_get(contact, "profile");
	struct wq_str wa_id = wq_inbound_text(&j->run, wq_inbound_get(contact, "wa_id"));

	p->name = wq_inbound_either(p->name, wq_inbound_get_str(profile, "name"));
	p->username = wq_inbound_either(p->username, wq_inbound_get_str(profile, "username"));
	p->user_id = wq_inbound_either(p->user_id, wq_inbound_get_str(contact, "user_id"));
	p->parent_id = wq_inbound_either(p->parent_id,
	                                 wq_inbound_get_str(contact, "parent_user_id"));
	p->lid = wq_inbound_either(p->lid, wq_inbound_get_str(contact, "lid"));
	p->wa_id = wa_id.n ? wa_id : p->wa_id;
	if (!p->phone.n && wq_inbound_is_digits(p->wa_id))
		p->phone = p->wa_id;
	if (!p->phone.n && !p->user_id.n && !p->lid.n && wq_inbound_is_digits(j->thread))
		p->phone = p->wa_id = j->thread;
}

static int on_read(void *user, const struct wq_inbound *u)
{
	struct job *j = user;
	struct wq_inbound out = *u;
	int64_t sent_ms = wq_inbound_time(j->v[SENT_AT]);

	out.provider = j->provider;
	out.received_ms = wq_inbound_time(j->v[TIMESTAMP]);
	if (sent_ms)
		out.time_ms = sent_ms;
	know(j, &out.person);
	return j->on_update(j->user, &out);
}

static void read_thread(struct job *j, yyjson_val *thread)
{
	yyjson_val *item;
	size_t i, n;

	j->thread = wq_inbound_text(&j->run, wq_inbound_get(thread, "id"));
	yyjson_arr_foreach(wq_inbound_get(thread, "messages"), i, n, item)
	{
		if (j->run.rc != 0)
			return;
		if (yyjson_is_obj(item))
			wq_cloud_read_message(&j->change, item, WQ_INBOUND_HISTORY);
	}
}

static void read_history(struct job *j)
{
	yyjson_val *thread;
	size_t i, n;

	j->v[SENT_AT] = NULL; /* of the chunk */
	yyjson_arr_foreach(wq_inbound_get(j->v[VALUE], "threads"), i, n, thread)
		read_thread(j, thread);
}

static void read_value(struct job *j, struct wq_str kind)
{
	static const struct {
		const char *word;
		enum wq_inbound_kind kind;
	} kinds[] = {
		{ "preference", WQ_INBOUND_PREFERENCE },
		{ "user_id", WQ_INBOUND_USER_ID },
		{ "contact", WQ_INBOUND_CONTACT },
	};

	if (wq_str_is(kind, "history"))
		read_history(j);
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_is(kind, kinds[i].word) && yyjson_is_obj(j->v[VALUE]))
			wq_cloud_read_item(&j->change, j->v[VALUE], kinds[i].kind);
}

static void read_message(struct job *j, struct wq_str kind)
{
	enum wq_inbound_kind k = wq_str_is(kind, "echo")      ? WQ_INBOUND_ECHO
	                         : wq_str_is(kind, "history") ? WQ_INBOUND_HISTORY
	                                                      : WQ_INBOUND_MESSAGE;

	wq_cloud_read_message(&j->change, j->v[MESSAGE], k);
}

static enum wq_provider provider_of(struct wq_str name)
{
	for (unsigned p = 0; p < WQ_PROVIDERS; p++)
		if (wq_str_is(name, wq_provider_name((enum wq_provider)p)))
			return (enum wq_provider)p;
	return WQ_PROVIDER_CLOUD;
}

int wq_inbound_job_read(struct wq_inbound_reader *r, struct wq_str data, int64_t now_ms,
                        wq_on_inbound on_update, void *user)
{
	const struct wq_webhook hook = { .body = data, .now_ms = now_ms };
	struct job j = { .on_update = on_update, .user = user };
	yyjson_val *root;
	struct wq_str kind;

	wq_inbound_begin(&j.run, r, &hook, on_read, &j);
	if (wq_inbound_parse(&j.run, WQ_EVOLUTION_BODY_MAX_BYTES, &root) != 0)
		return j.run.rc;
	if (!yyjson_is_obj(root))
		return WQ_INBOUND_NOT_OURS;
	wq_json_pick(root, keys, KEYS, j.v);
	j.provider = provider_of(wq_json_str(j.v[PROVIDER]));
	kind = wq_json_str(j.v[KIND]);
	j.change = (struct wq_cloud_change){ .run = &j.run,
		                             .business = wq_inbound_text(&j.run, j.v[BUSINESS]),
		                             .number = wq_inbound_text(&j.run, j.v[NUMBER]),
		                             .field = wq_json_str(j.v[FIELD]),
		                             .value = j.v[VALUE] };
	if (yyjson_is_obj(j.v[MESSAGE]))
		read_message(&j, kind);
	else if (yyjson_is_obj(j.v[VALUE]))
		read_value(&j, kind);
	else
		return WQ_INBOUND_NOT_OURS;
	return j.run.rc;
}
