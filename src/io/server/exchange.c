/* SPDX-License-Identifier: MIT */
/* exchange.c — from spare to spare: the request's slices, its route, its handler's memory. */
#include "base/alloc.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/url.h"
#include "io/server/conn.h"
#include "io/server/grammar.h"

enum { BODY_KEPT_MAX_BYTES = 4096, REQUEST_ID_MAX_BYTES = 64 };

static struct wq_exchange *make(struct wq_server *s)
{
	struct wq_exchange *x = wq_zalloc(sizeof(*x));

	if (!x) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	wq_list_init(&x->link);
	wq_parse_init(&x->parse, s->opts.head_max_bytes, s->opts.body_max_bytes);
	wq_buf_init(&x->body, 1);
	wq_buf_init(&x->extra, WQ_SERVER_REPLY_HEADERS_MAX_BYTES);
	wq_arena_init(&x->arena, WQ_SERVER_ARENA_MAX_BYTES);
	return x;
}

static void destroy(struct wq_exchange *x)
{
	wq_parse_fini(&x->parse);
	wq_buf_fini(&x->body);
	wq_buf_fini(&x->extra);
	wq_arena_fini(&x->arena);
	wq_free(x);
}

static void make_id(struct wq_exchange *x)
{
	uint64_t bits = wq_rng_next(&x->server->ids);

	wq_hex_encode(&bits, sizeof(bits), x->id);
	x->req.id = wq_strn(x->id, sizeof(x->id));
}

struct wq_exchange *wq_exchange_take(struct wq_server *s, struct wq_conn *c)
{
	struct wq_list *spare = wq_list_pop(&s->spare_exchanges);
	struct wq_exchange *x = spare ? WQ_OWNER(spare, struct wq_exchange, link) : make(s);

	if (!x)
		return NULL;
	s->spare_exchanges_n -= spare != NULL;
	x->server = s;
	x->conn = c;
	x->parse.body_max = s->opts.body_max_bytes;
	x->req = (struct wq_request){ .method = WQ_GET };
	x->match.route = NULL;
	x->started_us = wq_loop_now_us(s->loop);
	x->data = x->closed_ctx = NULL;
	x->caller = NULL;
	x->on_gone = NULL;
	x->on_closed = NULL;
	x->pieces = NULL;
	x->handed = x->streaming = x->awaits_room = x->last = x->gone = x->crippled = false;
	x->breaks = false;
	make_id(x);
	return x;
}

static void keep_small(struct wq_buf *b)
{
	if (b->cap > BODY_KEPT_MAX_BYTES)
		wq_buf_fini(b);
	wq_buf_clear(b);
}

void wq_exchange_drop(struct wq_exchange *x)
{
	struct wq_server *s = x->server;

	wq_list_remove(&x->link);
	if (s)
		s->held -= x->held;
	x->held = 0;
	if (!s || s->spare_exchanges_n >= WQ_SERVER_SPARE_EXCHANGES) {
		destroy(x);
		return;
	}
	wq_parse_reset(&x->parse);
	keep_small(&x->body);
	keep_small(&x->extra);
	wq_arena_reset(&x->arena);
	wq_list_push_front(&s->spare_exchanges, &x->link);
	s->spare_exchanges_n++;
}

void wq_exchange_orphan(struct wq_exchange *x)
{
	bool told = x->gone;

	x->conn = NULL;
	x->gone = true;
	if (x->streaming) {
		x->on_closed(x, x->closed_ctx);
		wq_exchange_drop(x);
		return;
	}
	if (!x->handed) { /* no handler has seen it: nobody will answer */
		if (!told && x->on_gone)
			x->on_gone(x);
		wq_exchange_drop(x);
		return;
	}
	wq_list_push(&x->server->orphans, &x->link);
	if (!told && x->on_gone)
		x->on_gone(x); /* may answer, and so end it: the last use */
}

bool wq_exchange_hold(struct wq_exchange *x)
{
	struct wq_server *s = x->server;
	size_t held = x->parse.head.n + x->body.n;

	s->held += held - x->held;
	x->held = held;
	return s->held <= s->opts.memory_max_bytes;
}

static void fill_id(struct wq_exchange *x)
{
	struct wq_str given = wq_exchange_header(x, "X-Request-Id");

	if (given.n > 0 && given.n <= REQUEST_ID_MAX_BYTES && wq_all_of(given, WQ_BYTE_ID))
		x->req.id = given;
}

/* The parameters as their route's handler sees them. */
static bool unescape_params(struct wq_exchange *x)
{
	for (unsigned i = 0; i < x->match.params_n; i++) {
		struct wq_str *value = &x->match.params[i];
		char *plain;

		if (wq_str_find(*value, '%') == value->n)
			continue;
		plain = wq_arena_alloc(&x->arena, value->n);
		if (!plain)
			return false;
		*value = wq_strn(plain, (size_t)wq_unescape(*value, false, plain));
	}
	return true;
}

bool wq_exchange_fill(struct wq_exchange *x, const struct wq_peer *peer)
{
	struct wq_str target = x->parse.target;
	size_t mark = wq_str_find(target, '?');

	x->req.method = x->parse.method;
	x->req.path = wq_strn(target.p, mark);
	if (mark < target.n)
		x->req.query = wq_strn(target.p + mark + 1, target.n - mark - 1);
	x->req.peer = wq_peer_text(peer, x->peer);
	fill_id(x);
	wq_router_find(&x->server->router, x->req.method, x->req.path, &x->match);
	return !x->match.route || unescape_params(x);
}

const struct wq_request *wq_exchange_request(const struct wq_exchange *x)
{
	return &x->req;
}

struct wq_str wq_exchange_header(const struct wq_exchange *x, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < x->parse.fields_n; i++)
		if (x->parse.fields[i].name_n == n &&
		    wq_str_is_nocase(wq_parse_name(&x->parse, i), name))
			return wq_parse_value(&x->parse, i);
	return wq_strn(NULL, 0);
}

bool wq_exchange_header_at(const struct wq_exchange *x, size_t i, struct wq_str *name,
                           struct wq_str *value)
{
	if (i >= x->parse.fields_n)
		return false;
	*name = wq_parse_name(&x->parse, (unsigned)i);
	*value = wq_parse_value(&x->parse, (unsigned)i);
	return true;
}

struct wq_str wq_exchange_param(const struct wq_exchange *x, const char *name)
{
	int i = x->match.route ? wq_router_param(x->match.route, name) : -1;

	return i < 0 ? wq_strn(NULL, 0) : x->match.params[i];
}

struct wq_str wq_exchange_query(struct wq_exchange *x, const char *name)
{
	struct wq_str raw = wq_url_query_get(x->req.query, name);
	char *plain = raw.p ? wq_arena_alloc(&x->arena, raw.n + 1) : NULL;
	long n = plain ? wq_unescape(raw, true, plain) : -1;

	return n < 0 ? wq_strn(NULL, 0) : wq_strn(plain, (size_t)n);
}

struct wq_arena *wq_exchange_arena(struct wq_exchange *x)
{
	return &x->arena;
}

void wq_exchange_set_data(struct wq_exchange *x, void *data)
{
	x->data = data;
}

void *wq_exchange_data(const struct wq_exchange *x)
{
	return x->data;
}

void wq_exchange_set_caller(struct wq_exchange *x, const void *caller)
{
	x->caller = caller;
}

const void *wq_exchange_caller(const struct wq_exchange *x)
{
	return x->caller;
}

const struct wq_route *wq_exchange_route(const struct wq_exchange *x)
{
	return x->match.route;
}

void wq_exchange_on_gone(struct wq_exchange *x, void (*cb)(struct wq_exchange *x))
{
	x->on_gone = cb;
}

bool wq_exchange_gone(const struct wq_exchange *x)
{
	return x->gone;
}
