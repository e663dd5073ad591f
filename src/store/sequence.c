/* SPDX-License-Identifier: MIT */
/* sequence.c — arguments of the seq_ scripts about definitions, and their answers. */
#include "store/sequence.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static struct wq_str key_of(const struct wq_send_keys *k, const char *rest,
                            char out[WQ_SEQ_KEY_MAX_BYTES])
{
	return wq_strn(out, (size_t)snprintf(out, WQ_SEQ_KEY_MAX_BYTES, "%s%s", k->own, rest));
}

static void put_args(struct wq_str *a, const struct wq_send_keys *k, const struct wq_seq_put *p)
{
	a[WQ_SEQ_PUT_OWN] = wq_str(k->own);
	a[WQ_SEQ_PUT_ID] = p->id;
	a[WQ_SEQ_PUT_BY] = bytes(p->by);
	a[WQ_SEQ_PUT_WHAT] = p->what;
	a[WQ_SEQ_PUT_SPEC] = p->spec;
	a[WQ_SEQ_PUT_HEAD] = p->head;
	a[WQ_SEQ_PUT_NAME] = p->name;
	a[WQ_SEQ_PUT_ON_ANSWER] = wq_str(p->on_answer);
	a[WQ_SEQ_PUT_AGAIN] = wq_str(p->again ? "1" : "0");
	a[WQ_SEQ_PUT_PRINT] = p->print;
}

int wq_seq_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_seq_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_SEQ_PUT_ARGS + p->n * WQ_SEQ_PUT_ITEM_ARGS;
	char *block = wq_alloc(argc * sizeof(struct wq_str) + p->n * NUMBER_BYTES), *digits;
	struct wq_str *argv = (struct wq_str *)(void *)block, *a = argv;
	char key[WQ_SEQ_KEY_MAX_BYTES], rev[NUMBER_BYTES], now[NUMBER_BYTES], most[NUMBER_BYTES],
		versions[NUMBER_BYTES];
	int rc;

	if (!block)
		return WQ_RAISE(WQ_ENOMEM);
	digits = block + argc * sizeof(*argv);
	*a++ = key_of(k, "seqs", key);
	put_args(a, k, p);
	a[WQ_SEQ_PUT_REV] = number(rev, p->rev);
	a[WQ_SEQ_PUT_NOW_MS] = number(now, p->now_ms);
	a[WQ_SEQ_PUT_MOST] = number(most, WQ_SEQUENCES_MAX);
	a[WQ_SEQ_PUT_VERSIONS] = number(versions, WQ_SEQ_VERSIONS_MAX);
	a += WQ_SEQ_PUT_ARGS;
	for (size_t i = 0; i < p->n; i++, a += WQ_SEQ_PUT_ITEM_ARGS, digits += NUMBER_BYTES) {
		a[WQ_SEQ_PUT_ITEM_DELAY_MS] = number(digits, p->steps[i].delay_ms);
		a[WQ_SEQ_PUT_ITEM_STEP] = p->steps[i].step;
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_seq_put, argv, argc, cb);
	wq_free(block);
	return rc;
}

int64_t wq_seq_put_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_SEQ_MISSING);
}

int wq_seq_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t first, uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_LIST_ARGS], *a = argv + 1;
	char key[WQ_SEQ_KEY_MAX_BYTES], from[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = key_of(k, "seqs", key);
	a[WQ_SEQ_LIST_OWN] = wq_str(k->own);
	a[WQ_SEQ_LIST_ID] = bytes(id);
	a[WQ_SEQ_LIST_FIRST] = number(from, (int64_t)first);
	a[WQ_SEQ_LIST_COUNT] = number(most, (int64_t)count);
	return wq_script_start(k->redis, cmd, &wq_script_seq_list, argv, WQ_COUNT(argv), cb);
}

uint64_t wq_seq_list_total(const struct wq_redis_cmd *cmd)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), 0);

	return n > 0 ? (uint64_t)n : 0;
}

bool wq_seq_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                    const struct wq_redis_value **fields)
{
	*id = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1 + 2 * i)));
	*fields = wq_redis_at(cmd->reply, 2 + 2 * i);
	return wq_redis_count(*fields) > 0;
}

int wq_seq_read_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      int64_t version, uint64_t first, uint64_t count,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_READ_ARGS], *a = argv + 1;
	char key[WQ_SEQ_KEY_MAX_BYTES], ver[NUMBER_BYTES], from[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = key_of(k, "seqs", key);
	a[WQ_SEQ_READ_OWN] = wq_str(k->own);
	a[WQ_SEQ_READ_ID] = id;
	a[WQ_SEQ_READ_VER] = number(ver, version);
	a[WQ_SEQ_READ_FIRST] = number(from, (int64_t)first);
	a[WQ_SEQ_READ_COUNT] = number(most, (int64_t)count);
	return wq_script_start(k->redis, cmd, &wq_script_seq_read, argv, WQ_COUNT(argv), cb);
}

const struct wq_redis_value *wq_seq_read_fields(const struct wq_redis_cmd *cmd)
{
	const struct wq_redis_value *fields = wq_redis_at(cmd->reply, 0);

	return wq_redis_count(fields) > 0 ? fields : NULL;
}

bool wq_seq_read_at(const struct wq_redis_cmd *cmd, size_t i, int64_t *version,
                    const struct wq_redis_value **fields)
{
	*version = wq_redis_int(wq_redis_at(cmd->reply, 1 + 2 * i), 0);
	*fields = wq_redis_at(cmd->reply, 2 + 2 * i);
	return *fields != NULL;
}

int wq_seq_changes_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                         uint64_t first, uint64_t count,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[WQ_SEQ_KEY_MAX_BYTES], from[NUMBER_BYTES], to[NUMBER_BYTES];
	struct wq_str argv[] = { WQ_STR("LRANGE"), { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };

	argv[1] = wq_strn(key, (size_t)snprintf(key, sizeof(key), "%sseq:%.*s:log", k->own,
	                                        WQ_STR_ARG(id)));
	argv[2] = number(from, (int64_t)first);
	argv[3] = number(to, (int64_t)(first + count) - 1);
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

int wq_seq_state_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                       int64_t now_ms, const char *state, struct wq_str by,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_STATE_ARGS], *a = argv + 1;
	char key[WQ_SEQ_KEY_MAX_BYTES], now[NUMBER_BYTES];

	argv[0] = key_of(k, "due:seq", key);
	a[WQ_SEQ_STATE_OWN] = wq_str(k->own);
	a[WQ_SEQ_STATE_ID] = id;
	a[WQ_SEQ_STATE_NOW_MS] = number(now, now_ms);
	a[WQ_SEQ_STATE_STATE] = wq_str(state);
	a[WQ_SEQ_STATE_BY] = bytes(by);
	return wq_script_start(k->redis, cmd, &wq_script_seq_state, argv, WQ_COUNT(argv), cb);
}

int64_t wq_seq_state_answer(const struct wq_redis_cmd *cmd, int64_t *held)
{
	*held = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_SEQ_MISSING);
}

int wq_seq_remove_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_REMOVE_ARGS], *a = argv + 1;
	char key[WQ_SEQ_KEY_MAX_BYTES];

	argv[0] = key_of(k, "seqs", key);
	a[WQ_SEQ_REMOVE_OWN] = wq_str(k->own);
	a[WQ_SEQ_REMOVE_ID] = id;
	return wq_script_start(k->redis, cmd, &wq_script_seq_remove, argv, WQ_COUNT(argv), cb);
}

int64_t wq_seq_remove_answer(const struct wq_redis_cmd *cmd, int64_t *inside)
{
	*inside = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_SEQ_MISSING);
}
