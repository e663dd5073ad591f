/* SPDX-License-Identifier: MIT */
/* calls.c — set up, ask, wait with a bound, tear down. */
#include "support/calls.h"

#include "support/test.h"

enum { TURNS_MAX = 1000000, PATIENCE_MS = 10000 };

static void on_watchdog(struct wq_timer *t)
{
	WQ_OWNER(t, struct wq_calls, watchdog)->late = true;
}

void wq_calls_prepare(struct wq_calls *w, bool virtual_time)
{
	*w = (struct wq_calls){ .late = false };
	wq_clock_virtual_init(&w->clock, 1700000000000);
	WQ_CHECK_INT("loop", wq_loop_create(&w->loop, virtual_time ? &w->clock : NULL), 0);
	wq_client_opts_init(&w->o);
	w->o.http_proxy = w->o.https_proxy = w->o.no_proxy = NULL;
	wq_timer_init(&w->watchdog, w->loop, on_watchdog);
}

void wq_calls_open(struct wq_calls *w, const struct wq_peer_step *steps, unsigned steps_n,
                   struct wq_ns_name *names, unsigned names_n)
{
	wq_peer_start(&w->peer, w->loop, steps, steps_n);
	wq_ns_start(&w->ns, w->loop, names, names_n);
	WQ_CHECK_INT("resolver", wq_resolver_create(&w->resolver, w->loop, w->ns.servers), 0);
	WQ_CHECK_INT("client", wq_client_create(&w->client, w->loop, w->resolver, &w->o), 0);
}

void wq_calls_begin(struct wq_calls *w, const struct wq_peer_step *steps, unsigned steps_n)
{
	wq_calls_prepare(w, false);
	wq_calls_open(w, steps, steps_n, NULL, 0);
}

static void on_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

void wq_calls_end(struct wq_calls *w)
{
	if (w->client) {
		wq_client_close(w->client, on_closed, &w->client_closed);
		wq_calls_wait(w, is_set, &w->client_closed, "the client closes");
	}
	if (w->resolver) {
		wq_resolver_close(w->resolver, on_closed, &w->resolver_closed);
		wq_calls_wait(w, is_set, &w->resolver_closed, "the resolver closes");
	}
	wq_ns_stop(&w->ns);
	wq_peer_stop(&w->peer);
	wq_timer_stop(&w->watchdog);
	wq_loop_destroy(w->loop);
}

void wq_calls_url(struct wq_calls *w, struct wq_asked *a, const char *url)
{
	const char *port = strstr(url, "PORT");

	*a = (struct wq_asked){ .rc = 1 };
	if (port)
		snprintf(a->url, sizeof(a->url), "%.*s%u%s", (int)(port - url), url, w->peer.port,
		         port + strlen("PORT"));
	else
		snprintf(a->url, sizeof(a->url), "%s", url);
	a->call.url = a->url;
}

void wq_calls_on_told(struct wq_call *call, int rc)
{
	struct wq_asked *a = WQ_OWNER(call, struct wq_asked, call);

	a->rc = rc;
	a->told++;
}

void wq_calls_start(struct wq_calls *w, struct wq_asked *a)
{
	WQ_CHECK_INT(a->url, wq_call_start(w->client, &a->call, wq_calls_on_told), 0);
	WQ_CHECK_INT("not from inside the call", a->told, 0);
}

static bool is_told(void *ctx)
{
	return ((struct wq_asked *)ctx)->told > 0;
}

void wq_calls_ask(struct wq_calls *w, struct wq_asked *a)
{
	wq_calls_start(w, a);
	wq_calls_wait(w, is_told, a, a->url);
	WQ_CHECK_INT("once", a->told, 1);
}

struct wait {
	struct wq_calls *w;
	bool (*done)(void *ctx);
	void *ctx;
};

static bool done_or_late(void *ctx)
{
	struct wait *k = ctx;

	return k->w->late || k->done(k->ctx);
}

void wq_calls_wait(struct wq_calls *w, bool (*done)(void *ctx), void *ctx, const char *what)
{
	struct wait k = { w, done, ctx };

	w->late = false;
	wq_timer_start(&w->watchdog, PATIENCE_MS);
	wq_loop_run_until(w->loop, done_or_late, &k, TURNS_MAX);
	WQ_CHECK(what, done(ctx));
	wq_timer_stop(&w->watchdog);
}
