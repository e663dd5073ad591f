/* SPDX-License-Identifier: MIT */
/* client.c — two pools, their common settings, and the numbers. */
#include <curl/curl.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/client/state.h"

void wq_client_opts_init(struct wq_client_opts *o)
{
	*o = (struct wq_client_opts){
		.connections_max = 256,
		.connections_per_host_max = 128,
		.calls_max = 10000,
		.connect_timeout_ms = 10000,
		.timeout_ms = 60000,
		.stall_timeout_ms = 30000,
		.response_max_bytes = 4194304,
		.user_agent = "willaq/" WQ_VERSION,
	};
	wq_proxies_from_environment(o);
}

/* Behind the guarded quarter of open_pools. */
uint32_t wq_client_connections_for(uint32_t n)
{
	return (uint32_t)(((uint64_t)n + 1) * 4 / 3 + 1);
}

static const struct {
	int rc, status; /* rc 0: the hundreds of the status */
	const char *labels;
} outcomes[WQ_CALL_OUTCOMES] = {
	{ 0, 2, "outcome=\"2xx\"" },
	{ 0, 3, "outcome=\"3xx\"" },
	{ 0, 4, "outcome=\"4xx\"" },
	{ 0, 5, "outcome=\"5xx\"" },
	{ WQ_ERESOLVE, 0, "outcome=\"resolve\"" },
	{ WQ_ECONNECT, 0, "outcome=\"connect\"" },
	{ WQ_ETLS, 0, "outcome=\"tls\"" },
	{ WQ_EDENIED, 0, "outcome=\"denied\"" },
	{ WQ_ETIMEDOUT, 0, "outcome=\"timeout\"" },
	{ WQ_ELOST, 0, "outcome=\"lost\"" },
	{ WQ_EPROTO, 0, "outcome=\"protocol\"" },
	{ WQ_ETOOBIG, 0, "outcome=\"too_big\"" },
	{ WQ_ECANCELED, 0, "outcome=\"canceled\"" },
	{ 1, 0, "outcome=\"other\"" },
};

void wq_client_count(struct wq_client *c, const struct wq_call_state *st, int rc)
{
	size_t i = 0;

	while (i < WQ_COUNT(outcomes) - 1 &&
	       (outcomes[i].rc != rc || (rc == 0 && outcomes[i].status != st->call->status / 100)))
		i++;
	wq_metric_count(&c->outcomes[i], 1);
	wq_metric_observe_us(&c->seconds, st->call->took_us);
}

static double read_in_flight(void *ctx)
{
	return ((const struct wq_client *)ctx)->in_flight;
}

static void init_metrics(struct wq_client *c)
{
	for (size_t i = 0; i < WQ_COUNT(outcomes); i++)
		c->outcomes[i] = (struct wq_metric){ .name = "willaq_client_calls_total",
			                             .help = "HTTP calls, by how they ended.",
			                             .labels = outcomes[i].labels };
	c->seconds = (struct wq_metric){ .name = "willaq_client_call_seconds",
		                         .help = "Time from start to answer of HTTP calls.",
		                         .type = WQ_HISTOGRAM };
	c->flying = (struct wq_metric){ .name = "willaq_client_calls_in_flight",
		                        .help = "HTTP calls started and not yet ended.",
		                        .type = WQ_GAUGE,
		                        .read = read_in_flight,
		                        .ctx = c };
	c->opened = (struct wq_metric){ .name = "willaq_client_requests_total",
		                        .help = "Requests written, by the connection's age.",
		                        .labels = "connection=\"new\"" };
	c->reused = (struct wq_metric){ .name = "willaq_client_requests_total",
		                        .help = "Requests written, by the connection's age.",
		                        .labels = "connection=\"reused\"" };
}

void wq_client_add_metrics(struct wq_client *c, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_COUNT(outcomes); i++)
		wq_metrics_add(m, &c->outcomes[i]);
	wq_metrics_add(m, &c->seconds);
	wq_metrics_add(m, &c->flying);
	wq_metrics_add(m, &c->opened);
	wq_metrics_add(m, &c->reused);
}

static int copy_settings(struct wq_client *c, const struct wq_client_opts *o)
{
	int rc;

	c->o = *o;
	if (o->user_agent)
		c->user_agent = wq_strdup(o->user_agent);
	if (o->ca_file)
		c->ca_file = wq_strdup(o->ca_file);
	if ((o->user_agent && !c->user_agent) || (o->ca_file && !c->ca_file))
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_proxies_init(&c->proxies, o);
	c->o.http_proxy = c->o.https_proxy = c->o.no_proxy = NULL; /* c->proxies has them */
	c->o.user_agent = c->user_agent;
	c->o.ca_file = c->ca_file;
	return rc;
}

static void free_client(struct wq_client *c)
{
	wq_proxies_fini(&c->proxies);
	wq_free(c->user_agent);
	wq_free(c->ca_file);
	wq_free(c);
}

static int open_pool(struct wq_client *c, struct wq_pool *p, uint32_t connections, bool guarded)
{
	struct wq_pool_opts o = {
		.connections_max = connections,
		.connections_per_host_max = c->o.connections_per_host_max,
		.user_agent = c->user_agent,
		.ca_file = c->ca_file,
		.guarded = guarded,
		.on_done = wq_call_on_done,
		.on_broken = wq_call_on_broken,
		.on_new = wq_request_base,
		.on_start = wq_call_on_start,
	};

	return wq_pool_init(p, c->loop, &o);
}

static void on_pool_closed(struct wq_pool *p);

/* The guarded quarter of the connections is rounded up: both pools have one at least. */
static int open_pools(struct wq_client *c, struct wq_resolver *r)
{
	uint32_t guarded = c->o.connections_max / 4 + 1;
	uint32_t rest = c->o.connections_max > guarded ? c->o.connections_max - guarded : 1;
	int rc = open_pool(c, &c->open, rest, false);

	if (rc < 0)
		return rc;
	rc = open_pool(c, &c->guarded, guarded, true);
	if (rc < 0) {
		wq_pool_discard(&c->open);
		return rc;
	}
	wq_hosts_init(&c->open.hosts, c->loop, r, wq_call_on_host);
	wq_hosts_init(&c->guarded.hosts, c->loop, r, wq_call_on_host);
	return 0;
}

static int set_up(struct wq_client *c, struct wq_loop *l, struct wq_resolver *r,
                  const struct wq_client_opts *o)
{
	int rc;

	c->loop = l;
	wq_list_init(&c->calls);
	wq_list_init(&c->ending);
	wq_post_init(&c->tell, l, wq_call_on_tell);
	init_metrics(c);
	rc = copy_settings(c, o);
	return rc < 0 ? rc : open_pools(c, r);
}

int wq_client_create(struct wq_client **out, struct wq_loop *l, struct wq_resolver *r,
                     const struct wq_client_opts *o)
{
	struct wq_client *c;
	int rc;

	WQ_REQUIRE(out && l && r && o);
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wq_alloc, wq_free, wq_realloc, wq_strdup,
	                         wq_calloc) != CURLE_OK)
		return WQ_RAISE_MSG(WQ_ENOMEM, "curl_global_init_mem");
	c = wq_zalloc(sizeof(*c));
	if (!c) {
		curl_global_cleanup();
		return WQ_RAISE(WQ_ENOMEM);
	}
	rc = set_up(c, l, r, o);
	if (rc < 0) {
		free_client(c);
		curl_global_cleanup();
		return rc;
	}
	*out = c;
	return 0;
}

struct wq_client *wq_client_of_pool(struct wq_pool *p)
{
	return p->o.guarded ? WQ_OWNER(p, struct wq_client, guarded)
	                    : WQ_OWNER(p, struct wq_client, open);
}

static void on_pool_closed(struct wq_pool *p)
{
	struct wq_client *c = wq_client_of_pool(p);
	void (*on_closed)(void *ctx) = c->on_closed;
	void *ctx = c->on_closed_ctx;

	if (--c->pools_open > 0)
		return;
	free_client(c);
	curl_global_cleanup();
	if (on_closed)
		on_closed(ctx);
}

void wq_client_drained(struct wq_client *c)
{
	if (c->pools_closing)
		return;
	c->pools_closing = true;
	c->pools_open = 2;
	wq_pool_close(&c->open, on_pool_closed);
	wq_pool_close(&c->guarded, on_pool_closed);
}

void wq_client_close(struct wq_client *c, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!c->closing);
	c->closing = true;
	c->on_closed = on_closed;
	c->on_closed_ctx = ctx;
	for (struct wq_list *l = c->calls.next; l != &c->calls; l = l->next)
		wq_call_finish(WQ_OWNER(l, struct wq_call_state, all), WQ_ECANCELED);
	wq_hosts_cancel(&c->open.hosts);
	wq_hosts_cancel(&c->guarded.hosts);
	wq_post_send(&c->tell); /* also when nothing is in flight */
}
