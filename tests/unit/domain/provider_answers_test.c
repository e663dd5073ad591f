/* SPDX-License-Identifier: MIT */
/* provider_answers_test.c — what the samples' answers mean, that no answer is not one, and 51 that mean harm. */
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"
#include "provider_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { ARENA_BYTES = 65536, PATH_BYTES = 512 };

#define CLOUD WQ_PROVIDER_CLOUD
#define EVOLUTION WQ_PROVIDER_EVOLUTION
#define TWILIO WQ_PROVIDER_TWILIO
#define TEXT WQ_MESSAGE_TEXT
#define READ WQ_MESSAGE_READ
#define EVO(status, error, message) "{\"status\":" status ",\"error\":\"" error "\",\"response\":{\"message\":" \
	message "}}"

static void check_answer(const char *what, enum wq_provider provider, enum wq_message_kind kind,
                         int status, struct wq_str body, struct wq_answer *got, struct wq_arena *a)
{
	struct wq_call call = answered(status, body);

	wq_arena_init(a, ARENA_BYTES);
	WQ_CHECK_INT(what, wq_providers[provider]->answer(a, kind, 0, &call, got), 0);
	WQ_CHECK_INT(what, got->status, status);
	WQ_CHECK(what, got->as != WQ_NOT_SENT);
	WQ_CHECK(what, (got->as == WQ_SENT && kind == TEXT) == (got->id.n > 0));
	wq_buf_fini(&call.body_in);
}

static const struct {
	enum wq_provider provider;
	const char *sample;
	int status;
	enum wq_sent_as as;
	int64_t code;
	const char *id, *wa_id, *title, *details;
	enum wq_action action;
} samples[] = {
	{ EVOLUTION, "evolution/rest_send_text_201.json", 201, WQ_SENT, 0, "3EB0F5CA38F748A1D6EAF7",
	  "593900000011@s.whatsapp.net", "", "", WQ_ACT_DONE },
	{ EVOLUTION, "evolution/rest_error_400_not_on_whatsapp.json", 400, WQ_REFUSED, WQ_EVOLUTION_NOT_ON_WHATSAPP, "",
	  "",
	  "Bad Request", "593900000099", WQ_ACT_DROP },
	{ EVOLUTION, "evolution/rest_error_400_validation.json", 400, WQ_REFUSED, WQ_EVOLUTION_VALIDATION, "", "",
	  "Bad Request", "The \"text\" cannot be empty", WQ_ACT_FIX },
	{ EVOLUTION, "evolution/rest_error_401.json", 401, WQ_REFUSED, WQ_EVOLUTION_UNAUTHORIZED, "", "",
	  "Unauthorized",
	  "Unauthorized", WQ_ACT_TOKEN },
	{ EVOLUTION, "evolution/rest_error_403_name_in_use.json", 403, WQ_REFUSED, WQ_EVOLUTION_FORBIDDEN, "", "",
	  "Forbidden", "This name \"aurora-01\" is already in use.", WQ_ACT_PAUSE },
	{ EVOLUTION, "evolution/rest_error_404_instance.json", 404, WQ_REFUSED, WQ_EVOLUTION_NO_INSTANCE, "", "",
	  "Not Found", "The \"nope\" instance does not exist", WQ_ACT_PAUSE },
	{ EVOLUTION, "evolution/rest_error_200_restart_closed.json", 200, WQ_REFUSED, WQ_EVOLUTION_DISGUISED, "", "",
	  "",
	  "[object Object]", WQ_ACT_PAUSE },
	{ EVOLUTION, "evolution/rest_connection_state.json", 200, WQ_UNKNOWN, 0, "", "", "", "", WQ_ACT_SETTLE },
	{ TWILIO, "twilio/rest_message_created_201.json", 201, WQ_SENT, 0, "SM3d1dd011d8cad487232d710abe4fd4b5",
	  "593900000011", "", "", WQ_ACT_DONE },
	{ TWILIO, "twilio/rest_error_400_21211.json", 400, WQ_REFUSED, 21211, "", "",
	  "The 'To' number whatsapp:+0 is not a valid phone number.", "https://www.twilio.com/docs/errors/21211",
	  WQ_ACT_DROP },
	{ TWILIO, "twilio/rest_error_401_20003.json", 401, WQ_REFUSED, 20003, "", "", "Authenticate",
	  "https://www.twilio.com/docs/errors/20003", WQ_ACT_TOKEN },
	{ TWILIO, "twilio/rest_error_429_20429.json", 429, WQ_REFUSED, 20429, "", "", "Too Many Requests",
	  "https://www.twilio.com/docs/errors/20429", WQ_ACT_SLOW },
};

WQ_TEST(answers_of_the_samples)
{
	for (size_t i = 0; i < WQ_COUNT(samples); i++) {
		const char *what = samples[i].sample;
		struct wq_answer got;
		struct wq_arena a;
		struct wq_buf body;

		sample_load(what, &body);
		check_answer(what, samples[i].provider, TEXT, samples[i].status, wq_buf_str(&body),
		             &got, &a);
		wq_buf_fini(&body);
		WQ_CHECK_INT(what, got.as, samples[i].as);
		WQ_CHECK_INT(what, got.code, samples[i].code);
		WQ_CHECK_SLICE(what, got.id, samples[i].id);
		WQ_CHECK_SLICE(what, got.wa_id, samples[i].wa_id);
		WQ_CHECK_SLICE(what, got.title, samples[i].title);
		WQ_CHECK_SLICE(what, got.details, samples[i].details);
		WQ_CHECK_STR(what, wq_action_name(wq_judge(samples[i].provider, &got, 1, 0).action),
		             wq_action_name(samples[i].action));
		wq_arena_fini(&a);
	}
}

static const struct {
	const char *what;
	enum wq_provider provider;
	enum wq_message_kind kind;
	int status;
	const char *body;
	enum wq_sent_as as;
	int64_t code;
	enum wq_action action;
} more[] = {
	{ "read", CLOUD, READ, 200, "{\"success\":true}", WQ_SENT, 0, WQ_ACT_DONE },
	{ "not read", CLOUD, READ, 200, "{\"success\":false}", WQ_UNKNOWN, 0, WQ_ACT_SETTLE },
	{ "a message's answer to a signal", CLOUD, READ, 200, "{\"messages\":[{\"id\":\"a\"}]}", WQ_UNKNOWN, 0,
	  WQ_ACT_SETTLE },
	{ "read through Evolution", EVOLUTION, READ, 201, "{\"message\":\"Read messages\",\"read\":\"success\"}",
	  WQ_SENT, 0,
	  WQ_ACT_DONE },
	{ "typing through Twilio", TWILIO, WQ_MESSAGE_TYPING, 200, "{\"success\":true}", WQ_SENT, 0, WQ_ACT_DONE },
	{ "5xx that declares a cause", CLOUD, TEXT, 500, "{\"error\":{\"message\":\"m\",\"code\":131045}}", WQ_REFUSED,
	  131045, WQ_ACT_PAUSE },
	{ "5xx that declares another", CLOUD, TEXT, 500, "{\"error\":{\"message\":\"m\",\"code\":131057}}", WQ_REFUSED,
	  131057, WQ_ACT_RETRY },
	{ "5xx, a service is down", CLOUD, TEXT, 500, "{\"error\":{\"message\":\"m\",\"code\":131016}}", WQ_UNKNOWN,
	  131016,
	  WQ_ACT_SETTLE },
	{ "4xx, a service is down", CLOUD, TEXT, 400, "{\"error\":{\"message\":\"m\",\"code\":131016}}", WQ_REFUSED,
	  131016,
	  WQ_ACT_RETRY },
	{ "5xx of an unknown code", CLOUD, TEXT, 500, "{\"error\":{\"message\":\"m\",\"code\":999999}}", WQ_UNKNOWN,
	  999999,
	  WQ_ACT_SETTLE },
	{ "4xx of an unknown code", CLOUD, TEXT, 400, "{\"error\":{\"message\":\"m\",\"code\":999999}}", WQ_REFUSED,
	  999999,
	  WQ_ACT_DROP },
	{ "200 with an error", CLOUD, TEXT, 200, "{\"error\":{\"message\":\"m\",\"code\":131047}}", WQ_REFUSED, 131047,
	  WQ_ACT_TEMPLATE },
	{ "200 that something went wrong", CLOUD, TEXT, 200, "{\"error\":{\"message\":\"m\",\"code\":2}}", WQ_UNKNOWN,
	  2,
	  WQ_ACT_SETTLE },
	{ "401 of code 0", CLOUD, TEXT, 401, "{\"error\":{\"message\":\"Auth exception\",\"code\":0}}", WQ_REFUSED, 0,
	  WQ_ACT_TOKEN },
	{ "a wrong phone number id", CLOUD, TEXT, 400,
	  "{\"error\":{\"message\":\"m\",\"code\":100,\"error_subcode\":33}}",
	  WQ_REFUSED, 100, WQ_ACT_PAUSE },
	{ "the line was closed", EVOLUTION, TEXT, 400, EVO("400", "Bad Request", "[\"Error: Connection Closed\"]"),
	  WQ_REFUSED,
	  WQ_EVOLUTION_CLOSED, WQ_ACT_PAUSE },
	{ "it is not connected", EVOLUTION, TEXT, 400, EVO("400", "Bad Request", "\"The instance is NOT connected\""),
	  WQ_REFUSED,
	  WQ_EVOLUTION_CLOSED, WQ_ACT_PAUSE },
	{ "it broke meanwhile", EVOLUTION, TEXT, 400, EVO("400", "Bad Request", "[\"Error: Timed Out\"]"), WQ_UNKNOWN,
	  WQ_EVOLUTION_BROKEN, WQ_ACT_SETTLE },
	{ "it broke afterwards", EVOLUTION, TEXT, 400,
	  EVO("400", "Bad Request", "[\"Invalid `this.prismaRepository.message.create()` invocation\"]"), WQ_UNKNOWN,
	  WQ_EVOLUTION_BROKEN, WQ_ACT_SETTLE },
	{ "anything else", EVOLUTION, TEXT, 400, EVO("400", "Bad Request", "[\"[object Object]\"]"), WQ_REFUSED,
	  WQ_EVOLUTION_EXCEPTION, WQ_ACT_FIX },
	{ "no such route", EVOLUTION, TEXT, 404, EVO("404", "Not Found", "[\"Cannot POST /message/sendFoo/x\"]"),
	  WQ_REFUSED,
	  WQ_EVOLUTION_NO_ROUTE, WQ_ACT_PAUSE },
	{ "not on this channel", EVOLUTION, TEXT, 500,
	  EVO("500", "Internal Server Error", "\"Method not available on WhatsApp Baileys\""), WQ_REFUSED,
	  WQ_EVOLUTION_NOT_AVAILABLE, WQ_ACT_FIX },
	{ "a crash", EVOLUTION, TEXT, 500, EVO("500", "Internal Server Error", "\"oops\""), WQ_UNKNOWN,
	  WQ_EVOLUTION_CRASH,
	  WQ_ACT_SETTLE },
	{ "another 5xx", EVOLUTION, TEXT, 503, EVO("503", "Service Unavailable", "\"oops\""), WQ_UNKNOWN, 0,
	  WQ_ACT_SETTLE },
	{ "another 4xx", EVOLUTION, TEXT, 429, EVO("429", "Too Many Requests", "\"oops\""), WQ_REFUSED, 0,
	  WQ_ACT_SLOW },
	{ "Twilio itself", TWILIO, TEXT, 500, "{\"code\":20500,\"message\":\"m\",\"status\":500}", WQ_UNKNOWN, 20500,
	  WQ_ACT_SETTLE },
	{ "Twilio without a code", TWILIO, TEXT, 429, "{\"message\":\"m\",\"status\":429}", WQ_REFUSED, 0,
	  WQ_ACT_SLOW },
	{ "Twilio's 503 without a code", TWILIO, TEXT, 503, "{\"message\":\"m\",\"status\":503}", WQ_UNKNOWN, 0,
	  WQ_ACT_SETTLE },
	{ "failed at once", TWILIO, TEXT, 201,
	  "{\"sid\":\"SM1\",\"status\":\"failed\",\"error_code\":63016,\"error_message\":\"m\"}", WQ_REFUSED, 63016,
	  WQ_ACT_TEMPLATE },
	{ "queued, with the code of an old try", TWILIO, TEXT, 201,
	  "{\"sid\":\"SM1\",\"status\":\"queued\",\"error_code\":null}", WQ_SENT, 0, WQ_ACT_DONE },
};

WQ_TEST(answers_by_hand)
{
	for (size_t i = 0; i < WQ_COUNT(more); i++) {
		struct wq_answer got;
		struct wq_arena a;

		check_answer(more[i].what, more[i].provider, more[i].kind, more[i].status,
		             wq_str(more[i].body), &got, &a);
		WQ_CHECK_INT(more[i].what, got.as, more[i].as);
		WQ_CHECK_INT(more[i].what, got.code, more[i].code);
		WQ_CHECK_STR(more[i].what,
		             wq_action_name(wq_judge(more[i].provider, &got, 1, 0).action),
		             wq_action_name(more[i].action));
		wq_arena_fini(&a);
	}
}

WQ_TEST(no_answer)
{
	static const struct {
		const char *what;
		int rc, status;
		bool sent;
		enum wq_sent_as as;
	} cases[] = {
		{ "no name", WQ_ERESOLVE, 0, false, WQ_NOT_SENT },
		{ "no connection", WQ_ECONNECT, 0, false, WQ_NOT_SENT },
		{ "no certificate", WQ_ETLS, 0, false, WQ_NOT_SENT },
		{ "not allowed", WQ_EDENIED, 0, false, WQ_NOT_SENT },
		{ "not started", WQ_EFULL, 0, false, WQ_NOT_SENT },
		{ "not a URL", WQ_EINVAL, 0, false, WQ_NOT_SENT },
		{ "too late to connect", WQ_ETIMEDOUT, 0, false, WQ_NOT_SENT },
		{ "stopped before", WQ_ECANCELED, 0, false, WQ_NOT_SENT },
		{ "too late", WQ_ETIMEDOUT, 0, true, WQ_UNKNOWN },
		{ "lost", WQ_ELOST, 0, true, WQ_UNKNOWN },
		{ "stopped", WQ_ECANCELED, 0, true, WQ_UNKNOWN },
		{ "nonsense", WQ_EPROTO, 0, true, WQ_UNKNOWN },
		{ "never ending", WQ_ETOOBIG, 200, true, WQ_UNKNOWN },
		{ "a huge head", WQ_ETOOBIG, 0, true, WQ_UNKNOWN },
		{ "broken off within a refusal", WQ_ELOST, 400, true, WQ_UNKNOWN },
		{ "no memory", WQ_ENOMEM, 200, true, WQ_UNKNOWN },
	};

	for (size_t i = 0; i < WQ_COUNT(cases) * WQ_PROVIDERS; i++) {
		const size_t at = i / WQ_PROVIDERS;
		struct wq_call call = unanswered(cases[at].sent);
		struct wq_answer got;
		struct wq_arena a;

		call.status = cases[at].status;
		call.retry_after_ms = 7000; /* of a head that nobody saw whole */
		wq_arena_init(&a, ARENA_BYTES);
		WQ_CHECK_INT(cases[at].what,
		             wq_providers[i % WQ_PROVIDERS]->answer(&a, TEXT, cases[at].rc, &call,
		                                                    &got),
		             0);
		WQ_CHECK_INT(cases[at].what, got.as, cases[at].as);
		WQ_CHECK_INT(cases[at].what, got.rc, cases[at].rc);
		WQ_CHECK_INT(cases[at].what, got.retry_after_ms, -1);
		wq_arena_fini(&a);
	}
}

/* All of these leave open what became of the message, whoever the provider. */
static const struct {
	const char *what;
	int status;
	size_t n;
	const char *body;
} hostile[] = {
#define H(what, status, body) { what, status, sizeof(body) - 1, body }
	H("nothing", 200, ""),
	H("204", 204, ""),
	H("202 without a body", 202, ""),
	H("a redirect", 302, ""),
	H("304", 304, ""),
	H("a proxy's page", 200, "<html><body>Welcome to the hotel</body></html>"),
	H("a proxy's 400", 400, "<html><h1>400 Bad Request</h1></html>"),
	H("a proxy's 403", 403, "<html>blocked</html>"),
	H("a proxy's 404", 404, "<html>nginx</html>"),
	H("a proxy's 407", 407, ""),
	H("a proxy's 413", 413, "<html>too large</html>"),
	H("a proxy's 429", 429, "slow down"),
	H("a proxy's 502", 502, "<html>bad gateway</html>"),
	H("a proxy's 504", 504, ""),
	H("an empty 500", 500, ""),
	H("999", 999, "{}"),
	H("gzip that nobody asked for", 200, "\x1f\x8b\x08\0\0\0\0\0\0\x03\xabV\xcaM-.NLOU\xb2\x8a\xae\x05\0"),
	H("NULs", 200, "\0\0\0\0\0\0\0\0"),
	H("a mark and half an object", 200, "\xef\xbb\xbf{\"messages\":["),
	H("cut off", 200, "{\"messages\":[{\"id\":\"wamid.A\"}"),
	H("cut off in an error", 400, "{\"error\":{\"message\":\"m\",\"code\":131047"),
	H("two documents", 200, "{\"messages\":[{\"id\":\"a\"}]}{}"),
	H("bad UTF-8", 200, "{\"messages\":[{\"id\":\"wamid.\xff\"}],\"sid\":\"\xff\",\"key\":{\"id\":\"\xff\"}}"),
	H("a lone surrogate", 200, "{\"sid\":\"\\ud800\",\"messages\":[{\"id\":\"\\ud800\"}]}"),
	H("text", 200, "\"wamid.A\""),
	H("a number", 200, "12345678901234567890123456789012345678901234567890"),
	H("null", 200, "null"),
	H("true", 200, "true"),
	H("an empty object", 200, "{}"),
	H("an empty array", 200, "[]"),
	H("an object in an array", 200, "[{\"sid\":\"SM1\",\"key\":{\"id\":\"a\"},\"messages\":[{\"id\":\"a\"}]}]"),
	H("no message in it", 200, "{\"messages\":[],\"key\":{},\"sid\":null}"),
	H("an empty id", 200, "{\"messages\":[{\"id\":\"\"}],\"key\":{\"id\":\"\"},\"sid\":\"\"}"),
	H("a number as id", 200, "{\"messages\":[{\"id\":7}],\"key\":{\"id\":7},\"sid\":7}"),
	H("null as id", 200, "{\"messages\":[{\"id\":null}],\"key\":{\"id\":null},\"sid\":null}"),
	H("an object as id", 200, "{\"messages\":[{\"id\":{}}],\"key\":{\"id\":{}},\"sid\":{}}"),
	H("messages as an object", 200, "{\"messages\":{\"id\":\"a\"},\"key\":[{\"id\":\"a\"}]}"),
	H("messages of numbers", 200, "{\"messages\":[1,2],\"key\":1}"),
	H("a line end in the id", 200,
	"{\"messages\":[{\"id\":\"a\\nb\"}],\"key\":{\"id\":\"a\\nb\"},\"sid\":\"a\\nb\"}"),
	H("NUL in the id", 200,
	"{\"messages\":[{\"id\":\"a\\u0000b\"}],\"key\":{\"id\":\"a\\u0000b\"},\"sid\":\"a\\u0000b\"}"),
	H("a space in the id", 200, "{\"messages\":[{\"id\":\"a b\"}],\"key\":{\"id\":\"a b\"},\"sid\":\"a b\"}"),
	H("letters beyond ASCII in the id", 200,
	"{\"messages\":[{\"id\":\"ñ\"}],\"key\":{\"id\":\"ñ\"},\"sid\":\"ñ\"}"),
	H("an id with a 500", 500, "{\"messages\":[{\"id\":\"a\"}],\"key\":{\"id\":\"a\"},\"sid\":\"SM1\"}"),
	H("an id with a 400", 400, "{\"messages\":[{\"id\":\"a\"}],\"key\":{\"id\":\"a\"},\"sid\":\"SM1\"}"),
	H("both an id and an error", 200,
	  "{\"messages\":[{\"id\":\"a\"}],\"error\":{\"message\":\"m\",\"code\":100}}"),
	H("an error that is none", 400, "{\"error\":{}}"),
	H("an error in numbers", 400, "{\"error\":17,\"message\":17}"),
	H("an error in a list", 400, "{\"error\":[{\"code\":100}],\"code\":\"100\"}"),
	H("a code as text alone", 400, "{\"error\":{\"code\":\"190\"},\"code\":\"20003\"}"),
	H("a code that no number holds", 400, "{\"error\":{\"code\":1e400},\"code\":1e400}"),
	H("success, but of what", 200, "{\"success\":true}"),
#undef H
};

static void check_unknown(const char *what, int status, struct wq_str body)
{
	for (int p = 0; p < WQ_PROVIDERS; p++) {
		struct wq_answer got;
		struct wq_arena a;

		check_answer(what, (enum wq_provider)p, TEXT, status, body, &got, &a);
		WQ_CHECK_INT(what, got.as, WQ_UNKNOWN);
		WQ_CHECK_INT(what, wq_judge((enum wq_provider)p, &got, 1, 0).action, WQ_ACT_SETTLE);
		WQ_CHECK(what, a.used <= 8192);
		wq_arena_fini(&a);
	}
}

WQ_TEST(hostile_answers)
{
	WQ_CHECK("40 at least", WQ_COUNT(hostile) >= 40);
	for (size_t i = 0; i < WQ_COUNT(hostile); i++)
		check_unknown(hostile[i].what, hostile[i].status,
		              wq_strn(hostile[i].body, hostile[i].n));
}

static struct wq_str repeated(struct wq_buf *b, const char *front, const char *item, size_t n,
                              const char *back)
{
	wq_buf_init(b, 8388608);
	(void)wq_buf_add_text(b, front);
	for (size_t i = 0; i < n; i++)
		(void)wq_buf_add_text(b, item);
	WQ_CHECK_INT("room", wq_buf_add_text(b, back), 0);
	return wq_buf_str(b);
}

WQ_TEST(large_answers)
{
	struct wq_answer got;
	struct wq_arena a;
	struct wq_buf b;

	check_unknown("1,000 levels", 200, repeated(&b, "", "[", 1000, ""));
	wq_buf_fini(&b);
	check_unknown("33 levels", 400,
	              repeated(&b, "{\"error\":{\"code\":190,\"message\":\"m\",\"x\":", "[", 31,
	                       "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}"));
	wq_buf_fini(&b);
	check_unknown("an endless id", 200,
	              repeated(&b, "{\"messages\":[{\"id\":\"", "aaaaaaaaaa", 60, "\"}]}"));
	wq_buf_fini(&b);
	check_unknown("an endless sid", 200, repeated(&b, "{\"sid\":\"", "aaaaaaaaaa", 60, "\"}"));
	wq_buf_fini(&b);
	check_unknown("more than is read", 200,
	              repeated(&b, "{\"messages\":[{\"id\":\"a\"}],\"x\":\"", "0123456789", 30000,
	                       "\"}"));
	wq_buf_fini(&b);
	check_answer("a long reason", CLOUD, TEXT, 400,
	             repeated(&b, "{\"error\":{\"code\":100,\"message\":\"x", "ñ", 5000, "\"}}"),
	             &got, &a);
	WQ_CHECK_INT("refused all the same", got.as, WQ_REFUSED);
	WQ_CHECK_INT("shortened between letters", got.title.n, WQ_PROVIDER_TEXT_MAX_BYTES - 1);
	WQ_CHECK("still UTF-8", wq_str_is_utf8(got.title));
	wq_arena_fini(&a);
	wq_buf_fini(&b);
	check_answer(
		"controls in a reason", CLOUD, TEXT, 400,
		wq_str("{\"error\":{\"code\":100,\"message\":\"a\\u0000\\n\\u001b[31m\\u009bb\"}}"),
		&got, &a);
	WQ_CHECK_SLICE("steer nothing", got.title, "a   [31m  b");
	wq_arena_fini(&a);
}

WQ_TEST(a_full_arena)
{
	struct wq_call call = answered(200, wq_str("{\"messages\":[{\"id\":\"wamid.A\"}]}"));
	struct wq_answer got;
	struct wq_arena a;

	wq_arena_init(&a, 8);
	WQ_CHECK_INT("no room for the id", wq_providers[CLOUD]->answer(&a, TEXT, 0, &call, &got),
	             WQ_ETOOBIG);
	WQ_CHECK_INT("unknown then", got.as, WQ_UNKNOWN);
	WQ_CHECK("no id", !got.id.p);
	wq_arena_fini(&a);
	wq_buf_fini(&call.body_in);
}

static void sweep(void)
{
	for (size_t i = 0; i < WQ_COUNT(more); i++) {
		struct wq_call call = { .status = more[i].status, .sent = true };
		struct wq_answer got;
		struct wq_arena a;
		int rc;

		call.body_in.p = (char *)(uintptr_t)more[i].body; /* only read */
		call.body_in.n = strlen(more[i].body);
		wq_arena_init(&a, ARENA_BYTES);
		rc = wq_providers[more[i].provider]->answer(&a, more[i].kind, 0, &call, &got);
		WQ_CHECK(more[i].what, rc == 0 || rc == WQ_ENOMEM);
		WQ_CHECK_INT(more[i].what, got.as, rc == 0 ? more[i].as : WQ_UNKNOWN);
		wq_arena_fini(&a);
	}
}

WQ_TEST(without_memory)
{
	(void)wq_fault_sweep("answers", sweep, 2000);
}

WQ_TEST_MAIN(WQ_CASE(answers_of_the_samples), WQ_CASE(answers_by_hand), WQ_CASE(no_answer),
             WQ_CASE(hostile_answers), WQ_CASE(large_answers), WQ_CASE(a_full_arena),
             WQ_CASE(without_memory))
