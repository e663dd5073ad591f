/* SPDX-License-Identifier: MIT */
/* client_tls_test.c — certificates, HTTP/2, and "once" where one connection carries many requests.
 *
 * The peer is a program of its own, for an HTTP/2 server by our own hands would share our misreadings.  It counts what
 * arrives and tells when asked.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "support/calls.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/test.h"

static struct wq_redisd files; /* its certificates; no server of it runs */
static struct wq_calls w;
static struct wq_asked a;
static struct {
	pid_t pid;
	int in;
	unsigned port;
} peer;

static void start_peer(void)
{
	char key[64], cert[64], script[512], line[16];
	int to[2], from[2];
	posix_spawn_file_actions_t f;
	char name[] = "node", *argv[] = { name, script, key, cert, NULL };
	size_t n = 0;

	snprintf(key, sizeof(key), "%s/server.key", files.dir);
	snprintf(cert, sizeof(cert), "%s/server.pem", files.dir);
	snprintf(script, sizeof(script), "%s/support/h2_peer.mjs", WQ_TESTS_DIR);
	WQ_CHECK("pipes", pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
	posix_spawn_file_actions_init(&f);
	posix_spawn_file_actions_adddup2(&f, to[0], 0);
	posix_spawn_file_actions_adddup2(&f, from[1], 1);
	WQ_CHECK_INT("node", posix_spawnp(&peer.pid, "node", &f, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&f);
	close(to[0]);
	close(from[1]);
	while (n < sizeof(line) - 1 && read(from[0], line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	close(from[0]);
	peer.in = to[1];
	peer.port = (unsigned)strtoul(line, NULL, 10);
	WQ_CHECK("its port", peer.port > 0);
}

static int set_up(void **state)
{
	(void)state;
	wq_redisd_prepare(&files, &(struct wq_redisd_opts){ .tls = true });
	start_peer();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(peer.in); /* it ends with its stdin */
	waitpid(peer.pid, NULL, 0);
	wq_redisd_stop(&files);
	return 0;
}

static struct wq_ns_name names[] = { { .name = "wrong.test", .a = { "127.0.0.1" }, .ttl = 60 } };

static void begin(const char *ca)
{
	wq_calls_prepare(&w, false);
	w.o.ca_file = ca;
	wq_calls_open(&w, NULL, 0, names, 1);
}

static void aim(struct wq_asked *k, const char *host, const char *path)
{
	wq_calls_url(&w, k, "");
	snprintf(k->url, sizeof(k->url), "https://%s:%u%s", host, peer.port, path);
}

static void ask(const char *host, const char *path)
{
	aim(&a, host, path);
	a.call.body = wq_str("{}");
	wq_calls_ask(&w, &a);
}

/* What the peer says to a question about itself. */
static long count(const char *path)
{
	long n;

	ask("localhost", path);
	WQ_CHECK_INT(path, a.rc, 0);
	n = strtol(wq_buf_text(&a.call.body_in), NULL, 10);
	wq_call_fini(&a.call);
	return n;
}

WQ_TEST(a_certificate_that_is_right)
{
	begin(files.ca);
	for (int i = 0; i < 2; i++) {
		ask(i ? "localhost" : "127.0.0.1", "/ok");
		WQ_CHECK_INT("rc", a.rc, 0);
		WQ_CHECK_SLICE("body", wq_buf_str(&a.call.body_in), "hello");
		WQ_CHECK_SLICE("version", wq_call_header_in(&a.call, "X-Version"), "HTTP/2");
		wq_call_fini(&a.call);
	}
	wq_calls_end(&w);
}

static void refused(const char *ca, const char *host)
{
	begin(ca);
	ask(host, "/never");
	WQ_CHECK_INT("rc", a.rc, WQ_ETLS);
	WQ_CHECK("not sent", !a.call.sent);
	WQ_CHECK("says why", wq_call_why(&a.call)[0]);
	wq_call_fini(&a.call);
	wq_calls_end(&w);
}

WQ_TEST(certificates_that_are_not)
{
	refused(NULL, "localhost");           /* signed by nobody we know */
	refused(files.ca, "wrong.test");      /* another's name */
	refused("/nonexistent", "localhost"); /* nobody is known at all */
	begin(files.ca);
	WQ_CHECK_INT("nothing arrived", count("/seen?path=/never"), 0);
	wq_calls_end(&w);
}

enum { MANY = 60 };
static struct wq_asked many[MANY];

static bool all_told(void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < MANY; i++)
		if (!many[i].told)
			return false;
	return true;
}

WQ_TEST(many_requests_share_a_connection)
{
	long before;

	begin(files.ca);
	before = count("/sessions");
	for (size_t i = 0; i < MANY; i++) {
		aim(&many[i], "127.0.0.1",
		    "/many"); /* another name: a connection is still to be made */
		many[i].call.body = wq_str("{}");
		wq_calls_start(&w, &many[i]);
	}
	wq_calls_wait(&w, all_told, NULL, "all");
	for (size_t i = 0; i < MANY; i++) {
		WQ_CHECK_INT("rc", many[i].rc, 0);
		wq_call_fini(&many[i].call);
	}
	WQ_CHECK_INT("each once", count("/seen?path=/many"), MANY);
	WQ_CHECK_INT("one connection", count("/sessions") - before, 1);
	wq_calls_end(&w);
}

/* curl would write each of these again, and does with the check taken out. */
static const struct {
	const char *path;
	int rc;
} losses[] = {
	{ "/refused", WQ_ELOST }, { "/broken", WQ_ELOST }, { "/dies", WQ_ELOST },
	{ "/half", WQ_ELOST },    { "/leaves", 0 },
};

WQ_TEST(a_request_is_never_written_twice)
{
	char question[64];

	begin(files.ca);
	for (size_t i = 0; i < WQ_COUNT(losses); i++) {
		ask("localhost", "/ok");
		WQ_CHECK_INT("a connection", a.rc, 0);
		wq_call_fini(&a.call);
		ask("localhost", losses[i].path);
		WQ_CHECK_INT(losses[i].path, a.rc, losses[i].rc);
		WQ_CHECK(losses[i].path, a.call.sent);
		wq_call_fini(&a.call);
		snprintf(question, sizeof(question), "/seen?path=%s", losses[i].path);
		WQ_CHECK_INT(losses[i].path, count(question), 1);
	}
	wq_calls_end(&w);
}

WQ_TEST(cancelling_one_leaves_the_others)
{
	begin(files.ca);
	ask("localhost", "/ok");
	wq_call_fini(&a.call);
	for (size_t i = 0; i < MANY; i++) {
		aim(&many[i], "localhost", "/ok");
		wq_calls_start(&w, &many[i]);
	}
	for (size_t i = 0; i < MANY; i += 2)
		wq_call_cancel(&many[i].call);
	wq_calls_wait(&w, all_told, NULL, "all");
	for (size_t i = 0; i < MANY; i++) {
		WQ_CHECK_INT("rc", many[i].rc, i % 2 ? 0 : WQ_ECANCELED);
		wq_call_fini(&many[i].call);
	}
	wq_calls_end(&w);
}

/* Three calls over one connection, with each of curl's allocations failing in turn.
 *
 * One thing is let pass: curl 7.88 reads a head that belongs to another call than the one it works for, has no memory
 * to keep it (on_header, http2.c), and fails the wrong one.  The right one ends by its stall time, as sent. */
enum { FEW = 3, LATE_MAX = 20, STALL_MS = 500 };
static unsigned late;

static bool few_told(void *ctx)
{
	(void)ctx;
	return many[0].told && many[1].told && many[2].told;
}

static void on_client_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void create_call_close(void)
{
	bool closed = false;

	if (wq_client_create(&w.client, w.loop, w.resolver, &w.o) < 0)
		return;
	for (size_t i = 0; i < FEW; i++) {
		aim(&many[i], "127.0.0.1", "/ok");
		many[i].call.body = wq_str("{}");
		if (wq_call_start(w.client, &many[i].call, wq_calls_on_told) < 0)
			many[i].told = 1;
	}
	wq_calls_wait(&w, few_told, NULL, "all");
	for (size_t i = 0; i < FEW; i++) {
		WQ_CHECK_INT("once", many[i].told, 1);
		late += many[i].rc == WQ_ETIMEDOUT;
		WQ_CHECK("only what was sent is late",
		         many[i].rc != WQ_ETIMEDOUT || many[i].call.sent);
		wq_call_fini(&many[i].call);
	}
	wq_client_close(w.client, on_client_closed, &closed);
	wq_calls_wait(&w, is_set, &closed, "the client closes");
}

WQ_TEST(memory_may_run_out)
{
	bool closed = false;

	begin(files.ca);
	late = 0;
	w.o.stall_timeout_ms = STALL_MS;
	wq_client_close(w.client, on_client_closed, &closed);
	wq_calls_wait(&w, is_set, &closed, "the first client closes");
	create_call_close(); /* what OpenSSL and the resolver keep for good */
	wq_fault_sweep("HTTP/2", create_call_close, 3000);
	WQ_CHECK("hardly any ended by its deadline", late <= LATE_MAX);
	w.client = NULL;
	wq_calls_end(&w);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(a_certificate_that_is_right),
		WQ_CASE(certificates_that_are_not),
		WQ_CASE(many_requests_share_a_connection),
		WQ_CASE(a_request_is_never_written_twice),
		WQ_CASE(cancelling_one_leaves_the_others),
		WQ_CASE(memory_may_run_out),
	};

	return cmocka_run_group_tests_name(__FILE__, all, set_up, tear_down) != 0;
}
