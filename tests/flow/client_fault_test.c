/* SPDX-License-Identifier: MIT */
/* client_fault_test.c — every allocation fails in turn, ours and those that curl and c-ares make through us.
 *
 * Whatever fails: a call that was started is told exactly once, what is told as sent is what the peer may have seen,
 * the peer never sees a request twice, nothing is left behind.
 */
#include <ares.h>
#include <dirent.h>

#include "base/alloc.h"
#include "base/err.h"
#include "support/calls.h"
#include "support/fault.h"
#include "support/test.h"

enum { RUNS_MAX = 3000, ROUNDS = 2 };
/* One allocation of 1.34 fails with an answer just read, which is then lost, in nine pieces. */
enum { LOST_BY_ARES = ARES_VERSION >= 0x012200 ? 9 : 0 };

static struct wq_calls w;
static struct wq_asked asked[ROUNDS];
static const char *url;
static bool guarded;

static const struct wq_peer_step hello[] = {
	{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Some: thing\r\n\r\nhello" }
};
static struct wq_ns_name names[] = { { .name = "peer.test", .a = { "127.0.0.1" }, .ttl = 60 } };

static bool is_told(void *ctx)
{
	return ((struct wq_asked *)ctx)->told > 0;
}

static void on_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void call_once(struct wq_asked *a, unsigned round)
{
	char body[32];
	unsigned seen;

	wq_calls_url(&w, a, url);
	snprintf(body, sizeof(body), "round-%u", round);
	a->call.body = wq_str(body);
	a->call.guarded = guarded;
	a->call.headers[0] = (struct wq_call_header){ "X-Round", wq_str("1") };
	a->call.headers_n = 1;
	if (wq_call_start(w.client, &a->call, wq_calls_on_told) == 0) {
		WQ_CHECK_INT("not from inside the call", a->told, 0);
		wq_calls_wait(&w, is_told, a, "told");
		WQ_CHECK_INT("once", a->told, 1);
		WQ_CHECK("not by its deadline", a->rc != WQ_ETIMEDOUT);
		WQ_CHECK("not for its size", a->rc != WQ_ETOOBIG);
		if (a->rc == 0)
			WQ_CHECK_SLICE("body", wq_buf_str(&a->call.body_in), "hello");
	}
	seen = wq_peer_count(&w.peer, body);
	WQ_CHECK("at most once", seen <= 1);
	WQ_CHECK("not told as unsent", seen == 0 || a->call.sent);
	wq_call_fini(&a->call);
}

static void create_call_close(void)
{
	bool client_closed = false, resolver_closed = false;

	w.peer.requests_n = 0;
	names[0].asked = 0;
	if (wq_resolver_create(&w.resolver, w.loop, w.ns.servers) < 0)
		return;
	if (wq_client_create(&w.client, w.loop, w.resolver, &w.o) == 0) {
		for (unsigned i = 0; i < ROUNDS; i++)
			call_once(&asked[i], i);
		wq_client_close(w.client, on_closed, &client_closed);
		wq_calls_wait(&w, is_set, &client_closed, "the client closes");
	}
	wq_resolver_close(w.resolver, on_closed, &resolver_closed);
	wq_calls_wait(&w, is_set, &resolver_closed, "the resolver closes");
}

static unsigned descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	WQ_CHECK("/proc/self/fd", d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void sweep(const char *what, const char *to, bool with_guard)
{
	unsigned before;

	url = to;
	guarded = with_guard;
	wq_calls_prepare(&w, false); /* libuv's first loop opens a pipe for good */
	wq_loop_destroy(w.loop);
	before = descriptors();
	wq_calls_prepare(&w, false);
	wq_peer_start(&w.peer, w.loop, hello, 1);
	if (strncmp(to, "https", 5) == 0)
		w.peer.accept = WQ_PEER_SPEAK_FIRST; /* in no way that TLS would understand */
	wq_ns_start(&w.ns, w.loop, names, WQ_COUNT(names));
	wq_fault_sweep(what, create_call_close, RUNS_MAX);
	w.client = NULL;
	w.resolver = NULL;
	wq_calls_end(&w);
	WQ_CHECK_INT("descriptors", descriptors(), before);
}

WQ_TEST(over_a_literal_address)
{
	sweep("literal", "http://127.0.0.1:PORT/", false);
}

WQ_TEST(over_a_name)
{
	wq_fault_allow(LOST_BY_ARES);
	sweep("name", "http://peer.test:PORT/", false);
}

WQ_TEST(over_an_ipv6_literal)
{
	sweep("IPv6 literal", "http://[::1]:PORT/", false); /* nobody listens there */
}

WQ_TEST(over_a_handshake_that_fails)
{
	sweep("TLS", "https://127.0.0.1:PORT/", false);
}

WQ_TEST(refused_by_the_guard)
{
	sweep("guard", "http://localhost:PORT/", true);
}

WQ_TEST_MAIN(WQ_CASE(over_a_literal_address), WQ_CASE(over_a_name), WQ_CASE(over_an_ipv6_literal),
             WQ_CASE(over_a_handshake_that_fails), WQ_CASE(refused_by_the_guard))
