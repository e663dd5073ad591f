/* SPDX-License-Identifier: MIT */
/* provider_verdict_test.c — every row of the protocols' error tables, what comes of what is in none, and the waits. */
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict_row.h"
#include "support/test.h"

static const uint32_t none_left = 0, all_of_it = UINT32_MAX;

struct row {
	int64_t code;
	int status;
	enum wq_action want;
};

static struct wq_answer refused(int64_t code, int status)
{
	return (struct wq_answer){
		.as = WQ_REFUSED, .code = code, .status = status, .retry_after_ms = -1
	};
}

static const struct {
	int64_t code, subcode;
	int status;
	enum wq_action want;
} cloud[] = {
	{ 0, 0, 401, WQ_ACT_TOKEN },          { 1, 0, 400, WQ_ACT_RETRY },
	{ 2, 0, 503, WQ_ACT_RETRY },          { 3, 0, 500, WQ_ACT_PAUSE },
	{ 4, 0, 400, WQ_ACT_SLOW },           { 10, 0, 403, WQ_ACT_PAUSE },
	{ 200, 0, 403, WQ_ACT_PAUSE },        { 250, 0, 403, WQ_ACT_PAUSE },
	{ 299, 0, 403, WQ_ACT_PAUSE },        { 17, 0, 400, WQ_ACT_SLOW },
	{ 341, 0, 400, WQ_ACT_SLOW },         { 613, 0, 400, WQ_ACT_SLOW },
	{ 33, 0, 400, WQ_ACT_PAUSE },         { 100, 0, 400, WQ_ACT_FIX },
	{ 100, 33, 400, WQ_ACT_PAUSE },       { 102, 0, 401, WQ_ACT_TOKEN },
	{ 190, 0, 401, WQ_ACT_TOKEN },        { 190, 458, 401, WQ_ACT_TOKEN },
	{ 190, 463, 400, WQ_ACT_TOKEN },      { 368, 0, 403, WQ_ACT_PAUSE },
	{ 2500, 0, 400, WQ_ACT_PAUSE },       { 80007, 0, 400, WQ_ACT_SLOW },
	{ 130429, 0, 400, WQ_ACT_SLOW },      { 130472, 0, 400, WQ_ACT_DROP },
	{ 130497, 0, 403, WQ_ACT_DROP },      { 131000, 0, 500, WQ_ACT_RETRY },
	{ 131005, 0, 403, WQ_ACT_PAUSE },     { 131008, 0, 400, WQ_ACT_FIX },
	{ 131009, 0, 400, WQ_ACT_FIX },       { 131016, 0, 500, WQ_ACT_RETRY },
	{ 131021, 0, 400, WQ_ACT_FIX },       { 131026, 0, 400, WQ_ACT_DROP },
	{ 131030, 0, 400, WQ_ACT_FIX },       { 131031, 0, 403, WQ_ACT_PAUSE },
	{ 131035, 0, 0, WQ_ACT_DROP },        { 131036, 0, 0, WQ_ACT_DROP },
	{ 131037, 0, 400, WQ_ACT_PAUSE },     { 131042, 0, 400, WQ_ACT_PAUSE },
	{ 131044, 0, 0, WQ_ACT_PAUSE },       { 131045, 0, 500, WQ_ACT_PAUSE },
	{ 131047, 0, 400, WQ_ACT_TEMPLATE },  { 131048, 0, 400, WQ_ACT_PAUSE },
	{ 131049, 0, 400, WQ_ACT_NO_MARKETING }, { 131050, 0, 400, WQ_ACT_SUPPRESS },
	{ 131051, 0, 400, WQ_ACT_FIX },       { 131052, 0, 400, WQ_ACT_DROP },
	{ 131053, 0, 400, WQ_ACT_FIX },       { 131055, 0, 400, WQ_ACT_FIX },
	{ 131056, 0, 400, WQ_ACT_PAIR },      { 131057, 0, 500, WQ_ACT_RETRY },
	{ 131059, 0, 400, WQ_ACT_FIX },       { 131060, 0, 0, WQ_ACT_DROP },
	{ 131062, 0, 400, WQ_ACT_FIX },       { 131063, 0, 400, WQ_ACT_FIX },
	{ 131064, 0, 400, WQ_ACT_STOP_TEMPLATE }, { 132000, 0, 400, WQ_ACT_FIX },
	{ 132001, 0, 404, WQ_ACT_STOP_TEMPLATE }, { 132005, 0, 400, WQ_ACT_FIX },
	{ 132007, 0, 400, WQ_ACT_STOP_TEMPLATE }, { 132008, 0, 400, WQ_ACT_FIX },
	{ 132012, 0, 400, WQ_ACT_FIX },       { 132018, 0, 400, WQ_ACT_FIX },
	{ 132015, 0, 400, WQ_ACT_STOP_TEMPLATE }, { 132016, 0, 400, WQ_ACT_STOP_TEMPLATE },
	{ 132068, 0, 400, WQ_ACT_STOP_TEMPLATE }, { 132069, 0, 400, WQ_ACT_STOP_TEMPLATE },
	{ 133000, 0, 500, WQ_ACT_PAUSE },     { 133004, 0, 503, WQ_ACT_RETRY },
	{ 133005, 0, 400, WQ_ACT_PAUSE },     { 133008, 0, 400, WQ_ACT_PAUSE },
	{ 133009, 0, 400, WQ_ACT_PAUSE },     { 133006, 0, 400, WQ_ACT_PAUSE },
	{ 133010, 0, 400, WQ_ACT_PAUSE },     { 133015, 0, 400, WQ_ACT_RETRY },
	{ 133016, 0, 400, WQ_ACT_PAUSE },     { 134011, 0, 400, WQ_ACT_FIX },
	{ 134100, 0, 400, WQ_ACT_FIX },       { 134101, 0, 400, WQ_ACT_RETRY },
	{ 134102, 0, 500, WQ_ACT_FIX },       { 134103, 0, 400, WQ_ACT_FIX },
	{ 135000, 0, 400, WQ_ACT_FIX },       { 137000, 0, 0, WQ_ACT_DROP },
	{ 138000, 0, 0, WQ_ACT_FIX },         { 138021, 0, 0, WQ_ACT_FIX },
	{ 139000, 0, 400, WQ_ACT_FIX },       { 139004, 0, 400, WQ_ACT_FIX },
	{ 139100, 0, 400, WQ_ACT_FIX },       { 139103, 0, 400, WQ_ACT_FIX },
	{ 141002, 0, 0, WQ_ACT_STOP_TEMPLATE }, { 147001, 0, 400, WQ_ACT_FIX },
	{ 147005, 0, 400, WQ_ACT_FIX },       { 131020, 0, 0, WQ_ACT_FIX },
	{ 131041, 0, 0, WQ_ACT_FIX },         { 131200, 0, 0, WQ_ACT_FIX },
	{ 131299, 0, 0, WQ_ACT_FIX },         { 2388019, 0, 400, WQ_ACT_FIX },
	{ 2388040, 0, 400, WQ_ACT_FIX },      { 2388047, 0, 400, WQ_ACT_FIX },
	{ 2388072, 0, 400, WQ_ACT_FIX },      { 2388073, 0, 400, WQ_ACT_FIX },
	{ 2388293, 0, 400, WQ_ACT_FIX },      { 2388299, 0, 400, WQ_ACT_FIX },
	{ 2388001, 0, 400, WQ_ACT_PAUSE },    { 2388012, 0, 400, WQ_ACT_PAUSE },
	{ 2388091, 0, 400, WQ_ACT_PAUSE },    { 2388093, 0, 400, WQ_ACT_PAUSE },
	{ 2388103, 0, 400, WQ_ACT_PAUSE },    { 2494100, 0, 400, WQ_ACT_RETRY },
	{ 2593107, 0, 400, WQ_ACT_FIX },      { 2593108, 0, 400, WQ_ACT_FIX },
	{ 2593109, 0, 400, WQ_ACT_FIX },
};

WQ_TEST(cloud_rows)
{
	for (size_t i = 0; i < WQ_COUNT(cloud); i++) {
		struct wq_answer a = refused(cloud[i].code, cloud[i].status);
		struct wq_verdict v;
		char what[64];

		a.subcode = cloud[i].subcode;
		v = wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0);
		(void)snprintf(what, sizeof(what), "%lld/%lld", (long long)a.code,
		               (long long)a.subcode);
		WQ_CHECK_STR(what, wq_action_name(v.action), wq_action_name(cloud[i].want));
		WQ_CHECK(what, (v.meaning != NULL) == (a.code != 0));
	}
}

static const struct row evolution[] = {
	{ WQ_EVOLUTION_NOT_ON_WHATSAPP, 400, WQ_ACT_DROP }, { WQ_EVOLUTION_VALIDATION, 400, WQ_ACT_FIX },
	{ WQ_EVOLUTION_CLOSED, 400, WQ_ACT_PAUSE },         { WQ_EVOLUTION_BROKEN, 400, WQ_ACT_RETRY },
	{ WQ_EVOLUTION_EXCEPTION, 400, WQ_ACT_FIX },        { WQ_EVOLUTION_UNAUTHORIZED, 401, WQ_ACT_TOKEN },
	{ WQ_EVOLUTION_FORBIDDEN, 403, WQ_ACT_PAUSE },      { WQ_EVOLUTION_NO_INSTANCE, 404, WQ_ACT_PAUSE },
	{ WQ_EVOLUTION_NO_ROUTE, 404, WQ_ACT_PAUSE },       { WQ_EVOLUTION_DISGUISED, 200, WQ_ACT_PAUSE },
	{ WQ_EVOLUTION_NOT_AVAILABLE, 500, WQ_ACT_FIX },    { WQ_EVOLUTION_CRASH, 500, WQ_ACT_RETRY },
};

static const struct row twilio[] = {
	{ 20003, 401, WQ_ACT_TOKEN },         { 20404, 404, WQ_ACT_FIX },
	{ 20429, 429, WQ_ACT_SLOW },          { 20500, 500, WQ_ACT_RETRY },
	{ 21211, 400, WQ_ACT_DROP },          { 21614, 400, WQ_ACT_DROP },
	{ 21408, 400, WQ_ACT_DROP },          { 21606, 400, WQ_ACT_FIX },
	{ 21212, 400, WQ_ACT_FIX },           { 21659, 400, WQ_ACT_FIX },
	{ 21610, 400, WQ_ACT_SUPPRESS },      { 21611, 400, WQ_ACT_SLOW },
	{ 21617, 400, WQ_ACT_FIX },           { 21620, 400, WQ_ACT_FIX },
	{ 21656, 400, WQ_ACT_FIX },           { 30001, 0, WQ_ACT_SLOW },
	{ 30007, 0, WQ_ACT_DROP },            { 30008, 0, WQ_ACT_RETRY },
	{ 35114, 400, WQ_ACT_FIX },           { 35115, 400, WQ_ACT_FIX },
	{ 35117, 400, WQ_ACT_FIX },           { 63001, 0, WQ_ACT_PAUSE },
	{ 63003, 0, WQ_ACT_DROP },            { 63005, 0, WQ_ACT_FIX },
	{ 63007, 400, WQ_ACT_PAUSE },         { 63010, 0, WQ_ACT_RETRY },
	{ 63011, 0, WQ_ACT_RETRY },           { 63012, 0, WQ_ACT_RETRY },
	{ 63013, 0, WQ_ACT_FIX },             { 63014, 0, WQ_ACT_SUPPRESS },
	{ 63015, 0, WQ_ACT_DROP },            { 63016, 0, WQ_ACT_TEMPLATE },
	{ 63017, 0, WQ_ACT_SLOW },            { 63018, 0, WQ_ACT_SLOW },
	{ 63019, 0, WQ_ACT_RETRY },           { 63020, 0, WQ_ACT_PAUSE },
	{ 63021, 0, WQ_ACT_FIX },             { 63022, 0, WQ_ACT_PAUSE },
	{ 63024, 0, WQ_ACT_DROP },            { 63025, 0, WQ_ACT_FIX },
	{ 63027, 0, WQ_ACT_STOP_TEMPLATE },   { 63028, 0, WQ_ACT_FIX },
	{ 63029, 0, WQ_ACT_FIX },             { 63030, 0, WQ_ACT_FIX },
	{ 63032, 0, WQ_ACT_DROP },            { 63033, 0, WQ_ACT_SUPPRESS },
	{ 63036, 0, WQ_ACT_DROP },            { 63038, 429, WQ_ACT_PAUSE },
	{ 63040, 0, WQ_ACT_STOP_TEMPLATE },   { 63041, 0, WQ_ACT_STOP_TEMPLATE },
	{ 63042, 0, WQ_ACT_STOP_TEMPLATE },   { 63049, 0, WQ_ACT_NO_MARKETING },
	{ 63050, 0, WQ_ACT_SUPPRESS },        { 63051, 0, WQ_ACT_PAUSE },
	{ 63101, 0, WQ_ACT_PAUSE },           { 63112, 0, WQ_ACT_PAUSE },
	{ 92002, 400, WQ_ACT_FIX },           { 92007, 400, WQ_ACT_FIX },
	{ 92009, 400, WQ_ACT_FIX },
};

static void check_rows(enum wq_provider p, const struct row *rows, size_t n)
{
	size_t codes = 0;

	for (size_t i = 0; i < n; i++) {
		struct wq_answer a = refused(rows[i].code, rows[i].status);
		struct wq_verdict v = wq_judge(p, &a, 1, 0);
		char what[64];

		(void)snprintf(what, sizeof(what), "%s %lld", wq_provider_name(p),
		               (long long)a.code);
		WQ_CHECK_STR(what, wq_action_name(v.action), wq_action_name(rows[i].want));
		WQ_CHECK(what, v.meaning != NULL);
	}
	for (size_t i = 0; i < wq_verdict_table(p)->n; i++) {
		const struct wq_verdict_row *r = &wq_verdict_table(p)->rows[i];

		codes += r->code_to ? (size_t)(r->code_to - r->code) + 1 : 1;
	}
	WQ_CHECK_INT("none is left out", n, codes);
}

WQ_TEST(rows_of_the_others)
{
	check_rows(WQ_PROVIDER_EVOLUTION, evolution, WQ_COUNT(evolution));
	check_rows(WQ_PROVIDER_TWILIO, twilio, WQ_COUNT(twilio));
}

WQ_TEST(tables_are_in_order)
{
	for (int p = 0; p < WQ_PROVIDERS; p++) {
		const struct wq_verdict_table *t = wq_verdict_table((enum wq_provider)p);
		int64_t last = 0;

		for (size_t i = 0; i < t->n; i++) {
			const struct wq_verdict_row *r = &t->rows[i];
			bool beside = i > 0 && r[-1].subcode && r[-1].code == r->code;

			WQ_CHECK(r->meaning, beside ? r->code == last : r->code > last);
			WQ_CHECK(r->meaning, !r->code_to || r->code_to > r->code);
			WQ_CHECK(r->meaning,
			         r->action != WQ_ACT_DONE && r->action != WQ_ACT_SETTLE);
			WQ_CHECK(r->meaning, r->then == WQ_ACT_DONE || r->attempts_max);
			last = r->code_to ? r->code_to : r->code;
		}
	}
}

WQ_TEST(what_is_in_no_table)
{
	static const struct {
		int status;
		bool transient;
		unsigned attempt;
		enum wq_action want;
	} cases[] = {
		{ 400, false, 1, WQ_ACT_DROP },  { 400, true, 1, WQ_ACT_RETRY },
		{ 400, true, 4, WQ_ACT_RETRY },  { 400, true, 5, WQ_ACT_DROP },
		{ 401, false, 1, WQ_ACT_TOKEN }, { 403, false, 1, WQ_ACT_PAUSE },
		{ 404, false, 1, WQ_ACT_DROP },  { 408, false, 1, WQ_ACT_RETRY },
		{ 429, false, 9, WQ_ACT_SLOW },  { 500, false, 1, WQ_ACT_RETRY },
		{ 503, false, 5, WQ_ACT_DROP },  { 0, false, 1, WQ_ACT_DROP },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_answer a = refused(4711, cases[i].status);
		struct wq_verdict v;
		char what[32];

		a.transient = cases[i].transient;
		(void)snprintf(what, sizeof(what), "row %zu", i);
		v = wq_judge(WQ_PROVIDER_CLOUD, &a, cases[i].attempt, 0);
		WQ_CHECK_STR(what, wq_action_name(v.action), wq_action_name(cases[i].want));
		WQ_CHECK(what, v.meaning == NULL);
	}
}

WQ_TEST(waits)
{
	static const struct {
		const char *what;
		int64_t code;
		unsigned attempt;
		int64_t retry_after_ms, least_ms, most_ms;
	} cases[] = {
		{ "unknown error, first", 1, 1, -1, 1000, 2000 },
		{ "unknown error, second", 1, 2, -1, 2000, 4000 },
		{ "outage, first", 131016, 1, -1, 500, 1000 },
		{ "outage, second", 131016, 2, -1, 1000, 2000 },
		{ "outage, third", 2, 3, -1, 2000, 4000 },
		{ "outage, at its most", 131000, 12, -1, 150000, 300000 },
		{ "outage, nearly given up", 131000, 4000000000u, -1, 150000, 300000 },
		{ "a wait of its own", 133015, 2, -1, 150000, 300000 },
		{ "throughput", 130429, 1, -1, 5000, 6250 },
		{ "throughput again", 130429, 7, -1, 5000, 6250 },
		{ "calls", 80007, 1, -1, 60000, 75000 },
		{ "pair, first", 131056, 1, -1, 4000, 5000 },
		{ "pair, second", 131056, 2, -1, 16000, 20000 },
		{ "pair, third", 131056, 3, -1, 64000, 80000 },
		{ "pair, fourth", 131056, 4, -1, 256000, 320000 },
		{ "pair, at its most", 131056, 50, -1, 300000, 375000 },
		{ "Retry-After is longer", 130429, 1, 10000, 10000, 12500 },
		{ "Retry-After is shorter", 130429, 1, 1000, 5000, 6250 },
		{ "Retry-After of 0", 131016, 1, 0, 500, 1000 },
		{ "Retry-After of a week", 130429, 1, 604800000, 86400000, 108000000 },
		{ "nobody ends a pause but people", 131031, 1, 10000, 0, 0 },
		{ "a pause with a probe", 131048, 1, -1, 14400000, 14400000 },
		{ "a longer pause", 131048, 1, 20000000, 20000000, 25000000 },
		{ "three days are not cut", 133016, 1, 604800000, 259200000, 259200000 },
		{ "a day without marketing", 131049, 1, -1, 86400000, 86400000 },
		{ "nothing to wait for", 131026, 1, 5000, 0, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_answer a = refused(cases[i].code, 400);
		int64_t least, most;

		a.retry_after_ms = cases[i].retry_after_ms;
		least = wq_judge(WQ_PROVIDER_CLOUD, &a, cases[i].attempt, none_left).wait_ms;
		most = wq_judge(WQ_PROVIDER_CLOUD, &a, cases[i].attempt, all_of_it).wait_ms;
		WQ_CHECK_INT(cases[i].what, least, cases[i].least_ms);
		WQ_CHECK(cases[i].what, most >= cases[i].most_ms - 1 && most <= cases[i].most_ms);
	}
}

WQ_TEST(tries_are_counted)
{
	struct wq_answer a = refused(1, 400);

	WQ_CHECK_INT("first", wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0).action, WQ_ACT_RETRY);
	WQ_CHECK_INT("second", wq_judge(WQ_PROVIDER_CLOUD, &a, 2, 0).action, WQ_ACT_RETRY);
	WQ_CHECK_INT("third", wq_judge(WQ_PROVIDER_CLOUD, &a, 3, 0).action, WQ_ACT_FIX);
	WQ_CHECK_INT("no wait", wq_judge(WQ_PROVIDER_CLOUD, &a, 3, 0).wait_ms, 0);
	WQ_CHECK_INT("of so many", wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0).attempts_max, 3);
	a.code = 131016;
	WQ_CHECK_INT("an outage goes on", wq_judge(WQ_PROVIDER_CLOUD, &a, 20, 0).action,
	             WQ_ACT_RETRY);
}

WQ_TEST(what_was_not_refused)
{
	struct wq_answer a = { .as = WQ_SENT, .status = 200, .retry_after_ms = 9000 };
	struct wq_verdict v = wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0);

	WQ_CHECK_INT("sent", v.action, WQ_ACT_DONE);
	WQ_CHECK_INT("sent", v.wait_ms, 0);
	a = (struct wq_answer){
		.as = WQ_UNKNOWN, .status = 500, .code = 131000, .retry_after_ms = 9000
	};
	v = wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0);
	WQ_CHECK_INT("unknown", v.action, WQ_ACT_SETTLE);
	WQ_CHECK_INT("unknown, not before", v.wait_ms, 9000);
	WQ_CHECK_STR("unknown", v.meaning, "unknown error at Meta");
	a = (struct wq_answer){ .as = WQ_NOT_SENT, .rc = WQ_ECONNECT, .retry_after_ms = -1 };
	WQ_CHECK_INT("not sent", wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0).action, WQ_ACT_SLOW);
	WQ_CHECK_INT("not sent", wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0).wait_ms, 500);
	WQ_CHECK_INT("not sent", wq_judge(WQ_PROVIDER_CLOUD, &a, 3, 0).wait_ms, 2000);
	WQ_CHECK_INT("not sent", wq_judge(WQ_PROVIDER_CLOUD, &a, 30, 0).wait_ms, 150000);
	a.rc = WQ_ETLS;
	WQ_CHECK_INT("a bad certificate", wq_judge(WQ_PROVIDER_CLOUD, &a, 1, 0).wait_ms, 30000);
}

WQ_TEST_MAIN(WQ_CASE(cloud_rows), WQ_CASE(rows_of_the_others), WQ_CASE(tables_are_in_order),
             WQ_CASE(what_is_in_no_table), WQ_CASE(waits), WQ_CASE(tries_are_counted),
             WQ_CASE(what_was_not_refused))
