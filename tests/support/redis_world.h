/* SPDX-License-Identifier: MIT */
#pragma once
/* redis_world.h — a loop, a resolver and a client for a test in real time, every wait with a bound.
 *
 * Values are printed as text: v, 7, (nil), [a, [b]], !ERR text.
 */
#include "io/redis/redis.h"
#include "io/redis/script.h"

struct wq_redis_world;

/* A command and what became of it. */
struct wq_redis_shot {
	struct wq_redis_cmd cmd;
	struct wq_redis_world *world;
	unsigned calls; /* of its callback */
	int rc;
	char text[96];
	size_t n;     /* bytes of a string that came */
	uint64_t sum; /* of those bytes */
};

struct wq_redis_world {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_redis_shot one; /* of wq_redis_world_ask */
	struct wq_redis_shot *shots;
	size_t n, done;      /* shots; their callbacks */
	unsigned ups, downs; /* on_state */
	char why[256];       /* of the last down */
	bool closed;
};

/* `adjust` may be NULL.  url NULL: no client yet. */
void wq_redis_world_begin(struct wq_redis_world *w, const char *url,
                          void (*adjust)(struct wq_redis_opts *o));
/* A client for a world without one. */
void wq_redis_world_connect(struct wq_redis_world *w, const char *url,
                            void (*adjust)(struct wq_redis_opts *o));
/* Closes what is open; fails on a shot that was not called back exactly once, and on a leak. */
void wq_redis_world_end(struct wq_redis_world *w);
void wq_redis_world_close(struct wq_redis_world *w);

/* Turns until done(ctx); false after ten seconds. */
bool wq_redis_world_wait(struct wq_redis_world *w, bool (*done)(void *ctx), void *ctx);
/* At least so long: for what must not happen. */
void wq_redis_world_turn(struct wq_redis_world *w, uint64_t ms);
void wq_redis_world_until_ready(struct wq_redis_world *w);
void wq_redis_world_until_away(struct wq_redis_world *w);

/* One command of words separated by spaces; its outcome; w->one.text its answer. */
int wq_redis_world_ask(struct wq_redis_world *w, const char *words);

/* Room for n shots, all unfired. */
void wq_redis_world_load(struct wq_redis_world *w, size_t n);
/* What wq_redis_start, or wq_script_start with a script, returned. */
int wq_redis_world_fire(struct wq_redis_world *w, size_t i, const struct wq_script *s,
                        const char *words);
/* Waits until all that were fired have come back. */
void wq_redis_world_collect(struct wq_redis_world *w);
/* Shots with this outcome. */
size_t wq_redis_world_count(const struct wq_redis_world *w, int rc);
/* A metric of the client by its name and the start of its labels. */
double wq_redis_world_metric(struct wq_redis_world *w, const char *name);

void wq_redis_print(const struct wq_redis_value *v, char *out, size_t max);
