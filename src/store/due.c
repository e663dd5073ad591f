/* SPDX-License-Identifier: MIT */
/* due.c — due_look's arguments and answer. */
#include "store/due.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

static const char *const sets_keys[WQ_DUE_SETS] = {
	[WQ_DUE_WINDOWS] = "due:win", [WQ_DUE_SEQUENCES] = "due:seq", [WQ_DUE_BLOCKS] = "due:blk",
	[WQ_DUE_DOUBTS] = "due:doubt", [WQ_DUE_PENDING] = "due:pend",
	[WQ_DUE_JOBS] = "jobs", [WQ_DUE_SEQ_RUNS] = "due:seqrun",
};

int wq_due_look_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                      const enum wq_due_set *sets, size_t n,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_DUE_LOOK_ARGS + WQ_DUE_SETS * WQ_DUE_LOOK_ITEM_ARGS];
	struct wq_str *a = argv + 1 + WQ_DUE_LOOK_ARGS;
	char now[NUMBER_BYTES];

	WQ_REQUIRE(n <= WQ_DUE_SETS);
	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_DUE_LOOK_OWN] = wq_str(k->own);
	argv[1 + WQ_DUE_LOOK_NOW_MS] = wq_str(now);
	for (size_t i = 0; i < n; i++, a += WQ_DUE_LOOK_ITEM_ARGS)
		a[WQ_DUE_LOOK_ITEM_SET] = wq_str(sets_keys[sets[i]]);
	return wq_script_start(k->redis, cmd, &wq_script_due_look, argv, (size_t)(a - argv), cb);
}

int64_t wq_due_now(const struct wq_redis_cmd *cmd)
{
	int64_t now = wq_redis_int(wq_redis_at(cmd->reply, 0), 0);

	if (now <= 0)
		(void)WQ_RAISE_MSG(WQ_EPROTO, "due_look answered in another form");
	return now > 0 ? now : 0;
}

int64_t wq_due_first(const struct wq_redis_cmd *cmd, size_t i)
{
	int64_t first = wq_redis_int(wq_redis_at(cmd->reply, i + 1), -1);

	return first >= 0 ? first : -1;
}
