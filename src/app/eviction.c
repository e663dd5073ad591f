/* SPDX-License-Identifier: MIT */
/* eviction.c — two lines of INFO. */
#include "app/eviction.h"

#include "base/assert.h"
#include "base/log.h"

static struct wq_str value_of(struct wq_str info, const char *name)
{
	struct wq_str line;

	while (wq_str_next(&info, '\n', &line)) {
		size_t at = wq_str_find(line, ':');

		if (at == line.n || !wq_str_is(wq_strn(line.p, at), name))
			continue;
		line = wq_strn(line.p + at + 1, line.n - at - 1);
		return wq_strn(line.p, wq_str_find(line, '\r'));
	}
	return wq_strn(NULL, 0);
}

bool wq_eviction_told(struct wq_str info, struct wq_str *policy)
{
	struct wq_str max = value_of(info, "maxmemory");

	*policy = value_of(info, "maxmemory_policy");
	return max.n && !wq_str_is(max, "0") && policy->n && !wq_str_is(*policy, "noeviction");
}

static void on_info(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_eviction *e = WQ_OWNER(cmd, struct wq_eviction, cmd);
	struct wq_str policy;

	if (rc == 0 && wq_eviction_told(wq_redis_str(cmd->reply), &policy))
		e->on_evicts(e->ctx, policy);
	else if (rc < 0)
		e->asked = false; /* over the next connection */
}

void wq_eviction_look(struct wq_eviction *e, struct wq_redis *redis)
{
	static const struct wq_str words[] = { WQ_STR("INFO"), WQ_STR("memory") };

	if (e->asked)
		return;
	e->asked = wq_redis_start(redis, &e->cmd, words, WQ_COUNT(words), on_info) == 0;
}
