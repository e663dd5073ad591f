/* SPDX-License-Identifier: MIT */
/* cloud_person.c — who it is: by an id of the update, with the rest from the change's contacts. */
#include "base/limits.h"
#include "domain/inbound/cloud.h"

void wq_cloud_init(struct wq_inbound *u, const struct wq_cloud_change *c, enum wq_inbound_kind k,
                   yyjson_val *value)
{
	wq_inbound_init(u, c->run, WQ_PROVIDER_CLOUD, c->field);
	u->kind = k;
	u->business = c->business;
	u->number = c->number;
	u->number_display = c->number_display;
	u->time_ms = c->entry_ms;
	u->value = value;
}

static void read_contact(struct wq_inbound_run *run, struct wq_inbound_person *p,
                         yyjson_val *contact)
{
	static const struct wq_str keys[] = { WQ_STR("profile"), WQ_STR("wa_id"), WQ_STR("user_id"),
		                              WQ_STR("parent_user_id"),
		                              WQ_STR("identity_key_hash") };
	static const struct wq_str profile_keys[] = { WQ_STR("name"), WQ_STR("username") };
	yyjson_val *v[WQ_COUNT(keys)], *profile[WQ_COUNT(profile_keys)];

	wq_json_pick(contact, keys, WQ_COUNT(keys), v);
	wq_json_pick(v[0], profile_keys, WQ_COUNT(profile_keys), profile);
	p->contact = contact;
	p->name = wq_json_str(profile[0]);
	p->username = wq_json_str(profile[1]);
	p->wa_id = wq_inbound_text(run, v[1]);
	p->user_id = wq_json_str(v[2]);
	p->parent_id = wq_json_str(v[3]);
	p->identity_hash = wq_json_str(v[4]);
}

static void read_people(struct wq_cloud_change *c)
{
	yyjson_val *contact;
	size_t i, n, count = yyjson_arr_size(c->contacts);

	if (c->people || count == 0)
		return;
	if (count > WQ_INBOUND_CONTACTS_MAX - c->run->contacts)
		count = WQ_INBOUND_CONTACTS_MAX - c->run->contacts;
	if (count == 0)
		return;
	c->people = wq_inbound_room(c->run, count * sizeof(*c->people));
	if (!c->people)
		return;
	c->run->contacts += count;
	yyjson_arr_foreach(c->contacts, i, n, contact)
	{
		if (i == count)
			break;
		if (yyjson_is_obj(contact))
			read_contact(c->run, &c->people[c->people_n++], contact);
	}
}

static bool same(struct wq_str a, struct wq_str b)
{
	return a.n > 0 && wq_str_eq(a, b);
}

/* Contacts stand in the order of the messages, mostly: the search begins behind the one found last. */
static const struct wq_inbound_person *find(struct wq_cloud_change *c, struct wq_str user_id,
                                            struct wq_str phone)
{
	for (size_t i = 0; i < c->people_n; i++) {
		size_t at = (c->people_next + i) % c->people_n;
		const struct wq_inbound_person *p = &c->people[at];

		if (same(user_id, p->user_id) || same(phone, p->wa_id)) {
			c->people_next = at + (c->people_n > 1);
			return p;
		}
	}
	return NULL;
}

static void adopt(struct wq_inbound_person *p, const struct wq_inbound_person *known)
{
	p->contact = known->contact;
	p->name = wq_inbound_either(p->name, known->name);
	p->username = wq_inbound_either(p->username, known->username);
	p->wa_id = wq_inbound_either(p->wa_id, known->wa_id);
	p->user_id = wq_inbound_either(p->user_id, known->user_id);
	p->parent_id = wq_inbound_either(p->parent_id, known->parent_id);
	p->identity_hash = wq_inbound_either(p->identity_hash, known->identity_hash);
}

static void complete(struct wq_inbound_person *p)
{
	p->wa_id = wq_inbound_either(p->wa_id, p->phone);
	if (!p->phone.p && wq_inbound_is_digits(p->wa_id))
		p->phone = p->wa_id;
}

void wq_cloud_meet(struct wq_cloud_change *c, struct wq_inbound *u)
{
	struct wq_inbound_person *p = &u->person;
	const struct wq_inbound_person *known;

	read_people(c);
	known = find(c, p->user_id, wq_inbound_either(p->phone, p->wa_id));
	if (known)
		adopt(p, known);
	complete(p);
}

void wq_cloud_meet_only(struct wq_cloud_change *c, struct wq_inbound *u)
{
	read_people(c);
	if (c->people_n == 1)
		adopt(&u->person, &c->people[0]);
	complete(&u->person);
}

struct wq_str wq_cloud_chat(const struct wq_inbound_person *p, const char **kind)
{
	*kind = p->user_id.n ? "user" : "phone";
	return p->user_id.n ? p->user_id : p->wa_id;
}

void wq_cloud_error(struct wq_inbound *u, yyjson_val *errors)
{
	static const struct wq_str keys[] = { WQ_STR("code"), WQ_STR("title"), WQ_STR("message"),
		                              WQ_STR("error_data") };
	yyjson_val *v[WQ_COUNT(keys)];

	if (!yyjson_is_ctn(errors))
		return;
	u->errors = errors;
	wq_json_pick(yyjson_is_arr(errors) ? yyjson_arr_get_first(errors) : errors, keys,
	             WQ_COUNT(keys), v);
	u->error.code = wq_inbound_int(v[0], 0);
	u->error.title = wq_json_str(v[1]);
	u->error.message = wq_json_str(v[2]);
	u->error.details = wq_inbound_get_str(v[3], "details");
}
