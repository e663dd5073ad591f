/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_scan.h — a page of queues' names: steps through the keys until there are enough.
 *
 * A cursor is "<step>.<skip>": a step may bring more names than the page has room for; the next page begins with the
 * same step and skips those that were told.
 */
#include "app/api/api.h"
#include "base/limits.h"
#include "store/look.h"

struct wq_queue_scan {
	/* in */
	bool (*takes)(struct wq_str name); /* NULL: all */
	/* out, in the exchange's memory */
	struct wq_str at[WQ_API_PAGE_MAX];
	size_t n;
	char next[64];     /* cursor; "": this was the last */
	const char *error; /* what Redis said; "" */
	/* private */
	struct wq_exchange *x;
	struct wq_api *api;
	size_t limit;
	char step[32]; /* of the names at hand */
	uint64_t skip; /* of that step */
	unsigned steps;
	struct wq_look look;
	struct wq_queue_names names;
	void (*cb)(struct wq_queue_scan *s, int rc);
};

/* Takes limit and cursor of the query.  cb runs once, from the loop, or never: false, the exchange is answered. */
bool wq_queue_scan_start(struct wq_queue_scan *s, struct wq_exchange *x, struct wq_api *api,
                         void (*cb)(struct wq_queue_scan *s, int rc));
