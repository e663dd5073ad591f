/* SPDX-License-Identifier: MIT */
/* provider_cloud_test.c — what Meta is asked, beside the samples; what it answers. */
#include "domain/provider/cloud.h"

#include <dirent.h>

#include "base/err.h"
#include "base/limits.h"
#include "provider_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { ARENA_BYTES = 1048576, PATH_BYTES = 512, SAMPLES = 38 };

static const struct wq_account account = {
	.provider = WQ_PROVIDER_CLOUD,
	.number = WQ_STR("900200"),
	.base_url = WQ_STR("https://graph.example.com/v23.0"),
	.secret = WQ_STR("EAAB-secret"),
};

static void check_sample(const char *name)
{
	char path[PATH_BYTES];
	struct wq_provider_request request;
	struct wq_message_problem problem;
	struct wq_message m;
	struct wq_arena a;
	yyjson_doc *want, *got;
	yyjson_val *body;
	int rc;

	(void)snprintf(path, sizeof(path), "cloud/%s", name);
	want = sample_json(path);
	body = yyjson_doc_get_root(want);
	m = message_of_graph(body);
	wq_arena_init(&a, ARENA_BYTES);
	WQ_CHECK_INT(name, wq_cloud.check(&m, &problem), 0);
	rc = wq_cloud.request(&a, &account, &m, wq_json_get_str(body, "biz_opaque_callback_data"),
	                      &request);
	WQ_CHECK_INT(name, rc, 0);
	got = wq_json_read(request.body, 64, NULL);
	WQ_CHECK(name, got && yyjson_equals(yyjson_doc_get_root(got), body));
	WQ_CHECK_STR(name, request.url, "https://graph.example.com/v23.0/900200/messages");
	wq_json_free(got);
	wq_json_free(want);
	wq_arena_fini(&a);
}

/* Those that are no messages. */
static bool is_other(const char *name)
{
	static const char *const others[] = { "request_block_users.json", "request_register.json" };

	for (size_t i = 0; i < WQ_COUNT(others); i++)
		if (strcmp(name, others[i]) == 0)
			return true;
	return false;
}

WQ_TEST(requests_as_in_the_samples)
{
	DIR *dir = opendir(WQ_TESTS_DIR "/samples/cloud");
	struct dirent *entry;
	int n = 0;

	WQ_CHECK("samples", dir != NULL);
	while (dir && (entry = readdir(dir))) {
		if (!wq_str_starts(wq_str(entry->d_name), "request_") || is_other(entry->d_name))
			continue;
		check_sample(entry->d_name);
		n++;
	}
	(void)closedir(dir);
	WQ_CHECK_INT("samples", n, SAMPLES);
}

static const char text_json[] = "{\"body\":\"hola\"}";

WQ_TEST(the_whole_request)
{
	yyjson_doc *content = wq_json_read(wq_str(text_json), 8, NULL);
	struct wq_message m = { .to = WQ_STR("+593900000011"),
		                .reply_to = WQ_STR("wamid.A"),
		                .content = yyjson_doc_get_root(content) };
	struct wq_provider_request r;
	struct wq_arena a;
	struct wq_buf out;

	wq_arena_init(&a, ARENA_BYTES);
	wq_buf_init(&out, ARENA_BYTES);
	WQ_CHECK_INT("made", wq_cloud.request(&a, &account, &m, wq_str("m1.aa"), &r), 0);
	show_request(&r, &out);
	WQ_CHECK_SLICE("all of it", wq_buf_str(&out),
	               "POST https://graph.example.com/v23.0/900200/messages\n"
	               "Authorization: Bearer EAAB-secret\n"
	               "Content-Type: application/json\n\n"
	               "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\","
	               "\"to\":\"+593900000011\",\"context\":{\"message_id\":\"wamid.A\"},"
	               "\"biz_opaque_callback_data\":\"m1.aa\",\"type\":\"text\","
	               "\"text\":{\"body\":\"hola\"}}");
	wq_buf_fini(&out);
	wq_arena_fini(&a);
	wq_json_free(content);
}

WQ_TEST(what_is_not_asked)
{
	static char opaque[WQ_PROVIDER_OPAQUE_MAX_BYTES + 1];
	yyjson_doc *content = wq_json_read(wq_str(text_json), 8, NULL);
	struct wq_message m = { .to = WQ_STR("593900000011"),
		                .content = yyjson_doc_get_root(content) };
	struct wq_message_problem p;
	struct wq_provider_request r;
	struct wq_arena a;

	memset(opaque, 'x', sizeof(opaque));
	wq_arena_init(&a, ARENA_BYTES);
	WQ_CHECK_INT("a number without plus", wq_cloud.request(&a, &account, &m, wq_str(""), &r),
	             WQ_EINVAL);
	m.to = wq_str("+593900000011");
	WQ_CHECK_INT("too long a word of ours",
	             wq_cloud.request(&a, &account, &m, wq_strn(opaque, sizeof(opaque)), &r),
	             WQ_ETOOBIG);
	WQ_CHECK_INT("the longest one",
	             wq_cloud.request(&a, &account, &m, wq_strn(opaque, sizeof(opaque) - 1), &r),
	             0);
	m.recipient = WQ_RECIPIENT_JID;
	WQ_CHECK_INT("a JID", wq_cloud.check(&m, &p), WQ_MESSAGE_INVALID);
	WQ_CHECK_STR("a JID", p.field, "to");
	m = (struct wq_message){ .kind = WQ_MESSAGE_READ };
	WQ_CHECK_INT("read, but what", wq_cloud.check(&m, &p), WQ_MESSAGE_INVALID);
	WQ_CHECK_STR("read, but what", p.field, "replyTo");
	wq_arena_fini(&a);
	wq_arena_init(&a, 16);
	m = (struct wq_message){ .to = WQ_STR("+593900000011"),
		                 .content = yyjson_doc_get_root(content) };
	WQ_CHECK_INT("a small arena", wq_cloud.request(&a, &account, &m, wq_str(""), &r),
	             WQ_ETOOBIG);
	wq_arena_fini(&a);
	wq_json_free(content);
}

static const struct {
	const char *sample;
	int status;
	enum wq_sent_as as;
	int64_t code, subcode;
	const char *id, *wa_id, *title, *details;
	bool held, transient;
} samples[] = {
	{ "rest_send_accepted.json", 200, WQ_SENT, 0, 0,
	  "wamid.HQwxMjAyNTU1MDEwMBUCABIYIDJBRTMyODNFNURGRjI5MDMyOUI3NTlFQzI3MDM3M0UwAA==", "593900000011", "", "",
	  false, false },
	{ "rest_send_bsuid.json", 200, WQ_SENT, 0, 0,
	  "wamid.HQwxMjAyNTU1MDEwMBUCABIYIEI1QzBFQUM5QjdFREFDNUIxMjIxQjA5QTc5NDE2NkQzAA==", "", "", "", false, false },
	{ "rest_send_template_held.json", 200, WQ_SENT, 0, 0,
	  "wamid.HQwxMjAyNTU1MDEwMBUCABIYIDY3OThGNkNGMjRDMjExQzMwRDZGREYzQzAyMkI0NzEzAA==", "593900000011", "", "",
	  true, false },
	{ "rest_error_130429_throughput.json", 400, WQ_REFUSED, 130429, 0, "", "", "(#130429) Rate limit hit",
	  "Cloud API message throughput has been reached.", false, false },
	{ "rest_error_131000_unknown.json", 500, WQ_UNKNOWN, 131000, 0, "", "", "(#131000) Something went wrong",
	  "Message failed to send due to an unknown error.", false, false },
	{ "rest_error_131030_not_allowed.json", 400, WQ_REFUSED, 131030, 0, "", "",
	  "(#131030) Recipient phone number not in allowed list",
	  "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
	  false, false },
	{ "rest_error_132001_template_missing.json", 404, WQ_REFUSED, 132001, 0, "", "",
	  "(#132001) Template name does not exist in the translation",
	  "template name (recordatorio_cita) does not exist in es_EC", false, false },
	{ "rest_error_190_expired_token.json", 401, WQ_REFUSED, 190, 463, "", "",
	  "Error validating access token: Session has expired.", "", false, false },
	{ "rest_error_2_transient.json", 503, WQ_UNKNOWN, 2, 0, "", "",
	  "An unexpected error has occurred. Please retry your request later.", "", false, true },
};

WQ_TEST(answers_of_the_samples)
{
	for (size_t i = 0; i < WQ_COUNT(samples); i++) {
		const char *what = samples[i].sample;
		char path[PATH_BYTES];
		struct wq_answer got;
		struct wq_call call;
		struct wq_arena a;
		struct wq_buf body;

		(void)snprintf(path, sizeof(path), "cloud/%s", what);
		sample_load(path, &body);
		call = answered(samples[i].status, wq_buf_str(&body));
		wq_arena_init(&a, ARENA_BYTES);
		WQ_CHECK_INT(what, wq_cloud.answer(&a, WQ_MESSAGE_TEXT, 0, &call, &got), 0);
		wq_buf_fini(&call.body_in);
		wq_buf_fini(&body);
		WQ_CHECK_INT(what, got.as, samples[i].as);
		WQ_CHECK_INT(what, got.code, samples[i].code);
		WQ_CHECK_INT(what, got.subcode, samples[i].subcode);
		WQ_CHECK_INT(what, got.status, samples[i].status);
		WQ_CHECK_SLICE(what, got.id, samples[i].id);
		WQ_CHECK_SLICE(what, got.wa_id, samples[i].wa_id);
		WQ_CHECK_SLICE(what, got.title, samples[i].title);
		WQ_CHECK_SLICE(what, got.details, samples[i].details);
		WQ_CHECK_INT(what, got.held, samples[i].held);
		WQ_CHECK_INT(what, got.transient, samples[i].transient);
		wq_arena_fini(&a);
	}
}

static void sweep_request(void)
{
	static const struct wq_message m = { .kind = WQ_MESSAGE_TYPING,
		                             .reply_to = WQ_STR("wamid.A") };
	struct wq_provider_request r;
	struct wq_arena a;
	int rc;

	wq_arena_init(&a, ARENA_BYTES);
	rc = wq_cloud.request(&a, &account, &m, wq_str(""), &r);
	WQ_CHECK("done, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	wq_arena_fini(&a);
}

static void sweep_answer(void)
{
	static const struct {
		int status;
		enum wq_sent_as as;
		const char *body;
	} answers[] = {
		{ 200, WQ_SENT,
		  "{\"contacts\":[{\"wa_id\":\"1\"}],\"messages\":[{\"id\":\"wamid.A\"}]}" },
		{ 400, WQ_REFUSED,
		  "{\"error\":{\"message\":\"m\",\"code\":100,\"error_data\":{\"details\":\"d\"}}}" },
	};

	for (size_t i = 0; i < WQ_COUNT(answers); i++) {
		struct wq_call call = { .status = answers[i].status, .sent = true };
		struct wq_answer got;
		struct wq_arena a;
		int rc;

		call.body_in.p = (char *)(uintptr_t)answers[i].body; /* only read */
		call.body_in.n = strlen(answers[i].body);
		wq_arena_init(&a, ARENA_BYTES);
		rc = wq_cloud.answer(&a, WQ_MESSAGE_TEXT, 0, &call, &got);
		WQ_CHECK("read, or out of memory", rc == 0 || rc == WQ_ENOMEM);
		WQ_CHECK_INT("never wrong", got.as, rc == 0 ? answers[i].as : WQ_UNKNOWN);
		WQ_CHECK_INT("its status stays", got.status, answers[i].status);
		wq_arena_fini(&a);
	}
}

WQ_TEST(without_memory)
{
	(void)wq_fault_sweep("request", sweep_request, 1000);
	(void)wq_fault_sweep("answer", sweep_answer, 1000);
}

WQ_TEST_MAIN(WQ_CASE(requests_as_in_the_samples), WQ_CASE(the_whole_request),
             WQ_CASE(what_is_not_asked), WQ_CASE(answers_of_the_samples), WQ_CASE(without_memory))
