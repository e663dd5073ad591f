/* SPDX-License-Identifier: MIT */
/* graph_messages.c — POST /v:N/:phone_number_id/messages: Meta's side of a send. */
#include "app/sandbox/send.h"

#include <stdio.h>

#include "base/limits.h"

enum { ANSWER_MAX_BYTES = 8192, LAST_VERSION_WITH_CONVERSATION = 23, CODE_FAILED = 131026, CODE_ERROR = 131000,
       HEADER_MAX_BYTES = 192, STATUS_MANY = 429, US_A_MINUTE = 60000000, US_A_SECOND = 1000000 };

struct graph_send {
	struct wq_send send; /* first */
	yyjson_doc *doc;     /* owned; what `m` points into */
	struct wq_graph_message m;
	char bsuid[32];      /* "": as in m */
};

static struct graph_send *of(struct wq_send *s)
{
	return WQ_OWNER(s, struct graph_send, send);
}

static void fini(struct wq_send *s)
{
	wq_json_free(of(s)->doc);
}

static bool read_body(struct graph_send *g)
{
	struct wq_send *s = &g->send;
	const char *why = "malformed";

	g->doc = wq_json_read(wq_exchange_request(s->x)->body, WQ_SANDBOX_JSON_DEPTH_MAX, &why);
	if (!g->doc)
		return wq_graph_error_set(&s->error, 100, "The body is not valid JSON: %s.", why);
	return wq_graph_check(yyjson_doc_get_root(g->doc), &g->m, &s->error);
}

/* The recipient as the referee and orders name it. */
static struct wq_str recipient(struct graph_send *g)
{
	if (!g->m.to.p)
		return g->m.bsuid;
	if (g->m.group)
		return g->m.to;
	wq_sandbox_wa_id(g->m.to, g->send.wa_id);
	wq_webhook_bsuid(wq_str(g->send.wa_id), g->bsuid);
	return wq_str(g->send.wa_id);
}

static enum wq_outcome refuse_at(struct wq_send *s, enum wq_outcome o, int code)
{
	if (code)
		(void)wq_graph_error_set(&s->error, code, NULL);
	s->error.status = wq_graph_error_status(&s->error);
	return o;
}

static enum wq_outcome judge(struct wq_send *s)
{
	struct graph_send *g = of(s);

	if (!wq_graph_is_version(wq_exchange_param(s->x, "version")))
		return refuse_at(s, WQ_OUTCOME_REFUSED, 2500);
	if (!wq_graph_has_token(s->x))
		return refuse_at(s, WQ_OUTCOME_UNAUTHORIZED, WQ_GRAPH_BAD_TOKEN);
	if (!wq_graph_is_id(s->entry.number))
		return refuse_at(s, WQ_OUTCOME_REFUSED, WQ_GRAPH_NO_OBJECT);
	if (!read_body(g))
		return refuse_at(s, WQ_OUTCOME_REFUSED, 0);
	if (g->m.receipt)
		return WQ_OUTCOME_RECEIPT;
	s->entry.to = recipient(g);
	s->entry.type = g->m.type;
	s->entry.opaque = g->m.opaque;
	s->entry.text = g->m.text;
	s->only_sent = wq_str_is(g->m.type, "reaction");
	s->writes_back = !s->only_sent && !g->m.group;
	return WQ_OUTCOME_ACCEPTED;
}

static int code_of_limit(enum wq_bucket_per per)
{
	static const int codes[WQ_BUCKET_PERS] = { [WQ_PER_NUMBER] = 130429,
		                                   [WQ_PER_PAIR] = 131056,
		                                   [WQ_PER_ALL] = 80007 };

	return codes[per];
}

static void set_error(struct wq_send *s, int code, int status)
{
	int usual = s->fault.kind == WQ_FAULT_STATUS_FAILED ? CODE_FAILED : CODE_ERROR;

	if (s->limit.wait_us)
		usual = code_of_limit(s->limit.per);
	(void)wq_graph_error_set(&s->error, code ? code : usual, NULL);
	s->error.status = status;
	s->error.status = wq_graph_error_status(&s->error);
}

static void name(struct wq_send *s)
{
	wq_sandbox_wamid(&s->sb->ids, s->entry.to, s->id);
}

static bool is_v23(struct wq_exchange *x)
{
	struct wq_str version = wq_exchange_param(x, "version"), major;
	uint64_t n = 0;

	return wq_str_next(&version, '.', &major) && wq_str_to_u64(major, 1000, &n) &&
	       n <= LAST_VERSION_WITH_CONVERSATION;
}

static struct wq_accepted accepted(struct wq_send *s)
{
	struct graph_send *g = of(s);

	return (struct wq_accepted){
		.phone_number_id = s->entry.number,
		.id = wq_str(s->id),
		.recipient = g->m.to.p ? s->entry.to : wq_strn(NULL, 0),
		.bsuid = s->wa_id[0] ? wq_str(g->bsuid) : g->m.bsuid,
		.message = &g->m,
		.v23 = is_v23(s->x),
		.failed_code = s->error.code,
	};
}

static void tell(struct wq_send *s, enum wq_status status, uint64_t delay_ms)
{
	const struct wq_accepted a = accepted(s);

	wq_sandbox_send_status(s, &a, status, delay_ms);
}

static void reply(struct wq_send *s, uint64_t delay_ms)
{
	const struct wq_accepted a = accepted(s);

	wq_sandbox_send_reply(s, &a, delay_ms);
}

static void write_contact(const struct graph_send *g, struct wq_jsonw *w)
{
	struct wq_str input = g->m.to.p ? g->m.to : g->m.bsuid;

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "input", input);
	wq_jsonw_key(w, g->m.to.p ? "wa_id" : "user_id");
	wq_jsonw_str(w, g->send.entry.to);
	wq_jsonw_object_end(w);
}

static void accept_send(struct wq_send *s)
{
	const struct graph_send *g = of(s);
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "messaging_product", "whatsapp");
	wq_jsonw_key(&w, "contacts");
	wq_jsonw_array(&w);
	write_contact(g, &w);
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "messages");
	wq_jsonw_array(&w);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "id", s->id);
	if (wq_str_is(g->m.type, "template"))
		wq_jsonw_put_text(&w, "message_status", "accepted");
	wq_jsonw_object_end(&w);
	wq_jsonw_array_end(&w);
	wq_jsonw_object_end(&w);
	wq_graph_answer(s->x, &body, wq_jsonw_end(&w));
}

/* What the headers tell of a limit, beside the code. */
static void add_usage(struct wq_send *s)
{
	char text[HEADER_MAX_BYTES];
	uint64_t us = s->limit.wait_us;

	if (s->error.code == 80007) {
		(void)snprintf(text, sizeof(text),
		               "{\"900100200300401\":[{\"type\":\"whatsapp\",\"call_count\":100,"
		               "\"total_cputime\":25,\"total_time\":25,"
		               "\"estimated_time_to_regain_access\":%llu}]}",
		               (unsigned long long)((us + US_A_MINUTE - 1) / US_A_MINUTE));
		wq_reply_header(s->x, "X-Business-Use-Case-Usage", wq_str(text));
	} else if (s->error.code == 4) {
		wq_reply_header(
			s->x, "X-App-Usage",
			wq_str("{\"call_count\":100,\"total_cputime\":25,\"total_time\":25}"));
	}
	if (s->error.status == STATUS_MANY && us) {
		(void)snprintf(text, sizeof(text), "%llu",
		               (unsigned long long)((us + US_A_SECOND - 1) / US_A_SECOND));
		wq_reply_header(s->x, "Retry-After", wq_str(text));
	}
}

static void refuse(struct wq_send *s)
{
	add_usage(s);
	wq_graph_refuse_with(s->sb, s->x, &s->error);
}

static void take_receipt(struct wq_send *s)
{
	wq_graph_succeed(s->x);
}

static const struct wq_send_ops ops = {
	.provider = WQ_PROVIDER_CLOUD,
	.size = sizeof(struct graph_send),
	.accepted_status = 200,
	.judge = judge,
	.name = name,
	.set_error = set_error,
	.accept = accept_send,
	.refuse = refuse,
	.take_receipt = take_receipt,
	.tell = tell,
	.reply = reply,
	.fini = fini,
};

static void handle_send(struct wq_exchange *x, void *ctx)
{
	wq_send_take(ctx, x, &ops, wq_exchange_param(x, "phone_number_id"));
}

int wq_graph_messages_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/v:version/:phone_number_id/messages",
		  .handle = handle_send, .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES,
		  .summary = "Send a message, as the Cloud API takes it" },
		{ .method = WQ_POST, .pattern = "/v:version/:phone_number_id/marketing_messages",
		  .handle = handle_send, .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES,
		  .summary = "The same for marketing templates" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
