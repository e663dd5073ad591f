/* SPDX-License-Identifier: MIT */
/* dead.c — arguments of dead_retry.lua and dead_edit.lua, and their answers. */
#include "store/dead.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "scripts.gen.h"

static void on_script(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_dead_retry *d = WQ_OWNER(cmd, struct wq_dead_retry, cmd);

	if (rc == 0 && wq_redis_count(cmd->reply) != 2)
		rc = WQ_RAISE_MSG(WQ_EPROTO, "answer of a retry");
	if (rc == 0) {
		d->code = (int)wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_DEAD_MISSING);
		d->ran_as = wq_redis_str(wq_redis_at(cmd->reply, 1));
	}
	d->cb(d, rc);
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_dead_retry_start(const struct wq_ref *from, const struct wq_ref *to, int64_t now_ms,
                        struct wq_dead_retry *d, void (*cb)(struct wq_dead_retry *d, int rc))
{
	struct wq_str argv[1 + WQ_DEAD_RETRY_ARGS];
	char now[24], failed[24];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(failed, sizeof(failed), "%" PRId64, d->failed_at_ms);
	argv[0] = wq_ref_meta(from);
	argv[1 + WQ_DEAD_RETRY_BASE] = wq_ref_base(from);
	argv[1 + WQ_DEAD_RETRY_ID] = bytes(d->id);
	argv[1 + WQ_DEAD_RETRY_SEEN] = bytes(d->seen);
	argv[1 + WQ_DEAD_RETRY_NOW_MS] = wq_str(now);
	argv[1 + WQ_DEAD_RETRY_TARGET] = wq_ref_base(to);
	argv[1 + WQ_DEAD_RETRY_JOB_ID] = bytes(d->job_id);
	argv[1 + WQ_DEAD_RETRY_NAME] = bytes(d->name);
	argv[1 + WQ_DEAD_RETRY_DATA] = bytes(d->data);
	argv[1 + WQ_DEAD_RETRY_OPTS] = bytes(d->opts);
	argv[1 + WQ_DEAD_RETRY_PARENT_KEY] = bytes(d->parent_key);
	argv[1 + WQ_DEAD_RETRY_PARENT] = bytes(d->parent);
	argv[1 + WQ_DEAD_RETRY_FAILED_MS] = wq_str(failed);
	d->cb = cb;
	return wq_script_start(from->redis, &d->cmd, &wq_script_dead_retry, argv, WQ_COUNT(argv),
	                       on_script);
}

static void on_edited(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_dead_edit *d = WQ_OWNER(cmd, struct wq_dead_edit, cmd);

	if (rc == 0)
		d->code = (int)wq_redis_int(cmd->reply, WQ_DEAD_MISSING);
	d->cb(d, rc);
}

int wq_dead_edit_start(const struct wq_ref *ref, struct wq_dead_edit *d,
                       void (*cb)(struct wq_dead_edit *d, int rc))
{
	struct wq_str argv[1 + WQ_DEAD_EDIT_ARGS];

	argv[0] = wq_ref_meta(ref);
	argv[1 + WQ_DEAD_EDIT_BASE] = wq_ref_base(ref);
	argv[1 + WQ_DEAD_EDIT_ID] = bytes(d->id);
	argv[1 + WQ_DEAD_EDIT_SEEN] = bytes(d->seen);
	argv[1 + WQ_DEAD_EDIT_DATA] = bytes(d->data);
	d->cb = cb;
	return wq_script_start(ref->redis, &d->cmd, &wq_script_dead_edit, argv, WQ_COUNT(argv),
	                       on_edited);
}
