/* SPDX-License-Identifier: MIT */
/* health.c — what orchestrators, scrapers and curious people ask first. */
#include "app/health.h"

#include "app/openapi.h"
#include "base/assert.h"
#include "base/json.h"
#include "base/limits.h"
#include "io/server/exchange.h"

static struct wq_health *self(void *ctx)
{
	return ctx;
}

void wq_health_init(struct wq_health *h, struct wq_loop *l, struct wq_server *s,
                    const struct wq_metrics *m)
{
	*h = (struct wq_health){
		.loop = l, .server = s, .metrics = m, .started_us = wq_loop_now_us(l)
	};
}

void wq_health_add(struct wq_health *h, struct wq_health_check check)
{
	WQ_REQUIRE(h->checks_n < WQ_HEALTH_CHECKS_MAX);
	h->checks[h->checks_n++] = check;
}

bool wq_health_ok(const struct wq_health *h)
{
	for (unsigned i = 0; i < h->checks_n; i++) {
		const char *why = "";

		if (!h->checks[i].ok(h->checks[i].ctx, &why))
			return false;
	}
	return true;
}

/* Answers with what was written, or says that memory ran out. */
static void answer(struct wq_exchange *x, int status, const char *type, struct wq_buf *body, int rc)
{
	if (rc == 0)
		wq_reply(x, status, type, wq_buf_str(body));
	else
		wq_reply_problem(x, 500, "out_of_memory", "the answer did not fit into memory");
	wq_buf_fini(body);
}

static void handle_live(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_reply_json(x, 200, wq_str("{\"status\":\"ok\"}"));
}

static bool write_checks(struct wq_health *h, struct wq_jsonw *w)
{
	bool all = true;

	wq_jsonw_key(w, "checks");
	wq_jsonw_object(w);
	for (unsigned i = 0; i < h->checks_n; i++) {
		const char *why = "";
		bool ok = h->checks[i].ok(h->checks[i].ctx, &why);

		all = all && ok;
		wq_jsonw_key(w, h->checks[i].name);
		wq_jsonw_object(w);
		wq_jsonw_put_bool(w, "ok", ok);
		if (!ok)
			wq_jsonw_put_text(w, "why", why);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_object_end(w);
	return all;
}

static void handle_ready(struct wq_exchange *x, void *ctx)
{
	struct wq_health *h = self(ctx);
	struct wq_jsonw w;
	struct wq_buf body;
	bool all;

	wq_buf_init(&body, WQ_HEALTH_PAGE_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	all = write_checks(h, &w);
	wq_jsonw_put_text(&w, "status", all ? "ready" : "not ready");
	wq_jsonw_put_text(&w, "version", WQ_VERSION);
	wq_jsonw_put_int(&w, "uptime_seconds",
	                 (int64_t)((wq_loop_now_us(h->loop) - h->started_us) / 1000000));
	wq_jsonw_object_end(&w);
	if (!all)
		wq_reply_header(x, "Retry-After", wq_str("1"));
	answer(x, all ? 200 : 503, "application/json", &body, wq_jsonw_end(&w));
}

static void handle_metrics(struct wq_exchange *x, void *ctx)
{
	struct wq_health *h = self(ctx);
	struct wq_buf body;
	int rc;

	wq_buf_init(&body, WQ_METRICS_PAGE_MAX_BYTES);
	rc = wq_metrics_write(h->metrics, &body);
	answer(x, 200, "text/plain; version=0.0.4; charset=utf-8", &body, rc);
}

static void handle_openapi(struct wq_exchange *x, void *ctx)
{
	struct wq_buf body;
	int rc;

	wq_buf_init(&body, WQ_OPENAPI_MAX_BYTES);
	rc = wq_openapi_write(self(ctx)->server, &body);
	answer(x, 200, "application/json", &body, rc);
}

int wq_health_routes(struct wq_health *h)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_GET, "/livez", handle_live, .summary = "The process answers" },
		{ WQ_GET, "/healthz", handle_live, .summary = "The same as /livez" },
		{ WQ_GET, "/readyz", handle_ready, .summary = "All it needs is there" },
		{ WQ_GET, "/health", handle_ready, .summary = "The same as /readyz" },
		{ WQ_GET, "/metrics", handle_metrics, .summary = "Figures for Prometheus" },
		{ WQ_GET, "/openapi.json", handle_openapi, .summary = "This description" },
	};
	/* clang-format on */

	for (size_t i = 0; i < WQ_COUNT(routes); i++) {
		struct wq_route route = routes[i];
		int rc;

		route.ctx = h;
		rc = wq_server_route(h->server, &route);
		if (rc < 0)
			return rc;
	}
	return 0;
}
