/* SPDX-License-Identifier: MIT */
/* provider_world.c — see the header. */
#include "provider_world.h"

#include "support/test.h"

enum { PATH_BYTES = 1024, FILE_MAX_BYTES = 8388608, DEPTH = 64 };

void sample_load(const char *path, struct wq_buf *out)
{
	char full[PATH_BYTES];
	FILE *f;

	(void)snprintf(full, sizeof(full), WQ_TESTS_DIR "/samples/%s", path);
	f = fopen(full, "rb");
	WQ_CHECK(full, f != NULL);
	wq_buf_init(out, FILE_MAX_BYTES);
	while (f && wq_buf_reserve(out, 65536) == 0) {
		size_t n = fread(out->p + out->n, 1, 65536, f);

		if (n == 0)
			break;
		out->n += n;
	}
	if (f)
		(void)fclose(f);
}

yyjson_doc *sample_json(const char *path)
{
	struct wq_buf text;
	yyjson_doc *doc;

	sample_load(path, &text);
	doc = wq_json_read(wq_buf_str(&text), DEPTH, NULL);
	wq_buf_fini(&text);
	WQ_CHECK(path, doc != NULL);
	return doc;
}

static enum wq_message_kind kind_of(yyjson_val *body, struct wq_str type)
{
	static const char *const types[] = { "text",        "image",    "video",    "audio",
		                             "document",    "sticker",  "location", "contacts",
		                             "reaction",    "interactive", "template" };

	if (wq_json_get_str(body, "status").p)
		return wq_json_get(body, "typing_indicator") ? WQ_MESSAGE_TYPING : WQ_MESSAGE_READ;
	for (size_t i = 0; i < WQ_COUNT(types); i++)
		if (wq_str_is(type, types[i]))
			return (enum wq_message_kind)i;
	WQ_CHECK("a type", false);
	return WQ_MESSAGE_KINDS;
}

struct wq_message message_of_graph(yyjson_val *body)
{
	struct wq_str type = wq_json_get_str(body, "type");
	struct wq_message m = { .kind = kind_of(body, type), .to = wq_json_get_str(body, "to") };

	if (wq_json_get_str(body, "recipient").p) {
		m.recipient = WQ_RECIPIENT_USER;
		m.to = wq_json_get_str(body, "recipient");
	} else if (wq_str_is(wq_json_get_str(body, "recipient_type"), "group")) {
		m.recipient = WQ_RECIPIENT_GROUP;
	}
	m.reply_to = wq_json_get_str(wq_json_get(body, "context"), "message_id");
	m.identity = wq_json_get_str(body, "recipient_identity_key_hash");
	if (m.kind == WQ_MESSAGE_READ || m.kind == WQ_MESSAGE_TYPING)
		m.reply_to = wq_json_get_str(body, "message_id");
	else
		m.content = wq_json_get(body, type.p);
	return m;
}

struct wq_call answered(int status, struct wq_str body)
{
	struct wq_call call = { .status = status, .sent = true, .retry_after_ms = -1 };

	wq_buf_init(&call.body_in, FILE_MAX_BYTES);
	WQ_CHECK_INT("a body", wq_buf_add_str(&call.body_in, body), 0);
	return call;
}

struct wq_call unanswered(bool sent)
{
	return (struct wq_call){ .sent = sent, .retry_after_ms = -1 };
}

void show_request(const struct wq_provider_request *r, struct wq_buf *out)
{
	(void)wq_buf_addf(out, "%s %s\n", r->method, r->url);
	for (unsigned i = 0; i < r->headers_n; i++)
		(void)wq_buf_addf(out, "%s: %.*s\n", r->headers[i].name,
		                  WQ_STR_ARG(r->headers[i].value));
	(void)wq_buf_add_char(out, '\n');
	WQ_CHECK_INT("shown", wq_buf_add_str(out, r->body), 0);
}
