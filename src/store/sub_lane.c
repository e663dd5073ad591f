/* SPDX-License-Identifier: MIT */
/* sub_lane.c — arguments of sub_tick, sub_release, sub_read and sub_settle, and their answers. */
#include "store/sub_lane.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, HELD_FIELDS = 5 };

static const char *number(char out[NUMBER_BYTES], int64_t n)
{
	snprintf(out, NUMBER_BYTES, "%" PRId64, n);
	return out;
}

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_sub_tick_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str token,
                      size_t n, struct wq_sub_known (*known)(void *ctx, size_t i), void *ctx,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	const size_t argv_n = 1 + WQ_SUB_TICK_ARGS + n * WQ_SUB_TICK_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argv_n * sizeof(*argv) + n * NUMBER_BYTES), *a = argv;
	char lease[NUMBER_BYTES], *digits;
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	digits = (char *)(argv + argv_n);
	*a++ = wq_str(k->ids);
	a[WQ_SUB_TICK_SUBS] = wq_str(k->base);
	a[WQ_SUB_TICK_TOKEN] = token;
	a[WQ_SUB_TICK_LEASE_MS] = wq_str(number(lease, WQ_SUB_LEASE_MS));
	a += WQ_SUB_TICK_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SUB_TICK_ITEM_ARGS, digits += NUMBER_BYTES) {
		struct wq_sub_known each = known(ctx, i);

		a[WQ_SUB_TICK_ITEM_ID] = each.id;
		a[WQ_SUB_TICK_ITEM_REV] = wq_str(number(digits, each.rev));
		a[WQ_SUB_TICK_ITEM_CURSOR] = bytes(each.cursor);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_sub_tick, argv, argv_n, cb);
	wq_free(argv);
	return rc;
}

size_t wq_sub_tick_count(const struct wq_redis_cmd *cmd)
{
	return wq_redis_count(cmd->reply) / HELD_FIELDS;
}

void wq_sub_tick_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_sub_held *out)
{
	out->id = bytes(wq_redis_str(wq_redis_at(cmd->reply, i * HELD_FIELDS)));
	out->rev = wq_redis_int(wq_redis_at(cmd->reply, i * HELD_FIELDS + 1), 0);
	out->spec = bytes(wq_redis_str(wq_redis_at(cmd->reply, i * HELD_FIELDS + 2)));
	out->cursor = bytes(wq_redis_str(wq_redis_at(cmd->reply, i * HELD_FIELDS + 3)));
	out->nudges = wq_redis_int(wq_redis_at(cmd->reply, i * HELD_FIELDS + 4), 0);
}

int wq_sub_release_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str token,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_RELEASE_ARGS];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_RELEASE_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_RELEASE_TOKEN] = token;
	return wq_script_start(k->redis, cmd, &wq_script_sub_release, argv, WQ_COUNT(argv), cb);
}

int wq_sub_read_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      int64_t now_ms, struct wq_str cursor, unsigned count, bool due,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_READ_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_READ_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_READ_ID] = id;
	argv[1 + WQ_SUB_READ_NOW_MS] = wq_str(number(now, now_ms));
	argv[1 + WQ_SUB_READ_CURSOR] = cursor.n ? cursor : wq_str("0-0");
	argv[1 + WQ_SUB_READ_COUNT] = wq_str(number(most, count));
	argv[1 + WQ_SUB_READ_DUE] = wq_str(due ? "1" : "0");
	return wq_script_start(k->redis, cmd, &wq_script_sub_read, argv, WQ_COUNT(argv), cb);
}

void wq_sub_read_answer(const struct wq_redis_cmd *cmd, struct wq_sub_read *out)
{
	out->unit = bytes(wq_redis_str(wq_redis_at(cmd->reply, 0)));
	out->due_ms = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	out->again = wq_redis_at(cmd->reply, 2);
	out->fresh = wq_redis_at(cmd->reply, 3);
}

int wq_sub_settle_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_sub_settle *s, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_SETTLE_ARGS + 2 * WQ_SUB_ROW_FIELDS_MAX];
	struct wq_str *a = argv + 1 + WQ_SUB_SETTLE_ARGS;
	char now[NUMBER_BYTES], due[NUMBER_BYTES], events[NUMBER_BYTES], rows[NUMBER_BYTES];
	char failing[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_SETTLE_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_SETTLE_ID] = s->id;
	argv[1 + WQ_SUB_SETTLE_TOKEN] = s->token;
	argv[1 + WQ_SUB_SETTLE_NOW_MS] = wq_str(number(now, s->now_ms));
	argv[1 + WQ_SUB_SETTLE_CURSOR] = bytes(s->cursor);
	argv[1 + WQ_SUB_SETTLE_DONE] = bytes(s->done);
	argv[1 + WQ_SUB_SETTLE_AGAIN] = bytes(s->again);
	argv[1 + WQ_SUB_SETTLE_DUE_MS] = wq_str(number(due, s->due_ms));
	argv[1 + WQ_SUB_SETTLE_GOOD] = wq_str(s->good ? "1" : s->neither ? "2" : "0");
	argv[1 + WQ_SUB_SETTLE_EVENTS] = wq_str(number(events, s->events));
	argv[1 + WQ_SUB_SETTLE_ROWS] = wq_str(number(rows, WQ_SUB_ROWS_MAX));
	argv[1 + WQ_SUB_SETTLE_OFF] = bytes(s->off);
	argv[1 + WQ_SUB_SETTLE_FAILING_MAX_MS] = wq_str(number(failing, s->failing_max_ms));
	for (unsigned i = 0; i < s->row_n; i++) {
		*a++ = s->row[i].field;
		*a++ = bytes(s->row[i].value);
	}
	return wq_script_start(k->redis, cmd, &wq_script_sub_settle, argv, (size_t)(a - argv), cb);
}

enum wq_sub_settled wq_sub_settle_answer(const struct wq_redis_cmd *cmd)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_SUB_LOST);

	return n == WQ_SUB_SETTLED || n == WQ_SUB_OFF ? (enum wq_sub_settled)n : WQ_SUB_LOST;
}
