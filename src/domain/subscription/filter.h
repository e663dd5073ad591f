/* SPDX-License-Identifier: MIT */
#pragma once
/* filter.h — does a subscriber want this event?  Pure.
 *
 * Each list that is given has to hold what the event is; a list that is not given, or empty, holds everything.
 *   events     types; one that ends in * holds all that begin so
 *   kinds      message, status, event …
 *   fields     Meta's names
 *   providers  cloud, evolution, twilio
 *   accounts   ids of phone numbers, businesses, instances
 * A request as it came (kind webhook) is for those alone who ask for raw requests, and they get nothing else.
 */
#include <stdbool.h>

#include "domain/subscription/event.h"

enum wq_filter_list {
	WQ_FILTER_EVENTS,
	WQ_FILTER_KINDS,
	WQ_FILTER_FIELDS,
	WQ_FILTER_PROVIDERS,
	WQ_FILTER_ACCOUNTS,
	WQ_FILTER_LISTS
};
extern const char *const wq_filter_names[WQ_FILTER_LISTS];

struct wq_filter {
	yyjson_val *lists[WQ_FILTER_LISTS]; /* of strings; borrowed */
	bool raw;
};

/* The lists of an object.  NULL, or a static sentence: why one cannot be used. */
const char *wq_filter_read(struct wq_filter *f, yyjson_val *obj);
/* An object of lists, of words with commas between: word(ctx, name) gives those of a list, empty: it is not given.  For
 * wq_filter_read; the caller frees it.  NULL: no memory, or more than WQ_FILTER_WORDS_MAX_BYTES. */
enum { WQ_FILTER_WORDS_MAX_BYTES = 16384 };
yyjson_doc *wq_filter_words(struct wq_str (*words)(void *ctx, const char *name), void *ctx);
bool wq_filter_wants(const struct wq_filter *f, const struct wq_event *e);
