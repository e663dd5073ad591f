/* SPDX-License-Identifier: MIT */
#pragma once
/* accounts.h — /api/whatsapp/accounts, and /api/accounts: the numbers that messages are sent from.
 *
 * Credentials come in and never go out.  A business's key sees its own accounts alone.
 */
#include "app/api/api.h"

/* The routes, and those of businesses.h; `a->accounts` and `a->keyring` are there.  0 or a raised error. */
int wq_api_accounts_routes(struct wq_api *a);
