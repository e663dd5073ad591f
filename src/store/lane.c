/* SPDX-License-Identifier: MIT */
/* lane.c — arguments and answers of lua/lane_enter.lua and lua/lane_pass.lua. */
#include "store/lane.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "scripts.gen.h"
#include "store/tag.h"

static char *own_key(const char *kind, struct wq_str prefix, struct wq_str queue, const char *end)
{
	struct wq_str tag = wq_tag_of(prefix);
	size_t max = tag.n + queue.n + 32;
	char *key = wq_alloc(max);

	if (!key) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	snprintf(key, max, "wq:{%.*s}:%s:%.*s%s", WQ_STR_ARG(tag), kind, WQ_STR_ARG(queue), end);
	return key;
}

char *wq_lanes_prefix(struct wq_str prefix, struct wq_str queue)
{
	return own_key("lane", prefix, queue, ":");
}

int wq_lanes_init(struct wq_lanes *l, const struct wq_ref *ref)
{
	*l = (struct wq_lanes){ .ref = ref };
	l->lanes = wq_lanes_prefix(ref->prefix, ref->queue);
	l->parked = own_key("parked", ref->prefix, ref->queue, "");
	if (l->lanes && l->parked)
		return 0;
	wq_lanes_fini(l);
	return WQ_ENOMEM;
}

void wq_lanes_fini(struct wq_lanes *l)
{
	wq_free(l->lanes);
	wq_free(l->parked);
	l->lanes = l->parked = NULL;
}

int wq_lane_enter_start(const struct wq_lanes *l, struct wq_redis_cmd *cmd, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_lane_item *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_LANE_ENTER_ARGS + n * WQ_LANE_ENTER_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argc * sizeof(*argv)), *a = argv;
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	*a++ = wq_ref_meta(l->ref);
	a[WQ_LANE_ENTER_BASE] = wq_ref_base(l->ref);
	a[WQ_LANE_ENTER_LANES] = wq_str(l->lanes);
	a[WQ_LANE_ENTER_PARKED] = wq_str(l->parked);
	a += WQ_LANE_ENTER_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_LANE_ENTER_ITEM_ARGS) {
		struct wq_lane_item it;

		item(ctx, i, &it);
		a[WQ_LANE_ENTER_ITEM_LANE] = it.lane;
		a[WQ_LANE_ENTER_ITEM_ID] = it.id;
	}
	rc = wq_script_start(l->ref->redis, cmd, &wq_script_lane_enter, argv, argc, cb);
	wq_free(argv);
	return rc;
}

bool wq_lane_may_run(const struct wq_redis_cmd *cmd, size_t i)
{
	return wq_redis_int(wq_redis_at(cmd->reply, i), 1) == 0;
}

int wq_lane_pass_start(const struct wq_lanes *l, struct wq_redis_cmd *cmd, size_t n,
                       void (*item)(void *ctx, size_t i, struct wq_lane_item *out), void *ctx,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_LANE_PASS_ARGS + n * WQ_LANE_PASS_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argc * sizeof(*argv)), *a = argv;
	char lane_s[24];
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	snprintf(lane_s, sizeof(lane_s), "%d", WQ_LANE_MAX_S);
	*a++ = wq_ref_meta(l->ref);
	a[WQ_LANE_PASS_BASE] = wq_ref_base(l->ref);
	a[WQ_LANE_PASS_LANES] = wq_str(l->lanes);
	a[WQ_LANE_PASS_PARKED] = wq_str(l->parked);
	a[WQ_LANE_PASS_LANE_S] = wq_str(lane_s);
	a += WQ_LANE_PASS_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_LANE_PASS_ITEM_ARGS) {
		struct wq_lane_item it;

		item(ctx, i, &it);
		a[WQ_LANE_PASS_ITEM_LANE] = it.lane;
		a[WQ_LANE_PASS_ITEM_ID] = it.id;
		a[WQ_LANE_PASS_ITEM_ENDED] = wq_str(it.ended ? "1" : "0");
	}
	rc = wq_script_start(l->ref->redis, cmd, &wq_script_lane_pass, argv, argc, cb);
	wq_free(argv);
	return rc;
}
