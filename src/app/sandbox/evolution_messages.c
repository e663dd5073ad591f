/* SPDX-License-Identifier: MIT */
/* evolution_messages.c — POST /message/:op/:instance and the signals below /chat: Evolution's side of a send. */
#include <stdio.h>
#include <time.h>

#include "app/sandbox/evolution.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"

enum { ANSWER_MAX_BYTES = 2 * WQ_SANDBOX_MESSAGE_MAX_BYTES, MANY = 429, JID_MAX_BYTES = 192, URL_MAX_BYTES = 2048,
       US_A_SECOND = 1000000 };

static const char at_phones[] = "@s.whatsapp.net";

struct evolution_send {
	struct wq_send send; /* first */
	yyjson_doc *doc;     /* owned; what the message points into */
	struct wq_sandbox_evolution_message m;
	char jid[JID_MAX_BYTES];
	char key[WQ_INSTANCE_KEY_MAX_BYTES], hook[URL_MAX_BYTES];
};

static struct evolution_send *of(struct wq_send *s)
{
	return WQ_OWNER(s, struct evolution_send, send);
}

static void fini(struct wq_send *s)
{
	wq_json_free(of(s)->doc);
}

static enum wq_outcome refuse_at(struct wq_send *s, int code, const char *text)
{
	wq_sandbox_evolution_error_set(&s->error, code, text ? "%s" : NULL, text);
	return code == WQ_EVOLUTION_UNAUTHORIZED ? WQ_OUTCOME_UNAUTHORIZED : WQ_OUTCOME_REFUSED;
}

/* Where this instance's webhooks go: where it was told, or below the sandbox's own address. */
static void aim(struct evolution_send *e, const struct wq_instance *i)
{
	const char *base = wq_webhooks_url(e->send.sb->webhooks, WQ_PROVIDER_EVOLUTION);

	(void)snprintf(e->key, sizeof(e->key), "%s", i->key);
	if (i->url[0])
		(void)snprintf(e->hook, sizeof(e->hook), "%s", i->url);
	else if (base[0])
		(void)snprintf(e->hook, sizeof(e->hook), "%s/%s", base, i->name);
}

/* 0, or the code of the refusal. */
static int enter(struct wq_send *s)
{
	struct wq_str key = wq_exchange_header(s->x, "apikey");
	struct wq_instance *i = wq_instances_get(&s->sb->instances, s->entry.number);

	if (!i)
		return WQ_EVOLUTION_NO_INSTANCE;
	if (!key.n || key.n >= sizeof(i->key))
		return WQ_EVOLUTION_UNAUTHORIZED;
	(void)snprintf(i->key, sizeof(i->key), "%.*s", WQ_STR_ARG(key));
	aim(of(s), i);
	return i->closed ? WQ_EVOLUTION_CLOSED : 0;
}

static bool read_body(struct evolution_send *e)
{
	e->doc = wq_json_read(wq_exchange_request(e->send.x)->body, WQ_SANDBOX_JSON_DEPTH_MAX,
	                      NULL);
	e->m.root = yyjson_doc_get_root(e->doc);
	return e->doc != NULL;
}

/* A number's digits become a JID; a JID stays as it is. */
static bool read_recipient(struct wq_send *s)
{
	struct evolution_send *e = of(s);
	struct wq_str number = wq_json_get_str(e->m.root, "number");
	size_t at;

	if (!number.n)
		number = wq_json_get_str(wq_json_get(e->m.root, "key"), "remoteJid");
	at = wq_str_find(number, '@');
	if (number.n >= JID_MAX_BYTES - sizeof(at_phones))
		return false;
	if (at == number.n || wq_str_ends(number, at_phones))
		wq_sandbox_wa_id(wq_strn(number.p, at), s->wa_id);
	if (at == number.n && !s->wa_id[0])
		return false;
	if (at == number.n)
		(void)snprintf(e->jid, sizeof(e->jid), "%s%s", s->wa_id, at_phones);
	else
		(void)snprintf(e->jid, sizeof(e->jid), "%.*s", WQ_STR_ARG(number));
	s->entry.to = wq_str(s->wa_id[0] ? s->wa_id : e->jid);
	e->m.jid = wq_str(e->jid);
	return true;
}

/* The gateway types for so long, and answers then. */
static void read_delay(struct wq_send *s)
{
	int64_t ms = wq_json_get_int(of(s)->m.root, "delay", 0);

	if (ms > 0 && ms <= WQ_SANDBOX_LATENCY_MAX_MS)
		s->hold_ms = (uint32_t)ms;
}

static enum wq_outcome judge(struct wq_send *s)
{
	struct evolution_send *e = of(s);
	const char *why;
	int code;

	e->m.op = wq_exchange_param(s->x, "op");
	e->m.instance = s->entry.number;
	if (!wq_sandbox_evolution_is_op(e->m.op))
		return refuse_at(s, WQ_EVOLUTION_NO_ROUTE, NULL);
	code = enter(s);
	if (code)
		return refuse_at(s, code, NULL);
	if (!read_body(e))
		return refuse_at(s, WQ_EVOLUTION_VALIDATION, "The body is not valid JSON");
	why = wq_sandbox_evolution_check(e->m.op, e->m.root);
	if (!why && !read_recipient(s))
		why = "number is no phone number";
	if (why)
		return refuse_at(s, WQ_EVOLUTION_VALIDATION, why);
	read_delay(s);
	s->entry.type = wq_str(wq_sandbox_evolution_type(e->m.op, e->m.root));
	s->entry.text = wq_sandbox_evolution_text(e->m.op, e->m.root);
	s->writes_back = s->wa_id[0] && !wq_str_is(e->m.op, "sendReaction");
	return WQ_OUTCOME_ACCEPTED;
}

static enum wq_outcome judge_signal(struct wq_send *s)
{
	struct evolution_send *e = of(s);
	int code = enter(s);

	if (code)
		return refuse_at(s, code, NULL);
	if (!read_body(e))
		return refuse_at(s, WQ_EVOLUTION_VALIDATION, "The body is not valid JSON");
	if (!wq_json_get(e->m.root, "readMessages") && !wq_json_get(e->m.root, "presence"))
		return refuse_at(s, WQ_EVOLUTION_VALIDATION, "readMessages or presence is missing");
	read_delay(s);
	return WQ_OUTCOME_RECEIPT;
}

static void set_error(struct wq_send *s, int code, int status)
{
	int usual = s->limit.wait_us ? MANY : WQ_EVOLUTION_CRASH;

	wq_sandbox_evolution_error_set(&s->error, code ? code : usual, NULL);
	if (status)
		s->error.status = status;
}

static void name(struct wq_send *s)
{
	wq_sandbox_baileys_id(&s->sb->ids, s->id);
	of(s)->m.id = wq_str(s->id);
	of(s)->m.at_s = wq_send_at_s(s, 0);
}

static void hook_begin(struct evolution_send *e, const char *event, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "event", event);
	wq_jsonw_put_str(w, "instance", e->m.instance);
	wq_jsonw_key(w, "data");
}

/* The time is the gateway's local one, whatever its Z says. */
static void hook_end(struct evolution_send *e, uint64_t delay_ms, struct wq_jsonw *w)
{
	time_t at = (time_t)wq_send_at_s(&e->send, delay_ms);
	char date[32] = "", number[16], sender[40];
	struct tm tm;

	if (localtime_r(&at, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
	wq_sandbox_display_number(e->m.instance, number);
	(void)snprintf(sender, sizeof(sender), "%s%s", number, at_phones);
	wq_jsonw_put_text(w, "destination", e->hook);
	wq_jsonw_put_text(w, "date_time", date);
	wq_jsonw_put_text(w, "sender", sender);
	wq_jsonw_put_text(w, "server_url", "http://sandbox.invalid");
	wq_jsonw_put_text(w, "apikey", e->key);
	wq_jsonw_object_end(w);
}

/* The webhook that tells what stands in send.message: it comes with the statuses' fate. */
static void announce(struct wq_send *s, uint64_t delay_ms)
{
	struct evolution_send *e = of(s);
	struct wq_webhook h = { .kind = "announced", .delay_ms = delay_ms, .url = wq_str(e->hook) };
	struct wq_buf body;
	struct wq_jsonw w;

	if (!e->hook[0])
		return;
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	hook_begin(e, "send.message", &w);
	wq_sandbox_evolution_write_message(&e->m, &w);
	hook_end(e, delay_ms, &w);
	wq_send_post_status(s, &h, &body, wq_jsonw_end(&w));
}

static void write_update(const struct evolution_send *e, const char *word, struct wq_jsonw *w)
{
	char id[WQ_INSTANCE_ID_BYTES], row[WQ_WAMID_MAX_BYTES + 8];

	wq_instance_id(e->m.instance, id);
	(void)snprintf(row, sizeof(row), "cm%s", e->send.id);
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "keyId", e->send.id);
	wq_jsonw_put_str(w, "remoteJid", e->m.jid);
	wq_jsonw_put_bool(w, "fromMe", true);
	wq_jsonw_put_text(w, "status", word);
	wq_jsonw_put_text(w, "instanceId", id);
	wq_jsonw_put_text(w, "messageId", row);
	wq_jsonw_object_end(w);
}

static void tell(struct wq_send *s, enum wq_status status, uint64_t delay_ms)
{
	static const char *const words[] = { [WQ_STATUS_SENT] = "SERVER_ACK",
		                             [WQ_STATUS_DELIVERED] = "DELIVERY_ACK",
		                             [WQ_STATUS_READ] = "READ",
		                             [WQ_STATUS_FAILED] = "ERROR" };
	struct evolution_send *e = of(s);
	struct wq_webhook h = { .kind = wq_status_name(status), .delay_ms = delay_ms,
		                .url = wq_str(e->hook) };
	struct wq_buf body;
	struct wq_jsonw w;

	if (!e->hook[0])
		return;
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	hook_begin(e, "messages.update", &w);
	write_update(e, words[status], &w);
	hook_end(e, delay_ms, &w);
	wq_send_post_status(s, &h, &body, wq_jsonw_end(&w));
}

/* What the recipient writes back. */
static void write_inbound(struct wq_send *s, const char *id, uint64_t delay_ms, struct wq_jsonw *w)
{
	char instance[WQ_INSTANCE_ID_BYTES];

	wq_instance_id(of(s)->m.instance, instance);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "key");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "remoteJid", of(s)->m.jid);
	wq_jsonw_put_bool(w, "fromMe", false);
	wq_jsonw_put_text(w, "id", id);
	wq_jsonw_object_end(w);
	wq_jsonw_put_text(w, "pushName", "Sandbox");
	wq_jsonw_put_text(w, "status", "DELIVERY_ACK");
	wq_jsonw_key(w, "message");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "conversation", s->entry.text.n ? s->entry.text : wq_str("ok"));
	wq_jsonw_object_end(w);
	wq_jsonw_put_text(w, "messageType", "conversation");
	wq_jsonw_put_int(w, "messageTimestamp", wq_send_at_s(s, delay_ms));
	wq_jsonw_put_text(w, "instanceId", instance);
	wq_jsonw_put_text(w, "source", "android");
	wq_jsonw_object_end(w);
}

static void reply(struct wq_send *s, uint64_t delay_ms)
{
	struct evolution_send *e = of(s);
	struct wq_webhook h = { .delay_ms = delay_ms, .url = wq_str(e->hook) };
	char id[WQ_WAMID_MAX_BYTES];
	struct wq_buf body;
	struct wq_jsonw w;

	if (!e->hook[0])
		return;
	wq_sandbox_baileys_id(&s->sb->ids, id);
	h.id = wq_str(id);
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	hook_begin(e, "messages.upsert", &w);
	write_inbound(s, id, delay_ms, &w);
	hook_end(e, delay_ms, &w);
	wq_send_post_message(s, &h, &body, wq_jsonw_end(&w));
}

static void accept_send(struct wq_send *s)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_sandbox_evolution_write_message(&of(s)->m, &w);
	wq_sandbox_evolution_answer(s->x, s->ops->accepted_status, &body, wq_jsonw_end(&w));
}

static void refuse(struct wq_send *s)
{
	char text[24];

	if (s->limit.wait_us && s->error.status == MANY) {
		(void)snprintf(text, sizeof(text), "%llu",
		               (unsigned long long)((s->limit.wait_us + US_A_SECOND - 1) /
		                                    US_A_SECOND));
		wq_reply_header(s->x, "Retry-After", wq_str(text));
	}
	wq_sandbox_evolution_refuse(s->x, &s->error, s->entry.to);
}

static void take_receipt(struct wq_send *s)
{
	bool read = wq_json_get(of(s)->m.root, "readMessages") != NULL;
	struct wq_buf body;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_sandbox_evolution_answer(
		s->x, 201, &body,
		wq_buf_add_text(&body, read ? "{\"message\":\"Read messages\",\"read\":\"success\"}"
	                                    : "{\"presence\":\"composing\"}"));
}

#define COMMON                                                                                            \
	.provider = WQ_PROVIDER_EVOLUTION, .size = sizeof(struct evolution_send), .accepted_status = 201, \
	.name = name, .set_error = set_error, .accept = accept_send, .refuse = refuse,                   \
	.take_receipt = take_receipt, .tell = tell, .reply = reply, .announce = announce, .fini = fini

static const struct wq_send_ops message_ops = { COMMON, .judge = judge };
static const struct wq_send_ops signal_ops = { COMMON, .judge = judge_signal };

static void handle_send(struct wq_exchange *x, void *ctx)
{
	wq_send_take(ctx, x, &message_ops, wq_exchange_param(x, "instance"));
}

static void handle_signal(struct wq_exchange *x, void *ctx)
{
	wq_send_take(ctx, x, &signal_ops, wq_exchange_param(x, "instance"));
}

int wq_sandbox_evolution_messages_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/message/:op/:instance", .handle = handle_send,
		  .body_max_bytes = WQ_SANDBOX_EVOLUTION_MAX_BYTES, .done = 201,
		  .summary = "Send a message, as the Evolution API takes it" },
		{ .method = WQ_POST, .pattern = "/chat/markMessageAsRead/:instance", .handle = handle_signal,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201 },
		{ .method = WQ_POST, .pattern = "/chat/sendPresence/:instance", .handle = handle_signal,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201 },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
