/* SPDX-License-Identifier: MIT */
/* provider_verdicts_test.c — rows of people's own: what they change, and how a wrong one is told. */
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict_row.h"
#include "support/fault.h"
#include "support/test.h"

static const char good[] =
	"{\"cloud\":{\"131026\":{\"action\":\"retry\",\"waitMs\":60000,\"attempts\":3,\"then\":\"drop\"},"
	"\"190/463\":{\"action\":\"pause\"},\"4711\":{\"action\":\"suppress\"},\"250\":{\"action\":\"drop\"},"
	"\"131016\":{\"waitMs\":7000},\"100\":{\"action\":\"drop\"}},"
	"\"evolution\":{\"closed\":{\"action\":\"slow\",\"waitMs\":30000},"
	"\"400005\":{\"action\":\"drop\"}},\"twilio\":{}}";

static struct wq_verdict judge(const struct wq_verdicts *v, enum wq_provider p, int64_t code,
                               int64_t subcode, unsigned attempt)
{
	struct wq_answer a = { .as = WQ_REFUSED,
		               .status = 400,
		               .code = code,
		               .subcode = subcode,
		               .retry_after_ms = -1 };

	return wq_verdicts_judge(v, p, &a, attempt, 0);
}

WQ_TEST(own_rows_come_first)
{
	static const struct {
		enum wq_provider provider;
		int64_t code, subcode;
		unsigned attempt;
		enum wq_action action;
		int64_t wait_ms;
	} cases[] = {
		{ WQ_PROVIDER_CLOUD, 131026, 0, 1, WQ_ACT_RETRY, 30000 },
		{ WQ_PROVIDER_CLOUD, 131026, 7, 3, WQ_ACT_DROP, 0 },
		{ WQ_PROVIDER_CLOUD, 190, 463, 1, WQ_ACT_PAUSE, 0 },
		{ WQ_PROVIDER_CLOUD, 190, 460, 1, WQ_ACT_TOKEN, 0 },
		{ WQ_PROVIDER_CLOUD, 190, 0, 1, WQ_ACT_TOKEN, 0 },
		{ WQ_PROVIDER_CLOUD, 100, 33, 1, WQ_ACT_DROP, 0 },
		{ WQ_PROVIDER_CLOUD, 4711, 0, 1, WQ_ACT_SUPPRESS, 0 },
		{ WQ_PROVIDER_CLOUD, 4712, 0, 1, WQ_ACT_DROP, 0 },
		{ WQ_PROVIDER_CLOUD, 250, 0, 1, WQ_ACT_DROP, 0 },
		{ WQ_PROVIDER_CLOUD, 251, 0, 1, WQ_ACT_PAUSE, 0 },
		{ WQ_PROVIDER_CLOUD, 131016, 0, 1, WQ_ACT_RETRY, 3500 },
		{ WQ_PROVIDER_CLOUD, 131016, 0, 9, WQ_ACT_RETRY, 150000 },
		{ WQ_PROVIDER_EVOLUTION, WQ_EVOLUTION_CLOSED, 0, 1, WQ_ACT_SLOW, 30000 },
		{ WQ_PROVIDER_EVOLUTION, WQ_EVOLUTION_EXCEPTION, 0, 1, WQ_ACT_DROP, 0 },
		{ WQ_PROVIDER_EVOLUTION, WQ_EVOLUTION_VALIDATION, 0, 1, WQ_ACT_FIX, 0 },
		{ WQ_PROVIDER_TWILIO, 131026, 0, 1, WQ_ACT_DROP, 0 },
	};
	char why[WQ_VERDICTS_WHY_BYTES];
	struct wq_verdicts *v;

	WQ_CHECK_INT("read", wq_verdicts_read(&v, wq_str(good), why), 0);
	WQ_CHECK_STR("nothing wrong", why, "");
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_verdict got = judge(v, cases[i].provider, cases[i].code, cases[i].subcode,
		                              cases[i].attempt);
		char what[64];

		(void)snprintf(what, sizeof(what), "row %zu", i);
		WQ_CHECK_STR(what, wq_action_name(got.action), wq_action_name(cases[i].action));
		WQ_CHECK_INT(what, got.wait_ms, cases[i].wait_ms);
	}
	WQ_CHECK_STR("the meaning stays", judge(v, WQ_PROVIDER_CLOUD, 190, 463, 1).meaning,
	             "the token has expired");
	wq_verdicts_destroy(v);
	wq_verdicts_destroy(NULL);
}

WQ_TEST(what_is_wrong_is_told)
{
	static const struct {
		const char *json, *why;
	} cases[] = {
		{ "", "it is no JSON" },
		{ "{", "it is no JSON" },
		{ "[[[[[[[[[1]]]]]]]]]", "it is no JSON" },
		{ "[]", "it is no object of providers" },
		{ "{\"meta\":{}}", "\"meta\" is no provider: cloud, evolution, twilio" },
		{ "{\"cloud\":[]}", "cloud.*: is no object of codes" },
		{ "{\"cloud\":{\"abc\":{}}}", "cloud.abc: is no error code, as 131026 or 190/463" },
		{ "{\"cloud\":{\"0\":{}}}", "cloud.0: is no error code, as 131026 or 190/463" },
		{ "{\"cloud\":{\"-1\":{}}}", "cloud.-1: is no error code, as 131026 or 190/463" },
		{ "{\"cloud\":{\"\":{}}}", "cloud.: is no error code, as 131026 or 190/463" },
		{ "{\"cloud\":{\"190/\":{}}}", "cloud.190/: has no subcode behind its \"/\"" },
		{ "{\"cloud\":{\"190/0\":{}}}", "cloud.190/0: has no subcode behind its \"/\"" },
		{ "{\"cloud\":{\"closed\":{}}}",
		  "cloud.closed: is no error code, as 131026 or 190/463" },
		{ "{\"evolution\":{\"clsed\":{}}}",
		  "evolution.clsed: is none of the words of docs/verdicts.md" },
		{ "{\"cloud\":{\"190\":7}}", "cloud.190: is no object" },
		{ "{\"cloud\":{\"190\":{\"action\":7}}}", "cloud.190: action is not text" },
		{ "{\"cloud\":{\"190\":{\"action\":\"drp\"}}}",
		  "cloud.190: action \"drp\" is none of the actions; did you mean drop?" },
		{ "{\"cloud\":{\"190\":{\"action\":\"done\"}}}",
		  "cloud.190: action \"done\" is none of the actions" },
		{ "{\"cloud\":{\"190\":{\"action\":\"settle\"}}}",
		  "cloud.190: action \"settle\" is none of the actions" },
		{ "{\"cloud\":{\"4711\":{\"waitMs\":1}}}",
		  "cloud.4711: has no action, and the table has no such code" },
		{ "{\"cloud\":{\"190\":{\"waitMs\":-1}}}",
		  "cloud.190: waitMs is no number from 0 to 2592000000" },
		{ "{\"cloud\":{\"190\":{\"waitMs\":1.5}}}",
		  "cloud.190: waitMs is no number from 0 to 2592000000" },
		{ "{\"cloud\":{\"190\":{\"waitMs\":\"1s\"}}}",
		  "cloud.190: waitMs is no number from 0 to 2592000000" },
		{ "{\"cloud\":{\"1\":{\"attempts\":0}}}",
		  "cloud.1: attempts is no number from 1 to 1000" },
		{ "{\"cloud\":{\"190\":{\"then\":\"drop\"}}}",
		  "cloud.190: has a then, but no attempts behind which it would come" },
		{ "{\"cloud\":{\"190\":{\"wait\":1}}}",
		  "cloud.190: knows action, waitMs, attempts and then, not \"wait\"" },
	};
	char why[WQ_VERDICTS_WHY_BYTES];

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_verdicts *v;

		WQ_CHECK_INT(cases[i].json, wq_verdicts_read(&v, wq_str(cases[i].json), why),
		             WQ_EPARSE);
		WQ_CHECK(cases[i].json, !v);
		WQ_CHECK_STR(cases[i].json, why, cases[i].why);
	}
}

WQ_TEST(bounds)
{
	static char text[WQ_VERDICTS_MAX_BYTES + 64];
	char why[WQ_VERDICTS_WHY_BYTES];
	struct wq_verdicts *v;
	size_t n;

	for (int more = 0; more < 2; more++) {
		n = (size_t)snprintf(text, sizeof(text), "{\"twilio\":{");
		for (int i = 1; i <= WQ_VERDICTS_ROWS_MAX + more; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			                      "%s\"%d\":{\"action\":\"drop\"}", i > 1 ? "," : "",
			                      i);
		(void)snprintf(text + n, sizeof(text) - n, "}}");
		WQ_CHECK_INT("1,000 and 1,001", wq_verdicts_read(&v, wq_str(text), why),
		             more ? WQ_EPARSE : 0);
		wq_verdicts_destroy(v);
	}
	WQ_CHECK_STR("too many", why, "more than 1,000 rows");
	memset(text, ' ', sizeof(text));
	WQ_CHECK_INT("too large", wq_verdicts_read(&v, wq_strn(text, sizeof(text)), why),
	             WQ_EPARSE);
	WQ_CHECK_STR("too large", why, "larger than 256 KiB");
}

static void sweep(void)
{
	char why[WQ_VERDICTS_WHY_BYTES];
	struct wq_verdicts *v;
	int rc = wq_verdicts_read(&v, wq_str(good), why);

	WQ_CHECK("read, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	WQ_CHECK("never half of it", (rc == 0) == (v != NULL));
	wq_verdicts_destroy(v);
}

WQ_TEST(without_memory)
{
	(void)wq_fault_sweep("verdicts", sweep, 100);
}

WQ_TEST_MAIN(WQ_CASE(own_rows_come_first), WQ_CASE(what_is_wrong_is_told), WQ_CASE(bounds),
             WQ_CASE(without_memory))
