/* SPDX-License-Identifier: MIT */
/* twilio_messages.c — POST /2010-04-01/Accounts/:account/Messages.json: Twilio's side of a send. */
#include <stdio.h>

#include "app/sandbox/send.h"
#include "app/sandbox/twilio.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"

enum { ANSWER_MAX_BYTES = 65536, BODY_CHARS_MAX = 1600, DIGITS_MIN = 7, DIGITS_MAX = 15, CODE_ERROR = 20500,
       CODE_FAILED = 63024, US_A_SECOND = 1000000, STATUS_MANY = 429 };

static const char channel[] = "whatsapp:";

struct twilio_send {
	struct wq_send send; /* first */
	struct wq_sandbox_twilio_caller caller;
	struct wq_form form;
};

static struct twilio_send *of(struct wq_send *s)
{
	return WQ_OWNER(s, struct twilio_send, send);
}

/* What stands behind "whatsapp:"; p == NULL: it does not. */
static struct wq_str address(struct wq_str s)
{
	const size_t n = sizeof(channel) - 1;

	return wq_str_starts(s, channel) ? wq_strn(s.p + n, s.n - n) : wq_strn(NULL, 0);
}

static bool is_phone(struct wq_str s)
{
	size_t digits = 0;

	if (!wq_str_starts(s, "+"))
		return false;
	for (size_t i = 1; i < s.n; i++, digits++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}

/* "EC.7001…": a country, a point, an id. */
static bool is_user_id(struct wq_str s)
{
	return s.n > 3 && s.p[2] == '.' && s.p[0] >= 'A' && s.p[0] <= 'Z';
}

static bool is_web(struct wq_str s)
{
	struct wq_url u;

	return wq_url_parse(s, &u, NULL) &&
	       (wq_str_is_nocase(u.scheme, "http") || wq_str_is_nocase(u.scheme, "https"));
}

static size_t characters(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool is_object(struct wq_str json)
{
	yyjson_doc *doc = wq_json_read(json, WQ_SANDBOX_JSON_DEPTH_MAX, NULL);
	bool is = doc && yyjson_is_obj(yyjson_doc_get_root(doc));

	wq_json_free(doc);
	return is;
}

static int refuse_to(struct wq_send *s, struct wq_str to)
{
	wq_sandbox_twilio_error_set(&s->error, 21211,
	                            "The 'To' number %.*s is not a valid phone number.",
	                            to.n > 64 ? 64 : (int)to.n, to.n ? to.p : "");
	return 21211;
}

/* 0, or the code of what is wrong; s->error is then set, or the code's usual. */
static int check_ends(struct wq_send *s, const struct wq_form *f)
{
	struct wq_str to = wq_form_get(f, "To"), from = wq_form_get(f, "From"),
		      person = address(to);
	struct wq_str service = wq_form_get(f, "MessagingServiceSid");

	if (!to.n)
		return 21604;
	if (!is_phone(person) && !is_user_id(person))
		return refuse_to(s, to);
	if (!from.n && !service.n)
		return 21603;
	if (from.n && !is_phone(address(from)))
		return 63007;
	if (!from.n && !wq_sandbox_twilio_is_sid(service, "MG"))
		return 21606;
	s->entry.number = from.n ? address(from) : service;
	if (is_phone(person))
		wq_sandbox_wa_id(person, s->wa_id);
	s->entry.to = s->wa_id[0] ? wq_str(s->wa_id) : person;
	return 0;
}

static int check_content(const struct wq_form *f)
{
	struct wq_str body = wq_form_get(f, "Body"), media = wq_form_get(f, "MediaUrl");
	struct wq_str content = wq_form_get(f, "ContentSid");
	struct wq_str variables = wq_form_get(f, "ContentVariables");
	struct wq_str callback = wq_form_get(f, "StatusCallback");

	if (callback.n && !is_web(callback))
		return 21609;
	if (!body.n && !media.n && !content.n)
		return 21619;
	if (characters(body) > BODY_CHARS_MAX)
		return 21617;
	if (media.n && !is_web(media))
		return 21620;
	if (content.n && !wq_sandbox_twilio_is_sid(content, "HX"))
		return 21655;
	return variables.n && !is_object(variables) ? 21656 : 0;
}

static const char *type_of(const struct wq_form *f)
{
	if (wq_form_get(f, "ContentSid").n)
		return "template";
	if (wq_form_get(f, "PersistentAction").n)
		return "location";
	return wq_form_get(f, "MediaUrl").n ? "media" : "text";
}

static enum wq_outcome refuse_at(struct wq_send *s, enum wq_outcome o, int code)
{
	if (s->error.code != code)
		wq_sandbox_twilio_error_set(&s->error, code, NULL);
	return o;
}

static enum wq_outcome judge(struct wq_send *s)
{
	struct twilio_send *t = of(s);
	int code;

	s->entry.account = wq_exchange_param(s->x, "account");
	if (!wq_sandbox_twilio_sign_in(s->x, &t->caller))
		return refuse_at(s, WQ_OUTCOME_UNAUTHORIZED, 20003);
	if (!wq_sandbox_twilio_is_sid(s->entry.account, "AC"))
		return refuse_at(s, WQ_OUTCOME_REFUSED, 20404);
	if (wq_form_read(wq_exchange_arena(s->x), wq_exchange_request(s->x)->body, &t->form) < 0)
		return refuse_at(s, WQ_OUTCOME_REFUSED, 20001);
	code = check_ends(s, &t->form);
	if (code == 0)
		code = check_content(&t->form);
	if (code)
		return refuse_at(s, WQ_OUTCOME_REFUSED, code);
	s->entry.type = wq_str(type_of(&t->form));
	s->entry.text = wq_form_get(&t->form, "Body");
	s->writes_back = s->wa_id[0] != '\0';
	return WQ_OUTCOME_ACCEPTED;
}

static void set_error(struct wq_send *s, int code, int status)
{
	int usual = s->fault.kind == WQ_FAULT_STATUS_FAILED ? CODE_FAILED : CODE_ERROR;

	if (s->limit.wait_us)
		usual = 20429;
	wq_sandbox_twilio_error_set(&s->error, code ? code : usual, NULL);
	if (status)
		s->error.status = status;
}

static void name(struct wq_send *s)
{
	wq_sandbox_sid(&s->sb->ids, wq_form_get(&of(s)->form, "MediaUrl").n ? "MM" : "SM",
	               wq_record_end(s->sb->record) ^ s->sb->media_key, s->id);
}

/* What all webhooks about a message start with. */
static int add_ends(struct wq_buf *b, struct wq_send *s, struct wq_str sid)
{
	struct wq_form *f = &of(s)->form;
	int rc = wq_form_add(b, "MessageSid", sid);

	if (rc == 0)
		rc = wq_form_add(b, "SmsSid", sid);
	if (rc == 0)
		rc = wq_form_add(b, "AccountSid", s->entry.account);
	if (rc == 0 && wq_form_get(f, "MessagingServiceSid").n)
		rc = wq_form_add(b, "MessagingServiceSid", wq_form_get(f, "MessagingServiceSid"));
	return rc < 0 ? rc : wq_form_add(b, "ApiVersion", wq_str("2010-04-01"));
}

/* A service has a number too. */
static struct wq_str from_of(struct wq_send *s, char out[48])
{
	char number[16];

	if (wq_form_get(&of(s)->form, "From").n)
		return wq_form_get(&of(s)->form, "From");
	wq_sandbox_display_number(s->entry.number, number);
	(void)snprintf(out, 48, "%s+%s", channel, number);
	return wq_str(out);
}

static int write_status(struct wq_send *s, const char *word, struct wq_buf *b)
{
	struct wq_form *f = &of(s)->form;
	bool failed = s->fault.kind == WQ_FAULT_STATUS_FAILED;
	char from[48], masked[WQ_WA_ID_MAX_BYTES + 1] = "+";
	size_t n = strlen(s->wa_id);
	int rc = add_ends(b, s, wq_str(s->id));

	if (n > 2)
		(void)snprintf(masked, sizeof(masked), "+%.*sXX", (int)n - 2, s->wa_id);
	if (rc == 0)
		rc = wq_form_add(b, "SmsStatus", wq_str(word));
	if (rc == 0)
		rc = wq_form_add(b, "MessageStatus", wq_str(word));
	if (rc == 0)
		rc = wq_form_add(b, "From", from_of(s, from));
	if (rc == 0)
		rc = wq_form_add(b, "To", wq_form_get(f, "To"));
	if (rc == 0)
		rc = wq_form_add(b, "ChannelPrefix", wq_str("whatsapp"));
	if (rc == 0)
		rc = wq_form_add(b, "ChannelToAddress", wq_str(masked));
	if (rc == 0)
		rc = wq_form_add(b, "StructuredMessage", wq_str("false"));
	if (rc == 0 && failed)
		rc = wq_form_add(b, "ChannelStatusMessage", wq_str(s->error.details));
	return rc;
}

static int add_more(struct wq_send *s, enum wq_status status, struct wq_buf *b)
{
	static const char *const events[] = {
		[WQ_STATUS_DELIVERED] = "DELIVERED", [WQ_STATUS_READ] = "READ"
	};
	char code[16];

	if (status == WQ_STATUS_SENT)
		return 0;
	if (status != WQ_STATUS_FAILED)
		return wq_form_add(b, "EventType", wq_str(events[status]));
	(void)snprintf(code, sizeof(code), "%d", s->error.code);
	return wq_form_add(b, "ErrorCode", wq_str(code));
}

/* The auth token is what its account signs in with; a key's secret signs nothing. */
static struct wq_str secret_of(struct wq_send *s)
{
	const struct wq_sandbox_twilio_caller *c = &of(s)->caller;

	return wq_str_starts(c->user, "AC") ? c->password : wq_strn(NULL, 0);
}

static void tell(struct wq_send *s, enum wq_status status, uint64_t delay_ms)
{
	struct wq_webhook h = { .kind = wq_status_name(status), .delay_ms = delay_ms };
	struct wq_buf body;
	int rc;

	h.url = wq_form_get(&of(s)->form, "StatusCallback");
	h.secret = secret_of(s);
	if (!h.url.n && !wq_webhooks_aimed(s->sb->webhooks, WQ_PROVIDER_TWILIO))
		return;
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	rc = write_status(s,
	                  status == WQ_STATUS_FAILED ? wq_sandbox_twilio_failure(s->error.code)
	                                             : h.kind,
	                  &body);
	if (rc == 0)
		rc = add_more(s, status, &body);
	wq_send_post_status(s, &h, &body, rc);
}

static int write_reply(struct wq_send *s, struct wq_str sid, struct wq_buf *b)
{
	struct wq_str text = s->entry.text.n ? s->entry.text : wq_str("ok");
	char from[48];
	int rc = add_ends(b, s, sid);

	if (rc == 0)
		rc = wq_form_add(b, "SmsMessageSid", sid);
	if (rc == 0)
		rc = wq_form_add(b, "SmsStatus", wq_str("received"));
	if (rc == 0)
		rc = wq_form_add(b, "From", wq_form_get(&of(s)->form, "To"));
	if (rc == 0)
		rc = wq_form_add(b, "To", from_of(s, from));
	if (rc == 0)
		rc = wq_form_add(b, "WaId", wq_str(s->wa_id));
	if (rc == 0)
		rc = wq_form_add(b, "ProfileName", wq_str("Sandbox"));
	if (rc == 0)
		rc = wq_form_add(b, "Body", text);
	if (rc == 0)
		rc = wq_form_add(b, "NumMedia", wq_str("0"));
	if (rc == 0)
		rc = wq_form_add(b, "OriginalRepliedMessageSid", wq_str(s->id));
	return rc;
}

static void reply(struct wq_send *s, uint64_t delay_ms)
{
	struct wq_webhook h = { .delay_ms = delay_ms, .secret = secret_of(s) };
	char sid[WQ_SID_MAX_BYTES];
	struct wq_buf body;

	if (!wq_webhooks_aimed(s->sb->webhooks, WQ_PROVIDER_TWILIO))
		return;
	wq_sandbox_sid(&s->sb->ids, "SM", wq_rng_next(&s->sb->ids.rng), sid);
	h.id = wq_str(sid);
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_send_post_message(s, &h, &body, write_reply(s, h.id, &body));
}

static void accept_send(struct wq_send *s)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_sandbox_twilio_write(&s->entry, &of(s)->form, "queued", &w);
	wq_sandbox_twilio_answer(s->sb, s->x, s->ops->accepted_status, &body, wq_jsonw_end(&w));
}

static void refuse(struct wq_send *s)
{
	char text[24];

	if (s->error.status == STATUS_MANY && s->limit.wait_us) {
		(void)snprintf(text, sizeof(text), "%llu",
		               (unsigned long long)((s->limit.wait_us + US_A_SECOND - 1) /
		                                    US_A_SECOND));
		wq_reply_header(s->x, "Retry-After", wq_str(text));
	}
	wq_sandbox_twilio_refuse(s->sb, s->x, &s->error);
}

static enum wq_outcome judge_typing(struct wq_send *s)
{
	struct twilio_send *t = of(s);

	if (!wq_sandbox_twilio_sign_in(s->x, &t->caller))
		return refuse_at(s, WQ_OUTCOME_UNAUTHORIZED, 20003);
	if (wq_form_read(wq_exchange_arena(s->x), wq_exchange_request(s->x)->body, &t->form) < 0 ||
	    !wq_str_is(wq_form_get(&t->form, "channel"), "whatsapp") ||
	    !wq_form_get(&t->form, "messageId").n)
		return refuse_at(s, WQ_OUTCOME_REFUSED, 20001);
	return WQ_OUTCOME_RECEIPT;
}

static void take_receipt(struct wq_send *s)
{
	struct wq_buf body;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_sandbox_twilio_answer(s->sb, s->x, 200, &body,
	                         wq_buf_add_text(&body, "{\"success\":true}"));
}

#define COMMON                                                                                       \
	.provider = WQ_PROVIDER_TWILIO, .size = sizeof(struct twilio_send), .accepted_status = 201, \
	.name = name, .set_error = set_error, .accept = accept_send, .refuse = refuse,              \
	.take_receipt = take_receipt, .tell = tell, .reply = reply

static const struct wq_send_ops message_ops = { COMMON, .judge = judge };
static const struct wq_send_ops typing_ops = { COMMON, .judge = judge_typing };

static void handle_send(struct wq_exchange *x, void *ctx)
{
	wq_send_take(ctx, x, &message_ops, wq_str(""));
}

static void handle_typing(struct wq_exchange *x, void *ctx)
{
	wq_send_take(ctx, x, &typing_ops, wq_str(""));
}

int wq_sandbox_twilio_messages_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/2010-04-01/Accounts/:account/Messages.json",
		  .handle = handle_send, .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201,
		  .summary = "Send a message, as Twilio takes it" },
		{ .method = WQ_POST, .pattern = "/v2/Indicators/Typing.json", .handle = handle_typing,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .summary = "Typing, as Twilio takes it" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
