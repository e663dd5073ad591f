/* SPDX-License-Identifier: MIT */
/* message_more_test.c — samples, emoji, phones, and memory that is not there. */
#include <dirent.h>

#include "base/err.h"
#include "domain/message/rule.h"
#include "message/cases.h"
#include "support/fault.h"
#include "support/test.h"

enum { SAMPLES_MIN = 35, SWEEP_RUNS_MAX = 2000, DEPTH = 64 };

/* Requests that are no messages. */
static bool is_other(const char *name)
{
	return strcmp(name, "request_block_users.json") == 0 ||
	       strcmp(name, "request_register.json") == 0;
}

static void check_sample(const char *name)
{
	struct message_case t;
	struct wq_buf text;
	yyjson_val *root;

	cases_load("samples/cloud", name, &text);
	message_case_read(&t, wq_str("graph"), wq_buf_str(&text));
	if (t.rc != 0)
		print_error("%s: %s %s\n", name, t.p.field, t.p.what);
	WQ_CHECK_INT(name, t.rc, 0);
	root = yyjson_doc_get_root(t.doc);
	WQ_CHECK(name, t.m.content == wq_json_get(root, wq_message_kind_name(t.m.kind)));
	message_case_check_again(name, &t);
	message_case_fini(&t);
	message_case_read(&t, wq_strn(NULL, 0), wq_buf_str(&text));
	WQ_CHECK_INT("known as Graph's", t.rc, 0);
	message_case_fini(&t);
	wq_buf_fini(&text);
}

WQ_TEST(every_sample_is_read)
{
	DIR *dir = opendir(WQ_TESTS_DIR "/samples/cloud");
	struct dirent *entry;
	unsigned n = 0;

	WQ_CHECK("samples", dir != NULL);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "request_", 8) != 0 || is_other(entry->d_name))
			continue;
		check_sample(entry->d_name);
		n++;
	}
	if (dir)
		(void)closedir(dir);
	WQ_CHECK("as many as there are", n >= SAMPLES_MIN);
}

/* What stands between "```json" and "```" of the page is read as it stands. */
WQ_TEST(every_example_of_the_page_is_read)
{
	static const char open[] = "```json\n", end[] = "\n```";
	struct wq_buf page;
	const char *at;
	unsigned n = 0;

	cases_load("../docs", "messages.md", &page);
	at = wq_buf_text(&page);
	for (at = at ? strstr(at, open) : NULL; at; at = strstr(at, open), n++) {
		struct message_case t;
		const char *to;

		at += sizeof(open) - 1;
		to = strstr(at, end);
		WQ_CHECK("the block ends", to != NULL);
		message_case_read(&t, wq_strn(NULL, 0), wq_strn(at, (size_t)(to - at)));
		if (t.rc != 0)
			print_error("%.40s… %s %s\n", at, t.p.field, t.p.what);
		WQ_CHECK_INT("read", t.rc, 0);
		message_case_check_again("an example", &t);
		message_case_fini(&t);
	}
	WQ_CHECK("examples", n >= 10);
	wq_buf_fini(&page);
}

/* A number of limits.h as the page has it, in the row that begins so. */
WQ_TEST(the_page_has_the_limits)
{
	static const struct {
		const char *row;
		int limit;
	} rows[] = {
		{ "| text | 1", WQ_WA_TEXT_MAX_CHARS },
		{ "| caption", WQ_WA_CAPTION_MAX_CHARS },
		{ "| file name |", WQ_WA_FILENAME_MAX_CHARS },
		{ "| media | an id", WQ_WA_MEDIA_ID_MAX_DIGITS },
		{ "| media | an id", WQ_WA_LINK_MAX_CHARS },
		{ "| contacts | 1", WQ_WA_CONTACTS_MAX },
		{ "| header,", WQ_WA_HEADER_MAX_CHARS },
		{ "| body of", WQ_WA_BODY_MAX_CHARS },
		{ "| body of", WQ_WA_LIST_BODY_MAX_CHARS },
		{ "| buttons |", WQ_WA_BUTTON_TITLE_MAX_CHARS },
		{ "| buttons |", WQ_WA_BUTTON_ID_MAX_CHARS },
		{ "| list |", WQ_WA_ROW_DESCRIPTION_MAX_CHARS },
		{ "| list |", WQ_WA_ROW_ID_MAX_CHARS },
		{ "| button that", WQ_WA_URL_MAX_CHARS },
		{ "| flow |", WQ_WA_FLOW_CTA_MAX_CHARS },
		{ "| products |", WQ_WA_PRODUCTS_MAX },
		{ "| carousel |", WQ_WA_CARD_BODY_MAX_CHARS },
		{ "| template | name", WQ_WA_TEMPLATE_NAME_MAX_CHARS },
		{ "| parameter of", WQ_WA_PARAMETER_MAX_CHARS },
		{ "| payload,", WQ_WA_COUPON_MAX_CHARS },
		{ "| reference | 5", WQ_WA_OPAQUE_MAX_CHARS },
		{ "| `scheduledAt` |", WQ_MESSAGE_SCHEDULE_MAX_DAYS },
	};
	struct wq_buf page;

	cases_load("../docs", "messages.md", &page);
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const char *text = wq_buf_text(&page);
		const char *row = text ? strstr(text, rows[i].row) : NULL;
		char number[16], line[512];

		WQ_CHECK(rows[i].row, row != NULL);
		if (!row)
			continue;
		(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(row, "\n"), row);
		(void)snprintf(number, sizeof(number), "%d", rows[i].limit);
		WQ_CHECK(rows[i].row, strstr(line, number) != NULL);
	}
	wq_buf_fini(&page);
}

WQ_TEST(emoji)
{
	static const char *const good[] = { "👍",
		                            "❤️",
		                            "❤",
		                            "👍🏽",
		                            "🇪🇨",
		                            "👨‍👩‍👧‍👦",
		                            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
		                            "1️⃣",
		                            "#️⃣",
		                            "🏳️‍🌈",
		                            "✅",
		                            "☎️",
		                            "🫡" };
	static const char *const bad[] = { "",  "a",  "👍👍", "👍 ", " 👍", "1", "👍a", "🇪",     "🇪🇨🇪", "ñ",
		                           "!", "👍\n", "\u200d", "\ufe0f", "👍\u200d", "🏴\U000e0067", "1\u20e3\u20e3" };

	for (size_t i = 0; i < WQ_COUNT(good); i++)
		WQ_CHECK(good[i], wq_is_emoji(wq_str(good[i])));
	for (size_t i = 0; i < WQ_COUNT(bad); i++)
		WQ_CHECK(bad[i], !wq_is_emoji(wq_str(bad[i])));
}

WQ_TEST(phones)
{
	struct wq_arena a;

	wq_arena_init(&a, 65536);
	WQ_CHECK_SLICE("punctuation", wq_phone_read(wq_str("(593) 90-000.0011"), &a),
	               "+593900000011");
	WQ_CHECK("letters", !wq_phone_read(wq_str("none"), &a).p);
	WQ_CHECK("nothing", !wq_phone_read(wq_strn(NULL, 0), &a).p);
	WQ_CHECK("empty", !wq_phone_read(wq_str(""), &a).p);
	WQ_CHECK("a LID", !wq_phone_read(wq_str("593900000011@lid"), &a).p);
	WQ_CHECK("many digits",
	         !wq_phone_read(wq_str("1234567890123456789012345678901234567890123456"
	                               "78901234567890123456789012345678901234567890"),
	                        &a)
	                  .p);
	wq_arena_fini(&a);
}

/* Bodies that go through all that allocates: [0] the route, [1] the body. */
static const char *const bodies[][2] = {
	{ NULL,
	  "{\"businessId\":7,\"to\":\"593900000011\",\"messageType\":\"template\",\"content\":{\"templateName\":\"t\","
	  "\"language\":\"es-EC\",\"parameters\":{\"a\":\"x\",\"b\":2}}}" },
	{ NULL,
	  "{\"to\":\"593900000011\",\"messageType\":\"template\",\"content\":{\"templateName\":\"t\","
	  "\"language\":\"es-EC\",\"parameters\":[\"a\\nb\"]}}" },
	{ NULL,
	  "{\"to\":\"593900000011\",\"messageType\":\"contact\","
	  "\"content\":{\"name\":\"A\",\"phone\":\"+593900000011\"}}" },
	{ NULL, "{\"to\":\"120363000000000001\",\"image\":{\"id\":\"1\",\"caption\":null}}" },
	{ "sendList",
	  "{\"number\":\"593900000011\",\"title\":\"t\",\"buttonText\":\"b\",\"sections\":[{"
	  "\"title\":\"s\",\"rows\":[{\"title\":\"r\",\"rowId\":\"1\"},\"x\"]}]}" },
	{ "sendButtons",
	  "{\"number\":\"593900000011\",\"title\":\"t\","
	  "\"buttons\":[\"A\",{\"displayText\":\"B\"}]}" },
	{ "graph",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"text\":{\"body\":\"x\"}}" },
};
static size_t body;

static void read_body(void)
{
	const char *op = bodies[body][0];
	struct wq_message_problem p;
	struct wq_message m;
	struct wq_arena a;
	yyjson_doc *doc;
	int rc = wq_json_parse(&doc, wq_str(bodies[body][1]), DEPTH);

	wq_arena_init(&a, 1048576);
	if (rc == 0 && !op)
		rc = wq_message_read(&m, yyjson_doc_get_root(doc), CASES_NOW_MS, &a, &p);
	else if (rc == 0 && strcmp(op, "graph") == 0)
		rc = wq_message_read_graph(&m, yyjson_doc_get_root(doc), CASES_NOW_MS, &a, &p);
	else if (rc == 0)
		rc = wq_message_read_evolution(&m, wq_str(op), yyjson_doc_get_root(doc),
		                               CASES_NOW_MS, &a, &p);
	WQ_CHECK_INT(bodies[body][1], rc,
	             rc == WQ_ENOMEM ? rc
	             : body == 1     ? WQ_MESSAGE_INVALID
	                             : 0);
	wq_arena_fini(&a);
	wq_json_free(doc);
}

WQ_TEST(any_allocation_may_fail)
{
	for (body = 0; body < WQ_COUNT(bodies); body++) {
		struct wq_fault_result f = wq_fault_sweep(bodies[body][1], read_body,
		                                          SWEEP_RUNS_MAX);

		WQ_CHECK("something was swept", f.runs >= 2);
	}
}

WQ_TEST(an_arena_that_is_full_is_no_fault_of_the_message)
{
	struct wq_message_problem p;
	struct wq_message m;
	struct wq_arena a;
	yyjson_doc *doc = wq_json_read(wq_str(bodies[0][1]), DEPTH, NULL);

	wq_arena_init(&a, 256);
	WQ_CHECK_INT("too big", wq_message_read(&m, yyjson_doc_get_root(doc), CASES_NOW_MS, &a, &p),
	             WQ_ETOOBIG);
	wq_arena_fini(&a);
	wq_json_free(doc);
}

WQ_TEST_MAIN(WQ_CASE(every_sample_is_read), WQ_CASE(every_example_of_the_page_is_read),
             WQ_CASE(the_page_has_the_limits), WQ_CASE(emoji), WQ_CASE(phones),
             WQ_CASE(any_allocation_may_fail),
             WQ_CASE(an_arena_that_is_full_is_no_fault_of_the_message))
