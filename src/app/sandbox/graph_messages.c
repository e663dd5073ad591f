/* SPDX-License-Identifier: MIT */
/* graph_messages.c — POST /v:N/:phone_number_id/messages.
 *
 *   judge ──► note ──► (wait) ──► finish
 *
 * judge   token, JSON, shape; then faults.h decides what happens to a good message
 * note    the referee writes it down; a message that counts as sent gets its id, and its webhooks are planned
 * wait    for the latency; a hanging one until its peer goes
 * finish  an answer, an error, a reset, or nothing; hang_then_accept is accepted only here
 */
#include "app/sandbox/core.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/loop/timer.h"

enum { ANSWER_MAX_BYTES = 8192, LAST_VERSION_WITH_CONVERSATION = 23 };

struct send {
	struct wq_list link; /* in sb->held while it waits */
	struct wq_timer timer;
	struct wq_sandbox *sb;
	struct wq_exchange *x;
	yyjson_doc *doc; /* owned; what `m` points into */
	struct wq_graph_message m;
	struct wq_fault fault;
	struct wq_graph_error error; /* of an answer that is one */
	struct wq_record_entry entry;
	char id[WQ_WAMID_MAX_BYTES];
	char wa_id[WQ_WA_ID_MAX_BYTES]; /* "": addressed otherwise */
};

static void destroy(struct send *s)
{
	wq_timer_stop(&s->timer);
	wq_list_remove(&s->link);
	wq_json_free(s->doc);
	wq_free(s);
}

static enum wq_outcome refuse(struct send *s, enum wq_outcome o)
{
	s->fault = (struct wq_fault){ .kind = WQ_FAULT_ERROR,
		                      .code = s->error.code,
		                      .latency_ms = s->sb->faults.opts.latency_ms };
	return o;
}

static bool read_body(struct send *s)
{
	const char *why = "malformed";

	s->doc = wq_json_read(wq_exchange_request(s->x)->body, WQ_SANDBOX_JSON_DEPTH_MAX, &why);
	if (!s->doc)
		return wq_graph_error_set(&s->error, 100, "The body is not valid JSON: %s.", why);
	return wq_graph_check(yyjson_doc_get_root(s->doc), &s->m, &s->error);
}

/* The recipient as the referee and orders name it. */
static struct wq_str recipient(struct send *s)
{
	if (!s->m.to.p)
		return s->m.bsuid;
	if (s->m.group)
		return s->m.to;
	wq_sandbox_wa_id(s->m.to, s->wa_id);
	return wq_str(s->wa_id);
}

static enum wq_outcome outcome_of(enum wq_fault_kind kind)
{
	static const enum wq_outcome outcomes[WQ_FAULT_KINDS] = {
		[WQ_FAULT_NONE] = WQ_OUTCOME_ACCEPTED,
		[WQ_FAULT_ERROR] = WQ_OUTCOME_ERROR,
		[WQ_FAULT_RESET_BEFORE] = WQ_OUTCOME_RESET_BEFORE,
		[WQ_FAULT_RESET_AFTER] = WQ_OUTCOME_RESET_AFTER,
		[WQ_FAULT_CLOSE] = WQ_OUTCOME_CLOSE,
		[WQ_FAULT_HANG] = WQ_OUTCOME_HANG,
		[WQ_FAULT_HANG_THEN_ACCEPT] = WQ_OUTCOME_HANG_THEN_ACCEPT,
		[WQ_FAULT_ACCEPT_THEN_5XX] = WQ_OUTCOME_ACCEPT_THEN_5XX,
		[WQ_FAULT_STATUS_FAILED] = WQ_OUTCOME_STATUS_FAILED,
	};

	return outcomes[kind];
}

static enum wq_outcome judge(struct send *s)
{
	if (!wq_graph_is_version(wq_exchange_param(s->x, "version"))) {
		(void)wq_graph_error_set(&s->error, 2500, NULL);
		return refuse(s, WQ_OUTCOME_REFUSED);
	}
	if (!wq_graph_has_token(s->x)) {
		(void)wq_graph_error_set(&s->error, WQ_GRAPH_BAD_TOKEN, NULL);
		return refuse(s, WQ_OUTCOME_UNAUTHORIZED);
	}
	if (!wq_graph_is_id(s->entry.phone_number_id)) {
		(void)wq_graph_error_set(&s->error, WQ_GRAPH_NO_OBJECT, NULL);
		return refuse(s, WQ_OUTCOME_REFUSED);
	}
	if (!read_body(s))
		return refuse(s, WQ_OUTCOME_REFUSED);
	if (s->m.receipt) {
		s->fault.latency_ms = s->sb->faults.opts.latency_ms;
		return WQ_OUTCOME_RECEIPT;
	}
	s->entry.to = recipient(s);
	s->entry.type = s->m.type;
	s->entry.opaque = s->m.opaque;
	s->fault = wq_faults_send(&s->sb->faults, s->entry.phone_number_id, s->entry.to, s->m.type);
	(void)wq_graph_error_set(&s->error, s->fault.code, NULL);
	s->error.status = s->fault.status;
	return outcome_of(s->fault.kind);
}

static bool is_v23(struct wq_exchange *x)
{
	struct wq_str version = wq_exchange_param(x, "version"), major;
	uint64_t n = 0;

	return wq_str_next(&version, '.', &major) && wq_str_to_u64(major, 1000, &n) &&
	       n <= LAST_VERSION_WITH_CONVERSATION;
}

/* Statuses come after the answer, which waits `delay_ms`. */
static void follow(struct send *s, uint64_t delay_ms)
{
	char bsuid[32];
	struct wq_accepted a = {
		.phone_number_id = s->entry.phone_number_id,
		.id = wq_str(s->id),
		.bsuid = s->m.bsuid,
		.message = &s->m,
		.v23 = is_v23(s->x),
		.failed_code = s->fault.kind == WQ_FAULT_STATUS_FAILED ? s->fault.code : 0,
	};

	if (s->m.to.p)
		a.recipient = s->entry.to;
	if (s->wa_id[0]) {
		wq_webhook_bsuid(a.recipient, bsuid);
		a.bsuid = wq_str(bsuid);
	}
	wq_sandbox_follow(s->sb, &a, delay_ms);
}

static int status_of(const struct send *s)
{
	switch (s->fault.kind) {
	case WQ_FAULT_NONE:
	case WQ_FAULT_STATUS_FAILED:
		return 200;
	case WQ_FAULT_ERROR:
	case WQ_FAULT_ACCEPT_THEN_5XX:
		return wq_graph_error_status(&s->error);
	default:
		return 0;
	}
}

static void note(struct send *s)
{
	bool late = s->fault.kind == WQ_FAULT_HANG_THEN_ACCEPT;
	bool message = s->entry.outcome != WQ_OUTCOME_RECEIPT;

	s->entry.status = status_of(s);
	s->entry.code = s->entry.status >= 400 ? s->error.code : 0;
	s->entry.accepted = message && !late && wq_fault_accepts(s->fault.kind);
	if (message && wq_fault_accepts(s->fault.kind)) {
		wq_sandbox_wamid(&s->sb->ids, s->entry.to, s->id);
		s->entry.id = wq_str(s->id);
	}
	wq_record_add(s->sb->record, &s->entry);
	if (s->entry.accepted)
		follow(s, s->fault.latency_ms);
}

static void write_contact(const struct send *s, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "input");
	wq_jsonw_str(w, s->m.to.p ? s->m.to : s->m.bsuid);
	wq_jsonw_key(w, s->m.to.p ? "wa_id" : "user_id");
	wq_jsonw_str(w, s->entry.to);
	wq_jsonw_object_end(w);
}

static void answer_accepted(struct send *s)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "messaging_product");
	wq_jsonw_text(&w, "whatsapp");
	wq_jsonw_key(&w, "contacts");
	wq_jsonw_array(&w);
	write_contact(s, &w);
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "messages");
	wq_jsonw_array(&w);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "id");
	wq_jsonw_text(&w, s->id);
	if (wq_str_is(s->m.type, "template")) {
		wq_jsonw_key(&w, "message_status");
		wq_jsonw_text(&w, "accepted");
	}
	wq_jsonw_object_end(&w);
	wq_jsonw_array_end(&w);
	wq_jsonw_object_end(&w);
	wq_graph_answer(s->x, &body, wq_jsonw_end(&w));
}

static void accept_late(struct send *s)
{
	s->entry.status = 200;
	s->entry.accepted = true;
	(void)wq_record_accept_late(s->sb->record, s->entry.seq, &s->entry);
	follow(s, 0);
	answer_accepted(s);
}

static void finish(struct send *s)
{
	switch (s->fault.kind) {
	case WQ_FAULT_RESET_BEFORE:
	case WQ_FAULT_RESET_AFTER:
		wq_reply_reset(s->x);
		break;
	case WQ_FAULT_CLOSE:
	case WQ_FAULT_HANG:
		wq_reply_close(s->x);
		break;
	case WQ_FAULT_HANG_THEN_ACCEPT:
		if (s->sb->releasing)
			wq_reply_close(s->x);
		else
			accept_late(s);
		break;
	case WQ_FAULT_ERROR:
	case WQ_FAULT_ACCEPT_THEN_5XX:
		wq_graph_refuse_with(s->sb, s->x, &s->error);
		break;
	default:
		if (s->entry.outcome == WQ_OUTCOME_RECEIPT)
			wq_graph_succeed(s->x);
		else
			answer_accepted(s);
	}
	destroy(s);
}

static void on_timer(struct wq_timer *t)
{
	finish(WQ_OWNER(t, struct send, timer));
}

/* The peer of one that hangs for ever: all it waited for. */
static void on_gone(struct wq_exchange *x)
{
	finish(wq_exchange_data(x));
}

static void wait(struct send *s)
{
	uint64_t ms = s->fault.latency_ms;

	if (s->sb->releasing || (ms == 0 && s->fault.kind != WQ_FAULT_HANG)) {
		finish(s);
		return;
	}
	wq_list_push(&s->sb->held, &s->link);
	if (s->fault.kind != WQ_FAULT_HANG) {
		wq_timer_start(&s->timer, ms);
		return;
	}
	wq_exchange_set_data(s->x, s);
	wq_exchange_on_gone(s->x, on_gone);
}

static void handle_send(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct send *s = wq_zalloc(sizeof(*s));

	if (!s) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_reply_problem(x, 500, "out_of_memory", NULL);
		return;
	}
	s->sb = sb;
	s->x = x;
	wq_list_init(&s->link);
	wq_timer_init(&s->timer, sb->loop, on_timer);
	s->entry.at_ms = wq_loop_wall_ms(sb->loop);
	s->entry.phone_number_id = wq_exchange_param(x, "phone_number_id");
	s->entry.body = wq_exchange_request(x)->body;
	s->entry.outcome = judge(s);
	note(s);
	wait(s);
}

void wq_graph_messages_release(struct wq_sandbox *sb)
{
	while (!wq_list_empty(&sb->held))
		finish(WQ_OWNER(sb->held.next, struct send, link));
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
