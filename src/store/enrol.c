/* SPDX-License-Identifier: MIT */
/* enrol.c — arguments of the scripts about contacts in sequences, and their answers. */
#include "store/enrol.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
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

static struct wq_str due_key(const struct wq_send_keys *k, char out[KEY_BYTES])
{
	return wq_strn(out, (size_t)snprintf(out, KEY_BYTES, "%sdue:seq", k->own));
}

int wq_enrol_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, const struct wq_enrol *e,
                   size_t n, void (*item)(void *ctx, size_t i, struct wq_enrol_who *out), void *ctx,
                   void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_ENROL_ARGS + WQ_SEQ_BATCH_MAX * WQ_SEQ_ENROL_ITEM_ARGS];
	struct wq_str *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], first[NUMBER_BYTES], flags[NUMBER_BYTES];

	WQ_REQUIRE(n <= WQ_SEQ_BATCH_MAX);
	argv[0] = due_key(k, key);
	a[WQ_SEQ_ENROL_OWN] = wq_str(k->own);
	a[WQ_SEQ_ENROL_SEQ] = e->seq;
	a[WQ_SEQ_ENROL_NOW_MS] = number(now, e->now_ms);
	a[WQ_SEQ_ENROL_BY] = bytes(e->by);
	a[WQ_SEQ_ENROL_FIRST_MS] = number(first, e->first_ms);
	a[WQ_SEQ_ENROL_FLAGS] = number(flags, e->flags);
	a += WQ_SEQ_ENROL_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEQ_ENROL_ITEM_ARGS) {
		struct wq_enrol_who who = { .id = { NULL, 0 } };

		item(ctx, i, &who);
		a[WQ_SEQ_ENROL_ITEM_WHO] = who.who;
		a[WQ_SEQ_ENROL_ITEM_ID] = bytes(who.id);
		a[WQ_SEQ_ENROL_ITEM_PHONE] = bytes(who.phone);
		a[WQ_SEQ_ENROL_ITEM_WORDS] = bytes(who.words);
	}
	return wq_script_start(k->redis, cmd, &wq_script_seq_enrol, argv, (size_t)(a - argv), cb);
}

int64_t wq_enrol_version(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

enum wq_enrol_outcome wq_enrol_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *contact)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, 1 + i);

	*contact = bytes(wq_redis_str(wq_redis_at(row, 1)));
	return (enum wq_enrol_outcome)wq_redis_int(wq_redis_at(row, 0), WQ_ENROL_UNKNOWN);
}

int wq_enrol_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_enrol_change *c, size_t n,
                          void (*item)(void *ctx, size_t i, struct wq_str *con), void *ctx,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_ENR_CHANGE_ARGS + WQ_SEQ_BATCH_MAX * WQ_ENR_CHANGE_ITEM_ARGS];
	struct wq_str *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES];

	WQ_REQUIRE(n <= WQ_SEQ_BATCH_MAX);
	argv[0] = due_key(k, key);
	a[WQ_ENR_CHANGE_OWN] = wq_str(k->own);
	a[WQ_ENR_CHANGE_NOW_MS] = number(now, c->now_ms);
	a[WQ_ENR_CHANGE_WHAT] = wq_str(c->what);
	a[WQ_ENR_CHANGE_SEQ] = bytes(c->seq);
	a[WQ_ENR_CHANGE_BY] = bytes(c->by);
	a[WQ_ENR_CHANGE_WHY] = bytes(c->why);
	a += WQ_ENR_CHANGE_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_ENR_CHANGE_ITEM_ARGS)
		item(ctx, i, &a[WQ_ENR_CHANGE_ITEM_CON]);
	return wq_script_start(k->redis, cmd, &wq_script_enr_change, argv, (size_t)(a - argv), cb);
}

int wq_enrol_changed(const struct wq_redis_cmd *cmd, size_t i)
{
	return (int)wq_redis_int(wq_redis_at(cmd->reply, i), -1);
}

int wq_enrol_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_enrol_list *l, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_ENR_LIST_ARGS], *a = argv + 1;
	char key[KEY_BYTES], first[NUMBER_BYTES], count[NUMBER_BYTES], looks[NUMBER_BYTES];

	argv[0] = due_key(k, key);
	a[WQ_ENR_LIST_OWN] = wq_str(k->own);
	a[WQ_ENR_LIST_SEQ] = bytes(l->seq);
	a[WQ_ENR_LIST_CON] = bytes(l->con);
	a[WQ_ENR_LIST_STATE] = bytes(l->state);
	a[WQ_ENR_LIST_FIRST] = number(first, (int64_t)l->first);
	a[WQ_ENR_LIST_COUNT] = number(count, (int64_t)l->count);
	a[WQ_ENR_LIST_LOOKS] = number(looks, WQ_SEQ_PAGE_LOOKS);
	return wq_script_start(k->redis, cmd, &wq_script_enr_list, argv, WQ_COUNT(argv), cb);
}

bool wq_enrol_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *con,
                      const struct wq_redis_value **fields)
{
	*con = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1 + 2 * i)));
	*fields = wq_redis_at(cmd->reply, 2 + 2 * i);
	return *fields != NULL;
}

int64_t wq_enrol_list_next(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), -1);
}

int wq_enrol_take_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEQ_TAKE_ARGS], *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], count[NUMBER_BYTES], lease[NUMBER_BYTES];

	argv[0] = due_key(k, key);
	a[WQ_SEQ_TAKE_OWN] = wq_str(k->own);
	a[WQ_SEQ_TAKE_NOW_MS] = number(now, now_ms);
	a[WQ_SEQ_TAKE_COUNT] = number(count, WQ_SEQ_TAKE_MAX);
	a[WQ_SEQ_TAKE_LEASE_MS] = number(lease, WQ_SEQ_LEASE_MS);
	return wq_script_start(k->redis, cmd, &wq_script_seq_take, argv, WQ_COUNT(argv), cb);
}

int64_t wq_enrol_taken(const struct wq_redis_cmd *cmd, bool *more)
{
	int64_t now = wq_redis_int(wq_redis_at(cmd->reply, 0), 0);

	*more = wq_redis_int(wq_redis_at(cmd->reply, 1), 0) == 1;
	if (now <= 0)
		(void)WQ_RAISE_MSG(WQ_EPROTO, "seq_take answered in another form");
	return now > 0 ? now : 0;
}

bool wq_enrol_taken_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_enrol_due *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, 2 + i);
	struct wq_str *const fields[] = { &out->con, &out->seq,  &out->version, &out->at,
		                          &out->rev, &out->step, &out->head };

	for (size_t n = 0; n < WQ_COUNT(fields); n++)
		*fields[n] = bytes(wq_redis_str(wq_redis_at(row, n)));
	out->contact = wq_redis_at(row, WQ_COUNT(fields));
	return row != NULL;
}

int wq_enrol_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          int64_t keep_s, size_t n,
                          void (*item)(void *ctx, size_t i, struct wq_enrol_settle *out), void *ctx,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	static const char *const whats[WQ_STEP_WHATS] = { "send", "pending", "skip",
		                                          "wait", "pause",   "stop" };
	struct wq_str argv[1 + WQ_SEQ_SETTLE_ARGS + WQ_SEQ_TAKE_MAX * WQ_SEQ_SETTLE_ITEM_ARGS];
	struct wq_str *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], keep[NUMBER_BYTES],
		until[WQ_SEQ_TAKE_MAX][NUMBER_BYTES];

	WQ_REQUIRE(n <= WQ_SEQ_TAKE_MAX);
	argv[0] = due_key(k, key);
	a[WQ_SEQ_SETTLE_OWN] = wq_str(k->own);
	a[WQ_SEQ_SETTLE_NOW_MS] = number(now, now_ms);
	a[WQ_SEQ_SETTLE_KEEP_S] = number(keep, keep_s);
	a += WQ_SEQ_SETTLE_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_SEQ_SETTLE_ITEM_ARGS) {
		struct wq_enrol_settle s;

		item(ctx, i, &s);
		a[WQ_SEQ_SETTLE_ITEM_CON] = s.con;
		a[WQ_SEQ_SETTLE_ITEM_REV] = s.rev;
		a[WQ_SEQ_SETTLE_ITEM_WHAT] = wq_str(whats[s.what]);
		a[WQ_SEQ_SETTLE_ITEM_UNTIL_MS] = number(until[i], s.until_ms);
		a[WQ_SEQ_SETTLE_ITEM_ID] = bytes(s.id);
		a[WQ_SEQ_SETTLE_ITEM_TO] = bytes(s.to);
		a[WQ_SEQ_SETTLE_ITEM_DATA] = bytes(s.data);
		a[WQ_SEQ_SETTLE_ITEM_REF] = bytes(s.reference);
		a[WQ_SEQ_SETTLE_ITEM_WHY] = bytes(s.why);
		a[WQ_SEQ_SETTLE_ITEM_TEXT] = bytes(s.text);
	}
	return wq_script_start(k->redis, cmd, &wq_script_seq_settle, argv, (size_t)(a - argv), cb);
}

bool wq_enrol_settled(const struct wq_redis_cmd *cmd, size_t i)
{
	return wq_redis_int(wq_redis_at(cmd->reply, i), 0) == 1;
}
