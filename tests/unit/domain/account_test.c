/* SPDX-License-Identifier: MIT */
/* account_test.c — what may be said of an account, its limits, and what webhooks tell of it. */
#include "domain/account/account.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/account/change.h"
#include "domain/account/note.h"
#include "domain/business/key.h"
#include "support/fault.h"
#include "support/test.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SID "0123456789abcdef0123456789abcdef"
#define C   "\"provider\":\"cloud\",\"name\":\"n\",\"phone_number_id\":\"123456\""
#define E   "\"provider\":\"evolution\",\"name\":\"n\",\"instance\":\"i\",\"base_url\":\"https://e.example\""
#define T   "\"provider\":\"twilio\",\"name\":\"n\",\"account_sid\":\"AC" SID "\""

/* clang-format off: read by column */
static const struct {
	const char *body, *field; /* field NULL: it is good */
} specs[] = {
	{ "{" C "}", NULL },
	{ "{" C ",\"waba_id\":\"99887766\",\"tier\":\"TIER_2K\",\"throughput\":\"HIGH\"}", NULL },
	{ "{}", "provider" },
	{ "{\"provider\":\"meta\"}", "provider" },
	{ "{\"provider\":\"cloud\",\"name\":\"n\"}", "phone_number_id" },
	{ "{\"provider\":\"cloud\",\"phone_number_id\":\"123456\"}", "name" },
	{ "{\"provider\":\"cloud\",\"name\":\"\",\"phone_number_id\":\"123456\"}", "name" },
	{ "{\"provider\":\"cloud\",\"name\":\"a\\nb\",\"phone_number_id\":\"123456\"}", "name" },
	{ "{\"provider\":\"cloud\",\"name\":\"n\",\"phone_number_id\":123456}", "phone_number_id" },
	{ "{" C ",\"waba_id\":\"x\"}", "waba_id" },
	{ "{" C ",\"instance\":\"i\"}", "instance" },
	{ "{" C ",\"tier\":\"TIER_3K\"}", "tier" },
	{ "{" C ",\"tier\":\"HIGH\"}", "tier" },
	{ "{" C ",\"throughput\":\"FAST\"}", "throughput" },
	{ "{" C ",\"base_url\":\"ftp://x\"}", "base_url" },
	{ "{" C ",\"base_url\":\"https://u:p@x\"}", "base_url" },
	{ "{" C ",\"base_url\":\"https://x/?a=b\"}", "base_url" },
	{ "{" C ",\"limits\":[]}", "limits" },
	{ "{" C ",\"limits\":{\"per_second\":0}}", "limits.per_second" },
	{ "{" C ",\"limits\":{\"per_second\":\"9\"}}", "limits.per_second" },
	{ "{" C ",\"limits\":{\"burst\":-1}}", "limits.burst" },
	{ "{" C ",\"limits\":{\"burst\":1.5}}", "limits.burst" },
	{ "{" C ",\"limits\":{\"per_day\":100001}}", "limits.per_day" },
	{ "{" C ",\"limits\":{\"warmup_days\":366}}", "limits.warmup_days" },
	{ "{" C ",\"portfolio_id\":\"x\"}", "portfolio_id" },
	{ "{" E ",\"profile\":\"warmup\"}", "profile" },
	{ "{" C ",\"limits\":{\"a_name_that_is_longer_than_there_is_room_for_it\":1}}",
	  "limits.a_name_that_is_longer_than_there" },
	{ "{" C ",\"quiet\":{\"from\":\"21:00\",\"until\":\"08:00\",\"zone\":\"UTC\"}}", NULL },
	{ "{" C ",\"quiet\":null}", "quiet" },
	{ "{" C ",\"quiet\":\"21:00\"}", "quiet" },
	{ "{" C ",\"quiet\":{\"until\":\"08:00\",\"zone\":\"UTC\"}}", "quiet.from" },
	{ "{" C ",\"quiet\":{\"from\":\"24:00\",\"until\":\"08:00\",\"zone\":\"UTC\"}}", "quiet.from" },
	{ "{" C ",\"quiet\":{\"from\":\"9:00\",\"until\":\"08:00\",\"zone\":\"UTC\"}}", "quiet.from" },
	{ "{" C ",\"quiet\":{\"from\":\"21:00\",\"until\":\"08:60\",\"zone\":\"UTC\"}}", "quiet.until" },
	{ "{" C ",\"quiet\":{\"from\":\"21:00\",\"until\":\"21:00\",\"zone\":\"UTC\"}}", "quiet.until" },
	{ "{" C ",\"quiet\":{\"from\":\"21:00\",\"until\":\"08:00\"}}", "quiet.zone" },
	{ "{" E "}", NULL },
	{ "{\"provider\":\"evolution\",\"name\":\"n\",\"instance\":\"i\"}", "base_url" },
	{ "{\"provider\":\"evolution\",\"name\":\"n\",\"instance\":\"a/b\",\"base_url\":\"https://e\"}", "instance" },
	{ "{" E ",\"profile\":\"fast\"}", "profile" },
	{ "{" E ",\"buttons\":\"native\"}", NULL },
	{ "{" E ",\"buttons\":true}", "buttons" },
	{ "{" C ",\"buttons\":\"text\"}", "buttons" },
	{ "{" E ",\"tier\":\"TIER_2K\"}", "tier" },
	{ "{" T ",\"number\":\"+14155238886\"}", NULL },
	{ "{" T ",\"messaging_service_sid\":\"MG" SID "\"}", NULL },
	{ "{" T "}", "number" },
	{ "{" T ",\"number\":\"+14155238886\",\"messaging_service_sid\":\"MG" SID "\"}", "number" },
	{ "{" T ",\"number\":\"14155238886\"}", "number" },
	{ "{\"provider\":\"twilio\",\"name\":\"n\",\"account_sid\":\"SK" SID "\"}", "account_sid" },
};
static const struct {
	const char *provider, *body, *field;
} credentials[] = {
	{ C, "{\"access_token\":\"t\"}", NULL },
	{ C, "{\"access_token\":\"t\",\"app_secret\":\"s\"}", NULL },
	{ C, "{}", "access_token" },
	{ C, "{\"access_token\":\"\"}", "access_token" },
	{ C, "{\"access_token\":\"a b\"}", "access_token" },
	{ C, "{\"access_token\":\"a\\r\\nX: y\"}", "access_token" },
	{ C, "{\"access_token\":7}", "access_token" },
	{ C, "{\"access_token\":\"t\",\"api_key\":\"k\"}", "api_key" },
	{ E, "{\"api_key\":\"k\"}", NULL },
	{ E, "{\"access_token\":\"k\"}", "access_token" },
	{ T ",\"number\":\"+14155238886\"", "{\"auth_token\":\"k\"}", NULL },
	{ T ",\"number\":\"+14155238886\"", "{\"auth_token\":\"k\",\"app_secret\":\"s\"}", "app_secret" },
};
#define QR WQ_PROVIDER_EVOLUTION
static const struct {
	const char *what;
	enum wq_provider provider;
	const char *throughput, *tier, *profile;
	uint32_t milli, burst, people, day, warmup;
} limits[] = {
	{ "cloud",       WQ_PROVIDER_CLOUD,  NULL,          NULL,             NULL,      72000,  8,   0,     0,    0 },
	{ "upgraded",    WQ_PROVIDER_CLOUD,  "HIGH",        "TIER_UNLIMITED", NULL,      900000, 100, 0,     0,    0 },
	{ "coexistence", WQ_PROVIDER_CLOUD,  "COEXISTENCE", "TIER_250",       NULL,      18000,  2,   225,   0,    0 },
	{ "2K",          WQ_PROVIDER_CLOUD,  NULL,          "TIER_2K",        NULL,      72000,  8,   1800,  0,    0 },
	{ "100K",        WQ_PROVIDER_CLOUD,  "STANDARD",    "TIER_100K",      "gentle",  72000,  8,   90000, 0,    0 },
	{ "unknown",     WQ_PROVIDER_CLOUD,  "WARP",        "TIER_X",         NULL,      72000,  8,   0,     0,    0 },
	{ "twilio",      WQ_PROVIDER_TWILIO, NULL,          "TIER_10K",       NULL,      72000,  8,   9000,  0,    0 },
	{ "linked",      QR,                 "HIGH",        "TIER_2K",        NULL,      1200,   5,   0,     9000, 0 },
	{ "gentle",      QR,                 NULL,          NULL,             "gentle",  300,    1,   45,    450,  0 },
	{ "warm-up",     QR,                 NULL,          NULL,             "warm-up", 1200,   5,   900,   9000, 14 },
	{ "no pacing",   QR,                 NULL,          NULL,             "off",     1200,   20,  0,     0,    0 },
};
/* clang-format on */

static const struct wq_str none = { NULL, 0 };
static const struct wq_account_ways no_ways;

static yyjson_doc *parsed(const char *text)
{
	yyjson_doc *doc = wq_json_read(wq_str(text), 8, NULL);

	WQ_CHECK(text, doc != NULL);
	return doc;
}

WQ_TEST(a_spec_is_judged_by_field)
{
	for (size_t i = 0; i < WQ_COUNT(specs); i++) {
		struct wq_account_problem p = { .field = "" };
		yyjson_doc *doc = parsed(specs[i].body);
		struct wq_account a = { .name = none };
		struct wq_arena arena;

		wq_arena_init(&arena, WQ_ACCOUNT_MEMORY_MAX_BYTES);
		WQ_CHECK_INT(specs[i].body,
		             wq_account_read(&a, yyjson_doc_get_root(doc), none, none, &no_ways,
		                             &arena, &p),
		             specs[i].field ? WQ_ACCOUNT_INVALID : 0);
		if (specs[i].field)
			WQ_CHECK_STR(specs[i].body, p.field, specs[i].field);
		wq_arena_fini(&arena);
		wq_json_free(doc);
	}
}

WQ_TEST(credentials_are_judged_by_field)
{
	for (size_t i = 0; i < WQ_COUNT(credentials); i++) {
		struct wq_account_problem p = { .field = "" };
		struct wq_account a = { .provider = credentials[i].provider == credentials[0].provider ?
			                                    WQ_PROVIDER_CLOUD :
			                strstr(credentials[i].provider, "evolution") ? WQ_PROVIDER_EVOLUTION :
			                strstr(credentials[i].provider, "twilio")    ? WQ_PROVIDER_TWILIO :
			                                                               WQ_PROVIDER_CLOUD };
		yyjson_doc *doc = parsed(credentials[i].body);

		WQ_CHECK_INT(credentials[i].body,
		             wq_account_read_credentials(&a, yyjson_doc_get_root(doc), &p),
		             credentials[i].field ? WQ_ACCOUNT_INVALID : 0);
		if (credentials[i].field)
			WQ_CHECK_STR(credentials[i].body, p.field, credentials[i].field);
		wq_json_free(doc);
	}
}

WQ_TEST(limits_are_nine_tenths)
{
	for (size_t i = 0; i < WQ_COUNT(limits); i++) {
		struct wq_account_limits l;

		wq_account_limits_of(&l, limits[i].provider, wq_str(limits[i].throughput),
		                     wq_str(limits[i].tier), wq_str(limits[i].profile));
		WQ_CHECK_INT(limits[i].what, l.number_per_s_milli, limits[i].milli);
		WQ_CHECK_INT(limits[i].what, l.people_per_day, limits[i].people);
		WQ_CHECK_INT(limits[i].what, l.per_day, limits[i].day);
		WQ_CHECK_INT(limits[i].what, l.number_burst, limits[i].burst);
		WQ_CHECK_INT(limits[i].what, l.warmup_days, limits[i].warmup);
		WQ_CHECK_INT(limits[i].what, l.pair_interval_ms, 6666);
	}
}

WQ_TEST(an_address_of_graph_has_a_version)
{
	static const char *const cases[][2] = {
		{ "", "https://graph.facebook.com/v23.0" },
		{ "http://127.0.0.1:8790", "http://127.0.0.1:8790/v23.0" },
		{ "http://127.0.0.1:8790/", "http://127.0.0.1:8790/v23.0" },
		{ "https://g.example/v21.0/", "https://g.example/v21.0" },
		{ "https://g.example/in/v24", "https://g.example/in/v24" },
		{ "https://g.example/dev8", "https://g.example/dev8/v23.0" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_arena arena;

		wq_arena_init(&arena, 8192);
		WQ_CHECK_SLICE(cases[i][0], wq_account_graph_url(wq_str(cases[i][0]), &arena),
		               cases[i][1]);
		wq_arena_fini(&arena);
	}
}

static int change(const char *body, const struct wq_seal_ring *ring)
{
	const struct wq_account_ways ways = { .ring = ring };
	struct wq_account_change c = { .moved = false };
	yyjson_doc *doc = wq_json_read(wq_str(body), 8, NULL);
	int rc = doc ? wq_account_change_init(&c, wq_str("acc_1"), NULL, yyjson_doc_get_root(doc),
	                                      &ways)
	             : WQ_ENOMEM;

	if (rc == 0) {
		WQ_CHECK_SLICE("the index", c.put.number, "twilio:14155238886");
		WQ_CHECK("sealed", wq_seal_is(c.put.fields[0].value));
		WQ_CHECK_SLICE("a hint of long ones alone", c.put.fields[1].value, "7890");
	}
	wq_account_change_fini(&c);
	wq_account_change_fini(&c);
	wq_json_free(doc);
	return rc;
}

static const char twilio[] =
	"{" T ",\"number\":\"+14155238886\",\"auth_token\":\"a-long-token-1234567890\"}";

static void change_with_fault(void)
{
	struct wq_seal_ring ring;
	const char *why;
	int rc = wq_seal_ring_init(&ring, wq_str(KEY), &why);

	if (rc == 0)
		rc = change(twilio, &ring);
	WQ_CHECK("done, or out of memory", rc == 0 || rc == WQ_ENOMEM || rc == WQ_ESYS);
	wq_seal_ring_fini(&ring);
}

WQ_TEST(a_change_is_sealed_or_nothing)
{
	static const struct wq_seal_ring no_keys;

	WQ_CHECK_INT("no key", change(twilio, &no_keys), WQ_ACCOUNT_NO_KEY);
	WQ_CHECK_INT("none at all", change(twilio, NULL), WQ_ACCOUNT_NO_KEY);
	wq_fault_sweep("a change", change_with_fault, 200);
}

WQ_TEST(webhooks_tell_of_accounts)
{
	static const struct {
		enum wq_inbound_kind kind;
		const char *event, *now, *limit, *quality, *tier, *state;
		bool any, portfolio;
	} cases[] = {
		{ WQ_INBOUND_QUALITY, "FLAGGED", NULL, "TIER_2K", "RED", "TIER_2K", NULL, true,
		  false },
		{ WQ_INBOUND_QUALITY, NULL, NULL, "10000", NULL, "TIER_10K", NULL, true, true },
		{ WQ_INBOUND_QUALITY, NULL, NULL, "-1", NULL, "TIER_UNLIMITED", NULL, true, true },
		{ WQ_INBOUND_QUALITY, "ONBOARDING", NULL, "7", NULL, NULL, NULL, false, false },
		{ WQ_INBOUND_ACCOUNT, "DISABLED_UPDATE", "DISABLE", NULL, NULL, NULL, "SUSPENDED",
		  true, true },
		{ WQ_INBOUND_ACCOUNT, "DISABLED_UPDATE", "SCHEDULE_FOR_DISABLE", NULL, NULL, NULL,
		  NULL, false, false },
		{ WQ_INBOUND_ACCOUNT, "DISABLED_UPDATE", "REINSTATE", NULL, NULL, NULL, "ACTIVE",
		  true, true },
		{ WQ_INBOUND_ACCOUNT, "PARTNER_ADDED", NULL, NULL, NULL, NULL, NULL, false, false },
		{ WQ_INBOUND_MESSAGE, "FLAGGED", NULL, "TIER_2K", NULL, NULL, NULL, false, false },
		{ WQ_INBOUND_ACCOUNT, "ACCOUNT_VIOLATION", NULL, NULL, NULL, NULL, NULL, false,
		  false },
		{ WQ_INBOUND_ACCOUNT, "APPROVED", NULL, NULL, NULL, NULL, NULL, false, false },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_inbound u = { .kind = cases[i].kind };
		struct wq_account_facts f;

		u.event.event = wq_str(cases[i].event);
		u.event.now = wq_str(cases[i].now);
		u.event.limit = wq_str(cases[i].limit);
		WQ_CHECK_INT("anything", wq_account_facts_of(&f, &u), cases[i].any);
		WQ_CHECK_STR("quality", f.quality, cases[i].quality);
		WQ_CHECK_STR("tier", f.tier, cases[i].tier);
		WQ_CHECK_STR("state", f.state, cases[i].state);
		if (cases[i].any)
			WQ_CHECK_INT("of all", f.portfolio, cases[i].portfolio);
	}
}

WQ_TEST(statuses_of_templates)
{
	static const struct {
		const char *event, *reason;
		bool any;
		enum wq_send_effect effect;
		int64_t until_ms;
	} cases[] = {
		{ "PAUSED", "FIRST_PAUSE", true, WQ_EFFECT_STOP, 1000 + 3 * 3600000 },
		{ "PAUSED", "SECOND_PAUSE", true, WQ_EFFECT_STOP, 1000 + 6 * 3600000 },
		{ "PAUSED", "RATE_LIMITING_PAUSE", true, WQ_EFFECT_STOP, -1 },
		{ "DISABLED", "NONE", true, WQ_EFFECT_STOP, -1 },
		{ "REJECTED", "INVALID_FORMAT", true, WQ_EFFECT_STOP, -1 },
		{ "APPROVED", "NONE", true, WQ_EFFECT_GO, -1 },
		{ "REINSTATED", NULL, true, WQ_EFFECT_GO, -1 },
		{ "FLAGGED", NULL, false, WQ_EFFECT_SLOW, 0 },
		{ "IN_APPEAL", NULL, false, WQ_EFFECT_SLOW, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_inbound u = { .kind = WQ_INBOUND_TEMPLATE,
			                .field = wq_str("message_template_status_update"),
			                .received_ms = 1000 };
		struct wq_account_facts f;

		u.event.event = wq_str(cases[i].event);
		u.event.reason = wq_str(cases[i].reason);
		WQ_CHECK_INT(cases[i].event, wq_account_facts_of(&f, &u), cases[i].any);
		WQ_CHECK_INT(cases[i].event, f.affects, cases[i].any);
		WQ_CHECK_INT(cases[i].event, f.effect, cases[i].effect);
		WQ_CHECK_INT(cases[i].event, f.until_ms, cases[i].until_ms);
		u.field = wq_str("message_template_quality_update");
		WQ_CHECK("another field", !wq_account_facts_of(&f, &u));
	}
}

WQ_TEST(reviews_and_restrictions)
{
	static const char body[] =
		"{\"restriction_info\":[{\"restriction_type\":\"RESTRICTED_ADD_PHONE_NUMBER_ACTION\"},"
		"{\"restriction_type\":\"RESTRICTED_BIZ_INITIATED_MESSAGING\"}]}";
	struct wq_inbound u = { .kind = WQ_INBOUND_ACCOUNT,
		                .field = wq_str("account_review_update") };
	struct wq_account_facts f;
	yyjson_doc *doc;

	u.event.event = wq_str("REJECTED");
	WQ_CHECK("a rejection", wq_account_facts_of(&f, &u));
	WQ_CHECK_STR("suspends", f.state, "SUSPENDED");
	WQ_CHECK("by a known reason", wq_account_told_why(wq_str(f.why)));
	u.event.event = wq_str("APPROVED");
	WQ_CHECK("an approval", wq_account_facts_of(&f, &u));
	WQ_CHECK_STR("lifts it", f.state, "ACTIVE");
	u.event.event = wq_str("PENDING");
	WQ_CHECK("else nothing", !wq_account_facts_of(&f, &u));
	WQ_CHECK("a reason of people's", !wq_account_told_why(wq_str("holidays")));
	WQ_CHECK("none at all", !wq_account_told_why(wq_str("")));

	doc = wq_json_read(wq_str(body), 8, NULL);
	WQ_CHECK("read", doc != NULL);
	u.field = wq_str("account_update");
	u.event.event = wq_str("ACCOUNT_RESTRICTION");
	WQ_CHECK("not of sending", !wq_account_facts_of(&f, &u));
	u.value = yyjson_doc_get_root(doc);
	u.event.until_ms = 5000;
	WQ_CHECK("of sending", wq_account_facts_of(&f, &u) && f.affects);
	WQ_CHECK_INT("no templates", f.effect, WQ_EFFECT_NO_TEMPLATES);
	WQ_CHECK_INT("until then", f.until_ms, 5000);
	wq_json_free(doc);
}

WQ_TEST(keys_are_made_once)
{
	struct wq_new_key a, b;
	enum wq_role role;

	WQ_CHECK_INT("made", wq_key_make(&a), 0);
	WQ_CHECK_INT("made", wq_key_make(&b), 0);
	WQ_CHECK("each its own", strcmp(a.key, b.key) != 0 && strcmp(a.id, b.id) != 0);
	WQ_CHECK_INT("long enough", strlen(a.key), WQ_API_KEY_BYTES - 1);
	WQ_CHECK_INT("its sum", strlen(a.sum), 64);
	WQ_CHECK("a role", wq_role_from(wq_str("agent"), &role) && role == WQ_ROLE_AGENT);
	WQ_CHECK("none", !wq_role_from(wq_str("root"), &role));
	WQ_CHECK("an id", wq_business_id_is(wq_str("acme-1.x_Y")) &&
	                          !wq_business_id_is(wq_str("a/b")) &&
	                          !wq_business_id_is(wq_str("")));
}

WQ_TEST_MAIN(WQ_CASE(a_spec_is_judged_by_field), WQ_CASE(credentials_are_judged_by_field),
             WQ_CASE(limits_are_nine_tenths), WQ_CASE(an_address_of_graph_has_a_version),
             WQ_CASE(a_change_is_sealed_or_nothing), WQ_CASE(webhooks_tell_of_accounts),
             WQ_CASE(statuses_of_templates), WQ_CASE(reviews_and_restrictions),
             WQ_CASE(keys_are_made_once))
