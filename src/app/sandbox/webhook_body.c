/* SPDX-License-Identifier: MIT */
/* webhook_body.c — the envelope, statuses, messages; then the escaping of it all. */
#include "app/sandbox/webhook_body.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/sandbox/fingerprints.h"
#include "app/sandbox/graph_error.h"
#include "base/err.h"
#include "base/limits.h"

enum { CONVERSATION_SECONDS = 86400 };

static const char *const names[] = { "sent", "delivered", "read", "failed" };

const char *wq_status_name(enum wq_status s)
{
	return names[s];
}

/* Meta writes times as strings. */
static void put_time(struct wq_jsonw *w, const char *key, int64_t at_s)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, at_s);
	wq_jsonw_put_text(w, key, text);
}

static void open_envelope(const struct wq_webhook_account *a, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "object", "whatsapp_business_account");
	wq_jsonw_key(w, "entry");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", a->waba_id);
	wq_jsonw_key(w, "changes");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "value");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "messaging_product", "whatsapp");
	wq_jsonw_key(w, "metadata");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "display_phone_number", a->display_phone_number);
	wq_jsonw_put_str(w, "phone_number_id", a->phone_number_id);
	wq_jsonw_object_end(w);
}

static void close_envelope(struct wq_jsonw *w)
{
	wq_jsonw_object_end(w);
	wq_jsonw_put_text(w, "field", "messages");
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static void write_contact(struct wq_jsonw *w, struct wq_str name, struct wq_str wa_id,
                          struct wq_str bsuid)
{
	wq_jsonw_key(w, "contacts");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "profile");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", name);
	wq_jsonw_object_end(w);
	if (wa_id.n)
		wq_jsonw_put_str(w, "wa_id", wa_id);
	if (bsuid.n)
		wq_jsonw_put_str(w, "user_id", bsuid);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
}

static void write_conversation(const struct wq_webhook_status *s, struct wq_jsonw *w)
{
	char id[40];

	(void)snprintf(id, sizeof(id), "%016" PRIx64 "%016" PRIx64, wq_fingerprint(1, s->recipient),
	               wq_fingerprint(2, s->recipient));
	wq_jsonw_key(w, "conversation");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", id);
	if (s->status == WQ_STATUS_SENT)
		put_time(w, "expiration_timestamp", s->at_s + CONVERSATION_SECONDS);
	wq_jsonw_key(w, "origin");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "type", s->template ? "utility" : "service");
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

static void write_pricing(const struct wq_webhook_status *s, struct wq_jsonw *w)
{
	wq_jsonw_key(w, "pricing");
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "billable", s->template);
	wq_jsonw_put_text(w, "pricing_model", "PMP");
	wq_jsonw_put_text(w, "type", s->template ? "regular" : "free_customer_service");
	wq_jsonw_put_text(w, "category", s->template ? "utility" : "service");
	wq_jsonw_object_end(w);
}

static void write_status(const struct wq_webhook_status *s, struct wq_jsonw *w)
{
	bool priced = s->status == WQ_STATUS_SENT || s->status == WQ_STATUS_DELIVERED;

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", s->id);
	wq_jsonw_put_text(w, "status", names[s->status]);
	put_time(w, "timestamp", s->at_s);
	if (s->recipient.n)
		wq_jsonw_put_str(w, "recipient_id", s->recipient);
	if (s->group)
		wq_jsonw_put_text(w, "recipient_type", "group");
	if (s->bsuid.n && s->status != WQ_STATUS_FAILED)
		wq_jsonw_put_str(w, "recipient_user_id", s->bsuid);
	if (priced && s->v23)
		write_conversation(s, w);
	if (priced)
		write_pricing(s, w);
	if (s->opaque.p)
		wq_jsonw_put_str(w, "biz_opaque_callback_data", s->opaque);
	if (s->status == WQ_STATUS_FAILED) {
		wq_jsonw_key(w, "errors");
		wq_jsonw_array(w);
		wq_graph_error_write_status(s->code, w);
		wq_jsonw_array_end(w);
	}
	wq_jsonw_object_end(w);
}

/* What was written plainly into `json` goes to `out` escaped. */
static int finish(struct wq_jsonw *w, struct wq_buf *json, struct wq_buf *out)
{
	int rc = wq_jsonw_end(w);

	if (rc == 0)
		rc = wq_webhook_escape(wq_buf_str(json), out);
	wq_buf_fini(json);
	return rc;
}

int wq_webhook_write_status(const struct wq_webhook_account *a, const struct wq_webhook_status *s,
                            struct wq_buf *out)
{
	struct wq_buf json;
	struct wq_jsonw w;

	wq_buf_init(&json, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_jsonw_begin(&w, &json);
	open_envelope(a, &w);
	if (s->status != WQ_STATUS_FAILED && !s->group)
		write_contact(&w, wq_str("Sandbox"), s->recipient, s->bsuid);
	wq_jsonw_key(&w, "statuses");
	wq_jsonw_array(&w);
	write_status(s, &w);
	wq_jsonw_array_end(&w);
	close_envelope(&w);
	return finish(&w, &json, out);
}

static void write_extra(yyjson_val *extra, struct wq_jsonw *w)
{
	yyjson_val *key, *value;
	size_t i, n;

	if (!extra)
		return;
	yyjson_obj_foreach(extra, i, n, key, value)
	{
		wq_jsonw_key(w, yyjson_get_str(key));
		wq_jsonw_value(w, value);
	}
}

static void write_content(const struct wq_webhook_message *m, struct wq_jsonw *w)
{
	char type[64];

	if (!m->text.p && !m->content_json.p && !m->content)
		return;
	(void)snprintf(type, sizeof(type), "%.*s", (int)(m->type.n < 63 ? m->type.n : 63),
	               m->type.p);
	wq_jsonw_key(w, type);
	if (m->text.p) {
		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "body", m->text);
		wq_jsonw_object_end(w);
	} else if (m->content_json.p) {
		wq_jsonw_raw(w, m->content_json);
	} else {
		wq_jsonw_value(w, m->content);
	}
}

static void write_message(const struct wq_webhook_account *a, const struct wq_webhook_message *m,
                          struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	if (m->context.p) {
		wq_jsonw_key(w, "context");
		wq_jsonw_object(w);
		wq_jsonw_put_text(w, "from", a->display_phone_number);
		wq_jsonw_put_str(w, "id", m->context);
		wq_jsonw_object_end(w);
	}
	if (m->from.n)
		wq_jsonw_put_str(w, "from", m->from);
	if (m->bsuid.n)
		wq_jsonw_put_str(w, "from_user_id", m->bsuid);
	wq_jsonw_put_str(w, "id", m->id);
	put_time(w, "timestamp", m->at_s);
	wq_jsonw_put_str(w, "type", m->type);
	write_extra(m->extra, w);
	write_content(m, w);
	wq_jsonw_object_end(w);
}

int wq_webhook_write_message(const struct wq_webhook_account *a, const struct wq_webhook_message *m,
                             struct wq_buf *out)
{
	struct wq_buf json;
	struct wq_jsonw w;

	wq_buf_init(&json, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	wq_jsonw_begin(&w, &json);
	open_envelope(a, &w);
	write_contact(&w, m->name, m->from, m->bsuid);
	wq_jsonw_key(&w, "messages");
	wq_jsonw_array(&w);
	write_message(a, m, &w);
	wq_jsonw_array_end(&w);
	close_envelope(&w);
	return finish(&w, &json, out);
}

/* The code point at p, which is well-formed UTF-8, and its length. */
static uint32_t decode(const unsigned char *p, size_t *n)
{
	if (p[0] < 0xe0) {
		*n = 2;
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	}
	if (p[0] < 0xf0) {
		*n = 3;
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	}
	*n = 4;
	return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
	       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

static int add_code_point(uint32_t c, struct wq_buf *out)
{
	if (c < 0x10000)
		return wq_buf_addf(out, "\\u%04x", c);
	c -= 0x10000;
	return wq_buf_addf(out, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/* A backslash and what it escapes; in JSON that is ASCII, in anything else it may be half a character. */
static bool starts_escape(struct wq_str json, size_t i)
{
	return json.p[i] == '\\' && i + 1 < json.n && (unsigned char)json.p[i + 1] < 0x80;
}

int wq_webhook_escape(struct wq_str json, struct wq_buf *out)
{
	size_t plain = 0; /* start of the run that stays as it is */
	int rc = 0;

	if (!wq_str_is_utf8(json))
		return WQ_EPARSE;
	for (size_t i = 0, n; i < json.n && rc == 0; i += n) {
		unsigned char c = (unsigned char)json.p[i];
		uint32_t code = 0;

		n = starts_escape(json, i) ? 2 : 1; /* "\/" is escaped already */
		if (c < 0x80 && c != '/')
			continue;
		if (c >= 0x80)
			code = decode((const unsigned char *)json.p + i, &n);
		rc = wq_buf_add(out, json.p + plain, i - plain);
		if (rc == 0)
			rc = c == '/' ? wq_buf_add(out, "\\/", 2) : add_code_point(code, out);
		plain = i + n;
	}
	return rc < 0 || json.n == plain ? rc : wq_buf_add(out, json.p + plain, json.n - plain);
}

int wq_webhook_sign(struct wq_hmac_key *key, struct wq_str body, char out[WQ_SIGNATURE_BYTES + 1])
{
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = wq_hmac(key, body, sum);

	if (rc < 0)
		return rc;
	memcpy(out, "sha256=", 7);
	wq_hex_encode(sum, sizeof(sum), out + 7);
	out[WQ_SIGNATURE_BYTES] = '\0';
	return 0;
}

void wq_webhook_bsuid(struct wq_str wa_id, char out[32])
{
	(void)snprintf(out, 32, "US.%020" PRIu64, wq_fingerprint(3, wa_id));
}
