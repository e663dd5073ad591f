/* SPDX-License-Identifier: MIT */
#pragma once
/* directory.h — the accounts as a sending process knows them: read from Redis, kept up to date, looked up in memory.
 *
 * Redis is asked for the revision every WQ_ACCOUNTS_REFRESH_MS, and for what changed; between two answers what is
 * known stays good.  An account made of the environment (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID) is there from the
 * start, is called "default", and while it is the only one every message goes through it, whatever its business.
 *
 * Credentials  are opened here, once for each change, and wiped with the account.  One whose credentials do not open is
 *              there all the same, SUSPENDED, and its `why` tells what to do.
 */
#include "domain/account/account.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"
#include "io/tls/seal.h"

struct wq_accounts;
struct wq_templates;

/* Borrowed, all of it, until the directory is closed. */
struct wq_accounts_opts {
	struct wq_loop *loop;
	struct wq_redis *redis;
	const char *prefix;              /* of the queues */
	struct wq_account_ways ways;
	const struct wq_account *env;    /* of the environment; the texts too are borrowed */
	unsigned env_n;                  /* the first of them is the one that carries what names none */
	const struct wq_templates *templates; /* businesses' own versions of texts; NULL: none */
	/* Optional: something changed; from the loop. */
	void (*on_change)(void *ctx);
	void *ctx;
};
/* 0 or a raised error.  Asks Redis as soon as the loop turns. */
int wq_accounts_create(struct wq_accounts **out, const struct wq_accounts_opts *o);
/* Comes before the end of Redis and loop; on_closed (may be NULL) runs from the loop.  NULL is not fine. */
void wq_accounts_close(struct wq_accounts *all, void (*on_closed)(void *ctx), void *ctx);
/* Asks at once instead of when its time has come: somebody here has changed something. */
void wq_accounts_poke(struct wq_accounts *all);
/* Redis has told of all of them, at least once. */
bool wq_accounts_loaded(const struct wq_accounts *all);
size_t wq_accounts_count(const struct wq_accounts *all);
/* As it was given; NULL: none. */
const struct wq_templates *wq_accounts_templates(const struct wq_accounts *all);

/* Which account carries a message. */
enum {
	WQ_ACCOUNT_NONE = 1,    /* the business has none */
	WQ_ACCOUNT_UNKNOWN,     /* the one that was named is not there */
	WQ_ACCOUNT_FOREIGN,     /* it is another business's */
	WQ_ACCOUNT_NOT_LOADED,  /* Redis has not answered yet: later */
};
/* By id, name, number or instance (`hint`; p == NULL: none) and business (p == NULL: none).  Without a hint: the
 * business's primary while that is ACTIVE, else its default while that is, else its primary.  A name is looked for
 * among the business's own.  0 or a condition; *out lives until the loop's next turn. */
int wq_accounts_find(const struct wq_accounts *all, struct wq_str business, struct wq_str hint,
                     const struct wq_account **out);
/* Whose number this is (of a webhook); with or without '+'. */
int wq_accounts_by_number(const struct wq_accounts *all, enum wq_provider provider,
                          struct wq_str number, const struct wq_account **out);
/* Each account in turn, in no order; NULL behind the last.  *at: NULL at the beginning. */
const struct wq_account *wq_accounts_next(const struct wq_accounts *all, const void **at);
