/* SPDX-License-Identifier: MIT */
/* message_view.c — fields of the record to members, its rows to a timeline. */
#include "app/api/message_view.h"

#include "base/limits.h"

static void text(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	if (!value.n)
		return;
	wq_jsonw_put_str(w, key, value);
}

static void moment(struct wq_jsonw *w, const struct wq_redis_cmd *cmd, const char *key,
                   const char *field)
{
	int64_t at = wq_letter_number(cmd, field);

	if (!at)
		return;
	wq_jsonw_put_int(w, key, at);
}

/* JSON that was kept as text; what is none is shown as text. */
static void json(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	yyjson_doc *doc;

	if (!value.n)
		return;
	wq_jsonw_key(w, key);
	if (wq_json_parse(&doc, value, WQ_JOB_JSON_DEPTH_MAX) == 0)
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
	else
		wq_jsonw_str(w, value);
	wq_json_free(doc);
}

/* "MS WORD DETAIL" */
static void timeline(struct wq_jsonw *w, struct wq_str rows)
{
	struct wq_str row, at, word;
	uint64_t ms;

	wq_jsonw_key(w, "timeline");
	wq_jsonw_array(w);
	while (wq_str_next(&rows, '\n', &row)) {
		if (!wq_str_next(&row, ' ', &at) || !wq_str_to_u64(at, INT64_MAX, &ms) ||
		    !wq_str_next(&row, ' ', &word))
			continue;
		wq_jsonw_object(w);
		wq_jsonw_put_int(w, "at", (int64_t)ms);
		text(w, "event", word);
		text(w, "details", row);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

static void error(struct wq_jsonw *w, const struct wq_redis_cmd *cmd)
{
	struct wq_str why = wq_letter_field(cmd, "why");

	if (!why.n)
		return;
	wq_jsonw_key(w, "error");
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "code", wq_letter_number(cmd, "code"));
	text(w, "message", why);
	wq_jsonw_object_end(w);
}

void wq_view_message(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_cmd *cmd)
{
	static const struct {
		const char *key, *field;
	} moments[] = {
		{ "created_at", "made" },           { "scheduled_at", "due" },
		{ "accepted_at", "at_accepted" },   { "sent_at", "at_sent" },
		{ "delivered_at", "at_delivered" }, { "read_at", "at_read" },
		{ "played_at", "at_played" },       { "failed_at", "at_failed" },
		{ "cancelled_at", "at_cancelled" }, { "unconfirmed_at", "at_unconfirmed" },
	};

	wq_jsonw_object(w);
	text(w, "id", id);
	text(w, "state", wq_letter_field(cmd, "state"));
	text(w, "reference", wq_letter_field(cmd, "ref"));
	text(w, "ledger", wq_letter_field(cmd, "led"));
	text(w, "provider_message_id", wq_letter_field(cmd, "pid"));
	wq_jsonw_put_int(w, "attempts", wq_letter_number(cmd, "att"));
	for (size_t i = 0; i < WQ_COUNT(moments); i++)
		moment(w, cmd, moments[i].key, moments[i].field);
	error(w, cmd);
	json(w, "price", wq_letter_field(cmd, "price"));
	json(w, "message", wq_letter_field(cmd, "data"));
	timeline(w, wq_letter_field(cmd, "tl"));
	wq_jsonw_object_end(w);
}
