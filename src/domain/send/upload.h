/* SPDX-License-Identifier: MIT */
#pragma once
/* upload.h — one content on its way to a provider, and all who wait for its id.
 *
 *   ask ──► asked ──► post ──► posted ──► kept ──► end
 *
 * asked ──► end   it was uploaded before
 * posted ──► end  the provider's answer is no id
 *
 * A file too many at the provider harms nobody: an upload whose answer was lost is made again by who still wants it.
 */
#include "domain/send/shelf.h"

/* What stands for a file: the digest of all that makes it another one.  0 or WQ_ENOMEM (raised). */
int wq_filed_hash(const struct wq_str *pieces, size_t n, char out[static WQ_FILED_HASH_BYTES + 1]);
/* Of these bytes, which it takes over in any case (the buffer is empty afterwards), under that type.  `has_turn`: the
 * caller's turn of the shelf goes along and is given back here.  0, and told runs once; or < 0: raised. */
int wq_upload_join(struct wq_shelf *s, struct wq_desk *d, struct wq_buf *bytes, struct wq_str type,
                   struct wq_str name, bool has_turn, struct wq_filing *w);
/* All that are under way end soon. */
void wq_uploads_cancel(struct wq_shelf *s);
