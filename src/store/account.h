/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — accounts in Redis: their records, and the indices by number, name, business and rank.
 *
 * Keys  those of the registry "acc" (registry.h), and numbers, names, in:BUSINESS, primary, default.
 * Told  as `account.changed`, unless nothing did.
 * Spec  and what is sealed are texts of the domain's; nothing here reads them.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/registry.h"
#include "store/subscription.h"

#define WQ_ACCOUNTS_REGISTRY "acc"

struct wq_account_keys {
	struct wq_registry acc, biz;
	struct wq_sub_keys subs; /* who is told of a change, by the step that makes it */
};
void wq_account_keys_init(struct wq_account_keys *k, struct wq_redis *redis, struct wq_str prefix);

enum { WQ_ACCOUNT_FIELDS_MAX = 16 };

struct wq_account_put {
	struct wq_str id;
	int64_t rev;           /* 0: it is new; -1: any; else the one that is being changed */
	struct wq_str business; /* of a new one */
	struct wq_str name;    /* empty: stays */
	struct wq_str number;  /* with its provider: "cloud:123"; empty: stays */
	struct wq_str rank;    /* "primary", "default", "secondary"; empty: stays */
	int64_t now_ms;
	unsigned fields_n; /* all else: what the fields are set to */
	struct {
		const char *name;
		struct wq_str value;
	} fields[WQ_ACCOUNT_FIELDS_MAX];
};
/* Adds a field to be set. */
void wq_account_put_field(struct wq_account_put *p, const char *name, struct wq_str value);

enum {
	WQ_ACCOUNT_CHANGED = 0,
	WQ_ACCOUNT_TOO_MANY = -1,
	WQ_ACCOUNT_EXISTS = -2,
	WQ_ACCOUNT_MISSING = -3,
	WQ_ACCOUNT_NUMBER_TAKEN = -4,
	WQ_ACCOUNT_NAME_TAKEN = -5,
	WQ_ACCOUNT_LAST_RANK = -6, /* another has to be made primary, or default, first */
};
int wq_account_put_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_account_put *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Its revision now, or one of the codes above; *other: who has the number or the name. */
int64_t wq_account_put_answer(const struct wq_redis_cmd *cmd, struct wq_str *other);

/* The answer is 1: gone; WQ_ACCOUNT_CHANGED; WQ_ACCOUNT_MISSING.  rev -1: whatever it is. */
int wq_account_remove_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                            struct wq_str id, int64_t rev, int64_t now_ms,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc));
int64_t wq_account_remove_answer(const struct wq_redis_cmd *cmd);

/* What one is, as it was stored; slices live as long as the answer. */
struct wq_account_seen {
	struct wq_str id, business, spec, sealed, hint, state, why, quality, tier, throughput,
		display, verified_name, check;
	int64_t rev, created_ms, changed_ms, checked_ms;
	bool primary, is_default, verified;
	bool guarded; /* a business set its address */
};
void wq_account_seen_read(struct wq_account_seen *s, struct wq_str id,
                          const struct wq_redis_value *fields);

/* The i-th of a list of k->acc (registry.h). */
void wq_account_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_account_seen *out);

/* What was done through it, by its own slot of a cluster. */
struct wq_account_use {
	int64_t waiting;     /* messages that have not been sent, and have not failed */
	int64_t unconfirmed; /* taken by the provider, and no status yet */
	int64_t sent, failed; /* ever */
};
int wq_account_use_start(const struct wq_account_keys *k, struct wq_redis_cmd *cmd,
                         struct wq_str id, void (*cb)(struct wq_redis_cmd *cmd, int rc));
void wq_account_use_answer(const struct wq_redis_cmd *cmd, struct wq_account_use *out);
