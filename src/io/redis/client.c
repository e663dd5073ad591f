/* SPDX-License-Identifier: MIT */
/* client.c — the life of a client's connection.
 *
 *   resting ──► resolving ──► opening ──► greeting ──► ready ──► draining
 *      ▲            │            │ next address │         │          │
 *      └────────────┴────────────┴──────────────┴─────────┴──────────┘  wq_redis_lost
 *
 * Greeting sends AUTH, SELECT, CLIENT SETNAME and PING in one write; the first that is refused ends it.  A refused
 * login is tried again at the slowest pace.  Every state but ready has a deadline, so a silent peer is left behind.
 */
#include "io/redis/client.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"

enum { AUTH, SELECT, SETNAME, PING };

static void open_next(struct wq_redis *r, int rc, const char *why);

static void explain(struct wq_redis *r, const char *what, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s: %s%s", r->where, what, why);
}

static uint64_t away_ms(const struct wq_redis *r)
{
	return (wq_loop_now_us(r->loop) - r->away_us) / 1000;
}

static void on_away(struct wq_timer *t)
{
	struct wq_redis *r = WQ_OWNER(t, struct wq_redis, away);

	wq_warn("redis_away", WQ_S("url", r->where), WQ_S("role", r->o.role),
	        WQ_S("client", r->name), WQ_S("why", r->why), WQ_U("for_ms", away_ms(r)));
	wq_timer_start(&r->away, WQ_REDIS_AWAY_LOG_MS);
}

/* Half of a growing bound, and a random part of the other half: those who lost one server do not come back as one. */
static uint64_t rest_ms(struct wq_redis *r)
{
	uint64_t bound = r->o.backoff_max_ms;

	if (!r->slowly && r->fails < 32 && ((uint64_t)r->o.backoff_min_ms << r->fails) < bound)
		bound = (uint64_t)r->o.backoff_min_ms << r->fails;
	r->slowly = false;
	r->fails++;
	return bound / 2 + wq_rng_below(&r->rng, bound - bound / 2 + 1);
}

static void tell_lost(struct wq_redis *r, bool was_ready)
{
	if (was_ready) {
		wq_warn("redis_lost", WQ_S("url", r->where), WQ_S("role", r->o.role),
		        WQ_S("client", r->name), WQ_S("why", r->why));
		r->away_us = wq_loop_now_us(r->loop);
		wq_timer_start(&r->away, WQ_REDIS_AWAY_LOG_MS);
		if (r->o.on_state)
			r->o.on_state(r->o.ctx, false, r->why);
	} else if (!wq_timer_active(&r->away)) {
		on_away(&r->away); /* the first try of all failed */
	}
}

void wq_redis_lost(struct wq_redis *r, int rc, const char *why)
{
	struct wq_redis_conn *gone = r->conn;
	bool was_ready = r->state == WQ_REDIS_READY;

	if (r->state != WQ_REDIS_DRAINING)
		explain(r, was_ready ? "connection lost: " : "", why);
	if (r->ready_us &&
	    wq_loop_now_us(r->loop) - r->ready_us > (uint64_t)r->o.backoff_max_ms * 1000)
		r->fails = 0;
	r->ready_us = 0;
	r->state = WQ_REDIS_RESTING;
	r->conn = NULL;
	wq_timer_start(&r->step, rest_ms(r));
	tell_lost(r, was_ready);
	if (!gone)
		return;
	wq_metric_count(&r->m.writes, (double)wq_redis_conn_writes(gone));
	wq_redis_conn_close(gone);
	wq_redis_queue_lost(r, gone, rc);
}

void wq_redis_drain(struct wq_redis *r, const char *why)
{
	if (r->state != WQ_REDIS_READY)
		return;
	explain(r, "", why);
	r->state = WQ_REDIS_DRAINING;
	wq_timer_start(&r->step, r->o.connect_timeout_ms);
	tell_lost(r, true);
}

static void become_ready(struct wq_redis *r)
{
	r->state = WQ_REDIS_READY;
	r->ready_us = wq_loop_now_us(r->loop);
	r->why[0] = '\0';
	wq_timer_stop(&r->step);
	wq_timer_stop(&r->away);
	wq_metric_count(&r->m.connections, 1);
	wq_info("redis_connected", WQ_S("url", r->where), WQ_S("role", r->o.role),
	        WQ_S("client", r->name), WQ_U("after_ms", away_ms(r)));
	if (r->o.on_state)
		r->o.on_state(r->o.ctx, true, "");
	if (r->state == WQ_REDIS_READY) /* a subscriber that cannot subscribe gives it up at once */
		wq_redis_queue_release(r);
}

static int greet_with(struct wq_redis *r, unsigned char what, const struct wq_str *argv,
                      size_t argc)
{
	r->greetings[r->greet_n++] = what;
	return wq_redis_queue_send(r, argv, argc);
}

static int greet(struct wq_redis *r)
{
	const struct wq_redis_target *t = &r->target;
	char db[16];
	struct wq_str auth[] = { WQ_STR("AUTH"), wq_str(t->user), wq_str(t->password) },
		      select[] = { WQ_STR("SELECT"), { db, 0 } },
		      name[] = { WQ_STR("CLIENT"), WQ_STR("SETNAME"), wq_str(r->name) },
		      ping[] = { WQ_STR("PING") };
	int rc = 0;

	r->greet_n = r->greet_at = 0;
	select[1].n = (size_t)snprintf(db, sizeof(db), "%u", t->db);
	if (t->password && t->user)
		rc = greet_with(r, AUTH, auth, 3);
	else if (t->password) {
		auth[1] = auth[2];
		rc = greet_with(r, AUTH, auth, 2);
	}
	if (rc == 0 && t->db > 0)
		rc = greet_with(r, SELECT, select, 2);
	if (rc == 0 && r->name[0])
		rc = greet_with(r, SETNAME, name, 3);
	if (rc == 0)
		rc = greet_with(r, PING, ping, 1);
	return rc;
}

static void on_up(void *ctx)
{
	struct wq_redis *r = ctx;
	int rc;

	r->state = WQ_REDIS_GREETING;
	rc = greet(r);
	if (rc < 0)
		wq_redis_lost(r, rc, wq_err_text(rc));
}

/* A login that is wrong stays wrong; a server that loads or has too many clients does not. */
static bool is_lasting(unsigned char what, struct wq_str text)
{
	if (wq_redis_condition_of(text) == WQ_REDIS_DENIED)
		return true;
	if (what == AUTH)
		return memmem(text.p, text.n, "AUTH", 4) || memmem(text.p, text.n, "password", 8);
	return what == SELECT && memmem(text.p, text.n, "index", 5);
}

static void on_greeted(struct wq_redis *r, const struct wq_redis_value *v)
{
	unsigned char what = r->greetings[r->greet_at++];
	bool refused = v->type == WQ_REDIS_ERROR;

	if (refused && (what == SETNAME || (what == PING && wq_str_starts(v->s, "NOPERM"))))
		refused =
			false; /* an old server, or a user who may little: neither is in our way */
	if (refused) {
		char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES / 2];

		r->slowly = is_lasting(what, v->s);
		snprintf(text, sizeof(text), "%s%.*s", what == AUTH ? "login refused: " : "",
		         WQ_STR_ARG(v->s));
		wq_redis_lost(r, WQ_EREPLY, text);
	} else if (r->greet_at == r->greet_n) {
		become_ready(r);
	}
}

static void on_reply(void *ctx, const struct wq_redis_value *v)
{
	struct wq_redis *r = ctx;
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES / 2];

	if (r->state == WQ_REDIS_GREETING) {
		on_greeted(r, v);
		return;
	}
	if (r->on_push && r->on_push(r->push_ctx, v))
		return;
	if (!wq_redis_queue_answer(r, v)) {
		snprintf(text, sizeof(text), "%.*s", WQ_STR_ARG(wq_redis_str(v)));
		wq_redis_lost(r, WQ_EPROTO,
		              v->type == WQ_REDIS_ERROR ? text : "an answer that nobody asked for");
	} else if (r->state == WQ_REDIS_DRAINING && wq_redis_queue_idle(r)) {
		wq_redis_lost(r, WQ_ELOST, "");
	}
}

static void on_down(void *ctx, int rc, const char *why)
{
	struct wq_redis *r = ctx;

	if (r->state == WQ_REDIS_OPENING)
		open_next(r, rc, why);
	else
		wq_redis_lost(r, rc, why);
}

static void finish(struct wq_redis *r)
{
	void (*on_closed)(void *ctx) = r->on_closed;
	void *ctx = r->closed_ctx;

	if (r->state != WQ_REDIS_CLOSED || r->open > 0 || r->resolving)
		return;
	wq_redis_queue_fini(r);
	wq_redis_target_fini(&r->target);
	wq_tls_context_destroy(r->tls);
	wq_free(r);
	if (on_closed)
		on_closed(ctx);
}

static void on_conn_closed(void *ctx)
{
	struct wq_redis *r = ctx;

	r->open--;
	finish(r);
}

static int open_address(struct wq_redis *r, const struct wq_address *a, const char **why)
{
	struct wq_redis_conn_opts o = {
		.address = a,
		.port = r->target.port,
		.path = r->target.path,
		.tls = r->tls,
		.host = r->target.host,
		.out_max_bytes = r->o.queue_max_bytes + WQ_REDIS_SLACK_BYTES,
		.on_up = on_up,
		.on_reply = on_reply,
		.on_down = on_down,
		.on_closed = on_conn_closed,
		.ctx = r,
	};
	int rc = wq_redis_conn_create(&r->conn, r->loop, &o, why);

	if (rc < 0)
		return rc;
	r->open++;
	r->state = WQ_REDIS_OPENING;
	wq_timer_start(&r->step, r->o.connect_timeout_ms);
	return 0;
}

/* Tries what is left of the addresses; the last one's trouble, or the one given, is told. */
static void open_next(struct wq_redis *r, int rc, const char *why)
{
	unsigned count = r->target.path ? 1 : r->resolve.count;

	if (r->conn) {
		wq_redis_conn_close(r->conn);
		r->conn = NULL;
	}
	while (r->address_at < count && rc != WQ_ETLS) { /* a host's addresses share its certificate */
		unsigned i = r->address_at++;

		rc = open_address(r, r->target.path ? NULL : &r->resolve.addresses[i], &why);
		if (rc == 0)
			return;
	}
	wq_redis_lost(r, rc, why ? why : wq_err_text(rc));
}

static void on_resolved(struct wq_resolve *q, int rc)
{
	struct wq_redis *r = WQ_OWNER(q, struct wq_redis, resolve);

	r->resolving = false;
	if (r->state != WQ_REDIS_RESOLVING)
		finish(r);
	else if (rc < 0)
		wq_redis_lost(r, rc,
		              rc == WQ_ECANCELED ? "the name servers do not answer"
		                                 : wq_err_text(rc));
	else
		open_next(r, WQ_ERESOLVE, wq_err_text(WQ_ERESOLVE));
}

static void connect_now(struct wq_redis *r)
{
	int rc;

	r->address_at = 0;
	if (r->target.path) {
		open_next(r, WQ_ECONNECT, NULL);
		return;
	}
	rc = wq_resolve_start(r->resolver, &r->resolve, wq_str(r->target.host), on_resolved);
	if (rc < 0) {
		wq_redis_lost(r, rc, wq_err_text(rc));
		return;
	}
	r->resolving = true;
	r->state = WQ_REDIS_RESOLVING;
	wq_timer_start(&r->step, r->o.connect_timeout_ms);
}

static void on_step(struct wq_timer *t)
{
	struct wq_redis *r = WQ_OWNER(t, struct wq_redis, step);

	switch (r->state) {
	case WQ_REDIS_RESTING:
		connect_now(r);
		break;
	case WQ_REDIS_RESOLVING:
		wq_resolve_cancel(&r->resolve);
		break;
	case WQ_REDIS_OPENING:
		open_next(r, WQ_ETIMEDOUT, "no connection in time");
		break;
	case WQ_REDIS_GREETING:
	case WQ_REDIS_DRAINING:
		wq_redis_lost(r, WQ_ETIMEDOUT, "connected, but no answer in time");
		break;
	case WQ_REDIS_READY:
	case WQ_REDIS_CLOSED:
		break;
	}
}

static void on_closer(struct wq_post *p)
{
	struct wq_redis *r = WQ_OWNER(p, struct wq_redis, closer);
	struct wq_redis_conn *gone = r->conn;

	r->state = WQ_REDIS_CLOSED;
	r->conn = NULL;
	wq_timer_stop(&r->step);
	wq_timer_stop(&r->away);
	explain(r, "", "closed");
	if (gone) {
		wq_redis_conn_close(gone);
		wq_redis_queue_lost(r, gone, WQ_ELOST);
	}
	wq_redis_queue_abandon(r);
	if (r->resolving)
		wq_resolve_cancel(&r->resolve);
	finish(r);
}

void wq_redis_close(struct wq_redis *r, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!r->closing);
	r->closing = true;
	r->on_closed = on_closed;
	r->closed_ctx = ctx;
	wq_post_send(&r->closer);
}

void wq_redis_opts_init(struct wq_redis_opts *o)
{
	*o = (struct wq_redis_opts){
		.url = "redis://127.0.0.1:6379",
		.connect_timeout_ms = 2000,
		.command_timeout_ms = WQ_REDIS_TIMEOUT_DEFAULT,
		.wait_ms = 5000,
		.backoff_min_ms = 50,
		.backoff_max_ms = 2000,
		.queue_max = 65536,
		.queue_max_bytes = 67108864,
	};
}

/* What people see in CLIENT LIST and in labels; spaces and quotes are welcome in neither. */
static void set_name(struct wq_redis *r, const char *name)
{
	size_t n = name ? strnlen(name, WQ_REDIS_NAME_MAX_BYTES) : 0;

	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		r->name[i] = (char)(c > ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '_');
	}
}

static void set_where(struct wq_redis *r)
{
	const struct wq_redis_target *t = &r->target;

	if (t->path)
		snprintf(r->where, sizeof(r->where), "unix://%s", t->path);
	else
		snprintf(r->where, sizeof(r->where), strchr(t->host, ':') ? "%s[%s]:%u" : "%s%s:%u",
		         t->tls ? "rediss://" : "redis://", t->host, t->port);
}

static int take_opts(struct wq_redis *r, const struct wq_redis_opts *o)
{
	struct wq_tls_opts tls = { o->ca_file, o->cert_file, o->key_file, o->tls_insecure };
	const char *why = NULL;
	int rc = wq_redis_target_parse(&r->target, o->url, &why);

	if (rc == WQ_EPARSE)
		return WQ_RAISE_MSG(WQ_EPARSE, "Redis URL: %s", why);
	if (rc == 0 && r->target.tls)
		rc = wq_tls_context_create(&r->tls, &tls);
	if (rc < 0)
		return rc;
	r->o = *o;
	r->o.url = r->o.name = r->o.ca_file = r->o.cert_file = r->o.key_file = NULL;
	if (!o->role)
		r->o.role = o->blocking ? "blocking" : "commands";
	if (o->command_timeout_ms == WQ_REDIS_TIMEOUT_DEFAULT)
		r->o.command_timeout_ms = o->blocking ? 0 : 5000;
	if (r->o.backoff_min_ms == 0)
		r->o.backoff_min_ms = 1;
	if (r->o.backoff_max_ms < r->o.backoff_min_ms)
		r->o.backoff_max_ms = r->o.backoff_min_ms;
	set_name(r, o->name);
	set_where(r);
	return 0;
}

int wq_redis_create(struct wq_redis **out, struct wq_loop *l, struct wq_resolver *resolver,
                    const struct wq_redis_opts *o)
{
	struct wq_redis *r;
	uint64_t seed = 0;
	int rc;

	WQ_REQUIRE(out && l && o);
	wq_redis_use_allocator();
	r = wq_zalloc(sizeof(*r));
	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	rc = take_opts(r, o);
	if (rc == 0)
		rc = wq_random_bytes(&seed, sizeof(seed));
	if (rc < 0) {
		wq_redis_target_fini(&r->target);
		wq_tls_context_destroy(r->tls);
		wq_free(r);
		return rc;
	}
	WQ_REQUIRE(resolver || r->target.path);
	r->loop = l;
	r->resolver = resolver;
	r->away_us = wq_loop_now_us(l);
	wq_rng_init(&r->rng, seed);
	explain(r, "", "not connected yet");
	wq_redis_queue_init(r);
	wq_redis_metrics_init(r);
	wq_timer_init(&r->step, l, on_step);
	wq_timer_init(&r->away, l, on_away);
	wq_post_init(&r->closer, l, on_closer);
	wq_timer_start(&r->step, 0);
	*out = r;
	return 0;
}

bool wq_redis_ready(const struct wq_redis *r)
{
	return r->state == WQ_REDIS_READY;
}

const char *wq_redis_why(const struct wq_redis *r)
{
	return r->why;
}
