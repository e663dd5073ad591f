/* SPDX-License-Identifier: MIT */
/* lane_world.c — what holds time, what is stored, what is noted. */
#include "lane_world.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/err.h"
#include "support/test.h"

enum { TURNS_MAX = 200000000, COMMAND_BYTES = 4096, AWAY_TURNS = 2000, JUMP_TURNS = 20 };
#define BEGAN_MS 1700000000000LL

/* A post in a turn keeps virtual time from jumping. */
static void on_hold(struct wq_post *p)
{
	(void)p;
}

static double metric(const struct lane_world *w, const char *name)
{
	const struct wq_list *at = w->metrics.all.next;

	for (; at != &w->metrics.all; at = at->next) {
		const struct wq_metric *m = WQ_OWNER(at, const struct wq_metric, link);

		if (strcmp(m->name, name) == 0)
			return m->read ? m->read(m->ctx) : m->value;
	}
	WQ_CHECK(name, false);
	return 0;
}

/* Whether something outside of this process is waited for.  A connection that is made anew needs its turns as well, but
 * also the timer that begins it: now and then time may jump. */
static bool is_busy(struct lane_world *w)
{
	if (!w->redis)
		return false;
	if (wq_redis_ready(w->redis))
		return metric(w, "willaq_redis_commands") > 0;
	return ++w->away_turns % AWAY_TURNS < AWAY_TURNS - JUMP_TURNS;
}

struct wait {
	struct lane_world *w;
	bool (*done)(void *w);
};

static bool look(void *ctx)
{
	struct wait *wait = ctx;

	if (is_busy(wait->w))
		wq_post_send(&wait->w->hold);
	return wait->done(wait->w);
}

void lane_world_until(struct lane_world *w, bool (*done)(void *w), const char *what)
{
	struct wait wait = { w, done };

	WQ_CHECK(what, wq_loop_run_until(w->calls.loop, look, &wait, TURNS_MAX) || done(w));
}

static bool is_ready(void *w)
{
	return wq_redis_ready(((struct lane_world *)w)->redis);
}

const char *lane_world_ask(struct lane_world *w, const char *fmt, ...)
{
	char command[COMMAND_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return wq_redisd_ask(w->server, command);
}

void lane_world_begin(struct lane_world *w, struct wq_redisd *server,
                      const struct wq_peer_step *steps, unsigned steps_n)
{
	struct wq_redis_opts o;
	const char *why;

	memset(w, 0, sizeof(*w));
	w->server = server;
	lane_world_ask(w, "FLUSHALL");
	wq_calls_prepare(&w->calls, true);
	wq_calls_open(&w->calls, steps, steps_n, NULL, 0);
	wq_post_init(&w->hold, w->calls.loop, on_hold);
	wq_redis_opts_init(&o);
	o.url = server->url;
	WQ_CHECK_INT("redis", wq_redis_create(&w->redis, w->calls.loop, w->calls.resolver, &o), 0);
	wq_metrics_init(&w->metrics);
	wq_redis_add_metrics(w->redis, &w->metrics);
	WQ_CHECK_INT(
		"ring",
		wq_seal_ring_init(
			&w->ring,
			wq_str("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
			&why),
		0);
	wq_sub_keys_init(&w->keys, w->redis, wq_str("bull"));
	w->ways = (struct wq_delivery_ways){ .loop = w->calls.loop,
		                             .client = w->calls.client,
		                             .redis = w->redis,
		                             .prefix = "bull",
		                             .ring = &w->ring,
		                             .private_too = true };
	lane_world_until(w, is_ready, "Redis");
}

static bool are_closed(void *ctx)
{
	const struct lane_world *w = ctx;

	for (unsigned i = 0; i < w->lanes_n; i++)
		if (w->lanes[i].lane)
			return false;
	return true;
}

static void on_redis_closed(void *ctx)
{
	((struct lane_world *)ctx)->closed = true;
}

static bool is_closed(void *w)
{
	return ((struct lane_world *)w)->closed;
}

void lane_world_end(struct lane_world *w)
{
	struct wq_redis *redis = w->redis;

	for (unsigned i = 0; i < w->lanes_n; i++)
		if (w->lanes[i].lane)
			wq_lane_close(w->lanes[i].lane);
	lane_world_until(w, are_closed, "lanes close");
	while (wq_list_pop(&w->metrics.all))
		; /* the registry goes before what it reads */
	w->redis = NULL;
	wq_redis_close(redis, on_redis_closed, w);
	lane_world_until(w, is_closed, "Redis closes");
	wq_calls_end(&w->calls);
}

/* lanes */

static void on_attempt(void *ctx, enum wq_retry_kind kind)
{
	struct lane_place *p = ctx;
	struct lane_world *w = p->world;

	WQ_CHECK("room for notes", w->notes_n < LANE_WORLD_NOTES);
	w->notes[w->notes_n++] = (struct lane_note){ p->id, kind, lane_world_ms(w) };
}

static void on_health(void *ctx, const char *id, bool paused, const char *why)
{
	struct lane_place *p = ctx;

	WQ_CHECK_STR("of itself", id, p->id);
	WQ_CHECK("why", !paused || *why);
	p->world->paused += paused;
	p->world->recovered += !paused;
}

static void on_closed(void *ctx, struct wq_lane *l)
{
	struct lane_place *p = ctx;

	WQ_CHECK("it is that lane", p->lane == l);
	p->lane = NULL;
}

struct lane_place *lane_world_open(struct lane_world *w, const char *id, unsigned port,
                                   const char *more)
{
	struct lane_place *p = &w->lanes[w->lanes_n];
	const struct wq_lane_opts o = { .ways = &w->ways,
		                        .keys = &w->keys,
		                        .token = "mine",
		                        .told_clear = &w->told_clear,
		                        .on_attempt = on_attempt,
		                        .on_health = on_health,
		                        .on_closed = on_closed,
		                        .ctx = p };
	char spec[COMMAND_BYTES];

	WQ_CHECK("room for lanes", w->lanes_n < LANE_WORLD_LANES);
	p->world = w;
	snprintf(p->id, sizeof(p->id), "%s", id);
	snprintf(spec, sizeof(spec), "{\"url\":\"http://127.0.0.1:%u/%s\"%s}",
	         port ? port : w->calls.peer.port, id, more);
	lane_world_ask(w, "ZADD wq:{bull}:sub:ids 1 %s", id);
	lane_world_ask(w, "HSET wq:{bull}:sub:of:%s spec %s rev 1 state active cursor 0-0", id,
	               spec);
	lane_world_ask(w, "SET wq:{bull}:sub:lease:%s mine", id);
	if (wq_lane_create(&p->lane, &o,
	                   &(struct wq_sub_held){ .id = wq_str(p->id),
	                                          .spec = wq_str(spec),
	                                          .cursor = wq_str("0-0"),
	                                          .rev = 1 }) < 0)
		return NULL;
	w->lanes_n++;
	wq_lane_extend(p->lane, UINT64_MAX, 0);
	return p;
}

void lane_world_event(struct lane_world *w, unsigned n)
{
	lane_world_ask(
		w,
		"XADD wq:{bull}:sub:events %lld-0 provider cloud account 9001 name process-message data "
		"{\"message\":{\"id\":\"m%u\"}}",
		BEGAN_MS + n, n);
	for (unsigned i = 0; i < w->lanes_n; i++)
		if (w->lanes[i].lane)
			wq_lane_wake(w->lanes[i].lane);
}

int64_t lane_world_ms(const struct lane_world *w)
{
	return wq_loop_wall_ms(w->calls.loop) - BEGAN_MS;
}

static bool has_passed(void *ctx)
{
	return ((struct lane_world *)ctx)->calls.late;
}

static void on_passed(struct wq_timer *t)
{
	WQ_OWNER(t, struct wq_calls, watchdog)->late = true;
}

void lane_world_pass(struct lane_world *w, int64_t ms)
{
	struct wq_timer *t = &w->calls.watchdog;

	w->calls.late = false;
	wq_timer_init(t, w->calls.loop, on_passed);
	wq_timer_start(t, (uint64_t)ms);
	lane_world_until(w, has_passed, "time passes");
	w->calls.late = false;
}

const struct lane_note *lane_world_note(const struct lane_world *w, const char *id, unsigned index)
{
	for (unsigned i = 0; i < w->notes_n; i++)
		if (strcmp(w->notes[i].id, id) == 0 && index-- == 0)
			return &w->notes[i];
	return NULL;
}
