/* SPDX-License-Identifier: MIT */
/* reclaim.c — arguments and answer of lua/reclaim.lua. */
#include "store/reclaim.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "scripts.gen.h"

enum {
	NUMBER_BYTES = 24,
	FOUND = 0, NEXT,               /* of the answer */
	ID = 0, PLACE, HASH, TOKEN,    /* of a job */
};

int wq_reclaim_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, uint32_t lock_ms,
                     int64_t from, const struct wq_str *tokens, size_t n,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_RECLAIM_ARGS + WQ_WORKER_LOST_CALLS_MAX], *a = argv + 1;
	char lock[NUMBER_BYTES], start[NUMBER_BYTES], most[NUMBER_BYTES];

	WQ_REQUIRE(n <= WQ_WORKER_LOST_CALLS_MAX);
	snprintf(lock, sizeof(lock), "%u", lock_ms);
	snprintf(start, sizeof(start), "%" PRId64, from);
	snprintf(most, sizeof(most), "%d", WQ_WORKER_RECLAIM_MAX);
	argv[0] = wq_ref_meta(ref);
	a[WQ_RECLAIM_BASE] = wq_ref_base(ref);
	a[WQ_RECLAIM_LOCK_MS] = wq_str(lock);
	a[WQ_RECLAIM_FROM] = wq_str(start);
	a[WQ_RECLAIM_MOST] = wq_str(most);
	a += WQ_RECLAIM_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_RECLAIM_ITEM_ARGS)
		a[WQ_RECLAIM_ITEM_TOKEN] = tokens[i];
	return wq_script_start(ref->redis, cmd, &wq_script_reclaim, argv, (size_t)(a - argv), cb);
}

size_t wq_reclaim_found(const struct wq_redis_cmd *cmd, int64_t *next)
{
	*next = wq_redis_int(wq_redis_at(cmd->reply, NEXT), -1);
	return wq_redis_count(wq_redis_at(cmd->reply, FOUND));
}

int wq_reclaim_job(const struct wq_redis_cmd *cmd, size_t i, struct wq_job **out, int64_t *place,
                   struct wq_str *token)
{
	const struct wq_redis_value *v = wq_redis_at(wq_redis_at(cmd->reply, FOUND), i);

	*place = wq_redis_int(wq_redis_at(v, PLACE), -1);
	*token = wq_redis_str(wq_redis_at(v, TOKEN));
	return wq_job_decode(out, wq_redis_str(wq_redis_at(v, ID)), wq_redis_at(v, HASH),
	                     wq_redis_count(wq_redis_at(v, HASH)));
}
