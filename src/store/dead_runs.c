/* SPDX-License-Identifier: MIT */
/* dead_runs.c — arguments of dead_runs.lua, and its answers. */
#include "store/dead_runs.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "scripts.gen.h"

static void on_script(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_dead_runs_call *c = WQ_OWNER(cmd, struct wq_dead_runs_call, cmd);

	c->n = rc == 0 ? wq_redis_count(cmd->reply) : 0;
	c->stop = c->what == WQ_DEAD_RUNS_NOTE && c->n > 0 && wq_dead_runs_text(c, 0).n > 0;
	c->cb(c, rc);
}

struct wq_str wq_dead_runs_text(const struct wq_dead_runs_call *c, size_t i)
{
	return wq_redis_str(wq_redis_at(c->cmd.reply, i));
}

int wq_dead_runs_start(struct wq_dead_runs_call *c, const struct wq_ref *ref,
                       enum wq_dead_runs_what what, struct wq_str id, struct wq_str text,
                       void (*cb)(struct wq_dead_runs_call *c, int rc))
{
	static const char *const words[] = { "note", "read", "stop" };
	struct wq_str argv[1 + WQ_DEAD_RUNS_ARGS];
	char most[24], keep[24];

	snprintf(most, sizeof(most), "%d", WQ_DEAD_RUNS_KEPT);
	snprintf(keep, sizeof(keep), "%d", WQ_DEAD_RUNS_KEPT_MS);
	argv[0] = wq_ref_meta(ref);
	argv[1 + WQ_DEAD_RUNS_BASE] = wq_ref_base(ref);
	argv[1 + WQ_DEAD_RUNS_WHAT] = wq_str(words[what]);
	argv[1 + WQ_DEAD_RUNS_ID] = id;
	argv[1 + WQ_DEAD_RUNS_TEXT] = text;
	argv[1 + WQ_DEAD_RUNS_MOST] = wq_str(most);
	argv[1 + WQ_DEAD_RUNS_KEEP_MS] = wq_str(keep);
	c->what = what;
	c->cb = cb;
	return wq_script_start(ref->redis, &c->cmd, &wq_script_dead_runs, argv, WQ_COUNT(argv),
	                       on_script);
}
