/* SPDX-License-Identifier: MIT */
/* check_test.c — bodies that Meta takes, and bodies that it does not. */
#include "app/sandbox/check.h"

#include "base/limits.h"
#include "check_cases.h"
#include "support/test.h"

#define HEAD "\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\""

/* "@n@" in a body stands for n characters of two bytes each. */
static void expand(const char *body, struct wq_buf *out)
{
	const char *at = strchr(body, '@'), *end = at ? strchr(at + 1, '@') : NULL;
	uint64_t n = 0;

	wq_buf_init(out, 65536);
	if (!end || !wq_str_to_u64(wq_strn(at + 1, (size_t)(end - at - 1)), 10000, &n)) {
		WQ_CHECK_INT("copy", wq_buf_add_text(out, body), 0);
		return;
	}
	WQ_CHECK_INT("head", wq_buf_add(out, body, (size_t)(at - body)), 0);
	for (uint64_t i = 0; i < n; i++)
		WQ_CHECK_INT("fill", wq_buf_add_text(out, "\xc3\xb1"), 0);
	WQ_CHECK_INT("tail", wq_buf_add_text(out, end + 1), 0);
}

static bool check(const char *what, const char *body, struct wq_graph_message *m,
                  struct wq_graph_error *e)
{
	struct wq_buf text;
	yyjson_doc *doc;
	bool ok;

	expand(body, &text);
	doc = wq_json_read(wq_buf_str(&text), WQ_SANDBOX_JSON_DEPTH_MAX, NULL);
	WQ_CHECK(what, doc != NULL);
	ok = wq_graph_check(yyjson_doc_get_root(doc), m, e);
	wq_json_free(doc);
	wq_buf_fini(&text);
	return ok;
}

WQ_TEST(takes_what_meta_takes)
{
	for (size_t i = 0; i < WQ_COUNT(good); i++) {
		struct wq_graph_message m;
		struct wq_graph_error e = { 0 };

		if (!check(good[i].what, good[i].body, &m, &e))
			WQ_CHECK_STR(good[i].what, e.details, "");
	}
}

WQ_TEST(refuses_what_meta_refuses)
{
	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		struct wq_graph_message m;
		struct wq_graph_error e = { 0 };

		WQ_CHECK(bad[i].what, !check(bad[i].what, bad[i].body, &m, &e));
		WQ_CHECK_INT(bad[i].what, e.code, bad[i].code);
		if (!strstr(e.details, bad[i].says))
			WQ_CHECK_STR(bad[i].what, e.details, bad[i].says);
	}
}

WQ_TEST(lengths_count_characters_up_to_the_bound)
{
	static const char *const bodies[] = {
		"{" HEAD ",\"text\":{\"body\":\"@4096@\"}}",
		"{" HEAD ",\"type\":\"image\",\"image\":{\"id\":\"1\",\"caption\":\"@1024@\"}}",
		"{" HEAD ",\"text\":{\"body\":\"x\"},\"biz_opaque_callback_data\":\"@512@\"}",
	};

	for (size_t i = 0; i < WQ_COUNT(bodies); i++) {
		struct wq_graph_message m;
		struct wq_graph_error e = { 0 };

		WQ_CHECK(bodies[i], check(bodies[i], bodies[i], &m, &e));
	}
}

WQ_TEST(tells_what_the_message_is)
{
	static const char body[] =
		"{" HEAD ",\"text\":{\"body\":\"hi\"},\"biz_opaque_callback_data\":\"k\"}";
	yyjson_doc *doc = wq_json_read(wq_str(body), 32, NULL);
	struct wq_graph_message m;
	struct wq_graph_error e;

	WQ_CHECK("good", wq_graph_check(yyjson_doc_get_root(doc), &m, &e));
	WQ_CHECK("no receipt", !m.receipt && !m.group);
	WQ_CHECK_SLICE("type", m.type, "text");
	WQ_CHECK_SLICE("text", m.text, "hi");
	WQ_CHECK_SLICE("to", m.to, "+593900000011");
	WQ_CHECK_SLICE("opaque", m.opaque, "k");
	wq_json_free(doc);
}

WQ_TEST(an_error_has_metas_shape)
{
	struct wq_graph_error e;
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, 4096);
	wq_jsonw_begin(&w, &b);
	wq_graph_error_set(&e, 100, "The parameter %s is required.", "to");
	wq_graph_error_write(&e, "Atrace", &w);
	WQ_CHECK_SLICE(
		"golden", wq_buf_str(&b),
		"{\"error\":{\"message\":\"(#100) Invalid parameter\",\"type\":\"OAuthException\","
		"\"code\":100,\"error_data\":{\"messaging_product\":\"whatsapp\","
		"\"details\":\"The parameter to is required.\"},\"fbtrace_id\":\"Atrace\"}}");
	wq_buf_clear(&b);
	wq_jsonw_begin(&w, &b);
	wq_graph_error_set(&e, 190, NULL);
	wq_graph_error_write(&e, "Atrace", &w);
	WQ_CHECK_INT("401", wq_graph_error_status(&e), 401);
	WQ_CHECK_SLICE(
		"expired", wq_buf_str(&b),
		"{\"error\":{\"message\":\"Error validating access token: Session has expired.\","
		"\"type\":\"OAuthException\",\"code\":190,\"error_subcode\":463,"
		"\"fbtrace_id\":\"Atrace\"}}");
	wq_buf_fini(&b);
}

WQ_TEST_MAIN(WQ_CASE(takes_what_meta_takes), WQ_CASE(refuses_what_meta_refuses),
             WQ_CASE(lengths_count_characters_up_to_the_bound), WQ_CASE(tells_what_the_message_is),
             WQ_CASE(an_error_has_metas_shape))
