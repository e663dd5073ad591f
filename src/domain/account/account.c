/* SPDX-License-Identifier: MIT */
/* account.c — one reader for what people ask for and for what is stored. */
#include "domain/account/account.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/limits.h"
#include "base/url.h"
#include "domain/window/hours.h"

const char *const wq_account_state_names[WQ_ACCOUNT_STATES] = { "ACTIVE", "SUSPENDED", "PENDING" };
const char *const wq_account_rank_names[WQ_ACCOUNT_RANKS] = { "primary", "default", "secondary" };
const char *const wq_account_members[] = {
	"name",        "description",  "provider",   "phone_number_id",
	"waba_id",     "portfolio_id", "instance",     "account_sid", "api_key_sid",
	"number",      "messaging_service_sid", "base_url", "status_url",
	"throughput",  "profile",      "tier",       "limits",
	"quiet",       "hours",        "window",     "media_links", "buttons", "keywords", NULL,
};
const char *const wq_account_credentials[] = { "access_token", "app_secret", "api_key", "auth_token",
	                                       NULL };

enum { TEXT_MAX_BYTES = 500, URL_MAX_BYTES = 500, RATE_MAX = 10000, LIMIT_MAX = 100000000,
       WARMUP_MAX = 365 };
#define GRAPH_URL     "https://graph.facebook.com"
#define GRAPH_VERSION "/v23.0"
#define TWILIO_URL    "https://api.twilio.com"

bool wq_account_provider_from(struct wq_str name, enum wq_provider *out)
{
	for (unsigned i = 0; i < WQ_PROVIDERS; i++) {
		if (!wq_str_is(name, wq_provider_name((enum wq_provider)i)))
			continue;
		*out = (enum wq_provider)i;
		return true;
	}
	return false;
}

bool wq_account_state_from(struct wq_str name, enum wq_account_state *out)
{
	for (unsigned i = 0; i < WQ_ACCOUNT_STATES; i++) {
		if (!wq_str_is(name, wq_account_state_names[i]))
			continue;
		*out = (enum wq_account_state)i;
		return true;
	}
	return false;
}

/* `field` NULL: it is there already. */
static int wrong(struct wq_account_problem *p, const char *field, const char *what)
{
	if (field)
		snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_ACCOUNT_INVALID;
}

static bool is_digits(struct wq_str s, size_t min, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n >= min && s.n <= max;
}

static bool is_cloud_id(struct wq_str s)
{
	return is_digits(s, 5, 20);
}

static bool is_phone(struct wq_str s)
{
	return s.n > 1 && s.p[0] == '+' && is_digits(wq_strn(s.p + 1, s.n - 1), 7, 15);
}

/* Two letters and 32 hex digits, as Twilio names things. */
static bool is_sid(struct wq_str s, const char *prefix)
{
	unsigned char bytes[16];

	return wq_str_starts(s, prefix) && s.n == 34 &&
	       wq_hex_decode(wq_strn(s.p + 2, 32), bytes, sizeof(bytes));
}

static bool is_account_sid(struct wq_str s)
{
	return is_sid(s, "AC");
}

static bool is_key_sid(struct wq_str s)
{
	return is_sid(s, "SK");
}

static bool is_service_sid(struct wq_str s)
{
	return is_sid(s, "MG");
}

/* Any text without control characters, that may stand in a path once it is escaped. */
static bool is_line(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (wq_str_is_control(s, i))
			return false;
	return s.n > 0 && s.n <= WQ_ACCOUNT_NAME_MAX_BYTES;
}

static bool is_instance(struct wq_str s)
{
	return is_line(s) && wq_str_find(s, '/') == s.n;
}

static bool is_text(struct wq_str s)
{
	return s.n <= TEXT_MAX_BYTES;
}

static bool is_web_url(struct wq_str s)
{
	struct wq_url url;

	return s.n <= URL_MAX_BYTES && wq_url_parse(s, &url, NULL) && !url.user.p && !url.query.p &&
	       (wq_str_is(url.scheme, "http") || wq_str_is(url.scheme, "https"));
}

static bool is_tier(struct wq_str s)
{
	struct wq_account_limits l;

	wq_account_limits_of(&l, WQ_PROVIDER_CLOUD, s, s, s);
	return wq_str_is(s, "TIER_UNLIMITED") ||
	       (wq_str_starts(s, "TIER_") && l.people_per_day > 0);
}

static bool is_throughput(struct wq_str s)
{
	return wq_str_is(s, "STANDARD") || wq_str_is(s, "HIGH") || wq_str_is(s, "COEXISTENCE");
}

static bool is_profile(struct wq_str s)
{
	return wq_str_is(s, "steady") || wq_str_is(s, "warm-up") || wq_str_is(s, "gentle") ||
	       wq_str_is(s, "off");
}

static bool is_buttons(struct wq_str s)
{
	return wq_str_is(s, "text") || wq_str_is(s, "native");
}

static bool is_links(struct wq_str s)
{
	enum wq_links links;

	return wq_links_from(s, &links);
}

#define FOR(provider) WQ_BIT(WQ_PROVIDER_##provider)
#define ANY           (WQ_BIT(WQ_PROVIDERS) - 1)

/* clang-format off: read by column */
static const struct rule {
	const char *field;
	uint32_t takes, needs; /* which providers */
	bool (*is)(struct wq_str s);
	const char *form;      /* behind "must be" */
} rules[] = {
	{ "name",            ANY,           ANY,           is_line,        "a line of 1 to 100 bytes" },
	{ "description",     ANY,           0,             is_text,        "a text of up to 500 bytes" },
	{ "phone_number_id", FOR(CLOUD),    FOR(CLOUD),    is_cloud_id,
	  "the id of a phone number: 5 to 20 digits, from the app's WhatsApp page" },
	{ "waba_id",         FOR(CLOUD),    0,             is_cloud_id,
	  "the id of a WhatsApp Business account: digits" },
	{ "portfolio_id",    FOR(CLOUD),    0,             is_cloud_id,
	  "the id of a business portfolio: digits" },
	{ "instance",        FOR(EVOLUTION), FOR(EVOLUTION), is_instance,
	  "the name of an instance: up to 100 bytes, without '/'" },
	{ "account_sid",     FOR(TWILIO),   FOR(TWILIO),   is_account_sid, "an AccountSid: AC and 32 hex digits" },
	{ "api_key_sid",     FOR(TWILIO),   0,             is_key_sid,
	  "the SID of an API key: SK and 32 hex digits" },
	{ "number",          FOR(TWILIO),   0,             is_phone,       "a number: + and 7 to 15 digits" },
	{ "messaging_service_sid", FOR(TWILIO), 0,         is_service_sid,
	  "a MessagingServiceSid: MG and 32 hex digits" },
	{ "base_url",        ANY,           FOR(EVOLUTION), is_web_url,
	  "an http or https URL without user and query: the provider's address" },
	{ "status_url",      FOR(TWILIO),   0,             is_web_url,
	  "an http or https URL: where statuses are posted to" },
	{ "throughput",      FOR(CLOUD) | FOR(TWILIO), 0,  is_throughput,  "STANDARD, HIGH or COEXISTENCE" },
	{ "buttons",         FOR(EVOLUTION), 0,            is_buttons,     "text or native" },
	{ "media_links",     FOR(CLOUD),    0,             is_links,       "pass, upload or once" },
	{ "profile",         FOR(EVOLUTION), 0,            is_profile,     "steady, warm-up, gentle or off" },
	{ "tier",            FOR(CLOUD) | FOR(TWILIO), 0,  is_tier,
	  "TIER_250, TIER_2K, TIER_10K, TIER_100K or TIER_UNLIMITED" },
};
/* clang-format on */

static int check_rule(const struct rule *r, enum wq_provider provider, yyjson_val *spec,
                      struct wq_account_problem *p)
{
	yyjson_val *v = wq_json_get(spec, r->field);
	struct wq_str s = wq_json_str(v);

	snprintf(p->field, sizeof(p->field), "%s", r->field);
	if (v && !(r->takes & WQ_BIT(provider)))
		snprintf(p->what, sizeof(p->what), "means nothing to provider %s: leave it out",
		         wq_provider_name(provider));
	else if (!v && (r->needs & WQ_BIT(provider)))
		snprintf(p->what, sizeof(p->what), "is missing: it must be %s", r->form);
	else if (v && (!s.p || !wq_str_is_utf8(s) || !r->is(s)))
		snprintf(p->what, sizeof(p->what), "must be %s", r->form);
	else
		return 0;
	return WQ_ACCOUNT_INVALID;
}

/* What may stand in "limits" beside per_second, and how high it may be. */
#define LIMIT(name, member, max) { name, offsetof(struct wq_account_limits, member), max }
static const struct bound {
	const char *name;
	size_t at;
	uint32_t max;
} bounds[] = {
	LIMIT("burst", number_burst, LIMIT_MAX),
	LIMIT("pair_interval_ms", pair_interval_ms, LIMIT_MAX),
	LIMIT("pair_burst", pair_burst, LIMIT_MAX),
	LIMIT("people_per_day", people_per_day, WQ_LETTER_CAP_MAX),
	LIMIT("per_hour", per_hour, WQ_LETTER_CAP_MAX),
	LIMIT("per_day", per_day, WQ_LETTER_CAP_MAX),
	LIMIT("jitter_ms", jitter_ms, LIMIT_MAX),
	LIMIT("warmup_days", warmup_days, WARMUP_MAX),
};
#undef LIMIT

static int read_rate(struct wq_account_limits *l, yyjson_val *v, struct wq_account_problem *p)
{
	if (!yyjson_is_num(v) || yyjson_get_num(v) < 0.001 || yyjson_get_num(v) > RATE_MAX)
		return wrong(p, "limits.per_second",
		             "must be a number of messages from 0.001 to 10000");
	wq_account_limits_rate(l, (uint32_t)(yyjson_get_num(v) * 1000 + 0.5));
	return 0;
}

static int read_bound(struct wq_account_limits *l, struct wq_str name, yyjson_val *v,
                      struct wq_account_problem *p)
{
	size_t i = 0;

	while (i < WQ_COUNT(bounds) && !wq_str_is(name, bounds[i].name))
		i++;
	snprintf(p->field, sizeof(p->field), "limits.%.*s", name.n < 32 ? (int)name.n : 32, name.p);
	if (i == WQ_COUNT(bounds))
		return wrong(p, NULL,
		             "is no limit: there are per_second, burst, pair_interval_ms, "
		             "pair_burst, people_per_day, per_hour, per_day, jitter_ms, "
		             "warmup_days");
	if (!yyjson_is_uint(v) || yyjson_get_uint(v) > bounds[i].max) {
		snprintf(p->what, sizeof(p->what),
		         "must be a whole number from 0 (no bound) to %" PRIu32, bounds[i].max);
		return WQ_ACCOUNT_INVALID;
	}
	*(uint32_t *)(void *)((char *)l + bounds[i].at) = (uint32_t)yyjson_get_uint(v);
	return 0;
}

/* "limits": each bound in its place; a rate may have decimals, and brings its own bucket. */
static int read_limits(struct wq_account_limits *l, yyjson_val *limits,
                       struct wq_account_problem *p)
{
	yyjson_val *rate = wq_json_get(limits, "per_second"), *key;
	yyjson_obj_iter iter = yyjson_obj_iter_with(limits);
	int rc = rate ? read_rate(l, rate, p) : 0;

	while (rc == 0 && (key = yyjson_obj_iter_next(&iter)))
		if (!wq_str_is(wq_json_str(key), "per_second"))
			rc = read_bound(l, wq_json_str(key), yyjson_obj_iter_get_val(key), p);
	return rc;
}

static struct wq_str without_slash(struct wq_str url)
{
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	return url;
}

/* "/v" and digits and dots at the end. */
static bool has_version(struct wq_str url)
{
	size_t n = url.n;

	while (n > 0 && ((url.p[n - 1] >= '0' && url.p[n - 1] <= '9') || url.p[n - 1] == '.'))
		n--;
	return n < url.n && n >= 2 && url.p[n - 1] == 'v' && url.p[n - 2] == '/';
}

struct wq_str wq_account_graph_url(struct wq_str given, struct wq_arena *a)
{
	struct wq_str url = given.n ? without_slash(given) : wq_str(GRAPH_URL);
	char *made;

	if (has_version(url))
		return url;
	made = wq_arena_alloc(a, url.n + sizeof(GRAPH_VERSION));
	if (!made)
		return wq_strn(NULL, 0);
	memcpy(made, url.p, url.n);
	memcpy(made + url.n, GRAPH_VERSION, sizeof(GRAPH_VERSION));
	return wq_str(made);
}

static int read_place(struct wq_account *out, yyjson_val *spec, const struct wq_account_ways *ways,
                      struct wq_arena *a, struct wq_account_problem *p)
{
	struct wq_str base = wq_json_get_str(spec, "base_url");

	if (out->provider == WQ_PROVIDER_CLOUD) {
		out->number = wq_json_get_str(spec, "phone_number_id");
		out->portfolio = wq_json_get_str(spec, "waba_id");
		out->pool = wq_json_get_str(spec, "portfolio_id");
		out->base_url = wq_account_graph_url(base.p ? base : ways->graph_url, a);
		return out->base_url.p ? 0 : WQ_RAISE(WQ_ENOMEM);
	}
	out->base_url = without_slash(base.p               ? base
	                              : ways->twilio_url.n ? ways->twilio_url
	                                                   : wq_str(TWILIO_URL));
	if (out->provider == WQ_PROVIDER_EVOLUTION) {
		out->number = wq_json_get_str(spec, "instance");
		out->native_buttons = wq_str_is(wq_json_get_str(spec, "buttons"), "native");
		return 0;
	}
	out->number = wq_json_get_str(spec, "messaging_service_sid");
	if (!out->number.p)
		out->number = wq_json_get_str(spec, "number");
	else if (wq_json_get(spec, "number"))
		return wrong(p, "number", "stands beside messaging_service_sid: give one of them");
	if (!out->number.p)
		return wrong(p, "number",
		             "is missing: it must be a number, + and 7 to 15 digits, or "
		             "give a messaging_service_sid");
	out->portfolio = wq_json_get_str(spec, "account_sid");
	out->user = wq_json_get_str(spec, "api_key_sid");
	if (!out->user.p)
		out->user = out->portfolio;
	out->status_url = wq_json_get_str(spec, "status_url");
	return 0;
}

static int read_hours(struct wq_account *out, yyjson_val *v, struct wq_account_problem *p)
{
	struct wq_hours_problem hp;
	struct wq_hours hours;

	if (wq_hours_read(&hours, v, &hp) != 0)
		return wrong(p, hp.field, hp.what);
	out->hours = hours.any ? v : NULL;
	return 0;
}

static int read_window(struct wq_account *out, yyjson_val *v, struct wq_account_problem *p)
{
	struct wq_message_problem mp;

	if (wq_window_rules_read(&out->window, v, &mp) == 0)
		return 0;
	snprintf(p->field, sizeof(p->field), "%.47s", mp.field);
	snprintf(p->what, sizeof(p->what), "%.159s", mp.what);
	return WQ_ACCOUNT_INVALID;
}

static int read_keywords(struct wq_account *out, yyjson_val *v, struct wq_account_problem *p)
{
	const char *field, *what;

	return wq_keywords_read(&out->keywords, v, &field, &what) == 0 ? 0 : wrong(p, field, what);
}

bool wq_account_windowless(const struct wq_account *a)
{
	return a->window.enforced == WQ_WINDOW_AS_PROVIDER ? a->provider == WQ_PROVIDER_EVOLUTION
	                                                   : a->window.enforced == WQ_WINDOW_NOT;
}

int wq_account_read(struct wq_account *out, yyjson_val *spec, struct wq_str tier,
                    struct wq_str throughput, const struct wq_account_ways *ways,
                    struct wq_arena *a, struct wq_account_problem *p)
{
	yyjson_val *limits = wq_json_get(spec, "limits");
	struct wq_str own_tier = wq_json_get_str(spec, "tier");
	struct wq_str own_throughput = wq_json_get_str(spec, "throughput");
	int rc = 0;

	if (!wq_account_provider_from(wq_json_get_str(spec, "provider"), &out->provider))
		return wrong(p, "provider", "must be cloud, evolution or twilio");
	for (size_t i = 0; i < WQ_COUNT(rules) && rc == 0; i++)
		rc = check_rule(&rules[i], out->provider, spec, p);
	if (rc != 0)
		return rc;
	if (limits && !yyjson_is_obj(limits))
		return wrong(p, "limits", "must be an object");
	out->name = wq_json_get_str(spec, "name");
	out->tier = own_tier.p ? own_tier : tier;
	(void)wq_links_from(wq_json_get_str(spec, "media_links"), &out->links);
	wq_account_limits_of(&out->limits, out->provider,
	                     own_throughput.p ? own_throughput : throughput, out->tier,
	                     wq_json_get_str(spec, "profile"));
	rc = read_limits(&out->limits, limits, p);
	if (rc == 0)
		rc = wq_quiet_read(&out->quiet, wq_json_get(spec, "quiet"), p);
	if (rc == 0)
		rc = read_hours(out, wq_json_get(spec, "hours"), p);
	if (rc == 0)
		rc = read_window(out, wq_json_get(spec, "window"), p);
	if (rc == 0)
		rc = read_keywords(out, wq_json_get(spec, "keywords"), p);
	return rc == 0 ? read_place(out, spec, ways, a, p) : rc;
}

const char *wq_account_credential(enum wq_provider p)
{
	static const char *const names[WQ_PROVIDERS] = { "access_token", "api_key", "auth_token" };

	return names[p];
}

/* What may stand in a header as it is. */
static bool is_token(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 127)
			return false;
	return s.n > 0 && s.n <= WQ_ACCOUNT_SECRET_MAX_BYTES;
}

int wq_account_read_credentials(struct wq_account *out, yyjson_val *credentials,
                                struct wq_account_problem *p)
{
	const char *needed = wq_account_credential(out->provider);

	for (size_t i = 0; wq_account_credentials[i]; i++) {
		const char *name = wq_account_credentials[i];
		yyjson_val *v = wq_json_get(credentials, name);
		bool takes = strcmp(name, needed) == 0 || (out->provider == WQ_PROVIDER_CLOUD &&
		                                           strcmp(name, "app_secret") == 0);

		if (v && !takes) {
			(void)wrong(p, name, "");
			snprintf(p->what, sizeof(p->what),
			         "means nothing to provider %s, which takes %s",
			         wq_provider_name(out->provider), needed);
			return WQ_ACCOUNT_INVALID;
		}
		if (v && !is_token(wq_json_str(v)))
			return wrong(p, name,
			             "must be 1 to 4096 printable ASCII characters without spaces");
	}
	out->secret = wq_json_get_str(credentials, needed);
	out->app_secret = wq_json_get_str(credentials, "app_secret");
	if (out->secret.p)
		return 0;
	return wrong(p, needed, "is missing: it is what the provider lets us in with");
}

void wq_account_wipe(yyjson_val *credentials)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(credentials);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter))) {
		struct wq_str s = wq_json_str(yyjson_obj_iter_get_val(key));

		if (s.n > 0)
			wq_wipe((char *)(uintptr_t)s.p, s.n);
	}
}
