/* SPDX-License-Identifier: MIT */
/* tosend.c — tosend_take's arguments and answer, and the end of its entries. */
#include "store/tosend.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = WQ_SEND_OWN_MAX_BYTES + 16 };

static struct wq_str jobs_key(const struct wq_send_keys *k, char out[KEY_BYTES])
{
	return wq_strn(out, (size_t)snprintf(out, KEY_BYTES, "%sjobs", k->own));
}

int wq_tosend_take_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_TOSEND_TAKE_ARGS], *a = argv + 1;
	char key[KEY_BYTES], now[NUMBER_BYTES], count[NUMBER_BYTES], lease[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(count, sizeof(count), "%d", WQ_TOSEND_MAX);
	snprintf(lease, sizeof(lease), "%d", WQ_TOSEND_LEASE_MS);
	argv[0] = jobs_key(k, key);
	a[WQ_TOSEND_TAKE_OWN] = wq_str(k->own);
	a[WQ_TOSEND_TAKE_NOW_MS] = wq_str(now);
	a[WQ_TOSEND_TAKE_COUNT] = wq_str(count);
	a[WQ_TOSEND_TAKE_LEASE_MS] = wq_str(lease);
	return wq_script_start(k->redis, cmd, &wq_script_tosend_take, argv, WQ_COUNT(argv), cb);
}

bool wq_tosend_more(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0) == 1;
}

bool wq_tosend_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id, struct wq_str *data)
{
	*id = wq_redis_str(wq_redis_at(cmd->reply, 1 + 2 * i));
	*data = wq_redis_str(wq_redis_at(cmd->reply, 2 + 2 * i));
	return id->p && data->p;
}

int wq_tosend_done_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_str *ids, size_t n,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[2 + WQ_TOSEND_MAX];
	char key[KEY_BYTES];

	WQ_REQUIRE(n <= WQ_TOSEND_MAX);
	argv[0] = wq_str("ZREM");
	argv[1] = jobs_key(k, key);
	for (size_t i = 0; i < n; i++)
		argv[2 + i] = ids[i];
	return wq_redis_start(k->redis, cmd, argv, 2 + n, cb);
}
