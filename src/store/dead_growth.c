/* SPDX-License-Identifier: MIT */
/* dead_growth.c — arguments of dead_growth.lua, and its answer. */
#include "store/dead_growth.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/calendar.h"
#include "base/err.h"
#include "scripts.gen.h"

enum { HOUR_MS = 3600000, ANSWERS = 5 };

static void on_script(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_dead_growth *g = WQ_OWNER(cmd, struct wq_dead_growth, cmd);
	int64_t n[ANSWERS] = { 0 };

	if (rc == 0 && wq_redis_count(cmd->reply) != ANSWERS)
		rc = WQ_RAISE_MSG(WQ_EPROTO, "answer of a count of dead letters");
	for (size_t i = 0; rc == 0 && i < ANSWERS; i++)
		n[i] = wq_redis_int(wq_redis_at(cmd->reply, i), 0);
	g->letters = (uint64_t)n[0];
	g->hour = (uint64_t)n[1];
	g->day = (uint64_t)n[2];
	g->oldest_ms = n[3];
	g->newest_ms = n[4];
	g->cb(g, rc);
}

int wq_dead_growth_start(const struct wq_ref *ref, int64_t now_ms, struct wq_dead_growth *g,
                         void (*cb)(struct wq_dead_growth *g, int rc))
{
	struct wq_str argv[1 + WQ_DEAD_GROWTH_ARGS];
	char hour[24], day[24];

	snprintf(hour, sizeof(hour), "%" PRId64, now_ms - HOUR_MS);
	snprintf(day, sizeof(day), "%" PRId64, now_ms - WQ_DAY_MS);
	argv[0] = wq_ref_meta(ref);
	argv[1 + WQ_DEAD_GROWTH_BASE] = wq_ref_base(ref);
	argv[1 + WQ_DEAD_GROWTH_HOUR_MS] = wq_str(hour);
	argv[1 + WQ_DEAD_GROWTH_DAY_MS] = wq_str(day);
	g->cb = cb;
	return wq_script_start(ref->redis, &g->cmd, &wq_script_dead_growth, argv, WQ_COUNT(argv),
	                       on_script);
}
