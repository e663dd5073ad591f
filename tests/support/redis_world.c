/* SPDX-License-Identifier: MIT */
/* redis_world.c — the loop turns until a fact is there. */
#include "support/redis_world.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "io/loop/timer.h"
#include "support/test.h"

enum { WAIT_MS = 10000, TICK_MS = 20, WORDS_MAX = 32 };

struct wait {
	struct wq_timer tick;
	bool (*done)(void *ctx);
	void *ctx;
	uint64_t end_us;
};

static uint64_t now_us(void)
{
	return wq_clock_system()->mono_us(wq_clock_system());
}

static void on_tick(struct wq_timer *t)
{
	wq_timer_start(t, TICK_MS); /* a turn at least this often */
}

static bool over(void *ctx)
{
	struct wait *wait = ctx;

	return (wait->done && wait->done(wait->ctx)) || now_us() >= wait->end_us;
}

static bool turn(struct wq_redis_world *w, bool (*done)(void *ctx), void *ctx, uint64_t ms)
{
	struct wait wait = { .done = done, .ctx = ctx, .end_us = now_us() + ms * 1000 };

	wq_timer_init(&wait.tick, w->loop, on_tick);
	wq_timer_start(&wait.tick, TICK_MS);
	wq_loop_run_until(w->loop, over, &wait, 10000000);
	wq_timer_stop(&wait.tick);
	return done && done(ctx);
}

bool wq_redis_world_wait(struct wq_redis_world *w, bool (*done)(void *ctx), void *ctx)
{
	return turn(w, done, ctx, WAIT_MS);
}

void wq_redis_world_turn(struct wq_redis_world *w, uint64_t ms)
{
	(void)turn(w, NULL, NULL, ms);
}

static void on_state(void *ctx, bool ready, const char *why)
{
	struct wq_redis_world *w = ctx;

	w->ups += ready;
	w->downs += !ready;
	if (!ready)
		snprintf(w->why, sizeof(w->why), "%s", why);
}

void wq_redis_world_connect(struct wq_redis_world *w, const char *url,
                            void (*adjust)(struct wq_redis_opts *o))
{
	struct wq_redis_opts o;

	wq_redis_opts_init(&o);
	o.url = url;
	o.backoff_max_ms = 200;
	o.on_state = on_state;
	o.ctx = w;
	if (adjust)
		adjust(&o);
	WQ_CHECK_INT("client", wq_redis_create(&w->redis, w->loop, w->resolver, &o), 0);
}

void wq_redis_world_begin(struct wq_redis_world *w, const char *url,
                          void (*adjust)(struct wq_redis_opts *o))
{
	*w = (struct wq_redis_world){ .n = 0 };
	WQ_CHECK_INT("loop", wq_loop_create(&w->loop, NULL), 0);
	WQ_CHECK_INT("resolver", wq_resolver_create(&w->resolver, w->loop, NULL), 0);
	if (url)
		wq_redis_world_connect(w, url, adjust);
}

static void on_closed(void *ctx)
{
	((struct wq_redis_world *)ctx)->closed = true;
}

static bool is_closed(void *ctx)
{
	return ((struct wq_redis_world *)ctx)->closed;
}

void wq_redis_world_close(struct wq_redis_world *w)
{
	if (!w->redis)
		return;
	w->closed = false;
	wq_redis_close(w->redis, on_closed, w);
	WQ_CHECK("the client closes", wq_redis_world_wait(w, is_closed, w));
	w->redis = NULL;
}

void wq_redis_world_end(struct wq_redis_world *w)
{
	wq_redis_world_close(w);
	for (size_t i = 0; i < w->n; i++)
		if (w->shots[i].world)
			WQ_CHECK_INT("called back once", w->shots[i].calls, 1);
	free(w->shots);
	w->shots = NULL;
	w->closed = false;
	wq_resolver_close(w->resolver, on_closed, w);
	WQ_CHECK("the resolver closes", wq_redis_world_wait(w, is_closed, w));
	wq_loop_destroy(w->loop);
}

static bool is_ready(void *ctx)
{
	return wq_redis_ready(((struct wq_redis_world *)ctx)->redis);
}

static bool is_away(void *ctx)
{
	return !is_ready(ctx);
}

void wq_redis_world_until_ready(struct wq_redis_world *w)
{
	if (!wq_redis_world_wait(w, is_ready, w))
		WQ_CHECK_STR("ready", wq_redis_why(w->redis), "");
}

void wq_redis_world_until_away(struct wq_redis_world *w)
{
	WQ_CHECK("away", wq_redis_world_wait(w, is_away, w));
}

static size_t print(const struct wq_redis_value *v, char *out, size_t max)
{
	struct wq_str s = wq_redis_str(v);
	size_t n = 0;

	if (max < 4)
		return 0;
	switch (wq_redis_type(v)) {
	case WQ_REDIS_NIL:
		n = (size_t)snprintf(out, max, "(nil)");
		break;
	case WQ_REDIS_INTEGER:
		n = (size_t)snprintf(out, max, "%lld", (long long)wq_redis_int(v, 0));
		break;
	case WQ_REDIS_ERROR:
		n = (size_t)snprintf(out, max, "!%.*s", WQ_STR_ARG(s));
		break;
	case WQ_REDIS_STRING:
		n = (size_t)snprintf(out, max, "%.*s", s.n > 1000 ? 1000 : (int)s.n, s.p);
		break;
	case WQ_REDIS_ARRAY:
		out[n++] = '[';
		for (size_t i = 0; i < wq_redis_count(v) && n + 4 < max; i++) {
			if (i > 0)
				n += (size_t)snprintf(out + n, max - n, ", ");
			n += print(wq_redis_at(v, i), out + n, max - n);
		}
		if (n + 2 < max)
			n += (size_t)snprintf(out + n, max - n, "]");
		break;
	}
	return n < max ? n : max - 1;
}

void wq_redis_print(const struct wq_redis_value *v, char *out, size_t max)
{
	out[print(v, out, max)] = '\0';
}

static void on_shot(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_redis_shot *shot = WQ_OWNER(cmd, struct wq_redis_shot, cmd);
	struct wq_str s = wq_redis_str(cmd->reply);

	shot->calls++;
	shot->world->done++;
	shot->rc = rc;
	shot->n = s.n;
	for (size_t i = 0; i < s.n; i++)
		shot->sum += (unsigned char)s.p[i] * (i % 251 + 1);
	if (rc == 0)
		wq_redis_print(cmd->reply, shot->text, sizeof(shot->text));
	else
		snprintf(shot->text, sizeof(shot->text), "%.90s", cmd->error);
}

static int fire(struct wq_redis_world *w, struct wq_redis_shot *shot, const struct wq_script *s,
                const char *words)
{
	struct wq_str argv[WORDS_MAX], rest = wq_str(words);
	size_t n = 0;
	int rc;

	while (n < WORDS_MAX && wq_str_next(&rest, ' ', &argv[n]))
		n++;
	*shot = (struct wq_redis_shot){ .world = w };
	rc = s ? wq_script_start(w->redis, &shot->cmd, s, argv, n, on_shot)
	       : wq_redis_start(w->redis, &shot->cmd, argv, n, on_shot);
	if (rc < 0)
		shot->world = NULL;
	return rc;
}

static bool is_answered(void *ctx)
{
	return ((struct wq_redis_shot *)ctx)->calls > 0;
}

int wq_redis_world_ask(struct wq_redis_world *w, const char *words)
{
	int rc = fire(w, &w->one, NULL, words);

	WQ_CHECK_INT(words, rc, 0);
	WQ_CHECK_INT("never inside the call", w->one.calls, 0);
	WQ_CHECK(words, wq_redis_world_wait(w, is_answered, &w->one));
	WQ_CHECK_INT(words, w->one.calls, 1);
	return w->one.rc;
}

void wq_redis_world_load(struct wq_redis_world *w, size_t n)
{
	free(w->shots);
	w->shots = calloc(n, sizeof(*w->shots));
	WQ_CHECK("room", w->shots);
	w->n = n;
	w->done = 0;
}

int wq_redis_world_fire(struct wq_redis_world *w, size_t i, const struct wq_script *s,
                        const char *words)
{
	return fire(w, &w->shots[i], s, words);
}

static bool all_back(void *ctx)
{
	const struct wq_redis_world *w = ctx;

	for (size_t i = 0; i < w->n; i++)
		if (w->shots[i].world && w->shots[i].calls == 0)
			return false;
	return true;
}

void wq_redis_world_collect(struct wq_redis_world *w)
{
	WQ_CHECK("all come back", wq_redis_world_wait(w, all_back, w));
}

size_t wq_redis_world_count(const struct wq_redis_world *w, int rc)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->shots[i].world && w->shots[i].calls == 1 && w->shots[i].rc == rc;
	return n;
}

double wq_redis_world_metric(struct wq_redis_world *w, const char *name)
{
	struct wq_metrics m;
	struct wq_list *l;

	wq_metrics_init(&m);
	wq_redis_add_metrics(w->redis, &m);
	for (l = m.all.next; l != &m.all; l = l->next) {
		const struct wq_metric *metric = WQ_OWNER(l, struct wq_metric, link);

		if (strcmp(metric->name, name) == 0)
			break;
	}
	WQ_CHECK(name, l != &m.all);
	{
		const struct wq_metric *found = WQ_OWNER(l, struct wq_metric, link);
		double value = found->read ? found->read(found->ctx) : found->value;

		while ((l = wq_list_pop(&m.all)))
			; /* the registry goes, the client stays */
		return value;
	}
}
