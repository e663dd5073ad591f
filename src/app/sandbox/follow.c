/* SPDX-License-Identifier: MIT */
/* follow.c — the webhooks that a message causes: its statuses, and perhaps an answer of the recipient.
 *
 * A reply fits the message: the same text, the first button, the first row; "ok" to anything else.
 */
#include <stdio.h>

#include "app/sandbox/fingerprints.h"
#include "app/sandbox/send.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

static const char WABA_ID[] = "900100200300401";

enum { REPLY_MAX_BYTES = 4096 };

void wq_sandbox_display_number(struct wq_str phone_number_id, char out[16])
{
	unsigned line = (unsigned)(wq_fingerprint(4, phone_number_id) % 10000);

	(void)snprintf(out, 16, "1202555%04u", line);
}

struct wq_webhook_account wq_sandbox_account(struct wq_str phone_number_id, char number[16])
{
	wq_sandbox_display_number(phone_number_id, number);
	return (struct wq_webhook_account){ WABA_ID, number, phone_number_id };
}

static void queue(struct wq_sandbox *sb, struct wq_webhook *h, struct wq_buf *body, int rc)
{
	h->body = wq_buf_str(body);
	if (rc == 0 && wq_webhooks_add(sb->webhooks, h) == WQ_EFULL)
		wq_debug("webhook refused", WQ_S("kind", h->kind));
	wq_buf_fini(body);
}

void wq_send_post_status(struct wq_send *s, struct wq_webhook *h, struct wq_buf *body, int rc)
{
	h->provider = s->ops->provider;
	h->id = wq_str(s->id);
	h->fault = wq_faults_webhook(&s->sb->faults, true);
	h->fault.lose |= s->fault.kind == WQ_FAULT_STATUS_LOST;
	queue(s->sb, h, body, rc);
}

void wq_send_post_message(struct wq_send *s, struct wq_webhook *h, struct wq_buf *body, int rc)
{
	h->provider = s->ops->provider;
	h->kind = "message";
	h->fault = wq_faults_webhook(&s->sb->faults, false);
	queue(s->sb, h, body, rc);
}

void wq_sandbox_send_status(struct wq_send *send, const struct wq_accepted *a,
                            enum wq_status status, uint64_t delay_ms)
{
	struct wq_webhook_status s = {
		.status = status,
		.id = a->id,
		.recipient = a->recipient,
		.bsuid = a->bsuid,
		.group = a->message->group,
		.template = wq_str_is(a->message->type, "template"),
		.v23 = a->v23,
		.opaque = a->message->opaque,
		.at_s = wq_send_at_s(send, delay_ms),
		.code = a->failed_code,
	};
	struct wq_webhook h = { .kind = wq_status_name(status), .delay_ms = delay_ms };
	char number[16];
	struct wq_webhook_account account = wq_sandbox_account(a->phone_number_id, number);
	struct wq_buf body;

	if (!wq_webhooks_aimed(send->sb->webhooks, WQ_PROVIDER_CLOUD))
		return;
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_send_post_status(send, &h, &body, wq_webhook_write_status(&account, &s, &body));
}

/* {"type":KIND,KIND:{"id":…,"title":…}} of what was offered; false: nothing was. */
static bool choose(yyjson_val *offered, const char *kind, struct wq_buf *out)
{
	struct wq_jsonw w;

	if (!yyjson_is_obj(offered))
		return false;
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "type", kind);
	wq_jsonw_key(&w, kind);
	wq_jsonw_value(&w, offered);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w) == 0;
}

static bool choose_button(const struct wq_graph_message *m, struct wq_buf *out)
{
	yyjson_val *action = wq_json_get(m->content, "action");
	yyjson_val *button = yyjson_arr_get_first(wq_json_get(action, "buttons"));
	yyjson_val *section = yyjson_arr_get_first(wq_json_get(action, "sections"));
	yyjson_val *row = yyjson_arr_get_first(wq_json_get(section, "rows"));

	if (wq_str_is(m->interactive, "button"))
		return choose(wq_json_get(button, "reply"), "button_reply", out);
	return wq_str_is(m->interactive, "list") && choose(row, "list_reply", out);
}

void wq_sandbox_send_reply(struct wq_send *send, const struct wq_accepted *a, uint64_t delay_ms)
{
	struct wq_sandbox *sb = send->sb;
	char id[WQ_WAMID_MAX_BYTES];
	struct wq_webhook_message m = { .id = wq_strn(NULL, 0),
		                        .from = a->recipient,
		                        .bsuid = a->bsuid,
		                        .name = wq_str("Sandbox"),
		                        .type = wq_str("text"),
		                        .text = a->message->text,
		                        .context = a->id,
		                        .at_s = wq_send_at_s(send, delay_ms) };
	struct wq_webhook h = { .delay_ms = delay_ms };
	char number[16];
	struct wq_webhook_account account = wq_sandbox_account(a->phone_number_id, number);
	struct wq_buf body, choice;

	if (!wq_webhooks_aimed(sb->webhooks, WQ_PROVIDER_CLOUD))
		return;
	wq_sandbox_wamid(&sb->ids, a->recipient, id);
	m.id = h.id = wq_str(id);
	wq_buf_init(&choice, REPLY_MAX_BYTES);
	if (choose_button(a->message, &choice)) {
		m.type = wq_str("interactive");
		m.content_json = wq_buf_str(&choice);
	} else if (!m.text.p) {
		m.text = wq_str("ok");
	}
	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_send_post_message(send, &h, &body, wq_webhook_write_message(&account, &m, &body));
	wq_buf_fini(&choice);
}
