/* SPDX-License-Identifier: MIT */
/* message_files_test.c — files found in contents, and contents with ids in their place. */
#include "domain/message/files.h"

#include "base/limits.h"
#include "domain/message/read.h"
#include "domain/provider/provider.h"
#include "provider_world.h"
#include "support/test.h"

enum { ARENA_BYTES = 262144, ALL = 99 };

#define PNG "iVBORw0KGgo="

static struct wq_arena arena;
static struct wq_message message;
static struct wq_file files[WQ_FILES_MAX];

static yyjson_doc *read_message(const char *json)
{
	struct wq_message_problem p = { .limit = 0 };
	yyjson_doc *doc = wq_json_read(wq_str(json), WQ_MESSAGE_CONTENT_DEPTH_MAX, NULL);

	wq_arena_init(&arena, ARENA_BYTES);
	WQ_CHECK_INT(json, wq_message_read(&message, yyjson_doc_get_root(doc), 0, &arena, &p), 0);
	return doc;
}

/* The content, each file that is wanted named "1", "2", … */
static void write_content(struct wq_buf *b, size_t n, size_t named)
{
	static const char *const ids[] = { "1", "2", "3", "4" };
	struct wq_jsonw w;

	for (size_t i = 0; i < n && i < named; i++)
		files[i].id = wq_str(ids[i]);
	wq_buf_init(b, ARENA_BYTES);
	wq_jsonw_begin(&w, b);
	wq_files_write(&w, &message, files, n);
	WQ_CHECK_INT("written", wq_jsonw_end(&w), 0);
}

#define TO "{\"to\":\"+593900000011\","

static const struct {
	const char *what, *message;
	size_t n, named;
	const char *content;
} contents[] = {
	{ "data", TO "\"image\":{\"data\":\"" PNG "\",\"mime_type\":\"image/png\",\"caption\":\"c\"}}", 1, ALL,
	  "{\"id\":\"1\",\"caption\":\"c\"}" },
	{ "a data: URL where an address is expected", TO "\"image\":\"data:image/png;base64," PNG "\"}", 1, ALL,
	  "{\"id\":\"1\"}" },
	{ "base64 in a member of Evolution's",
	  "{\"number\":\"593900000011\",\"mediatype\":\"image\",\"mimetype\":\"image/png\",\"media\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", 1, ALL, "{\"id\":\"1\"}" },
	{ "an address that stays",
	  TO "\"video\":{\"link\":\"https://e.com/a\",\"upload\":false,\"caption\":\"c\"}}", 1, 0,
	  "{\"link\":\"https://e.com/a\",\"caption\":\"c\"}" },
	{ "an address that is replaced",
	  TO "\"document\":{\"filename\":\"f.pdf\",\"link\":\"https://e.com/a\",\"upload\":\"once\"}}", 1, ALL,
	  "{\"id\":\"1\",\"filename\":\"f.pdf\"}" },
	{ "a header of buttons",
	  TO "\"interactive\":{\"type\":\"button\",\"header\":"
	     "{\"type\":\"image\",\"image\":{\"link\":\"https://e.com/a\"}},"
	     "\"body\":{\"text\":\"b\"},"
	     "\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"i\",\"title\":\"t\"}}]}}}",
	  1, ALL,
	  "{\"type\":\"button\",\"header\":{\"type\":\"image\",\"image\":{\"id\":\"1\"}},\"body\":{\"text\":\"b\"},"
	  "\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"i\",\"title\":\"t\"}}]}}" },
	{ "parameters of a template",
	  TO "\"template\":{\"name\":\"n\",\"language\":{\"code\":\"es\"},"
	     "\"components\":[{\"type\":\"header\",\"parameters\":"
	     "[{\"type\":\"video\",\"video\":{\"link\":\"https://e.com/v\"}}]},{\"type\":\"body\",\"parameters\":"
	     "[{\"type\":\"text\",\"text\":\"image\"}]}]}}",
	  1, ALL,
	  "{\"name\":\"n\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"header\",\"parameters\":"
	  "[{\"type\":\"video\",\"video\":{\"id\":\"1\"}}]},{\"type\":\"body\",\"parameters\":"
	  "[{\"type\":\"text\",\"text\":\"image\"}]}]}" },
	{ "an id is nothing to do", TO "\"sticker\":{\"id\":\"77\"}}", 1, 0, "{\"id\":\"77\"}" },
	{ "a text has none", TO "\"text\":\"image\"}", 0, 0, "{\"body\":\"image\"}" },
};

WQ_TEST(found_and_replaced)
{
	for (size_t i = 0; i < WQ_COUNT(contents); i++) {
		yyjson_doc *doc = read_message(contents[i].message);
		struct wq_buf b;

		WQ_CHECK_INT(contents[i].what, wq_files_find(&message, files, WQ_FILES_MAX),
		             contents[i].n);
		write_content(&b, contents[i].n, contents[i].named);
		WQ_CHECK_STR(contents[i].what, wq_buf_text(&b), contents[i].content);
		wq_buf_fini(&b);
		wq_arena_fini(&arena);
		wq_json_free(doc);
	}
}

WQ_TEST(what_is_said_of_one)
{
	yyjson_doc *doc = read_message(TO "\"image\":{\"data\":\"data:image/jpeg;base64," PNG
	                                  "\"}}");

	WQ_CHECK_INT("one", wq_files_find(&message, files, WQ_FILES_MAX), 1);
	WQ_CHECK("data", files[0].from == WQ_FILE_DATA && files[0].kind == WQ_MESSAGE_IMAGE);
	WQ_CHECK("type", wq_str_is(files[0].type, "image/jpeg"));
	WQ_CHECK("base64", wq_str_is(files[0].at, PNG));
	wq_arena_fini(&arena);
	wq_json_free(doc);
	doc = read_message(
		TO
		"\"audio\":{\"link\":\"https://e.com/a\",\"upload\":true,\"mime_type\":\"audio/ogg\"}}");
	WQ_CHECK_INT("one", wq_files_find(&message, files, WQ_FILES_MAX), 1);
	WQ_CHECK("link", files[0].from == WQ_FILE_LINK && files[0].links == WQ_LINKS_UPLOAD);
	WQ_CHECK("type", wq_str_is(files[0].type, "audio/ogg"));
	WQ_CHECK_INT("more than there is room for", wq_files_find(&message, files, 0), 1);
	wq_arena_fini(&arena);
	wq_json_free(doc);
}

static const struct {
	const char *text;
	int bytes;
} base64[] = {
	{ "", -1 },     { "=", -1 },     { "A", -1 },     { "AA", 1 },   { "AAA", 2 },    { "AAAA", 3 },
	{ "AA==", 1 },  { "AA=", -1 },   { "AAA=", 2 },   { "AAAA=", -1 }, { "AAAAA", -1 }, { "AAAAAA==", 4 },
	{ "A A=", -1 }, { "AA-_", -1 },  { "AA+/", 3 },   { "AAA\n", -1 }, { "A===", -1 },
};

WQ_TEST(what_base64_is)
{
	for (size_t i = 0; i < WQ_COUNT(base64); i++)
		WQ_CHECK_INT(base64[i].text, wq_file_base64_bytes(wq_str(base64[i].text)),
		             base64[i].bytes);
}

/* The same file at the others: one takes it, one does not. */
WQ_TEST(other_providers)
{
	static const struct wq_account account = { .provider = WQ_PROVIDER_EVOLUTION,
		                                   .number = WQ_STR("ventas"),
		                                   .base_url = WQ_STR("http://e"),
		                                   .secret = WQ_STR("key") };
	yyjson_doc *doc = read_message(TO "\"image\":{\"data\":\"data:image/png;base64," PNG
	                                  "\",\"caption\":\"c\"}}");
	struct wq_message_problem p;
	struct wq_provider_request r;

	WQ_CHECK_INT("Evolution", wq_providers[WQ_PROVIDER_EVOLUTION]->check(&message, &p), 0);
	WQ_CHECK_INT("asked",
	             wq_providers[WQ_PROVIDER_EVOLUTION]->request(&arena, &account, &message,
	                                                          wq_str(""), &r),
	             0);
	WQ_CHECK_STR("with it", r.body.p,
	             "{\"number\":\"593900000011\",\"mediatype\":\"image\",\"media\":\"" PNG
	             "\",\"mimetype\":\"image/png\",\"caption\":\"c\"}");
	WQ_CHECK_INT("Twilio", wq_providers[WQ_PROVIDER_TWILIO]->check(&message, &p),
	             WQ_MESSAGE_INVALID);
	WQ_CHECK_STR("says where", p.field, "image.link");
	WQ_CHECK("and why",
	         wq_str_starts(wq_str(p.what),
	                       "is needed: Twilio fetches media itself from a public address"));
	wq_arena_fini(&arena);
	wq_json_free(doc);
}

WQ_TEST_MAIN(WQ_CASE(found_and_replaced), WQ_CASE(what_is_said_of_one), WQ_CASE(what_base64_is),
             WQ_CASE(other_providers))
