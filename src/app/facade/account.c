/* SPDX-License-Identifier: MIT */
/* account.c — the directory's answer, held to what the path says. */
#include "app/facade/account.h"

static struct wq_str digits(struct wq_str number)
{
	return number.n > 0 && number.p[0] == '+' ? wq_strn(number.p + 1, number.n - 1) : number;
}

static bool goes_by(const struct wq_account *a, struct wq_str name)
{
	return wq_str_eq(a->id, name) || wq_str_eq(a->name, name) ||
	       wq_str_eq(digits(a->number), digits(name));
}

/* Its own business's; or of none, where that carries what the business sends. */
static bool sees(const struct wq_exchange *x, const struct wq_api *api, const struct wq_account *a)
{
	struct wq_str business = wq_api_caller(x)->business;
	const struct wq_account *own;

	return wq_api_sees(x, a->business) ||
	       (wq_accounts_find(api->accounts, business, wq_strn(NULL, 0), &own) == 0 && own == a);
}

int wq_facade_account(const struct wq_exchange *x, const struct wq_api *api, struct wq_str name,
                      const struct wq_account **out)
{
	const struct wq_caller *caller = wq_api_caller(x);
	int found = name.n > 0 ? wq_accounts_find(api->accounts, caller->business, name, out)
	                       : WQ_ACCOUNT_UNKNOWN;

	if (found == WQ_ACCOUNT_NOT_LOADED)
		return found;
	return found == 0 && goes_by(*out, name) && sees(x, api, *out) ? 0 : WQ_ACCOUNT_UNKNOWN;
}
