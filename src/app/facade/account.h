/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — which account a façade's path means. */
#include "app/api/api.h"
#include "domain/account/directory.h"

/* By its number, instance, id or name, among those that the caller sees: an account that carries what names none is not
 * found by any other name.  0 or a condition of wq_accounts_find, never WQ_ACCOUNT_FOREIGN or _NONE: what is another's
 * is not there. */
int wq_facade_account(const struct wq_exchange *x, const struct wq_api *api, struct wq_str name,
                      const struct wq_account **out);
