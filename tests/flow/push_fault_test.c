/* SPDX-License-Identifier: MIT */
/* push_fault_test.c — one post, with the first, the second, … allocation failing: ours, and those of curl.
 *
 * Whatever fails: the job ends once, and never for good, for memory comes back; it is completed only if the endpoint
 * had it; the endpoint has it once at most; nothing is left behind. */
#include "push_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { RUNS_MAX = 2000 };

static const struct wq_peer_step answers[] = {
	{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Some: thing\r\n\r\n[1,2]" },
};
static const struct wq_peer_step refusals[] = {
	{ .answer = "HTTP/1.1 500 X\r\nContent-Length: 32\r\n\r\n{\"error\":{\"message\":\"m\"},\"x\":12}" },
};
static bool fails; /* what the endpoint says */
static const char body[] =
	"\"data\":{\"a\":1},\"opts\":{\"attempts\":3,\"telemetry\":{\"metadata\":\"x\"}},\"timestamp\":1699999999000,"
	"\"attemptsMade\":0,\"attemptsStarted\":1,\"token\":\"0123456789abcdef\",\"parent\":{\"id\":\"9\"}}";

static void on_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void post(void)
{
	const struct wq_push_opts o = {
		.url = pw.url,
		.secrets = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		.timeout_ms = 30000,
	};
	const char *why = NULL;
	struct errand e;

	if (wq_push_create(&pw.push, pw.calls.loop, pw.calls.client, &o, &why) < 0)
		return;
	if (wq_push_serve(pw.push, wq_str("letters"), &pw.handler) == 0) {
		errand_init(&e, "1");
		e.job.data = wq_str("{\"a\":1}");
		e.job.opts = wq_str("{\"attempts\":3,\"tm\":\"x\"}");
		e.job.parent = wq_str("{\"id\":\"9\"}");
		errand_run(&e);
		errand_await(&e);
		WQ_CHECK("not for good", e.ending != FAILED_FOR_GOOD);
		WQ_CHECK("not by what was not said", e.ending != (fails ? COMPLETED : DELAYED));
		if (e.ending == COMPLETED)
			WQ_CHECK_STR("its value", e.text, "[1,2]");
		WQ_CHECK("at most once", pw.calls.peer.requests_n <= 1);
		WQ_CHECK("as it was added",
		         !pw.calls.peer.requests_n || strstr(pw.calls.peer.requests[0].text, body));
		WQ_CHECK("it was there", e.ending != COMPLETED || pw.calls.peer.requests_n == 1);
	}
	wq_push_destroy(pw.push);
	pw.push = NULL;
}

static void open_post_close(void)
{
	bool client_closed = false, resolver_closed = false;

	pw.calls.peer.requests_n = 0;
	if (wq_resolver_create(&pw.calls.resolver, pw.calls.loop, pw.calls.ns.servers) < 0)
		return;
	if (wq_client_create(&pw.calls.client, pw.calls.loop, pw.calls.resolver, &pw.calls.o) ==
	    0) {
		post();
		wq_client_close(pw.calls.client, on_closed, &client_closed);
		wq_calls_wait(&pw.calls, is_set, &client_closed, "the client closes");
	}
	wq_resolver_close(pw.calls.resolver, on_closed, &resolver_closed);
	wq_calls_wait(&pw.calls, is_set, &resolver_closed, "the resolver closes");
}

static void sweep(const char *what, const struct wq_peer_step *steps)
{
	memset(&pw, 0, sizeof(pw));
	wq_calls_prepare(&pw.calls, true);
	wq_peer_start(&pw.calls.peer, pw.calls.loop, steps, 1);
	wq_ns_start(&pw.calls.ns, pw.calls.loop, NULL, 0);
	snprintf(pw.url, sizeof(pw.url), "http://127.0.0.1:%u/", pw.calls.peer.port);
	wq_fault_sweep(what, open_post_close, RUNS_MAX);
	pw.calls.client = NULL;
	pw.calls.resolver = NULL;
	wq_calls_end(&pw.calls);
}

WQ_TEST(a_post_that_is_answered)
{
	fails = false;
	sweep("answered", answers);
}

WQ_TEST(a_post_that_is_refused)
{
	fails = true;
	sweep("refused", refusals);
}

WQ_TEST_MAIN(WQ_CASE(a_post_that_is_answered), WQ_CASE(a_post_that_is_refused))
