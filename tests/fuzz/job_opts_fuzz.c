/* SPDX-License-Identifier: MIT */
/* job_opts_fuzz.c — hostile JSON as a job's options, or as a flow.
 *
 * The first byte chooses.  What is stored is JSON again, an object with attempts, and reads to the same again as far
 * as options keep their names; numbers are within their bounds; what is refused says why.  A flow names its parents
 * before its children.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "queue/flow_tree.h"
#include "queue/job_id.h"

enum { INPUT_MAX_BYTES = 65536, DEPTH = 64, ARENA_BYTES = 16777216 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *ctx, struct wq_str line) {}

static void require_item(const struct wq_add_item *item)
{
	yyjson_doc *doc = wq_json_read(item->opts, DEPTH + 2, NULL);

	WQ_REQUIRE(doc && yyjson_is_obj(yyjson_doc_get_root(doc)));
	WQ_REQUIRE(wq_json_get(yyjson_doc_get_root(doc), "attempts"));
	wq_json_free(doc);
	WQ_REQUIRE(item->priority <= WQ_JOB_PRIORITY_MAX);
	WQ_REQUIRE(item->delay_ms >= 0 && item->delay_ms <= WQ_JOB_DELAY_MAX_MS);
	WQ_REQUIRE(item->timestamp_ms >= 0 && item->dedup_ttl_ms >= 0);
	WQ_REQUIRE(!item->id.n || !wq_job_id_problem(item->id));
	WQ_REQUIRE(!(item->dedup_id.n && item->parent_key.n));
	if (item->parent_key.n) {
		doc = wq_json_read(item->parent, 2, NULL);
		WQ_REQUIRE(doc && wq_json_get_str(yyjson_doc_get_root(doc), "queueKey").n);
		wq_json_free(doc);
	}
}

static void fuzz_opts(yyjson_val *opts, struct wq_arena *arena)
{
	struct wq_add_item item = { .base = wq_str("bull:q:"),
		                    .name = wq_str("n"),
		                    .data = wq_str("{\"x\":1}") };
	const char *why = NULL;
	int rc = wq_job_opts_read(&item, opts, NULL, arena, &why);

	WQ_REQUIRE(rc == 0 || (why && *why));
	if (rc == 0)
		require_item(&item);
}

/* One of the first n waits for children and has this key; two jobs may have one id. */
static bool is_before(const struct wq_flow_tree *t, size_t n, struct wq_str key)
{
	for (size_t i = 0; i < n; i++) {
		const struct wq_add_item *item = &t->items[i];

		if ((item->flags & WQ_ADD_CHILDREN) && key.n == item->base.n + item->id.n &&
		    memcmp(key.p, item->base.p, item->base.n) == 0 &&
		    memcmp(key.p + item->base.n, item->id.p, item->id.n) == 0)
			return true;
	}
	return false;
}

static void fuzz_flow(yyjson_val *root, struct wq_arena *arena)
{
	struct wq_flow_tree t;
	const char *why = NULL;
	int rc = wq_flow_tree_read(&t, root, wq_str("bull"), arena, &why);

	WQ_REQUIRE(rc == 0 || (why && *why));
	for (size_t i = 0; rc == 0 && i < t.n; i++) {
		require_item(&t.items[i]);
		WQ_REQUIRE(t.items[i].id.n);
		WQ_REQUIRE(!(t.items[i].flags & WQ_ADD_FLOW) ||
		           is_before(&t, i, t.items[i].parent_key));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_arena arena;
	yyjson_doc *doc;

	if (size < 2 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	doc = wq_json_read(wq_strn((const char *)data + 1, size - 1), DEPTH, NULL);
	if (!doc)
		return 0;
	wq_arena_init(&arena, ARENA_BYTES);
	if (data[0] % 2)
		fuzz_opts(yyjson_doc_get_root(doc), &arena);
	else
		fuzz_flow(yyjson_doc_get_root(doc), &arena);
	wq_arena_fini(&arena);
	wq_json_free(doc);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
