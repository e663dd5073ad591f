/* SPDX-License-Identifier: MIT */
#pragma once
/* lane_world.h — lanes of subscriptions on virtual time, between a real Redis and a peer in this process.
 *
 * Time stands still while Redis is asked, and jumps while nothing is: days pass in seconds, each at its own moment.
 * Leases are given by hand and do not end.
 */
#include "domain/subscription/lane.h"
#include "support/calls.h"
#include "support/redis.h"

enum { LANE_WORLD_LANES = 3, LANE_WORLD_NOTES = 400 };

/* An attempt that ended. */
struct lane_note {
	const char *id;
	enum wq_retry_kind kind;
	int64_t at_ms; /* since the world began */
};

struct lane_world {
	struct wq_calls calls;
	struct wq_redisd *server; /* borrowed */
	struct wq_redis *redis;
	struct wq_metrics metrics;
	struct wq_seal_ring ring;
	struct wq_sub_keys keys;
	struct wq_delivery_ways ways;
	struct wq_post hold;
	unsigned away_turns; /* without Redis */
	bool closed, told_clear;
	struct lane_place {
		struct lane_world *world;
		char id[8];
		struct wq_lane *lane; /* NULL: closed */
	} lanes[LANE_WORLD_LANES];
	unsigned lanes_n;
	struct lane_note notes[LANE_WORLD_NOTES];
	unsigned notes_n;
	unsigned paused, recovered; /* told by on_health */
};

/* On an empty server. */
void lane_world_begin(struct lane_world *w, struct wq_redisd *server,
                      const struct wq_peer_step *steps, unsigned steps_n);
/* Closes the lanes that are open; fails on whatever is left behind. */
void lane_world_end(struct lane_world *w);

/* A subscription of that id, stored, and its lane; `more` of the spec, as ",\"rate\":5"; PORT is the peer's unless
 * another is given.  NULL: it could not be made, for lack of memory. */
struct lane_place *lane_world_open(struct lane_world *w, const char *id, unsigned port,
                                   const char *more);
/* Event number n, a millisecond behind the one before. */
void lane_world_event(struct lane_world *w, unsigned n);
const char *lane_world_ask(struct lane_world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int64_t lane_world_ms(const struct lane_world *w);
/* Turns until done(w), within a bound of turns that no day comes near; fails otherwise. */
void lane_world_until(struct lane_world *w, bool (*done)(void *w), const char *what);
void lane_world_pass(struct lane_world *w, int64_t ms);
/* Attempts of a subscription that ended so; the index-th of them, NULL: there are fewer. */
const struct lane_note *lane_world_note(const struct lane_world *w, const char *id, unsigned index);
