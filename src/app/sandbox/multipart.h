/* SPDX-License-Identifier: MIT */
#pragma once
/* multipart.h — reads a multipart/form-data body, part by part; pure, copies nothing.
 *
 *   struct wq_multipart m;
 *   if (wq_multipart_begin(&m, content_type, body)) while (wq_multipart_next(&m, &part)) …
 *   if (m.broken) …                                  it did not end as it should
 *
 * Of a part's headers only Content-Disposition (name, filename) and Content-Type are read.
 */
#include <stdbool.h>

#include "base/str.h"

#define WQ_BOUNDARY_MAX_BYTES 70 /* RFC 2046 */

struct wq_part {
	struct wq_str name, filename, type; /* p == NULL: not there */
	struct wq_str content;
};

struct wq_multipart {
	bool broken;
	/* private */
	char delimiter[WQ_BOUNDARY_MAX_BYTES + 6]; /* CRLF "--" boundary */
	size_t delimiter_n;
	struct wq_str rest; /* behind the last delimiter */
	bool ended;
};

/* False: not multipart/form-data, or without a usable boundary. */
bool wq_multipart_begin(struct wq_multipart *m, struct wq_str content_type, struct wq_str body);
bool wq_multipart_next(struct wq_multipart *m, struct wq_part *out);
