/* SPDX-License-Identifier: MIT */
/* account.c — arguments of the account_ scripts, and their answers. */
#include "store/account.h"

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

void wq_account_keys_init(struct wq_account_keys *k, struct wq_redis *redis, struct wq_str prefix)
{
	wq_registry_init(&k->acc, redis, prefix, WQ_ACCOUNTS_REGISTRY);
	wq_registry_init(&k->biz, redis, prefix, "biz");
	wq_sub_keys_init(&k->subs, redis, prefix);
}

void wq_account_put_field(struct wq_account_put *p, const char *name, struct wq_str value)
{
	WQ_REQUIRE(p->fields_n < WQ_ACCOUNT_FIELDS_MAX);
	p->fields[p->fields_n].name = name;
	p->fields[p->fields_n++].value = bytes(value);
}

int wq_account_put_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_account_put *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_ACCOUNT_PUT_ARGS + 2 * WQ_ACCOUNT_FIELDS_MAX];
	char rev[NUMBER_BYTES], now[NUMBER_BYTES], most[NUMBER_BYTES];
	size_t n = 1 + WQ_ACCOUNT_PUT_ARGS;

	argv[0] = wq_str(k->acc.ids);
	argv[1 + WQ_ACCOUNT_PUT_ACC] = wq_str(k->acc.base);
	argv[1 + WQ_ACCOUNT_PUT_BIZ] = wq_str(k->biz.base);
	argv[1 + WQ_ACCOUNT_PUT_ID] = p->id;
	argv[1 + WQ_ACCOUNT_PUT_REV] = wq_str(number(rev, p->rev));
	argv[1 + WQ_ACCOUNT_PUT_NOW_MS] = wq_str(number(now, p->now_ms));
	argv[1 + WQ_ACCOUNT_PUT_MOST] = wq_str(number(most, WQ_ACCOUNTS_MAX));
	argv[1 + WQ_ACCOUNT_PUT_BUSINESS] = bytes(p->business);
	argv[1 + WQ_ACCOUNT_PUT_NAME] = bytes(p->name);
	argv[1 + WQ_ACCOUNT_PUT_NUMBER] = bytes(p->number);
	argv[1 + WQ_ACCOUNT_PUT_RANK] = bytes(p->rank);
	argv[1 + WQ_ACCOUNT_PUT_SUBS] = wq_str(k->subs.base);
	for (unsigned i = 0; i < p->fields_n; i++) {
		argv[n + WQ_ACCOUNT_PUT_ITEM_FIELD] = wq_str(p->fields[i].name);
		argv[n + WQ_ACCOUNT_PUT_ITEM_VALUE] = p->fields[i].value;
		n += WQ_ACCOUNT_PUT_ITEM_ARGS;
	}
	return wq_script_start(k->acc.redis, cmd, &wq_script_account_put, argv, n, cb);
}

int64_t wq_account_put_answer(const struct wq_redis_cmd *cmd, struct wq_str *other)
{
	*other = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_ACCOUNT_MISSING);
}

int wq_account_remove_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                            struct wq_str id, int64_t rev, int64_t now_ms,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_ACCOUNT_REMOVE_ARGS];
	char revision[NUMBER_BYTES], now[NUMBER_BYTES];

	argv[0] = wq_str(k->acc.ids);
	argv[1 + WQ_ACCOUNT_REMOVE_ACC] = wq_str(k->acc.base);
	argv[1 + WQ_ACCOUNT_REMOVE_ID] = id;
	argv[1 + WQ_ACCOUNT_REMOVE_REV] = wq_str(number(revision, rev));
	argv[1 + WQ_ACCOUNT_REMOVE_NOW_MS] = wq_str(number(now, now_ms));
	argv[1 + WQ_ACCOUNT_REMOVE_SUBS] = wq_str(k->subs.base);
	return wq_script_start(k->acc.redis, cmd, &wq_script_account_remove, argv, WQ_COUNT(argv),
	                       cb);
}

int64_t wq_account_remove_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_ACCOUNT_MISSING);
}

void wq_account_seen_read(struct wq_account_seen *s, struct wq_str id,
                          const struct wq_redis_value *fields)
{
	*s = (struct wq_account_seen){
		.id = id,
		.business = wq_fields_get(fields, "business"),
		.spec = wq_fields_get(fields, "spec"),
		.sealed = wq_fields_get(fields, "sealed"),
		.hint = wq_fields_get(fields, "hint"),
		.state = wq_fields_get(fields, "state"),
		.why = wq_fields_get(fields, "why"),
		.quality = wq_fields_get(fields, "quality"),
		.tier = wq_fields_get(fields, "tier"),
		.throughput = wq_fields_get(fields, "throughput"),
		.display = wq_fields_get(fields, "display"),
		.verified_name = wq_fields_get(fields, "verified_name"),
		.check = wq_fields_get(fields, "check"),
		.rev = wq_fields_int(fields, "rev"),
		.created_ms = wq_fields_int(fields, "created"),
		.changed_ms = wq_fields_int(fields, "changed"),
		.checked_ms = wq_fields_int(fields, "checked"),
		.primary = wq_fields_int(fields, "primary") != 0,
		.is_default = wq_fields_int(fields, "default") != 0,
		.verified = wq_fields_int(fields, "verified") != 0,
		.guarded = wq_fields_int(fields, "guarded") != 0,
	};
}

void wq_account_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_account_seen *out)
{
	const struct wq_redis_value *fields;
	struct wq_str id;

	wq_registry_list_at(cmd, i, &id, &fields);
	wq_account_seen_read(out, id, fields);
}

int wq_account_use_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                         struct wq_str id, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char own[WQ_ACCOUNT_ID_MAX_BYTES + 8], total[WQ_ACCOUNT_ID_MAX_BYTES + 16];
	struct wq_str argv[1 + WQ_ACCOUNT_USE_ARGS];

	snprintf(own, sizeof(own), "wq:{%.*s}:", WQ_STR_ARG(id));
	snprintf(total, sizeof(total), "wq:{%.*s}:total", WQ_STR_ARG(id));
	argv[0] = wq_str(total);
	argv[1 + WQ_ACCOUNT_USE_OWN] = wq_str(own);
	return wq_script_start(k->acc.redis, cmd, &wq_script_account_use, argv, WQ_COUNT(argv), cb);
}

void wq_account_use_answer(const struct wq_redis_cmd *cmd, struct wq_account_use *out)
{
	static const char *const over[] = { "accepted", "failed", "cancelled", "parked" };
	const struct wq_redis_value *total = wq_redis_at(cmd->reply, 1);

	*out = (struct wq_account_use){
		.waiting = wq_fields_int(total, "queued"),
		.unconfirmed = wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.sent = wq_fields_int(total, "accepted"),
		.failed = wq_fields_int(total, "failed"),
	};
	for (size_t i = 0; i < WQ_COUNT(over); i++)
		out->waiting -= wq_fields_int(total, over[i]);
	if (out->waiting < 0)
		out->waiting = 0;
}
