/* SPDX-License-Identifier: MIT */
/* redis_peer.c — scripted bytes by libuv streams. */
#include "support/redis_peer.h"

#include <stdlib.h>

#include "io/loop/loop.h"
#include "support/test.h"

enum { FILL_BYTES = 65536 };

struct guest {
	struct wq_list link;
	uv_tcp_t tcp;
	uv_write_t write;
	struct wq_redis_peer *peer;
	char in[65536];
	char fill[FILL_BYTES];
	const char *p; /* being sent */
	size_t n;
	size_t left; /* filler */
	bool greeted, writing, closes;
	unsigned owed; /* answers */
};

static void go_on(struct guest *g);

static void on_guest_closed(uv_handle_t *h)
{
	struct guest *g = WQ_OWNER(h, struct guest, tcp);

	g->peer->open--;
	wq_list_remove(&g->link);
	free(g);
}

static void leave(struct guest *g)
{
	if (!uv_is_closing((uv_handle_t *)&g->tcp))
		uv_close((uv_handle_t *)&g->tcp, on_guest_closed);
}

static void on_written(uv_write_t *w, int status)
{
	struct guest *g = WQ_OWNER(w, struct guest, write);

	g->writing = false;
	if (status < 0)
		leave(g);
	else if (!uv_is_closing((uv_handle_t *)&g->tcp))
		go_on(g);
}

static void put(struct guest *g, const char *p, size_t n)
{
	uv_buf_t buf = { .base = (char *)(uintptr_t)p, .len = n };

	g->writing = true;
	g->peer->sent += n;
	if (uv_write(&g->write, (uv_stream_t *)&g->tcp, &buf, 1, on_written) < 0)
		leave(g);
}

static void say(struct guest *g, const char *text, size_t n)
{
	g->p = text;
	g->n = n ? n : strlen(text);
}

static void go_on(struct guest *g)
{
	const struct wq_redis_peer_opts *o = &g->peer->o;

	if (g->writing)
		return;
	if (g->n == 0 && g->owed > 0 && o->answer) {
		g->owed--;
		say(g, o->answer, o->answer_n);
		g->left = o->filler_bytes;
		g->closes = o->closes;
	}
	if (g->n > 0) {
		size_t n = o->chunk && o->chunk < g->n ? o->chunk : g->n;
		const char *p = g->p;

		g->p += n;
		g->n -= n;
		put(g, p, n);
	} else if (g->left > 0) {
		size_t n = g->left < FILL_BYTES ? g->left : FILL_BYTES;

		g->left -= n;
		put(g, g->fill, n);
	} else if (g->closes) {
		leave(g);
	}
}

static void on_room(uv_handle_t *h, size_t size, uv_buf_t *out)
{
	struct guest *g = WQ_OWNER(h, struct guest, tcp);

	(void)size;
	*out = uv_buf_init(g->in, sizeof(g->in));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct guest *g = WQ_OWNER(stream, struct guest, tcp);

	(void)buf;
	if (n < 0) {
		leave(g);
		return;
	}
	if (n == 0)
		return;
	if (!g->greeted) {
		const char *greeting = g->peer->o.greeting;

		g->greeted = true;
		say(g, greeting ? greeting : "+PONG\r\n", 0);
	} else {
		g->owed++;
	}
	go_on(g);
}

static void on_guest(uv_stream_t *listener, int status)
{
	struct wq_redis_peer *p = WQ_OWNER(listener, struct wq_redis_peer, listener);
	struct guest *g = calloc(1, sizeof(*g));
	const char *filler = p->o.filler ? p->o.filler : "a";
	size_t n = strlen(filler);

	WQ_CHECK("accept", status == 0 && g);
	for (size_t i = 0; i < FILL_BYTES; i++)
		g->fill[i] = filler[i % n];
	g->peer = p;
	wq_list_init(&g->link);
	uv_tcp_init(listener->loop, &g->tcp);
	WQ_CHECK_INT("accept", uv_accept(listener, (uv_stream_t *)&g->tcp), 0);
	wq_list_push(&p->guests, &g->link);
	p->accepted++;
	p->open++;
	if (p->o.closes_at_once)
		leave(g);
	else
		uv_read_start((uv_stream_t *)&g->tcp, on_room, on_read);
}

void wq_redis_peer_start(struct wq_redis_peer *p, struct wq_loop *l,
                         const struct wq_redis_peer_opts *o)
{
	struct sockaddr_in a;
	int n = sizeof(a);

	*p = (struct wq_redis_peer){ .o = *o, .open = 1 };
	wq_list_init(&p->guests);
	uv_ip4_addr("127.0.0.1", 0, &a);
	uv_tcp_init(wq_loop_uv(l), &p->listener);
	WQ_CHECK_INT("bind", uv_tcp_bind(&p->listener, (struct sockaddr *)&a, 0), 0);
	WQ_CHECK_INT("listen", uv_listen((uv_stream_t *)&p->listener, 64, on_guest), 0);
	uv_tcp_getsockname(&p->listener, (struct sockaddr *)&a, &n);
	p->port = (uint16_t)((a.sin_port >> 8) | (a.sin_port << 8));
	snprintf(p->url, sizeof(p->url), "redis://127.0.0.1:%u", p->port);
}

static void on_listener_closed(uv_handle_t *h)
{
	WQ_OWNER(h, struct wq_redis_peer, listener)->open--;
}

void wq_redis_peer_stop(struct wq_redis_peer *p)
{
	for (struct wq_list *l = p->guests.next; l != &p->guests; l = l->next)
		leave(WQ_OWNER(l, struct guest, link));
	uv_close((uv_handle_t *)&p->listener, on_listener_closed);
}
