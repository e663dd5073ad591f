/* SPDX-License-Identifier: MIT */
/* provider.c — a provider that takes every message after a while, and counts who got how many.
 *
 *   provider [LATENCY_MS]     POST /v23.0/NUMBER/messages as Meta's, POST / with {"ok":true}, GET /seen; any port
 *
 * POST /now answers at once whatever the latency.  People are told apart by the last six digits of "to".  Ends on
 * SIGTERM or SIGINT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "io/loop/signal.h"
#include "io/loop/timer.h"
#include "io/server/exchange.h"
#include "io/server/server.h"

enum { PEOPLE = 1000000, DIGITS = 6, ANSWER_MAX_BYTES = 256 };

struct bench {
	struct wq_loop *loop;
	struct wq_server *server;
	struct wq_signal term, interrupt;
	uint64_t latency_ms, posts, open, people, twice;
	bool stopping;
	unsigned char seen[PEOPLE];
};

struct visit {
	struct wq_timer timer;
	struct wq_exchange *x;
	struct bench *bench;
	uint64_t number; /* 0: not a message */
};

static void answer(struct bench *b, struct wq_exchange *x, uint64_t number)
{
	char text[ANSWER_MAX_BYTES];

	b->open--;
	if (!number) {
		wq_reply_json(x, 200, wq_str("{\"ok\":true}"));
		return;
	}
	snprintf(
		text, sizeof(text),
		"{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"+593\",\"wa_id\":\"593\"}],"
		"\"messages\":[{\"id\":\"wamid.HBgMNTkzOTkyMDAwMDAwFQIAERgS%024" PRIu64 "\"}]}",
		number);
	wq_reply_json(x, 200, wq_str(text));
}

static void on_due(struct wq_timer *t)
{
	struct visit *v = WQ_OWNER(t, struct visit, timer);

	answer(v->bench, v->x, v->number);
}

static void take(struct bench *b, struct wq_exchange *x, uint64_t number)
{
	struct visit *v;

	b->posts++;
	b->open++;
	if (b->latency_ms == 0) {
		answer(b, x, number);
		return;
	}
	v = wq_arena_alloc(wq_exchange_arena(x), sizeof(*v));
	WQ_REQUIRE(v);
	v->x = x;
	v->bench = b;
	v->number = number;
	wq_timer_init(&v->timer, b->loop, on_due);
	wq_timer_start(&v->timer, b->latency_ms);
}

static void take_now(struct wq_exchange *x, void *ctx)
{
	struct bench *b = ctx;

	b->open++;
	answer(b, x, 0);
}

static void take_any(struct wq_exchange *x, void *ctx)
{
	take(ctx, x, 0);
}

/* The last digits of what follows "to":" in a body. */
static uint64_t person_of(struct wq_str body)
{
	static const char key[] = "\"to\":\"";
	const char *at = memmem(body.p, body.n, key, sizeof(key) - 1), *end;
	uint64_t n = 0;

	if (!at)
		return 0;
	at += sizeof(key) - 1;
	end = memchr(at, '"', body.n - (size_t)(at - body.p));
	for (const char *p = end && end - at >= DIGITS ? end - DIGITS : end; p && p < end; p++)
		n = n * 10 + (uint64_t)(*p - '0') % 10;
	return n % PEOPLE;
}

static void take_message(struct wq_exchange *x, void *ctx)
{
	struct bench *b = ctx;
	uint64_t person = person_of(wq_exchange_request(x)->body);

	b->people += b->seen[person] == 0;
	b->twice += b->seen[person] == 1;
	b->seen[person] += b->seen[person] < 2;
	take(b, x, b->posts + 1);
}

static void tell(struct wq_exchange *x, void *ctx)
{
	const struct bench *b = ctx;
	char text[ANSWER_MAX_BYTES];

	snprintf(text, sizeof(text),
	         "{\"posts\":%" PRIu64 ",\"open\":%" PRIu64 ",\"people\":%" PRIu64
	         ",\"twice\":%" PRIu64 "}",
	         b->posts, b->open, b->people, b->twice);
	wq_reply_json(x, 200, wq_str(text));
}

static void on_drained(void *ctx)
{
	struct bench *b = ctx;

	wq_loop_stop(b->loop);
}

static void on_signal(struct wq_signal *s, int signum)
{
	struct bench *b = s->uv.data;

	(void)signum;
	if (!b->stopping)
		wq_server_drain(b->server, 1000, on_drained, b);
	b->stopping = true;
}

static int serve(struct bench *b, struct wq_buf *url)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/", .handle = take_any, .ctx = b },
		{ .method = WQ_POST, .pattern = "/now", .handle = take_now, .ctx = b },
		{ .method = WQ_POST, .pattern = "/v23.0/:number/messages", .handle = take_message, .ctx = b },
		{ .method = WQ_GET, .pattern = "/seen", .handle = tell, .ctx = b },
	};
	struct wq_server_opts opts;
	int rc;

	wq_server_opts_init(&opts);
	opts.connections_max = 200000;
	opts.handler_timeout_ms = 600000;
	opts.idle_timeout_ms = 600000;
	rc = wq_server_create(&b->server, b->loop, &opts);
	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_server_route(b->server, &routes[i]);
	return rc == 0 ? wq_server_listen(b->server, "127.0.0.1:0", false, url) : rc;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct wq_buf url;

	wq_buf_init(&url, 256);
	if (argc > 1 && !wq_str_to_u64(wq_str(argv[1]), 600000, &b.latency_ms))
		return 2;
	if (wq_loop_create(&b.loop, NULL) < 0 || serve(&b, &url) < 0 ||
	    wq_signal_start(&b.term, b.loop, SIGTERM, on_signal) < 0 ||
	    wq_signal_start(&b.interrupt, b.loop, SIGINT, on_signal) < 0) {
		fprintf(stderr, "cannot listen\n");
		return EXIT_FAILURE;
	}
	b.term.uv.data = b.interrupt.uv.data = &b;
	printf("listening %s\n", wq_buf_text(&url));
	fflush(stdout);
	wq_loop_run(b.loop);
	wq_buf_fini(&url);
	wq_server_destroy(b.server);
	wq_signal_stop(&b.term, NULL);
	wq_signal_stop(&b.interrupt, NULL);
	wq_loop_destroy(b.loop);
	return EXIT_SUCCESS;
}
