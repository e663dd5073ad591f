/* SPDX-License-Identifier: MIT */
/* filter.c — outcomes by their names, rows by their fields. */
#include "domain/weblog/filter.h"

static const char *const names[WQ_WEBHOOK_OUTCOMES] = { "any",    "accepted", "duplicate",
	                                                "partly", "none",     "refused" };

const char *wq_webhook_outcome_name(enum wq_webhook_outcome o)
{
	return names[o];
}

enum wq_webhook_outcome wq_webhook_outcome_find(struct wq_str name)
{
	unsigned i = 0;

	while (i < WQ_WEBHOOK_OUTCOMES && !wq_str_is(name, names[i]))
		i++;
	return (enum wq_webhook_outcome)i;
}

enum wq_webhook_outcome wq_webhook_outcome_of(const struct wq_webhook_row *r)
{
	if (r->refused)
		return WQ_WEBHOOK_REFUSED;
	if (r->fresh && r->known)
		return WQ_WEBHOOK_PARTLY;
	if (r->fresh)
		return WQ_WEBHOOK_ACCEPTED;
	return r->known ? WQ_WEBHOOK_DUPLICATE : WQ_WEBHOOK_NONE;
}

/* "messages:2 statuses:1" has the kinds messages and statuses. */
static bool has_kind(struct wq_str kinds, struct wq_str kind)
{
	struct wq_str one;

	while (wq_str_next(&kinds, ' ', &one))
		if (wq_str_eq(wq_strn(one.p, wq_str_find(one, ':')), kind))
			return true;
	return false;
}

bool wq_webhook_filter_takes(const struct wq_webhook_filter *f, const struct wq_webhook_row *r)
{
	if (f->outcome != WQ_WEBHOOK_ANY && wq_webhook_outcome_of(r) != f->outcome)
		return false;
	if (f->account.n && !wq_str_eq(r->account, f->account) &&
	    !wq_str_eq(r->business, f->account))
		return false;
	if (f->provider.n && !wq_str_eq(r->provider, f->provider))
		return false;
	return !f->kind.n || has_kind(r->kinds, f->kind);
}

bool wq_webhook_filter_is_empty(const struct wq_webhook_filter *f)
{
	return !f->id.n && !f->account.n && !f->kind.n && !f->provider.n &&
	       f->outcome == WQ_WEBHOOK_ANY && !f->since_ms && !f->until_ms;
}

void wq_webhook_filter_begin(const struct wq_webhook_filter *f, struct wq_webhook_place *p)
{
	bool refused = f->outcome == WQ_WEBHOOK_REFUSED;

	/* Of what was refused nobody knows the ids, the kinds or the account. */
	wq_webhook_place_begin(p, !refused,
	                       refused || (f->outcome == WQ_WEBHOOK_ANY && !f->id.n && !f->kind.n &&
	                                   !f->account.n && !f->provider.n));
}
