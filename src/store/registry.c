/* SPDX-License-Identifier: MIT */
/* registry.c — arguments of the registry_ scripts, and fields of hashes. */
#include "store/registry.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "scripts.gen.h"
#include "store/tag.h"

enum { NUMBER_BYTES = 24, CHANGES_AT = 3 };

void wq_registry_init(struct wq_registry *g, struct wq_redis *redis, struct wq_str prefix,
                      const char *name)
{
	struct wq_str tag = wq_tag_of(prefix);

	g->redis = redis;
	if (tag.n > WQ_QUEUE_NAME_MAX_BYTES)
		tag.n = WQ_QUEUE_NAME_MAX_BYTES;
	snprintf(g->base, sizeof(g->base), "wq:{%.*s}:%s:", WQ_STR_ARG(tag), name);
	snprintf(g->ids, sizeof(g->ids), "wq:{%.*s}:%s:ids", WQ_STR_ARG(tag), name);
}

int wq_registry_changes_start(const struct wq_registry *g, struct wq_redis_cmd *cmd, int64_t known,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_REGISTRY_CHANGES_ARGS];
	char rev[NUMBER_BYTES], most[NUMBER_BYTES];

	snprintf(rev, sizeof(rev), "%" PRId64, known);
	snprintf(most, sizeof(most), "%d", WQ_REGISTRY_PAGE);
	argv[0] = wq_str(g->ids);
	argv[1 + WQ_REGISTRY_CHANGES_BASE] = wq_str(g->base);
	argv[1 + WQ_REGISTRY_CHANGES_KNOWN] = wq_str(rev);
	argv[1 + WQ_REGISTRY_CHANGES_MOST] = wq_str(most);
	return wq_script_start(g->redis, cmd, &wq_script_registry_changes, argv, WQ_COUNT(argv),
	                       cb);
}

void wq_registry_changes_answer(const struct wq_redis_cmd *cmd, struct wq_registry_changes *out)
{
	size_t n = wq_redis_count(cmd->reply);

	*out = (struct wq_registry_changes){
		.rev = wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.full = wq_redis_int(wq_redis_at(cmd->reply, 1), 0) != 0,
		.more = wq_redis_int(wq_redis_at(cmd->reply, 2), 0) != 0,
		.n = n > CHANGES_AT ? n - CHANGES_AT : 0,
	};
}

bool wq_registry_changes_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                            const struct wq_redis_value **fields)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i + CHANGES_AT);

	*id = wq_redis_str(wq_redis_at(row, 0));
	*fields = wq_redis_at(row, 1);
	return wq_redis_count(*fields) > 0;
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_registry_list_start(const struct wq_registry *g, struct wq_redis_cmd *cmd,
                           const struct wq_registry_list *l,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_REGISTRY_LIST_ARGS];
	char first[NUMBER_BYTES], count[NUMBER_BYTES], looks[NUMBER_BYTES];

	snprintf(first, sizeof(first), "%" PRIu64, l->first);
	snprintf(count, sizeof(count), "%" PRIu64, l->count);
	snprintf(looks, sizeof(looks), "%d", WQ_ACCOUNTS_PAGE_LOOKS);
	argv[0] = wq_str(g->ids);
	argv[1 + WQ_REGISTRY_LIST_BASE] = wq_str(g->base);
	argv[1 + WQ_REGISTRY_LIST_ID] = bytes(l->id);
	argv[1 + WQ_REGISTRY_LIST_OF_ONE] = wq_str(l->of_one ? "1" : "0");
	argv[1 + WQ_REGISTRY_LIST_BUSINESS] = bytes(l->business);
	argv[1 + WQ_REGISTRY_LIST_PROVIDER] = bytes(l->provider);
	argv[1 + WQ_REGISTRY_LIST_STATE] = bytes(l->state);
	argv[1 + WQ_REGISTRY_LIST_FIRST] = wq_str(first);
	argv[1 + WQ_REGISTRY_LIST_COUNT] = wq_str(count);
	argv[1 + WQ_REGISTRY_LIST_LOOKS] = wq_str(looks);
	return wq_script_start(g->redis, cmd, &wq_script_registry_list, argv, WQ_COUNT(argv), cb);
}

size_t wq_registry_list_count(const struct wq_redis_cmd *cmd)
{
	size_t n = wq_redis_count(cmd->reply);

	return n > 0 ? n - 1 : 0;
}

void wq_registry_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id,
                         const struct wq_redis_value **fields)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i + 1);

	*id = wq_redis_str(wq_redis_at(row, 0));
	*fields = wq_redis_at(row, 1);
}

uint64_t wq_registry_list_next(const struct wq_redis_cmd *cmd)
{
	int64_t next = wq_redis_int(wq_redis_at(cmd->reply, 0), -1);

	return next > 0 ? (uint64_t)next : 0;
}

struct wq_str wq_fields_get(const struct wq_redis_value *fields, const char *name)
{
	for (size_t i = 0; i + 1 < wq_redis_count(fields); i += 2)
		if (wq_str_is(wq_redis_str(wq_redis_at(fields, i)), name))
			return wq_redis_str(wq_redis_at(fields, i + 1));
	return wq_strn(NULL, 0);
}

int64_t wq_fields_int(const struct wq_redis_value *fields, const char *name)
{
	uint64_t n;

	return wq_str_to_u64(wq_fields_get(fields, name), INT64_MAX, &n) ? (int64_t)n : 0;
}
