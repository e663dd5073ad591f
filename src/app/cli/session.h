/* SPDX-License-Identifier: MIT */
#pragma once
/* session.h — a loop and a connection to Redis for one command, which does one thing after the other.
 *
 *   rc = wq_look_counts(&look, …, cb);          cb calls wq_session_done(s, rc)
 *   if (!wq_session_wait(s, rc, look.cmd.error)) return WQ_EXIT_FAILED;      a sentence was printed
 */
#include <stdbool.h>

#include "app/settings/settings.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/loop/timer.h"
#include "io/redis/redis.h"

struct wq_session {
	const struct wq_settings *settings; /* borrowed */
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_timer pause;
	int rc;
	bool done;
};

/* False: a sentence was printed.  Close it in any case. */
bool wq_session_open(struct wq_session *s, const struct wq_settings *settings);
void wq_session_close(struct wq_session *s);
/* How a connection of one's own to the same Redis is made. */
void wq_session_redis_opts(const struct wq_session *s, struct wq_redis_opts *o);
/* For callbacks: what was waited for is done. */
void wq_session_done(struct wq_session *s, int rc);
/* Waits, if `started` is 0.  True: it ended well.  `error` is read afterwards: what Redis said. */
bool wq_session_wait(struct wq_session *s, int started, const char *error);
/* The two halves of it: waits, and gives the outcome; prints the sentence of one that is not 0. */
int wq_session_run(struct wq_session *s, int started);
void wq_session_tell(const struct wq_session *s, int rc, const char *error);
/* Lets the time pass. */
void wq_session_pause(struct wq_session *s, uint64_t ms);
