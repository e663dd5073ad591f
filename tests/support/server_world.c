/* SPDX-License-Identifier: MIT */
/* server_world.c — turning the loop until something is so. */
#include "support/server_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/test.h"

void wq_world_begin(struct wq_server_world *w)
{
	*w = (struct wq_server_world){ .live = wq_alloc_live() };
	wq_clock_virtual_init(&w->clock, 1700000000000);
	WQ_CHECK_INT("loop", wq_loop_create(&w->loop, &w->clock), 0);
	wq_server_opts_init(&w->opts);
}

static void need_server(struct wq_server_world *w)
{
	if (!w->server)
		WQ_CHECK_INT("server", wq_server_create(&w->server, w->loop, &w->opts), 0);
}

void wq_world_route_full(struct wq_server_world *w, struct wq_route r)
{
	need_server(w);
	r.ctx = w;
	WQ_CHECK_INT(r.pattern, wq_server_route(w->server, &r), 0);
}

void wq_world_route(struct wq_server_world *w, enum wq_method m, const char *pattern,
                    void (*handle)(struct wq_exchange *x, void *ctx))
{
	wq_world_route_full(w,
	                    (struct wq_route){ .method = m, .pattern = pattern, .handle = handle });
}

int wq_world_listen(struct wq_server_world *w, const char *address)
{
	struct wq_buf url;
	int rc;

	need_server(w);
	wq_buf_init(&url, sizeof(w->url));
	rc = wq_server_listen(w->server, address, false, &url);
	if (rc == 0)
		snprintf(w->url, sizeof(w->url), "%s", wq_buf_text(&url));
	wq_buf_fini(&url);
	return rc;
}

void wq_world_note(struct wq_server_world *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->log + w->log_n, sizeof(w->log) - w->log_n, fmt, ap);
	va_end(ap);
	WQ_CHECK("the notes have room", n >= 0 && (size_t)n < sizeof(w->log) - w->log_n);
	w->log_n += (size_t)n;
}

void wq_world_forget(struct wq_server_world *w)
{
	w->log_n = 0;
	w->log[0] = '\0';
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

void wq_world_turns(struct wq_server_world *w, unsigned turns)
{
	wq_loop_run_until(w->loop, never, NULL, turns);
}

uint64_t wq_world_ms(struct wq_server_world *w)
{
	return w->clock.us / 1000;
}

struct noted {
	struct wq_server_world *w;
	const char *text;
};

static bool is_noted(void *ctx)
{
	struct noted *n = ctx;

	return strstr(n->w->log, n->text) != NULL;
}

void wq_world_expect(struct wq_server_world *w, const char *text)
{
	struct noted n = { w, text };

	if (!wq_loop_run_until(w->loop, is_noted, &n, WQ_WORLD_TURNS))
		WQ_CHECK_STR("what handlers noted", w->log, text);
}

static void on_drained(void *ctx)
{
	struct wq_server_world *w = ctx;

	WQ_CHECK("drained once", !w->drained);
	w->drained = true;
}

static bool is_drained(void *ctx)
{
	return ((struct wq_server_world *)ctx)->drained;
}

void wq_world_drain(struct wq_server_world *w, uint32_t timeout_ms)
{
	w->draining = true;
	wq_server_drain(w->server, timeout_ms, on_drained, w);
	WQ_CHECK("not from inside the call", !w->drained);
}

void wq_world_end(struct wq_server_world *w)
{
	if (w->server && !w->draining)
		wq_world_drain(w, 1000);
	if (w->server) {
		WQ_CHECK("drained", wq_loop_run_until(w->loop, is_drained, w, WQ_WORLD_TURNS));
		WQ_CHECK_INT("connections left", wq_server_connections(w->server), 0);
	}
	wq_server_destroy(w->server);
	wq_loop_destroy(w->loop);
	WQ_CHECK_INT("allocations left", wq_alloc_live(), w->live);
}

double wq_world_metric(struct wq_server_world *w, const char *name)
{
	struct wq_metrics m;
	struct wq_buf page;
	const char *line;
	double value;

	wq_metrics_init(&m);
	wq_server_add_metrics(w->server, &m);
	wq_buf_init(&page, 65536);
	WQ_CHECK_INT("page", wq_metrics_write(&m, &page), 0);
	line = strstr(wq_buf_text(&page), name);
	while (line && line[-1] != '\n')
		line = strstr(line + 1, name);
	WQ_CHECK(name, line != NULL);
	value = strtod(line + strlen(name) + 1, NULL);
	wq_buf_fini(&page);
	return value;
}

/* --- peers ------------------------------------------------------------------------------------------------------ */

static int dial_unix(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	WQ_CHECK_INT(path, connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

static int dial_tcp(const char *url)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool v6 = strncmp(url, "http://[", 8) == 0;
	uint16_t port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = in6.sin6_port = port;
	if (v6)
		WQ_CHECK_INT(url, connect(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	else
		WQ_CHECK_INT(url, connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

void wq_dial_open(struct wq_dial *d, struct wq_server_world *w)
{
	d->w = w;
	d->fd = strncmp(w->url, "unix:", 5) == 0 ? dial_unix(w->url + 5) : dial_tcp(w->url);
	fcntl(d->fd, F_SETFL, O_NONBLOCK);
	d->n = d->total = d->reads = 0;
	d->in[0] = '\0';
	d->eof = d->reset = false;
}

void wq_dial_read(struct wq_dial *d)
{
	while (!d->eof) {
		ssize_t n = recv(d->fd, d->in + d->n, sizeof(d->in) - 1 - d->n, 0);

		if (n < 0 && errno == EAGAIN)
			return;
		d->eof = n <= 0;
		d->reset = n < 0;
		d->n += n > 0 ? (size_t)n : 0;
		d->total += n > 0 ? (size_t)n : 0;
		d->reads += n > 0;
		d->in[d->n] = '\0';
		if (d->n == sizeof(d->in) - 1)
			return;
	}
}

size_t wq_dial_offer(struct wq_dial *d, const void *p, size_t n)
{
	ssize_t sent = send(d->fd, p, n, MSG_NOSIGNAL);

	return sent > 0 ? (size_t)sent : 0;
}

bool wq_dial_send_n(struct wq_dial *d, const void *p, size_t n)
{
	const char *at = p;

	for (unsigned i = 0; n > 0 && i < WQ_WORLD_TURNS; i++) {
		size_t sent = wq_dial_offer(d, at, n);

		if (sent == 0 && errno != EAGAIN)
			return false;
		at += sent;
		n -= sent;
		if (n > 0)
			wq_world_turns(d->w, 1);
	}
	return n == 0;
}

void wq_dial_send(struct wq_dial *d, const char *text)
{
	WQ_CHECK("sent", wq_dial_send_n(d, text, strlen(text)));
}

void wq_dial_shutdown(struct wq_dial *d)
{
	shutdown(d->fd, SHUT_WR);
}

struct arrived {
	struct wq_dial *d;
	const char *text; /* NULL: the end */
};

static bool has_arrived(void *ctx)
{
	struct arrived *a = ctx;

	wq_dial_read(a->d);
	return a->text ? strstr(a->d->in, a->text) != NULL : a->d->eof;
}

void wq_dial_expect(struct wq_dial *d, const char *text)
{
	struct arrived a = { d, text };

	if (!wq_loop_run_until(d->w->loop, has_arrived, &a, WQ_WORLD_TURNS))
		WQ_CHECK_STR("what arrived", d->in, text);
}

void wq_dial_expect_end(struct wq_dial *d)
{
	struct arrived a = { d, NULL };

	WQ_CHECK("the server closes",
	         wq_loop_run_until(d->w->loop, has_arrived, &a, WQ_WORLD_TURNS));
}

unsigned wq_dial_count(struct wq_dial *d, const char *text)
{
	unsigned count = 0;

	wq_dial_read(d);
	for (const char *at = strstr(d->in, text); at; at = strstr(at + 1, text))
		count++;
	return count;
}

void wq_dial_forget(struct wq_dial *d)
{
	wq_dial_read(d);
	d->n = 0;
	d->in[0] = '\0';
}

void wq_dial_close(struct wq_dial *d)
{
	close(d->fd);
	d->fd = -1;
}

void wq_dial_reset(struct wq_dial *d)
{
	struct linger hard = { .l_onoff = 1 };

	setsockopt(d->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	wq_dial_close(d);
}
