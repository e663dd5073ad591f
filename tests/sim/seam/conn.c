/* SPDX-License-Identifier: MIT */
/* conn.c — in the place of io/redis/conn.c: its promises kept over a simulated connection. */
#include "io/redis/conn.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "sim/pipe.h"

struct wq_redis_conn {
	struct wq_redis_conn_opts o;
	struct wq_loop *loop;
	struct sim_pipe *pipe;
	struct wq_redis_reader reader;
	struct wq_buf out;
	struct wq_post flush, closed;
	uint64_t sent, writes, heard_us;
	bool up, down, closing;
};

static void down(struct wq_redis_conn *c, int rc, const char *why)
{
	if (c->down || c->closing)
		return;
	c->down = true;
	wq_post_cancel(&c->flush);
	c->o.on_down(c->o.ctx, rc, why);
}

static void on_flush(struct wq_post *p)
{
	struct wq_redis_conn *c = WQ_OWNER(p, struct wq_redis_conn, flush);

	if (!c->up || c->down || c->out.n == 0)
		return;
	c->writes++;
	sim_pipe_write(c->pipe, c->out.p, c->out.n);
	c->sent += c->out.n;
	wq_buf_clear(&c->out);
}

static void tell_replies(struct wq_redis_conn *c)
{
	const struct wq_redis_value *v;
	int rc = 0;

	while (!c->down && !c->closing) {
		rc = wq_redis_reader_next(&c->reader, &v);
		if (rc < 0)
			down(c, rc, c->reader.why ? c->reader.why : wq_err_text(rc));
		else if (v)
			c->o.on_reply(c->o.ctx, v);
		if (rc < 0 || !v)
			break;
	}
}

bool wq_redis_conn_read(struct wq_redis_conn *c)
{
	struct wq_buf *b = &c->pipe->ready;
	int rc;

	if (c->down || c->closing || b->n == 0)
		return false;
	c->heard_us = sim.now_us;
	rc = wq_redis_reader_feed(&c->reader, b->p, b->n);
	wq_buf_clear(b);
	if (rc < 0)
		down(c, rc, c->reader.why ? c->reader.why : wq_err_text(rc));
	else
		tell_replies(c);
	return true;
}

void sim_conn_told(struct wq_redis_conn *c)
{
	if (c->closing || c->down)
		return;
	if (c->pipe->up && !c->up) {
		c->up = true;
		c->o.on_up(c->o.ctx);
	}
	(void)wq_redis_conn_read(c);
	if (!c->closing && c->pipe->down)
		down(c, c->up ? WQ_ELOST : WQ_ECONNECT,
		     c->up ? "the server closed the connection" : "connection refused");
}

static void on_closed(struct wq_post *p)
{
	struct wq_redis_conn *c = WQ_OWNER(p, struct wq_redis_conn, closed);
	void (*told)(void *ctx) = c->o.on_closed;
	void *ctx = c->o.ctx;

	wq_redis_reader_fini(&c->reader);
	wq_buf_fini(&c->out);
	wq_free(c);
	told(ctx);
}

int wq_redis_conn_create(struct wq_redis_conn **out, struct wq_loop *l,
                         const struct wq_redis_conn_opts *o, const char **why)
{
	struct wq_redis_conn *c = wq_zalloc(sizeof(*c));

	(void)why;
	c->o = *o;
	c->loop = l;
	wq_buf_init(&c->out, o->out_max_bytes);
	WQ_REQUIRE(wq_redis_reader_init(&c->reader) == 0);
	wq_post_init(&c->flush, l, on_flush);
	wq_post_init(&c->closed, l, on_closed);
	c->pipe = sim_pipe_open(c);
	*out = c;
	return 0;
}

void wq_redis_conn_close(struct wq_redis_conn *c)
{
	WQ_REQUIRE(!c->closing);
	c->closing = true;
	wq_post_cancel(&c->flush);
	sim_pipe_close(c->pipe);
	c->pipe = NULL;
	wq_post_send(&c->closed);
}

struct wq_buf *wq_redis_conn_out(struct wq_redis_conn *c)
{
	return &c->out;
}

void wq_redis_conn_queued(struct wq_redis_conn *c)
{
	wq_post_at_end(&c->flush);
}

uint64_t wq_redis_conn_end(const struct wq_redis_conn *c)
{
	return c->sent + c->out.n;
}

uint64_t wq_redis_conn_sent(const struct wq_redis_conn *c)
{
	return c->sent;
}

size_t wq_redis_conn_waiting(const struct wq_redis_conn *c)
{
	return c->out.n;
}

uint64_t wq_redis_conn_heard_us(const struct wq_redis_conn *c)
{
	return c->heard_us;
}

uint64_t wq_redis_conn_writes(const struct wq_redis_conn *c)
{
	return c->writes;
}
