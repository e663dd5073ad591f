/* SPDX-License-Identifier: MIT */
/* block.c — arguments and answers of the scripts about blocks that a sweep needs. */
#include "store/block.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, DUE_HEAD = 5, SETTLE_NUMBERS = 3 };

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

int wq_block_due_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BLOCK_DUE_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_BLOCK_DUE_OWN] = wq_str(k->own);
	argv[1 + WQ_BLOCK_DUE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_BLOCK_DUE_MOST] = number(most, WQ_BLOCK_BATCH);
	return wq_script_start(k->redis, cmd, &wq_script_block_due, argv, WQ_COUNT(argv), cb);
}

static struct wq_block_share share_at(const struct wq_redis_value *pair)
{
	return (struct wq_block_share){ wq_redis_int(wq_redis_at(pair, 0), 0),
		                        wq_redis_int(wq_redis_at(pair, 1), 0) };
}

int wq_block_due_answer(const struct wq_redis_cmd *cmd, struct wq_block_due *out)
{
	size_t n = wq_redis_count(cmd->reply);

	*out = (struct wq_block_due){
		.now_ms = wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.reversed = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 1), 0),
		.more = wq_redis_int(wq_redis_at(cmd->reply, 2), 0) > 0,
		.rows = n > DUE_HEAD ? n - DUE_HEAD : 0,
		.usually = share_at(wq_redis_at(cmd->reply, 3)),
		.now = share_at(wq_redis_at(cmd->reply, 4)),
	};
	if (out->now_ms > 0 && out->rows <= WQ_BLOCK_ROWS_MAX)
		return 0;
	return WQ_RAISE_MSG(WQ_EPROTO, "block_due answered in another form");
}

void wq_block_row_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_block_row *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, DUE_HEAD + i);

	*out = (struct wq_block_row){
		.id = wq_redis_str(wq_redis_at(row, 0)),
		.held = wq_redis_int(wq_redis_at(row, 1), 0) > 0,
		.state = wq_redis_str(wq_redis_at(row, 2)),
		.kind = wq_redis_str(wq_redis_at(row, 3)),
		.contact = wq_redis_str(wq_redis_at(row, 4)),
		.sent_ms = wq_redis_int(wq_redis_at(row, 5), 0),
		.lived_ms = wq_redis_int(wq_redis_at(row, 6), 0),
		.before = wq_redis_int(wq_redis_at(row, 7), 0),
		.own = wq_redis_int(wq_redis_at(row, 8), 0),
		.day = { wq_redis_int(wq_redis_at(row, 9), 0),
		         wq_redis_int(wq_redis_at(row, 10), 0) },
		.near = { wq_redis_int(wq_redis_at(row, 11), 0),
		          wq_redis_int(wq_redis_at(row, 12), 0) },
	};
}

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static void write_item(struct wq_str *a, char (*digits)[NUMBER_BYTES],
                       const struct wq_block_settle *s)
{
	static const char *const whats[WQ_BLOCK_WHATS] = { "drop", "wait", "late", "hold",
		                                           "count" };
	static const char *const states[WQ_BLOCK_STATES] = { "", "probable", "confirmed" };
	static const char *const whys[WQ_BLOCK_STATES] = {
		"", "2 messages in a row did not arrive", "3 messages in a row did not arrive"
	};

	a[WQ_BLOCK_SETTLE_ITEM_ID] = s->id;
	a[WQ_BLOCK_SETTLE_ITEM_CON] = bytes(s->contact);
	a[WQ_BLOCK_SETTLE_ITEM_WHAT] = wq_str(whats[s->what]);
	a[WQ_BLOCK_SETTLE_ITEM_BEFORE] = number(digits[0], s->before);
	a[WQ_BLOCK_SETTLE_ITEM_ROW] = number(digits[1], s->row);
	a[WQ_BLOCK_SETTLE_ITEM_STATE] = wq_str(states[s->state]);
	a[WQ_BLOCK_SETTLE_ITEM_WHY] = wq_str(whys[s->state]);
	a[WQ_BLOCK_SETTLE_ITEM_AGAIN_MS] = number(digits[2], s->again_ms);
}

int wq_block_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          enum wq_block_health health, const struct wq_block_settle *items,
                          size_t n, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	static const char *const healths[WQ_BLOCK_HEALTHS] = { "normal", "ill", "unknown" };
	struct wq_str
		argv[1 + WQ_BLOCK_SETTLE_ARGS + WQ_BLOCK_ROWS_MAX * WQ_BLOCK_SETTLE_ITEM_ARGS];
	char digits[WQ_BLOCK_ROWS_MAX * SETTLE_NUMBERS][NUMBER_BYTES], now[NUMBER_BYTES];
	struct wq_str *a = argv + 1 + WQ_BLOCK_SETTLE_ARGS;

	WQ_REQUIRE(n <= WQ_BLOCK_ROWS_MAX);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_BLOCK_SETTLE_OWN] = wq_str(k->own);
	argv[1 + WQ_BLOCK_SETTLE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_BLOCK_SETTLE_HEALTH] = wq_str(healths[health]);
	for (size_t i = 0; i < n; i++, a += WQ_BLOCK_SETTLE_ITEM_ARGS)
		write_item(a, digits + i * SETTLE_NUMBERS, &items[i]);
	return wq_script_start(k->redis, cmd, &wq_script_block_settle, argv, (size_t)(a - argv),
	                       cb);
}

int wq_block_settled(const struct wq_redis_cmd *cmd, size_t i)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, i), -1);

	return n == 0 || n == 1 ? (int)n
	                        : WQ_RAISE_MSG(WQ_EPROTO, "block_settle answered in another form");
}
