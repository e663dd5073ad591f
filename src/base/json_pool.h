/* SPDX-License-Identifier: MIT */
#pragma once
/* json_pool.h — documents read one after the other, in memory that is used again.
 *
 * The owner embeds struct wq_json_pool.  One document at a time: it lives until the next read, reset or fini.
 * After the largest usual document has been seen nothing is allocated any more; at most WQ_JSON_POOL_KEEP_BYTES are
 * kept between documents.
 */
#include "base/json.h"

struct wq_json_pool {
	yyjson_doc *doc; /* owned; borrowed by whoever read it */
	char *p;         /* owned */
	size_t cap, used;
	size_t missed;   /* bytes that did not fit, of this document */
};

void wq_json_pool_init(struct wq_json_pool *p);
/* Twice is fine, zeroed is fine. */
void wq_json_pool_fini(struct wq_json_pool *p);
/* Frees the document. */
void wq_json_pool_reset(struct wq_json_pool *p);

enum { WQ_JSON_DEEP = 1 };
/* 0, and *root is there; WQ_JSON_DEEP: nested deeper than `depth_max` (WQ_JSON_POOL_DEPTH_MAX at most); WQ_EPARSE (not
 * raised); WQ_ENOMEM (raised).  Numbers that nothing can hold stay as they were written. */
int wq_json_pool_read(struct wq_json_pool *p, struct wq_str text, unsigned depth_max,
                      yyjson_val **root);

/* The values of several keys by one walk: out[i] is that of keys[i]; NULL: missing, null, or `obj` is no object.
 * Of a key that is there twice the last one counts.  Quickest when `keys` stand as they usually come. */
void wq_json_pick(yyjson_val *obj, const struct wq_str *keys, size_t n, yyjson_val **out);
