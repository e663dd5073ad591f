/* SPDX-License-Identifier: MIT */
/* intake.c — what each event of the parser leads to.
 *
 *   HEAD  find the route; none: 404, 405.  on_head may refuse.  100 Continue, if the peer waits for it
 *   BODY  on_body sees the piece; it is kept for the handler, within the bounds of request and server
 *   END   the handler's turn
 */
#include "io/server/intake.h"

#include "base/err.h"
#include "io/server/reply.h"

static void out_of_memory(struct wq_exchange *x)
{
	wq_reply_refuse(x, 503, "The server holds as many bytes of requests as it may.");
}

static void say_continue(struct wq_conn *c)
{
	struct wq_buf *out = wq_conn_out(c);

	if (out)
		(void)wq_buf_add_text(
			out, "HTTP/1.1 100 Continue\r\n\r\n"); /* peers go on without it, later */
	wq_conn_ready(c);
}

static void on_head(struct wq_conn *c, bool more_is_here)
{
	struct wq_exchange *x = c->x;
	const struct wq_route *route;
	size_t body_max;

	if (!wq_exchange_fill(x, &c->peer) || !wq_exchange_hold(x)) {
		out_of_memory(x);
		return;
	}
	wq_metric_count(&c->server->counts.methods[x->req.method], 1);
	route = x->match.route;
	if (!route) {
		wq_reply_unrouted(x);
		return;
	}
	body_max = route->body_max_bytes ? route->body_max_bytes : c->server->opts.body_max_bytes;
	x->body.max = body_max;
	if (!wq_parse_allow(&x->parse, body_max))
		return; /* the parser's next word is the refusal */
	if (route->on_head)
		route->on_head(x, route->ctx);
	if (c->x == x && x->parse.expects_continue && wq_parse_in_body(&x->parse) && !more_is_here)
		say_continue(c);
}

static void on_body(struct wq_conn *c, struct wq_str piece)
{
	struct wq_exchange *x = c->x;
	const struct wq_route *route = x->match.route;

	if (route->on_body)
		route->on_body(x, route->ctx, piece);
	if (c->x != x)
		return; /* refused */
	if (wq_buf_add_str(&x->body, piece) < 0 || !wq_exchange_hold(x))
		out_of_memory(x);
}

static void on_end(struct wq_conn *c)
{
	struct wq_exchange *x = c->x;
	const struct wq_route *route = x->match.route;

	x->req.body = wq_buf_str(&x->body);
	x->handed = true;
	route->handle(x, route->ctx);
}

static bool begin(struct wq_conn *c)
{
	c->x = wq_exchange_take(c->server, c);
	if (!c->x) {
		wq_conn_close(c);
		return false;
	}
	c->phase = WQ_PHASE_NONE; /* the turn's end starts the deadline that fits by then */
	return true;
}

bool wq_intake_step(struct wq_conn *c, struct wq_str *in)
{
	struct wq_str piece;

	if (!c->x && (in->n == 0 || !begin(c)))
		return false;
	switch (wq_parse_feed(&c->x->parse, in, &piece)) {
	case WQ_PARSE_HEAD:
		on_head(c, in->n > 0);
		return true;
	case WQ_PARSE_BODY:
		on_body(c, piece);
		return true;
	case WQ_PARSE_END:
		on_end(c);
		return true;
	case WQ_PARSE_REFUSED:
		wq_reply_refuse(c->x, c->x->parse.status, c->x->parse.why);
		return true;
	default:
		if (!wq_exchange_hold(c->x))
			out_of_memory(c->x);
		return false;
	}
}
