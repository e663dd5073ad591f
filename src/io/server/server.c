/* SPDX-License-Identifier: MIT */
/* server.c — options, the server's life, and its drain.
 *
 *   create ─► route … ─► listen … ─► drain ─► (every connection gone) ─► on_drained ─► destroy
 */
#include "io/server/server.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/server/conn.h"
#include "io/server/core.h"
#include "io/server/listener.h"

enum { SERVER_NAME_MAX_BYTES = 64 };

void wq_server_opts_init(struct wq_server_opts *o)
{
	*o = (struct wq_server_opts){
		.connections_max = 10000,
		.backlog = 1024,
		.head_max_bytes = 32768,
		.body_max_bytes = 1048576,
		.memory_max_bytes = 134217728,
		.head_timeout_ms = 10000,
		.body_timeout_ms = 30000,
		.handler_timeout_ms = 30000,
		.write_timeout_ms = 30000,
		.idle_timeout_ms = 75000,
		.server_name = "willaq",
	};
}

static void on_turn_end(struct wq_post *p)
{
	struct wq_server *s = WQ_OWNER(p, struct wq_server, turn_end);
	struct wq_list batch, *l;

	wq_list_init(&batch);
	wq_list_move(&batch, &s->ready);
	while ((l = wq_list_pop(&batch)))
		wq_conn_turn_end(WQ_OWNER(l, struct wq_conn, ready));
}

static void on_accept_retry(struct wq_timer *t)
{
	struct wq_server *s = WQ_OWNER(t, struct wq_server, accept_retry);

	for (unsigned i = 0; i < s->listeners_n; i++)
		wq_listener_resume(s->listeners[i]);
}

void wq_server_one_less(struct wq_server *s)
{
	if (s->draining && s->conns_n == 0 && s->closing_n == 0)
		wq_post_send(&s->drained);
	else if (s->conns_n < s->opts.connections_max && !wq_timer_active(&s->accept_retry))
		on_accept_retry(&s->accept_retry);
}

static void on_drained(struct wq_post *p)
{
	struct wq_server *s = WQ_OWNER(p, struct wq_server, drained);

	wq_timer_stop(&s->drain_timer);
	s->on_drained(s->drained_ctx); /* may destroy s: the last use */
}

static void on_drain_timeout(struct wq_timer *t)
{
	struct wq_server *s = WQ_OWNER(t, struct wq_server, drain_timer);

	while (!wq_list_empty(&s->conns))
		wq_conn_close(WQ_OWNER(s->conns.next, struct wq_conn, link));
}

void wq_server_drain(struct wq_server *s, uint32_t timeout_ms, void (*cb)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!s->draining);
	s->on_drained = cb;
	s->drained_ctx = ctx;
	for (unsigned i = 0; i < s->listeners_n; i++)
		wq_listener_close(s->listeners[i]);
	s->listeners_n = 0;
	wq_timer_stop(&s->accept_retry);
	s->draining = true;
	for (struct wq_list *l = s->conns.next; l != &s->conns; l = l->next) {
		struct wq_conn *c = WQ_OWNER(l, struct wq_conn, link);

		c->cut = c->cut || (c->x && c->x->streaming && !c->x->pieces);
		wq_conn_ready(c);
	}
	wq_timer_start(&s->drain_timer, timeout_ms);
	wq_server_one_less(s);
}

static void free_spares(struct wq_server *s)
{
	struct wq_list *l;

	for (l = s->orphans.next; l != &s->orphans; l = l->next) {
		struct wq_exchange *x = WQ_OWNER(l, struct wq_exchange, link);

		x->server = NULL;
		x->match.route = NULL;
	}
	while (wq_list_pop(&s->orphans))
		;                                         /* each is freed by its answer */
	s->spare_exchanges_n = WQ_SERVER_SPARE_EXCHANGES; /* full: what is dropped now is freed */
	while ((l = wq_list_pop(&s->spare_exchanges)))
		wq_exchange_drop(WQ_OWNER(l, struct wq_exchange, link));
	while ((l = wq_list_pop(&s->spare_transits)))
		wq_transit_free(WQ_OWNER(l, struct wq_transit, link));
}

int wq_server_create(struct wq_server **out, struct wq_loop *l, const struct wq_server_opts *o)
{
	struct wq_server *s = wq_zalloc(sizeof(*s));
	uint64_t seed;
	int rc;

	WQ_REQUIRE(o->connections_max > 0 && o->head_max_bytes > 0 && o->body_max_bytes > 0);
	WQ_REQUIRE(!o->server_name || strlen(o->server_name) <= SERVER_NAME_MAX_BYTES);
	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	s->loop = l;
	s->opts = *o;
	s->stamp_second = -1;
	wq_list_init(&s->conns);
	wq_list_init(&s->ready);
	wq_list_init(&s->spare_exchanges);
	wq_list_init(&s->spare_transits);
	wq_list_init(&s->orphans);
	wq_post_init(&s->turn_end, l, on_turn_end);
	wq_post_init(&s->drained, l, on_drained);
	wq_timer_init(&s->accept_retry, l, on_accept_retry);
	wq_timer_init(&s->drain_timer, l, on_drain_timeout);
	wq_counts_init(&s->counts, s);
	rc = wq_random_bytes(&seed, sizeof(seed));
	if (rc < 0)
		goto free_server;
	wq_rng_init(&s->ids, seed);
	rc = wq_router_init(&s->router);
	if (rc < 0)
		goto free_server;
	s->read_bytes = wq_alloc(WQ_SERVER_READ_BYTES);
	if (!s->read_bytes) {
		rc = WQ_RAISE(WQ_ENOMEM);
		goto fini_router;
	}
	*out = s;
	return 0;

fini_router:
	wq_router_fini(&s->router);
free_server:
	wq_free(s);
	return rc;
}

void wq_server_destroy(struct wq_server *s)
{
	if (!s)
		return;
	WQ_REQUIRE(s->conns_n == 0 && s->closing_n == 0 && s->listeners_n == 0);
	wq_timer_stop(&s->accept_retry);
	wq_timer_stop(&s->drain_timer);
	wq_post_cancel(&s->turn_end);
	wq_post_cancel(&s->drained);
	free_spares(s);
	wq_router_fini(&s->router);
	wq_free(s->read_bytes);
	wq_free(s);
}

int wq_server_route(struct wq_server *s, const struct wq_route *r)
{
	WQ_REQUIRE(s->listeners_n == 0 && !s->draining);
	return wq_router_add(&s->router, r);
}

const struct wq_route *wq_server_route_at(const struct wq_server *s, size_t i)
{
	return wq_router_at(&s->router, i);
}

int wq_server_listen(struct wq_server *s, const char *address, bool reuse_port, struct wq_buf *url)
{
	int rc;

	WQ_REQUIRE(!s->draining);
	if (s->listeners_n == WQ_SERVER_LISTENERS_MAX)
		return WQ_EFULL;
	rc = wq_listener_open(&s->listeners[s->listeners_n], s, wq_str(address), reuse_port, url);
	if (rc == 0)
		s->listeners_n++;
	return rc;
}

uint32_t wq_server_connections(const struct wq_server *s)
{
	return s->conns_n;
}

void wq_server_add_metrics(struct wq_server *s, struct wq_metrics *m)
{
	wq_counts_add(&s->counts, m);
}
