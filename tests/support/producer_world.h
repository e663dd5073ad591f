/* SPDX-License-Identifier: MIT */
#pragma once
/* producer_world.h — a producer on a real redis-server, and what became of what it was given. */
#include "queue/producer.h"
#include "support/redis.h"
#include "support/redis_world.h"

enum { WQ_PRODUCED_ID_BYTES = 48 };

struct wq_produced {
	struct wq_add add;
	unsigned calls; /* of its callback */
	int rc;
	int code;
	char id[WQ_PRODUCED_ID_BYTES];
	char error[64];
};

struct wq_producer_world {
	struct wq_redisd server;
	struct wq_redis_world redis;
	struct wq_producer *producer; /* NULL: closed */
	bool closed;
	size_t told; /* callbacks of adds so far */
	/* of wq_producer_world_add_all */
	struct wq_add_all all;
	int all_rc;
	unsigned all_calls;
	int all_codes[1024];
};

/* `server` and `adjust` may be NULL; with `running` false the server is only prepared. */
void wq_producer_world_begin(struct wq_producer_world *w, const struct wq_redisd_opts *server,
                             void (*adjust)(struct wq_redis_opts *o), bool running);
void wq_producer_world_end(struct wq_producer_world *w);
/* Closes the producer; true once that was told. */
void wq_producer_world_close(struct wq_producer_world *w);

/* An item of bull:q: without options. */
struct wq_add_item wq_produced_item(const char *id);
/* Gives it to the producer; what that returned. */
int wq_producer_world_give(struct wq_producer_world *w, struct wq_produced *p,
                           struct wq_add_item item);
/* Turns until each of the n was told, once. */
void wq_producer_world_collect(struct wq_producer_world *w, struct wq_produced *p, size_t n);
/* One job, added and told: its code, or the rc if that is not 0. */
int wq_producer_world_add(struct wq_producer_world *w, struct wq_produced *p,
                          struct wq_add_item item);
/* The same for several together: rc; codes in w->all_codes. */
int wq_producer_world_add_all(struct wq_producer_world *w, const struct wq_add_item *items,
                              size_t n);
/* A metric by its whole line up to the value. */
double wq_producer_world_metric(struct wq_producer_world *w, const char *name);
/* One command of redis-cli: does it print that? */
void wq_producer_world_expect(struct wq_producer_world *w, const char *command, const char *answer);
