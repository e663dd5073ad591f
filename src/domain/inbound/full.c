/* SPDX-License-Identifier: MIT */
/* full.c — the model as JSON, member by member. */
#include <stddef.h>

#include "base/assert.h"
#include "base/hmac.h"
#include "domain/inbound/job.h"
#include "domain/inbound/write.h"

#define OF(type, member, name)                          \
	{                                               \
		(name), offsetof(struct type, member) \
	}

static const struct wq_write_slice update_slices[] = {
	OF(wq_inbound, field, "field"),
	OF(wq_inbound, business, "business"),
	OF(wq_inbound, number, "number"),
	OF(wq_inbound, number_display, "numberDisplay"),
	OF(wq_inbound, id, "id"),
	OF(wq_inbound, conversation, "conversation"),
};
static const struct wq_write_slice person_slices[] = {
	OF(wq_inbound_person, phone, "phone"),
	OF(wq_inbound_person, wa_id, "waId"),
	OF(wq_inbound_person, user_id, "userId"),
	OF(wq_inbound_person, parent_id, "parentUserId"),
	OF(wq_inbound_person, lid, "lid"),
	OF(wq_inbound_person, name, "name"),
	OF(wq_inbound_person, username, "username"),
	OF(wq_inbound_person, identity_hash, "identityHash"),
};
static const struct wq_write_slice message_slices[] = {
	OF(wq_inbound_message, type, "type"),
	OF(wq_inbound_message, inner_type, "innerType"),
	OF(wq_inbound_message, text, "text"),
	OF(wq_inbound_message, group_id, "groupId"),
	OF(wq_inbound_message, reply_id, "replyTo"),
	OF(wq_inbound_message, reply_from, "replyFrom"),
	OF(wq_inbound_message, catalog_id, "catalogId"),
	OF(wq_inbound_message, product_id, "productId"),
	OF(wq_inbound_message, target_id, "targetId"),
	OF(wq_inbound_message, emoji, "emoji"),
	OF(wq_inbound_message, media_id, "mediaId"),
	OF(wq_inbound_message, media_url, "mediaUrl"),
	OF(wq_inbound_message, media_mime, "mediaMime"),
	OF(wq_inbound_message, media_sha256, "mediaSha256"),
	OF(wq_inbound_message, media_name, "mediaName"),
	OF(wq_inbound_message, choice_id, "choiceId"),
	OF(wq_inbound_message, choice_title, "choiceTitle"),
	OF(wq_inbound_message, choice_details, "choiceDetails"),
	OF(wq_inbound_message, form, "form"),
	OF(wq_inbound_message, place_name, "placeName"),
	OF(wq_inbound_message, place_address, "placeAddress"),
	OF(wq_inbound_message, place_url, "placeUrl"),
	OF(wq_inbound_message, system_type, "systemType"),
	OF(wq_inbound_message, new_wa_id, "newWaId"),
	OF(wq_inbound_message, new_user_id, "newUserId"),
	OF(wq_inbound_message, new_parent_id, "newParentUserId"),
	OF(wq_inbound_message, history_status, "historyStatus"),
};
static const struct wq_write_slice referral_slices[] = {
	OF(wq_inbound_referral, source_url, "sourceUrl"),
	OF(wq_inbound_referral, source_id, "sourceId"),
	OF(wq_inbound_referral, source_type, "sourceType"),
	OF(wq_inbound_referral, headline, "headline"),
	OF(wq_inbound_referral, body, "body"),
	OF(wq_inbound_referral, clid, "clid"),
	OF(wq_inbound_referral, media_type, "mediaType"),
	OF(wq_inbound_referral, media_url, "mediaUrl"),
	OF(wq_inbound_referral, thumbnail_url, "thumbnailUrl"),
};
static const struct wq_write_slice status_slices[] = {
	OF(wq_inbound_status, word, "word"),
	OF(wq_inbound_status, group_id, "groupId"),
	OF(wq_inbound_status, participant, "participant"),
	OF(wq_inbound_status, opaque, "opaque"),
	OF(wq_inbound_status, conversation_id, "conversationId"),
	OF(wq_inbound_status, conversation_type, "conversationType"),
	OF(wq_inbound_status, pricing_model, "pricingModel"),
	OF(wq_inbound_status, pricing_type, "pricingType"),
	OF(wq_inbound_status, pricing_category, "pricingCategory"),
};
static const struct wq_write_slice event_slices[] = {
	OF(wq_inbound_event, event, "event"),
	OF(wq_inbound_event, reason, "reason"),
	OF(wq_inbound_event, details, "details"),
	OF(wq_inbound_event, was, "was"),
	OF(wq_inbound_event, now, "now"),
	OF(wq_inbound_event, subject_id, "subjectId"),
	OF(wq_inbound_event, subject_name, "subjectName"),
	OF(wq_inbound_event, subject_type, "subjectType"),
	OF(wq_inbound_event, language, "language"),
	OF(wq_inbound_event, category, "category"),
	OF(wq_inbound_event, severity, "severity"),
	OF(wq_inbound_event, limit, "limit"),
};

static void write_referral(struct wq_jsonw *w, const struct wq_inbound_referral *r)
{
	if (!r->there)
		return;
	wq_jsonw_key(w, "referral");
	wq_jsonw_object(w);
	wq_write_slices(w, r, referral_slices, WQ_COUNT(referral_slices));
	wq_jsonw_object_end(w);
}

static void write_message(struct wq_jsonw *w, const struct wq_inbound_message *m)
{
	wq_jsonw_key(w, "message");
	wq_jsonw_object(w);
	wq_write_slices(w, m, message_slices, WQ_COUNT(message_slices));
	wq_write_true(w, "forwarded", m->forwarded);
	wq_write_true(w, "forwardedOften", m->forwarded_often);
	wq_write_true(w, "voice", m->voice);
	wq_write_true(w, "animated", m->animated);
	wq_write_true(w, "byApi", m->by_api);
	if (m->has_place) {
		wq_jsonw_key(w, "latitude");
		wq_jsonw_float(w, m->latitude);
		wq_jsonw_key(w, "longitude");
		wq_jsonw_float(w, m->longitude);
	}
	write_referral(w, &m->referral);
	wq_jsonw_object_end(w);
}

static void write_status(struct wq_jsonw *w, const struct wq_inbound_status *s)
{
	wq_jsonw_key(w, "status");
	wq_jsonw_object(w);
	wq_write_str(w, "state", wq_str(wq_message_state_name(s->state)));
	wq_write_slices(w, s, status_slices, WQ_COUNT(status_slices));
	wq_write_time(w, "expires", s->expires_ms);
	if (s->has_pricing)
		wq_jsonw_put_bool(w, "billable", s->billable);
	wq_jsonw_object_end(w);
}

static void write_told(struct wq_jsonw *w, const char *key, int64_t v)
{
	if (v < 0)
		return;
	wq_jsonw_put_int(w, key, v);
}

static void write_event(struct wq_jsonw *w, const struct wq_inbound_event *e)
{
	wq_jsonw_key(w, "event");
	wq_jsonw_object(w);
	wq_write_slices(w, e, event_slices, WQ_COUNT(event_slices));
	wq_write_time(w, "until", e->until_ms);
	write_told(w, "phase", e->phase);
	write_told(w, "chunk", e->chunk);
	write_told(w, "progress", e->progress);
	wq_jsonw_object_end(w);
}

static void write_person(struct wq_jsonw *w, const struct wq_inbound_person *p)
{
	wq_jsonw_key(w, "person");
	wq_jsonw_object(w);
	wq_write_slices(w, p, person_slices, WQ_COUNT(person_slices));
	wq_jsonw_object_end(w);
}

static void write_error(struct wq_jsonw *w, const struct wq_inbound_error *e)
{
	if (!e->code && !e->title.p && !e->message.p && !e->details.p)
		return;
	wq_jsonw_key(w, "error");
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "code", e->code);
	wq_write_str(w, "title", e->title);
	wq_write_str(w, "message", e->message);
	wq_write_str(w, "details", e->details);
	wq_jsonw_object_end(w);
}

static void write_dedup(struct wq_jsonw *w, struct wq_str dedup)
{
	char hex[64];

	if (dedup.n == 0 || 2 * dedup.n > sizeof(hex))
		return;
	wq_hex_encode(dedup.p, dedup.n, hex);
	wq_write_str(w, "dedup", wq_strn(hex, 2 * dedup.n));
}

void wq_inbound_write_full(struct wq_jsonw *w, const struct wq_inbound *u)
{
	bool written = u->kind == WQ_INBOUND_MESSAGE || u->kind == WQ_INBOUND_ECHO ||
	               (u->kind == WQ_INBOUND_HISTORY && u->message.type.p);

	wq_jsonw_object(w);
	wq_write_str(w, "kind", wq_str(wq_inbound_kind_name(u->kind)));
	wq_write_str(w, "provider", wq_str(wq_provider_name(u->provider)));
	wq_write_slices(w, u, update_slices, WQ_COUNT(update_slices));
	write_dedup(w, u->dedup);
	wq_write_time(w, "time", u->time_ms);
	wq_write_time(w, "received", u->received_ms);
	write_person(w, &u->person);
	write_error(w, &u->error);
	if (written)
		write_message(w, &u->message);
	else if (u->kind == WQ_INBOUND_STATUS)
		write_status(w, &u->status);
	else
		write_event(w, &u->event);
	if (u->kind == WQ_INBOUND_USER_ID)
		wq_write_str(w, "newParentUserId", u->message.new_parent_id);
	wq_jsonw_object_end(w);
}
