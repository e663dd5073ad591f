/* SPDX-License-Identifier: MIT */
#pragma once
/* opaque.h — what travels with a send and comes back with its statuses: which message, which try, and proof that it was
 * us: "wq1.TRY.MAC.ID". */
#include <stdbool.h>
#include <stdint.h>

#include "base/hmac.h"
#include "base/limits.h"

enum { WQ_OPAQUE_MAX_BYTES = WQ_MESSAGE_ID_MAX_BYTES + 48 };

/* 0 or a raised error; `out` is terminated. */
int wq_opaque_write(char out[WQ_OPAQUE_MAX_BYTES], struct wq_hmac_key *key, struct wq_str id,
                    int64_t number);
/* 0; WQ_OPAQUE_FOREIGN: it is not ours; < 0: a raised error, nobody knows.  *id points into `text`. */
enum { WQ_OPAQUE_FOREIGN = 1 };
int wq_opaque_read(struct wq_str text, struct wq_hmac_key *key, struct wq_str *id, int64_t *number);
