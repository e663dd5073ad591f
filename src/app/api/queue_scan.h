/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_scan.h — a page of queues' names: steps through the keys until there are enough.
 *
 * A step that brings more names than the page has room for is taken again in smaller ones: what Redis has at one place
 * of its table changes order while it rearranges its keys, so a page ends where a step does, and may be short.  Only
 * the names of a single bucket, the least that a step can be, are ever cut: a cursor is "<step>.<skip>", and the next
 * page skips those that were told.
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
	char step[32];  /* of the names at hand */
	uint64_t skip;  /* of that step */
	uint32_t keys;  /* that a step looks at */
	unsigned steps;
	struct wq_look look;
	struct wq_queue_names names;
	void (*cb)(struct wq_queue_scan *s, int rc);
};

/* Takes limit and cursor of the query.  cb runs once, from the loop, or never: false, the exchange is answered. */
bool wq_queue_scan_start(struct wq_queue_scan *s, struct wq_exchange *x, struct wq_api *api,
                         void (*cb)(struct wq_queue_scan *s, int rc));
