/* SPDX-License-Identifier: MIT */
/* outbox.c — four commands, in the order in which they are given. */
#include "store/outbox.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = WQ_SEND_OWN_MAX_BYTES + 8 };

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static struct wq_str key_of(const struct wq_send_keys *k, char out[KEY_BYTES])
{
	return wq_strn(out, (size_t)snprintf(out, KEY_BYTES, "%sout", k->own));
}

int wq_outbox_sweep_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_SEND_SWEEP_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_SEND_SWEEP_OWN] = wq_str(k->own);
	argv[1 + WQ_SEND_SWEEP_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_SEND_SWEEP_MOST] = number(most, WQ_SEND_BATCH_MAX);
	return wq_script_start(k->redis, cmd, &wq_script_send_sweep, argv, WQ_COUNT(argv), cb);
}

void wq_outbox_swept(const struct wq_redis_cmd *cmd, struct wq_outbox_swept *out)
{
	*out = (struct wq_outbox_swept){
		.unconfirmed = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.more = wq_redis_int(wq_redis_at(cmd->reply, 1), 0) > 0,
		.waiting = wq_redis_int(wq_redis_at(cmd->reply, 2), 0) > 0,
	};
}

int wq_outbox_read_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES], most[NUMBER_BYTES];
	const struct wq_str argv[] = { WQ_STR("XRANGE"), key_of(k, key), WQ_STR("-"),
		                       WQ_STR("+"),      WQ_STR("COUNT"),
		                       number(most, WQ_OUTBOX_BATCH) };

	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}

size_t wq_outbox_count(const struct wq_redis_cmd *read)
{
	size_t n = wq_redis_count(read->reply);

	return n < WQ_OUTBOX_BATCH ? n : WQ_OUTBOX_BATCH;
}

int wq_outbox_pass_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_outbox_pass *p, const struct wq_redis_cmd *read,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	enum { FIRST = 1 + WQ_SUB_PASS_ARGS };
	struct wq_str argv[FIRST + WQ_OUTBOX_BATCH * WQ_SUB_PASS_ITEM_ARGS], *a = argv + FIRST;
	char now[NUMBER_BYTES], most[NUMBER_BYTES], age[NUMBER_BYTES];
	const struct wq_redis_value *fields;

	argv[0] = wq_str(k->ids);
	argv[1 + WQ_SUB_PASS_SUBS] = wq_str(k->base);
	argv[1 + WQ_SUB_PASS_NOW_MS] = number(now, p->now_ms);
	argv[1 + WQ_SUB_PASS_EVENTS_MAX] = number(most, p->events_max);
	argv[1 + WQ_SUB_PASS_EVENTS_MS] = number(age, p->events_ms);
	argv[1 + WQ_SUB_PASS_BOX] = p->box;
	argv[1 + WQ_SUB_PASS_ACCOUNT] = p->account.p ? p->account : wq_str("");
	for (size_t i = 0; i < wq_outbox_count(read); i++, a += WQ_SUB_PASS_ITEM_ARGS) {
		if (!wq_stream_at(read->reply, i, &a[WQ_SUB_PASS_ITEM_ID], &fields))
			break;
		a[WQ_SUB_PASS_ITEM_TYPE] = wq_stream_field(fields, "t");
		a[WQ_SUB_PASS_ITEM_DATA] = wq_stream_field(fields, "d");
		if (!a[WQ_SUB_PASS_ITEM_TYPE].p || !a[WQ_SUB_PASS_ITEM_DATA].p)
			return WQ_RAISE_MSG(WQ_EPROTO, "an event in an outbox is in another form");
	}
	return wq_script_start(k->redis, cmd, &wq_script_sub_pass, argv, (size_t)(a - argv), cb);
}

unsigned wq_outbox_passed(const struct wq_redis_cmd *cmd)
{
	return (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

void wq_outbox_keep(const struct wq_redis_cmd *read, struct wq_outbox_ids *out)
{
	const struct wq_redis_value *fields;
	struct wq_str id;

	out->n = 0;
	for (size_t i = 0; i < wq_outbox_count(read); i++)
		if (wq_stream_at(read->reply, i, &id, &fields) && id.n < WQ_OUTBOX_ID_BYTES)
			snprintf(out->at[out->n++], WQ_OUTBOX_ID_BYTES, "%.*s", WQ_STR_ARG(id));
}

int wq_outbox_drop_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_outbox_ids *ids,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[2 + WQ_OUTBOX_BATCH];
	char key[KEY_BYTES];

	argv[0] = wq_str("XDEL");
	argv[1] = key_of(k, key);
	for (size_t i = 0; i < ids->n; i++)
		argv[2 + i] = wq_str(ids->at[i]);
	return wq_redis_start(k->redis, cmd, argv, 2 + ids->n, cb);
}
