/* SPDX-License-Identifier: MIT */
/* twilio.c — the manners that every route of Twilio's shares: credentials, errors, a message as it is shown. */
#include "app/sandbox/twilio.h"

#include <stdio.h>
#include <time.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"

enum { ERROR_MAX_BYTES = 2048, CREDENTIALS_MAX_BYTES = 512, SID_CHARS_MAX = 64, DATE_BYTES = 40, STATUS_BAD = 400 };

static const struct {
	int code, status;
	const char *message;
} rows[] = {
	{ 20001, 400, "Invalid parameter" },
	{ 20003, 401, "Authenticate" },
	{ 20404, 404, "The requested resource was not found" },
	{ 20429, 429, "Too Many Requests" },
	{ 20500, 500, "An internal server error has occurred" },
	{ 21211, 400, "The 'To' number is not a valid phone number." },
	{ 21408, 400, "Permission to send to the region of this number is not enabled" },
	{ 21603, 400, "A 'From' phone number is required." },
	{ 21604, 400, "A 'To' phone number is required." },
	{ 21606, 400, "The 'From' phone number is not a valid sender." },
	{ 21609, 400, "The 'StatusCallback' URL is not a valid URL." },
	{ 21610, 400, "Attempt to send to unsubscribed recipient" },
	{ 21611, 429, "This 'From' number has exceeded the maximum number of queued messages" },
	{ 21617, 400, "The concatenated message body exceeds the 1600 character limit" },
	{ 21619, 400, "A text message body or media urls must be specified." },
	{ 21620, 400, "Invalid media URL" },
	{ 21655, 400, "The ContentSid is invalid" },
	{ 21656, 400, "The ContentVariables parameter is invalid" },
	{ 63007, 400, "Twilio could not find a Channel with the specified From address" },
	{ 63016, 400, "Failed to send freeform message because you are outside the allowed window." },
	{ 63017, 429, "Rate limit exceeded for the account" },
	{ 63018, 429, "Rate limit exceeded for Channel" },
};

bool wq_sandbox_twilio_is_sid(struct wq_str s, const char *front)
{
	size_t n = strlen(front);

	if (!wq_str_starts(s, front) || s.n <= n || s.n > SID_CHARS_MAX)
		return false;
	for (size_t i = n; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		      (s.p[i] >= 'A' && s.p[i] <= 'Z')))
			return false;
	return true;
}

bool wq_sandbox_twilio_sign_in(struct wq_exchange *x, struct wq_sandbox_twilio_caller *out)
{
	struct wq_str header = wq_str_trim(wq_exchange_header(x, "Authorization")), kind, both;
	char *text = wq_arena_alloc(wq_exchange_arena(x), CREDENTIALS_MAX_BYTES);
	int n;

	*out = (struct wq_sandbox_twilio_caller){ .user = { NULL, 0 } };
	if (!text || !wq_str_next(&header, ' ', &kind) || !wq_str_is_nocase(kind, "Basic"))
		return false;
	n = wq_base64_decode(wq_str_trim(header), text, CREDENTIALS_MAX_BYTES);
	if (n <= 0)
		return false;
	both = wq_strn(text, (size_t)n);
	(void)wq_str_next(&both, ':', &out->user);
	out->password = both;
	return both.n > 0 && (wq_sandbox_twilio_is_sid(out->user, "AC") ||
	                      wq_sandbox_twilio_is_sid(out->user, "SK"));
}

void wq_sandbox_twilio_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
{
	const char *message = "Twilio refused this message";
	va_list ap;

	*e = (struct wq_graph_error){ .code = code, .status = STATUS_BAD };
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		if (rows[i].code == code) {
			e->status = rows[i].status;
			message = rows[i].message;
		}
	}
	va_start(ap, fmt);
	if (fmt)
		(void)vsnprintf(e->details, sizeof(e->details), fmt, ap);
	else
		(void)snprintf(e->details, sizeof(e->details), "%s", message);
	va_end(ap);
}

void wq_sandbox_twilio_answer(struct wq_sandbox *sb, struct wq_exchange *x, int status,
                              struct wq_buf *body, int rc)
{
	char id[WQ_SID_MAX_BYTES];

	wq_sandbox_sid(&sb->ids, "RQ", wq_rng_next(&sb->ids.rng), id);
	if (rc < 0) {
		wq_reply_problem(x, 500, "out_of_memory", "The answer could not be made.");
	} else {
		wq_reply_header(x, "Twilio-Request-Id", wq_str(id));
		wq_reply(x, status, "application/json", wq_buf_str(body));
	}
	wq_buf_fini(body);
}

void wq_sandbox_twilio_refuse(struct wq_sandbox *sb, struct wq_exchange *x,
                              const struct wq_graph_error *e)
{
	struct wq_buf body;
	struct wq_jsonw w;
	char more[64];

	(void)snprintf(more, sizeof(more), "https://www.twilio.com/docs/errors/%d", e->code);
	wq_buf_init(&body, ERROR_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "code", e->code);
	wq_jsonw_put_text(&w, "message", e->details);
	wq_jsonw_put_text(&w, "more_info", more);
	wq_jsonw_put_int(&w, "status", e->status);
	wq_jsonw_object_end(&w);
	wq_sandbox_twilio_answer(sb, x, e->status, &body, wq_jsonw_end(&w));
}

const char *wq_sandbox_twilio_failure(int code)
{
	return code == 63024 || code == 63049 ? "undelivered" : "failed";
}

const char *wq_sandbox_twilio_status(const struct wq_record_entry *e, int64_t now_ms,
                                     uint32_t step_ms)
{
	static const char *const words[] = { "queued", "sent", "delivered", "read" };
	int64_t steps = now_ms < e->follow_ms ? 0 : WQ_COUNT(words) - 1;

	if (steps > 0 && step_ms > 0)
		steps = (now_ms - e->follow_ms) / step_ms;
	if (e->failed_code)
		return steps > 0 ? wq_sandbox_twilio_failure(e->failed_code) : words[0];
	if (steps > e->last + 1)
		steps = e->last + 1;
	return words[steps < (int64_t)WQ_COUNT(words) ? steps : (int64_t)WQ_COUNT(words) - 1];
}

static void pair(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	wq_jsonw_key(w, key);
	if (value.n)
		wq_jsonw_str(w, value);
	else
		wq_jsonw_null(w);
}

/* RFC 2822; 0: null. */
static void date(struct wq_jsonw *w, const char *key, int64_t at_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t at = (time_t)(at_ms / 1000);
	char text[DATE_BYTES] = "";
	struct tm tm;

	if (at_ms && gmtime_r(&at, &tm))
		(void)snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d +0000",
		               days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
		               tm.tm_hour, tm.tm_min, tm.tm_sec);
	pair(w, key, wq_str(text));
}

static void error_of(struct wq_jsonw *w, const struct wq_record_entry *e, const char *status)
{
	bool failed = wq_str_is(wq_str(status), "failed") ||
	              wq_str_is(wq_str(status), "undelivered");
	struct wq_graph_error error;

	wq_sandbox_twilio_error_set(&error, e->failed_code, NULL);
	wq_jsonw_key(w, "error_code");
	if (failed)
		wq_jsonw_int(w, e->failed_code);
	else
		wq_jsonw_null(w);
	pair(w, "error_message", failed ? wq_str(error.details) : wq_strn(NULL, 0));
}

/* "/2010-04-01/Accounts/AC…/Messages/SM…" and `end`. */
static void uri(struct wq_jsonw *w, const char *key, const struct wq_record_entry *e,
                const char *end)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "/2010-04-01/Accounts/%.*s/Messages/%.*s%s",
	               WQ_STR_ARG(e->account), WQ_STR_ARG(e->id), end);
	pair(w, key, wq_str(text));
}

void wq_sandbox_twilio_write(const struct wq_record_entry *e, const struct wq_form *f,
                             const char *status, struct wq_jsonw *w)
{
	bool queued = wq_str_is(wq_str(status), "queued");
	struct wq_str service = wq_form_get(f, "MessagingServiceSid"),
		      body = wq_form_get(f, "Body");

	wq_jsonw_object(w);
	pair(w, "account_sid", e->account);
	pair(w, "api_version", wq_str("2010-04-01"));
	wq_jsonw_put_str(w, "body", body);
	date(w, "date_created", e->at_ms);
	date(w, "date_sent", queued ? 0 : e->follow_ms);
	date(w, "date_updated", e->follow_ms);
	pair(w, "direction", wq_str("outbound-api"));
	error_of(w, e, status);
	pair(w, "from", wq_form_get(f, "From"));
	pair(w, "messaging_service_sid", service);
	pair(w, "num_media", wq_str(wq_form_get(f, "MediaUrl").n ? "1" : "0"));
	pair(w, "num_segments", wq_str(body.n ? "1" : "0"));
	wq_jsonw_key(w, "price");
	wq_jsonw_null(w);
	wq_jsonw_key(w, "price_unit");
	wq_jsonw_null(w);
	pair(w, "sid", e->id);
	pair(w, "status", wq_str(queued && service.n ? "accepted" : status));
	wq_jsonw_key(w, "subresource_uris");
	wq_jsonw_object(w);
	uri(w, "media", e, "/Media.json");
	wq_jsonw_object_end(w);
	pair(w, "to", wq_form_get(f, "To"));
	uri(w, "uri", e, ".json");
	wq_jsonw_object_end(w);
}

int wq_sandbox_twilio_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	int rc = wq_sandbox_twilio_messages_routes(sb, s);

	return rc < 0 ? rc : wq_sandbox_twilio_objects_routes(sb, s);
}
