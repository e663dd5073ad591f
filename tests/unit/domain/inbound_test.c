/* SPDX-License-Identifier: MIT */
/* inbound_test.c — webhooks that are not what they should be, and what tells updates from each other. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/inbound/core.h"
#include "domain/inbound/job.h"
#include "support/fault.h"
#include "support/test.h"

#define ENVELOPE(value)                                                             \
	"{\"object\":\"whatsapp_business_account\"," \
	"\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":" value "}]}]}"
#define MESSAGE(more) "{\"messages\":[{\"from\":\"593\",\"id\":\"wamid.A\",\"timestamp\":\"1781000000\"" more "}]}"

#define SAYS(text) ENVELOPE(MESSAGE(",\"type\":\"text\",\"text\":{\"body\":\"" text "\"}"))

enum { TEXTS_MAX_BYTES = 65536 };

/* What came out: kinds, and of the last update some texts. */
struct seen {
	size_t n;
	char kinds[256], dedup[33], conversation[256], text[256];
	int64_t time_ms;
	bool has_text, write;
	int stop;
	struct wq_buf out;
};

static void keep(char *to, size_t max, struct wq_str s)
{
	size_t n = s.n < max - 1 ? s.n : max - 1;

	if (n)
		memcpy(to, s.p, n);
	to[n] = 0;
}

static int on_update(void *user, const struct wq_inbound *u)
{
	struct seen *s = user;
	struct wq_str kind = wq_str(wq_inbound_kind_name(u->kind));
	size_t at = strlen(s->kinds);

	s->n++;
	if (at + kind.n + 2 < sizeof(s->kinds)) {
		if (at)
			s->kinds[at++] = ' ';
		keep(s->kinds + at, sizeof(s->kinds) - at, kind);
	}
	WQ_CHECK_INT("dedup", u->dedup.n, 16);
	wq_hex_encode(u->dedup.p, 16, s->dedup);
	keep(s->conversation, sizeof(s->conversation), u->conversation);
	WQ_CHECK("bounded", u->conversation.n <= WQ_CONVERSATION_MAX_BYTES);
	keep(s->text, sizeof(s->text), u->message.text);
	s->has_text = u->message.text.p != NULL;
	s->time_ms = u->time_ms;
	if (s->write) {
		struct wq_jsonw w;

		wq_buf_clear(&s->out);
		wq_jsonw_begin(&w, &s->out);
		wq_inbound_write_job(&w, u);
		if (wq_jsonw_end(&w) < 0)
			return wq_jsonw_end(&w);
	}
	return s->stop;
}

static int read_text(struct wq_inbound_reader *r, struct seen *s, struct wq_str body)
{
	struct wq_webhook hook = { .body = body, .now_ms = 1782000000000 };

	s->n = 0;
	s->kinds[0] = s->text[0] = s->conversation[0] = 0;
	return wq_cloud_webhook_read(r, &hook, on_update, s);
}

static const struct {
	const char *what, *body;
	int rc;
	const char *kinds;
} shape_cases[] = {
	{ "nothing", "", WQ_INBOUND_NOT_JSON, "" },
	{ "no JSON", "hello", WQ_INBOUND_NOT_JSON, "" },
	{ "truncated", "{\"entry\":[{\"id\":\"1\",\"chang", WQ_INBOUND_NOT_JSON, "" },
	{ "two documents", "{} {}", WQ_INBOUND_NOT_JSON, "" },
	{ "a bad escape", ENVELOPE("{\"x\":\"\\x\"}"), WQ_INBOUND_NOT_JSON, "" },
	{ "a number", "17", WQ_INBOUND_NOT_OURS, "" },
	{ "null", "null", WQ_INBOUND_NOT_OURS, "" },
	{ "an array", "[]", WQ_INBOUND_NOT_OURS, "" },
	{ "an empty object", "{}", WQ_INBOUND_NOT_OURS, "" },
	{ "a page's", "{\"object\":\"page\",\"entry\":[]}", WQ_INBOUND_NOT_OURS, "" },
	{ "entry is text", "{\"entry\":\"x\"}", WQ_INBOUND_NOT_OURS, "" },
	{ "no object",
	  "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{}]}}]}]}",
	  0, "message" },
	{ "no entry", "{\"entry\":[]}", 0, "" },
	{ "entries of other types", "{\"entry\":[1,null,\"x\",[],{}]}", 0, "" },
	{ "an entry alone",
	  "{\"entry\":{\"changes\":{\"value\":{\"statuses\":{\"id\":\"x\"}}}}}", 0,
	  "status" },
	{ "the dashboard's test", "{\"field\":\"messages\",\"value\":" MESSAGE("") "}", 0,
	  "message" },
	{ "changes of other types", "{\"entry\":[{\"changes\":[1,null,\"x\",[],{}]}]}", 0,
	  "other other other other other" },
	{ "one bad among good",
	  ENVELOPE("{\"messages\":[7,{\"id\":\"a\"},null,\"x\",[],{\"id\":\"b\"}]}"), 0,
	  "other message other other other message" },
	{ "an empty array", ENVELOPE("{\"messages\":[]}"), 0, "other" },
	{ "value is null", ENVELOPE("null"), 0, "other" },
	{ "value is text", ENVELOPE("\"x\""), 0, "other" },
	{ "messages is text", ENVELOPE("{\"messages\":\"x\",\"statuses\":[{}]}"), 0,
	  "status" },
	{ "all at once",
	  ENVELOPE(
		  "{\"messages\":[{}],\"statuses\":[{},{}],\"errors\":[{},{}],\"calls\":[{}]}"),
	  0, "message status status error call" },
	{ "field in the value",
	  "{\"entry\":[{\"changes\":[{\"value\":{\"field\":\"history\",\"messages\":[{}]}}]}]}",
	  0, "history" },
	{ "field beside the changes",
	  "{\"entry\":[{\"field\":\"smb_message_echoes\",\"changes\":[{\"value\":{\"messages\":[{}]}}]}]}",
	  0, "echo" },
	{ "a wrong field",
	  "{\"entry\":[{\"changes\":[{\"field\":\"security\",\"value\":{\"message_template_id\":1,"
	    "\"event\":\"PAUSED\"}}]}]}",
	  0, "template" },
	{ "fields of wrong types",
	  ENVELOPE(
		  "{\"metadata\":[],\"contacts\":7,\"messages\":[{\"id\":{},\"from\":[],\"type\":{},\"text\":7,"
		    "\"context\":true,\"referral\":\"\",\"errors\":7}]}"),
	  0, "message" },
	{ "history",
	  "{\"entry\":[{\"changes\":[{\"field\":\"history\",\"value\":{\"history\":[{\"threads\":[]},{}]}}]}]}",
	  0, "history history" },
	{ "a huge number",
	  ENVELOPE(
		  "{\"messages\":[{\"id\":\"a\",\"timestamp\":1e999,\"x\":123456789012345678901234567890}]}"),
	  0, "message" },
	{ "an edit of an edit",
	  ENVELOPE(MESSAGE(
		  ",\"type\":\"edit\",\"edit\":{\"message\":{\"type\":\"edit\","
		    "\"edit\":{\"message\":{\"type\":\"edit\"}}}}")),
	  0, "message" },
};

WQ_TEST(shapes)
{
	struct wq_inbound_reader r;
	struct seen s = { .n = 0 };

	wq_inbound_reader_init(&r);
	for (size_t i = 0; i < WQ_COUNT(shape_cases); i++) {
		WQ_CHECK_INT(shape_cases[i].what, read_text(&r, &s, wq_str(shape_cases[i].body)),
		             shape_cases[i].rc);
		WQ_CHECK_STR(shape_cases[i].what, s.kinds, shape_cases[i].kinds);
	}
	wq_inbound_reader_fini(&r);
	wq_inbound_reader_fini(&r);
}

WQ_TEST(texts)
{
	static const struct {
		const char *what, *body;
		size_t body_n;
		const char *text;
	} cases[] = {
#define TEXT(what, in, out) { what, SAYS(in), sizeof(SAYS(in)) - 1, out }
		TEXT("plain", "hola", "hola"),
		TEXT("a pair", "\\ud83d\\ude00", "\xf0\x9f\x98\x80"),
		TEXT("a high one alone", "a\\ud83dz", "a\xef\xbf\xbdz"),
		TEXT("a low one alone", "\\uDE00", "\xef\xbf\xbd"),
		TEXT("two high ones", "\\ud83d\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"),
		TEXT("behind an escaped backslash", "\\\\ud83d", "\\ud83d"),
		TEXT("a byte that is not UTF-8", "a\xffz", "a\xef\xbf\xbdz"),
		TEXT("a cut sequence", "\xf0\x9f", "\xef\xbf\xbd\xef\xbf\xbd"),
		TEXT("a surrogate in UTF-8", "\xed\xa0\x80",
		     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
		TEXT("a line end", "a\nb", "a\nb"),
#undef TEXT
	};
	static const char bom[] = "\xef\xbb\xbf" ENVELOPE(
		MESSAGE(",\"type\":\"text\",\"text\":{\"body\":\"x\"}"));
	struct wq_inbound_reader r;
	struct seen s = { .n = 0 };

	wq_inbound_reader_init(&r);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		WQ_CHECK_INT(cases[i].what,
		             read_text(&r, &s, wq_strn(cases[i].body, cases[i].body_n)), 0);
		WQ_CHECK_STR(cases[i].what, s.text, cases[i].text);
	}
	WQ_CHECK_INT("a mark in front", read_text(&r, &s, wq_str(bom)), 0);
	WQ_CHECK_STR("a mark in front", s.text, "x");
	WQ_CHECK_INT("null",
	             read_text(&r, &s,
	                       wq_str(ENVELOPE(
				       MESSAGE(",\"type\":\"text\",\"text\":{\"body\":null}")))),
	             0);
	WQ_CHECK("null", !s.has_text);
	WQ_CHECK_INT(
		"twice",
		read_text(&r, &s,
	                  wq_str(ENVELOPE(MESSAGE(
				  ",\"type\":\"image\",\"type\":\"text\",\"text\":{\"body\":\"a\","
				  "\"body\":\"b\"}")))),
		0);
	WQ_CHECK_STR("the last counts", s.text, "b");
	wq_inbound_reader_fini(&r);
}

WQ_TEST(times)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "\"1781000007\"", 1781000007000 },
		{ "1781000007", 1781000007000 },
		{ "1781000007.5", 1781000007500 },
		{ "1781000007123", 1781000007123 },
		{ "{\"low\":1781000007,\"high\":0,\"unsigned\":true}", 1781000007000 },
		{ "\"\"", 0 },
		{ "\"x\"", 0 },
		{ "-1", 0 },
		{ "-1e300", 0 },
		{ "1e300", 0 },
		{ "18446744073709551615", 0 },
		{ "123456789012345678901234567890", 0 },
		{ "{\"low\":-1,\"high\":-1}", 0 },
		{ "true", 0 },
	};
	struct wq_json_pool pool;

	wq_json_pool_init(&pool);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		yyjson_val *root;

		WQ_CHECK_INT(cases[i].text,
		             wq_json_pool_read(&pool, wq_str(cases[i].text), 4, &root), 0);
		WQ_CHECK_INT(cases[i].text, wq_inbound_time(root), cases[i].want);
	}
	wq_json_pool_fini(&pool);
}

static void dedup_of(struct wq_inbound_reader *r, const char *body, char out[33])
{
	struct seen s = { .n = 0 };

	WQ_CHECK_INT(body, read_text(r, &s, wq_str(body)), 0);
	WQ_CHECK_INT(body, s.n, 1);
	memcpy(out, s.dedup, 33);
}

WQ_TEST(what_counts_once)
{
#define STATUS(id, status, more) ENVELOPE("{\"statuses\":[{\"id\":\"" id "\",\"status\":\"" status "\"" more "}]}")
	static const struct {
		const char *what, *a, *b;
		bool same;
	} cases[] = {
		{ "a redelivered message", ENVELOPE(MESSAGE("")),
		  ENVELOPE(MESSAGE(",\"type\":\"text\"")), true },
		{ "another id", ENVELOPE("{\"messages\":[{\"id\":\"a\"}]}"),
		  ENVELOPE("{\"messages\":[{\"id\":\"b\"}]}"), false },
		{ "no ids, the same", ENVELOPE("{\"messages\":[{\"from\":\"1\"}]}"),
		  ENVELOPE("{\"messages\":[{\"from\":\"1\"}]}"), true },
		{ "no ids, another", ENVELOPE("{\"messages\":[{\"from\":\"1\"}]}"),
		  ENVELOPE("{\"messages\":[{\"from\":\"2\"}]}"), false },
		{ "a message and its status", ENVELOPE("{\"messages\":[{\"id\":\"a\"}]}"),
		  STATUS("a", "sent", ""), false },
		{ "a message and an echo", ENVELOPE("{\"messages\":[{\"id\":\"a\"}]}"),
		  ENVELOPE("{\"message_echoes\":[{\"id\":\"a\"}]}"), false },
		{ "a status again", STATUS("a", "read", ",\"timestamp\":\"1\""),
		  STATUS("a", "read", ",\"timestamp\":\"2\""), true },
		{ "the next status", STATUS("a", "sent", ""), STATUS("a", "read", ""), false },
		{ "bytes that move over", STATUS("ab", "c", ""), STATUS("a", "bc", ""), false },
		{ "another of the group",
		  STATUS("a", "read",
		         ",\"recipient_type\":\"group\",\"recipient_participant_id\":\"1\""),
		  STATUS("a", "read",
		         ",\"recipient_type\":\"group\",\"recipient_participant_id\":\"2\""),
		  false },
		{ "an event again",
		  "{\"entry\":[{\"id\":\"1\",\"time\":5,\"changes\":[{\"field\":\"x\",\"value\":{\"a\":1}}]}]}",
		  "{\"entry\":[{\"id\":\"1\",\"time\":5,\"changes\":[{\"field\":\"x\",\"value\": {\"a\" :1}}]}]}",
		  true },
		{ "at another time",
		  "{\"entry\":[{\"id\":\"1\",\"time\":5,\"changes\":[{\"field\":\"x\",\"value\":{\"a\":1}}]}]}",
		  "{\"entry\":[{\"id\":\"1\",\"time\":6,\"changes\":[{\"field\":\"x\",\"value\":{\"a\":1}}]}]}",
		  false },
		{ "of another account",
		  "{\"entry\":[{\"id\":\"1\",\"time\":5,\"changes\":[{\"field\":\"x\",\"value\":{\"a\":1}}]}]}",
		  "{\"entry\":[{\"id\":\"2\",\"time\":5,\"changes\":[{\"field\":\"x\",\"value\":{\"a\":1}}]}]}",
		  false },
	};
	struct wq_inbound_reader r;

	wq_inbound_reader_init(&r);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		char a[33] = "", b[33] = "";

		dedup_of(&r, cases[i].a, a);
		dedup_of(&r, cases[i].b, b);
		WQ_CHECK_INT(cases[i].what, strcmp(a, b) == 0, cases[i].same);
	}
	wq_inbound_reader_fini(&r);
}

static void add_many(struct wq_buf *b, const char *front, const char *item, size_t n,
                     const char *back)
{
	wq_buf_init(b, 8388608);
	(void)wq_buf_add_text(b, front);
	for (size_t i = 0; i < n; i++) {
		(void)wq_buf_add_text(b, i ? "," : "");
		(void)wq_buf_add_text(b, item);
	}
	WQ_CHECK_INT("room", wq_buf_add_text(b, back), 0);
}

WQ_TEST(bounds)
{
	static const char front[] =
		"{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[";
	struct wq_inbound_reader r;
	struct seen s = { .n = 0 };
	struct wq_buf b;

	wq_inbound_reader_init(&r);
	add_many(&b, front, "{\"id\":\"a\"}", 1000, "]}}]}]}");
	WQ_CHECK_INT("1,000", read_text(&r, &s, wq_buf_str(&b)), 0);
	WQ_CHECK_INT("1,000", s.n, 1000);
	wq_buf_fini(&b);
	add_many(&b, front, "{}", 1001, "]}}]}]}");
	WQ_CHECK_INT("1,001", read_text(&r, &s, wq_buf_str(&b)), WQ_INBOUND_TOO_MANY);
	WQ_CHECK_INT("none of them", s.n, 0);
	wq_buf_fini(&b);
	add_many(&b, "{\"entry\":[{\"changes\":[", "{}", 1001, "]}]}");
	WQ_CHECK_INT("1,001 changes", read_text(&r, &s, wq_buf_str(&b)), WQ_INBOUND_TOO_MANY);
	wq_buf_fini(&b);
	add_many(&b, "[", "[", 40, "");
	WQ_CHECK_INT("not closed", read_text(&r, &s, wq_buf_str(&b)), WQ_INBOUND_NOT_JSON);
	wq_buf_fini(&b);
	add_many(&b, "", "[", 1,
	         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	WQ_CHECK_INT("33 levels", read_text(&r, &s, wq_buf_str(&b)), WQ_INBOUND_TOO_DEEP);
	wq_buf_fini(&b);
	add_many(&b, "[", "0", 2097152, "]");
	WQ_CHECK_INT("more than 4 MiB", read_text(&r, &s, wq_buf_str(&b)), WQ_INBOUND_TOO_LARGE);
	wq_buf_fini(&b);
	add_many(
		&b,
		"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"history\","
		"\"value\":{\"history\":[{\"threads\":[",
		"{\"id\":\"1\",\"messages\":[{\"id\":\"x\",\"text\":{\"body\":\"y\"}}]}", 50000,
		"]}]}}]}]}");
	s.write = true;
	wq_buf_init(&s.out, 16777216);
	WQ_CHECK_INT("a large history", read_text(&r, &s, wq_buf_str(&b)), 0);
	WQ_CHECK_STR("one chunk", s.kinds, "history");
	wq_buf_fini(&b);
	wq_buf_fini(&s.out);
	wq_inbound_reader_fini(&r);
}

WQ_TEST(conversations)
{
	static const struct {
		const char *what, *body, *want;
	} cases[] = {
		{ "a phone", ENVELOPE(MESSAGE("")), "cloud:1:phone:593" },
		{ "a number of ours",
		  ENVELOPE(
			  "{\"metadata\":{\"phone_number_id\":9},\"messages\":[{\"from\":\"593\"}]}"),
		  "cloud:9:phone:593" },
		{ "a user id", ENVELOPE(MESSAGE(",\"from_user_id\":\"EC.1\"")),
		  "cloud:1:user:EC.1" },
		{ "a hidden phone", ENVELOPE("{\"messages\":[{\"from_user_id\":\"EC.1\"}]}"),
		  "cloud:1:user:EC.1" },
		{ "a status of a user",
		  ENVELOPE(
			  "{\"statuses\":[{\"id\":\"a\",\"status\":\"read\",\"recipient_id\":\"593\","
			  "\"recipient_user_id\":\"EC.1\"}]}"),
		  "cloud:1:user:EC.1" },
		{ "a failure tells of the phone alone",
		  ENVELOPE(
			  "{\"statuses\":[{\"id\":\"a\",\"status\":\"failed\",\"recipient_id\":\"593\"}]}"),
		  "cloud:1:phone:593" },
		{ "unless a contact says more",
		  ENVELOPE(
			  "{\"contacts\":[{\"wa_id\":\"593\",\"user_id\":\"EC.1\"}],"
			  "\"statuses\":[{\"id\":\"a\",\"status\":\"failed\",\"recipient_id\":\"593\"}]}"),
		  "cloud:1:user:EC.1" },
		{ "a group", ENVELOPE(MESSAGE(",\"group_id\":\"g==\"")), "cloud:1:group:g==" },
		{ "nobody", ENVELOPE("{\"messages\":[{\"id\":\"a\"}]}"), "" },
		{ "a stranger's contact is not taken",
		  ENVELOPE("{\"contacts\":[{\"wa_id\":\"1\",\"user_id\":\"EC.9\"}],"
		           "\"messages\":[{\"from\":\"593\"}]}"),
		  "cloud:1:phone:593" },
	};
	struct wq_inbound_reader r;
	struct seen s = { .n = 0 };
	struct wq_buf b;

	wq_inbound_reader_init(&r);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		WQ_CHECK_INT(cases[i].what, read_text(&r, &s, wq_str(cases[i].body)), 0);
		WQ_CHECK_STR(cases[i].what, s.conversation, cases[i].want);
	}
	add_many(&b, "{\"field\":\"messages\",\"value\":{\"messages\":[{\"from_user_id\":\"",
	         "0123456789", 100, "\"}]}}");
	WQ_CHECK_INT("a long id", read_text(&r, &s, wq_buf_str(&b)), 0);
	WQ_CHECK("is a hash", wq_str_starts(wq_str(s.conversation), "cloud::user:"));
	WQ_CHECK_INT("of 16 bytes", strlen(s.conversation), sizeof("cloud::user:") - 1 + 32);
	wq_buf_fini(&b);
	wq_inbound_reader_fini(&r);
}

static const char usual[] = ENVELOPE(
	"{\"metadata\":{\"display_phone_number\":\"1202\",\"phone_number_id\":\"9002\"},"
	"\"contacts\":[{\"profile\":{\"name\":\"Luc\\u00eda\"},\"wa_id\":\"593\",\"user_id\":\"EC.1\"}],"
	"\"messages\":[{\"from\":\"593\",\"from_user_id\":\"EC.1\",\"id\":\"wamid.A\","
	"\"timestamp\":\"1781000007\",\"type\":\"text\",\"text\":{\"body\":\"hola\"}}],"
	"\"statuses\":[{\"id\":\"wamid.B\",\"status\":\"sent\",\"errors\":[{\"code\":1}]}]}");

WQ_TEST(a_reader_at_work_allocates_nothing)
{
	struct wq_inbound_reader r;
	struct seen s = { .write = true };

	wq_inbound_reader_init(&r);
	wq_buf_init(&s.out, TEXTS_MAX_BYTES);
	for (int i = 0; i < 3; i++)
		WQ_CHECK_INT("warm", read_text(&r, &s, wq_str(usual)), 0);
	wq_alloc_fail_after(0);
	WQ_CHECK_INT("none", read_text(&r, &s, wq_str(usual)), 0);
	WQ_CHECK("asked for", !wq_alloc_failed());
	wq_alloc_fail_after(UINT64_MAX);
	wq_buf_fini(&s.out);
	wq_inbound_reader_fini(&r);
}

WQ_TEST(a_consumer_may_stop)
{
	struct wq_inbound_reader r;
	struct seen s = { .stop = 77 };

	wq_inbound_reader_init(&r);
	WQ_CHECK_INT("its word is passed on", read_text(&r, &s, wq_str(usual)), 77);
	WQ_CHECK_INT("after the first", s.n, 1);
	wq_inbound_reader_fini(&r);
}

static void sweep_one(void)
{
	static const char broken[] = ENVELOPE(
		MESSAGE(",\"type\":\"text\",\"text\":{\"body\":\"\\ud800\"}"));
	struct wq_inbound_reader r;
	struct seen s = { .write = true };
	int rc;

	wq_inbound_reader_init(&r);
	wq_buf_init(&s.out, TEXTS_MAX_BYTES);
	rc = read_text(&r, &s, wq_str(usual));
	WQ_CHECK("held or told", (rc == 0 && s.n == 2) || rc == WQ_ENOMEM);
	rc = read_text(&r, &s, wq_str(broken));
	WQ_CHECK("held or told", (rc == 0 && s.n == 1) || rc == WQ_ENOMEM);
	wq_buf_fini(&s.out);
	wq_inbound_reader_fini(&r);
}

WQ_TEST(any_allocation_may_fail)
{
	(void)wq_fault_sweep("two webhooks", sweep_one, 200);
}

WQ_TEST_MAIN(WQ_CASE(shapes), WQ_CASE(texts), WQ_CASE(times), WQ_CASE(what_counts_once),
             WQ_CASE(bounds), WQ_CASE(conversations), WQ_CASE(a_reader_at_work_allocates_nothing),
             WQ_CASE(a_consumer_may_stop), WQ_CASE(any_allocation_may_fail))
