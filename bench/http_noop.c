/* SPDX-License-Identifier: MIT */
/* http_noop.c — the HTTP server with nothing behind it: what a request costs before anybody does anything.
 *
 *   http_noop [--port N]     POST / and GET / answer 200 {"ok":true}; ends on SIGTERM or SIGINT; port 0: any
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "io/loop/signal.h"
#include "io/server/exchange.h"
#include "io/server/server.h"

struct bench {
	struct wq_loop *loop;
	struct wq_server *server;
	struct wq_signal term, interrupt;
	bool stopping;
};

static void answer(struct wq_exchange *x, void *ctx)
{
	static const struct wq_str ok = WQ_STR("{\"ok\":true}");

	(void)ctx;
	wq_reply_json(x, 200, ok);
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

static int serve(struct bench *b, const char *port, struct wq_buf *url)
{
	static const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/", .handle = answer },
		{ .method = WQ_GET, .pattern = "/", .handle = answer },
	};
	struct wq_server_opts opts;
	char address[32];
	int rc;

	wq_server_opts_init(&opts);
	opts.connections_max = 200000;
	rc = wq_server_create(&b->server, b->loop, &opts);
	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_server_route(b->server, &routes[i]);
	snprintf(address, sizeof(address), "127.0.0.1:%s", port);
	if (rc == 0)
		rc = wq_server_listen(b->server, address, false, url);
	return rc;
}

int main(int argc, char **argv)
{
	const char *port = argc == 3 && strcmp(argv[1], "--port") == 0 ? argv[2] : "8781";
	struct bench b = { .stopping = false };
	struct wq_buf url;

	wq_buf_init(&url, 256);
	if (wq_loop_create(&b.loop, NULL) < 0 || serve(&b, port, &url) < 0 ||
	    wq_signal_start(&b.term, b.loop, SIGTERM, on_signal) < 0 ||
	    wq_signal_start(&b.interrupt, b.loop, SIGINT, on_signal) < 0) {
		fprintf(stderr, "cannot listen on port %s\n", port);
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
