/* SPDX-License-Identifier: MIT */
/* people.c — send_people's arguments and answer. */
#include "store/people.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, PEOPLE_KEYS = 2 };

static bool fits(struct wq_str id)
{
	return id.n && id.n <= WQ_ACCOUNT_ID_MAX_BYTES && wq_str_find(id, '}') == id.n;
}

int wq_people_keys_init(struct wq_people_keys *k, struct wq_redis *redis, struct wq_str provider,
                        struct wq_str portfolio, struct wq_str account)
{
	char tag[WQ_PEOPLE_KEY_MAX_BYTES - 16];

	if (!fits(portfolio.n ? portfolio : account) || !fits(provider))
		return WQ_EINVAL;
	if (portfolio.n)
		snprintf(tag, sizeof(tag), "people:%.*s:%.*s", WQ_STR_ARG(provider),
		         WQ_STR_ARG(portfolio));
	else
		snprintf(tag, sizeof(tag), "%.*s", WQ_STR_ARG(account));
	k->redis = redis;
	snprintf(k->people, sizeof(k->people), "wq:{%s}:people", tag);
	snprintf(k->turn, sizeof(k->turn), "wq:{%s}:turn", tag);
	return 0;
}

static int start(const struct wq_people_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                 int64_t limit, struct wq_str person, struct wq_str back,
                 void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[PEOPLE_KEYS + WQ_SEND_PEOPLE_ARGS], *a = argv + PEOPLE_KEYS;
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(most, sizeof(most), "%" PRId64, limit);
	argv[0] = wq_str(k->people);
	argv[1] = wq_str(k->turn);
	a[WQ_SEND_PEOPLE_NOW_MS] = wq_str(now);
	a[WQ_SEND_PEOPLE_LIMIT] = wq_str(most);
	a[WQ_SEND_PEOPLE_TO] = person;
	a[WQ_SEND_PEOPLE_BACK] = back;
	return wq_script_start(k->redis, cmd, &wq_script_send_people, argv, WQ_COUNT(argv), cb);
}

int wq_people_ask_start(const struct wq_people_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        int64_t limit, struct wq_str person,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	return start(k, cmd, now_ms, limit, person, wq_str(""), cb);
}

void wq_people_answer(const struct wq_redis_cmd *cmd, struct wq_people_answer *out)
{
	out->granted = wq_redis_int(wq_redis_at(cmd->reply, 0), 0) == 1;
	out->at = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	out->first = out->granted && wq_redis_int(wq_redis_at(cmd->reply, 2), 0) == 1;
}

int wq_people_return_start(const struct wq_people_keys *k, struct wq_redis_cmd *cmd,
                           struct wq_str person, int64_t at,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char back[NUMBER_BYTES];

	snprintf(back, sizeof(back), "%" PRId64, at);
	return start(k, cmd, 0, 0, person, wq_str(back), cb);
}
