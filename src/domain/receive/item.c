/* SPDX-License-Identifier: MIT */
/* item.c — what an update means, and what of it is kept. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/inbound/job.h"
#include "domain/receive/receiving.h"

/* NULL, with *rc: the arena is full, or there is no memory (raised). */
static void *room(struct wq_arena *a, size_t n, int *rc)
{
	uint64_t refusals = wq_alloc_refusals();
	void *p = wq_arena_alloc(a, n);

	*rc = p ? 0 : refusals == wq_alloc_refusals() ? WQ_ETOOBIG : WQ_ENOMEM;
	return p;
}

static int copy(struct wq_arena *a, struct wq_str s, struct wq_str *out)
{
	char *p;
	int rc = 0;

	*out = wq_strn(NULL, 0);
	p = s.n ? room(a, s.n, &rc) : NULL;
	if (p)
		*out = wq_strn(memcpy(p, s.p, s.n), s.n);
	return rc;
}

/* At most so many bytes, whole characters. */
static struct wq_str cut(struct wq_str s, size_t max)
{
	if (s.n > max) {
		s.n = max;
		while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
			s.n--;
	}
	return s;
}

static enum wq_receive_kind kind_of_message(const struct wq_inbound_message *m)
{
	if (wq_str_is(m->type, "edit"))
		return WQ_RECEIVE_EDIT;
	if (wq_str_is(m->type, "revoke"))
		return WQ_RECEIVE_REVOKE;
	if (m->group_id.n)
		return WQ_RECEIVE_GROUP;
	if (wq_str_is(m->type, "system"))
		return WQ_RECEIVE_NOTICE;
	return m->referral.there ? WQ_RECEIVE_FREE : WQ_RECEIVE_MESSAGE;
}

/* False: it means nothing here. */
static bool kind_of(const struct wq_inbound *u, enum wq_receive_kind *kind)
{
	switch (u->kind) {
	case WQ_INBOUND_MESSAGE:
		*kind = kind_of_message(&u->message);
		return true;
	case WQ_INBOUND_ECHO:
		*kind = WQ_TOLD_HAND;
		return !u->message.group_id.n;
	case WQ_INBOUND_HISTORY:
		*kind = u->message.from_us ? WQ_TOLD_PAST_OUT : WQ_TOLD_PAST_IN;
		return !u->message.group_id.n;
	case WQ_INBOUND_USER_ID:
		*kind = WQ_TOLD_NAMES;
		return true;
	case WQ_INBOUND_CONTACT:
		*kind = WQ_TOLD_MET;
		return !wq_str_is(u->event.event, "remove");
	case WQ_INBOUND_PREFERENCE:
		*kind = wq_str_is(u->event.event, "stop") ? WQ_TOLD_NO_MARKETING
		                                          : WQ_TOLD_MARKETING;
		return true;
	default:
		return false;
	}
}

/* He goes by the names of both from now on, and none of them has gone over to somebody else. */
static int add_later(struct wq_receive_item *it, const struct wq_contact_names *n,
                     const struct wq_inbound_message *m, struct wq_arena *a)
{
	enum { BOTH_BYTES = 2 * WQ_CONTACT_DIGESTS_BYTES };
	const struct wq_inbound_person later = { .wa_id = m->new_wa_id,
		                                 .user_id = m->new_user_id,
		                                 .parent_id = m->new_parent_id };
	struct wq_contact_names *now;
	char *both;
	int rc;

	if (!later.wa_id.n && !later.user_id.n)
		return 0;
	now = room(a, sizeof(*now), &rc);
	both = now ? room(a, BOTH_BYTES, &rc) : NULL;
	if (both)
		rc = wq_contact_names_of(now, &later);
	if (rc < 0)
		return rc;
	snprintf(both, BOTH_BYTES, "%s %s", n->digests, now->digests);
	it->ids = wq_str(both);
	it->others = wq_str("");
	it->phone = now->phone.n ? now->phone : it->phone;
	it->wa_id = now->wa_id.n ? now->wa_id : it->wa_id;
	it->user_id = now->user_id.n ? now->user_id : it->user_id;
	it->parent_id = now->parent_id.n ? now->parent_id : it->parent_id;
	return 0;
}

/* 1: nobody. */
static int read_names(struct wq_receive_item *it, const struct wq_inbound *u, struct wq_arena *a)
{
	int rc;
	struct wq_contact_names *n = room(a, sizeof(*n), &rc);
	char *words = n ? room(a, WQ_CONTACT_WORDS_BYTES, &rc) : NULL;

	if (words)
		rc = wq_contact_names_of(n, &u->person);
	if (rc < 0)
		return rc;
	if (!n->digests[0])
		return 1;
	it->ids = wq_strn(n->digests, n->ids_n);
	it->others = wq_str(n->digests + n->ids_n);
	it->phone = n->phone;
	it->wa_id = n->wa_id;
	it->user_id = n->user_id;
	it->parent_id = n->parent_id;
	it->lid = n->lid;
	it->username = cut(n->username, WQ_CONTACT_NAME_MAX_BYTES);
	it->name = cut(n->name, WQ_CONTACT_NAME_MAX_BYTES);
	rc = add_later(it, n, &u->message, a);
	n->phone = it->phone;
	it->words = wq_contact_words(n, words);
	return rc;
}

/* A text says all that it is; of everything else the whole is kept, unless it is too large. */
static int read_data(struct wq_receive_item *it, const struct wq_inbound *u, struct wq_arena *a)
{
	const struct wq_inbound_message *m = &u->message;
	struct wq_buf b;
	struct wq_jsonw w;
	int rc;

	it->type = m->type;
	it->text = cut(m->text, WQ_RECEIVE_TEXT_MAX_BYTES);
	if (!u->value || (wq_str_is(m->type, "text") && !m->reply_id.n && !m->forwarded &&
	                  !m->referral.there && !m->group_id.n && !m->product_id.n))
		return 0;
	wq_buf_init(&b, WQ_RECEIVE_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_value(&w, u->value);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = copy(a, wq_buf_str(&b), &it->data);
	else if (rc == WQ_ETOOBIG)
		rc = 0;
	wq_buf_fini(&b);
	return rc;
}

/* What names a message in the account's part of Redis; one without an id is told from others by what it holds. */
static int read_refs(struct wq_receiving_item *out, const struct wq_inbound *u)
{
	int rc = 0;

	if (u->id.n)
		rc = wq_person_of(u->id, out->ref);
	else
		wq_hex_encode(u->dedup.p, WQ_PERSON_HEX_BYTES / 2, out->ref);
	if (rc == 0 && u->message.target_id.n)
		rc = wq_person_of(u->message.target_id, out->target);
	out->it.ref = wq_str(out->ref);
	out->it.target = wq_str(out->target);
	return rc;
}

/* Nothing points into the job's document any more. */
static int keep(struct wq_receive_item *it, struct wq_arena *a)
{
	struct wq_str *const all[] = { &it->pid,       &it->wa_id,    &it->user_id,
		                       &it->parent_id, &it->username, &it->name,
		                       &it->type,      &it->text };
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(all) && rc == 0; i++)
		rc = copy(a, *all[i], all[i]);
	return rc;
}

int wq_receiving_item(struct wq_receiving_item *out, const struct wq_inbound *u,
                      const struct wq_keywords *own, struct wq_arena *a)
{
	struct wq_receive_item *it = &out->it;
	int rc;

	*out = (struct wq_receiving_item){ .it = { .at_ms = u->time_ms } };
	if (!kind_of(u, &it->kind))
		return 1;
	rc = read_names(it, u, a);
	if (rc != 0)
		return rc;
	if (u->id.n <= WQ_PROVIDER_ID_MAX_BYTES)
		it->pid = u->id;
	if (it->kind <= WQ_TOLD_PAST_OUT)
		rc = read_data(it, u, a);
	if (rc == 0)
		rc = read_refs(out, u);
	if (rc == 0)
		rc = wq_contact_id(out->id);
	it->id = wq_str(out->id);
	if (it->kind == WQ_RECEIVE_MESSAGE || it->kind == WQ_RECEIVE_FREE)
		it->wish = wq_str(wq_wish_name(wq_keyword_wish(it->text, own)));
	return rc == 0 ? keep(it, a) : rc;
}
