/* SPDX-License-Identifier: MIT */
/* contact_view.c — fields of a record to members. */
#include "app/api/contact_view.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

static void text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void moment(struct wq_jsonw *w, const char *key, int64_t ms)
{
	if (!ms)
		return;
	wq_jsonw_put_int(w, key, ms);
}

static void id_of(struct wq_jsonw *w, const char *key, struct wq_str id, struct wq_str account)
{
	char whole[WQ_MESSAGE_ID_MAX_BYTES + 1];

	wq_jsonw_key(w, key);
	snprintf(whole, sizeof(whole), "%.*s.%.*s", WQ_STR_ARG(id), WQ_STR_ARG(account));
	wq_jsonw_text(w, whole);
}

static void tags(struct wq_jsonw *w, struct wq_str all)
{
	struct wq_str tag;

	wq_jsonw_key(w, "tags");
	wq_jsonw_array(w);
	while (all.n && wq_str_next(&all, ' ', &tag))
		if (tag.n)
			wq_jsonw_str(w, tag);
	wq_jsonw_array_end(w);
}

static void attributes(struct wq_jsonw *w, const struct wq_redis_value *fields)
{
	size_t n = wq_redis_count(fields);

	wq_jsonw_key(w, "attributes");
	wq_jsonw_object(w);
	for (size_t i = 0; i + 1 < n; i += 2) {
		struct wq_str name = wq_redis_str(wq_redis_at(fields, i));

		if (!wq_str_starts(name, "a:"))
			continue;
		wq_jsonw_key_str(w, wq_strn(name.p + 2, name.n - 2));
		wq_jsonw_str(w, wq_redis_str(wq_redis_at(fields, i + 1)));
	}
	wq_jsonw_object_end(w);
}

static void names(struct wq_jsonw *w, const struct wq_redis_value *f)
{
	static const struct {
		const char *key, *field;
	} all[] = {
		{ "phone", "phone" },         { "wa_id", "wa_id" },   { "user_id", "user_id" },
		{ "parent_id", "parent_id" }, { "lid", "lid" },       { "username", "username" },
		{ "name", "name" },           { "language", "lang" }, { "timezone", "zone" },
		{ "assigned", "assigned" },
	};

	for (size_t i = 0; i < WQ_COUNT(all); i++)
		text(w, all[i].key, wq_contact_field(f, all[i].field));
}

static void states(struct wq_jsonw *w, const struct wq_redis_value *f, int64_t now_ms)
{
	int64_t window = wq_contact_number(f, "window"), fep = wq_contact_number(f, "fep");
	int64_t out = wq_contact_number(f, "optout"), blocked = wq_contact_number(f, "blocked");

	wq_jsonw_put_int(w, "unread", wq_contact_number(f, "unread"));
	wq_jsonw_put_bool(w, "window_open", window > now_ms);
	moment(w, "window_until", window);
	moment(w, "free_until", fep);
	wq_jsonw_put_bool(w, "opted_out", out > 0);
	moment(w, "opted_out_at", out);
	text(w, "opt_out_reason", wq_contact_field(f, "optout_why"));
	wq_jsonw_put_bool(w, "blocked", blocked > 0);
	moment(w, "blocked_at", blocked);
	text(w, "block", wq_contact_field(f, "blk_state"));
	moment(w, "created_at", wq_contact_number(f, "made"));
	moment(w, "last_at", wq_contact_number(f, "last"));
	moment(w, "last_in_at", wq_contact_number(f, "in_at"));
	moment(w, "last_out_at", wq_contact_number(f, "out_at"));
	wq_jsonw_put_int(w, "revision", wq_contact_number(f, "rev"));
}

static void work(struct wq_jsonw *w, const struct wq_contact_row *r)
{
	wq_jsonw_put_int(w, "pending", r->pending);
	wq_jsonw_key(w, "sequence");
	if (!r->sequence.n) {
		wq_jsonw_null(w);
		return;
	}
	wq_jsonw_object(w);
	text(w, "id", r->sequence);
	text(w, "state", r->enrolment);
	wq_jsonw_put_int(w, "step", r->step);
	moment(w, "due_at", r->due_ms);
	wq_jsonw_object_end(w);
}

void wq_view_contact(struct wq_jsonw *w, const struct wq_contact_row *r, struct wq_str account,
                     enum wq_contact_detail detail, int64_t now_ms)
{
	wq_jsonw_object(w);
	id_of(w, "id", r->id, account);
	text(w, "account", account);
	names(w, r->fields);
	tags(w, wq_contact_field(r->fields, "tags"));
	attributes(w, r->fields);
	states(w, r->fields, now_ms);
	if (detail == WQ_CONTACT_WHOLE)
		work(w, r);
	if (detail == WQ_CONTACT_CONVERSATION) {
		wq_jsonw_key(w, "last_message");
		if (r->mark.n)
			wq_view_said(w, r, account);
		else
			wq_jsonw_null(w);
	}
	wq_jsonw_object_end(w);
}

/* JSON that was kept as text; what is none is left out. */
static void json(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	yyjson_doc *doc;

	if (s.n && wq_json_parse(&doc, s, WQ_JOB_JSON_DEPTH_MAX) == 0) {
		wq_jsonw_key(w, key);
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
		wq_json_free(doc);
	}
}

static void text_of_ours(struct wq_jsonw *w, yyjson_val *message)
{
	text(w, "type", wq_json_get_str(message, "type"));
	text(w, "text", wq_json_get_str(wq_json_get(message, "text"), "body"));
}

static void ours(struct wq_jsonw *w, const struct wq_redis_value *f)
{
	static const struct {
		const char *key, *field;
	} moments[] = { { "accepted_at", "at_accepted" },
		        { "sent_at", "at_sent" },
		        { "delivered_at", "at_delivered" },
		        { "read_at", "at_read" },
		        { "failed_at", "at_failed" } };
	yyjson_doc *doc = NULL;

	text(w, "state", wq_contact_field(f, "state"));
	text(w, "provider_message_id", wq_contact_field(f, "pid"));
	text(w, "reference", wq_contact_field(f, "ref"));
	text(w, "error", wq_contact_field(f, "why"));
	for (size_t i = 0; i < WQ_COUNT(moments); i++)
		moment(w, moments[i].key, wq_contact_number(f, moments[i].field));
	if (wq_json_parse(&doc, wq_contact_field(f, "data"), WQ_JOB_JSON_DEPTH_MAX) == 0) {
		text_of_ours(w, yyjson_doc_get_root(doc));
		wq_jsonw_key(w, "message");
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
	}
	wq_json_free(doc);
}

void wq_view_said(struct wq_jsonw *w, const struct wq_contact_row *r, struct wq_str account)
{
	struct wq_str id = wq_strn(r->mark.p + 1, r->mark.n - 1);
	char kind = r->mark.p[0];

	wq_jsonw_object(w);
	text(w, "id", id);
	text(w, "direction", wq_str(kind == 'i' ? "in" : "out"));
	text(w, "source", wq_str(kind == 'i' ? "customer" : kind == 'o' ? "willaq" : "manual"));
	moment(w, "at", r->at_ms);
	(void)account;
	if (kind == 'o') {
		ours(w, r->said);
	} else {
		text(w, "type", wq_contact_field(r->said, "type"));
		text(w, "text", wq_contact_field(r->said, "text"));
		text(w, "provider_message_id", wq_contact_field(r->said, "pid"));
		json(w, "message", wq_contact_field(r->said, "data"));
		json(w, "media", wq_contact_field(r->said, "media"));
	}
	wq_jsonw_object_end(w);
}

struct note {
	struct wq_str id, json;
};

static int by_id(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	int c = memcmp(x->id.p, y->id.p, x->id.n < y->id.n ? x->id.n : y->id.n);

	return c ? c : (x->id.n > y->id.n) - (x->id.n < y->id.n);
}

size_t wq_view_notes(struct wq_jsonw *w, const struct wq_redis_value *notes)
{
	struct note all[WQ_CONTACT_NOTES_MAX];
	size_t n = wq_redis_count(notes) / 2;

	if (n > WQ_COUNT(all))
		n = WQ_COUNT(all);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct note){ wq_redis_str(wq_redis_at(notes, 2 * i)),
			                wq_redis_str(wq_redis_at(notes, 2 * i + 1)) };
	if (n > 1)
		qsort(all, n, sizeof(all[0]), by_id);
	wq_jsonw_array(w);
	for (size_t i = 0; i < n; i++) {
		yyjson_doc *doc = NULL;

		(void)wq_json_parse(&doc, all[i].json, WQ_API_JSON_DEPTH_MAX);
		wq_jsonw_object(w);
		text(w, "id", all[i].id);
		moment(w, "at", wq_json_get_int(yyjson_doc_get_root(doc), "at", 0));
		text(w, "by", wq_json_get_str(yyjson_doc_get_root(doc), "by"));
		text(w, "text", wq_json_get_str(yyjson_doc_get_root(doc), "text"));
		wq_jsonw_object_end(w);
		wq_json_free(doc);
	}
	wq_jsonw_array_end(w);
	return n;
}
