/* SPDX-License-Identifier: MIT */
/* webhook_body_test.c — the bytes that Meta would send, and their signature. */
#include "app/sandbox/webhook_body.h"

#include "app/sandbox/ids.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/test.h"

static const struct wq_webhook_account account = {
	.waba_id = "900100200300401",
	.display_phone_number = "12025550100",
	.phone_number_id = WQ_STR("900200300400501"),
};

#define HEAD                                                                                              \
	"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"900100200300401\",\"changes\":[{"  \
	"\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":"            \
	"\"12025550100\",\"phone_number_id\":\"900200300400501\"},"
#define TAIL "},\"field\":\"messages\"}]}]}"

static struct wq_buf out;

static void begin(void)
{
	wq_buf_init(&out, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
}

static void text_message(void)
{
	struct wq_webhook_message m = {
		.id = WQ_STR("wamid.HQw1OTM5MDAwMDAwMTEVAgASGCAxQzM2QUFBOTA5NzY5RDdEOEM3OUMwREVBNzA0ODRDQQA="),
		.from = WQ_STR("593900000011"),
		.bsuid = WQ_STR("EC.70010020030040050061"),
		.name = WQ_STR("Luc\xc3\xad" "a Andrade"),
		.type = WQ_STR("text"),
		.text = WQ_STR("\xc2\xbf" "Cu\xc3\xa1nto cuesta? \xf0\x9f\x98\x80 https://example.com/a/b"),
		.at_s = 1781000091,
	};

	begin();
	WQ_CHECK_INT("write", wq_webhook_write_message(&account, &m, &out), 0);
}

WQ_TEST(a_text_as_meta_sends_it)
{
	text_message();
	WQ_CHECK_SLICE(
		"golden", wq_buf_str(&out),
		HEAD
		"\"contacts\":[{\"profile\":{\"name\":\"Luc\\u00eda Andrade\"},\"wa_id\":\"593900000011\",\"user_id\":"
		"\"EC.70010020030040050061\"}],\"messages\":[{\"from\":\"593900000011\",\"from_user_id\":"
		"\"EC.70010020030040050061\",\"id\":"
		"\"wamid.HQw1OTM5MDAwMDAwMTEVAgASGCAxQzM2QUFBOTA5NzY5RDdEOEM3OUMwREVBNzA0ODRDQQA=\",\"timestamp\":"
		"\"1781000091\",\"type\":\"text\",\"text\":{\"body\":\"\\u00bfCu\\u00e1nto cuesta? \\ud83d\\ude00 "
		"https:\\/\\/example.com\\/a\\/b\"}}]" TAIL);
	wq_buf_fini(&out);
}

WQ_TEST(its_signature_is_known)
{
	struct wq_hmac_key *key = wq_hmac_key_create(wq_str("demo-app-secret"));
	char signature[WQ_SIGNATURE_BYTES + 1];

	text_message();
	WQ_CHECK("key", key != NULL);
	WQ_CHECK_INT("sign", wq_webhook_sign(key, wq_buf_str(&out), signature), 0);
	WQ_CHECK_STR("known vector", signature,
	             "sha256=143a8aa23d74edc4e60ea4f0a9467c32fbdb7fc2c779b81058657493970dce29");
	wq_hmac_key_destroy(key);
	wq_buf_fini(&out);
}

WQ_TEST(statuses_as_meta_sends_them)
{
	struct wq_webhook_status s = {
		.status = WQ_STATUS_SENT,
		.id = WQ_STR("wamid.A"),
		.recipient = WQ_STR("593900000011"),
		.bsuid = WQ_STR("EC.7"),
		.opaque = WQ_STR("{\"seq\":\"\xc3\xb1\"}"),
		.at_s = 1781009004,
	};

	begin();
	WQ_CHECK_INT("sent", wq_webhook_write_status(&account, &s, &out), 0);
	WQ_CHECK_SLICE(
		"sent", wq_buf_str(&out),
		HEAD
		"\"contacts\":[{\"profile\":{\"name\":\"Sandbox\"},\"wa_id\":\"593900000011\",\"user_id\":\"EC.7\"}],"
		"\"statuses\":[{\"id\":\"wamid.A\",\"status\":\"sent\",\"timestamp\":\"1781009004\","
		"\"recipient_id\":\"593900000011\",\"recipient_user_id\":\"EC.7\",\"pricing\":{\"billable\":false,"
		"\"pricing_model\":\"PMP\",\"type\":\"free_customer_service\",\"category\":\"service\"},"
		"\"biz_opaque_callback_data\":\"{\\u0022seq\\u0022:\\u0022\\u00f1\\u0022}\"}]" TAIL);
	wq_buf_clear(&out);
	s.status = WQ_STATUS_READ;
	s.opaque = wq_strn(NULL, 0);
	s.bsuid = wq_strn(NULL, 0);
	WQ_CHECK_INT("read", wq_webhook_write_status(&account, &s, &out), 0);
	WQ_CHECK_SLICE(
		"read", wq_buf_str(&out),
		HEAD
		"\"contacts\":[{\"profile\":{\"name\":\"Sandbox\"},\"wa_id\":\"593900000011\"}],"
		"\"statuses\":[{\"id\":\"wamid.A\",\"status\":\"read\",\"timestamp\":\"1781009004\","
		"\"recipient_id\":\"593900000011\"}]" TAIL);
	wq_buf_clear(&out);
	s.status = WQ_STATUS_FAILED;
	s.code = 131047;
	WQ_CHECK_INT("failed", wq_webhook_write_status(&account, &s, &out), 0);
	WQ_CHECK_SLICE(
		"failed", wq_buf_str(&out),
		HEAD
		"\"statuses\":[{\"id\":\"wamid.A\",\"status\":\"failed\",\"timestamp\":\"1781009004\","
		"\"recipient_id\":\"593900000011\",\"errors\":[{\"code\":131047,\"title\":\"Re-engagement message\","
		"\"message\":\"Re-engagement message\",\"error_data\":{\"details\":"
		"\"More than 24 hours have passed since the customer last replied.\"},\"href\":"
		"\"\\/documentation\\/business-messaging\\/whatsapp\\/support\\/error-codes\"}]}]" TAIL);
	wq_buf_fini(&out);
}

WQ_TEST(groups_and_user_ids)
{
	struct wq_webhook_status s = { .status = WQ_STATUS_READ, .id = WQ_STR("w"), .recipient = WQ_STR("Zw=="),
		                       .group = true, .at_s = 1 };

	begin();
	WQ_CHECK_INT("group", wq_webhook_write_status(&account, &s, &out), 0);
	WQ_CHECK_SLICE(
		"group", wq_buf_str(&out),
		HEAD
		"\"statuses\":[{\"id\":\"w\",\"status\":\"read\",\"timestamp\":\"1\",\"recipient_id\":\"Zw==\","
		"\"recipient_type\":\"group\"}]" TAIL);
	wq_buf_clear(&out);
	s = (struct wq_webhook_status){ .status = WQ_STATUS_READ,
		                        .id = WQ_STR("w"),
		                        .bsuid = WQ_STR("US.1") };
	WQ_CHECK_INT("user id", wq_webhook_write_status(&account, &s, &out), 0);
	WQ_CHECK_SLICE("user id", wq_buf_str(&out),
	               HEAD
	               "\"contacts\":[{\"profile\":{\"name\":\"Sandbox\"},\"user_id\":\"US.1\"}],"
	               "\"statuses\":[{\"id\":\"w\",\"status\":\"read\",\"timestamp\":\"0\","
	               "\"recipient_user_id\":\"US.1\"}]" TAIL);
	wq_buf_fini(&out);
}

WQ_TEST(other_types_are_copied)
{
	yyjson_doc *doc = wq_json_read(
		wq_str("{\"content\":{\"id\":\"1\",\"caption\":\"a\\/b \xe2\x82\xac\",\"n\":[1,-2.5,true,null]},"
	               "\"extra\":{\"context\":{\"forwarded\":true}}}"),
		32, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	struct wq_webhook_message m = { .id = WQ_STR("w"), .from = WQ_STR("1"), .name = WQ_STR("N"),
		                        .type = WQ_STR("image"), .content = wq_json_get(root, "content"),
		                        .extra = wq_json_get(root, "extra"), .at_s = 5 };

	begin();
	WQ_CHECK_INT("write", wq_webhook_write_message(&account, &m, &out), 0);
	WQ_CHECK_SLICE(
		"golden", wq_buf_str(&out),
		HEAD
		"\"contacts\":[{\"profile\":{\"name\":\"N\"},\"wa_id\":\"1\"}],"
		"\"messages\":[{\"from\":\"1\",\"id\":\"w\","
		"\"timestamp\":\"5\",\"type\":\"image\",\"context\":{\"forwarded\":true},\"image\":{\"id\":\"1\","
		"\"caption\":\"a\\/b \\u20ac\",\"n\":[1,-2.5,true,null]}}]" TAIL);
	wq_json_free(doc);
	wq_buf_fini(&out);
}

WQ_TEST(escapes_to_ascii)
{
	static const struct {
		const char *what, *in, *want;
	} cases[] = {
		{ "plain", "{\"a\":1}", "{\"a\":1}" },
		{ "empty", "", "" },
		{ "slash", "\"/\"", "\"\\/\"" },
		{ "slash escaped before", "\"\\/\"", "\"\\/\"" },
		{ "backslash and slash", "\"\\\\/\"", "\"\\\\\\/\"" },
		{ "two bytes", "\"\xc2\x80\"", "\"\\u0080\"" },
		{ "three bytes", "\"\xef\xbf\xbf\"", "\"\\uffff\"" },
		{ "first of four", "\"\xf0\x90\x80\x80\"", "\"\\ud800\\udc00\"" },
		{ "last of four", "\"\xf4\x8f\xbf\xbf\"", "\"\\udbff\\udfff\"" },
		{ "behind an escape", "\"\\n\xc3\xa9\"", "\"\\n\\u00e9\"" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		begin();
		WQ_CHECK_INT(cases[i].what, wq_webhook_escape(wq_str(cases[i].in), &out), 0);
		WQ_CHECK_SLICE(cases[i].what, wq_buf_str(&out), cases[i].want);
		wq_buf_fini(&out);
	}
	begin();
	WQ_CHECK_INT("no UTF-8", wq_webhook_escape(wq_str("\"\xc3\""), &out), WQ_EPARSE);
	wq_buf_fini(&out);
}

WQ_TEST(ids_replay_and_differ)
{
	struct wq_sandbox_ids a, b;
	char x[WQ_WAMID_MAX_BYTES], y[WQ_WAMID_MAX_BYTES], last[WQ_WAMID_MAX_BYTES] = "";
	char media[WQ_MEDIA_MAX_BYTES], trace[WQ_TRACE_MAX_BYTES], wa_id[WQ_WA_ID_MAX_BYTES];

	wq_sandbox_ids_init(&a, 9);
	wq_sandbox_ids_init(&b, 9);
	for (int i = 0; i < 100; i++) {
		wq_sandbox_wamid(&a, wq_str("593900000011"), x);
		wq_sandbox_wamid(&b, wq_str("593900000011"), y);
		WQ_CHECK_STR("replay", x, y);
		WQ_CHECK("differ", strcmp(x, last) != 0);
		memcpy(last, x, sizeof(x));
	}
	WQ_CHECK("as Meta writes them",
	         wq_str_starts(wq_str(x), "wamid.HQw1OTM5MDAwMDAwMTEVAgASGC"));
	WQ_CHECK_INT("length", strlen(x), 78);
	wq_sandbox_wamid(&a, wq_str("US.1234567890123456789012345678901234567890"), x);
	WQ_CHECK("a long name fits", strlen(x) < sizeof(x));
	wq_sandbox_media_id(&a, media);
	WQ_CHECK("media", strlen(media) == 15 && wq_str_starts(wq_str(media), "61"));
	wq_sandbox_trace_id(&a, trace);
	WQ_CHECK_INT("trace", strlen(trace), 23);
	wq_sandbox_wa_id(wq_str("+1 (202) 555-0100"), wa_id);
	WQ_CHECK_STR("digits", wa_id, "12025550100");
	wq_sandbox_wa_id(wq_str("1234567890123456789012345678901234567890"), wa_id);
	WQ_CHECK_STR("too many", wa_id, "");
}

WQ_TEST_MAIN(WQ_CASE(a_text_as_meta_sends_it), WQ_CASE(its_signature_is_known),
             WQ_CASE(statuses_as_meta_sends_them), WQ_CASE(groups_and_user_ids),
             WQ_CASE(other_types_are_copied), WQ_CASE(escapes_to_ascii),
             WQ_CASE(ids_replay_and_differ))
