/* SPDX-License-Identifier: MIT */
#pragma once
/* filter.h — which contacts a list shows: read from the words of people (a query, options), told as indices.
 *
 *   tag=vip  not_tag=lost  attribute=city=Quito  assigned=ana|none  unread=true  opted_out=true  blocked=true
 *   window=open|closed  q=mar gon  sort=made|last
 *
 * `tag`, `not_tag` and `attribute` may name several, with commas between; all have to hold.
 */
#include "base/arena.h"
#include "store/contact.h"

struct wq_contact_query {
	struct wq_contact_filter filters[WQ_CONTACT_FILTERS_MAX];
	size_t n;
	struct wq_str words; /* folded; p == NULL: not asked for */
	bool by_last;
};

/* word(ctx, name): what was given for it, p == NULL: nothing.  NULL, or a static sentence: why it cannot be used. */
const char *wq_contact_query_read(struct wq_contact_query *q, int64_t now_ms,
                                  struct wq_str (*word)(void *ctx, const char *name), void *ctx,
                                  struct wq_arena *a);
