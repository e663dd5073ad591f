/* SPDX-License-Identifier: MIT */
#pragma once
/* health.h — /livez, /healthz, /readyz, /health, /metrics and /openapi.json.
 *
 *   live   the loop turns: always 200 while the process can answer at all
 *   ready  every check passes: 200, otherwise 503 with Retry-After and the reason of each
 *
 * Checks are asked when somebody looks; they keep no state and wait for nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "io/loop/loop.h"
#include "io/server/server.h"

#define WQ_HEALTH_CHECKS_MAX 16

struct wq_health_check {
	const char *name;
	/* True: fine.  False: *why is a sentence for people, valid until the loop turns. */
	bool (*ok)(void *ctx, const char **why);
	void *ctx;
};

struct wq_health {
	struct wq_loop *loop;             /* borrowed */
	struct wq_server *server;         /* borrowed */
	const struct wq_metrics *metrics; /* borrowed */
	struct wq_health_check checks[WQ_HEALTH_CHECKS_MAX];
	unsigned checks_n;
	uint64_t started_us;
};

void wq_health_init(struct wq_health *h, struct wq_loop *l, struct wq_server *s,
                    const struct wq_metrics *m);
void wq_health_add(struct wq_health *h, struct wq_health_check check);
/* Every check passes now. */
bool wq_health_ok(const struct wq_health *h);
/* Adds the routes; 0 or a raised error.  `h` must outlive the server. */
int wq_health_routes(struct wq_health *h);
