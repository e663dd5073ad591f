/* SPDX-License-Identifier: MIT */
/* sequence_run.c — arguments of the seq_run_ scripts, and their answers. */
#include "store/sequence_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = WQ_SEND_OWN_MAX_BYTES + 16 };

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static struct wq_str key_of(const struct wq_send_keys *k, const char *rest, char out[KEY_BYTES])
{
	return wq_strn(out, (size_t)snprintf(out, KEY_BYTES, "%s%s", k->own, rest));
}

int wq_seq_run_begin_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                           const struct wq_seq_run *r, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_RUN_BEGIN_ARGS], *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], flags[NUMBER_BYTES], most[NUMBER_BYTES],
		keep[NUMBER_BYTES];

	argv[0] = key_of(k, "due:seqrun", key);
	a[WQ_SEQ_RUN_BEGIN_OWN] = wq_str(k->own);
	a[WQ_SEQ_RUN_BEGIN_ID] = r->id;
	a[WQ_SEQ_RUN_BEGIN_NOW_MS] = number(now, r->now_ms);
	a[WQ_SEQ_RUN_BEGIN_WHAT] = wq_str(r->what);
	a[WQ_SEQ_RUN_BEGIN_SEQ] = bytes(r->seq);
	a[WQ_SEQ_RUN_BEGIN_TAG] = bytes(r->tag);
	a[WQ_SEQ_RUN_BEGIN_BY] = bytes(r->by);
	a[WQ_SEQ_RUN_BEGIN_WHY] = bytes(r->why);
	a[WQ_SEQ_RUN_BEGIN_FLAGS] = number(flags, r->flags);
	a[WQ_SEQ_RUN_BEGIN_BEFORE] = bytes(r->before);
	a[WQ_SEQ_RUN_BEGIN_UNDOES] = bytes(r->undoes);
	a[WQ_SEQ_RUN_BEGIN_MOST] = number(most, WQ_SEQ_RUNS_MAX);
	a[WQ_SEQ_RUN_BEGIN_KEEP_S] = number(keep, WQ_SEQ_RUN_KEEP_S);
	return wq_script_start(k->redis, cmd, &wq_script_seq_run_begin, argv, WQ_COUNT(argv), cb);
}

int64_t wq_seq_run_begun(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

int wq_seq_run_step_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_RUN_STEP_ARGS], *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], count[NUMBER_BYTES], keep[NUMBER_BYTES];

	argv[0] = key_of(k, "due:seqrun", key);
	a[WQ_SEQ_RUN_STEP_OWN] = wq_str(k->own);
	a[WQ_SEQ_RUN_STEP_NOW_MS] = number(now, now_ms);
	a[WQ_SEQ_RUN_STEP_COUNT] = number(count, WQ_SEQ_RUN_BATCH);
	a[WQ_SEQ_RUN_STEP_KEEP_S] = number(keep, WQ_SEQ_RUN_KEEP_S);
	return wq_script_start(k->redis, cmd, &wq_script_seq_run_step, argv, WQ_COUNT(argv), cb);
}

bool wq_seq_run_more(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0) == 1;
}

int wq_seq_run_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          uint64_t first, uint64_t count,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_RUN_LIST_ARGS], *a = argv + 1;
	char key[KEY_BYTES], from[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = key_of(k, "seqruns", key);
	a[WQ_SEQ_RUN_LIST_OWN] = wq_str(k->own);
	a[WQ_SEQ_RUN_LIST_ID] = bytes(id);
	a[WQ_SEQ_RUN_LIST_FIRST] = number(from, (int64_t)first);
	a[WQ_SEQ_RUN_LIST_COUNT] = number(most, (int64_t)count);
	return wq_script_start(k->redis, cmd, &wq_script_seq_run_list, argv, WQ_COUNT(argv), cb);
}
