/* SPDX-License-Identifier: MIT */
/* conn.c — a connection's turn: read, digest, write, then look at what to wait for.
 *
 *   idle ─► head ─► body ─► work ─┬─► idle            answered, the peer may go on
 *                                 ├─► stream          server-sent events, an answer in pieces
 *                                 └─► linger ─► gone  the last answer; what still comes in is thrown away
 *
 * Reading and handlers only append to what goes out and mark the connection ready; everything else happens in
 * wq_conn_turn_end, so that the answers of a turn leave in one write and nothing calls a handler from inside another.
 * Lingering: whoever closes with unread bytes before him sends a reset, which can overtake the last answer.
 */
#include "io/server/conn.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/server/intake.h"
#include "io/server/reply.h"
#include "io/server/stream.h"

enum { OUT_KEPT_MAX_BYTES = 16384 };

static struct wq_transit *take_transit(struct wq_server *s)
{
	struct wq_list *spare = wq_list_pop(&s->spare_transits);
	struct wq_transit *t;

	if (spare) {
		s->spare_transits_n--;
		return WQ_OWNER(spare, struct wq_transit, link);
	}
	t = wq_zalloc(sizeof(*t));
	if (!t) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	wq_list_init(&t->link);
	wq_buf_init(&t->out, WQ_SERVER_OUT_MAX_BYTES);
	wq_buf_init(&t->behind, WQ_SERVER_PIPELINE_MAX_BYTES);
	return t;
}

void wq_transit_free(struct wq_transit *t)
{
	wq_buf_fini(&t->out);
	wq_buf_fini(&t->behind);
	wq_free(t);
}

static void drop_transit(struct wq_conn *c)
{
	struct wq_transit *t = c->transit;
	struct wq_server *s = c->server;

	if (!t)
		return;
	c->transit = NULL;
	s->held -= t->behind.n;
	if (s->spare_transits_n >= WQ_SERVER_SPARE_EXCHANGES || t->out.cap > OUT_KEPT_MAX_BYTES) {
		wq_transit_free(t);
		return;
	}
	wq_buf_clear(&t->out);
	wq_buf_fini(&t->behind);
	t->sent = 0;
	wq_list_push_front(&s->spare_transits, &t->link);
	s->spare_transits_n++;
}

static struct wq_transit *transit(struct wq_conn *c)
{
	if (!c->transit)
		c->transit = take_transit(c->server);
	return c->transit;
}

struct wq_buf *wq_conn_out(struct wq_conn *c)
{
	return transit(c) ? &c->transit->out : NULL;
}

size_t wq_conn_unsent(const struct wq_conn *c)
{
	return c->transit ? c->transit->out.n - c->transit->sent : 0;
}

static size_t behind(const struct wq_conn *c)
{
	return c->transit ? c->transit->behind.n : 0;
}

void wq_conn_answered(struct wq_conn *c, bool last)
{
	c->x = NULL;
	c->last = c->last || last;
	wq_conn_ready(c);
}

void wq_conn_ready(struct wq_conn *c)
{
	if (!wq_list_empty(&c->ready))
		return;
	wq_list_push(&c->server->ready, &c->ready);
	wq_post_at_end(&c->server->turn_end);
}

static void on_closed(uv_handle_t *h)
{
	struct wq_conn *c = WQ_OWNER(h, struct wq_conn, poll);
	struct wq_server *s = c->server;

	wq_free(c);
	s->closing_n--;
	wq_server_one_less(s);
}

void wq_conn_close(struct wq_conn *c)
{
	struct wq_exchange *x = c->x;
	struct wq_server *s = c->server;

	if (c->closed)
		return;
	c->closed = true;
	c->x = NULL;
	wq_list_remove(&c->link);
	wq_list_remove(&c->ready);
	wq_timer_stop(&c->deadline);
	drop_transit(c);
	s->conns_n--;
	s->closing_n++;
	uv_close((uv_handle_t *)&c->poll, on_closed);
	close(c->fd);
	if (x)
		wq_exchange_orphan(x); /* calls out: the last thing done here */
}

/* The last answer has left. */
static void linger(struct wq_conn *c)
{
	c->phase = WQ_PHASE_LINGER;
	if (shutdown(c->fd, SHUT_WR) < 0) {
		wq_conn_close(c);
		return;
	}
	wq_timer_start(&c->deadline, WQ_SERVER_LINGER_MS);
}

static void all_sent(struct wq_conn *c)
{
	struct wq_transit *t = c->transit;

	c->blocked = false;
	t->sent = 0;
	if (t->out.cap > OUT_KEPT_MAX_BYTES)
		wq_buf_fini(&t->out);
	wq_buf_clear(&t->out);
}

static void write_out(struct wq_conn *c)
{
	struct wq_transit *t = c->transit;
	ssize_t n;

	if (wq_conn_unsent(c) == 0)
		return;
	n = send(c->fd, t->out.p + t->sent, t->out.n - t->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		wq_conn_close(c);
		return;
	}
	if (n > 0) {
		t->sent += (size_t)n;
		wq_metric_count(&c->server->counts.sent, (double)n);
	}
	if (t->sent == t->out.n) {
		all_sent(c);
		return;
	}
	if (n > 0 && c->phase == WQ_PHASE_WRITE)
		c->phase = WQ_PHASE_NONE; /* a byte was taken: the deadline starts anew */
	c->blocked = true;
	if (t->sent > t->out.n / 2) {
		wq_buf_consume(&t->out, t->sent);
		t->sent = 0;
	}
}

static bool busy(const struct wq_conn *c)
{
	return c->x && c->x->handed;
}

/* A further request may be begun, or the one begun be read on. */
static bool hungry(const struct wq_conn *c)
{
	return !c->closed && !c->last && !c->cut && !busy(c) &&
	       wq_conn_unsent(c) <= WQ_SERVER_UNSENT_HIGH_BYTES;
}

/* How many bytes may be read now. */
static size_t appetite(const struct wq_conn *c)
{
	const struct wq_server *s = c->server;
	size_t room = WQ_SERVER_PIPELINE_MAX_BYTES - behind(c);

	if (c->phase == WQ_PHASE_LINGER)
		return WQ_SERVER_READ_BYTES;
	if (c->last || c->cut || c->eof)
		return 0;
	if (hungry(c) && behind(c) == 0)
		return WQ_SERVER_READ_BYTES;
	return s->held + room <= s->opts.memory_max_bytes ? room : 0;
}

static void keep_behind(struct wq_conn *c, struct wq_str rest)
{
	if (rest.n == 0 || c->closed || c->last)
		return;
	if (!transit(c) || wq_buf_add_str(&c->transit->behind, rest) < 0) {
		wq_conn_close(c);
		return;
	}
	c->server->held += rest.n;
}

static void on_bytes(struct wq_conn *c, struct wq_str in)
{
	wq_metric_count(&c->server->counts.received, (double)in.n);
	if (c->phase == WQ_PHASE_LINGER) {
		c->lingered += (uint32_t)in.n;
		if (c->lingered > WQ_SERVER_LINGER_MAX_BYTES)
			wq_conn_close(c);
		return;
	}
	if (behind(c) == 0)
		while (hungry(c) && wq_intake_step(c, &in))
			;
	keep_behind(c, in);
}

/* The peer sends no more; it may still listen, so an answer in work is written all the same. */
static void on_eof(struct wq_conn *c)
{
	struct wq_exchange *x = c->x;

	c->eof = true;
	if (c->phase == WQ_PHASE_LINGER) {
		wq_conn_close(c);
		return;
	}
	if (!busy(c) || x->gone)
		return;
	if (x->pieces) /* it may still listen; a write tells */
		return;
	if (x->streaming) {
		wq_conn_close(c);
		return;
	}
	x->gone = true;
	if (x->on_gone)
		x->on_gone(x);
}

static void read_in(struct wq_conn *c)
{
	size_t room = appetite(c);
	ssize_t n;

	if (room == 0)
		return;
	n = recv(c->fd, c->server->read_bytes, room, MSG_DONTWAIT);
	if (n > 0)
		on_bytes(c, wq_strn(c->server->read_bytes, (size_t)n));
	else if (n == 0)
		on_eof(c);
	else if (errno != EAGAIN && errno != EINTR)
		wq_conn_close(c);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct wq_conn *c = WQ_OWNER(h, struct wq_conn, poll);

	if (status < 0) {
		wq_conn_close(c);
		return;
	}
	if (events & UV_READABLE)
		read_in(c);
	if ((events & UV_DISCONNECT) && !c->closed && !c->eof)
		on_eof(c);
	if (!c->closed)
		wq_conn_ready(c);
}

static uint8_t phase_now(const struct wq_conn *c)
{
	if (c->phase == WQ_PHASE_LINGER)
		return WQ_PHASE_LINGER;
	if (c->x && c->x->streaming)
		return c->blocked ? WQ_PHASE_WRITE : WQ_PHASE_STREAM;
	if (busy(c))
		return WQ_PHASE_WORK;
	if (c->x)
		return wq_parse_in_body(&c->x->parse) ? WQ_PHASE_BODY : WQ_PHASE_HEAD;
	return wq_conn_unsent(c) > 0 ? WQ_PHASE_WRITE : WQ_PHASE_IDLE;
}

static uint32_t phase_ms(const struct wq_server_opts *o, uint8_t phase)
{
	switch (phase) {
	case WQ_PHASE_HEAD:
		return o->head_timeout_ms;
	case WQ_PHASE_BODY:
		return o->body_timeout_ms;
	case WQ_PHASE_WORK:
		return o->handler_timeout_ms;
	case WQ_PHASE_WRITE:
		return o->write_timeout_ms;
	case WQ_PHASE_STREAM:
		return WQ_SSE_COMMENT_MS;
	case WQ_PHASE_LINGER:
		return WQ_SERVER_LINGER_MS;
	default:
		return o->idle_timeout_ms;
	}
}

static void on_deadline(struct wq_timer *t)
{
	struct wq_conn *c = WQ_OWNER(t, struct wq_conn, deadline);
	uint8_t phase = c->phase;

	c->phase = WQ_PHASE_NONE;
	if (phase != WQ_PHASE_LINGER && phase != phase_now(c)) {
		wq_conn_ready(c); /* what it was for has ended in this very turn */
		return;
	}
	switch (phase) {
	case WQ_PHASE_HEAD:
	case WQ_PHASE_BODY:
		if (wq_parse_fresh(&c->x->parse)) /* only an empty line came */
			wq_conn_close(c);
		else
			wq_reply_refuse(c->x, 408, "The request took too long to arrive.");
		return;
	case WQ_PHASE_WORK:
		wq_reply_refuse(c->x, 503, "The answer took too long to make.");
		return;
	case WQ_PHASE_STREAM:
		if (!c->x->pieces)
			wq_sse_tick(c->x);
		wq_conn_ready(c);
		return;
	default:
		wq_conn_close(c);
	}
}

/* Nothing is left to do for this peer, now or later. */
static bool finished(const struct wq_conn *c)
{
	if (c->cut)
		return true;
	if (busy(c) || wq_conn_unsent(c) > 0 || behind(c) > 0 || c->phase == WQ_PHASE_LINGER)
		return false;
	return c->eof;
}

/* A connection that waits for its next request while the server drains, unless that has just arrived. */
static bool drained(const struct wq_conn *c)
{
	char byte;

	if (!c->server->draining || c->x || c->last || wq_conn_unsent(c) > 0 || behind(c) > 0)
		return false;
	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

static void wait_for_what_comes(struct wq_conn *c)
{
	uint8_t phase = phase_now(c), want = 0;

	if (!c->x && wq_conn_unsent(c) == 0 && behind(c) == 0)
		drop_transit(c);
	if (appetite(c) > 0)
		want |= UV_READABLE;
	else if (!c->eof)
		want |= UV_DISCONNECT;
	if (c->blocked)
		want |= UV_WRITABLE;
	if (want != c->polled) {
		c->polled = want;
		uv_poll_start(&c->poll, want, on_poll);
	}
	if (phase != c->phase) {
		c->phase = phase;
		wq_timer_start(&c->deadline, phase_ms(&c->server->opts, phase));
	}
}

static void digest_behind(struct wq_conn *c)
{
	struct wq_str in = wq_buf_str(&c->transit->behind);
	size_t used;

	while (hungry(c) && wq_intake_step(c, &in))
		;
	if (c->closed)
		return;
	used = c->last ? c->transit->behind.n : c->transit->behind.n - in.n;
	wq_buf_consume(&c->transit->behind, used);
	c->server->held -= used;
}

static void tell_room(struct wq_conn *c)
{
	struct wq_exchange *x = c->x;

	if (c->closed || c->cut || !x || !x->awaits_room || !wq_pieces_has_room(x))
		return;
	x->awaits_room = false;
	x->pieces->on_room(x, x->closed_ctx);
}

void wq_conn_turn_end(struct wq_conn *c)
{
	write_out(c);
	tell_room(c);
	if (!c->closed && behind(c) > 0 && hungry(c))
		digest_behind(c);
	if (c->closed)
		return;
	if (finished(c) || drained(c)) {
		wq_conn_close(c);
		return;
	}
	if (c->last && !c->x && wq_conn_unsent(c) == 0 && c->phase != WQ_PHASE_LINGER)
		linger(c);
	if (!c->closed)
		wait_for_what_comes(c);
}

void wq_conn_open(struct wq_server *s, int fd, const struct sockaddr_storage *from)
{
	struct wq_conn *c = wq_zalloc(sizeof(*c));
	int on = 1, rc;

	if (!c) {
		(void)WQ_RAISE(WQ_ENOMEM);
		close(fd);
		return;
	}
	rc = uv_poll_init(wq_loop_uv(s->loop), &c->poll, fd);
	if (rc < 0) {
		(void)WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_init: %s", uv_strerror(rc));
		wq_free(c);
		close(fd);
		return;
	}
	c->server = s;
	c->fd = fd;
	wq_peer_from(&c->peer, from);
	if (c->peer.family != 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	wq_timer_init(&c->deadline, s->loop, on_deadline);
	wq_list_init(&c->ready);
	wq_list_init(&c->link);
	wq_list_push(&s->conns, &c->link);
	s->conns_n++;
	wq_metric_count(&s->counts.accepted, 1);
	wq_conn_ready(c);
}
