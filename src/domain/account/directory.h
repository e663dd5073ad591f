/* SPDX-License-Identifier: MIT */
#pragma once
/* directory.h — the accounts as a sending process knows them: read from Redis, kept up to date, looked up in memory.
 *
 * Redis is asked for the revision every WQ_ACCOUNTS_REFRESH_MS, and for what changed; between two answers what is
 * known stays good.  An account made of the environment (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID) is there from the
 * start, is called "default", and while it is the only one every message goes through it, whatever its business.
 */
#include "domain/account/account.h"

struct wq_accounts;

/* Which account carries a message. */
enum {
	WQ_ACCOUNT_NONE = 1,    /* the business has none */
	WQ_ACCOUNT_UNKNOWN,     /* the one that was named is not there */
	WQ_ACCOUNT_FOREIGN,     /* it is another business's */
	WQ_ACCOUNT_NOT_LOADED,  /* Redis has not answered yet: later */
};
/* By id, name, number or instance (`hint`; p == NULL: none) and business (p == NULL: none).  Without a hint: the
 * business's primary, or its default, or its only one.  0 or a condition; *out lives until the loop's next turn. */
int wq_accounts_find(const struct wq_accounts *all, struct wq_str business, struct wq_str hint,
                     const struct wq_account **out);
/* Whose number this is (of a webhook). */
int wq_accounts_by_number(const struct wq_accounts *all, enum wq_provider provider,
                          struct wq_str number, const struct wq_account **out);
