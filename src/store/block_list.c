/* SPDX-License-Identifier: MIT */
/* block_list.c — arguments and answers of the scripts about blocks that people ask for. */
#include "store/block_list.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, LIST_HEAD = 2 };

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_block_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str state,
                        struct wq_block_place from, uint64_t most,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BLOCK_LIST_ARGS];
	char count[NUMBER_BYTES], looks[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_BLOCK_LIST_OWN] = wq_str(k->own);
	argv[1 + WQ_BLOCK_LIST_STATE] = bytes(state);
	argv[1 + WQ_BLOCK_LIST_FROM_MS] = bytes(from.ms);
	argv[1 + WQ_BLOCK_LIST_FROM_ID] = bytes(from.id);
	argv[1 + WQ_BLOCK_LIST_MOST] = number(count, (int64_t)most);
	argv[1 + WQ_BLOCK_LIST_LOOKS] = number(looks, WQ_BLOCK_LOOKS);
	return wq_script_start(k->redis, cmd, &wq_script_block_list, argv, WQ_COUNT(argv), cb);
}

size_t wq_block_list_count(const struct wq_redis_cmd *cmd)
{
	size_t n = wq_redis_count(cmd->reply);

	return n > LIST_HEAD ? n - LIST_HEAD : 0;
}

void wq_block_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_block_issue *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, LIST_HEAD + i);

	*out = (struct wq_block_issue){
		.id = wq_redis_str(wq_redis_at(row, 0)),
		.state = wq_redis_str(wq_redis_at(row, 1)),
		.undelivered = wq_redis_int(wq_redis_at(row, 2), 0),
		.at_ms = wq_redis_int(wq_redis_at(row, 3), 0),
		.blocked_ms = wq_redis_int(wq_redis_at(row, 4), 0),
		.messages = wq_redis_str(wq_redis_at(row, 5)),
		.phone = wq_redis_str(wq_redis_at(row, 6)),
		.wa_id = wq_redis_str(wq_redis_at(row, 7)),
		.user_id = wq_redis_str(wq_redis_at(row, 8)),
		.name = wq_redis_str(wq_redis_at(row, 9)),
		.assigned = wq_redis_str(wq_redis_at(row, 10)),
	};
}

bool wq_block_list_next(const struct wq_redis_cmd *cmd, struct wq_block_place *out)
{
	out->ms = wq_redis_str(wq_redis_at(cmd->reply, 0));
	out->id = wq_redis_str(wq_redis_at(cmd->reply, 1));
	return out->ms.n > 0;
}

int wq_block_undo_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        struct wq_str contact, struct wq_str why,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BLOCK_UNDO_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_BLOCK_UNDO_OWN] = wq_str(k->own);
	argv[1 + WQ_BLOCK_UNDO_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_BLOCK_UNDO_ID] = contact;
	argv[1 + WQ_BLOCK_UNDO_WHY] = bytes(why);
	return wq_script_start(k->redis, cmd, &wq_script_block_undo, argv, WQ_COUNT(argv), cb);
}

int wq_block_undo_answer(const struct wq_redis_cmd *cmd)
{
	int64_t n = wq_redis_int(cmd->reply, -2);

	return n >= -1 && n <= 1 ? (int)n
	                         : WQ_RAISE_MSG(WQ_EPROTO, "block_undo answered in another form");
}

int wq_block_rates_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BLOCK_RATES_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_BLOCK_RATES_OWN] = wq_str(k->own);
	argv[1 + WQ_BLOCK_RATES_NOW_MS] = number(now, now_ms);
	return wq_script_start(k->redis, cmd, &wq_script_block_rates, argv, WQ_COUNT(argv), cb);
}

static int64_t int_at(const struct wq_redis_value *of, size_t i)
{
	return wq_redis_int(wq_redis_at(of, i), 0);
}

void wq_block_rates_answer(const struct wq_redis_cmd *cmd, struct wq_block_rates *out)
{
	const struct wq_redis_value *r = cmd->reply, *usually = wq_redis_at(r, 0),
				    *lately = wq_redis_at(r, 1);

	*out = (struct wq_block_rates){
		.usually = { int_at(usually, 0), int_at(usually, 1) },
		.lately = { int_at(lately, 0), int_at(lately, 1) },
		.ill = wq_str_is(wq_redis_str(wq_redis_at(r, 2)), "ill"),
		.since_ms = int_at(r, 3),
		.waiting = int_at(r, 4),
		.doubts = int_at(r, 5),
		.verdicts = int_at(r, 6),
		.passed = { 0, int_at(r, 7), int_at(r, 8) },
		.wrong = { 0, int_at(r, 9), int_at(r, 10) },
		.undone = { 0, int_at(r, 11), int_at(r, 12) },
	};
}
