/* SPDX-License-Identifier: MIT */
/* pieces.c — head, then chunks into the connection's buffer; what the peer does not take holds up the handler. */
#include "io/server/pieces.h"

#include "base/assert.h"
#include "base/err.h"
#include "io/server/conn.h"
#include "io/server/reply.h"

enum { FRAME_BYTES = 32 };

int wq_pieces_open(struct wq_exchange *x, const char *content_type,
                   const struct wq_pieces_events *events, void *ctx)
{
	int rc;

	if (!x->conn || x->gone) {
		wq_reply(x, 503, NULL, wq_strn(NULL, 0));
		return WQ_EAWAY;
	}
	rc = wq_reply_pieces_head(x, content_type);
	if (rc < 0) {
		wq_reply_problem(x, 500, "out_of_memory", "The server is out of memory.");
		return rc;
	}
	x->streaming = x->handed = true;
	x->pieces = events;
	x->on_closed = events->on_closed;
	x->closed_ctx = ctx;
	wq_conn_ready(x->conn);
	return 0;
}

bool wq_pieces_has_room(const struct wq_exchange *x)
{
	return wq_conn_unsent(x->conn) <= WQ_SERVER_UNSENT_HIGH_BYTES;
}

static bool framed(const struct wq_exchange *x)
{
	return !x->parse.http10;
}

static int add(struct wq_exchange *x, struct wq_buf *out, struct wq_str bytes)
{
	int rc = wq_buf_reserve(out, bytes.n + FRAME_BYTES);

	if (rc == 0 && framed(x))
		rc = wq_buf_addf(out, "%zx\r\n", bytes.n);
	if (rc == 0)
		rc = wq_buf_add_str(out, bytes);
	return rc == 0 && framed(x) ? wq_buf_add_text(out, "\r\n") : rc;
}

/* Nothing half is left in the buffer: it goes with the connection. */
static void cut(struct wq_conn *c)
{
	c->cut = true;
	wq_conn_ready(c);
}

void wq_pieces_send(struct wq_exchange *x, struct wq_str bytes)
{
	struct wq_conn *c = x->conn;
	struct wq_buf *out;

	WQ_REQUIRE(x->pieces);
	if (c->cut || bytes.n == 0 || x->req.method == WQ_HEAD)
		return;
	out = wq_conn_out(c);
	if (!out || add(x, out, bytes) < 0)
		cut(c);
	else
		wq_conn_ready(c);
}

void wq_pieces_await(struct wq_exchange *x)
{
	x->awaits_room = true;
	wq_conn_ready(x->conn);
}

void wq_pieces_end(struct wq_exchange *x)
{
	struct wq_conn *c = x->conn;
	struct wq_buf *out = c->cut ? NULL : wq_conn_out(c);

	if (!out ||
	    (framed(x) && x->req.method != WQ_HEAD && wq_buf_add_text(out, "0\r\n\r\n") < 0))
		c->cut = true;
	wq_conn_answered(c, x->last);
	wq_exchange_drop(x);
}
