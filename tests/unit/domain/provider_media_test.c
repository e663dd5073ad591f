/* SPDX-License-Identifier: MIT */
/* provider_media_test.c — files on their way to Meta, and what is told of them. */
#include "domain/provider/media.h"

#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"
#include "provider_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { ARENA_BYTES = 65536, BODY_BYTES = 110 * 1024 * 1024 };

static const unsigned char random_bytes[WQ_MEDIA_BOUNDARY_BYTES] = "0123456789abcde";
static const struct wq_account account = {
	.provider = WQ_PROVIDER_CLOUD,
	.number = WQ_STR("900200"),
	.base_url = WQ_STR("https://graph.example.com/v23.0"),
	.secret = WQ_STR("token"),
};

#define BOUNDARY "30313233343536373839616263646500"

WQ_TEST(an_upload)
{
	struct wq_media_file file = { .bytes = { "\0\xff\r\n--x", 7 },
		                      .type = WQ_STR("audio/ogg; codecs=opus"),
		                      .name = WQ_STR("a\"b\r\nc/..\\ñ\xc2\x85.ogg") };
	static const char want[] =
		"POST https://graph.example.com/v23.0/900200/media\n"
		"Authorization: Bearer token\n"
		"Content-Type: multipart/form-data; boundary=" BOUNDARY "\n\n"
		"--" BOUNDARY
		"\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
		"--" BOUNDARY
		"\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\naudio/ogg; codecs=opus\r\n"
		"--" BOUNDARY
		"\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a_b__c_.._ñ__.ogg\"\r\n"
		"Content-Type: audio/ogg; codecs=opus\r\n\r\n\0\xff\r\n--x\r\n--" BOUNDARY "--\r\n";
	struct wq_provider_request r;
	struct wq_buf body, out;
	struct wq_arena a;

	wq_arena_init(&a, ARENA_BYTES);
	wq_buf_init(&body, BODY_BYTES);
	wq_buf_init(&out, ARENA_BYTES);
	WQ_CHECK_INT("made", wq_media_upload(&a, &body, &account, &file, random_bytes, &r), 0);
	show_request(&r, &out);
	WQ_CHECK("all of it", wq_str_eq(wq_buf_str(&out), wq_strn(want, sizeof(want) - 1)));
	wq_buf_fini(&out);
	wq_buf_fini(&body);
	wq_arena_fini(&a);
}

WQ_TEST(what_is_not_uploaded)
{
	static const struct {
		const char *type;
		size_t n;
		int rc;
	} cases[] = {
		{ "image/jpeg", 1, 0 },
		{ "image/jpeg", 0, WQ_MEDIA_SIZE },
		{ "image/jpeg", 5 * 1024 * 1024, 0 },
		{ "image/jpeg", 5 * 1024 * 1024 + 1, WQ_MEDIA_SIZE },
		{ "image/webp", 500 * 1024 + 1, WQ_MEDIA_SIZE },
		{ "video/mp4", 16 * 1024 * 1024 + 1, WQ_MEDIA_SIZE },
		{ "application/pdf", 16 * 1024 * 1024 + 1, 0 },
		{ "image/gif", 1, WQ_MEDIA_TYPE },
		{ "", 1, WQ_MEDIA_TYPE },
		{ "text/plain\r\nX: y", 1, WQ_MEDIA_TYPE },
		{ "text/ñ", 1, WQ_MEDIA_TYPE },
		{ "application/01234567890123456789012345678901234567890123456789012345678901234567890"
		  "12345678901234567890",
		  1, WQ_MEDIA_TYPE },
	};
	struct wq_buf bytes;

	wq_buf_init(&bytes, BODY_BYTES);
	WQ_CHECK_INT("room", wq_buf_reserve(&bytes, 17 * 1024 * 1024), 0);
	memset(bytes.p, 'x', 17 * 1024 * 1024);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_media_file file = { .bytes = { bytes.p, cases[i].n },
			                      .type = wq_str(cases[i].type) };
		struct wq_provider_request r;
		struct wq_arena a;
		struct wq_buf body;

		wq_arena_init(&a, ARENA_BYTES);
		wq_buf_init(&body, BODY_BYTES);
		WQ_CHECK_INT(cases[i].type,
		             wq_media_upload(&a, &body, &account, &file, random_bytes, &r),
		             cases[i].rc);
		wq_buf_fini(&body);
		wq_buf_init(&body, 512);
		if (cases[i].rc == 0)
			WQ_CHECK_INT(cases[i].type,
			             wq_media_upload(&a, &body, &account, &file, random_bytes, &r),
			             WQ_ETOOBIG);
		WQ_CHECK_INT("nothing of it stays", body.n, 0);
		wq_buf_fini(&body);
		wq_arena_fini(&a);
	}
	wq_buf_fini(&bytes);
}

WQ_TEST(other_requests)
{
	struct wq_provider_request r;
	struct wq_arena a;
	struct wq_buf out;

	wq_arena_init(&a, ARENA_BYTES);
	wq_buf_init(&out, ARENA_BYTES);
	WQ_CHECK_INT("made", wq_media_look_up(&a, &account, wq_str("61/0?"), &r), 0);
	show_request(&r, &out);
	WQ_CHECK_INT("made", wq_media_delete(&a, &account, wq_str("610"), &r), 0);
	show_request(&r, &out);
	WQ_CHECK_SLICE(
		"both", wq_buf_str(&out),
		"GET https://graph.example.com/v23.0/61%2F0%3F?phone_number_id=900200\n"
		"Authorization: Bearer token\n\n"
		"DELETE https://graph.example.com/v23.0/610\nAuthorization: Bearer token\n\n");
	wq_buf_fini(&out);
	wq_arena_fini(&a);
}

#define ERROR(code) "{\"error\":{\"message\":\"m\",\"code\":" code "}}"
#define INFO(more) "{\"id\":\"610\",\"url\":\"https://lookaside.example.com/x?a=1\"" more "}"

enum what { UPLOADED, DELETED, LOOKED_UP };

static const struct {
	enum what what;
	int status;
	const char *body;
	enum wq_sent_as as;
	int64_t code;
	const char *id;
	int64_t bytes;
} answers[] = {
	{ UPLOADED, 200, "{\"id\":\"610000000000021\"}", WQ_SENT, 0, "610000000000021", -1 },
	{ UPLOADED, 200, "{}", WQ_UNKNOWN, 0, "", -1 },
	{ UPLOADED, 200, "{\"id\":610}", WQ_UNKNOWN, 0, "", -1 },
	{ UPLOADED, 200, "{\"id\":\"a b\"}", WQ_UNKNOWN, 0, "", -1 },
	{ UPLOADED, 200, "<html>", WQ_UNKNOWN, 0, "", -1 },
	{ UPLOADED, 500, "{\"id\":\"610\"}", WQ_UNKNOWN, 0, "", -1 },
	{ UPLOADED, 400, ERROR("131053"), WQ_REFUSED, 131053, "", -1 },
	{ UPLOADED, 401, ERROR("190"), WQ_REFUSED, 190, "", -1 },
	{ UPLOADED, 503, ERROR("2"), WQ_UNKNOWN, 2, "", -1 },
	{ UPLOADED, 200, "{\"id\":\"610\",\"error\":{\"message\":\"m\",\"code\":1}}", WQ_UNKNOWN, 0, "", -1 },
	{ DELETED, 200, "{\"success\":true}", WQ_SENT, 0, "", -1 },
	{ DELETED, 200, "{\"success\":false}", WQ_UNKNOWN, 0, "", -1 },
	{ DELETED, 400, ERROR("100"), WQ_REFUSED, 100, "", -1 },
	{ LOOKED_UP, 200, INFO(",\"file_size\":\"303833\""), WQ_SENT, 0, "610", 303833 },
	{ LOOKED_UP, 200, INFO(",\"file_size\":7"), WQ_SENT, 0, "610", 7 },
	{ LOOKED_UP, 200, INFO(",\"file_size\":-7"), WQ_SENT, 0, "610", -1 },
	{ LOOKED_UP, 200, INFO(",\"file_size\":\"x\",\"mime_type\":7"), WQ_SENT, 0, "610", -1 },
	{ LOOKED_UP, 200, "{\"id\":\"610\",\"url\":\"http://example.com/\"}", WQ_UNKNOWN, 0, "", -1 },
	{ LOOKED_UP, 200, "{\"id\":\"610\",\"url\":\"https://example.com/\\r\\nX: y\"}", WQ_UNKNOWN, 0, "", -1 },
	{ LOOKED_UP, 200, "{\"id\":\"610\"}", WQ_UNKNOWN, 0, "", -1 },
	{ LOOKED_UP, 404, ERROR("100"), WQ_REFUSED, 100, "", -1 },
};

static int read_one(size_t i, struct wq_arena *a, const struct wq_call *call, struct wq_answer *got,
                    struct wq_media_info *info)
{
	*info = (struct wq_media_info){ .bytes = -1 };
	if (answers[i].what == UPLOADED)
		return wq_media_uploaded(a, 0, call, got);
	if (answers[i].what == DELETED)
		return wq_media_deleted(a, 0, call, got);
	return wq_media_looked_up(a, 0, call, got, info);
}

WQ_TEST(what_is_answered)
{
	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		struct wq_call call = answered(answers[i].status, wq_str(answers[i].body));
		struct wq_media_info info;
		struct wq_answer got;
		struct wq_arena a;

		wq_arena_init(&a, ARENA_BYTES);
		WQ_CHECK_INT(answers[i].body, read_one(i, &a, &call, &got, &info), 0);
		WQ_CHECK_INT(answers[i].body, got.as, answers[i].as);
		WQ_CHECK_INT(answers[i].body, got.code, answers[i].code);
		WQ_CHECK_SLICE(answers[i].body, got.id, answers[i].id);
		WQ_CHECK_INT(answers[i].body, info.bytes, answers[i].bytes);
		wq_arena_fini(&a);
		wq_buf_fini(&call.body_in);
	}
}

WQ_TEST(the_sample_of_a_look_up)
{
	struct wq_media_info info;
	struct wq_answer got;
	struct wq_call call;
	struct wq_buf body;
	struct wq_arena a;

	sample_load("cloud/rest_media_url.json", &body);
	call = answered(200, wq_buf_str(&body));
	wq_arena_init(&a, ARENA_BYTES);
	WQ_CHECK_INT("read", wq_media_looked_up(&a, 0, &call, &got, &info), 0);
	WQ_CHECK_SLICE("id", got.id, "610000000000001");
	WQ_CHECK_SLICE("url", info.url,
	               "https://lookaside.fbsbx.com/whatsapp_business/attachments/"
	               "?mid=610000000000001&ext=1781000300&hash=DEMO");
	WQ_CHECK_SLICE("type", info.type, "image/jpeg");
	WQ_CHECK_SLICE("sum", info.sha256,
	               "472bec8bbe29a574a4d5794d1c8cb21fc4b819d3b189734ffcb62fc00035a384");
	WQ_CHECK_INT("size", info.bytes, 303833);
	wq_arena_fini(&a);
	wq_buf_fini(&call.body_in);
	wq_buf_fini(&body);
}

static void sweep(void)
{
	struct wq_media_file file = { .bytes = WQ_STR("x"), .type = WQ_STR("text/plain") };
	struct wq_provider_request r;
	struct wq_buf body;
	struct wq_arena a;
	int rc;

	wq_arena_init(&a, ARENA_BYTES);
	wq_buf_init(&body, BODY_BYTES);
	rc = wq_media_upload(&a, &body, &account, &file, random_bytes, &r);
	WQ_CHECK("made, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	rc = wq_media_look_up(&a, &account, wq_str("1"), &r);
	WQ_CHECK("made, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		struct wq_call call = { .status = answers[i].status, .sent = true };
		struct wq_media_info info;
		struct wq_answer got;

		call.body_in.p = (char *)(uintptr_t)answers[i].body; /* only read */
		call.body_in.n = strlen(answers[i].body);
		rc = read_one(i, &a, &call, &got, &info);
		WQ_CHECK(answers[i].body, rc == 0 || rc == WQ_ENOMEM);
		WQ_CHECK_INT(answers[i].body, got.as, rc == 0 ? answers[i].as : WQ_UNKNOWN);
	}
	wq_buf_fini(&body);
	wq_arena_fini(&a);
}

WQ_TEST(without_memory)
{
	(void)wq_fault_sweep("media", sweep, 1000);
}

WQ_TEST_MAIN(WQ_CASE(an_upload), WQ_CASE(what_is_not_uploaded), WQ_CASE(other_requests),
             WQ_CASE(what_is_answered), WQ_CASE(the_sample_of_a_look_up), WQ_CASE(without_memory))
