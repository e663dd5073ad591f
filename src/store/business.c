/* SPDX-License-Identifier: MIT */
/* business.c — arguments of the business_ and key_ scripts, and their answers. */
#include "store/business.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "scripts.gen.h"

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

void wq_business_keys_init(struct wq_business_keys *k, struct wq_redis *redis, struct wq_str prefix)
{
	wq_registry_init(&k->biz, redis, prefix, WQ_BUSINESSES_REGISTRY);
	wq_registry_init(&k->key, redis, prefix, WQ_API_KEYS_REGISTRY);
	wq_registry_init(&k->acc, redis, prefix, "acc");
}

int64_t wq_business_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_BUSINESS_MISSING);
}

void wq_business_in_use(const struct wq_redis_cmd *cmd, int64_t *accounts, int64_t *keys)
{
	*accounts = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	*keys = wq_redis_int(wq_redis_at(cmd->reply, 2), 0);
}

int wq_business_put_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                          struct wq_str id, struct wq_str name, bool fresh, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BUSINESS_PUT_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->biz.ids);
	argv[1 + WQ_BUSINESS_PUT_BIZ] = wq_str(k->biz.base);
	argv[1 + WQ_BUSINESS_PUT_ID] = id;
	argv[1 + WQ_BUSINESS_PUT_NAME] = bytes(name);
	argv[1 + WQ_BUSINESS_PUT_FRESH] = wq_str(fresh ? "1" : "0");
	argv[1 + WQ_BUSINESS_PUT_NOW_MS] = wq_str(number(now, now_ms));
	argv[1 + WQ_BUSINESS_PUT_MOST] = wq_str(number(most, WQ_BUSINESSES_MAX));
	return wq_script_start(k->biz.redis, cmd, &wq_script_business_put, argv, WQ_COUNT(argv),
	                       cb);
}

int wq_business_remove_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                             struct wq_str id, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_BUSINESS_REMOVE_ARGS];

	argv[0] = wq_str(k->biz.ids);
	argv[1 + WQ_BUSINESS_REMOVE_BIZ] = wq_str(k->biz.base);
	argv[1 + WQ_BUSINESS_REMOVE_ACC] = wq_str(k->acc.base);
	argv[1 + WQ_BUSINESS_REMOVE_KEY] = wq_str(k->key.base);
	argv[1 + WQ_BUSINESS_REMOVE_ID] = id;
	return wq_script_start(k->biz.redis, cmd, &wq_script_business_remove, argv, WQ_COUNT(argv),
	                       cb);
}

int wq_key_put_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                     const struct wq_key_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_KEY_PUT_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->key.ids);
	argv[1 + WQ_KEY_PUT_KEY] = wq_str(k->key.base);
	argv[1 + WQ_KEY_PUT_BIZ] = wq_str(k->biz.base);
	argv[1 + WQ_KEY_PUT_ID] = p->id;
	argv[1 + WQ_KEY_PUT_BUSINESS] = bytes(p->business);
	argv[1 + WQ_KEY_PUT_ROLE] = p->role;
	argv[1 + WQ_KEY_PUT_NAME] = bytes(p->name);
	argv[1 + WQ_KEY_PUT_SUM] = p->sum;
	argv[1 + WQ_KEY_PUT_NOW_MS] = wq_str(number(now, p->now_ms));
	argv[1 + WQ_KEY_PUT_MOST] = wq_str(number(most, WQ_API_KEYS_MAX));
	return wq_script_start(k->key.redis, cmd, &wq_script_key_put, argv, WQ_COUNT(argv), cb);
}

int wq_key_remove_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                        struct wq_str id, bool of_one, struct wq_str business, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_KEY_REMOVE_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->key.ids);
	argv[1 + WQ_KEY_REMOVE_KEY] = wq_str(k->key.base);
	argv[1 + WQ_KEY_REMOVE_ID] = id;
	argv[1 + WQ_KEY_REMOVE_OF_ONE] = wq_str(of_one ? "1" : "0");
	argv[1 + WQ_KEY_REMOVE_BUSINESS] = bytes(business);
	argv[1 + WQ_KEY_REMOVE_NOW_MS] = wq_str(number(now, now_ms));
	return wq_script_start(k->key.redis, cmd, &wq_script_key_remove, argv, WQ_COUNT(argv), cb);
}

int wq_key_rotate_start(const struct wq_business_keys *k, struct wq_redis_cmd *cmd,
                        struct wq_str id, struct wq_str sum, bool of_one, struct wq_str business,
                        int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_KEY_ROTATE_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->key.ids);
	argv[1 + WQ_KEY_ROTATE_KEY] = wq_str(k->key.base);
	argv[1 + WQ_KEY_ROTATE_ID] = id;
	argv[1 + WQ_KEY_ROTATE_OF_ONE] = wq_str(of_one ? "1" : "0");
	argv[1 + WQ_KEY_ROTATE_BUSINESS] = bytes(business);
	argv[1 + WQ_KEY_ROTATE_SUM] = sum;
	argv[1 + WQ_KEY_ROTATE_NOW_MS] = wq_str(number(now, now_ms));
	return wq_script_start(k->key.redis, cmd, &wq_script_key_rotate, argv, WQ_COUNT(argv), cb);
}
