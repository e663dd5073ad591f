/* SPDX-License-Identifier: MIT */
/* sse.c — events as lines; the stream ends with its connection, so that it needs no framing of its own. */
#include "io/server/sse.h"

#include "base/assert.h"
#include "base/err.h"
#include "io/server/conn.h"
#include "io/server/reply.h"
#include "io/server/stream.h"

/* Its peer gets what is in transit, if the kernel takes it at once; on_closed runs when the turn ends. */
static void cut(struct wq_conn *c)
{
	c->cut = true;
	wq_conn_ready(c);
}

int wq_sse_open(struct wq_exchange *x, void (*on_closed)(struct wq_exchange *x, void *ctx),
                void *ctx)
{
	int rc;

	if (!x->conn || x->gone) {
		wq_reply(x, 503, NULL, wq_strn(NULL, 0));
		return WQ_EAWAY;
	}
	wq_reply_header(x, "Cache-Control", wq_str("no-store"));
	wq_reply_header(x, "X-Accel-Buffering", wq_str("no"));
	rc = wq_reply_stream_head(x, "text/event-stream");
	if (rc < 0) {
		wq_reply_problem(x, 500, "out_of_memory", "The server is out of memory.");
		return rc;
	}
	x->streaming = x->handed = true;
	x->on_closed = on_closed;
	x->closed_ctx = ctx;
	if (x->req.method == WQ_HEAD || x->server->draining)
		cut(x->conn);
	else
		wq_conn_ready(x->conn);
	return 0;
}

static bool one_line(const char *text)
{
	return !text || !strpbrk(text, "\r\n");
}

/* Every line of the data by itself; \n, \r\n and \r end one. */
static int add_data(struct wq_buf *out, struct wq_str data)
{
	size_t i = 0;
	int rc;

	do {
		size_t from = i;

		while (i < data.n && data.p[i] != '\n' && data.p[i] != '\r')
			i++;
		rc = wq_buf_add_text(out, "data: ");
		if (rc == 0)
			rc = wq_buf_add(out, data.p + from, i - from);
		if (rc == 0)
			rc = wq_buf_add_char(out, '\n');
		if (rc == 0 && i == data.n)
			return 0;
		i += data.n - i > 1 && data.p[i] == '\r' && data.p[i + 1] == '\n' ? 2 : 1;
	} while (rc == 0);
	return rc;
}

static int add_event(struct wq_buf *out, const char *event, const char *id, struct wq_str data)
{
	int rc = 0;

	if (event)
		rc = wq_buf_addf(out, "event: %s\n", event);
	if (rc == 0 && id)
		rc = wq_buf_addf(out, "id: %s\n", id);
	if (rc == 0)
		rc = add_data(out, data);
	return rc == 0 ? wq_buf_add_char(out, '\n') : rc;
}

int wq_sse_send(struct wq_exchange *x, const char *event, const char *id, struct wq_str data)
{
	struct wq_conn *c = x->conn;
	struct wq_buf *out;
	size_t before;

	WQ_REQUIRE(x->streaming && one_line(event) && one_line(id));
	if (data.n > WQ_SSE_EVENT_MAX_BYTES)
		return WQ_ETOOBIG;
	out = c->cut ? NULL : wq_conn_out(c);
	if (!out || wq_conn_unsent(c) + data.n > WQ_SSE_UNSENT_MAX_BYTES) {
		cut(c);
		return WQ_EFULL;
	}
	before = out->n;
	if (add_event(out, event, id, data) < 0) {
		out->n = before;
		cut(c);
		return WQ_EFULL;
	}
	wq_metric_count(&c->server->counts.events, 1);
	wq_conn_ready(c);
	return 0;
}

void wq_sse_tick(struct wq_exchange *x)
{
	struct wq_buf *out = wq_conn_out(x->conn);

	if (out)
		(void)wq_buf_add_text(out, ":\n\n"); /* the next one comes in 15 s */
}

void wq_sse_close(struct wq_exchange *x)
{
	wq_conn_answered(x->conn, true);
	wq_exchange_drop(x);
}
