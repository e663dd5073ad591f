/* SPDX-License-Identifier: MIT */
/* subscription.c — arguments of the sub_ scripts that people's requests need, and their answers. */
#include "store/subscription.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "scripts.gen.h"
#include "store/tag.h"

enum { NUMBER_BYTES = 24 };

static const char *number(char out[NUMBER_BYTES], int64_t n)
{
	snprintf(out, NUMBER_BYTES, "%" PRId64, n);
	return out;
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

void wq_sub_keys_init(struct wq_sub_keys *k, struct wq_redis *redis, struct wq_str prefix)
{
	struct wq_str tag = wq_tag_of(prefix);

	k->redis = redis;
	if (tag.n > WQ_QUEUE_NAME_MAX_BYTES)
		tag.n = WQ_QUEUE_NAME_MAX_BYTES;
	snprintf(k->base, sizeof(k->base), "wq:{%.*s}:sub:", WQ_STR_ARG(tag));
	snprintf(k->ids, sizeof(k->ids), "wq:{%.*s}:sub:ids", WQ_STR_ARG(tag));
	snprintf(k->events, sizeof(k->events), "wq:{%.*s}:sub:events", WQ_STR_ARG(tag));
}

int wq_sub_put_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_sub_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_PUT_ARGS];
	char rev[NUMBER_BYTES], now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_PUT_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_PUT_ID] = p->id;
	argv[1 + WQ_SUB_PUT_REV] = wq_str(number(rev, p->rev));
	argv[1 + WQ_SUB_PUT_SPEC] = bytes(p->spec);
	argv[1 + WQ_SUB_PUT_STATE] = bytes(p->state);
	argv[1 + WQ_SUB_PUT_WHY] = bytes(p->why);
	argv[1 + WQ_SUB_PUT_NOW_MS] = wq_str(number(now, p->now_ms));
	argv[1 + WQ_SUB_PUT_MOST] = wq_str(number(most, WQ_SUBSCRIPTIONS_MAX));
	return wq_script_start(k->redis, cmd, &wq_script_sub_put, argv, WQ_COUNT(argv), cb);
}

int64_t wq_sub_put_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_SUB_MISSING);
}

int wq_sub_remove_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_REMOVE_ARGS];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_REMOVE_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_REMOVE_ID] = id;
	return wq_script_start(k->redis, cmd, &wq_script_sub_remove, argv, WQ_COUNT(argv), cb);
}

int64_t wq_sub_remove_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

int wq_sub_list_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t first, uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_LIST_ARGS];
	char from[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_LIST_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_LIST_ID] = bytes(id);
	argv[1 + WQ_SUB_LIST_FIRST] = wq_str(number(from, (int64_t)first));
	argv[1 + WQ_SUB_LIST_COUNT] = wq_str(number(most, (int64_t)count));
	return wq_script_start(k->redis, cmd, &wq_script_sub_list, argv, WQ_COUNT(argv), cb);
}

uint64_t wq_sub_list_total(const struct wq_redis_cmd *cmd)
{
	return (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

size_t wq_sub_list_count(const struct wq_redis_cmd *cmd)
{
	size_t n = wq_redis_count(cmd->reply);

	return n > 0 ? n - 1 : 0;
}

static int64_t field_int(const struct wq_redis_value *fields, const char *name)
{
	uint64_t n;

	return wq_str_to_u64(wq_stream_field(fields, name), INT64_MAX, &n) ? (int64_t)n : 0;
}

void wq_sub_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_sub_seen *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i + 1);
	const struct wq_redis_value *fields = wq_redis_at(row, 4);

	*out = (struct wq_sub_seen){
		.id = wq_redis_str(wq_redis_at(row, 0)),
		.waiting = (uint64_t)wq_redis_int(wq_redis_at(row, 1), 0),
		.due_ms = wq_redis_int(wq_redis_at(row, 2), 0),
		.owned = wq_redis_int(wq_redis_at(row, 3), 0) != 0,
		.spec = wq_stream_field(fields, "spec"),
		.state = wq_stream_field(fields, "state"),
		.why = wq_stream_field(fields, "why"),
		.cursor = wq_stream_field(fields, "cursor"),
		.rev = field_int(fields, "rev"),
		.created_ms = field_int(fields, "created"),
		.changed_ms = field_int(fields, "changed"),
		.failing_ms = field_int(fields, "failing"),
		.ok_at_ms = field_int(fields, "ok_at"),
		.ok = (uint64_t)field_int(fields, "ok"),
		.bad = (uint64_t)field_int(fields, "bad"),
	};
}

int wq_sub_rows_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                      uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[WQ_SUB_KEY_MAX_BYTES + WQ_SUB_ID_MAX_BYTES], most[NUMBER_BYTES];
	struct wq_str argv[] = { WQ_STR("XREVRANGE"), { key, 0 },      WQ_STR("+"),
		                 WQ_STR("-"),         WQ_STR("COUNT"), { most, 0 } };

	snprintf(key, sizeof(key), "%slog:%.*s", k->base, WQ_STR_ARG(id));
	argv[1] = wq_str(key);
	argv[5] = wq_str(number(most, (int64_t)count));
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

int wq_sub_replay_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_sub_replay *r, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_REPLAY_ARGS];
	char count[NUMBER_BYTES], due[NUMBER_BYTES], step[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_REPLAY_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_REPLAY_ID] = r->id;
	argv[1 + WQ_SUB_REPLAY_FROM] = r->from;
	argv[1 + WQ_SUB_REPLAY_TO] = r->to;
	argv[1 + WQ_SUB_REPLAY_COUNT] = wq_str(number(count, (int64_t)r->count));
	argv[1 + WQ_SUB_REPLAY_DUE_MS] = wq_str(number(due, r->due_ms));
	argv[1 + WQ_SUB_REPLAY_STEP_US] = wq_str(number(step, r->step_us));
	argv[1 + WQ_SUB_REPLAY_MOST] = wq_str(number(most, WQ_SUB_WAITING_MAX));
	return wq_script_start(k->redis, cmd, &wq_script_sub_replay, argv, WQ_COUNT(argv), cb);
}

int64_t wq_sub_replay_answer(const struct wq_redis_cmd *cmd, struct wq_str *next)
{
	*next = bytes(wq_redis_str(wq_redis_at(cmd->reply, 0)));
	return wq_redis_int(wq_redis_at(cmd->reply, 1), WQ_SUB_MISSING);
}

int wq_sub_live_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[WQ_SUB_KEY_MAX_BYTES + 8], ms[NUMBER_BYTES];
	struct wq_str argv[] = { WQ_STR("SET"), { key, 0 }, WQ_STR("1"), WQ_STR("PX"), { ms, 0 } };

	argv[1].n = (size_t)snprintf(key, sizeof(key), "%slive", k->base);
	argv[4] = wq_str(number(ms, WQ_SUB_LIVE_MS));
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

int wq_sub_events_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd, struct wq_str after,
                        uint64_t count, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char from[64], most[NUMBER_BYTES];
	struct wq_str argv[] = { WQ_STR("XRANGE"), wq_str(k->events), { from, 0 },
		                 WQ_STR("+"),      WQ_STR("COUNT"),   { most, 0 } };

	argv[2].n = (size_t)snprintf(from, sizeof(from), "(%.*s",
	                             (int)(after.n < 48 ? after.n : 48), after.p);
	argv[5] = wq_str(number(most, (int64_t)count));
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

int wq_sub_last_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	const struct wq_str argv[] = { WQ_STR("XREVRANGE"), wq_str(k->events), WQ_STR("+"),
		                       WQ_STR("-"),         WQ_STR("COUNT"),   WQ_STR("1") };

	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

int wq_sub_tell_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                      const struct wq_sub_tell *t, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SUB_TELL_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES], age[NUMBER_BYTES], once[NUMBER_BYTES];

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_TELL_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_TELL_NOW_MS] = wq_str(number(now, t->now_ms));
	argv[1 + WQ_SUB_TELL_EVENTS_MAX] = wq_str(number(most, t->events_max));
	argv[1 + WQ_SUB_TELL_EVENTS_MS] = wq_str(number(age, t->events_ms));
	argv[1 + WQ_SUB_TELL_TYPE] = t->type;
	argv[1 + WQ_SUB_TELL_ACCOUNT] = bytes(t->account);
	argv[1 + WQ_SUB_TELL_DATA] = t->data;
	argv[1 + WQ_SUB_TELL_ONCE] = t->once;
	argv[1 + WQ_SUB_TELL_ONCE_MS] = wq_str(number(once, t->once_ms));
	return wq_script_start(k->redis, cmd, &wq_script_sub_tell, argv, WQ_COUNT(argv), cb);
}

bool wq_stream_at(const struct wq_redis_value *entries, size_t i, struct wq_str *id,
                  const struct wq_redis_value **fields)
{
	const struct wq_redis_value *entry = wq_redis_at(entries, i);

	*id = wq_redis_str(wq_redis_at(entry, 0));
	*fields = wq_redis_at(entry, 1);
	return id->p != NULL;
}

struct wq_str wq_stream_field(const struct wq_redis_value *fields, const char *name)
{
	for (size_t i = 0; i + 1 < wq_redis_count(fields); i += 2)
		if (wq_str_is(wq_redis_str(wq_redis_at(fields, i)), name))
			return wq_redis_str(wq_redis_at(fields, i + 1));
	return wq_strn(NULL, 0);
}
