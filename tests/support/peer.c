/* SPDX-License-Identifier: MIT */
/* peer.c — accept, read a request, take a step of the script. */
#include "support/peer.h"

#include <limits.h>
#include <stdlib.h>
#include <uv.h>

#include "support/test.h"

enum { READ_BYTES = 65536, TURNS_MAX = 10000 };

struct conn {
	uv_tcp_t tcp;
	struct wq_list link;
	struct wq_peer *peer;
	unsigned number;
	char in[READ_BYTES];
	size_t in_n;
	uint64_t body_left;              /* of a request whose head was read */
	const struct wq_peer_step *step; /* being answered */
	size_t step_at;
	unsigned step_round;
	struct wq_post next;
	bool closing;
};

static void read_requests(struct conn *c);

static void on_conn_closed(uv_handle_t *h)
{
	struct conn *c = h->data;

	c->peer->open--;
	free(c);
}

static void close_conn(struct conn *c, bool reset)
{
	if (c->closing)
		return;
	c->closing = true;
	wq_post_cancel(&c->next);
	wq_list_remove(&c->link);
	if (reset)
		uv_tcp_close_reset(&c->tcp, on_conn_closed);
	else
		uv_close((uv_handle_t *)&c->tcp, on_conn_closed);
}

/* Blocking would deadlock, for the reader is on the same loop: what does not fit waits for another turn. */
static size_t write_some(struct conn *c, const char *p, size_t n)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)p, (unsigned)n);
	int rc = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);

	if (rc == UV_EAGAIN)
		return 0;
	if (rc < 0) {
		close_conn(c, false);
		return 0;
	}
	c->peer->written += (uint64_t)rc;
	return (size_t)rc;
}

static void step_done(struct conn *c)
{
	enum wq_peer_then then = c->step->then;

	c->step = NULL;
	if (then == WQ_PEER_KEEP)
		read_requests(c);
	else
		close_conn(c, then == WQ_PEER_RESET);
}

static void on_next(struct wq_post *p)
{
	struct conn *c = WQ_OWNER(p, struct conn, next);
	const struct wq_peer_step *s = c->step;
	size_t all = s->answer ? strlen(s->answer) : 0, n = all - c->step_at;

	if (s->piece && n > s->piece)
		n = s->piece;
	if (n > 0)
		c->step_at += write_some(c, s->answer + c->step_at, n);
	if (c->closing)
		return;
	if (c->step_at == all && c->step_round < s->repeat) {
		c->step_at -= s->tail;
		c->step_round += s->repeat != UINT_MAX;
	}
	if (c->step_at == all)
		step_done(c);
	else
		wq_post_send(&c->next);
}

static void take_step(struct conn *c)
{
	struct wq_peer *p = c->peer;

	WQ_CHECK("the script has a step", p->steps_n > 0);
	c->step = &p->steps[p->at < p->steps_n ? p->at : p->steps_n - 1];
	p->at++;
	c->step_at = 0;
	c->step_round = 0;
	wq_post_send(&c->next);
}

static uint64_t content_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return at ? strtoull(at + 17, NULL, 10) : 0;
}

static void note(struct conn *c, size_t n)
{
	struct wq_peer *p = c->peer;
	struct wq_peer_request *r;

	if (p->requests_n == WQ_PEER_REQUESTS_MAX)
		return;
	r = &p->requests[p->requests_n++];
	r->connection = c->number;
	r->bytes = n;
	if (n >= sizeof(r->text))
		n = sizeof(r->text) - 1;
	memcpy(r->text, c->in, n);
	r->text[n] = '\0';
}

/* Takes what belongs to the request off the buffer; a body larger than the buffer is counted, not kept. */
static void read_requests(struct conn *c)
{
	while (!c->step && !c->closing && c->in_n > 0) {
		char *end;
		uint64_t body;
		size_t head, here;

		if (c->body_left > 0) {
			here = c->in_n < c->body_left ? c->in_n : (size_t)c->body_left;
			c->body_left -= here;
		} else {
			c->in[c->in_n] = '\0';
			end = strstr(c->in, "\r\n\r\n");
			if (!end)
				return;
			head = (size_t)(end - c->in) + 4;
			body = content_length(c->in);
			here = c->in_n - head < body ? c->in_n - head : (size_t)body;
			note(c, head + here);
			c->body_left = body - here;
			here += head;
		}
		memmove(c->in, c->in + here, c->in_n - here);
		c->in_n -= here;
		if (c->body_left == 0)
			take_step(c);
	}
}

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
	struct conn *c = h->data;

	(void)wanted;
	*out = uv_buf_init(c->in + c->in_n, (unsigned)(sizeof(c->in) - 1 - c->in_n));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = s->data;

	(void)buf;
	if (n < 0) {
		close_conn(c, false);
		return;
	}
	c->in_n += (size_t)n;
	read_requests(c);
}

static void on_connection(uv_stream_t *s, int status)
{
	struct wq_peer *p = s->data;
	struct conn *c = calloc(1, sizeof(*c));

	WQ_CHECK("a connection", c && status == 0);
	c->peer = p;
	c->number = p->connections++;
	p->open++;
	c->tcp.data = c;
	wq_post_init(&c->next, p->loop, on_next);
	uv_tcp_init(wq_loop_uv(p->loop), &c->tcp);
	WQ_CHECK_INT("accept", uv_accept(s, (uv_stream_t *)&c->tcp), 0);
	wq_list_push(&p->conns, &c->link);
	if (p->accept == WQ_PEER_RESET_AT_ONCE)
		close_conn(c, true);
	else if (p->accept == WQ_PEER_SPEAK_FIRST)
		take_step(c);
	else if (p->accept == WQ_PEER_SERVE)
		uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

void wq_peer_start(struct wq_peer *p, struct wq_loop *l, const struct wq_peer_step *steps,
                   unsigned steps_n)
{
	uv_tcp_t *tcp = calloc(1, sizeof(*tcp));
	struct sockaddr_in at;
	int n = sizeof(at);

	*p = (struct wq_peer){ .loop = l, .steps = steps, .steps_n = steps_n, .listener = tcp };
	wq_list_init(&p->conns);
	tcp->data = p;
	uv_ip4_addr("127.0.0.1", 0, &at);
	uv_tcp_init(wq_loop_uv(l), tcp);
	WQ_CHECK_INT("bind", uv_tcp_bind(tcp, (struct sockaddr *)&at, 0), 0);
	WQ_CHECK_INT("listen", uv_listen((uv_stream_t *)tcp, 511, on_connection), 0);
	WQ_CHECK_INT("port", uv_tcp_getsockname(tcp, (struct sockaddr *)&at, &n), 0);
	p->port = ntohs(at.sin_port);
	p->open = 1;
}

static void on_listener_closed(uv_handle_t *h)
{
	struct wq_peer *p = h->data;

	p->open--;
	free(h);
}

static bool all_closed(void *ctx)
{
	return ((struct wq_peer *)ctx)->open == 0;
}

void wq_peer_stop(struct wq_peer *p)
{
	uv_close((uv_handle_t *)p->listener, on_listener_closed);
	while (!wq_list_empty(&p->conns))
		close_conn(WQ_OWNER(p->conns.next, struct conn, link), false);
	WQ_CHECK("the peer is gone", wq_loop_run_until(p->loop, all_closed, p, TURNS_MAX));
}

unsigned wq_peer_count(const struct wq_peer *p, const char *part)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->requests_n; i++)
		n += strstr(p->requests[i].text, part) != NULL;
	return n;
}
