/* SPDX-License-Identifier: MIT */
/* http_send.c — the HTTP client with nothing behind it: what a POST costs its sender.
 *
 *   http_send URL CALLS IN_FLIGHT     a 700-byte POST each, after a warm-up at URL "now"; prints one line of JSON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/assert.h"
#include "io/client/client.h"

enum { BODY_BYTES = 700, WARM_UP = 1000 };

struct bench {
	struct wq_loop *loop;
	struct wq_client *client;
	struct wq_resolver *resolver;
	const char *url, *now, *then;
	struct wq_str body;
	uint64_t left, open, failed, reused;
	bool closed;
};

struct send {
	struct wq_call call;
	struct bench *bench;
};

static void on_told(struct wq_call *call, int rc);

static void send_one(struct send *s)
{
	struct bench *b = s->bench;

	s->call.url = b->url;
	s->call.body = b->body;
	s->call.headers[0] = (struct wq_call_header){ "Content-Type", WQ_STR("application/json") };
	s->call.headers[1] = (struct wq_call_header){ "Authorization",
		                                      WQ_STR("Bearer abcdefghijklmnop") };
	s->call.headers_n = 2;
	b->left--;
	if (wq_call_start(b->client, &s->call, on_told) < 0)
		b->failed++;
	else
		b->open++;
}

static void on_told(struct wq_call *call, int rc)
{
	struct send *s = WQ_OWNER(call, struct send, call);
	struct bench *b = s->bench;

	b->failed += rc < 0 || call->status != 200;
	b->reused += call->reused;
	wq_call_fini(call);
	b->open--;
	if (b->left > 0)
		send_one(s);
	else if (b->open == 0)
		wq_loop_stop(b->loop);
}

static double seconds(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static void round_of(struct bench *b, struct send *sends, uint64_t calls, uint64_t in_flight)
{
	b->left = calls;
	for (uint64_t i = 0; i < in_flight && b->left > 0; i++)
		send_one(&sends[i]);
	wq_loop_run(b->loop);
}

static void on_closed(void *ctx)
{
	wq_loop_stop(ctx);
}

static int measure(struct bench *b, uint64_t calls, uint64_t in_flight)
{
	struct send *sends = calloc(in_flight, sizeof(*sends));
	struct rusage before, after;
	uint64_t began;
	double cpu, took;

	if (!sends)
		return EXIT_FAILURE;
	for (uint64_t i = 0; i < in_flight; i++)
		sends[i].bench = b;
	b->url = b->now;
	round_of(b, sends, WARM_UP + in_flight, in_flight);
	b->url = b->then;
	b->reused = 0;
	getrusage(RUSAGE_SELF, &before);
	began = wq_loop_now_us(b->loop);
	round_of(b, sends, calls, in_flight);
	took = (double)(wq_loop_now_us(b->loop) - began) / 1e6;
	getrusage(RUSAGE_SELF, &after);
	cpu = seconds(&after) - seconds(&before);
	printf("{\"calls\":%llu,\"failed\":%llu,\"reused\":%llu,\"perSecond\":%.0f,\"cpuUs\":%.3f,\"rssKb\":%ld}\n",
	       (unsigned long long)calls, (unsigned long long)b->failed,
	       (unsigned long long)b->reused, (double)calls / took, cpu / (double)calls * 1e6,
	       after.ru_maxrss);
	free(sends);
	return b->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static char body[BODY_BYTES], now[512];
	struct bench b = { .body = { body, sizeof(body) } };
	uint64_t calls, in_flight;
	struct wq_client_opts o;
	int rc;

	if (argc != 4 || !wq_str_to_u64(wq_str(argv[2]), 100000000, &calls) ||
	    !wq_str_to_u64(wq_str(argv[3]), 100000, &in_flight)) {
		fprintf(stderr, "usage: http_send URL CALLS IN_FLIGHT\n");
		return 2;
	}
	memset(body, 'x', sizeof(body));
	b.then = argv[1];
	b.now = now;
	snprintf(now, sizeof(now), "%snow", argv[1]);
	wq_client_opts_init(&o);
	o.calls_max = (uint32_t)in_flight;
	o.connections_max = 2 * (uint32_t)in_flight + 8;
	o.connections_per_host_max = (uint32_t)in_flight;
	if (wq_loop_create(&b.loop, NULL) < 0 ||
	    wq_resolver_create(&b.resolver, b.loop, NULL) < 0 ||
	    wq_client_create(&b.client, b.loop, b.resolver, &o) < 0)
		return EXIT_FAILURE;
	rc = measure(&b, calls, in_flight);
	wq_client_close(b.client, on_closed, b.loop);
	wq_loop_run(b.loop);
	wq_resolver_close(b.resolver, on_closed, b.loop);
	wq_loop_run(b.loop);
	wq_loop_destroy(b.loop);
	return rc;
}
