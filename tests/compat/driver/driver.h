/* SPDX-License-Identifier: MIT */
#pragma once
/* driver.h — the queue engine behind lines of JSON, for tests/compat/engine_role.mjs.
 *
 *   → {"op":"add","prefix":"bull","queue":"q","now":1774649587531,…}
 *   ← {"ok":…}   or   {"error":-5}   or   {"error":"refused","says":"…"}
 *
 * One request after the other; each op turns the loop until Redis has answered.  `now` is what the engine takes for the
 * time of day (the program is linked with a wq_loop_wall_ms of its own), timers go on by the machine's clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "driver/held.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"
#include "store/ref.h"

struct driver {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_redis_opts conn; /* by which more connections may be opened */
	struct wq_ref ref;         /* of the request's queue */
	struct wq_buf text;        /* the answer */
	struct wq_jsonw out;       /* writes into it: exactly one value, unless driver_refuse was called */
	bool refused;
	/* of driver_wait */
	bool done;
	int rc;
};

struct driver_op {
	const char *name;
	void (*run)(struct driver *d, yyjson_val *request);
};

/* Each ends with a row without a name. */
extern const struct driver_op driver_producer_ops[];
extern const struct driver_op driver_worker_ops[];
extern const struct driver_op driver_inspector_ops[];
extern const struct driver_op driver_look_ops[];
extern const struct driver_op driver_scheduler_ops[];

void driver_open(struct driver *d, const char *url);
void driver_close(struct driver *d);
/* Turns the loop until d->done; gives d->rc.  Ends the program when that takes too long. */
int driver_wait(struct driver *d);
/* What a callback calls. */
void driver_done(struct driver *d, int rc);
/* The answer is an error: a code of BullMQ's below 0, or "refused" with a sentence. */
void driver_refuse(struct driver *d, int code, const char *says);
/* 0: the engine's time of day is the machine's. */
void driver_set_now(int64_t now_ms);
int64_t driver_now(void);
/* A command of Redis; an integer, 0 for anything else. */
int64_t driver_ask(struct driver *d, const struct wq_str *argv, size_t argc);
/* Makes the successors of claimed jobs that a scheduler made.  request.major: the queue's. */
void driver_follow(struct driver *d, yyjson_val *request, struct held *const *jobs, size_t n);
/* A program that cannot go on. */
_Noreturn void driver_die(const char *what, int rc);

/* `compat-driver soak JSON`: a producer or a worker that runs by itself; tests/compat/soak/peer.mjs is its twin. */
int driver_soak(const char *config);

static inline bool driver_flag(yyjson_val *request, const char *name)
{
	return yyjson_is_true(wq_json_get(request, name));
}
