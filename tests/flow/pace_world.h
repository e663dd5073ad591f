/* SPDX-License-Identifier: MIT */
#pragma once
/* pace_world.h — the scripts that say when a message may go, on a real Redis and a clock of the test's own.
 *
 * A case is a row of steps; each is asked at its moment, and what was answered is compared as text:
 *   a claim     "go", "wait MS why", "people N", or the answer's word and its text
 *   settling    as enum wq_send_settled, a number
 *   an effect   "told"
 *   people      "new", "known", "wait MS"; given back: "back"
 */
#include "store/letter.h"
#include "store/people.h"
#include "support/redis.h"
#include "support/redis_world.h"

#define PACE_NOW_MS 1700000000000LL

enum pace_act {
	ASK, ASK_BULK, ASK_SIGNAL, ASK_CAN_WAIT, ASK_TEMPLATE, ASK_MET, /* the portfolio said `ms` */
	SENT, AGAIN, FAILED, /* AGAIN: in `ms` */
	SLOW, PAIR,          /* for `ms` */
	PERSON, PERSON_BACK, /* of `ms` a day; the moment of the grant is PACE_NOW_MS + `ms` */
};
struct pace_step {
	int64_t at; /* ms after PACE_NOW_MS */
	enum pace_act act;
	const char *id, *to; /* to NULL: nobody else is written to */
	const char *want;
	int64_t ms;
	int n; /* so many alike, of id1, id2 …; 0: one, of id */
};
enum { PACE_STEPS_MAX = 24 };
struct pace_case {
	const char *what;
	struct wq_send_rules rules; /* what is 0 of times and bursts is filled in */
	const char *chance;         /* the first digits of tokens; NULL: 000000, no jitter */
	struct pace_step steps[PACE_STEPS_MAX]; /* up to one without a `want` */
};

struct pace_world {
	struct wq_redisd server;
	struct wq_redis_world w;
	struct wq_send_keys keys;
	struct wq_people_keys people;
	unsigned wrong; /* steps so far */
};
extern struct pace_world pw;

/* For a group: one Redis for all of its tests. */
int pace_world_begin(void **state);
int pace_world_end(void **state);
void pace_world_empty(void);
/* What is 0 and has to be something. */
struct wq_send_rules pace_world_rules(const struct wq_send_rules *r);

/* As text, static. */
const char *pace_world_do(const struct wq_send_rules *rules, const char *chance,
                          const struct pace_step *s);
/* Fails when any step of any was answered otherwise. */
void pace_world_run(const struct pace_case *cases, size_t n);

/* Messages that come back when they are told to, until all are sent. */
struct pace_message {
	char id[16], to[16];
	bool bulk;
	int64_t next; /* of its asking */
	int64_t went; /* -1: not yet */
	unsigned asked;
};
void pace_world_send_all(const struct wq_send_rules *rules, struct pace_message *m, size_t n);
/* The most that went within any `ms`. */
size_t pace_most_within(const struct pace_message *m, size_t n, int64_t ms);
