/* SPDX-License-Identifier: MIT */
#pragma once
/* server_world.h — a server on virtual time, and peers at raw sockets of the same process.
 *
 *   struct wq_server_world w;
 *   wq_world_begin(&w);                  options are the defaults and may be changed
 *   wq_world_route(&w, WQ_GET, "/", on_get);
 *   wq_world_listen(&w, "127.0.0.1:0");
 *   wq_dial_open(&d, &w);
 *   wq_dial_send(&d, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 *   wq_dial_expect(&d, "200 OK");        turns the loop until that has arrived
 *   wq_dial_close(&d);
 *   wq_world_end(&w);                    drains; fails when a connection or an allocation is left
 *
 * Time moves to the next timer when nothing happens for some turns, so a peer that says nothing runs into its deadline.
 */
#include "base/clock.h"
#include "io/server/exchange.h"
#include "io/server/server.h"

enum { WQ_DIAL_BYTES = 262144, WQ_WORLD_TURNS = 4000 };

struct wq_server_world {
	struct wq_clock_virtual clock;
	struct wq_loop *loop;
	struct wq_server *server;
	struct wq_server_opts opts;
	char url[128]; /* where it listens */
	char log[4096]; /* what handlers noted */
	size_t log_n;
	uint64_t live; /* allocations before */
	bool draining, drained;
};

struct wq_dial {
	struct wq_server_world *w;
	int fd;
	char in[WQ_DIAL_BYTES]; /* terminated */
	size_t n;
	size_t total; /* bytes that ever arrived */
	unsigned reads; /* that brought bytes */
	bool eof;   /* the server has closed */
	bool reset; /* … with a RST */
};

void wq_world_begin(struct wq_server_world *w);
/* The server is made by the first of these; ctx of every handler is the world. */
void wq_world_route(struct wq_server_world *w, enum wq_method m, const char *pattern,
                    void (*handle)(struct wq_exchange *x, void *ctx));
void wq_world_route_full(struct wq_server_world *w, struct wq_route r);
/* What wq_server_listen returned. */
int wq_world_listen(struct wq_server_world *w, const char *address);
void wq_world_note(struct wq_server_world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void wq_world_forget(struct wq_server_world *w); /* the notes so far */
void wq_world_turns(struct wq_server_world *w, unsigned turns);
uint64_t wq_world_ms(struct wq_server_world *w);
/* Turns until the notes contain the text; fails when they never do. */
void wq_world_expect(struct wq_server_world *w, const char *text);
void wq_world_drain(struct wq_server_world *w, uint32_t timeout_ms);
void wq_world_end(struct wq_server_world *w);
/* The value of a line of the metrics page, which begins with `name` and a space. */
double wq_world_metric(struct wq_server_world *w, const char *name);

void wq_dial_open(struct wq_dial *d, struct wq_server_world *w);
/* All of it, turning the loop while the server does not take it; false: the server has closed. */
bool wq_dial_send_n(struct wq_dial *d, const void *p, size_t n);
void wq_dial_send(struct wq_dial *d, const char *text);
/* What the socket takes at once. */
size_t wq_dial_offer(struct wq_dial *d, const void *p, size_t n);
void wq_dial_shutdown(struct wq_dial *d);
/* Turns until the text is in what arrived; fails when it never is. */
void wq_dial_expect(struct wq_dial *d, const char *text);
/* Turns until the server has closed. */
void wq_dial_expect_end(struct wq_dial *d);
/* How often the text is in what has arrived. */
unsigned wq_dial_count(struct wq_dial *d, const char *text);
void wq_dial_read(struct wq_dial *d);
void wq_dial_forget(struct wq_dial *d); /* what has arrived so far */
void wq_dial_close(struct wq_dial *d);
void wq_dial_reset(struct wq_dial *d);
