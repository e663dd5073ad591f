/* SPDX-License-Identifier: MIT */
/* webhook_keep.c — arguments of webhook_keep.lua and webhook_stats.lua, and their answers. */
#include "store/webhook_keep.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { KEYS = 3, NUMBER_BYTES = 24, FIRST_COUNT = 4, KEY_MAX_BYTES = WQ_QUEUE_NAME_MAX_BYTES + 48 };
#define REFUSED "refused_"

static void keys(const struct wq_webhook_log *log, char counts[KEY_MAX_BYTES], struct wq_str *argv)
{
	snprintf(counts, KEY_MAX_BYTES, "%scounts", log->own);
	argv[0] = wq_str(log->taken);
	argv[1] = wq_str(log->refused);
	argv[2] = wq_str(counts);
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	snprintf(out, NUMBER_BYTES, "%" PRId64, n);
	return wq_str(out);
}

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_webhook_keep_start(const struct wq_webhook_log *log, struct wq_redis_cmd *cmd,
                          int64_t now_ms, const struct wq_webhook_keep *k,
                          const struct wq_webhook_refusal *items, size_t n,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str
		argv[KEYS + WQ_WEBHOOK_KEEP_ARGS + WQ_WEBHOOK_REFUSALS * WQ_WEBHOOK_KEEP_ITEM_ARGS];
	char fixed[WQ_WEBHOOK_KEEP_ARGS][NUMBER_BYTES], counts[KEY_MAX_BYTES];
	char numbers[WQ_WEBHOOK_REFUSALS][3][NUMBER_BYTES];
	struct wq_str *a = argv + KEYS;

	WQ_REQUIRE(n <= WQ_WEBHOOK_REFUSALS);
	keys(log, counts, argv);
	a[WQ_WEBHOOK_KEEP_NOW_MS] = number(fixed[0], now_ms);
	a[WQ_WEBHOOK_KEEP_LOG_MAX] = number(fixed[1], (int64_t)k->log_max);
	a[WQ_WEBHOOK_KEEP_LOG_MS] = number(fixed[2], k->log_ms);
	a[WQ_WEBHOOK_KEEP_REFUSED_MAX] = number(fixed[3], (int64_t)k->refused_max);
	a[WQ_WEBHOOK_KEEP_TRIM_MAX] = number(fixed[4], WQ_WEBHOOK_TRIM_MAX);
	a += WQ_WEBHOOK_KEEP_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_WEBHOOK_KEEP_ITEM_ARGS) {
		a[WQ_WEBHOOK_KEEP_ITEM_STATUS] = number(numbers[i][0], items[i].status);
		a[WQ_WEBHOOK_KEEP_ITEM_CODE] = bytes(items[i].code);
		a[WQ_WEBHOOK_KEEP_ITEM_PATH] = bytes(items[i].path);
		a[WQ_WEBHOOK_KEEP_ITEM_PEER] = bytes(items[i].peer);
		a[WQ_WEBHOOK_KEEP_ITEM_LEFT_OUT] = number(numbers[i][1],
		                                          (int64_t)items[i].left_out);
		a[WQ_WEBHOOK_KEEP_ITEM_COUNT] = number(numbers[i][2], (int64_t)items[i].count);
	}
	return wq_script_start(log->redis, cmd, &wq_script_webhook_keep, argv, (size_t)(a - argv),
	                       cb);
}

static int64_t moment_of(struct wq_str id)
{
	uint64_t ms = 0;

	return wq_str_to_u64(wq_strn(id.p, wq_str_find(id, '-')), INT64_MAX, &ms) ? (int64_t)ms : 0;
}

static void on_stats(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_webhook_stats *s = WQ_OWNER(cmd, struct wq_webhook_stats, cmd);

	if (rc == 0 && wq_redis_count(cmd->reply) < FIRST_COUNT)
		rc = WQ_RAISE_MSG(WQ_EPROTO, "script webhook_stats: not its answer");
	if (rc == 0) {
		s->kept = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
		s->refused_kept = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
		s->oldest_ms = moment_of(wq_redis_str(wq_redis_at(cmd->reply, 2)));
		s->newest_ms = moment_of(wq_redis_str(wq_redis_at(cmd->reply, 3)));
	}
	s->cb(s, rc);
}

int wq_webhook_stats_start(const struct wq_webhook_log *log, struct wq_webhook_stats *s,
                           void (*cb)(struct wq_webhook_stats *s, int rc))
{
	struct wq_str argv[KEYS + WQ_WEBHOOK_STATS_ARGS];
	char counts[KEY_MAX_BYTES];

	keys(log, counts, argv);
	argv[KEYS + WQ_WEBHOOK_STATS_UNUSED] = wq_str("0");
	s->cb = cb;
	return wq_script_start(log->redis, &s->cmd, &wq_script_webhook_stats, argv, WQ_COUNT(argv),
	                       on_stats);
}

uint64_t wq_webhook_stats_count(const struct wq_webhook_stats *s, const char *name)
{
	const struct wq_redis_value *v = s->cmd.reply;

	for (size_t i = FIRST_COUNT; i + 1 < wq_redis_count(v); i += 2)
		if (wq_str_is(wq_redis_str(wq_redis_at(v, i)), name))
			return (uint64_t)wq_redis_int(wq_redis_at(v, i + 1), 0);
	return 0;
}

bool wq_webhook_stats_refused(const struct wq_webhook_stats *s, size_t i, uint32_t *status,
                              uint64_t *n)
{
	const struct wq_redis_value *v = s->cmd.reply;
	const size_t prefix = sizeof(REFUSED) - 1;

	for (size_t at = FIRST_COUNT; at + 1 < wq_redis_count(v); at += 2) {
		struct wq_str name = wq_redis_str(wq_redis_at(v, at));
		uint64_t code;

		if (!wq_str_starts(name, REFUSED) ||
		    !wq_str_to_u64(wq_strn(name.p + prefix, name.n - prefix), UINT32_MAX, &code))
			continue;
		if (i-- > 0)
			continue;
		*status = (uint32_t)code;
		*n = (uint64_t)wq_redis_int(wq_redis_at(v, at + 1), 0);
		return true;
	}
	return false;
}
