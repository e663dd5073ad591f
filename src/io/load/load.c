/* SPDX-License-Identifier: MIT */
/* load.c — where requests go to, the connections for them, and who waits for how long. */
#include "io/load/load.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/url.h"
#include "io/load/conn.h"
#include "io/loop/timer.h"

enum { HOST_MAX_BYTES = 256 };

struct wq_load {
	struct wq_load_place place;
	struct wq_load_opts o;
	struct wq_loop *loop;
	struct wq_resolver *resolver; /* NULL: it is gone */
	struct wq_resolve resolve;
	struct wq_post unresolved; /* the question could not be put */
	struct wq_buf prefix;      /* of each request, up to its own header lines */
	struct wq_list free, waiting; /* waiting: who is due first, first */
	struct wq_timer timer;
	unsigned to_open, opening; /* connections not yet begun; not yet told of */
	unsigned came;             /* of these, that came about */
	int rc;                    /* why the first of the others did not */
	char why[WQ_LOAD_WHY_BYTES];
	bool closing;
	char host[HOST_MAX_BYTES];
	struct wq_load_conn conns[];
};

struct wq_load_place *wq_load_place(struct wq_load *l)
{
	return &l->place;
}

const struct wq_load_counts *wq_load_counts(const struct wq_load *l)
{
	return &l->place.counts;
}

static void await(struct wq_load_conn *c)
{
	struct wq_load *l = c->load;

	c->due_us = wq_loop_now_us(l->loop) + l->o.timeout_ms * 1000;
	wq_list_remove(&c->link);
	wq_list_push(&l->waiting, &c->link);
	if (!wq_timer_active(&l->timer))
		wq_timer_start_at(&l->timer, c->due_us);
}

/* All wait equally long: the first in the list is the first that is due. */
static void on_timer(struct wq_timer *t)
{
	struct wq_load *l = WQ_OWNER(t, struct wq_load, timer);

	while (!wq_list_empty(&l->waiting)) {
		struct wq_load_conn *c = WQ_OWNER(l->waiting.next, struct wq_load_conn, link);

		if (c->due_us > wq_loop_now_us(l->loop)) {
			wq_timer_start_at(t, c->due_us);
			return;
		}
		if (c->stage == WQ_LOAD_IDLE) /* what could not begin is told in this turn */
			wq_list_remove(&c->link);
		else
			wq_load_conn_drop(c, WQ_ETIMEDOUT, "no answer in time");
	}
}

static void release(struct wq_load_conn *c)
{
	wq_list_remove(&c->link);
	if (c->load->closing)
		return;
	c->free = true;
	wq_list_push(&c->load->free, &c->link);
}

static void tell(struct wq_load_conn *c, int rc)
{
	struct wq_load *l = c->load;

	c->calling = false;
	c->call.status = rc == 0 ? c->answer.status : 0;
	c->call.body = wq_buf_str(&c->answer.body);
	c->call.why = rc == 0 ? "" : c->why;
	l->o.on_answer(l->o.ctx, &c->call, rc);
}

static void open_more(struct wq_load *l)
{
	while (l->to_open && l->opening - l->to_open < WQ_LOAD_OPENING_MAX) {
		struct wq_load_conn *c = &l->conns[l->o.connections - l->to_open--];

		c->opening = true;
		await(c);
		wq_load_conn_open(c);
	}
}

/* The first connecting of c is over, whichever way. */
static void opened(struct wq_load_conn *c)
{
	struct wq_load *l = c->load;

	c->opening = false;
	c->tried = 0;
	l->opening--;
	open_more(l);
	if (l->opening == 0)
		l->o.on_open(l->o.ctx, l->came ? 0 : l->rc, l->why);
}

void wq_load_conn_up(struct wq_load_conn *c)
{
	struct wq_load *l = c->load;

	c->tried = 0;
	if (c->calling)
		return;
	release(c);
	l->came++;
	if (c->opening)
		opened(c);
}

void wq_load_conn_answered(struct wq_load_conn *c)
{
	if (c->answer.keeps) {
		release(c);
	} else {
		c->calling = false; /* else its closing would tell of it */
		wq_load_conn_drop(c, 0, "");
	}
	tell(c, 0);
}

static bool all_idle(const struct wq_load *l)
{
	for (unsigned i = 0; i < l->o.connections; i++)
		if (l->conns[i].stage != WQ_LOAD_IDLE)
			return false;
	return true;
}

static void destroy(struct wq_load *l)
{
	for (unsigned i = 0; i < l->o.connections; i++)
		wq_load_conn_fini(&l->conns[i]);
	if (l->prefix.p)
		wq_wipe(l->prefix.p, l->prefix.cap); /* a token may be in it */
	wq_buf_fini(&l->prefix);
	wq_tls_context_destroy(l->place.tls);
	wq_free(l);
}

/* While closing: the last that was open ends it. */
static void end_if_idle(struct wq_load *l)
{
	void (*on_closed)(void *ctx) = l->o.on_closed;
	void *ctx = l->o.ctx;

	if (l->resolver || !all_idle(l))
		return;
	for (unsigned i = 0; i < l->o.connections; i++)
		if (l->conns[i].calling)
			tell(&l->conns[i], WQ_ECANCELED);
	destroy(l);
	on_closed(ctx);
}

/* Whether it can be tried at another address. */
static bool elsewhere(struct wq_load_conn *c)
{
	struct wq_load_place *p = &c->load->place;

	if (c->rc != WQ_ECONNECT || c->tried >= p->count || !(c->opening || c->calling))
		return false;
	if (p->good == c->address)
		p->good = (p->good + 1) % p->count;
	return true;
}

static void not_opened(struct wq_load_conn *c)
{
	struct wq_load *l = c->load;

	if (l->rc == 0) {
		l->rc = c->rc;
		(void)snprintf(l->why, sizeof(l->why), "%s", c->why);
	}
	release(c);
	opened(c);
}

void wq_load_conn_closed(struct wq_load_conn *c)
{
	struct wq_load *l = c->load;

	if (l->closing) {
		end_if_idle(l);
	} else if (elsewhere(c)) {
		await(c);
		wq_load_conn_open(c);
	} else if (c->opening) {
		not_opened(c);
	} else if (c->calling) {
		release(c);
		tell(c, c->rc);
	} else {
		release(c);
		if (l->o.on_free)
			l->o.on_free(l->o.ctx);
	}
}

static void not_resolved(struct wq_load *l, int rc)
{
	l->o.on_open(l->o.ctx, rc, rc == WQ_ERESOLVE ? "the name has no address" : wq_err_text(rc));
}

static void on_resolved(struct wq_resolve *q, int rc)
{
	struct wq_load *l = WQ_OWNER(q, struct wq_load, resolve);

	if (l->closing)
		return;
	if (rc < 0) {
		not_resolved(l, rc);
		return;
	}
	l->place.addresses = q->addresses;
	l->place.count = q->count;
	l->to_open = l->opening = l->o.connections;
	open_more(l);
}

static void on_unresolved(struct wq_post *p)
{
	struct wq_load *l = WQ_OWNER(p, struct wq_load, unresolved);

	not_resolved(l, l->rc);
}

static bool is_field_value(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

static int write_prefix(struct wq_load *l, const struct wq_load_opts *o, const struct wq_url *u)
{
	const char *open = u->ipv6 ? "[" : "", *shut = u->ipv6 ? "]" : "";
	char port[8] = "";
	int rc;

	if (u->port)
		(void)snprintf(port, sizeof(port), ":%u", u->port);
	rc = wq_buf_addf(&l->prefix, "%s %.*s%s%.*s HTTP/1.1\r\nHost: %s%.*s%s%s\r\n",
	                 o->method ? o->method : "POST",
	                 WQ_STR_ARG(u->path.n ? u->path : wq_str("/")), u->query.p ? "?" : "",
	                 WQ_STR_ARG(u->query), open, WQ_STR_ARG(u->host), shut, port);
	for (size_t i = 0; i < o->fields_n && rc == 0; i++)
		rc = wq_buf_addf(&l->prefix, "%s: %.*s\r\n", o->fields[i].name,
		                 WQ_STR_ARG(o->fields[i].value));
	return rc;
}

static int check(const struct wq_load_opts *o, struct wq_url *u, const char **why)
{
	if (!wq_url_parse(wq_str(o->url), u, why))
		return WQ_EINVAL;
	*why = NULL;
	if (!wq_str_is(u->scheme, "http") && !wq_str_is(u->scheme, "https"))
		*why = "it must begin with http:// or https://";
	else if (u->user.p || u->password.p)
		*why = "no user and no password may stand in it";
	else if (u->host.n >= HOST_MAX_BYTES)
		*why = "its host is too long";
	for (size_t i = 0; i < o->fields_n; i++)
		if (!is_field_value(o->fields[i].value))
			*why = "a header with a line break or another control character cannot be sent";
	return *why ? WQ_EINVAL : 0;
}

static int prepare(struct wq_load *l, const struct wq_load_opts *o, const struct wq_url *u)
{
	struct wq_tls_opts tls = { .ca_file = o->ca_file, .insecure = o->insecure };
	bool secure = wq_str_is(u->scheme, "https");
	int rc = 0;

	memcpy(l->host, u->host.p, u->host.n);
	l->place.host = l->host;
	l->place.port = u->port ? u->port : secure ? 443 : 80;
	if (secure)
		rc = wq_tls_context_create(&l->place.tls, &tls);
	if (rc == 0)
		rc = write_prefix(l, o, u);
	if (rc == 0)
		rc = wq_resolver_create(&l->resolver, l->loop, o->dns_servers);
	return rc;
}

static void init(struct wq_load *l, struct wq_loop *loop, const struct wq_load_opts *o)
{
	l->o = *o;
	l->loop = loop;
	l->place.loop = loop;
	l->place.uv = wq_loop_uv(loop);
	if (l->o.request_max_bytes == 0)
		l->o.request_max_bytes = WQ_LOAD_REQUEST_MAX_BYTES;
	l->o.method = l->o.url = l->o.ca_file = l->o.dns_servers = NULL;
	l->o.fields = NULL;
	wq_list_init(&l->free);
	wq_list_init(&l->waiting);
	wq_timer_init(&l->timer, loop, on_timer);
	wq_post_init(&l->unresolved, loop, on_unresolved);
	wq_buf_init(&l->prefix, l->o.request_max_bytes);
	for (unsigned i = 0; i < o->connections; i++)
		wq_load_conn_init(&l->conns[i], l, i, &l->o);
}

int wq_load_create(struct wq_load **out, struct wq_loop *loop, const struct wq_load_opts *o,
                   const char **why)
{
	struct wq_load *l;
	struct wq_url u;
	int rc = check(o, &u, why);

	WQ_REQUIRE(o->connections > 0 && o->connections <= WQ_LOAD_CONNECTIONS_MAX);
	if (rc < 0)
		return rc;
	l = wq_zalloc(sizeof(*l) + o->connections * sizeof(l->conns[0]));
	if (!l)
		return WQ_RAISE(WQ_ENOMEM);
	init(l, loop, o);
	rc = prepare(l, o, &u);
	if (rc < 0) {
		*why = rc == WQ_ETOOBIG ? "it is too long"
		       : rc == WQ_ETLS  ? "the file of its CA cannot be used"
		                        : wq_err_text(rc);
		destroy(l);
		return rc;
	}
	l->rc = wq_resolve_start(l->resolver, &l->resolve, wq_str(l->host), on_resolved);
	if (l->rc < 0)
		wq_post_send(&l->unresolved);
	*out = l;
	return 0;
}

struct wq_load_call *wq_load_next(struct wq_load *l)
{
	if (l->closing || wq_list_empty(&l->free))
		return NULL;
	return &WQ_OWNER(l->free.next, struct wq_load_conn, link)->call;
}

int wq_load_start(struct wq_load_call *call, struct wq_str head, struct wq_str body)
{
	struct wq_load_conn *c = WQ_OWNER(call, struct wq_load_conn, call);
	int rc;

	WQ_REQUIRE(c->free);
	wq_buf_clear(&c->out);
	rc = wq_buf_add_str(&c->out, wq_buf_str(&c->load->prefix));
	if (rc == 0)
		rc = wq_buf_add_str(&c->out, head);
	if (rc == 0)
		rc = wq_buf_addf(&c->out, "Content-Length: %zu\r\n\r\n", body.n);
	if (rc == 0)
		rc = wq_buf_add_str(&c->out, body);
	if (rc < 0)
		return rc;
	c->free = false;
	c->calling = true;
	c->tried = 0;
	await(c);
	wq_load_conn_send(c);
	if (c->stage == WQ_LOAD_IDLE)
		wq_load_conn_open(c);
	return 0;
}

static void on_resolver_closed(void *ctx)
{
	struct wq_load *l = ctx;

	l->resolver = NULL;
	end_if_idle(l);
}

void wq_load_close(struct wq_load *l)
{
	WQ_REQUIRE(!l->closing);
	l->closing = true;
	wq_timer_stop(&l->timer);
	wq_post_cancel(&l->unresolved);
	for (unsigned i = 0; i < l->o.connections; i++) {
		wq_post_cancel(&l->conns[i].failed);
		wq_load_conn_drop(&l->conns[i], WQ_ECANCELED, "");
	}
	wq_resolver_close(l->resolver, on_resolver_closed, l);
}
