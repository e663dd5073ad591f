/* SPDX-License-Identifier: MIT */
/* letter.c — arguments of the send_ scripts that records need, and their answers. */
#include "store/letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = WQ_SEND_OWN_MAX_BYTES + 8 + WQ_MESSAGE_ID_MAX_BYTES };

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

/* From -1 to 1; WQ_EPROTO (raised): it is something else. */
static int outcome_of(const struct wq_redis_value *v, const char *script)
{
	enum { NONE = 9 };
	int64_t n = wq_redis_int(v, NONE);

	return n >= -1 && n <= 1 ? (int)n
	                         : WQ_RAISE_MSG(WQ_EPROTO, "%s answered in another form", script);
}

int wq_letter_new_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        int64_t keep_s, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_letter_new *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_SEND_NEW_ARGS + n * WQ_SEND_NEW_ITEM_ARGS;
	char *block = wq_alloc(argc * sizeof(struct wq_str) + n * NUMBER_BYTES), *digits;
	char now[NUMBER_BYTES], keep[NUMBER_BYTES], once[NUMBER_BYTES];
	struct wq_str *argv = (struct wq_str *)(void *)block, *a = argv;
	int rc;

	if (!block)
		return WQ_RAISE(WQ_ENOMEM);
	digits = block + argc * sizeof(*argv);
	*a++ = wq_str(k->state);
	a[WQ_SEND_NEW_OWN] = wq_str(k->own);
	a[WQ_SEND_NEW_NOW_MS] = number(now, now_ms);
	a[WQ_SEND_NEW_KEEP_S] = number(keep, keep_s);
	a[WQ_SEND_NEW_ONCE_S] = number(once, WQ_IDEMPOTENCY_S);
	a += WQ_SEND_NEW_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEND_NEW_ITEM_ARGS, digits += NUMBER_BYTES) {
		struct wq_letter_new it;

		item(ctx, i, &it);
		a[WQ_SEND_NEW_ITEM_ID] = it.id;
		a[WQ_SEND_NEW_ITEM_TO] = bytes(it.to);
		a[WQ_SEND_NEW_ITEM_DUE_MS] = number(digits, it.due_ms);
		a[WQ_SEND_NEW_ITEM_DATA] = it.data;
		a[WQ_SEND_NEW_ITEM_REF] = bytes(it.reference);
		a[WQ_SEND_NEW_ITEM_ONCE] = bytes(it.once);
		a[WQ_SEND_NEW_ITEM_PRINT] = bytes(it.print);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_send_new, argv, argc, cb);
	wq_free(block);
	return rc;
}

int wq_letter_new_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i);

	*id = bytes(wq_redis_str(wq_redis_at(row, 1)));
	return outcome_of(wq_redis_at(row, 0), "send_new");
}

int wq_letter_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES];
	const struct wq_str argv[] = { WQ_STR("HGETALL"), { key, strlen(k->own) + 4 + id.n } };

	if (id.n > WQ_MESSAGE_ID_MAX_BYTES)
		return WQ_RAISE(WQ_EINVAL);
	snprintf(key, sizeof(key), "%smsg:%.*s", k->own, WQ_STR_ARG(id));
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

bool wq_letter_there(const struct wq_redis_cmd *cmd)
{
	return wq_redis_count(cmd->reply) > 0;
}

struct wq_str wq_letter_field(const struct wq_redis_cmd *cmd, const char *name)
{
	size_t n = wq_redis_count(cmd->reply);

	for (size_t i = 0; i + 1 < n; i += 2)
		if (wq_str_is(wq_redis_str(wq_redis_at(cmd->reply, i)), name))
			return bytes(wq_redis_str(wq_redis_at(cmd->reply, i + 1)));
	return wq_strn(NULL, 0);
}

int64_t wq_letter_number(const struct wq_redis_cmd *cmd, const char *name)
{
	uint64_t n;

	return wq_str_to_u64(wq_letter_field(cmd, name), INT64_MAX, &n) ? (int64_t)n : 0;
}

int wq_letter_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                           int64_t now_ms, int64_t due_ms,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEND_CANCEL_ARGS];
	char now[NUMBER_BYTES], due[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_SEND_CANCEL_OWN] = wq_str(k->own);
	argv[1 + WQ_SEND_CANCEL_ID] = id;
	argv[1 + WQ_SEND_CANCEL_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_SEND_CANCEL_DUE_MS] = due_ms ? number(due, due_ms) : wq_str("");
	return wq_script_start(k->redis, cmd, &wq_script_send_cancel, argv, WQ_COUNT(argv), cb);
}

int wq_letter_change_answer(const struct wq_redis_cmd *cmd, struct wq_str *state)
{
	*state = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
	return outcome_of(wq_redis_at(cmd->reply, 0), "send_cancel");
}

int wq_letter_status_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                           size_t n,
                           void (*item)(void *ctx, size_t i, struct wq_letter_status *out),
                           void *ctx, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_SEND_STATUS_ARGS + n * WQ_SEND_STATUS_ITEM_ARGS;
	char *block = wq_alloc(argc * sizeof(struct wq_str) + 2 * n * NUMBER_BYTES), *digits;
	struct wq_str *argv = (struct wq_str *)(void *)block, *a = argv;
	char now[NUMBER_BYTES];
	int rc;

	if (!block)
		return WQ_RAISE(WQ_ENOMEM);
	digits = block + argc * sizeof(*argv);
	*a++ = wq_str(k->state);
	a[WQ_SEND_STATUS_OWN] = wq_str(k->own);
	a[WQ_SEND_STATUS_NOW_MS] = number(now, now_ms);
	a += WQ_SEND_STATUS_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEND_STATUS_ITEM_ARGS, digits += 2 * NUMBER_BYTES) {
		struct wq_letter_status it;

		item(ctx, i, &it);
		a[WQ_SEND_STATUS_ITEM_PID] = bytes(it.provider_id);
		a[WQ_SEND_STATUS_ITEM_ID] = bytes(it.id);
		a[WQ_SEND_STATUS_ITEM_STATE] = it.state;
		a[WQ_SEND_STATUS_ITEM_AT_MS] = number(digits, it.at_ms);
		a[WQ_SEND_STATUS_ITEM_CODE] = number(digits + NUMBER_BYTES, it.code);
		a[WQ_SEND_STATUS_ITEM_WHY] = bytes(it.why);
		a[WQ_SEND_STATUS_ITEM_PRICE] = bytes(it.price);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_send_status, argv, argc, cb);
	wq_free(block);
	return rc;
}

int wq_letter_status_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i);

	*id = bytes(wq_redis_str(wq_redis_at(row, 1)));
	return outcome_of(wq_redis_at(row, 0), "send_status");
}
