/* SPDX-License-Identifier: MIT */
/* reply.c — status, headers and body into the bytes that go out.
 *
 * An answer is laid into the connection's buffer in one reservation.  When memory is short the connection is cut: a
 * peer that gets nothing tries again, one that gets half an answer may believe it.
 */
#include "io/server/reply.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/http_status.h"
#include "base/json.h"
#include "io/server/conn.h"

enum { FIXED_HEAD_BYTES = 512, DETAIL_MAX_BYTES = 512, PROBLEM_MAX_BYTES = 4096 };

const char *wq_status_text(int status)
{
	const char *text = wq_http_status_text(status);

	return text ? text : "Unknown";
}

/* What an answer is made of. */
struct answer {
	int status;
	const char *content_type; /* NULL: none */
	struct wq_str extra;      /* whole header lines */
	struct wq_str body;
	bool sized;   /* it has a Content-Length */
	bool chunked; /* it comes in chunks */
	bool last;
};

static void put(struct wq_buf *out, struct wq_str s)
{
	if (s.n > 0)
		memcpy(out->p + out->n, s.p, s.n);
	out->n += s.n;
}

static void put_text(struct wq_buf *out, const char *text)
{
	put(out, wq_str(text));
}

static void put_number(struct wq_buf *out, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	put(out, wq_strn(digits + at, sizeof(digits) - at));
}

static void put_status(struct wq_buf *out, int status)
{
	if (status == 200) {
		put_text(out, "HTTP/1.1 200 OK\r\n");
		return;
	}
	put_text(out, "HTTP/1.1 ");
	put_number(out, (uint64_t)status);
	put_text(out, " ");
	put_text(out, wq_status_text(status));
	put_text(out, "\r\n");
}

/* Date and Server, made once a second. */
static struct wq_str stamp(struct wq_server *s)
{
	int64_t second = wq_loop_wall_ms(s->loop) / 1000;
	const char *name = s->opts.server_name;
	time_t at = (time_t)second;
	struct tm tm;

	if (second == s->stamp_second)
		return wq_strn(s->stamp, s->stamp_n);
	gmtime_r(&at, &tm);
	s->stamp_second = second;
	s->stamp_n = strftime(s->stamp, sizeof(s->stamp), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
	                      &tm);
	if (name)
		s->stamp_n += (size_t)snprintf(s->stamp + s->stamp_n, sizeof(s->stamp) - s->stamp_n,
		                               "Server: %s\r\n", name);
	return wq_strn(s->stamp, s->stamp_n);
}

static void put_head(struct wq_exchange *x, const struct answer *a, struct wq_buf *out)
{
	put_status(out, a->status);
	put(out, stamp(x->server));
	put_text(out, "X-Request-Id: ");
	put(out, x->req.id);
	if (a->content_type) {
		put_text(out, "\r\nContent-Type: ");
		put_text(out, a->content_type);
		/* Texts of others are in it: no browser may take it for a page. */
		put_text(out, "\r\nX-Content-Type-Options: nosniff");
	}
	if (a->sized) {
		put_text(out, "\r\nContent-Length: ");
		put_number(out, a->body.n);
	}
	if (a->chunked)
		put_text(out, "\r\nTransfer-Encoding: chunked");
	if (a->last)
		put_text(out, "\r\nConnection: close");
	else if (x->parse.http10)
		put_text(out, "\r\nConnection: keep-alive");
	put_text(out, "\r\n");
	put(out, a->extra);
	put_text(out, "\r\n");
}

static void count(struct wq_exchange *x, int status)
{
	struct wq_server *s = x->server;

	wq_metric_count(&s->counts.answers[status / 100 - 2], 1);
	wq_metric_observe_us(&s->counts.seconds, wq_loop_now_us(s->loop) - x->started_us);
}

/* 0, or a failure after which nothing was written. */
static int write_answer(struct wq_exchange *x, const struct answer *a)
{
	struct wq_buf *out = wq_conn_out(x->conn);
	size_t body = x->req.method == WQ_HEAD ? 0 : a->body.n;
	size_t type = a->content_type ? strlen(a->content_type) : 0;
	int rc;

	if (!out)
		return WQ_ENOMEM;
	rc = wq_buf_reserve(out, FIXED_HEAD_BYTES + x->req.id.n + type + a->extra.n + body);
	if (rc < 0)
		return rc;
	put_head(x, a, out);
	put(out, wq_strn(a->body.p, body));
	count(x, a->status);
	return 0;
}

/* Whether the connection ends with this answer. */
static bool is_last(const struct wq_exchange *x)
{
	return !x->parse.keep_alive || wq_parse_in_body(&x->parse) || x->server->draining;
}

void wq_reply_header(struct wq_exchange *x, const char *name, struct wq_str value)
{
	size_t n = strlen(name);

	WQ_REQUIRE(!strpbrk(name, "\r\n:") && n > 0);
	for (size_t i = 0; i < value.n; i++)
		WQ_REQUIRE(value.p[i] != '\r' && value.p[i] != '\n' && value.p[i] != '\0');
	if (wq_buf_reserve(&x->extra, n + value.n + 4) < 0) {
		x->crippled = true;
		return;
	}
	put_text(&x->extra, name);
	put_text(&x->extra, ": ");
	put(&x->extra, value);
	put_text(&x->extra, "\r\n");
}

static void cut(struct wq_conn *c)
{
	c->cut = true;
	wq_conn_answered(c, true);
}

void wq_reply(struct wq_exchange *x, int status, const char *content_type, struct wq_str body)
{
	struct answer a = { .status = status, .content_type = content_type, .body = body };
	struct wq_conn *c = x->conn;

	WQ_REQUIRE(status >= 200 && status <= 599);
	if (c) {
		a.sized = status != 204 && status != 304;
		a.last = is_last(x);
		a.extra = wq_buf_str(&x->extra);
		if (!a.sized)
			a.body.n = 0;
		if (x->crippled || write_answer(x, &a) < 0)
			cut(c);
		else
			wq_conn_answered(c, a.last || x->breaks);
	}
	wq_exchange_drop(x);
}

void wq_exchange_break_after(struct wq_exchange *x)
{
	x->breaks = true;
}

void wq_reply_close(struct wq_exchange *x)
{
	if (x->conn)
		cut(x->conn);
	wq_exchange_drop(x);
}

void wq_reply_reset(struct wq_exchange *x)
{
	const struct linger hard = { .l_onoff = 1 }; /* close() then sends a RST */

	if (x->conn)
		setsockopt(x->conn->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	wq_reply_close(x);
}

void wq_reply_json(struct wq_exchange *x, int status, struct wq_str json)
{
	wq_reply(x, status, "application/json", json);
}

static int write_problem(struct wq_buf *out, const struct wq_problem *p)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "type", "about:blank");
	wq_jsonw_put_text(&w, "title", wq_status_text(p->status));
	wq_jsonw_put_int(&w, "status", p->status);
	if (p->detail)
		wq_jsonw_put_text(&w, "detail", p->detail);
	wq_jsonw_put_text(&w, "code", p->code);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

/* Body, status and content type of a refusal.  A body that finds no memory stays away: the status says the most of
 * it. */
static void make_problem(const struct wq_exchange *x, const struct wq_problem *p,
                         struct wq_buf *body, struct answer *a)
{
	const struct wq_route *route = x->match.route;

	a->status = p->status;
	a->content_type = "application/problem+json";
	if (route && route->tell) {
		a->status = route->tell(x, p, body);
		a->content_type = "application/json";
	} else if (write_problem(body, p) < 0) {
		wq_buf_clear(body);
	}
	a->body = wq_buf_str(body);
}

static void tell_refused(struct wq_exchange *x, int status, const char *code)
{
	const struct wq_route *route = x->match.route;

	if (route && route->refused)
		route->refused(x, route->ctx, status, code);
}

void wq_reply_problem(struct wq_exchange *x, int status, const char *code, const char *detail, ...)
{
	char text[DETAIL_MAX_BYTES] = "";
	struct answer a = { .status = 0 };
	struct wq_buf body;
	va_list ap;

	wq_buf_init(&body, PROBLEM_MAX_BYTES);
	va_start(ap, detail);
	if (detail)
		vsnprintf(text, sizeof(text), detail, ap);
	va_end(ap);
	make_problem(x, &(struct wq_problem){ status, code, detail ? text : NULL }, &body, &a);
	tell_refused(x, status, code);
	wq_reply(x, a.status, a.content_type, a.body);
	wq_buf_fini(&body);
}

static const char *code_of(int status)
{
	switch (status) {
	case 408:
		return "request_timeout";
	case 413:
		return "body_too_large";
	case 414:
		return "target_too_long";
	case 417:
		return "expectation_failed";
	case 431:
		return "head_too_large";
	case 501:
		return "method_unknown";
	case 503:
		return "overloaded";
	case 505:
		return "version_unknown";
	default:
		return "bad_request";
	}
}

void wq_reply_refuse(struct wq_exchange *x, int status, const char *detail)
{
	bool late = x->handed;
	const char *code = late ? "handler_timeout" : code_of(status);
	struct wq_conn *c = x->conn;
	struct wq_buf body;
	struct answer a = { .sized = true, .last = true };

	wq_buf_init(&body, PROBLEM_MAX_BYTES);
	make_problem(x, &(struct wq_problem){ status, code, detail }, &body, &a);
	tell_refused(x, status, code);
	if (status == 503)
		a.extra = wq_str("Retry-After: 1\r\n");
	wq_metric_count(
		&c->server->counts.refusals[late ? WQ_REFUSED_HANDLER : wq_refusal_of(status)], 1);
	if (write_answer(x, &a) < 0)
		cut(c);
	else
		wq_conn_answered(c, true);
	wq_buf_fini(&body);
	wq_exchange_orphan(x);
}

static void allow_header(struct wq_exchange *x, uint32_t allowed)
{
	char text[64];
	size_t n = 0;

	if (allowed & WQ_BIT(WQ_GET))
		allowed |= WQ_BIT(WQ_HEAD);
	allowed |= WQ_BIT(WQ_OPTIONS);
	for (int m = 0; m < WQ_METHODS; m++)
		if (allowed & WQ_BIT(m))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? ", " : "",
			                      wq_method_name(m));
	wq_reply_header(x, "Allow", wq_strn(text, n));
}

void wq_reply_unrouted(struct wq_exchange *x)
{
	bool any = wq_str_is(x->req.path, "*");
	uint32_t allowed = any ? WQ_BIT(WQ_METHODS) - 1 : x->match.allowed;

	if (allowed == 0) {
		wq_reply_problem(x, 404, "not_found", "There is nothing at this path.");
		return;
	}
	allow_header(x, allowed);
	if (x->req.method == WQ_OPTIONS)
		wq_reply(x, 204, NULL, wq_strn(NULL, 0));
	else
		wq_reply_problem(x, 405, "method_not_allowed", "This path does not know %s.",
		                 wq_method_name(x->req.method));
}

static int write_open_head(struct wq_exchange *x, struct answer *a)
{
	if (x->crippled)
		return WQ_ENOMEM;
	a->status = 200;
	a->extra = wq_buf_str(&x->extra);
	return write_answer(x, a);
}

int wq_reply_stream_head(struct wq_exchange *x, const char *content_type)
{
	struct answer a = { .content_type = content_type, .last = true };

	return write_open_head(x, &a);
}

int wq_reply_pieces_head(struct wq_exchange *x, const char *content_type)
{
	struct answer a = { .content_type = content_type,
		            .chunked = !x->parse.http10,
		            .last = is_last(x) || x->parse.http10 };

	x->last = a.last;
	return write_open_head(x, &a);
}
