/* SPDX-License-Identifier: MIT */
/* producer_world.c — callbacks that keep what they were told. */
#include "support/producer_world.h"

#include <stdlib.h>

#include "support/test.h"

static struct wq_producer_world *current; /* one at a time */

static void on_closed(void *ctx)
{
	((struct wq_producer_world *)ctx)->closed = true;
}

static bool is_closed(void *ctx)
{
	return ((struct wq_producer_world *)ctx)->closed;
}

void wq_producer_world_begin(struct wq_producer_world *w, const struct wq_redisd_opts *server,
                             void (*adjust)(struct wq_redis_opts *o), bool running)
{
	*w = (struct wq_producer_world){ .closed = false };
	current = w;
	if (running)
		wq_redisd_start(&w->server, server);
	else
		wq_redisd_prepare(&w->server, server);
	wq_redis_world_begin(&w->redis, w->server.url, adjust);
	if (running)
		wq_redis_world_until_ready(&w->redis);
	WQ_CHECK_INT("producer", wq_producer_create(&w->producer, w->redis.loop, w->redis.redis),
	             0);
}

void wq_producer_world_close(struct wq_producer_world *w)
{
	w->closed = false;
	wq_producer_close(w->producer, on_closed, w);
	WQ_CHECK("not inside the call", !w->closed);
	WQ_CHECK("the producer closes", wq_redis_world_wait(&w->redis, is_closed, w));
	w->producer = NULL;
}

void wq_producer_world_end(struct wq_producer_world *w)
{
	if (w->producer)
		wq_producer_world_close(w);
	wq_redis_world_end(&w->redis);
	wq_redisd_stop(&w->server);
}

struct wq_add_item wq_produced_item(const char *id)
{
	return (struct wq_add_item){ .base = wq_str("bull:q:"),
		                     .id = wq_str(id),
		                     .name = wq_str("job"),
		                     .data = wq_str("{\"x\":1}"),
		                     .opts = wq_str("{\"attempts\":0}") };
}

static void on_added(struct wq_add *a, int rc)
{
	struct wq_produced *p = WQ_OWNER(a, struct wq_produced, add);

	p->calls++;
	p->rc = rc;
	snprintf(p->error, sizeof(p->error), "%.60s", a->error);
	if (rc == 0) {
		p->code = a->outcome.code;
		snprintf(p->id, sizeof(p->id), "%.*s", (int)a->outcome.id.n,
		         a->outcome.id.n ? a->outcome.id.p : "");
	}
	current->told++;
}

int wq_producer_world_give(struct wq_producer_world *w, struct wq_produced *p,
                           struct wq_add_item item)
{
	*p = (struct wq_produced){ .add.item = item };
	return wq_producer_add(w->producer, &p->add, on_added);
}

struct wait {
	struct wq_produced *p;
	size_t n;
};

static bool all_told(void *ctx)
{
	const struct wait *wait = ctx;

	for (size_t i = 0; i < wait->n; i++)
		if (wait->p[i].calls == 0)
			return false;
	return true;
}

void wq_producer_world_collect(struct wq_producer_world *w, struct wq_produced *p, size_t n)
{
	struct wait wait = { p, n };

	WQ_CHECK("all are told", wq_redis_world_wait(&w->redis, all_told, &wait));
	for (size_t i = 0; i < n; i++)
		WQ_CHECK_INT("told once", p[i].calls, 1);
}

int wq_producer_world_add(struct wq_producer_world *w, struct wq_produced *p,
                          struct wq_add_item item)
{
	int rc = wq_producer_world_give(w, p, item);

	if (rc < 0)
		return rc;
	WQ_CHECK_INT("not inside the call", p->calls, 0);
	wq_producer_world_collect(w, p, 1);
	return p->rc ? p->rc : p->code;
}

static void on_all_added(struct wq_add_all *a, int rc)
{
	struct wq_producer_world *w = WQ_OWNER(a, struct wq_producer_world, all);

	w->all_calls++;
	w->all_rc = rc;
	for (size_t i = 0; rc == 0 && i < a->n && i < WQ_COUNT(w->all_codes); i++)
		w->all_codes[i] = a->outcomes[i].code;
	WQ_CHECK("outcomes with 0 only", (rc == 0) == (a->outcomes != NULL));
}

static bool all_is_told(void *ctx)
{
	return ((struct wq_producer_world *)ctx)->all_calls > 0;
}

int wq_producer_world_add_all(struct wq_producer_world *w, const struct wq_add_item *items,
                              size_t n)
{
	int rc;

	w->all = (struct wq_add_all){ .items = items, .n = n };
	w->all_calls = 0;
	rc = wq_producer_add_all(w->producer, &w->all, on_all_added);
	if (rc < 0)
		return rc;
	WQ_CHECK("all are told", wq_redis_world_wait(&w->redis, all_is_told, w));
	WQ_CHECK_INT("told once", w->all_calls, 1);
	return w->all_rc;
}

double wq_producer_world_metric(struct wq_producer_world *w, const char *name)
{
	struct wq_metrics m;
	struct wq_buf page;
	const char *text, *at;
	double value = -1;

	wq_metrics_init(&m);
	wq_producer_add_metrics(w->producer, &m);
	wq_buf_init(&page, 65536);
	WQ_CHECK_INT("page", wq_metrics_write(&m, &page), 0);
	text = wq_buf_text(&page);
	at = text ? strstr(text, name) : NULL;
	while (at && (at == text || at[-1] != '\n' || at[strlen(name)] != ' '))
		at = strstr(at + 1, name);
	if (at)
		value = strtod(at + strlen(name), NULL);
	wq_buf_fini(&page);
	return value;
}

void wq_producer_world_expect(struct wq_producer_world *w, const char *command, const char *answer)
{
	WQ_CHECK_STR(command, wq_redisd_ask(&w->server, command), answer);
}
