/* SPDX-License-Identifier: MIT */
#pragma once
/* filter.h — which of many are meant, as a query or a body says it: one member after the other, then all together. */
#include "app/api/api.h"

/* Of one kind of things; the functions are told the filter that is filled. */
struct wq_filter_kind {
	const char *const *members; /* NULL ends them */
	size_t numbers_from;        /* from here on a body may have numbers in place of texts */
	/* NULL, or the member that cannot be used; the text is borrowed. */
	const char *(*set)(void *filter, const char *member, struct wq_str text, int64_t now_ms);
	const char *(*problem)(const char *member); /* what such a member must be */
	const char *(*judge)(const void *filter);   /* NULL, or what is wrong with it as a whole */
};

/* False: the exchange is answered (400).  What the filter borrows lives as long as the exchange, or as the body. */
bool wq_filter_of_query(struct wq_exchange *x, const struct wq_filter_kind *kind, int64_t now_ms,
                        void *filter);
bool wq_filter_of_body(struct wq_exchange *x, const struct wq_filter_kind *kind, yyjson_val *body,
                       int64_t now_ms, void *filter);
