/* SPDX-License-Identifier: MIT */
/* stalled.c — arguments and answer of lua/stalled.lua. */
#include "store/stalled.h"

#include <inttypes.h>
#include <stdio.h>

#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

int wq_stalled_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                     const struct wq_stalled_rule *rule, const struct wq_stalled_step *step,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	static const char *const phases[] = { "first", "check", "mark" };
	struct wq_str argv[1 + WQ_STALLED_ARGS], *a = argv + 1;
	char now[NUMBER_BYTES], every[NUMBER_BYTES], max[NUMBER_BYTES], most[NUMBER_BYTES],
		from[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(every, sizeof(every), "%u", rule->every_ms);
	snprintf(max, sizeof(max), "%u", rule->max);
	snprintf(most, sizeof(most), "%u", rule->most);
	snprintf(from, sizeof(from), "%" PRId64, step->mark_from);
	argv[0] = wq_ref_meta(ref);
	a[WQ_STALLED_BASE] = wq_ref_base(ref);
	a[WQ_STALLED_NOW_MS] = wq_str(now);
	a[WQ_STALLED_EVERY_MS] = wq_str(every);
	a[WQ_STALLED_STALLS_MAX] = wq_str(max);
	a[WQ_STALLED_MOST] = wq_str(most);
	a[WQ_STALLED_PHASE] = wq_str(phases[step->phase]);
	a[WQ_STALLED_MARK_FROM] = wq_str(from);
	return wq_script_start(ref->redis, cmd, &wq_script_stalled, argv, 1 + WQ_STALLED_ARGS, cb);
}

size_t wq_stalled_answer(const struct wq_redis_cmd *cmd, struct wq_stalled_step *next)
{
	struct wq_str word = wq_redis_str(wq_redis_at(cmd->reply, 0));
	size_t n = wq_redis_count(cmd->reply);

	*next = (struct wq_stalled_step){ .phase = WQ_STALLED_DONE };
	if (wq_str_is(word, "check")) {
		next->phase = WQ_STALLED_CHECK;
		return n - 1;
	}
	if (!wq_str_is(word, "mark"))
		return 0;
	next->phase = WQ_STALLED_MARK;
	next->mark_from = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	return n > 2 ? n - 2 : 0;
}
