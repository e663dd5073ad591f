/* SPDX-License-Identifier: MIT */
/* template_fuzz.c — hostile bytes as a text to fill in, and as the values that fill it.
 *
 * Up to the first NUL stands the source, behind it the values as JSON.  A problem has a sentence and a place within the
 * source; what is rendered is UTF-8, within its bound, and the same when it is rendered again.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "domain/template/check.h"

enum { INPUT_MAX_BYTES = 32768, JSON_DEPTH_MAX = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *ctx, struct wq_str line) {}

static void check_problem(const struct wq_template_problem *p, struct wq_str source)
{
	WQ_REQUIRE(p->what[0] && p->line >= 1 && p->column >= 1 && p->line <= source.n + 1 &&
	           p->column <= source.n + 1);
}

static void render(const struct wq_template *t, struct wq_str source, yyjson_val *values,
                   const char *language)
{
	struct wq_template_scope s = wq_template_scope_json(values, NULL);
	struct wq_template_ask ask = { .language = wq_str(language), .scope = &s };
	struct wq_template_problem p;
	struct wq_str one, two;
	struct wq_arena a;
	int rc;

	wq_arena_init(&a, 16 * WQ_TEMPLATE_MEMORY_MAX_BYTES);
	rc = wq_template_render(t, &ask, &a, &one, &p);
	if (rc > 0)
		check_problem(&p, source);
	if (rc == 0) {
		WQ_REQUIRE(one.n > 0 && one.n <= WQ_TEMPLATE_TEXT_MAX_BYTES && wq_str_is_utf8(one));
		WQ_REQUIRE(wq_template_render(t, &ask, &a, &two, &p) == 0 && wq_str_eq(one, two));
	}
	wq_arena_fini(&a);
}

static void fuzz(struct wq_str source, struct wq_str json)
{
	static const char *const languages[] = { "es", "de", "en_US", "fr" };
	yyjson_doc *doc = wq_json_read(json, JSON_DEPTH_MAX, NULL);
	struct wq_template_problem p;
	struct wq_template t;
	struct wq_arena a;
	struct wq_buf b;
	struct wq_jsonw w;
	int rc;

	wq_arena_init(&a, 16 * WQ_TEMPLATE_MEMORY_MAX_BYTES);
	rc = wq_template_read(&t, source, NULL, &a, &p);
	WQ_REQUIRE(rc >= 0);
	if (rc > 0)
		check_problem(&p, source);
	for (size_t i = 0; rc == 0 && i < WQ_COUNT(languages); i++)
		render(&t, source, yyjson_doc_get_root(doc), languages[i]);
	if (rc == 0) {
		wq_buf_init(&b, 4 * WQ_TEMPLATE_SOURCE_MAX_BYTES);
		wq_jsonw_begin(&w, &b);
		WQ_REQUIRE(wq_template_examples(t.variables, &w) == 0);
		wq_buf_fini(&b);
	}
	wq_arena_reset(&a);
	rc = wq_template_check(&t, wq_str("greeting"), wq_str("es"), source, &a, &p);
	if (rc > 0)
		check_problem(&p, source);
	wq_arena_fini(&a);
	wq_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	size_t cut;
	char *source, *json;

	if (size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	for (cut = 0; cut < size && data[cut]; cut++)
		;
	/* Each of its own size, so that a byte too far is seen. */
	source = wq_strndup((const char *)data, cut);
	json = wq_strndup((const char *)data + cut + (cut < size), size - cut - (cut < size));
	fuzz(wq_strn(source, cut), wq_strn(json, size - cut - (cut < size)));
	wq_free(source);
	wq_free(json);
	return 0;
}
