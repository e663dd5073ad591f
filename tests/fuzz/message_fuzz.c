/* SPDX-License-Identifier: MIT */
/* message_fuzz.c — hostile JSON as a message, in every shape.
 *
 * The first byte chooses the reader, and whether numbers that nothing holds are kept as text.  What is refused says
 * what is wrong; what is read keeps to its bounds, is written as JSON, and reads as the same again.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json_pool.h"
#include "base/limits.h"
#include "base/log.h"
#include "domain/message/read.h"

enum { INPUT_MAX_BYTES = 65536, OUT_MAX_BYTES = 16777216, ARENA_BYTES = 16777216, DEPTH = 64 };

#define NOW_MS INT64_C(1781000000000)

static const char *const ops[] = {
	"sendText",     "sendMedia",    "sendWhatsAppAudio", "sendPtv",  "sendSticker", "sendLocation", "sendContact",
	"sendReaction", "sendTemplate", "sendList",          "sendPoll", "sendButtons", "sendNothing",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *ctx, struct wq_str line) {}

static int read_as(unsigned how, struct wq_message *m, yyjson_val *root, struct wq_arena *a,
                   struct wq_message_problem *p)
{
	if (how < 2)
		return wq_message_read(m, root, NOW_MS, a, p);
	if (how < 3)
		return wq_message_read_graph(m, root, NOW_MS, a, p);
	return wq_message_read_evolution(m, wq_str(ops[(how - 3) % WQ_COUNT(ops)]), root, NOW_MS, a,
	                                 p);
}

static void require_bounds(const struct wq_message *m)
{
	bool signal = m->kind == WQ_MESSAGE_READ || m->kind == WQ_MESSAGE_TYPING;

	WQ_REQUIRE(m->kind < WQ_MESSAGE_KINDS && m->send_class < WQ_CLASSES);
	WQ_REQUIRE(m->priority >= 1 && m->priority <= WQ_PRIORITY_MAX);
	/* What names a text has no content before that is made (template/use.h). */
	WQ_REQUIRE(signal ? !m->content && (m->reply_to.n > 0 || m->to.n > 0)
	                  : m->content || m->use);
	WQ_REQUIRE(signal || m->to.n > 0);
	WQ_REQUIRE(m->to.n <= WQ_WA_ADDRESS_MAX_BYTES + 8);
	WQ_REQUIRE(m->scheduled_ms == 0 || m->scheduled_ms > NOW_MS);
	WQ_REQUIRE(!m->to.p || m->recipient != WQ_RECIPIENT_PHONE ||
	           (m->to.p[0] == '+' && m->to.n > WQ_WA_PHONE_MIN_DIGITS &&
	            m->to.n <= WQ_WA_PHONE_MAX_DIGITS + 1));
}

static void write_message(struct wq_buf *out, const struct wq_message *m)
{
	struct wq_jsonw w;

	wq_buf_init(out, OUT_MAX_BYTES);
	wq_jsonw_begin(&w, out);
	wq_message_write(&w, m);
	WQ_REQUIRE(wq_jsonw_end(&w) == 0);
}

static void require_same_again(const struct wq_message *m)
{
	struct wq_message_problem p;
	struct wq_message again;
	struct wq_buf first, second;
	struct wq_arena arena;
	yyjson_doc *doc;

	write_message(&first, m);
	doc = wq_json_read(wq_buf_str(&first), DEPTH, NULL);
	WQ_REQUIRE(doc);
	wq_arena_init(&arena, ARENA_BYTES);
	WQ_REQUIRE(wq_message_read(&again, yyjson_doc_get_root(doc), NOW_MS, &arena, &p) == 0);
	WQ_REQUIRE(again.kind == m->kind && again.recipient == m->recipient);
	write_message(&second, &again);
	WQ_REQUIRE(wq_str_eq(wq_buf_str(&first), wq_buf_str(&second)));
	wq_buf_fini(&first);
	wq_buf_fini(&second);
	wq_arena_fini(&arena);
	wq_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_message_problem p;
	struct wq_message m;
	struct wq_json_pool pool;
	struct wq_arena arena;
	yyjson_doc *doc = NULL;
	yyjson_val *root = NULL;
	int rc;

	if (size < 2 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	wq_json_pool_init(&pool);
	wq_arena_init(&arena, ARENA_BYTES);
	if (data[0] & 0x80)
		(void)wq_json_pool_read(&pool, wq_strn((const char *)data + 1, size - 1), DEPTH,
		                        &root);
	else
		doc = wq_json_read(wq_strn((const char *)data + 1, size - 1), DEPTH, NULL);
	root = doc ? yyjson_doc_get_root(doc) : root;
	if (root) {
		rc = read_as((data[0] & 0x7f) % 16, &m, root, &arena, &p);
		WQ_REQUIRE(rc == 0 || rc == WQ_MESSAGE_INVALID || rc == WQ_ETOOBIG);
		WQ_REQUIRE(rc != WQ_MESSAGE_INVALID ||
		           (p.what[0] && memchr(p.field, 0, sizeof(p.field))));
		if (rc == 0) {
			require_bounds(&m);
			require_same_again(&m);
		}
	}
	wq_arena_fini(&arena);
	wq_json_free(doc);
	wq_json_pool_fini(&pool);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
