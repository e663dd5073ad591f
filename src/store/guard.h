/* SPDX-License-Identifier: MIT */
#pragma once
/* guard.h — what Redis tells of who uses a queue. */
#include <stdbool.h>
#include <stdint.h>

#include "io/redis/redis.h"
#include "store/ref.h"

struct wq_queue_seen {
	char version[64];     /* meta.version, as "bullmq:5.80.7"; "" when missing; cut when longer */
	unsigned major;       /* of a version of BullMQ; 0: unknown */
	bool bull3;           /* has keys that only Bull 3 writes, or none of those that BullMQ always writes */
	bool other_library;   /* its version is not BullMQ's */
	bool paused;
	bool clients_known;   /* CLIENT LIST answered */
	uint32_t workers_v4;  /* wait by BRPOPLPUSH */
	uint32_t workers_v5;  /* wait by BZPOPMIN: 5.x, 6.x, or us */
	uint32_t listeners;   /* of its events */
};

struct wq_guard {
	struct wq_queue_seen seen; /* out */
	const struct wq_ref *ref;
	struct wq_redis_cmd meta, clients;
	void (*cb)(struct wq_guard *g, int rc);
	unsigned open;
	int rc;
};

/* cb runs once: 0, a wq_redis_condition or a negative code.  < 0: it never runs. */
int wq_guard_start(struct wq_guard *g, const struct wq_ref *ref,
                   void (*cb)(struct wq_guard *g, int rc));
void wq_guard_forget(struct wq_guard *g);
