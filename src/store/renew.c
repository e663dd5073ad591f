/* SPDX-License-Identifier: MIT */
/* renew.c — arguments and answer of lua/renew.lua. */
#include "store/renew.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "scripts.gen.h"

int wq_renew_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, uint32_t lock_ms, size_t n,
                   void (*lock)(void *ctx, size_t i, struct wq_str *id, struct wq_str *token),
                   void *ctx, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_RENEW_ARGS + n * WQ_RENEW_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argc * sizeof(*argv)), *a = argv;
	char ms[16];
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	snprintf(ms, sizeof(ms), "%u", lock_ms);
	*a++ = wq_ref_meta(ref);
	a[WQ_RENEW_BASE] = wq_ref_base(ref);
	a[WQ_RENEW_LOCK_MS] = wq_str(ms);
	a += WQ_RENEW_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_RENEW_ITEM_ARGS)
		lock(ctx, i, &a[WQ_RENEW_ITEM_ID], &a[WQ_RENEW_ITEM_TOKEN]);
	rc = wq_script_start(ref->redis, cmd, &wq_script_renew, argv, argc, cb);
	wq_free(argv);
	return rc;
}

size_t wq_renew_lost_n(const struct wq_redis_cmd *cmd)
{
	return wq_redis_count(cmd->reply);
}

struct wq_str wq_renew_lost(const struct wq_redis_cmd *cmd, size_t i)
{
	return wq_redis_str(wq_redis_at(cmd->reply, i));
}
