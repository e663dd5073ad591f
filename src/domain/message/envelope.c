/* SPDX-License-Identifier: MIT */
/* envelope.c — everything of a message but its content: to whom, for whom, when, how urgently. */
#include <math.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/calendar.h"
#include "base/limits.h"
#include "domain/message/rule.h"
#include "queue/when.h"

/* A number below is in seconds: as ms it would lie before 1973, as seconds it reaches to the year 5138. */
#define SECONDS_BELOW 1e11

static const char *name_of(struct wq_reading *r, struct wq_spot s)
{
	return wq_reading_join(r, "", s.key);
}

struct wq_str wq_reading_text(struct wq_reading *r, struct wq_spot s, size_t chars_max)
{
	struct wq_str text = wq_json_str(s.v);
	char *p;

	if (!s.v || r->rc != 0)
		return wq_strn(NULL, 0);
	if (yyjson_is_int(s.v)) {
		p = wq_reading_room(r, 24);
		if (!p)
			return wq_strn(NULL, 0);
		text.p = p;
		text.n = (size_t)(yyjson_is_sint(s.v)
		                          ? snprintf(p, 24, "%lld", (long long)yyjson_get_sint(s.v))
		                          : snprintf(p, 24, "%llu",
		                                     (unsigned long long)yyjson_get_uint(s.v)));
	}
	if (!text.p)
		(void)wq_reading_fail(r, name_of(r, s), 0, "is no text");
	else if (wq_chars(text) > chars_max)
		(void)wq_reading_fail(r, name_of(r, s), (int64_t)chars_max,
		                      "is longer than %zu characters", chars_max);
	for (size_t i = 0; r->rc == 0 && i < text.n; i++)
		if (wq_str_is_control(text, i))
			(void)wq_reading_fail(r, name_of(r, s), 0, "has a control character in it");
	return r->rc == 0 && text.n ? text : wq_strn(NULL, 0);
}

/* JSON's own, and what forms make of it. */
bool wq_reading_flag(struct wq_reading *r, struct wq_spot s)
{
	struct wq_str text = wq_json_str(s.v);

	if (!s.v || yyjson_is_false(s.v) || wq_str_is(text, "false"))
		return false;
	if (yyjson_is_true(s.v) || wq_str_is(text, "true"))
		return true;
	return wq_reading_fail(r, name_of(r, s), 0, "is neither true nor false");
}

void wq_reading_to(struct wq_reading *r, struct wq_spot s)
{
	struct wq_str to = wq_reading_text(r, s, WQ_WA_ADDRESS_MAX_BYTES);
	bool group = r->m->recipient == WQ_RECIPIENT_GROUP;
	const char *why = r->rc == 0 && to.p ? wq_recipient_read(r, to, group) : NULL;

	if (why)
		(void)wq_reading_fail(r, name_of(r, s), 0, "%s", why);
}

/* Without an offset it is UTC: whose zone it should be otherwise, nobody here knows. */
static bool parse_date(struct wq_str text, int64_t *ms)
{
	enum { DATE_BYTES = 10 };
	char with_zone[48];
	bool has_time = text.n > DATE_BYTES;

	if (text.n + 1 >= sizeof(with_zone) || text.n < DATE_BYTES)
		return false;
	for (size_t i = DATE_BYTES; i < text.n; i++)
		if (strchr("zZ+-", text.p[i]))
			return text.p[i] != '\0' && wq_when_parse(text, NULL, ms);
	memcpy(with_zone, text.p, text.n);
	with_zone[text.n] = 'Z';
	return wq_when_parse(wq_strn(with_zone, text.n + has_time), NULL, ms);
}

static int64_t read_moment(struct wq_reading *r, struct wq_spot s)
{
	struct wq_str text = wq_str_trim(wq_json_str(s.v));
	uint64_t digits = 0;
	double number;
	int64_t ms = 0;

	if (!s.v || r->rc != 0 || (text.p && text.n == 0))
		return 0;
	if (text.p && !wq_str_to_u64(text, WQ_TIMESTAMP_MAX_MS, &digits)) {
		if (!parse_date(text, &ms))
			(void)wq_reading_fail(r, name_of(r, s), 0,
			                      "is no date in ISO 8601, and no number of seconds or "
			                      "milliseconds since 1970");
		return ms;
	}
	number = text.p ? (double)digits : yyjson_is_num(s.v) ? yyjson_get_num(s.v) : NAN;
	if (fabs(number) < SECONDS_BELOW)
		number *= 1000;
	if (!(fabs(number) <= (double)WQ_TIMESTAMP_MAX_MS)) {
		(void)wq_reading_fail(r, name_of(r, s), 0, "is no moment");
		return 0;
	}
	return (int64_t)number;
}

static void read_times(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot at = wq_reading_find(
		root, "scheduledAt scheduled_at scheduledFor scheduled_for sendAt send_at");
	struct wq_spot until = wq_reading_find(root, "expiresAt expires_at");
	const int64_t ahead_ms = WQ_MESSAGE_SCHEDULE_MAX_DAYS * WQ_DAY_MS;
	int64_t ms = read_moment(r, at);

	if (ms > r->now_ms + ahead_ms)
		(void)wq_reading_fail(r, name_of(r, at), WQ_MESSAGE_SCHEDULE_MAX_DAYS,
		                      "is more than %d days ahead", WQ_MESSAGE_SCHEDULE_MAX_DAYS);
	r->m->scheduled_ms = ms > r->now_ms ? ms : 0;
	ms = read_moment(r, until);
	if (ms && (double)ms < SECONDS_BELOW)
		(void)wq_reading_fail(r, name_of(r, until), 0, "is before 1973");
	else if (ms && r->m->scheduled_ms > ms)
		(void)wq_reading_fail(r, name_of(r, until), 0, "is before the message is sent");
	r->m->expires_ms = ms;
}

static void read_priority(struct wq_reading *r, struct wq_spot s)
{
	static const struct {
		const char *word;
		unsigned priority;
	} words[] = {
		{ "critical", WQ_PRIORITY_CRITICAL }, { "urgent", WQ_PRIORITY_CRITICAL },
		{ "high", WQ_PRIORITY_HIGH },         { "normal", WQ_PRIORITY_NORMAL },
		{ "medium", WQ_PRIORITY_NORMAL },     { "default", WQ_PRIORITY_NORMAL },
		{ "low", WQ_PRIORITY_LOW },
	};
	struct wq_str text = wq_str_trim(wq_json_str(s.v));
	uint64_t n = 0;

	if (!s.v || (text.p && text.n == 0))
		return;
	for (size_t i = 0; i < WQ_COUNT(words); i++) {
		if (wq_str_is_nocase(text, words[i].word)) {
			r->m->priority = words[i].priority;
			return;
		}
	}
	if (yyjson_is_num(s.v) && yyjson_get_num(s.v) == floor(yyjson_get_num(s.v)) &&
	    fabs(yyjson_get_num(s.v)) <= WQ_PRIORITY_MAX)
		n = yyjson_get_num(s.v) < 0 ? 0 : (uint64_t)yyjson_get_num(s.v);
	else if (text.p)
		(void)wq_str_to_u64(text, WQ_PRIORITY_MAX, &n);
	if (n < 1)
		(void)wq_reading_fail(
			r, name_of(r, s), WQ_PRIORITY_MAX,
			"is none of critical, high, normal, low, and no whole number from 1 to %d",
			WQ_PRIORITY_MAX);
	else
		r->m->priority = (unsigned)n;
}

static void read_class(struct wq_reading *r, struct wq_spot s)
{
	struct wq_str text = wq_reading_text(r, s, WQ_MESSAGE_NAME_MAX_CHARS);

	if (!text.p)
		return;
	for (int i = 0; i < WQ_CLASSES; i++) {
		if (wq_str_is_nocase(text, wq_send_class_names[i])) {
			r->m->send_class = (enum wq_send_class)i;
			return;
		}
	}
	(void)wq_reading_fail(r, name_of(r, s), 0,
	                      "is none of strict, at-least-once, at-most-once");
}

static void read_reply(struct wq_reading *r, yyjson_val *root)
{
	struct wq_spot s = wq_reading_find(root,
	                                   "replyTo reply_to replyToMessageId quotedMessageId");
	yyjson_val *context = wq_reading_get(root, wq_str("context"));
	struct wq_spot id = wq_reading_find(context, "message_id messageId id");

	if (yyjson_is_obj(s.v))
		s.v = wq_reading_find(s.v, "message_id messageId id").v;
	r->m->reply_to = wq_reading_text(r, s.v ? s : id, WQ_WA_MESSAGE_ID_MAX_CHARS);
}

void wq_reading_common(struct wq_reading *r, yyjson_val *root)
{
	struct wq_message *m = r->m;
	const struct {
		struct wq_str *out;
		const char *names;
		size_t chars_max;
	} texts[] = {
		{ &m->business, "businessId business_id", WQ_MESSAGE_NAME_MAX_CHARS },
		{ &m->account,
		  "account accountId account_id instanceName instance phoneNumberId phone_number_id",
		  WQ_MESSAGE_NAME_MAX_CHARS },
		{ &m->conversation, "conversationId conversation_id", WQ_MESSAGE_NAME_MAX_CHARS },
		{ &m->reference, "reference", WQ_WA_OPAQUE_MAX_CHARS },
		{ &m->identity, "identityHash identity_hash", WQ_WA_OPAQUE_MAX_CHARS },
	};

	for (size_t i = 0; i < WQ_COUNT(texts); i++)
		*texts[i].out = wq_reading_text(r, wq_reading_find(root, texts[i].names),
		                                texts[i].chars_max);
	read_reply(r, root);
	read_times(r, root);
	read_priority(r, wq_reading_find(root, "priority"));
	read_class(r, wq_reading_find(root, "class sendClass send_class"));
	m->forced = wq_reading_flag(r, wq_reading_find(root, "force forced"));
	m->bulk = wq_reading_flag(r, wq_reading_find(root, "bulk"));
}
