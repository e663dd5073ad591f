/* SPDX-License-Identifier: MIT */
/* sandbox_fuzz.c — hostile bodies: a message to judge, a form to take apart, JSON to escape.
 *
 * The first byte chooses; the rest is the body.  Parts never reach beyond the body, a refusal says why, what was
 * accepted can be told of in a webhook, and a webhook is ASCII that reads back as JSON.
 */
#include <stdlib.h>

#include "app/sandbox/check.h"
#include "app/sandbox/ids.h"
#include "app/sandbox/multipart.h"
#include "app/sandbox/webhook_body.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct wq_str part, struct wq_str whole)
{
	return !part.p ||
	       (part.p >= whole.p && part.n <= whole.n && part.p + part.n <= whole.p + whole.n);
}

static void fuzz_multipart(struct wq_str body)
{
	struct wq_multipart m;
	struct wq_part p;

	if (!wq_multipart_begin(&m, wq_str("multipart/form-data; boundary=b"), body))
		return;
	while (wq_multipart_next(&m, &p)) {
		WQ_REQUIRE(p.name.p && within(p.name, body) && within(p.content, body));
		WQ_REQUIRE(within(p.filename, body) && within(p.type, body));
	}
}

/* As the header of an honest body. */
static void fuzz_boundary(struct wq_str type)
{
	struct wq_multipart m;
	struct wq_part p;

	if (wq_multipart_begin(
		    &m, type,
		    wq_str("--b\r\nContent-Disposition: form-data; name=f\r\n\r\nx\r\n--b--")))
		while (wq_multipart_next(&m, &p))
			WQ_REQUIRE(p.name.p);
}

static void check_webhook(struct wq_buf *b)
{
	yyjson_doc *doc;

	for (size_t i = 0; i < b->n; i++)
		WQ_REQUIRE((unsigned char)b->p[i] >= 0x20 && (unsigned char)b->p[i] < 0x80);
	doc = wq_json_read(wq_buf_str(b), WQ_SANDBOX_JSON_DEPTH_MAX + 16, NULL);
	WQ_REQUIRE(doc);
	wq_json_free(doc);
	wq_buf_fini(b);
}

static void tell(const struct wq_graph_message *m)
{
	struct wq_webhook_account account = { "1", "2", wq_str("3") };
	struct wq_webhook_status s = { .status = WQ_STATUS_SENT, .id = wq_str("w"), .recipient = m->to,
		                       .bsuid = m->bsuid, .group = m->group, .opaque = m->opaque };
	struct wq_webhook_message back = { .id = wq_str("w"), .name = wq_str("n"), .type = m->type,
		                           .text = m->text, .content = m->content };
	struct wq_buf b;

	wq_buf_init(&b, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	if (wq_webhook_write_status(&account, &s, &b) == 0)
		check_webhook(&b);
	wq_buf_fini(&b);
	wq_buf_init(&b, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	if (wq_webhook_write_message(&account, &back, &b) == 0)
		check_webhook(&b);
	wq_buf_fini(&b);
}

static void fuzz_message(struct wq_str body)
{
	yyjson_doc *doc = wq_json_read(body, WQ_SANDBOX_JSON_DEPTH_MAX, NULL);
	struct wq_graph_error why = { .code = 0 };
	struct wq_graph_message m;
	char wa_id[WQ_WA_ID_MAX_BYTES];

	if (doc && wq_graph_check(yyjson_doc_get_root(doc), &m, &why)) {
		wq_sandbox_wa_id(m.to, wa_id);
		if (!m.receipt)
			tell(&m);
	} else if (doc) {
		WQ_REQUIRE(why.code > 0 && why.details[0]);
	}
	wq_json_free(doc);
}

static void fuzz_escape(struct wq_str text)
{
	struct wq_buf b;

	wq_buf_init(&b, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	if (wq_webhook_escape(text, &b) == 0)
		for (size_t i = 0; i < b.n; i++)
			WQ_REQUIRE((unsigned char)b.p[i] < 0x80);
	wq_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(struct wq_str) = { fuzz_message, fuzz_multipart,
		                                          fuzz_boundary, fuzz_escape };
	uint64_t live = wq_alloc_live();
	char *copy;

	if (size == 0)
		return 0;
	copy = malloc(size > 1 ? size - 1 : 1); /* exactly as large: one byte beyond is seen */
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	targets[data[0] % WQ_COUNT(targets)](wq_strn(copy, size - 1));
	free(copy);
	WQ_REQUIRE(wq_alloc_live() == live);
	return 0;
}
