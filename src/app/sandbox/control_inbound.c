/* SPDX-License-Identifier: MIT */
/* control_inbound.c — a customer writes: an order becomes a signed webhook.
 *
 *   {"from":"593900000011","text":"Hi"}                                    a text
 *   {"from":…,"type":"image","image":{…}}                                  any type, its object as Meta writes it
 *   {…,"extra":{"context":{…},"referral":{…}}}                             further members of the message
 *   {…,"name":…,"phone_number_id":…,"id":…,"timestamp":…}                  what may be chosen as well
 */
#include "app/sandbox/control.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

static const char PHONE_NUMBER_ID[] = "100000000000001";

enum { ANSWER_MAX_BYTES = 1024, TYPE_CHARS_MAX = 63, NAME_BYTES_MAX = 1024 };

struct inbound {
	struct wq_webhook_message m;
	struct wq_str phone_number_id;
	char from[WQ_WA_ID_MAX_BYTES], bsuid[32], id[WQ_WAMID_MAX_BYTES];
	char type[TYPE_CHARS_MAX + 1];
};

static bool is_word(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_'))
			return false;
	return s.n > 0 && s.n <= TYPE_CHARS_MAX;
}

static struct wq_str otherwise(struct wq_str s, struct wq_str preset)
{
	return s.p ? s : preset;
}

/* The text, or the object that the type names. */
static const char *read_content(yyjson_val *root, struct inbound *in)
{
	yyjson_val *text = wq_json_get(root, "text");

	in->m.type = otherwise(wq_json_get_str(root, "type"), wq_str("text"));
	if (!is_word(in->m.type))
		return "type is a word in lower case, such as text, image, button or interactive.";
	(void)snprintf(in->type, sizeof(in->type), "%.*s", WQ_STR_ARG(in->m.type));
	in->m.content = wq_json_get(root, in->type);
	in->m.extra = wq_json_get(root, "extra");
	if (in->m.extra && !yyjson_is_obj(in->m.extra))
		return "extra is an object, such as {\"context\":{\"forwarded\":true}}.";
	if (!wq_str_is(in->m.type, "text"))
		return NULL;
	in->m.text = yyjson_is_obj(text) ? wq_json_get_str(text, "body") : wq_json_str(text);
	in->m.content = NULL;
	return in->m.text.p ? NULL : "text is a string, or an object with body.";
}

/* NULL: *in is complete; otherwise what is wrong. */
static const char *read_inbound(struct wq_sandbox *sb, yyjson_val *root, struct inbound *in)
{
	struct wq_str id = wq_json_get_str(root, "id");
	const char *why;

	*in = (struct inbound){ .phone_number_id = otherwise(wq_json_get_str(root,
		                                                             "phone_number_id"),
		                                             wq_str(PHONE_NUMBER_ID)) };
	wq_sandbox_wa_id(wq_json_get_str(root, "from"), in->from);
	if (!in->from[0])
		return "from is a phone number, as a string.";
	if (!wq_graph_is_id(in->phone_number_id))
		return "phone_number_id is a string of digits.";
	if (id.n >= sizeof(in->id))
		return "id is at most 127 bytes long.";
	why = read_content(root, in);
	if (why)
		return why;
	wq_webhook_bsuid(wq_str(in->from), in->bsuid);
	if (id.n)
		(void)snprintf(in->id, sizeof(in->id), "%.*s", WQ_STR_ARG(id));
	else
		wq_sandbox_wamid(&sb->ids, wq_str(in->from), in->id);
	in->m.id = wq_str(in->id);
	in->m.from = wq_str(in->from);
	in->m.bsuid = wq_str(in->bsuid);
	in->m.name = otherwise(wq_json_get_str(root, "name"), wq_str("Sandbox"));
	in->m.at_s = wq_json_get_int(root, "timestamp", wq_loop_wall_ms(sb->loop) / 1000);
	if (in->m.name.n > NAME_BYTES_MAX)
		return "name is at most 1024 bytes long.";
	return NULL;
}

/* 0, or what went wrong. */
static int64_t post(struct wq_sandbox *sb, const struct inbound *in)
{
	char number[16];
	struct wq_webhook_account account = wq_sandbox_account(in->phone_number_id, number);
	struct wq_webhook h = { .kind = "message", .id = in->m.id };
	struct wq_buf body;
	int64_t rc;

	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	rc = wq_webhook_write_message(&account, &in->m, &body);
	if (rc == 0) {
		h.body = wq_buf_str(&body);
		h.fault = wq_faults_webhook(&sb->faults, false);
		rc = wq_webhooks_add(sb->webhooks, &h);
	}
	wq_buf_fini(&body);
	return rc;
}

static void answer(struct wq_exchange *x, const struct inbound *in, int64_t seq)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "id", in->id);
	wq_jsonw_put_int(&w, "webhook", seq);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 201, &body, wq_jsonw_end(&w));
}

static void handle_inbound(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	yyjson_doc *doc;
	struct inbound in;
	const char *why;
	int64_t seq;

	if (!wq_webhooks_aimed(sb->webhooks, WQ_PROVIDER_CLOUD)) {
		wq_reply_problem(
			x, 409, "no_webhook",
			"There is nobody to tell: PATCH /_sandbox/settings with webhook_url first.");
		return;
	}
	doc = wq_control_read(x);
	if (!doc)
		return;
	why = read_inbound(sb, yyjson_doc_get_root(doc), &in);
	seq = why ? 0 : post(sb, &in);
	if (why)
		wq_reply_problem(x, 400, "bad_message", "%s", why);
	else if (seq == WQ_EFULL)
		wq_reply_problem(x, 503, "too_many_webhooks",
		                 "Too many webhooks wait to be posted.");
	else if (seq < 0)
		wq_reply_problem(x, 400, "bad_message",
		                 "The message does not fit into a webhook (%s).",
		                 wq_err_text((int)seq));
	else
		answer(x, &in, seq);
	wq_json_free(doc);
}

int wq_control_inbound_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/_sandbox/inbound", .handle = handle_inbound,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201, .summary = "Write as a customer" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
