/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_act.h — templates at the provider (Meta's Graph): all of them looked at, one made, one deleted; what it
 * answers is kept for the account.
 *
 *   sync     ask ──► read ──► keep ──► ask (the next page) … ──► keep (those that are gone) ──► end
 *   create   ask ──► read ──► keep ──► end
 *   delete   look (for its id, if one language is meant) ──► ask ──► read ──► keep ──► end
 *
 * What the provider refuses changes nothing, and `why` tells it in the provider's own words.
 */
#include "domain/account/account.h"
#include "io/client/client.h"
#include "io/loop/flow.h"
#include "store/provider_template.h"

enum wq_provider_doing { WQ_PROVIDER_SYNC, WQ_PROVIDER_CREATE, WQ_PROVIDER_DELETE };
enum wq_provider_did {
	WQ_PROVIDER_DID_IT,
	WQ_PROVIDER_NO_WABA,     /* not Meta's, or it does not say of which WABA it is */
	WQ_PROVIDER_UNKNOWN,     /* DELETE: there is none in that language, as far as is known */
	WQ_PROVIDER_REFUSED,     /* why, code */
	WQ_PROVIDER_UNREACHABLE, /* why: it is not known whether it was done */
};

struct wq_provider_act {
	/* in; borrowed until the end, the account for the start alone */
	enum wq_provider_doing doing;
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_client *client;
	const struct wq_account *account;
	yyjson_val *wish;             /* CREATE: a checked one */
	struct wq_str name, language; /* DELETE; language empty: all */
	void (*cb)(struct wq_provider_act *a, int rc);
	/* out */
	enum wq_provider_did did;
	int64_t code;
	char why[256];
	size_t known; /* SYNC: how many there are; DELETE: how many were known */
	char id[64], status[32], category[32]; /* CREATE; id: also of what is deleted */
	const char *error;
	/* private */
	struct wq_flow flow;
	struct wq_arena arena;  /* base, token, the request under way */
	struct wq_str base, waba, token, after;
	struct wq_call call;
	bool called, guarded, more, ended;
	yyjson_doc *doc; /* the answer */
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	int64_t mark_ms;
	unsigned pages;
};

/* 0, and cb runs once, from the loop: 0 and `did` tells, > 0 as redis.h, or < 0; wq_provider_act_fini follows. */
int wq_provider_act_start(struct wq_provider_act *a);
/* Behind cb, or a start that failed.  Twice is fine, zeroed is fine. */
void wq_provider_act_fini(struct wq_provider_act *a);
