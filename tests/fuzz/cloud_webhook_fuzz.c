/* SPDX-License-Identifier: MIT */
/* cloud_webhook_fuzz.c — hostile webhooks of Meta's.
 *
 * Whatever comes is read, or has a condition with no update; there are never more updates than allowed.  Every text of
 * an update can be read; keys are within their bounds; the job and the full form are JSON, and the job has its four
 * members.  The same bytes give the same keys again.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/limits.h"
#include "base/log.h"
#include "domain/inbound/job.h"
#include "domain/inbound/reader.h"

enum { INPUT_MAX_BYTES = 65536, OUT_MAX_BYTES = 4194304 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t n;
	uint64_t sum; /* of all keys */
	struct wq_buf out;
};

static void swallow(void *ctx, struct wq_str line) {}

/* Numbers that no double holds stay as they came: JavaScript reads them too. */
static void require_json(struct wq_buf *out, const char *const *members, size_t n)
{
	struct wq_json_pool pool;
	yyjson_val *root;

	wq_json_pool_init(&pool);
	WQ_REQUIRE(wq_json_pool_read(&pool, wq_buf_str(out), WQ_WEBHOOK_DEPTH_MAX + 2, &root) == 0);
	for (size_t i = 0; i < n; i++)
		WQ_REQUIRE(wq_json_get(root, members[i]));
	wq_json_pool_fini(&pool);
}

static int on_update(void *user, const struct wq_inbound *u)
{
	static const char *const always[] = { "businessId", "phoneNumberId", "timestamp" };
	struct seen *s = user;
	struct wq_jsonw w;

	WQ_REQUIRE(++s->n <= WQ_WEBHOOK_UPDATES_MAX && u->kind < WQ_INBOUND_KINDS);
	WQ_REQUIRE(u->dedup.n == 16 && u->conversation.n <= WQ_CONVERSATION_MAX_BYTES);
	WQ_REQUIRE(u->time_ms >= 0 && u->time_ms <= WQ_TIMESTAMP_MAX_MS);
	for (size_t i = 0; i < u->dedup.n; i++)
		s->sum = s->sum * 31 + (unsigned char)u->dedup.p[i];
	for (size_t i = 0; i < u->conversation.n; i++)
		s->sum = s->sum * 31 + (unsigned char)u->conversation.p[i];
	wq_buf_clear(&s->out);
	wq_jsonw_begin(&w, &s->out);
	wq_inbound_write_job(&w, u);
	WQ_REQUIRE(wq_jsonw_end(&w) == 0);
	require_json(&s->out, always, WQ_COUNT(always));
	wq_buf_clear(&s->out);
	wq_jsonw_begin(&w, &s->out);
	wq_inbound_write_full(&w, u); /* touches every text of the model */
	WQ_REQUIRE(wq_jsonw_end(&w) == 0);
	require_json(&s->out, NULL, 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_inbound_reader r;
	struct wq_webhook hook = { .body = wq_strn((const char *)data, size),
		                   .now_ms = 1782000000000 };
	struct seen s = { .n = 0 };
	uint64_t first = 0;

	if (size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	wq_inbound_reader_init(&r);
	wq_buf_init(&s.out, OUT_MAX_BYTES);
	for (int i = 0; i < 2; i++) {
		int rc;

		s.n = 0;
		s.sum = 0;
		rc = wq_cloud_webhook_read(&r, &hook, on_update, &s);
		WQ_REQUIRE(rc >= 0 && rc < WQ_INBOUND_CONDITIONS);
		WQ_REQUIRE(rc == 0 || s.n == 0);
		WQ_REQUIRE(i == 0 || s.sum == first);
		first = s.sum;
	}
	wq_buf_fini(&s.out);
	wq_inbound_reader_fini(&r);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
