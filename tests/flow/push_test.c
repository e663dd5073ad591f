/* SPDX-License-Identifier: MIT */
/* push_test.c — what is posted, what each answer makes of the job, and an endpoint that goes and comes back; on virtual
 * time, with a worker that only writes down how its jobs were ended (push_world.h). */
#include <limits.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/standard_webhook.h"
#include "push_world.h"
#include "support/test.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OLDER  "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

#define ANSWER(head, body) "HTTP/1.1 " head "\r\nConnection: close\r\n\r\n" body
#define FINE               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

static const struct wq_peer_step fine[] = { { .answer = FINE } };
static const struct wq_peer_step gone[] = { { .answer = NULL, .then = WQ_PEER_RESET } };
static const struct wq_peer_step silent[] = { { .answer = NULL } };

struct row {
	const char *what, *answer;
	enum ending want;
	const char *text;  /* the value, or how the reason begins */
	const char *stack;
	int64_t delay_ms;  /* DELAYED: at most; and at least a second less */
	struct wq_peer_step step; /* without its answer */
};

static void check_row(const struct row *r)
{
	struct wq_peer_step step = r->step;
	struct errand e;

	step.answer = r->answer;
	if (!step.then)
		step.then = WQ_PEER_CLOSE;
	push_world_begin(&step, 1, NULL);
	errand_do(&e, "1");
	WQ_CHECK_STR(r->what, ending_name(e.ending), ending_name(r->want));
	if (r->want == DELAYED) {
		WQ_CHECK(r->what, e.delay_ms <= r->delay_ms);
		WQ_CHECK(r->what, e.delay_ms > r->delay_ms - 1000);
	} else if (r->want == COMPLETED) {
		WQ_CHECK_STR(r->what, e.text, r->text ? r->text : "");
	} else {
		e.text[r->text ? strlen(r->text) : 0] = '\0';
		WQ_CHECK_STR(r->what, e.text, r->text ? r->text : "");
	}
	WQ_CHECK_STR(r->what, e.stack, r->stack ? r->stack : "");
	WQ_CHECK_INT(r->what, pw.calls.peer.requests_n, 1);
	WQ_CHECK("no endpoint is given up for one answer", pw.holds == 0);
	push_world_end();
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(&rows[i]);
}

/* The clock of these tests begins at Tue, 14 Nov 2023 22:13:20 GMT. */
WQ_TEST(each_answer_of_the_contract)
{
	static const struct row rows[] = {
		{ "JSON", ANSWER("200 OK", "{\"a\":[1]}"), COMPLETED, .text = "{\"a\":[1]}" },
		{ "text", ANSWER("201 Created", "all well"), COMPLETED, .text = "all well" },
		{ "nothing", "HTTP/1.1 204 No Content\r\n\r\n", COMPLETED, .text = "" },
		{ "299", ANSWER("299 Odd", "1"), COMPLETED, .text = "1" },
		{ "429, seconds", ANSWER("429 Slow\r\nRetry-After: 7", ""), DELAYED,
		  .delay_ms = 7000 },
		{ "503, seconds", ANSWER("503 Busy\r\nRetry-After: 3600", "{}"), DELAYED,
		  .delay_ms = 3600000 },
		{ "429, a date", ANSWER("429 Slow\r\nRetry-After: Tue, 14 Nov 2023 22:14:20 GMT", ""),
		  DELAYED, .delay_ms = 60000 },
		{ "503, a date of old form",
		  ANSWER("503 Busy\r\nRetry-After: Tuesday, 14-Nov-23 22:15:20 GMT", ""), DELAYED,
		  .delay_ms = 120000 },
		{ "503, a date gone by",
		  ANSWER("503 Busy\r\nRetry-After: Tue, 14 Nov 2023 22:12:20 GMT", ""), DELAYED,
		  .delay_ms = WQ_PUSH_DELAY_MIN_MS },
		{ "429, at once", ANSWER("429 Slow\r\nRetry-After: 0", ""), DELAYED,
		  .delay_ms = WQ_PUSH_DELAY_MIN_MS },
		{ "503, for ever", ANSWER("503 Busy\r\nRetry-After: 99999999999999999999", ""),
		  DELAYED, .delay_ms = WQ_CLIENT_RETRY_AFTER_MAX_MS },
		{ "429, neither", ANSWER("429 Slow\r\nRetry-After: soon", ""), FAILED,
		  .text = "HTTP 429 Too Many Requests" },
		{ "500 may not ask", ANSWER("500 Oh\r\nRetry-After: 7", ""), FAILED,
		  .text = "HTTP 500 " },
		{ "408", ANSWER("408 X", ""), FAILED, .text = "HTTP 408 " },
		{ "425", ANSWER("425 X", ""), FAILED, .text = "HTTP 425 " },
		{ "429", ANSWER("429 X", ""), FAILED, .text = "HTTP 429 " },
		{ "500", ANSWER("500 X", ""), FAILED, .text = "HTTP 500 " },
		{ "502", ANSWER("502 X", ""), FAILED, .text = "HTTP 502 " },
		{ "503", ANSWER("503 X", ""), FAILED, .text = "HTTP 503 " },
		{ "504", ANSWER("504 X", ""), FAILED, .text = "HTTP 504 " },
		{ "599", ANSWER("599 X", ""), FAILED, .text = "HTTP 599" },
		{ "400", ANSWER("400 X", ""), FAILED_FOR_GOOD, .text = "HTTP 400 " },
		{ "401", ANSWER("401 X", ""), FAILED_FOR_GOOD, .text = "HTTP 401 " },
		{ "404", ANSWER("404 X", "<html>"), FAILED_FOR_GOOD, .text = "HTTP 404 Not Found" },
		{ "409", ANSWER("409 X", ""), FAILED_FOR_GOOD, .text = "HTTP 409 " },
		{ "302", ANSWER("302 X\r\nLocation: /other", ""), FAILED_FOR_GOOD,
		  .text = "HTTP 302 " },
		{ "304", "HTTP/1.1 304 X\r\n\r\n", FAILED_FOR_GOOD, .text = "HTTP 304 " },
		{ "later", ANSWER("200 OK\r\nX-Willaq-Delay: 1500", "x"), DELAYED,
		  .delay_ms = 1500 },
		{ "later, any case", ANSWER("202 OK\r\nx-willaq-delay:  250 ", ""), DELAYED,
		  .delay_ms = 250 },
		{ "never later", ANSWER("200 OK\r\nX-Willaq-Delay: soon", ""), FAILED,
		  .text = "the endpoint's X-Willaq-Delay" },
		{ "a delay without success", ANSWER("400 X\r\nX-Willaq-Delay: 5", ""),
		  FAILED_FOR_GOOD, .text = "HTTP 400 " },
		{ "its own words",
		  ANSWER("422 X", "{\"message\":\"m\",\"detail\":\"d\",\"error\":{\"message\":\"e\","
		                  "\"stack\":\"E: e\\n at f\"}}"),
		  FAILED_FOR_GOOD, .text = "e", .stack = "E: e\n at f" },
		{ "detail", ANSWER("500 X", "{\"message\":\"m\",\"detail\":\"d\"}"), FAILED,
		  .text = "d" },
		{ "message", ANSWER("500 X", "{\"message\":\"m\"}"), FAILED, .text = "m" },
		{ "no words", ANSWER("500 X", "{\"error\":\"e\"}"), FAILED, .text = "HTTP 500 " },
	};

	check_rows(rows, WQ_COUNT(rows));
}

#define HUGE "HTTP/1.1 200 OK\r\n"

WQ_TEST(answers_of_an_enemy)
{
	static const struct row rows[] = {
		{ "nothing", "", FAILED, .text = "no answer: " },
		{ "a reset", NULL, FAILED, .text = "no answer: ", .step.then = WQ_PEER_RESET },
		{ "another protocol", "SSH-2.0-x\r\n\r\n", FAILED, .text = "no answer: " },
		{ "half a head", "HTTP/1.1 200 OK\r\nContent-Le", FAILED, .text = "no answer: " },
		{ "half a body", HUGE "Content-Length: 10\r\n\r\nabc", FAILED,
		  .text = "no answer: " },
		{ "half a chunk", HUGE "Transfer-Encoding: chunked\r\n\r\n5\r\nab", FAILED,
		  .text = "no answer: " },
		{ "no chunk", HUGE "Transfer-Encoding: chunked\r\n\r\nzz\r\n", FAILED,
		  .text = "no answer: " },
		{ "a large body announced", HUGE "Content-Length: 2000000000\r\n\r\nab", FAILED,
		  .text = "no answer: " },
		{ "a body without end", HUGE "\r\nabcdefghijklmnopqrstuvwxyz0123456789",
		  FAILED_FOR_GOOD, .text = "the endpoint's answer is too large",
		  .step = { .repeat = UINT_MAX, .tail = 36 } },
		{ "chunks without end",
		  HUGE "Transfer-Encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n", FAILED_FOR_GOOD,
		  .text = "the endpoint's answer is too large",
		  .step = { .repeat = UINT_MAX, .tail = 13 } },
		{ "a head without end", HUGE "X-A: abcdefghijklmnopqrstuvwxyz\r\n",
		  FAILED_FOR_GOOD, .text = "the endpoint's answer is too large",
		  .step = { .repeat = UINT_MAX, .tail = 33 } },
		{ "a failure without end", "HTTP/1.1 500 X\r\n\r\nabcdefghijklmnopqrstuvwxyz",
		  FAILED, .text = "HTTP 500 ", .step = { .repeat = UINT_MAX, .tail = 26 } },
		{ "a refusal without end", "HTTP/1.1 400 X\r\n\r\nabcdefghijklmnopqrstuvwxyz",
		  FAILED_FOR_GOOD, .text = "HTTP 400 ",
		  .step = { .repeat = UINT_MAX, .tail = 26 } },
		{ "interim answers first",
		  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" FINE, COMPLETED,
		  .text = "1" },
		{ "byte by byte", FINE, COMPLETED, .text = "1", .step.piece = 1 },
		{ "a body that is no UTF-8", ANSWER("200 OK", "\xff\xfe"), COMPLETED,
		  .text = "\xff\xfe" }, /* the worker writes it down as a string */
		{ "a reason of another type", ANSWER("400 X", "{\"error\":{\"message\":[1]}}"),
		  FAILED_FOR_GOOD, .text = "HTTP 400 " },
		{ "a reason too deep", ANSWER("400 X", "[[[[[[[[[[[[[[[["), FAILED_FOR_GOOD,
		  .text = "HTTP 400 " },
	};

	check_rows(rows, WQ_COUNT(rows));
}

static const char *request_text(unsigned i)
{
	return pw.calls.peer.requests[i].text;
}

static void check_has(unsigned i, const char *part)
{
	if (!strstr(request_text(i), part))
		print_error("%s\n", request_text(i));
	WQ_CHECK(part, strstr(request_text(i), part));
}

WQ_TEST(what_is_posted)
{
	struct errand e;

	push_world_begin(fine, 1, NULL);
	errand_init(&e, "a b/\xc3\xa9%\r\nX-Evil: 1");
	e.job.data = wq_str("{\"big\":12345678901234567890, \"f\":1.0}");
	e.job.opts = wq_str("{\"attempts\":3,\"kl\":5,\"tm\":\"x\",\"own\":[1]}");
	e.job.parent = wq_str("{\"id\":\"9\",\"queueKey\":\"bull:up\"}");
	e.job.attempts_made = 2;
	e.job.attempts_started = 4;
	errand_run(&e);
	WQ_CHECK("not from inside the call", e.ending == OPEN);
	errand_await(&e);
	check_has(0, "POST /work?x=1 HTTP/1.1\r\n");
	check_has(0, "\r\nContent-Type: application/json\r\n");
	check_has(0, "\r\nX-Willaq-Queue: letters\r\n");
	check_has(0, "\r\nX-Willaq-Job: a%20b/%C3%A9%25%0D%0AX-Evil:%201\r\n");
	check_has(0, "\r\nX-Willaq-Attempt: 3\r\n");
	WQ_CHECK("unsigned", !strstr(request_text(0), "webhook-"));
	check_has(0,
	          "\r\n\r\n{\"queue\":\"letters\",\"id\":\"a b/\xc3\xa9%\\u000d\\u000aX-Evil: 1\","
	          "\"name\":\"letter\",\"data\":{\"big\":12345678901234567890, \"f\":1.0},"
	          "\"opts\":{\"attempts\":3,\"keepLogs\":5,\"own\":[1],"
	          "\"telemetry\":{\"metadata\":\"x\"}},\"timestamp\":1699999999000,"
	          "\"attemptsMade\":2,\"attemptsStarted\":4,\"token\":\"0123456789abcdef\","
	          "\"parent\":{\"id\":\"9\",\"queueKey\":\"bull:up\"}}");
	errand_init(&e, "2");
	e.job.data = wq_str("{broken");
	e.job.opts = wq_str("[]");
	e.job.parent = wq_str("9");
	errand_run(&e);
	errand_await(&e);
	check_has(1, "\"data\":\"{broken\",\"opts\":{},");
	WQ_CHECK("no parent", !strstr(request_text(1), "parent"));
	WQ_CHECK_INT("one connection", pw.calls.peer.connections, 1);
	push_world_end();
}

/* The value of a header, for as long as nobody asks for another. */
static struct wq_str header(unsigned i, const char *name)
{
	const char *at = strstr(request_text(i), name);

	WQ_CHECK(name, at);
	at = at ? at + strlen(name) + 2 : "";
	return wq_strn(at, strcspn(at, "\r"));
}

static void check_signature(const char *secret, unsigned i, int64_t now_s, int want)
{
	struct wq_standard_webhook s;
	const char *why, *body = strstr(request_text(i), "\r\n\r\n") + 4;

	WQ_CHECK_INT("a secret", wq_standard_webhook_init(&s, wq_str(secret), 65536, &why), 0);
	WQ_CHECK_INT(secret,
	             wq_standard_webhook_verify(&s, header(i, "webhook-id"),
	                                        header(i, "webhook-timestamp"),
	                                        header(i, "webhook-signature"), wq_str(body), now_s,
	                                        2),
	             want);
	wq_standard_webhook_fini(&s);
}

WQ_TEST(signs_each_attempt)
{
	struct errand e;

	push_world_begin(fine, 1, SECRET "," OLDER);
	errand_do(&e, "1");
	push_world_pass(60000);
	errand_do(&e, "1");
	errand_do(&e, "2");
	check_signature(SECRET, 0, 1700000000, WQ_STANDARD_WEBHOOK_GOOD);
	check_signature(OLDER, 0, 1700000000, WQ_STANDARD_WEBHOOK_GOOD);
	check_signature(SECRET, 1, 1700000060, WQ_STANDARD_WEBHOOK_GOOD);
	check_signature(SECRET, 1, 1700000000, WQ_STANDARD_WEBHOOK_STALE);
	check_signature("whsec_BAECAwQFBgcICQoLDA0ODxAREhMUFRYX", 0, 1700000000,
	                WQ_STANDARD_WEBHOOK_FORGED);
	WQ_CHECK("one id for all attempts",
	         wq_str_eq(header(0, "webhook-id"), header(1, "webhook-id")));
	WQ_CHECK("and for no other job",
	         !wq_str_eq(header(0, "webhook-id"), header(2, "webhook-id")));
	push_world_end();
}

WQ_TEST(secrets_that_are_none)
{
	static const char *const bad[] = { "whsec_!", "short", SECRET ",whsec_!",
		                           SECRET "," SECRET "," SECRET "," SECRET "," SECRET };
	struct wq_push *p;

	push_world_begin(fine, 1, NULL);
	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		const char *why = NULL;
		int rc = wq_push_create(&p, pw.calls.loop, pw.calls.client,
		                        &(struct wq_push_opts){ .url = pw.url, .secrets = bad[i] },
		                        &why);

		WQ_CHECK(bad[i], rc == WQ_EINVAL || rc == WQ_ETOOBIG);
		WQ_CHECK(bad[i], why && !p);
	}
	push_world_end();
}

static uint64_t now_ms(void)
{
	return wq_loop_now_us(pw.calls.loop) / 1000;
}

WQ_TEST(an_endpoint_that_does_not_answer)
{
	uint64_t from;
	struct errand e;

	push_world_begin(silent, 1, NULL);
	from = now_ms();
	errand_do(&e, "1");
	WQ_CHECK_STR("a failed attempt", ending_name(e.ending), "failed");
	WQ_CHECK_STR("why", e.text, "no answer within 30000 ms");
	WQ_CHECK("then", now_ms() - from >= 30000 && now_ms() - from < 31000);
	push_world_end();
}

WQ_TEST(an_endpoint_that_nobody_serves)
{
	struct errand e;

	push_world_begin(fine, 1, NULL);
	pw.calls.peer.accept = WQ_PEER_RESET_AT_ONCE;
	errand_do(&e, "1");
	WQ_CHECK_STR("a failed attempt", ending_name(e.ending), "failed");
	e.text[11] = '\0';
	WQ_CHECK_STR("why", e.text, "no answer: ");
	pw.calls.peer.accept = WQ_PEER_SERVE;
	errand_do(&e, "1");
	WQ_CHECK_STR("again", ending_name(e.ending), "completed");
	push_world_end();
}

/* Reasons to stop a post that is out. */
WQ_TEST(cancelled_while_it_is_out)
{
	static const struct {
		enum wq_cancel_reason reason;
		enum ending want;
		const char *text;
	} rows[] = {
		{ WQ_CANCEL_TIMEOUT, FAILED,
		  "the job's time is over, and the endpoint has not answered" },
		{ WQ_CANCEL_REQUESTED, FAILED, "cancelled on request" },
		{ WQ_CANCEL_LOCK_LOST, RELEASED, "" },
		{ WQ_CANCEL_SHUTDOWN, RELEASED, "" },
	};

	push_world_begin(silent, 1, NULL);
	for (unsigned i = 0; i < WQ_COUNT(rows); i++) {
		struct errand e;

		errand_init(&e, "1");
		errand_run(&e);
		push_world_until_posted(i + 1);
		errand_cancel(&e, rows[i].reason);
		WQ_CHECK("not from inside the call", e.ending == OPEN);
		errand_await(&e);
		WQ_CHECK_STR(rows[i].text, ending_name(e.ending), ending_name(rows[i].want));
		WQ_CHECK_STR(rows[i].text, e.text, rows[i].text);
	}
	WQ_CHECK_INT("the endpoint is there", pw.holds, 0);
	push_world_end();
}

WQ_TEST(drains_while_posts_are_out)
{
	enum { POSTS = 20 };
	static struct errand e[POSTS];

	push_world_begin(silent, 1, NULL);
	for (unsigned i = 0; i < POSTS; i++) {
		errand_init(&e[i], "1");
		errand_run(&e[i]);
	}
	push_world_until_posted(POSTS);
	for (unsigned i = 0; i < POSTS; i++)
		errand_cancel(&e[i], WQ_CANCEL_SHUTDOWN);
	for (unsigned i = 0; i < POSTS; i++) {
		errand_await(&e[i]);
		WQ_CHECK_STR("handed back", ending_name(e[i].ending), "released");
	}
	WQ_CHECK_INT("one post each", pw.calls.peer.requests_n, POSTS);
	push_world_end();
}

/* The client goes first, as when a process ends: what is out is handed back by that. */
WQ_TEST(the_client_closes_first)
{
	struct errand e;

	push_world_begin(silent, 1, NULL);
	errand_init(&e, "1");
	errand_run(&e);
	push_world_until_posted(1);
	wq_client_close(pw.calls.client, NULL, NULL);
	pw.calls.client = NULL;
	errand_await(&e);
	WQ_CHECK_STR("handed back", ending_name(e.ending), "released");
	push_world_pass(1);
	push_world_end();
}

/* So many outages that the endpoint is left alone; the last hands over the time at which that began. */
static uint64_t open_the_breaker(void)
{
	struct errand e;

	push_world_peer(gone, 1);
	for (unsigned i = 0; i < WQ_PUSH_TRIP; i++) {
		WQ_CHECK_INT("not yet", pw.holds, 0);
		errand_do(&e, "1");
		WQ_CHECK_STR("an outage", ending_name(e.ending), "failed");
	}
	return now_ms();
}

/* Handed back at once and unposted, and the worker holds for `ms`. */
static void check_left_alone(uint32_t ms)
{
	unsigned posted = pw.calls.peer.requests_n, holds = pw.holds;
	struct errand e;

	errand_init(&e, "1");
	errand_run(&e);
	WQ_CHECK_STR("open: handed back", ending_name(e.ending), "released");
	WQ_CHECK_INT("not posted", pw.calls.peer.requests_n, posted);
	WQ_CHECK_INT("the worker holds", pw.holds, holds + 1);
	WQ_CHECK_INT("for so long", pw.hold_ms, ms);
}

WQ_TEST(an_endpoint_that_is_gone_and_comes_back)
{
	struct errand trial, e[2];
	uint64_t since;

	push_world_begin(gone, 1, NULL);
	since = open_the_breaker();
	check_left_alone(WQ_PUSH_PAUSE_MIN_MS);
	push_world_pass(WQ_PUSH_PAUSE_MIN_MS / 4 * 3);
	check_left_alone((uint32_t)(WQ_PUSH_PAUSE_MIN_MS - (now_ms() - since)));
	push_world_pass(WQ_PUSH_PAUSE_MIN_MS / 4);
	/* One goes out, the others wait for it, in their slots. */
	push_world_peer(silent, 1);
	errand_init(&trial, "trial");
	errand_run(&trial);
	for (unsigned i = 0; i < 2; i++) {
		errand_init(&e[i], "behind");
		errand_run(&e[i]);
	}
	push_world_until_posted(WQ_PUSH_TRIP + 1);
	push_world_pass(1000);
	WQ_CHECK_INT("one trial", pw.calls.peer.requests_n, WQ_PUSH_TRIP + 1);
	WQ_CHECK("they wait", e[0].ending == OPEN && e[1].ending == OPEN);
	/* It fails: all are handed back, and the pause is twice as long. */
	errand_await(&trial);
	WQ_CHECK_STR("failed", ending_name(trial.ending), "failed");
	for (unsigned i = 0; i < 2; i++)
		WQ_CHECK_STR("handed back", ending_name(e[i].ending), "released");
	check_left_alone(2 * WQ_PUSH_PAUSE_MIN_MS);
	push_world_pass(2 * WQ_PUSH_PAUSE_MIN_MS);
	/* It is back: all go on. */
	push_world_peer(fine, 1);
	errand_init(&trial, "trial");
	errand_run(&trial);
	for (unsigned i = 0; i < 2; i++) {
		errand_init(&e[i], "behind");
		errand_run(&e[i]);
	}
	errand_await(&trial);
	for (unsigned i = 0; i < 2; i++) {
		errand_await(&e[i]);
		WQ_CHECK_STR("posted", ending_name(e[i].ending), "completed");
	}
	WQ_CHECK_INT("each once", pw.calls.peer.requests_n, WQ_PUSH_TRIP + 4);
	/* And the next time begins with a short pause again. */
	pw.holds = 0;
	open_the_breaker();
	check_left_alone(WQ_PUSH_PAUSE_MIN_MS);
	push_world_end();
}

WQ_TEST(a_trial_that_tells_nothing)
{
	struct errand trial, behind, last;

	push_world_begin(gone, 1, NULL);
	open_the_breaker();
	push_world_pass(WQ_PUSH_PAUSE_MIN_MS);
	push_world_peer(silent, 1);
	errand_init(&trial, "trial");
	errand_run(&trial);
	errand_init(&behind, "behind");
	errand_run(&behind);
	errand_init(&last, "last");
	errand_run(&last);
	push_world_until_posted(WQ_PUSH_TRIP + 1);
	/* One that waits is cancelled: it was never posted. */
	errand_cancel(&last, WQ_CANCEL_SHUTDOWN);
	WQ_CHECK_STR("handed back", ending_name(last.ending), "released");
	/* The trial is: another has its turn. */
	push_world_peer(fine, 1);
	errand_cancel(&trial, WQ_CANCEL_SHUTDOWN);
	errand_await(&trial);
	errand_await(&behind);
	WQ_CHECK_STR("handed back", ending_name(trial.ending), "released");
	WQ_CHECK_STR("posted", ending_name(behind.ending), "completed");
	WQ_CHECK_INT("twice in all", pw.calls.peer.requests_n, WQ_PUSH_TRIP + 2);
	push_world_end();
}

/* Errors that an endpoint gives by itself are no outages. */
WQ_TEST(an_endpoint_that_only_fails)
{
	static const struct wq_peer_step steps[] = {
		{ .answer = ANSWER("500 X", ""), .then = WQ_PEER_CLOSE },
		{ .answer = ANSWER("429 X", ""), .then = WQ_PEER_CLOSE },
		{ .answer = ANSWER("400 X", ""), .then = WQ_PEER_CLOSE },
	};
	struct errand e;

	push_world_begin(steps, WQ_COUNT(steps), NULL);
	for (unsigned i = 0; i < 3 * WQ_PUSH_TRIP; i++)
		errand_do(&e, "1");
	WQ_CHECK_INT("it is posted to", pw.calls.peer.requests_n, 3 * WQ_PUSH_TRIP);
	WQ_CHECK_INT("always", pw.holds, 0);
	push_world_end();
}

WQ_TEST_MAIN(WQ_CASE(each_answer_of_the_contract), WQ_CASE(answers_of_an_enemy),
             WQ_CASE(what_is_posted), WQ_CASE(signs_each_attempt), WQ_CASE(secrets_that_are_none),
             WQ_CASE(an_endpoint_that_does_not_answer), WQ_CASE(an_endpoint_that_nobody_serves),
             WQ_CASE(cancelled_while_it_is_out), WQ_CASE(drains_while_posts_are_out),
             WQ_CASE(the_client_closes_first), WQ_CASE(an_endpoint_that_is_gone_and_comes_back),
             WQ_CASE(a_trial_that_tells_nothing), WQ_CASE(an_endpoint_that_only_fails))
