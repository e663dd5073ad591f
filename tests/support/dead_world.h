/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_world.h — letters of the queue "q" on a real Redis, and what became of them. */
#include "queue/dead_letters.h"
#include "queue/dead_one.h"
#include "support/redis.h"
#include "support/redis_world.h"

enum { WQ_DEAD_WORLD_IDS = 512 };

struct wq_dead_world {
	struct wq_redisd *server; /* borrowed */
	struct wq_redis_world redis;
	struct wq_ref ref;        /* of the letters */
	struct wq_script seed;
	struct wq_dead_walk walk;
	struct wq_dead_one one;
	/* of the walk: what it is to do, and to what */
	enum wq_dead_wish wish;
	uint64_t enough;          /* letters after which it is told ENOUGH; 0: none */
	/* Before the wish; may be NULL. */
	void (*meddle)(struct wq_dead_world *w, const struct wq_dead_letter *l);
	unsigned told;            /* letters */
	char ids[WQ_DEAD_WORLD_IDS]; /* theirs, a space behind each, cut */
	/* of walk and one */
	unsigned ends;
	int rc;
};

/* On an empty server.  `adjust` may be NULL. */
void wq_dead_world_begin(struct wq_dead_world *w, struct wq_redisd *server,
                         void (*adjust)(struct wq_redis_opts *o));
void wq_dead_world_end(struct wq_dead_world *w);

/* Letters first … last.  Of letter n the job was "j<n>", called "send" (or "other", each fourth), of account b0 or b1
 * by turns, failed at 1000+n of "HTTP 404" (each third) or "HTTP 500", with 3 attempts; `bytes` of padding.
 * `failed`: the job is there. */
void wq_dead_world_seed(struct wq_dead_world *w, unsigned first, unsigned last, unsigned bytes,
                        bool failed);
const char *wq_dead_world_ask(struct wq_dead_world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A fresh walk that only looks; adjust it, then run. */
struct wq_dead_walk *wq_dead_world_walk(struct wq_dead_world *w);
/* To its end; the outcome. */
int wq_dead_world_run(struct wq_dead_world *w);
/* Those that waiting was started for. */
void wq_dead_world_wait(struct wq_dead_world *w);

enum wq_dead_do { WQ_DEAD_DO_READ, WQ_DEAD_DO_RETRY, WQ_DEAD_DO_EDIT };
/* One letter; its code, or < 0 or a condition: how it failed.  data NULL: none. */
int wq_dead_world_one(struct wq_dead_world *w, enum wq_dead_do what, const char *id,
                      const char *data);
