/* SPDX-License-Identifier: MIT */
/* pending_view.c — an entry with what its contact is, so that a person can decide at once. */
#include "app/api/pending_view.h"

#include <stdio.h>

#include "base/limits.h"

enum { NAME_BYTES = 256 };

static void text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	if (s.n)
		wq_jsonw_str(w, s);
	else
		wq_jsonw_null(w);
}

static void moment(struct wq_jsonw *w, const char *key, int64_t ms)
{
	wq_jsonw_key(w, key);
	if (ms > 0)
		wq_jsonw_int(w, ms);
	else
		wq_jsonw_null(w);
}

/* An id with its account behind it. */
static void outside(struct wq_jsonw *w, const char *key, struct wq_str id, struct wq_str account)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "%.*s.%.*s", WQ_STR_ARG(id), WQ_STR_ARG(account));
	text(w, key, id.n ? wq_str(name) : id);
}

static void contact(struct wq_jsonw *w, const struct wq_pending *p, struct wq_str account,
                    int64_t now_ms)
{
	wq_jsonw_key(w, "contact");
	wq_jsonw_object(w);
	outside(w, "id", p->contact, account);
	text(w, "name", p->name);
	text(w, "phone", p->phone);
	text(w, "user_id", p->user_id);
	text(w, "lid", p->lid);
	text(w, "assigned", p->assigned);
	wq_jsonw_put_bool(w, "window_open", p->window_ms > now_ms);
	moment(w, "window_until", p->window_ms);
	moment(w, "free_until", p->free_ms);
	wq_jsonw_put_bool(w, "opted_out", p->opted_out);
	wq_jsonw_put_bool(w, "blocked", p->blocked);
	wq_jsonw_object_end(w);
}

/* What is broken is shown as text. */
static void message(struct wq_jsonw *w, struct wq_str data)
{
	yyjson_doc *doc;

	wq_jsonw_key(w, "message");
	if (!data.n) {
		wq_jsonw_null(w);
		return;
	}
	if (wq_json_parse(&doc, data, WQ_JOB_JSON_DEPTH_MAX) != 0) {
		wq_jsonw_str(w, data);
		return;
	}
	wq_jsonw_value(w, yyjson_doc_get_root(doc));
	wq_json_free(doc);
}

void wq_view_pending(struct wq_jsonw *w, const struct wq_pending *p, struct wq_str account,
                     int64_t now_ms)
{
	bool taken = wq_str_is(p->state, "taken");

	wq_jsonw_object(w);
	outside(w, "id", p->id, account);
	text(w, "account", account);
	text(w, "state", p->state);
	text(w, "reason", p->why);
	wq_jsonw_put_int(w, "priority", p->priority);
	contact(w, p, account, now_ms);
	text(w, "text", p->text);
	message(w, p->data);
	text(w, "note", p->note);
	text(w, "sequence", p->sequence);
	wq_jsonw_key(w, "step");
	if (p->step >= 0)
		wq_jsonw_int(w, p->step);
	else
		wq_jsonw_null(w);
	text(w, "by", p->by);
	text(w, "message_id", p->message);
	moment(w, "created_at", p->made_ms);
	moment(w, "expires_at", p->ends_ms);
	moment(w, "changed_at", p->at_ms);
	moment(w, "taken_until", taken ? p->lease_ms : 0);
	wq_jsonw_object_end(w);
}

void wq_view_pending_counts(struct wq_jsonw *w, const struct wq_redis_cmd *cmd)
{
	struct wq_pending_counts c;
	struct wq_str why;
	int64_t n;

	wq_pending_counts_answer(cmd, &c);
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "total", c.total);
	wq_jsonw_put_int(w, "open", c.total - c.taken);
	wq_jsonw_put_int(w, "taken", c.taken);
	moment(w, "oldest_at", c.oldest_ms);
	wq_jsonw_key(w, "by_priority");
	wq_jsonw_array(w);
	for (size_t i = 0; i < WQ_PENDING_PRIORITY_MAX; i++)
		wq_jsonw_int(w, c.of_priority[i]);
	wq_jsonw_array_end(w);
	wq_jsonw_key(w, "by_reason");
	wq_jsonw_object(w);
	for (size_t i = 0; wq_pending_counts_why(cmd, i, &why, &n); i++) {
		wq_jsonw_key_str(w, why);
		wq_jsonw_int(w, n);
	}
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}
