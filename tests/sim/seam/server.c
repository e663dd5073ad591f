/* SPDX-License-Identifier: MIT */
/* server.c — in the place of io/server: routes by their literal pattern, and exchanges without a connection. */
#include "io/server/server.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "io/server/exchange.h"
#include "sim/hook.h"

enum { ROUTES_MAX = 16, HEADERS_MAX = 8, EXCHANGE_BYTES = 1 << 20 };

struct wq_server {
	struct wq_route routes[ROUTES_MAX];
	size_t routes_n;
};

struct wq_exchange {
	struct wq_request request;
	struct wq_str path, signature, body; /* of its arena */
	struct wq_arena arena;
	const struct wq_route *route;
	void *data;
	void (*done)(void *ctx, int status);
	void *ctx;
	bool answered;
	bool inside; /* a handler of it runs */
};

struct wq_server *sim_server_create(void)
{
	return wq_zalloc(sizeof(struct wq_server));
}

int wq_server_route(struct wq_server *s, const struct wq_route *r)
{
	WQ_REQUIRE(s->routes_n < ROUTES_MAX);
	s->routes[s->routes_n++] = *r;
	return 0;
}

static struct wq_str keep(struct wq_exchange *x, struct wq_str s)
{
	return wq_strn(wq_arena_copy(&x->arena, s), s.n);
}

static void forget(struct wq_exchange *x)
{
	if (!x->answered || x->inside)
		return;
	wq_arena_fini(&x->arena);
	wq_free(x);
}

static const struct wq_route *find(const struct wq_server *s, const char *path)
{
	for (size_t i = 0; i < s->routes_n; i++)
		if (s->routes[i].method == WQ_POST && strcmp(s->routes[i].pattern, path) == 0)
			return &s->routes[i];
	return NULL;
}

void sim_server_give(struct wq_server *s, const char *path, struct wq_str signature,
                     struct wq_str body, void (*done)(void *ctx, int status), void *ctx)
{
	struct wq_exchange *x = wq_zalloc(sizeof(*x));

	wq_arena_init(&x->arena, EXCHANGE_BYTES);
	x->route = find(s, path);
	WQ_REQUIRE(x->route);
	x->signature = keep(x, signature);
	x->body = keep(x, body);
	x->request = (struct wq_request){ .method = WQ_POST,
		                          .path = keep(x, wq_str(path)),
		                          .body = x->body,
		                          .peer = wq_str("203.0.113.9:4711") };
	x->done = done;
	x->ctx = ctx;
	x->inside = true;
	x->route->on_head(x, x->route->ctx);
	if (!x->answered)
		x->route->on_body(x, x->route->ctx, x->body);
	if (!x->answered)
		x->route->handle(x, x->route->ctx);
	x->inside = false;
	forget(x);
}

const struct wq_request *wq_exchange_request(const struct wq_exchange *x)
{
	return &x->request;
}

bool wq_exchange_header_at(const struct wq_exchange *x, size_t i, struct wq_str *name,
                           struct wq_str *value)
{
	static const char *const names[] = { "X-Hub-Signature-256", "Content-Type" };

	if (i >= WQ_COUNT(names))
		return false;
	*name = wq_str(names[i]);
	*value = i == 0 ? x->signature : wq_str("application/json");
	return true;
}

struct wq_str wq_exchange_header(const struct wq_exchange *x, const char *name)
{
	struct wq_str each, value;

	for (size_t i = 0; wq_exchange_header_at(x, i, &each, &value); i++)
		if (wq_str_is_nocase(each, name))
			return value;
	return wq_strn(NULL, 0);
}

struct wq_str wq_exchange_param(const struct wq_exchange *x, const char *name)
{
	(void)x;
	(void)name;
	return wq_strn(NULL, 0);
}

struct wq_str wq_exchange_query(struct wq_exchange *x, const char *name)
{
	return wq_exchange_param(x, name);
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

void wq_exchange_on_gone(struct wq_exchange *x, void (*cb)(struct wq_exchange *x))
{
	(void)x; /* whoever posts waits for the answer */
	(void)cb;
}

void wq_reply_header(struct wq_exchange *x, const char *name, struct wq_str value)
{
	(void)x;
	(void)name;
	(void)value;
}

void wq_reply(struct wq_exchange *x, int status, const char *content_type, struct wq_str body)
{
	(void)content_type;
	(void)body;
	WQ_REQUIRE(!x->answered);
	x->answered = true;
	x->done(x->ctx, status);
	forget(x);
}

void wq_reply_problem(struct wq_exchange *x, int status, const char *code, const char *detail, ...)
{
	(void)detail;
	wq_reply(x, status, code, wq_str(""));
}
