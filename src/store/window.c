/* SPDX-License-Identifier: MIT */
/* window.c — arguments and answers of the scripts about windows. */
#include "store/window.h"

#include <inttypes.h>
#include <stdio.h>

#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

int wq_window_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_WIN_TICK_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(most, sizeof(most), "%d", WQ_WINDOW_BATCH);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_WIN_TICK_OWN] = wq_str(k->own);
	argv[1 + WQ_WIN_TICK_NOW_MS] = wq_str(now);
	argv[1 + WQ_WIN_TICK_MOST] = wq_str(most);
	return wq_script_start(k->redis, cmd, &wq_script_win_tick, argv, WQ_COUNT(argv), cb);
}

void wq_window_ticked(const struct wq_redis_cmd *cmd, struct wq_window_ticked *out)
{
	*out = (struct wq_window_ticked){
		.closing = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.closed = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 1), 0),
		.more = wq_redis_int(wq_redis_at(cmd->reply, 2), 0) > 0,
	};
}
