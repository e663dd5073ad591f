/* SPDX-License-Identifier: MIT */
/* send_holds.c — what keeps an account's messages from being sent, and since when. */
#include <stdio.h>

#include "base/assert.h"
#include "io/redis/script.h"
#include "scripts.gen.h"
#include "store/send.h"

enum { HOLD, WHY, AT, UNTEMPLATED, STOPPED };

int wq_send_holds_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEND_HOLDS_ARGS];
	char most[24];

	snprintf(most, sizeof(most), "%d", WQ_SEND_STOPPED_SHOWN);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_SEND_HOLDS_OWN] = wq_str(k->own);
	argv[1 + WQ_SEND_HOLDS_MOST] = wq_str(most);
	return wq_script_start(k->redis, cmd, &wq_script_send_holds, argv, WQ_COUNT(argv), cb);
}

/* 0: it is none. */
static int64_t moment(struct wq_str s)
{
	uint64_t n;

	if (wq_str_is(s, "-1"))
		return -1;
	return wq_str_to_u64(s, INT64_MAX, &n) ? (int64_t)n : 0;
}

static bool holds(int64_t until_ms, int64_t now_ms)
{
	return until_ms < 0 || until_ms > now_ms;
}

void wq_send_holds_answer(const struct wq_redis_cmd *cmd, int64_t now_ms, struct wq_send_hold *out)
{
	int64_t until = moment(wq_redis_str(wq_redis_at(cmd->reply, HOLD)));
	int64_t templates = moment(wq_redis_str(wq_redis_at(cmd->reply, UNTEMPLATED)));
	size_t n = wq_redis_count(wq_redis_at(cmd->reply, STOPPED)) / 2;

	*out = (struct wq_send_hold){ .stopped = n < WQ_SEND_STOPPED_SHOWN
		                                         ? n
		                                         : WQ_SEND_STOPPED_SHOWN };
	if (holds(templates, now_ms))
		out->templates_until_ms = templates;
	if (!holds(until, now_ms))
		return;
	out->held = true;
	out->until_ms = until;
	out->why = wq_redis_str(wq_redis_at(cmd->reply, WHY));
	out->since_ms = moment(wq_redis_str(wq_redis_at(cmd->reply, AT)));
}

void wq_send_stopped_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_send_stopped *out)
{
	const struct wq_redis_value *rows = wq_redis_at(cmd->reply, STOPPED);
	struct wq_str name = wq_redis_str(wq_redis_at(rows, 2 * i));
	struct wq_str row = wq_redis_str(wq_redis_at(rows, 2 * i + 1)), until, at;

	*out = (struct wq_send_stopped){ .until_ms = 0 };
	if (!wq_str_next(&row, ' ', &until) || !wq_str_next(&row, ' ', &at))
		return;
	out->until_ms = moment(until);
	out->since_ms = moment(at);
	out->why = row;
	if (wq_str_next(&name, '|', &out->name))
		out->language = name;
}

bool wq_send_effect_ended(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(cmd->reply, 0) > 0;
}
