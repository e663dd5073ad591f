/* SPDX-License-Identifier: MIT */
/* push_verdict_test.c — the table of answers, row by row. */
#include "queue/push_verdict.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/test.h"

enum { NONE = -1 };

static const struct {
	const char *what;
	int rc, status;
	int64_t retry_after_ms;
	const char *delay, *body;
	enum wq_push_kind kind;
	int64_t delay_ms;
	const char *text; /* the value, or the reason */
	const char *stack;
	bool outage;
} rows[] = {
	{ "200 with JSON", 0, 200, NONE, NULL, "{\"a\":1}", WQ_PUSH_COMPLETE, 0, "{\"a\":1}", "", false },
	{ "204", 0, 204, NONE, NULL, "", WQ_PUSH_COMPLETE, 0, "", "", false },
	{ "299", 0, 299, NONE, NULL, "x", WQ_PUSH_COMPLETE, 0, "x", "", false },
	{ "200, Retry-After means nothing", 0, 200, 5000, NULL, "1", WQ_PUSH_COMPLETE, 0, "1", "", false },
	{ "200 with a delay", 0, 200, NONE, "1500", "{}", WQ_PUSH_DELAY, 1500, "", "", false },
	{ "202 with a delay of 0", 0, 202, NONE, "0", "", WQ_PUSH_DELAY, 0, "", "", false },
	{ "200 with spaces around it", 0, 200, NONE, " 7 ", "", WQ_PUSH_DELAY, 7, "", "", false },
	{ "200 with a bad delay", 0, 200, NONE, "soon", "", WQ_PUSH_FAIL, 0,
	  "the endpoint's X-Willaq-Delay is no number of milliseconds", "", false },
	{ "200 with a negative delay", 0, 200, NONE, "-1", "", WQ_PUSH_FAIL, 0,
	  "the endpoint's X-Willaq-Delay is no number of milliseconds", "", false },
	{ "200 with a delay of ages", 0, 200, NONE, "99999999999999999999", "", WQ_PUSH_FAIL, 0,
	  "the endpoint's X-Willaq-Delay is no number of milliseconds", "", false },
	{ "429 with Retry-After", 0, 429, 2000, NULL, "", WQ_PUSH_DELAY, 2000, "", "", false },
	{ "503 with Retry-After", 0, 503, 60000, NULL, "{}", WQ_PUSH_DELAY, 60000, "", "", false },
	{ "503 with Retry-After of 0", 0, 503, 0, NULL, "", WQ_PUSH_DELAY, WQ_PUSH_DELAY_MIN_MS, "", "", false },
	{ "500 with Retry-After", 0, 500, 2000, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 500 Internal Server Error", "",
	  false },
	{ "408", 0, 408, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 408 Request Timeout", "", false },
	{ "425", 0, 425, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 425 Too Early", "", false },
	{ "429", 0, 429, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 429 Too Many Requests", "", false },
	{ "500", 0, 500, NONE, NULL, "oops", WQ_PUSH_FAIL, 0, "HTTP 500 Internal Server Error", "", false },
	{ "502", 0, 502, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 502 Bad Gateway", "", true },
	{ "503", 0, 503, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 503 Service Unavailable", "", true },
	{ "504", 0, 504, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 504 Gateway Timeout", "", true },
	{ "599", 0, 599, NONE, NULL, "", WQ_PUSH_FAIL, 0, "HTTP 599", "", false },
	{ "time-out", WQ_ETIMEDOUT, 0, NONE, NULL, "", WQ_PUSH_FAIL, 0, "no answer within 30000 ms", "", true },
	{ "time-out within the body", WQ_ETIMEDOUT, 200, NONE, NULL, "{", WQ_PUSH_FAIL, 0,
	  "no answer within 30000 ms", "", true },
	{ "no connection", WQ_ECONNECT, 0, NONE, NULL, "", WQ_PUSH_FAIL, 0, "no answer: refused", "", true },
	{ "lost", WQ_ELOST, 0, NONE, NULL, "", WQ_PUSH_FAIL, 0, "no answer: refused", "", true },
	{ "400", 0, 400, NONE, NULL, "", WQ_PUSH_FAIL_FOR_GOOD, 0, "HTTP 400 Bad Request", "", false },
	{ "404", 0, 404, NONE, NULL, "<html>", WQ_PUSH_FAIL_FOR_GOOD, 0, "HTTP 404 Not Found", "", false },
	{ "304", 0, 304, NONE, NULL, "", WQ_PUSH_FAIL_FOR_GOOD, 0, "HTTP 304 Not Modified", "", false },
	{ "301", 0, 301, NONE, NULL, "", WQ_PUSH_FAIL_FOR_GOOD, 0, "HTTP 301 Moved Permanently", "", false },
	{ "400 with Retry-After", 0, 400, 1000, NULL, "", WQ_PUSH_FAIL_FOR_GOOD, 0, "HTTP 400 Bad Request", "",
	  false },
	{ "error.message before all", 0, 422, NONE, NULL,
	  "{\"message\":\"m\",\"detail\":\"d\",\"error\":{\"message\":\"e\",\"stack\":\"e\\n at f\"}}",
	  WQ_PUSH_FAIL_FOR_GOOD, 0, "e", "e\n at f", false },
	{ "detail before message", 0, 500, NONE, NULL, "{\"message\":\"m\",\"detail\":\"d\"}", WQ_PUSH_FAIL, 0,
	  "d", "", false },
	{ "message", 0, 500, NONE, NULL, "{\"message\":\"m\"}", WQ_PUSH_FAIL, 0, "m", "", false },
	{ "a stack alone", 0, 500, NONE, NULL, "{\"error\":{\"stack\":\"s\"}}", WQ_PUSH_FAIL, 0,
	  "HTTP 500 Internal Server Error", "s", false },
	{ "an error of another type", 0, 500, NONE, NULL, "{\"error\":7,\"message\":[]}", WQ_PUSH_FAIL, 0,
	  "HTTP 500 Internal Server Error", "", false },
	{ "an empty message", 0, 500, NONE, NULL, "{\"message\":\"\"}", WQ_PUSH_FAIL, 0,
	  "HTTP 500 Internal Server Error", "", false },
	{ "bad UTF-8", 0, 500, NONE, NULL, "{\"message\":\"\xff\"}", WQ_PUSH_FAIL, 0,
	  "HTTP 500 Internal Server Error", "", false },
	{ "a success too large", WQ_ETOOBIG, 200, NONE, NULL, "xx", WQ_PUSH_FAIL_FOR_GOOD, 0,
	  "the endpoint's answer is too large", "", false },
	{ "a head too large", WQ_ETOOBIG, 0, NONE, NULL, "", WQ_PUSH_FAIL_FOR_GOOD, 0,
	  "the endpoint's answer is too large", "", false },
	{ "a failure too large", WQ_ETOOBIG, 500, NONE, NULL, "xx", WQ_PUSH_FAIL, 0,
	  "HTTP 500 Internal Server Error", "", false },
	{ "cancelled", WQ_ECANCELED, 0, NONE, NULL, "", WQ_PUSH_FAIL, 0, "no answer: refused", "", false },
};

static struct wq_push_answer answer(size_t i)
{
	return (struct wq_push_answer){ .rc = rows[i].rc,
		                        .status = rows[i].status,
		                        .timeout_ms = 30000,
		                        .retry_after_ms = rows[i].retry_after_ms,
		                        .delay = wq_str(rows[i].delay),
		                        .body = wq_str(rows[i].body),
		                        .why = "refused" };
}

WQ_TEST(verdict_table)
{
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		struct wq_push_answer a = answer(i);
		struct wq_push_verdict v;

		wq_push_verdict_init(&v, &a);
		WQ_CHECK_INT(rows[i].what, v.kind, rows[i].kind);
		WQ_CHECK_INT(rows[i].what, v.delay_ms, rows[i].delay_ms);
		WQ_CHECK_SLICE(rows[i].what, v.kind == WQ_PUSH_COMPLETE ? v.value : v.reason,
		               rows[i].text);
		WQ_CHECK_SLICE(rows[i].what, v.stack, rows[i].stack);
		WQ_CHECK_INT(rows[i].what, wq_push_is_outage(&a), rows[i].outage);
		wq_push_verdict_fini(&v);
		wq_push_verdict_fini(&v);
	}
}

WQ_TEST(job_timeout_is_told)
{
	struct wq_push_answer a = {
		.rc = WQ_ECANCELED, .timed_out = true, .retry_after_ms = NONE, .why = ""
	};
	struct wq_push_verdict v;

	wq_push_verdict_init(&v, &a);
	WQ_CHECK_INT("failed", v.kind, WQ_PUSH_FAIL);
	WQ_CHECK_SLICE("reason", v.reason,
	               "the job's time is over, and the endpoint has not answered");
	wq_push_verdict_fini(&v);
}

WQ_TEST(without_memory_the_status_is_the_reason)
{
	struct wq_push_answer a = { .status = 400, .retry_after_ms = NONE,
		                    .body = WQ_STR("{\"message\":\"m\"}") };
	struct wq_push_verdict v;

	wq_alloc_fail_after(0);
	wq_push_verdict_init(&v, &a);
	wq_alloc_fail_after(UINT64_MAX);
	WQ_CHECK_INT("for good", v.kind, WQ_PUSH_FAIL_FOR_GOOD);
	WQ_CHECK_SLICE("reason", v.reason, "HTTP 400 Bad Request");
	wq_push_verdict_fini(&v);
}

WQ_TEST_MAIN(WQ_CASE(verdict_table), WQ_CASE(job_timeout_is_told),
             WQ_CASE(without_memory_the_status_is_the_reason))
